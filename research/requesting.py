"""Asking for a research: the job and the unit of quota that it takes are one."""

import re
import time

from django.db import transaction

from accounts.callers import Caller
from jobs import library
from jobs.handle import JobHandle
from prospects.models import Company

from . import quota

_OUTSIDE_IDS = re.compile(r"[^A-Za-z0-9_.:\-]")


def job_id_for(company: Company) -> str:
    """`research:<company>:<milliseconds>`, as far as the company's key fits into a job id."""
    return f"research:{_OUTSIDE_IDS.sub('-', company.key)}:{time.time_ns() // 1_000_000}"


def request_research(*, company: Company, by: Caller, force: bool = False) -> JobHandle:
    """Raises accounts.quotas.QuotaExceeded and what library.enqueue raises; then nothing is stored."""
    data = {"companyId": company.key, "companyName": company.name or company.key, "forceRefresh": force}
    with transaction.atomic():
        handle = library.enqueue("research", data, by=by, job_id=job_id_for(company))
        # Two requests of one millisecond are one job, and one unit.
        if not handle.duplicate:
            quota.take(by, handle.id)
    return handle
