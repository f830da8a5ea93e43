"""The job type `report`: a company and the last week, month or quarter that is over."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import IO, Annotated, Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils import timezone
from pydantic import AfterValidator, BeforeValidator, Field

from jobs import actions
from jobs.actions import Submission
from jobs.errors import InvalidInput
from jobs.payloads import EntityId, Payload
from jobs.registry import job_type
from jobs.running import RunningJob
from jobs.schedules.cron import checked_time_zone
from jobs.submission import Options
from prospects.models import Company

from ..files import kept, made
from ..models import Report
from ..rendering import PdfUnavailable
from . import mails, storing
from .document import pdf_of
from .mail_job_type import MAIL_TYPE
from .periods import Period, PeriodKind, last_full
from .reading import known_of
from .writing import content_of


def _kind(value: Any) -> Any:
    if value in list(PeriodKind):
        return PeriodKind(value)
    raise ValueError(f"must be one of {', '.join(PeriodKind)}, or price-math with the fields of a batch-report")


def _address(value: str) -> str:
    try:
        validate_email(value)
    except ValidationError:
        raise ValueError("must be one e-mail address, such as ana@example.com") from None
    return value


class PeriodicReport(Payload):
    """user_id: who asked; the caller's own where it is left out. time_zone: IANA name; None is TIME_ZONE."""

    company_id: EntityId
    report_type: Annotated[PeriodKind, BeforeValidator(_kind)]
    user_id: EntityId
    email_to: Annotated[str, Field(max_length=254), AfterValidator(_address)] | None = None
    time_zone: Annotated[str, AfterValidator(checked_time_zone)] | None = None


@job_type("report", payload=PeriodicReport, related="company_id")
def report_on_company(payload: PeriodicReport, job: RunningJob) -> dict[str, Any]:
    """The report and the job of its mail come to exist in the transaction that completes this job.

    Raises InvalidInput where the organisation has no such company.
    """
    job.progress(0, "looking for the company")
    company = Company.objects.filter(tenant_id=job.tenant_id or "", key=payload.company_id).first()
    if company is None:
        raise InvalidInput(f"companyId: there is no company {payload.company_id} in this organisation")
    period = last_full(payload.report_type, at=timezone.now(), zone=ZoneInfo(payload.time_zone or settings.TIME_ZONE))
    report = _written(company, period, payload, job)
    job.progress(60, "laying out the document")
    with _printed(report, job), job.completes() as completion:
        completion.result = _keep(report, payload, job)
    return dict(completion.result)


def _written(company: Company, period: Period, payload: PeriodicReport, job: RunningJob) -> Report:
    job.progress(10, f"reading what is known of {company}")
    known = known_of(company, period)
    job.progress(40, f"working out {period.start} to {period.end}")
    content = content_of(known, period, at=timezone.now())
    return storing.new_report(company=company, period=period, content=content, job_id=job.id, user_id=payload.user_id)


@contextmanager
def _printed(report: Report, job: RunningJob) -> Iterator[None]:
    """With its PDF beside it; without where this machine cannot make one: the report is a page all the same."""
    try:
        pdf = pdf_of(report)
    except PdfUnavailable as problem:
        job.log(f"Without a PDF: {problem}")
        yield
        return
    with made(partial(_write, pdf)) as file, kept(report, file, extension="pdf"):
        yield


def _write(pdf: bytes, file: IO[bytes]) -> None:
    file.write(pdf)


def _keep(report: Report, payload: PeriodicReport, job: RunningJob) -> dict[str, Any]:
    report.save(force_insert=True)
    return {
        "reportId": report.public_id,
        "reportType": str(report.kind),
        "periodStart": report.content["periodStart"],
        "periodEnd": report.content["periodEnd"],
        "emailedTo": _mail(report, payload.email_to, job) if payload.email_to else None,
    }


def _mail(report: Report, address: str, job: RunningJob) -> str | None:
    """The address that a job will mail the report to; None where its owner wants no such mails."""
    declined = mails.recipient_of(address).declined
    if declined:
        job.log(f"Not mailed: {declined}.")
        return None
    data = {"reportId": report.public_id, "to": address, "tenantId": report.tenant_id}
    own = {key: value for key, value in data.items() if value}
    actions.enqueue_many([Submission(type=MAIL_TYPE, data=own, options=Options(priority=100))], within_limits=False)
    return address
