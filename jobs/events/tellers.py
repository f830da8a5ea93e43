"""What a stream tells of its events: frames of server-sent events, for a job, a queue, or a page.

A frame's id is where its reader may resume. A job's events have ids that only grow. A queue's do
not commit in that order, so its frames carry positions; within a batch, the one before it: after a
cut, the last batch may be told again, and nothing is lost.
"""

import json
import time
from typing import Any, Protocol

from .reading import Row
from .shapes import Told
from .tail import Batch

HEARTBEAT = b": still here\n\n"


def frame(event: str, data: bytes, *, position: str | None = None) -> bytes:
    identified = b"id: %s\n" % position.encode() if position else b""
    return b"%sevent: %s\ndata: %s\n\n" % (identified, event.encode(), data)


def as_json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


class Teller(Protocol):
    """over: nothing more will be told. pause: seconds until `told_later` has something to say; None: nothing."""

    over: bool

    def tell(self, batches: list[Batch]) -> bytes: ...

    def pause(self) -> float | None: ...

    def tell_later(self) -> bytes: ...


class JobTeller:
    """Ends with the job. last_id: events up to this one have been told, or shall not be."""

    def __init__(self) -> None:
        self.over = False
        self.last_id = 0

    def tell(self, batches: list[Batch]) -> bytes:
        return self.tell_events([event for batch in batches for event in batch.events])

    def tell_events(self, events: list[Told]) -> bytes:
        frames = []
        for event in events:
            if event.row.id <= self.last_id:
                continue
            self.last_id = event.row.id
            frames.append(frame(event.row.event, event.json, position=str(event.row.id)))
            if event.is_final:
                self.over = True
                break
        return b"".join(frames)

    def pause(self) -> float | None:
        return None

    def tell_later(self) -> bytes:
        return b""


class QueueTeller:
    def __init__(self) -> None:
        self.over = False

    def tell(self, batches: list[Batch]) -> bytes:
        frames = []
        for batch in batches:
            *earlier, last = batch.events
            frames += [frame(event.row.event, event.json, position=batch.before.text) for event in earlier]
            frames.append(frame(last.row.event, last.json, position=batch.after.text))
        return b"".join(frames)

    def pause(self) -> float | None:
        return None

    def tell_later(self) -> bytes:
        return b""


class NoticeTeller:
    """Names the topics in which something changed, at most once a second.

    topics: of `queues`, `queue:<name>` and `job:<id>`. A followed job's progress comes along, so that a page
    shows it without asking; where a job has done nothing else, its topic is not named.
    """

    def __init__(self, topics: frozenset[str], *, seconds: float = 1.0) -> None:
        self.over = False
        self._topics = topics
        self._seconds = seconds
        self._changed: set[str] = set()
        self._progress: dict[str, dict[str, Any]] = {}
        self._told_at = 0.0

    def tell(self, batches: list[Batch]) -> bytes:
        for batch in batches:
            for event in batch.events:
                self._note(event.row)
        return self.tell_later() if self.pause() == 0 else b""

    def pause(self) -> float | None:
        if not self._changed and not self._progress:
            return None
        return max(0.0, self._told_at + self._seconds - time.monotonic())

    def tell_later(self) -> bytes:
        if not self._changed and not self._progress:
            return b""
        topics, self._changed = sorted(self._changed), set()
        progress, self._progress = self._progress, {}
        self._told_at = time.monotonic()
        return frame("changed", as_json({"topics": topics} | ({"progress": progress} if progress else {})))

    def _note(self, row: Row) -> None:
        of_job = f"job:{row.public_id}"
        for topic in ("queues", f"queue:{row.queue}"):
            if topic in self._topics:
                self._changed.add(topic)
        if of_job not in self._topics:
            return
        if row.event == "progress" and row.public_id:
            self._progress[row.public_id] = dict(row.payload or {})
        else:
            self._changed.add(of_job)
