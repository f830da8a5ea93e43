"""The nightly clean-up: files past their time, and files that a lost process left behind."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from jobs.payloads import Payload
from jobs.registry import job_type
from jobs.running import RunningJob
from jobs.schedules.declarations import Occurrence, Submission, schedule

from . import files
from .models import Report

TYPE = "report-clean-up"
#: Files that one transaction forgets.
CHUNK = 200


class CleanUp(Payload):
    """Nothing: REPORT_FILE_DAYS says what goes."""


@job_type(TYPE, queue="default", payload=CleanUp, internal=True)
def clean_up(payload: CleanUp, job: RunningJob) -> dict[str, Any]:
    """Rows stay and say what there was. Safe to repeat: what is gone is not found again."""
    expired = 0
    while chunk := _expired()[:CHUNK]:
        job.progress(10, f"{expired} files removed")
        with transaction.atomic():
            expired += sum(files.remove_file(report) for report in chunk)
    job.progress(60, "looking for files of nobody")
    return {"expired": expired, "orphaned": files.remove_orphans(now=timezone.now())}


def _expired() -> Any:
    if not settings.REPORT_FILE_DAYS:
        return Report.objects.none()
    before = timezone.now() - timedelta(days=settings.REPORT_FILE_DAYS)
    return Report.objects.filter(created_at__lt=before).exclude(file="").order_by("pk").only("pk", "file")


@schedule("report-clean-up-daily", cron="40 3 * * *", type=TYPE)
def every_night(occurrence: Occurrence) -> Iterator[Submission]:
    """Removes report files older than REPORT_FILE_DAYS, and files that belong to no report."""
    yield occurrence.submission(TYPE, {})
