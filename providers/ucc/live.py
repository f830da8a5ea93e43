"""The states whose registers are open data, each read live where its source is switched on."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from ..http import Client, client_for
from ..readiness import problem_with
from . import colorado, connecticut, oregon
from .reading import Reading, in_range
from .records import FilingRecord, SourceLabel

Read = Callable[[Client, date | None, date | None, Reading], Iterator[FilingRecord]]
#: By state: name in providers/catalogue.py and how it is read.
LIVE: dict[str, tuple[str, Read]] = {
    "CO": ("ucc-colorado", colorado.read),
    "CT": ("ucc-connecticut", connecticut.read),
    "OR": ("ucc-oregon", oregon.read),
}


@dataclass(frozen=True)
class LiveSource:
    """One state's register. Reading raises ProviderError; a job lets it pass, and runs again where that can help.

    days: how far it is read back where no start is given. A whole register is more than one job can read.
    """

    state: str
    days: int

    @property
    def label(self) -> str:
        return SourceLabel.LIVE

    def read(self, state: str, start: date | None, end: date | None, *, reading: Reading) -> Iterator[FilingRecord]:
        name, read = LIVE[self.state]
        if start is None:
            start = (end or datetime.now(UTC).date()) - timedelta(days=self.days)
            reading.remark(f"no start date was given: the register is asked for filings since {start}")
        for record in read(client_for(name), start, end, reading):
            if in_range(record.filed_on, start, end):
                yield record


def live_source(state: str, *, days: int) -> LiveSource | None:
    """The state's register, if it has an open one that is switched on."""
    return LiveSource(state, days) if state in LIVE and problem_with(LIVE[state][0]) is None else None


def switched_off(state: str) -> str:
    """Why an open register is not read, with the remedy; empty where the state has none, or it is read."""
    return (problem_with(LIVE[state][0]) or "") if state in LIVE else ""
