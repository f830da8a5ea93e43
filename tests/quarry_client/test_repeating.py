"""A call is made again only where that cannot do something twice."""

import pytest

from quarry_client.errors import Conflict, NotReachable, QuarryError, QuotaExceeded, Throttled, Unavailable
from quarry_client.repeating import LONGEST_SECONDS, backoff, wait_before_repeating
from quarry_client.values import Quota

NEVER_SENT = NotReachable("refused", sent=False)
BROKE = NotReachable("broke", sent=True)
DOWN = Unavailable("down", status=503, retry_after=5)
FAULT = Unavailable("fault", status=500)
FULL = Throttled("slowly", status=429, retry_after=3)
NO_QUOTA = QuotaExceeded(
    "used up", quota=Quota(researches_used=1, researches_limit=1, researches_remaining=0), retry_after=1
)


@pytest.mark.parametrize(
    ("error", "repeatable", "wait"),
    [
        (NEVER_SENT, False, 0.25),  # nothing was done
        (NEVER_SENT, True, 0.25),
        (BROKE, False, None),  # it may have been done
        (BROKE, True, 0.25),
        (DOWN, False, None),
        (DOWN, True, 5),
        (FAULT, True, None),  # the same request meets the same fault
        (FULL, False, 3),  # refused before anything was done
        (FULL, True, 3),
        (NO_QUOTA, True, None),
        (Conflict("no", status=409), True, None),
    ],
)
def test_what_is_worth_another_call(error: QuarryError, repeatable: bool, wait: float | None) -> None:
    assert wait_before_repeating(error, attempt=0, repeatable=repeatable, left=30) == wait


def test_nobody_waits_longer_than_there_is_time() -> None:
    assert wait_before_repeating(FULL, attempt=0, repeatable=True, left=2.9) is None


def test_the_waits_grow_to_a_bound() -> None:
    waits = [backoff(attempt) for attempt in range(50)]

    assert waits == sorted(waits)
    assert waits[:3] == [0.25, 0.5, 1.0]
    assert waits[-1] == LONGEST_SECONDS
