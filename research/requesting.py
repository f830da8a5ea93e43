"""Asking for a research: the job and the unit of quota that it takes are one."""

import re
import time

from django.db import transaction

from accounts.callers import Caller
from jobs import actions
from jobs.handle import JobHandle
from jobs.submission import Options
from prospects.models import Company

from . import quota

_OUTSIDE_IDS = re.compile(r"[^A-Za-z0-9_.:\-]")


def job_id_for(company: Company) -> str:
    """`research:<company>:<milliseconds>`, as far as the company's key fits into a job id."""
    return f"research:{_OUTSIDE_IDS.sub('-', company.key)}:{time.time_ns() // 1_000_000}"


def request_research(*, company: Company, by: Caller, force: bool = False) -> JobHandle:
    """Raises accounts.quotas.QuotaExceeded and what actions.enqueue raises; then nothing is stored."""
    data = {"companyId": company.key, "companyName": company.name or company.key, "forceRefresh": force}
    with transaction.atomic():
        # Companies of two organisations may have one key, and two requests may come in one millisecond.
        handle = actions.enqueue(
            type="research", data=data, options=Options(job_id=job_id_for(company), numbered=True), by=by
        )
        quota.take(by, handle.id)
    return handle
