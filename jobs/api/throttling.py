"""How many submissions a caller may make: a sliding window in Redis, shared by all web processes.

While Redis is unreachable nothing is counted and nobody is refused: the limit protects against
runaway producers, and taking work is what must go on.
"""

import math
from dataclasses import dataclass

from django.conf import settings

from accounts.callers import Caller

from .. import dispatch
from ..connections import quick_client
from .problems import Throttled

# One entry per accepted request, at its time. Redis's own clock: hosts need not agree on theirs.
_TAKE = """
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local most, window = tonumber(ARGV[1]), tonumber(ARGV[2]) * 1000
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now - window)
local taken, allowed = redis.call('ZCARD', KEYS[1]), 0
if taken < most then
    local at = now
    while redis.call('ZADD', KEYS[1], 'NX', at, string.format('%.0f', at)) == 0 do at = at + 1 end
    redis.call('PEXPIRE', KEYS[1], ARGV[2])
    taken, allowed = taken + 1, 1
end
local first = redis.call('ZRANGE', KEYS[1], 0, 0, 'WITHSCORES')
return {allowed, most - taken, math.ceil((first[2] + window - now) / 1000)}
"""


@dataclass(frozen=True, kw_only=True)
class Allowance:
    """What is left of a caller's window. resets_in: seconds until the oldest request leaves it."""

    limit: int
    window_seconds: float
    remaining: int
    resets_in: int

    @property
    def headers(self) -> dict[str, str]:
        return {
            "RateLimit-Policy": f'"submissions";q={self.limit};w={math.ceil(self.window_seconds)}',
            "RateLimit": f'"submissions";r={self.remaining};t={self.resets_in}',
        }


def take_submission(caller: Caller) -> Allowance | None:
    """Count one submission of the caller. None where there is no limit, or no Redis to count in.

    Raises Throttled when the window is full.
    """
    limit = settings.SUBMISSION_RATE_LIMIT
    if limit is None or not dispatch.reachable():
        return None
    answer: list[int] | None = None
    with dispatch.forgiving("the submission limit"):
        key = f"quarry:submissions:{caller.user_id}"
        answer = quick_client().eval(_TAKE, 1, key, limit.count, limit.window_ms)
    if answer is None:
        return None
    allowed, remaining, resets_ms = answer
    allowance = Allowance(
        limit=limit.count,
        window_seconds=limit.window_ms / 1000,
        remaining=remaining,
        resets_in=max(1, math.ceil(resets_ms / 1000)),
    )
    if not allowed:
        raise Throttled(
            f"You may submit {limit.count} times in {limit.window_ms / 1000:g} s; "
            f"try again in {allowance.resets_in} seconds.",
            retry_after=allowance.resets_in,
            headers=allowance.headers,
        )
    return allowance
