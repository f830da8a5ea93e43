from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime

import pytest
from django.db import connection, transaction
from django.test import override_settings
from freezegun import freeze_time

from accounts import quotas
from accounts.callers import session_caller, system_caller
from accounts.models import QuotaUse
from accounts.quotas import QuotaExceeded, QuotaState

JANUARY = date(2030, 1, 1)

pytestmark = pytest.mark.django_db


def take(limit: int, month: date = JANUARY, subject: str = "user_a") -> QuotaState:
    return quotas.consume(subject, "research", limit, month)


def test_with_a_limit_of_two_the_third_is_refused():
    assert take(2) == QuotaState(used=1, limit=2, remaining=1)
    assert take(2) == QuotaState(used=2, limit=2, remaining=0)

    with freeze_time(datetime(2030, 1, 31, 23, 59, 0, tzinfo=UTC)), pytest.raises(QuotaExceeded) as refused:
        take(2)

    assert refused.value.state == QuotaState(used=2, limit=2, remaining=0)
    assert refused.value.retry_after == 60
    assert QuotaUse.objects.get().used == 2


def test_a_limit_of_zero_allows_nothing():
    with pytest.raises(QuotaExceeded):
        take(0)

    assert not QuotaUse.objects.exists()


def test_a_limit_lowered_below_the_use_leaves_nothing_and_is_not_negative():
    take(5)
    take(5)

    assert quotas.state("user_a", "research", 1, JANUARY) == QuotaState(used=2, limit=1, remaining=0)


def test_subjects_kinds_and_months_are_counted_apart():
    take(1)

    assert take(1, subject="user_b").used == 1
    assert take(1, month=date(2030, 2, 1)).used == 1
    assert quotas.consume("user_a", "report", 1, JANUARY).used == 1


def test_any_day_names_its_month():
    take(5, month=date(2030, 1, 31))

    assert take(5, month=date(2030, 1, 2)).used == 2


def test_a_unit_given_back_can_be_used_again():
    take(1)

    assert quotas.give_back("user_a", "research", JANUARY) is True
    assert take(1) == QuotaState(used=1, limit=1, remaining=0)


def test_nothing_is_given_back_that_was_not_taken():
    assert quotas.give_back("user_a", "research", JANUARY) is False

    take(1)
    quotas.give_back("user_a", "research", JANUARY)
    assert quotas.give_back("user_a", "research", JANUARY) is False
    assert QuotaUse.objects.get().used == 0


def test_a_rollback_gives_the_unit_back():
    with pytest.raises(RuntimeError), transaction.atomic():  # noqa: PT012  one transaction, which fails
        take(1)
        raise RuntimeError

    assert quotas.state("user_a", "research", 1, JANUARY).used == 0


def test_state_of_a_month_without_use_is_empty():
    assert quotas.state("user_a", "research", 100, JANUARY) == QuotaState(used=0, limit=100, remaining=100)


def test_the_month_is_that_of_utc():
    with freeze_time("2030-01-31T23:59:59Z"):
        assert quotas.this_month() == JANUARY
    with freeze_time("2030-02-01T00:00:00Z"):
        assert quotas.this_month() == date(2030, 2, 1)


@pytest.mark.parametrize(
    ("now", "month", "seconds"),
    [
        ("2030-12-31T23:59:59Z", date(2030, 12, 1), 1),
        ("2030-02-28T00:00:00Z", date(2030, 2, 1), 86_400),
        ("2030-03-05T00:00:00Z", date(2030, 2, 1), 1),
    ],
)
def test_seconds_left_lead_to_the_first_of_the_next_month(now, month, seconds):
    with freeze_time(now):
        assert quotas.seconds_left(month) == seconds


@override_settings(RESEARCH_QUOTA_LIMIT=100)
def test_a_users_own_limit_goes_before_the_plans(person):
    user = person("ana@example.com")
    assert quotas.research_limit(session_caller(user)) == 100

    user.research_quota = 0
    user.save()

    assert quotas.research_limit(session_caller(user)) == 0
    assert quotas.research_limit(system_caller()) == 100


@pytest.fixture
def in_thread() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(8) as pool:
        yield pool


@pytest.mark.django_db(transaction=True)
def test_of_many_at_once_exactly_as_many_as_allowed_get_a_unit(in_thread):
    def attempt(_: int) -> bool:
        try:
            take(10)
        except QuotaExceeded:
            return False
        finally:
            connection.close()
        return True

    won = list(in_thread.map(attempt, range(40)))

    assert sum(won) == 10
    assert QuotaUse.objects.get().used == 10
