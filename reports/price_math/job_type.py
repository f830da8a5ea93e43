"""The job type `batch-report`: the derivation of a batch's prices as a file."""

from functools import partial
from typing import IO, Annotated, Any, Literal

from pydantic import Field

from jobs.errors import InvalidInput
from jobs.payloads import EntityId, Payload
from jobs.registry import Route, job_type
from jobs.running import RunningJob
from pricing.models import Batch, Calculation

from ..files import download_url, kept, made
from ..models import Report
from .data_files import write_csv, write_json
from .paper import check_length, pdf_of
from .reading import Scope


class BatchReport(Payload):
    """calculation_number: of the batch; without, its newest. contract: only the lines of this one.

    tenant_id and user_id: the caller's own where they are left out.
    """

    tenant_id: EntityId
    report_type: Literal["price-math"]
    batch_id: EntityId
    format: Literal["pdf", "csv", "json"]
    user_id: EntityId
    calculation_number: Annotated[int, Field(ge=1, le=2**31 - 1)] | None = None
    contract: Annotated[str, Field(min_length=1, max_length=100)] | None = None


@job_type(
    "batch-report",
    payload=BatchReport,
    requires_tenant=True,
    related="batch_id",
    routes=[Route(of="report", field="reportType", value="price-math")],
)
def report_on_batch(payload: BatchReport, job: RunningJob) -> dict[str, Any]:
    """Raises InvalidInput where there is no such batch, calculation or contract; TooLong, PdfUnavailable."""
    job.progress(0, f"batch {payload.batch_id}")
    scope = _scope(payload, job.tenant_id or "")
    if payload.format == "pdf":
        check_length(scope)
    report = _new_report(scope, payload, job)
    job.progress(5, f"reading calculation {scope.calculation.number}")
    with made(partial(_write, scope=scope, report=report, job=job)) as file:
        job.progress(95, "storing the file")
        with kept(report, file, extension=payload.format), job.completes() as completion:
            report.save(force_insert=True)
            completion.result = {
                "reportId": report.public_id,
                "format": payload.format,
                "sizeBytes": report.size_bytes,
                "downloadUrl": download_url(report),
            }
    return dict(completion.result)


def _scope(payload: BatchReport, tenant_id: str) -> Scope:
    batch = Batch.objects.filter(tenant_id=tenant_id, code=payload.batch_id).first()
    if batch is None:
        raise InvalidInput(f"batchId: there is no batch {payload.batch_id}; make it with POST /api/pricing/batches.")
    scope = Scope(calculation=_calculation(batch, payload.calculation_number), contract=payload.contract or "")
    if payload.contract and not scope.items().exists():
        raise InvalidInput(f"contract: the calculation has no line of {payload.contract}; leave it out for all lines.")
    return scope


def _calculation(batch: Batch, number: int | None) -> Calculation:
    found = batch.calculations.select_related("batch", "previous")
    newest = found.order_by("-number").first()
    if newest is None:
        raise InvalidInput(f"batchId: {batch.code} has no calculation yet; run a `calculation` job of it first.")
    if number is None:
        return newest
    chosen = found.filter(number=number).first()
    if chosen is None:
        raise InvalidInput(f"calculationNumber: {batch.code} has calculations 1 to {newest.number} only.")
    return chosen


def _new_report(scope: Scope, payload: BatchReport, job: RunningJob) -> Report:
    one = scope.calculation
    part = f", contract {scope.contract}" if scope.contract else ""
    return Report(
        tenant_id=one.tenant_id,
        kind=Report.Kind.PRICE_MATH,
        format=payload.format,
        title=f"Price math of {one.batch.code}, calculation {one.number}{part}",
        user_id=payload.user_id,
        job_id=job.id,
        subject_id=one.batch.code,
        period_start=one.pricing_date,
        period_end=one.pricing_date,
    )


def _write(file: IO[bytes], *, scope: Scope, report: Report, job: RunningJob) -> None:
    total = scope.items().count()

    def on_line(done: int) -> None:
        if done % 200 == 0 or done == total:
            job.progress(5 + 35 * done / total, f"{done} of {total} lines")

    if report.format == Report.Format.CSV:
        write_csv(scope, file, on_line)
    elif report.format == Report.Format.JSON:
        write_json(scope, file, on_line)
    else:
        file.write(pdf_of(scope, report.title, on_line, lambda: job.progress(45, "laying out the pages")))
