"""RQ itself: the message, queue and worker classes that `RQ = {...}` in the settings names.

The only module that imports rq. Messages are read by RQ's own tools alone; our worker takes a job's
id from the ready set and everything else from the ledger, so nothing that lies in Redis is ever
deserialised by a worker.
"""

import json
import logging
import os
import threading
import time
from collections.abc import Callable
from typing import Any, cast

import redis
from django.conf import settings
from django.db.backends.base.base import BaseDatabaseWrapper
from rq import Queue, Worker
from rq.job import Job as RQJob
from rq.serializers import JSONSerializer
from rq.suspension import is_suspended
from rq.utils import now, utcformat
from rq.worker_registration import register

from . import commands, ready
from .connections import blocking_client, client
from .policy import canonical_queue

logger = logging.getLogger("quarry.worker")


class Message(RQJob):
    """An RQ job whose data is JSON, whatever serializer the caller names."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs["serializer"] = JSONSerializer
        super().__init__(*args, **kwargs)


class ReadyQueue(Queue):
    """An RQ queue whose waiting jobs are the ready set: ordered by priority, then enqueue order."""

    job_class = Message

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs["serializer"] = JSONSerializer
        for unused in ("commit_mode", "autocommit"):
            kwargs.pop(unused, None)
        super().__init__(*args, **kwargs)

    @property
    def ready_key(self) -> str:
        return ready.ready_key(self.name)

    @property
    def count(self) -> int:
        return int(self.connection.zcard(self.ready_key)) + int(self.connection.llen(self.key))

    def is_empty(self) -> bool:
        return self.count == 0

    def get_job_ids(self, offset: int = 0, length: int = -1) -> list[str]:
        if length == 0:
            return []
        end = offset + length - 1 if length >= 0 else -1
        members = cast(list[bytes], self.connection.zrange(self.ready_key, offset, end))
        return [member.decode(errors="replace") for member in members]

    def get_job_position(self, job_or_id: Any) -> int | None:
        rank = self.connection.zrank(self.ready_key, _id(job_or_id))
        return None if rank is None else int(cast(int, rank))

    def remove(self, job_or_id: Any, pipeline: Any = None) -> Any:
        on = pipeline if pipeline is not None else self.connection
        on.lrem(self.key, 1, _id(job_or_id))
        return on.zrem(self.ready_key, _id(job_or_id))

    def empty(self) -> int:
        """Take the window out of Redis. The jobs are in the ledger: the next tick brings them back."""
        number = self.count
        ready.recall_all(self.name)
        self.connection.delete(self.key)
        return number

    def compact(self) -> None:
        """Nothing to do: a message without a job is refused when it is claimed."""


def _id(job_or_id: Any) -> str:
    return job_or_id.id if isinstance(job_or_id, RQJob) else str(job_or_id)


class SlotWorker(Worker):
    """The worker that `manage.py rqworker` runs: many slots, the ledger's rules, RQ's registration."""

    job_class = Message
    queue_class = ReadyQueue

    def __init__(self, queues: Any, name: str | None = None, **kwargs: Any) -> None:
        kwargs["serializer"] = JSONSerializer
        super().__init__(queues, name, **kwargs)
        if name is None and kwargs.get("prepare_for_work", True):
            self.name = f"{self.hostname}-{os.getpid()}-{self.name[:6]}"
        self.connection = kwargs.get("connection") or self.connection
        self._pubsub_stop = threading.Event()

    # RQ's options that slots have no use for are taken and dropped.
    def work(self, burst: bool = False, logging_level: Any = None, **kwargs: Any) -> bool:  # type: ignore[override]
        from .worker.service import WorkerService

        if str(logging_level).upper() == "DEBUG":
            logging.getLogger("quarry").setLevel(logging.DEBUG)
        # With DEBUG on, Django keeps the text of every statement: a worker would grow for ever.
        BaseDatabaseWrapper.queries_limit = 0
        queues = [canonical_queue(queue.name) or queue.name for queue in self.queues]
        service = WorkerService(
            self,
            queues,
            group=settings.WORKER_GROUP,
            burst=burst,
            max_jobs=kwargs.get("max_jobs"),
            max_idle_seconds=kwargs.get("max_idle_time"),
        )
        # The connections RQ opened are not for threads to share with ours.
        self.connection = client()
        status = service.run()
        if status:
            raise SystemExit(status)
        return True

    # --- What the service asks of RQ ----------------------------------------------------------
    def announce(self) -> None:
        self.connection = client()
        if self.birth_date is None:
            self.birth_date = now()
        self.last_heartbeat = now()
        with self.connection.pipeline() as pipeline:
            pipeline.hset(self.key, mapping={**self.serialize(), "state": "idle"})
            register(self, pipeline)
            pipeline.expire(self.key, 60)
            pipeline.execute()

    def pulse(self) -> None:
        """RQ's sign of life; after Redis was emptied, the registration as well."""
        with client().pipeline() as pipeline:
            pipeline.hset(self.key, "last_heartbeat", utcformat(now()))
            pipeline.expire(self.key, 60)
            pipeline.hexists(self.key, "birth")
            known = pipeline.execute()[-1]
        if not known:
            self.announce()

    def withdraw(self) -> None:
        self._pubsub_stop.set()
        self.register_death()  # type: ignore[no-untyped-call]  # RQ's is untyped
        client().delete(self.key)

    def suspended(self) -> bool:
        """Whether `rq suspend` holds all workers; asked at most once a second."""
        at = time.monotonic()
        if at - getattr(self, "_suspension_asked", 0.0) >= 1.0:
            self._suspension_asked = at
            self._suspension = bool(is_suspended(client()))
        return self._suspension

    def listen(self, on_stop: Callable[[int], None]) -> None:
        threading.Thread(target=self._listen, args=(on_stop,), name="commands", daemon=True).start()

    def _listen(self, on_stop: Callable[[int], None]) -> None:
        """RQ's command channel: `stop-job` and `shutdown`, from our API as from RQ's own tools."""
        while not self._pubsub_stop.is_set():
            try:
                with blocking_client().pubsub(ignore_subscribe_messages=True) as pubsub:  # type: ignore[no-untyped-call]
                    pubsub.subscribe(commands.channel(self.name))
                    while not self._pubsub_stop.is_set():
                        message = pubsub.get_message(timeout=2.0)
                        if message:
                            self._obey(message["data"], on_stop)
            except (redis.exceptions.RedisError, OSError, ValueError):
                # The heartbeat finds cancelled jobs in the ledger meanwhile. ValueError: the shutdown closed
                # the connection while this thread was reading from it.
                self._pubsub_stop.wait(1.0)

    def _obey(self, data: bytes, on_stop: Callable[[int], None]) -> None:
        try:
            command = json.loads(data)
            word = command["command"]
        except (ValueError, TypeError, KeyError):
            logger.warning("A command that cannot be read was ignored")
            return
        if word == "stop-job" and str(command.get("job_id", "")).isdigit():
            on_stop(int(command["job_id"]))
        elif word == "shutdown":
            os.kill(os.getpid(), 15)


__all__ = ["Message", "ReadyQueue", "SlotWorker"]
