"""The ready set: what may start now, per queue, ordered by priority and then enqueue order.

One sorted set per queue in Redis, holding at most a window of the queue's waiting jobs; the rest
waits in Postgres. Everything here can be lost: `dispatch.refill` puts it back from the ledger. A
message that is delivered twice, or too late, is refused by the claim.

Keys: `quarry:ready:<queue>` (member: job's primary key), `quarry:more:<queue>` (set while Postgres
holds ready jobs beyond the window), and RQ's own `rq:job:<id>`, `rq:wip:<queue>`, `rq:queues`.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import Any, cast

import redis
from django.conf import settings

from .connections import blocking_client, client
from .policy import ready_score

MESSAGE_TTL_SECONDS = 86_400


@dataclass(frozen=True, kw_only=True)
class Ready:
    """A job that may start. `label` is what RQ's dashboard shows of it."""

    id: int
    priority: int
    label: str
    timeout_ms: int = 300_000


_PUBLISH = """
local ready, more, queue = KEYS[1], KEYS[2], ARGV[4]
local window, refill = tonumber(ARGV[1]), ARGV[2] == 'refill'
if refill then
    if ARGV[3] == '1' then redis.call('SET', more, '1') else redis.call('DEL', more) end
end
local marked = redis.call('EXISTS', more) == 1
redis.call('SADD', 'rq:queues', 'rq:queue:' .. queue)
local pushed = 0
for i = 7, #ARGV, 5 do
    local id, score, take = ARGV[i], ARGV[i + 1], true
    if not refill and (marked or redis.call('ZCARD', ready) >= window) then
        -- Behind what waits in Postgres already: jumping ahead of it would break the order.
        local last = redis.call('ZREVRANGE', ready, 0, 0, 'WITHSCORES')
        if #last == 0 or tonumber(score) > tonumber(last[2]) then
            take = false
            redis.call('SET', more, '1')
            marked = true
        end
    end
    if take then
        pushed = pushed + redis.call('ZADD', ready, score, id)
        redis.call('HSET', 'rq:job:' .. id, 'status', 'queued', 'origin', queue, 'created_at', ARGV[5],
            'enqueued_at', ARGV[5], 'data', ARGV[i + 2], 'description', ARGV[i + 3], 'timeout', ARGV[i + 4])
        redis.call('EXPIRE', 'rq:job:' .. id, ARGV[6])
    end
end
local size = redis.call('ZCARD', ready)
if size > window * 1.1 then
    local excess = redis.call('ZRANGE', ready, window, -1)
    redis.call('ZREMRANGEBYRANK', ready, window, -1)
    for _, id in ipairs(excess) do redis.call('DEL', 'rq:job:' .. id) end
    redis.call('SET', more, '1')
end
return pushed
"""

# RQ's own tools push to the queue's LIST (requeue in the dashboard, rq-scheduler): the pop takes those in.
_POP = """
local out, low, left = {}, {}, tonumber(ARGV[1])
local window = tonumber(ARGV[2])
for i = 3, #ARGV, 2 do
    local queue, want = ARGV[i], math.min(tonumber(ARGV[i + 1]), left)
    local ready, list = 'quarry:ready:' .. queue, 'rq:queue:' .. queue
    if redis.call('EXISTS', list) == 1 then
        if redis.call('TYPE', list).ok == 'list' then
            for _, id in ipairs(redis.call('LRANGE', list, 0, -1)) do
                redis.call('ZADD', ready, 'NX', 9007199254740991, id)
            end
        end
        redis.call('DEL', list)
    end
    if want > 0 then
        local got = redis.call('ZPOPMIN', ready, want)
        for j = 1, #got, 2 do
            out[#out + 1] = queue
            out[#out + 1] = got[j]
        end
        left = left - #got / 2
        if #got > 0 and redis.call('EXISTS', 'quarry:more:' .. queue) == 1
            and redis.call('ZCARD', ready) < window / 2 then low[#low + 1] = queue end
    end
end
return {out, low}
"""

_STARTED = """
local worker = ARGV[1]
redis.call('HSET', 'rq:worker:' .. worker, 'state', 'busy')
for i = 4, #ARGV, 3 do
    local queue, id, run = ARGV[i], ARGV[i + 1], ARGV[i + 2]
    local message, execution = 'rq:job:' .. id, id .. ':' .. run
    if redis.call('EXISTS', message) == 1 then
        redis.call('HSET', message, 'status', 'started', 'worker_name', worker, 'started_at', ARGV[2])
        redis.call('ZADD', 'rq:wip:' .. queue, ARGV[3], execution)
        redis.call('SADD', 'rq:worker:' .. worker .. ':executions', execution)
        redis.call('HSET', 'rq:execution:' .. execution, 'id', run, 'job_id', id, 'worker_name', worker,
            'created_at', ARGV[2], 'last_heartbeat', ARGV[2])
        redis.call('EXPIRE', 'rq:execution:' .. execution, 86400)
    end
end
"""

_FINISHED = """
local worker = ARGV[1]
local executions = 'rq:worker:' .. worker .. ':executions'
for i = 2, #ARGV, 4 do
    local queue, id, run = ARGV[i], ARGV[i + 1], ARGV[i + 2]
    local execution = id .. ':' .. run
    redis.call('ZREM', 'rq:wip:' .. queue, execution)
    redis.call('SREM', executions, execution)
    redis.call('DEL', 'rq:execution:' .. execution)
    if ARGV[i + 3] == '1' then redis.call('DEL', 'rq:job:' .. id) end
end
if redis.call('EXISTS', executions) == 0 and redis.call('EXISTS', 'rq:worker:' .. worker) == 1 then
    redis.call('HSET', 'rq:worker:' .. worker, 'state', 'idle')
end
"""

_RECALL = """
local taken = {}
for i = 1, #ARGV do
    if redis.call('ZREM', KEYS[1], ARGV[i]) == 1 then
        taken[#taken + 1] = ARGV[i]
        redis.call('DEL', 'rq:job:' .. ARGV[i])
    end
end
return taken
"""


@cache
def _script(text: str) -> Any:
    return client().register_script(text)


def _call(text: str, *, keys: Sequence[str] = (), args: Sequence[Any] = (), on: "redis.Redis | None" = None) -> Any:
    return _script(text)(keys=keys, args=args, client=on or client())


def ready_key(queue: str) -> str:
    return f"quarry:ready:{queue}"


def message_data(job_id: int | str) -> str:
    """What RQ would call: one entry point, one id, as JSON."""
    return json.dumps(["jobs.execution.run", None, [int(job_id)], {}])


def _now_iso() -> str:
    # RQ parses exactly this form.
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def publish(queue: str, jobs: Iterable[Ready], *, refill: bool = False, more: bool = False) -> int:
    """Add ready jobs. Returns how many were not there before.

    refill: `jobs` are the head of the queue as Postgres has it, and `more` says whether others wait
    behind them. Otherwise they are new, and stay out where older ones still wait in Postgres.
    """
    args: list[Any] = [
        settings.DISPATCH_WINDOW,
        "refill" if refill else "new",
        "1" if more else "0",
        queue,
        _now_iso(),
        MESSAGE_TTL_SECONDS,
    ]
    for job in jobs:
        args += [
            job.id,
            ready_score(priority=job.priority, job_id=job.id),
            message_data(job.id),
            job.label,
            job.timeout_ms // 1000 or 1,
        ]
    return int(_call(_PUBLISH, keys=[ready_key(queue), f"quarry:more:{queue}"], args=args))


@dataclass(frozen=True, kw_only=True)
class Popped:
    """What a pop took, as (queue, member), and the queues whose window runs low."""

    taken: list[tuple[str, str]]
    low: list[str]


def pop(wanted: Sequence[tuple[str, int]], *, limit: int) -> Popped:
    """Take up to `limit` jobs, from each queue at most the given number, in the given order."""
    args: list[Any] = [limit, settings.DISPATCH_WINDOW]
    for queue, number in wanted:
        args += [queue, number]
    out, low = _call(_POP, args=args)
    words = [word.decode(errors="replace") for word in out]
    return Popped(taken=list(zip(words[::2], words[1::2], strict=True)), low=[word.decode() for word in low])


def wait(queues: Sequence[str], *, wake: str, timeout: float) -> tuple[str, str] | None:
    """Block until one of the queues (first named, first served) has a job and take it.

    None after `timeout` seconds, or when `wake_up(wake)` was called meanwhile.
    """
    keys = [wake, *(ready_key(queue) for queue in queues)]
    found = cast(Any, blocking_client().bzpopmin(keys, timeout=timeout))
    if not found or found[0].decode() == wake:
        return None
    return found[0].decode().removeprefix("quarry:ready:"), found[1].decode(errors="replace")


def wake_up(wake: str) -> None:
    pipeline = client().pipeline(transaction=False)
    pipeline.zadd(wake, {"1": 1})
    pipeline.expire(wake, 60)
    pipeline.execute()


def started(worker: str, runs: Sequence[tuple[str, int, int]], *, expires_at: float) -> None:
    """Show runs, as (queue, job id, run), in RQ's registry of started jobs."""
    args: list[Any] = [worker, _now_iso(), expires_at]
    for queue, job_id, run in runs:
        args += [queue, job_id, run]
    _call(_STARTED, args=args)


def finished(worker: str, runs: Sequence[tuple[str, int, int, bool]]) -> None:
    """Take runs, as (queue, job id, run, gone), out again; `gone` drops the message as well."""
    args: list[Any] = [worker]
    for queue, job_id, run, gone in runs:
        args += [queue, job_id, run, "1" if gone else "0"]
    _call(_FINISHED, args=args)


def recall(queue: str, ids: Iterable[int]) -> list[int]:
    """Take jobs back that no worker has popped yet; returns those that were still there."""
    return [int(member) for member in _call(_RECALL, keys=[ready_key(queue)], args=[str(i) for i in ids] or ["-"])]


def recall_all(queue: str) -> None:
    """Take the whole window back."""
    connection = client()
    members = [member.decode(errors="replace") for member in cast(Any, connection.zrange(ready_key(queue), 0, -1))]
    if members:
        _call(_RECALL, keys=[ready_key(queue)], args=members)


def sizes(queues: Sequence[str]) -> dict[str, int]:
    pipeline = client().pipeline(transaction=False)
    for queue in queues:
        pipeline.zcard(ready_key(queue))
    return dict(zip(queues, pipeline.execute(), strict=True))
