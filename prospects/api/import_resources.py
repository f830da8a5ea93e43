"""The shapes in which the API shows imports."""

from typing import Any

from jobs.timestamps import iso

from ..models import Import
from ..transfers import actions

#: Rejected rows of one answer.
MOST_REJECTS = 100


def one(upload: Import) -> dict[str, Any]:
    return {
        "id": str(upload.public_id),
        "kind": upload.kind,
        "status": upload.status,
        "fileName": upload.file_name,
        "sha256": upload.digest,
        "sizeBytes": upload.size_bytes,
        "rowCount": upload.row_count,
        "mapping": upload.mapping,
        "jobId": upload.job_id or None,
        "done": upload.position,
        "created": upload.created,
        "updated": upload.updated,
        "unchanged": upload.unchanged,
        "rejected": upload.rejected,
        "createdAt": iso(upload.created_at),
        "finishedAt": iso(upload.finished_at) if upload.finished_at else None,
    }


def with_preview(upload: Import) -> dict[str, Any]:
    """missing: labels of required fields without a column. rows: the first ones, and further ones with problems."""
    seen = actions.preview(upload)
    rows = [
        {
            "row": line.row.number,
            "cells": line.row.cells,
            "values": {name: _plain(value) for name, value in line.values.items()},
            "problems": [{"column": problem.column, "message": problem.message} for problem in line.problems],
        }
        for line in seen.rows
    ]
    preview = {"header": seen.header, "missing": seen.lacking, "checked": seen.checked, "wrong": seen.wrong}
    return {**one(upload), "preview": {**preview, "rows": rows}}


def with_rejects(upload: Import, *, after: int) -> dict[str, Any]:
    """after: the number of the last row seen; `rejectedAfter` of the answer asks for those that follow."""
    rows = list(upload.rejects.filter(number__gt=after)[: MOST_REJECTS + 1])
    shown = [{"row": row.number, "cells": row.cells, "problems": row.problems} for row in rows[:MOST_REJECTS]]
    following = shown[-1]["row"] if len(rows) > MOST_REJECTS else None
    return {**one(upload), "rejectedRows": shown, "rejectedAfter": following}


def _plain(value: Any) -> Any:
    return value if isinstance(value, str | int | bool | list) or value is None else str(value)
