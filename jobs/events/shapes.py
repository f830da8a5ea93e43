"""Events as they are told: one shape for streams, library callbacks and whoever else delivers them."""

import json
from collections.abc import Iterable
from datetime import datetime
from functools import cached_property
from typing import Any

from ..resource import shown_error
from ..states import TERMINAL
from ..timestamps import iso
from .reading import Row, results_of

#: Names of a job's events, and of a queue's.
JOB_EVENTS = (
    "waiting",
    "active",
    "progress",
    "completed",
    "failed",
    "retrying",
    "delayed",
    "rate-limited",
    "cancelled",
    "dead",
    "removed",
)
QUEUE_EVENTS = ("paused", "resumed", "cleaned", "policy-changed")
#: After these, nothing more happens to a job by itself.
FINAL = frozenset(map(str, TERMINAL)) | {"removed"}
#: Bytes of JSON up to which an event carries its job's result.
LONGEST_RESULT = 65_536


class Told:
    """An event on its way to listeners. One object serves them all, so it is encoded once."""

    __slots__ = ("__dict__", "result", "row")

    def __init__(self, row: Row, result: Any = None) -> None:
        self.row = row
        self.result = result

    @cached_property
    def data(self) -> dict[str, Any]:
        row = self.row
        shown: dict[str, Any] = {
            "event": row.event,
            "queue": row.queue,
            "jobId": row.public_id,
            "type": row.type,
            "timestamp": iso(row.at),
            "eventId": row.id,
        }
        return shown | self._more()

    @cached_property
    def json(self) -> bytes:
        return json.dumps(self.data, ensure_ascii=False, separators=(",", ":")).encode()

    @property
    def is_final(self) -> bool:
        return self.row.event in FINAL

    def _more(self) -> dict[str, Any]:
        payload = dict(self.row.payload or {})
        # Who paused a queue is in the audit trail, which asks for more rights than this.
        payload.pop("by", None)
        if self.row.event == "cleaned":
            # Here, the word means a state; `type` stays what it is in every event.
            payload["status"] = payload.pop("type", None)
        if "error" in payload:
            payload["error"] = shown_error(payload["error"])
        if "runAt" in payload:
            payload["runAt"] = iso(datetime.fromisoformat(payload["runAt"]))
        return payload | (self._result() if self.row.event == "completed" else {})

    def _result(self) -> dict[str, Any]:
        if len(json.dumps(self.result)) > LONGEST_RESULT:
            return {"result": None, "resultOmitted": True}
        return {"result": self.result}


def told(rows: Iterable[Row]) -> list[Told]:
    """Rows ready to be delivered; completed jobs with their results, as far as these are kept."""
    rows = list(rows)
    completed = [row.job_id for row in rows if row.event == "completed" and row.job_id is not None]
    results = results_of(completed) if completed else {}
    return [Told(row, results.get(row.job_id or 0)) for row in rows]
