"""When a dead child is started again."""

from deploy.local.restarts import LONGEST_DELAY_SECONDS, Restarts


def test_each_death_in_a_row_doubles_the_wait() -> None:
    restarts = Restarts()

    delays = [restarts.delay_after_death(at) for at in (0.0, 1.0, 2.0)]

    assert delays == [0.2, 0.4, 0.8]


def test_the_fifth_death_within_a_minute_is_the_end() -> None:
    restarts = Restarts()

    delays = [restarts.delay_after_death(at) for at in (0.0, 10.0, 20.0, 30.0, 59.0)]

    assert delays[-1] is None
    assert None not in delays[:-1]


def test_deaths_more_than_a_minute_apart_never_add_up() -> None:
    restarts = Restarts()

    delays = [restarts.delay_after_death(61.0 * number) for number in range(20)]

    assert set(delays) == {0.2}


def test_the_wait_has_an_upper_bound() -> None:
    restarts = Restarts(deaths=[0.0, 0.0, 0.0])

    delay = restarts.delay_after_death(1.0)

    assert delay is not None
    assert delay <= LONGEST_DELAY_SECONDS
