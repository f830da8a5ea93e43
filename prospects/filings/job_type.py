"""The job type `ucc-ingestion`: filings of one state from the configured source into the database."""

from collections.abc import Iterator
from datetime import date
from typing import Annotated, Any

from django.db import transaction
from pydantic import BeforeValidator, Field, ValidationInfo, field_validator

from jobs.errors import InvalidInput
from jobs.payloads import IsoDate, Payload
from jobs.registry import job_type
from jobs.running import RunningJob
from providers.ucc import STATES, FilingRecord, Reading, RowProblem, UccError, UccSource

from ..follow_up import follow_ingestion
from .sources import configured_source
from .sql import run
from .statements import LEAVE_FLUSHING_TO_THE_LAST
from .storing import Stored, store_filings

#: Rows left out that a job's log names one by one; the result counts all of them.
MOST_LOGGED = 100


def _state(value: Any) -> Any:
    if isinstance(value, str):
        code = value.strip().upper()
        if code not in STATES:
            raise ValueError("must be the two-letter code of a US state or DC, such as NY")
        return code
    return value


class UccIngestion(Payload):
    state: Annotated[str, BeforeValidator(_state)]
    start_date: IsoDate | None = None
    end_date: IsoDate | None = None
    batch_size: int = Field(default=1000, ge=1, le=10_000)

    @field_validator("end_date")
    @classmethod
    def _after_start(cls, end: date | None, info: ValidationInfo) -> date | None:
        start = info.data.get("start_date")
        if start and end and end < start:
            raise ValueError("must not be before the start date")
        return end


@job_type("ucc-ingestion", payload=UccIngestion, related="state")
def ingest_ucc_filings(payload: UccIngestion, job: RunningJob) -> dict[str, Any]:
    """Each batch is one transaction; the last one commits together with the job's completion.

    Stopped anywhere and run again, it does what is left: storing a filing twice changes nothing.
    Raises InvalidInput where the source cannot be used; the message says what to do.
    """
    source = configured_source()
    job.progress(0, f"reading {payload.state} filings from {source.label}")
    try:
        return _ingest(payload, job, source)
    except UccError as error:
        raise InvalidInput(str(error)) from error


def _ingest(payload: UccIngestion, job: RunningJob, source: UccSource) -> dict[str, Any]:
    log = _Log(job)
    reading = Reading(on_problem=log.problem, on_remark=job.log, on_advance=lambda _: job.check(), on_wait=job.sleep)
    records = source.read(payload.state, payload.start_date, payload.end_date, reading=reading)
    total, batches, percent = Stored(), 0, 0
    last: list[FilingRecord] = []
    for batch, is_last in _batches(records, payload.batch_size):
        if is_last:
            last = batch
            break
        with transaction.atomic():
            run(LEAVE_FLUSHING_TO_THE_LAST, [])
            total += _store(batch, payload, job, reading)
        batches += 1
        # A small source is read to its end before its first batch is stored: then batches are what rises.
        percent = min(99, percent + 1 if reading.share >= 1 else max(percent, int(reading.share * 100)))
        job.progress(percent, f"{total.fetched} filings read, {total.created} new, batch {batches}")
    log.summary(reading.rejected)
    with job.completes() as completion:
        if last:
            total += _store(last, payload, job, reading)
            batches += 1
        completion.result = {
            "state": payload.state,
            "source": str(source.label),
            "recordsFetched": total.fetched,
            "recordsCreated": total.created,
            "recordsUpdated": total.updated,
            "recordsRejected": reading.rejected,
            "prospectsCreated": total.prospects_created,
            "batches": batches,
        }
        # An earlier run of this job may have stored what this one finds unchanged.
        if total.created or total.updated or job.run > 1:
            follow_ingestion(job=job, state=payload.state)
    return dict(completion.result)


def _store(batch: list[FilingRecord], payload: UccIngestion, job: RunningJob, reading: Reading) -> Stored:
    tenant_id = job.tenant_id or ""
    return store_filings(records=batch, tenant_id=tenant_id, state=payload.state, files=reading.files)


def _batches(records: Iterator[FilingRecord], size: int) -> Iterator[tuple[list[FilingRecord], bool]]:
    """Lists of `size` records, each with whether it is the last; the only one of an empty source is empty."""
    batch: list[FilingRecord] = []
    for record in records:
        if len(batch) == size:
            yield batch, False
            batch = []
        batch.append(record)
    yield batch, True


class _Log:
    """Names the first rows that were left out and counts the rest."""

    def __init__(self, job: RunningJob) -> None:
        self._job = job
        self._named = 0

    def problem(self, problem: RowProblem) -> None:
        if self._named < MOST_LOGGED:
            self._named += 1
            self._job.log(f"left out: {problem}")

    def summary(self, rejected: int) -> None:
        if rejected > self._named:
            self._job.log(f"{rejected - self._named} further rows were left out")
