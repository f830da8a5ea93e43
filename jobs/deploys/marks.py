"""Writing and reading deploy marks."""

from datetime import datetime
from typing import Any

from django.db import connection, transaction

from accounts import audit
from accounts.callers import Caller

from ..timestamps import iso
from .models import Deploy

LONGEST_VERSION = 100
LONGEST_NOTE = 500
_LOCK = 0x5344_6570


def mark(*, version: str, note: str = "", by: Caller, request_id: str | None = None) -> Deploy:
    """Say that a version goes live now. The same version again is another mark: it was deployed again."""
    with transaction.atomic():
        made = Deploy.objects.create(version=version, note=note, by=by.name[:200])
        # The database's own clock wrote the time.
        made.refresh_from_db()
        audit.record(
            caller=by,
            action="deploy.mark",
            target_type="deploy",
            target_id=version,
            details={"note": note},
            request_id=request_id,
        )
    return made


def mark_if_new(version: str) -> bool:
    """Say that a process of this version started; only the first after another version leaves a mark."""
    if not version:
        return False
    with transaction.atomic(), connection.cursor() as cursor:
        # Workers of one release start together; one of them finds the version new.
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
        last = Deploy.objects.order_by("-at", "-id").values_list("version", flat=True).first()
        if last == version[:LONGEST_VERSION]:
            return False
        Deploy.objects.create(version=version[:LONGEST_VERSION], by="workers")
    return True


def between(start: datetime, end: datetime, *, limit: int = 100) -> list[Deploy]:
    """The marks of a stretch of time, oldest first; the newest `limit` of them."""
    found = Deploy.objects.filter(at__gte=start, at__lte=end).order_by("-at", "-id")[:limit]
    return list(found)[::-1]


def deploy_resource(item: Deploy) -> dict[str, Any]:
    return {"version": item.version, "note": item.note, "by": item.by, "at": iso(item.at)}
