"""The circuits of all sources: how they stand, and closing one by hand."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import IntEnum

from django.conf import settings
from django.db.models.functions import Now

from ..catalogue import SOURCES
from ..models import SourceState


class Circuit(IntEnum):
    """As the number that the metrics show."""

    CLOSED = 0
    HALF_OPEN = 1
    OPEN = 2


@dataclass(frozen=True, kw_only=True)
class Standing:
    """A source's row, and the moment of Postgres' clock that it is judged at."""

    row: SourceState
    at: datetime

    @property
    def circuit(self) -> Circuit:
        if self.row.opened_at is None:
            return Circuit.CLOSED
        return Circuit.OPEN if self.at < self.tried_at else Circuit.HALF_OPEN

    @property
    def tried_at(self) -> datetime:
        """When a call tries an open circuit."""
        return (self.row.opened_at or self.at) + timedelta(seconds=settings.PROVIDER_CIRCUIT_SECONDS)

    @property
    def paused_until(self) -> datetime | None:
        """Until when the source wants no calls, where that is ahead."""
        until = self.row.paused_until
        return until if until and until > self.at else None


def standings() -> dict[str, Standing]:
    """By the name of the budget; sources that were never called are missing."""
    rows = SourceState.objects.annotate(at=Now())
    return {row.name: Standing(row=row, at=row.at) for row in rows}


def states() -> Mapping[str, int]:
    """Circuits of the sources that are on or were called: setting PROVIDER_CIRCUITS."""
    known = standings()
    on = {SOURCES[name].budget for name in settings.LIVE_SOURCES}
    return {
        name: known[name].circuit if name in known else Circuit.CLOSED
        for name in {**SOURCES, **known}
        if name in on or name in known
    }


def close(name: str) -> bool:
    """Let calls out again at once, whatever happened before. False where nothing was in their way."""
    changed = (
        SourceState.objects.filter(name=name)
        .exclude(opened_at=None, paused_until=None, failures=0)
        .update(failures=0, opened_at=None, trial=None, trial_until=None, paused_until=None)
    )
    return bool(changed)
