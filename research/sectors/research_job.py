"""The job type `sector-research`: which groups of peers a sector consists of."""

from typing import Any

from django.db import IntegrityError, transaction

from jobs.errors import InvalidInput
from jobs.registry import AfterFailure, job_type
from jobs.running import RunningJob
from providers.llm.protocol import Backend

from ..analyses import propose as proposing
from ..market import universe
from ..models import SectorAnalysis, SubSector
from .failures import STEP_ENDED, is_open
from .payloads import SectorResearch
from .running import backend_of, enter, streaming

LONGEST_NAME = 150


@job_type(
    "sector-research",
    payload=SectorResearch,
    related="sector_analysis_id",
    after_failure=AfterFailure(job_type=STEP_ENDED, wanted=is_open),
)
def research_sector(payload: SectorResearch, job: RunningJob) -> dict[str, Any]:
    """Raises InvalidInput and UnknownSector where no share of the sector is known, and errors of providers."""
    job.progress(0, "job started")
    sector = _begin(payload, job)
    if sector.status != SectorAnalysis.Status.RESEARCHING:
        return _result(sector)
    backend = backend_of(job)
    job.progress(10, "AI research started")
    universe.ensure_universe(sector.tenant_id)
    proposal = proposing.propose(
        sector.name,
        universe.sub_sectors(sector.tenant_id, sector.name),
        backend,
        streaming(job, backend, begins=10, ends=60, stage="AI research started"),
    )
    job.progress(60, "AI research completed")
    job.progress(70, "parsing sub-sectors")
    found = _rows(sector, proposal)
    job.progress(90, "finalizing")
    with job.completes() as completion:
        _store(sector, proposal, found, backend, job)
        completion.result = _result(sector)
    return dict(completion.result)


def _begin(payload: SectorResearch, job: RunningJob) -> SectorAnalysis:
    """The sector, being researched by this job; as it is where that was done before."""
    with transaction.atomic():
        sector = enter(job, _known_or_new(payload, job).pk)
        if sector.status == SectorAnalysis.Status.FAILED:
            sector.status, sector.problem, sector.finished_at = SectorAnalysis.Status.RESEARCHING, "", None
        if sector.status == SectorAnalysis.Status.RESEARCHING:
            sector.job_id = job.id
            sector.save(update_fields=["status", "problem", "finished_at", "job_id"])
    return sector


def _known_or_new(payload: SectorResearch, job: RunningJob) -> SectorAnalysis:
    tenant_id = job.tenant_id or ""
    mine = {"public_id": payload.sector_analysis_id, "tenant_id": tenant_id}
    values = {"name": payload.sector_name.strip(), "user_id": payload.user_id, "job_id": job.id}
    try:
        with transaction.atomic():
            return SectorAnalysis.objects.get_or_create(**mine, defaults=values)[0]
    except IntegrityError:
        raise InvalidInput(
            f"The sector analysis {payload.sector_analysis_id} cannot be used; leave the id to us."
        ) from None


def _rows(sector: SectorAnalysis, proposal: proposing.Proposal) -> list[SubSector]:
    """In the order proposed, each name once. Raises InvalidInput where there is none."""
    by_name = {name.strip()[:LONGEST_NAME]: (text, symbols) for name, text, symbols in reversed(proposal.sub_sectors)}
    if not by_name:
        raise InvalidInput(f"No sub-sector of {sector.name} was found; import securities of this sector.")
    return [
        SubSector(
            sector=sector,
            tenant_id=sector.tenant_id,
            position=position,
            name=name,
            description=text,
            symbols=list(symbols),
        )
        for position, (name, (text, symbols)) in enumerate(reversed(by_name.items()), 1)
    ]


def _store(
    sector: SectorAnalysis, proposal: proposing.Proposal, found: list[SubSector], backend: Backend, job: RunningJob
) -> None:
    """A run that finds it done by another changes nothing."""
    if enter(job, sector.pk).status != SectorAnalysis.Status.RESEARCHING:
        return
    SubSector.objects.bulk_create(found)
    SectorAnalysis.objects.filter(pk=sector.pk).update(
        status=SectorAnalysis.Status.ACTIVE,
        summary=proposal.summary,
        backend=backend.name,
        model=proposal.model[:200],
        exchanges=proposal.exchanges,
    )


def _result(sector: SectorAnalysis) -> dict[str, Any]:
    rows = SubSector.objects.filter(sector=sector).order_by("position").values_list("public_id", "name")
    return {
        "sectorAnalysisId": sector.public_id,
        "subSectors": [{"id": public_id, "name": name} for public_id, name in rows],
    }
