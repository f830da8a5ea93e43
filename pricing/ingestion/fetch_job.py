"""The job type `index-fetch`: values of one subscribed series from its source, and the clock that asks for them."""

from collections.abc import Iterator
from typing import Any

from django.utils import timezone

from jobs.errors import InvalidInput
from jobs.payloads import EntityId, Payload
from jobs.registry import job_type
from jobs.running import RunningJob
from jobs.schedules.declarations import Occurrence, Submission, schedule
from providers.errors import ProviderError
from providers.http import client_for
from providers.readiness import problem_with

from ..models import SeriesFeed
from .fetching import WrongFeed, values_of, wanted_of
from .live import store_live


class IndexFetch(Payload):
    tenant_id: EntityId
    series_code: EntityId


@job_type(
    "index-fetch",
    queue="ingestion",
    payload=IndexFetch,
    requires_tenant=True,
    related="series_code",
    internal=True,
    attempts=3,
    estimate_seconds=10,
)
def fetch_index_values(payload: IndexFetch, job: RunningJob) -> dict[str, Any]:
    """Asks the source, then stores what is new together with the job's completion.

    Returns {seriesCode, provider, read, inserted, updated}. A source that is off or fails is named on the feed,
    and the job fails or is tried again as providers/errors.py says.
    """
    feed = _feed(payload.series_code, job.tenant_id or "")
    try:
        client = client_for(feed.provider)
        job.progress(5, f"asking {feed.get_provider_display()} for {feed.external_id}")
        values = list(values_of(client, wanted_of(feed), until=timezone.now().date()))
    except (ProviderError, WrongFeed) as error:
        SeriesFeed.objects.filter(pk=feed.pk).update(tried_at=timezone.now(), problem=str(error)[:2000])
        raise
    job.progress(60, f"{len(values):,} values read")
    with job.completes() as completion:
        done = store_live(tenant_id=feed.tenant_id, code=feed.series.code, values=values, source=feed.provider)
        now = timezone.now()
        SeriesFeed.objects.filter(pk=feed.pk).update(
            tried_at=now, succeeded_at=now, problem="", inserted=done.inserted, updated=done.updated
        )
        completion.result = {
            "seriesCode": feed.series.code,
            "provider": feed.provider,
            "read": done.read,
            "inserted": done.inserted,
            "updated": done.updated,
        }
    return dict(completion.result)


@schedule("index-fetch-daily", cron="30 5 * * *", type="index-fetch")
def fetch_every_series(occurrence: Occurrence) -> Iterator[Submission]:
    """New values of each series that is subscribed to a source which may be asked."""
    ready = [name for name in ("eia", "fred", "bls") if problem_with(name) is None]
    feeds = SeriesFeed.objects.filter(is_daily=True, provider__in=ready).exclude(tenant_id="")
    for feed in feeds.select_related("series").order_by("pk"):
        data = {"tenantId": feed.tenant_id, "seriesCode": feed.series.code}
        yield occurrence.submission("index-fetch", data, id=f"index-fetch-{feed.pk}")


def _feed(code: str, tenant_id: str) -> SeriesFeed:
    found = SeriesFeed.objects.select_related("series").filter(tenant_id=tenant_id, series__code=code).first()
    if found is None:
        raise InvalidInput(f"{code} is not fetched from any source; subscribe it on the page of the series.")
    return found
