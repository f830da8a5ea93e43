"""What somebody who reaches Redis may plant there, and that no worker runs it."""

import os
import pickle
import zlib
from pathlib import Path
from typing import Any

import pytest
import redis
from rq.exceptions import DeserializationError

from jobs.carrier import Message, ReadyQueue
from jobs.worker import intake


class Bomb:
    """Makes a directory when it is unpickled."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[Any, ...]:
        return os.mkdir, (str(self.path),)


def test_what_is_planted_in_redis_is_neither_unpickled_nor_called(redis_clean: "redis.Redis", tmp_path: Path) -> None:
    planted = tmp_path / "planted"
    data = {
        "pickled": pickle.dumps(Bomb(planted)),
        "called": f'["os.mkdir", null, ["{planted}"], {{}}]'.encode(),
    }
    for name, body in data.items():
        fields: dict[Any, Any] = {
            "data": zlib.compress(body),
            "origin": "scoring",
            "created_at": "2026-01-01T00:00:00Z",
        }
        redis_clean.hset(f"rq:job:{name}", mapping=fields)

    pickled = Message.fetch("pickled", connection=redis_clean)
    with pytest.raises(DeserializationError):
        _ = pickled.func_name
    queue = ReadyQueue("scoring", connection=redis_clean)
    redis_clean.zadd(queue.ready_key, dict.fromkeys(data, 0.0))

    # A worker takes numbers of rows from there, and asks the ledger for all else.
    assert queue.get_job_ids() == sorted(data)
    assert [name for name in queue.get_job_ids() if intake._is_ours(name)] == []
    assert not planted.exists()
