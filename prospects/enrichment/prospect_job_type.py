"""The job type `data-enrichment`: what sources know of up to a hundred prospects."""

import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Annotated, Any

from django.db import transaction
from django.utils import timezone
from pydantic import AfterValidator, Field

from jobs.payloads import EntityId, Payload
from jobs.registry import job_type
from jobs.running import RunningJob
from jobs.schedules.declarations import Occurrence, Submission, schedule

from ..models import Lookup, Outcome, Prospect
from .answers import Answer
from .asking import ask
from .enricher import enrichers_for
from .freshness import is_fresh, stale_batches
from .own_facts import PROVIDER as OWN
from .own_facts import own_answers
from .storing import store_answers
from .subjects import Kind, of_prospect

#: Of the five minutes that the queue gives a job.
PATIENCE_SECONDS = 200.0


def _distinct(ids: list[str]) -> list[str]:
    return list(dict.fromkeys(ids))


class DataEnrichment(Payload):
    """prospect_ids: as pages and the API name prospects. force: also those enriched in the last 7 days."""

    prospect_ids: Annotated[list[EntityId], Field(min_length=1, max_length=100), AfterValidator(_distinct)]
    force: bool = False


@job_type("data-enrichment", payload=DataEnrichment)
def enrich_prospects(payload: DataEnrichment, job: RunningJob) -> dict[str, Any]:
    """Each prospect is stored as soon as every source has answered about it, so a run that is killed goes on there.

    A prospect fails where it does not exist, or where sources were asked and every one of them failed.
    """
    job.progress(0, f"reading {len(payload.prospect_ids)} prospects")
    tally = _Tally()
    for prospect, answers in _answered(_wanted(payload, job, tally), job):
        _store(prospect, answers, job, tally)
        job.progress(5 + 94 * tally.done / len(payload.prospect_ids), f"{tally.done} prospects done")
    with job.completes(tally.result()):
        pass
    return tally.result()


@dataclass(kw_only=True)
class _Tally:
    successful: int = 0
    skipped: int = 0
    errors: list[dict[str, str]] = field(default_factory=list)

    @property
    def done(self) -> int:
        return self.successful + self.skipped + len(self.errors)

    def fail(self, prospect_id: str, message: str) -> None:
        self.errors.append({"prospectId": prospect_id, "message": message})

    def result(self) -> dict[str, Any]:
        return {
            "successful": self.successful,
            "failed": len(self.errors),
            "skipped": self.skipped,
            "errors": self.errors,
        }


def _wanted(payload: DataEnrichment, job: RunningJob, tally: _Tally) -> list[Prospect]:
    """The prospects to ask about; the others are counted."""
    ids = {given: key for given in payload.prospect_ids if (key := _uuid(given))}
    rows = Prospect.objects.filter(tenant_id=job.tenant_id or "", public_id__in=ids.values())
    found = {row.public_id: row for row in rows}
    done = _done_before(found.values(), job)
    wanted: dict[int, Prospect] = {}
    for given in payload.prospect_ids:
        row = found.get(ids[given]) if given in ids else None
        if row is None:
            tally.fail(given, "There is no such prospect.")
        elif row.pk in done:
            tally.successful += 1
        elif not payload.force and is_fresh(row, timezone.now()):
            tally.skipped += 1
        else:
            wanted[row.pk] = row
    return list(wanted.values())


def _done_before(rows: Any, job: RunningJob) -> set[int]:
    """Of an earlier run of this very job."""
    keys = [row.pk for row in rows if row.enriched_at is not None]
    return set(Lookup.objects.filter(prospect__in=keys, provider=OWN, job_id=job.id).values_list("prospect", flat=True))


def _answered(prospects: Sequence[Prospect], job: RunningJob) -> Iterator[tuple[Prospect, list[Answer]]]:
    rows = {row.pk: row for row in prospects}
    own = own_answers(prospects)
    subjects = [of_prospect(row) for row in prospects]
    job.progress(5, f"asking about {len(subjects)} prospects")
    asked = ask(enrichers_for(Kind.PROSPECT), subjects, check=job.check, patience=PATIENCE_SECONDS)
    for subject, answers in asked:
        yield rows[subject.pk], [own[subject.pk], *answers]


def _store(prospect: Prospect, answers: Sequence[Answer], job: RunningJob, tally: _Tally) -> None:
    asked = [answer for answer in answers if answer.provider != OWN and answer.outcome != Outcome.SKIPPED]
    failures = [answer for answer in asked if answer.outcome == Outcome.FAILED]
    for failure in failures:
        job.log(f"{prospect.name}: {failure.provider} failed: {failure.message}")
    is_enriched = not asked or len(failures) < len(asked)
    with transaction.atomic():
        # Deleted meanwhile: nothing to hang facts on. Locked, so that two jobs over one prospect take turns.
        if not Prospect.objects.select_for_update(no_key=True).filter(pk=prospect.pk).exists():
            tally.fail(str(prospect.public_id), "The prospect was deleted meanwhile.")
            return
        store_answers(kind=Kind.PROSPECT, pk=prospect.pk, tenant_id=prospect.tenant_id, answers=answers, job_id=job.id)
        if is_enriched:
            Prospect.objects.filter(pk=prospect.pk).update(enriched_at=timezone.now())
    if is_enriched:
        tally.successful += 1
    else:
        tally.fail(str(prospect.public_id), "; ".join(f"{one.provider}: {one.message}" for one in failures))


def _uuid(given: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(given)
    except ValueError:
        return None


@schedule("data-enrichment", cron="0 */6 * * *", type="data-enrichment")
def enrich_stale_prospects(occurrence: Occurrence) -> Iterator[Submission]:
    """Prospects that were never enriched, or not for 7 days: 500 at most, 50 a job."""
    for number, (tenant_id, ids) in enumerate(stale_batches(occurrence.fire_time), start=1):
        data: dict[str, Any] = {"prospectIds": ids, **({"tenantId": tenant_id} if tenant_id else {})}
        yield occurrence.submission("data-enrichment", data, id=f"data-enrichment-{number}")
