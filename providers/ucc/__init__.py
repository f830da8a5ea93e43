"""UCC filings: one interface, several sources.

A source is named by the setting UCC_SOURCE. `sample` serves the bundled synthetic filings to every
state; `files` reads what lies in the state's inbox folder, and then the state's register where that is
open data and switched on by QUARRY_LIVE_SOURCES. A further register is a function in a module of its own
and an entry in `live.LIVE`; a further format of files is an importer that `files` tells by its content.
"""

from pathlib import Path

from .errors import NoSource, UccError, UnreadableFile
from .files import FilesSource
from .florida import FloridaLayout
from .reading import Reading, RowProblem, UccSource
from .records import Action, FilingRecord, LienStatus, PartyKind, PartyRecord, PartyRole, SourceLabel
from .sample import SampleSource
from .state_source import StateSource
from .states import STATES
from .texas import TexasLayout

__all__ = [
    "STATES",
    "Action",
    "FilesSource",
    "FilingRecord",
    "FloridaLayout",
    "LienStatus",
    "NoSource",
    "PartyKind",
    "PartyRecord",
    "PartyRole",
    "Reading",
    "RowProblem",
    "SampleSource",
    "SourceLabel",
    "StateSource",
    "TexasLayout",
    "UccError",
    "UccSource",
    "UnreadableFile",
    "source_named",
]


def source_named(
    name: str,
    *,
    inbox: Path,
    texas: TexasLayout | None = None,
    florida: FloridaLayout | None = None,
    live_days: int = 90,
) -> UccSource:
    """The source that a deployment chose. Raises ValueError for a name that is none.

    live_days: how far registers are read back where no start date is given.
    """
    if name == "sample":
        return SampleSource()
    if name == "files":
        return StateSource(FilesSource(inbox, texas or TexasLayout(), florida), live_days=live_days)
    raise ValueError(f"UCC source {name!r} does not exist; use sample or files.")
