"""How every source stands now: for the page of sources and whoever else shows it."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Count, Q
from django.db.models.functions import Now

from .catalogue import SOURCES, Limit, Source
from .http.circuits import Circuit, Standing, standings
from .models import Start
from .readiness import problem_with


@dataclass(frozen=True, kw_only=True)
class SourceStatus:
    """One source. `problem` says why it cannot be called and what to do; None where it can.

    used: calls within the limit's window that ends now; None without a limit. Sources that share a
    limit show the same number. tried_at: when an open circuit is tried; paused_until: until when
    the source itself wants no calls. Times are of the last answer and of the last failure.
    """

    source: Source
    on: bool
    problem: str | None
    key_present: bool
    limit: Limit | None
    used: int | None
    circuit: Circuit
    failures: int
    tried_at: datetime | None
    paused_until: datetime | None
    last_success_at: datetime | None
    last_error_at: datetime | None
    last_error: str


def status() -> list[SourceStatus]:
    """All sources in the catalogue's order."""
    known = standings()
    used = _used()
    return [_status(source, known.get(source.budget), used.get(source.name, 0)) for source in SOURCES.values()]


def _status(source: Source, standing: Standing | None, used: int) -> SourceStatus:
    given = settings.PROVIDERS[source.name]
    row = standing.row if standing else None
    circuit = standing.circuit if standing else Circuit.CLOSED
    return SourceStatus(
        source=source,
        on=source.name in settings.LIVE_SOURCES,
        problem=problem_with(source.name),
        key_present=bool(given.key),
        limit=given.limit,
        used=used if given.limit else None,
        circuit=circuit,
        failures=row.failures if row else 0,
        tried_at=standing.tried_at if standing and circuit is Circuit.OPEN else None,
        paused_until=standing.paused_until if standing else None,
        last_success_at=row.last_success_at if row else None,
        last_error_at=row.last_error_at if row else None,
        last_error=row.last_error if row else "",
    )


def _used() -> dict[str, int]:
    """Calls of each source's budget within the source's own window."""
    windows = {name: given.limit for name, given in settings.PROVIDERS.items() if given.limit}
    counts = {
        name.replace("-", "_"): Count(
            "id",
            filter=Q(
                source=SOURCES[name].budget,
                started_at__gt=Now() - timedelta(seconds=limit.seconds),
                started_at__lte=Now(),
            ),
        )
        for name, limit in windows.items()
    }
    found = Start.objects.aggregate(**counts) if counts else {}
    return {name: found[name.replace("-", "_")] for name in windows}
