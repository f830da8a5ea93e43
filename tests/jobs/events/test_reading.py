"""Finding what is new: nothing missed, nothing twice, whatever commits late."""

import pytest
from django.db import connection, transaction

from jobs.events import reading
from jobs.events.reading import Position, Wanted, position_now, read_new
from jobs.models import Event

from .conftest import meanwhile

pytestmark = pytest.mark.django_db(transaction=True)

SCORING = Wanted(queues=frozenset({"scoring"}))


def note(number: int, queue: str = "scoring") -> None:
    Event.objects.create(queue=queue, event="resumed", payload={"n": number})


def numbers(page: reading.Page) -> list[int]:
    return [row.payload["n"] for row in page.rows]


def test_a_transaction_that_commits_late_is_neither_missed_nor_waited_for() -> None:
    start = position_now()
    with transaction.atomic():
        note(1)
        with meanwhile(lambda: note(2)):
            pass
        pages = []

        def read() -> None:
            pages.append(read_new(start, SCORING))

        with meanwhile(read):
            pass

    later = read_new(pages[0].position, SCORING)

    assert numbers(pages[0]) == [2]
    assert numbers(later) == [1]
    assert numbers(read_new(later.position, SCORING)) == []


def test_a_transaction_that_rolls_back_leaves_nothing_to_wait_for() -> None:
    start = position_now()
    with transaction.atomic():
        note(1)
        transaction.set_rollback(True)
    note(2)

    page = read_new(start, SCORING)

    assert numbers(page) == [2]
    assert numbers(read_new(page.position, SCORING)) == []


def test_events_of_another_server_whose_transactions_had_higher_numbers_are_not_new_for_ever() -> None:
    note(1)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE jobs_event SET txid = '9000000000000'")
    start = position_now()
    note(2)

    assert numbers(read_new(start, SCORING)) == [2]


def test_many_new_events_come_in_pages_as_of_one_moment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "PAGE", 3)
    monkeypatch.setattr(reading, "_NEW", reading._NEW.replace("LIMIT 2000 + 1", "LIMIT 3 + 1"))
    start = position_now()
    for number in range(5):
        note(number)

    first = read_new(start, SCORING)
    note(99)
    second = read_new(start, SCORING, until=first.position, after=first.rows[-1].id)

    assert (numbers(first), first.more) == ([0, 1, 2], True)
    assert (numbers(second), second.more) == ([3, 4], False)
    assert numbers(read_new(first.position, SCORING)) == [99]


def test_only_what_is_wanted_is_read() -> None:
    start = position_now()
    note(1)
    note(2, queue="research")

    assert numbers(read_new(start, Wanted(queues=frozenset({"research"})))) == [2]
    assert numbers(read_new(start, Wanted(everything=True))) == [1, 2]
    assert numbers(read_new(start, Wanted(jobs=frozenset({1})))) == []


def test_new_events_are_found_by_their_transaction_and_not_by_reading_the_table() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO jobs_event (queue, event) SELECT 'scoring', 'resumed' FROM generate_series(1, 5000)"
        )
        cursor.execute("ANALYZE jobs_event")
        start = position_now()
        note(1)
        cursor.execute(
            "EXPLAIN " + reading._NEW,
            {
                "xmax": str(start.xmax),
                "under_way": [],
                "everything": False,
                "queues": ["scoring"],
                "jobs": [],
                "until": None,
                "after": 0,
            },
        )
        plan = "\n".join(row[0] for row in cursor.fetchall())

    assert "jobs_event_txid" in plan
    assert "Seq Scan on jobs_event" not in plan


@pytest.mark.parametrize("text", ["", "1", "1:2", "2:1:", "1:2:5", "a:b:", "1:5:2,", "1:5:2'", "1:5:" + "2," * 9])
def test_what_is_no_position_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="position"):
        Position.parse(text)


def test_a_position_knows_what_it_has_seen() -> None:
    position = Position.parse("10:20:10,15")

    assert [position.sees(number) for number in (9, 10, 14, 15, 19, 20)] == [True, False, True, False, True, False]
