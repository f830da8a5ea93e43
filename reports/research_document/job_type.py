"""The job type `research-document`: one file for each research, which never changes once it is complete."""

from functools import partial
from typing import IO, Any

from jobs.errors import InvalidInput
from jobs.payloads import EntityId, Payload
from jobs.policy import fixed
from jobs.registry import job_type
from jobs.running import RunningJob
from research.models import Research

from ..files import kept, made
from ..models import Report
from .document import pdf_of
from .finding import document_of

TYPE = "research-document"


class ResearchDocument(Payload):
    """research_id: such as res_abcdefgh23456723. user_id: who asked; the caller's own where it is left out."""

    research_id: EntityId
    user_id: EntityId | None = None


@job_type(
    TYPE,
    queue="reports",
    payload=ResearchDocument,
    attempts=2,
    backoff=fixed(seconds=1),
    estimate_seconds=3,
    related="research_id",
    internal=True,
)
def print_research(payload: ResearchDocument, job: RunningJob) -> dict[str, Any]:
    """A file that is there already is the answer. Raises InvalidInput without such a research, PdfUnavailable."""
    tenant_id = job.tenant_id or ""
    done = Research.objects.filter(tenant_id=tenant_id, status=Research.Status.COMPLETE)
    research = done.select_related("company").filter(public_id=payload.research_id).first()
    if research is None:
        raise InvalidInput(f"researchId: there is no complete research {payload.research_id} in this organisation")
    earlier = document_of(research)
    if earlier is not None:
        return {"reportId": earlier.public_id}
    return _print(research, payload, job)


def _print(research: Research, payload: ResearchDocument, job: RunningJob) -> dict[str, Any]:
    report = Report(
        tenant_id=research.tenant_id,
        kind=Report.Kind.RESEARCH,
        format=Report.Format.PDF,
        title=f"Research: {research.company}, {research.completed_at:%Y-%m-%d}"[:300],
        user_id=payload.user_id or "",
        job_id=job.id,
        company=research.company,
        subject_id=research.public_id,
    )
    job.progress(20, "laying out the pages")
    with made(partial(_write, research, report.title)) as file:
        job.progress(90, "storing the file")
        with kept(report, file, extension="pdf"), job.completes() as completion:
            report.save(force_insert=True)
            completion.result = {"reportId": report.public_id}
    return dict(completion.result)


def _write(research: Research, title: str, file: IO[bytes]) -> None:
    file.write(pdf_of(research, title=title))
