"""UCC filings: one interface, several sources.

A source is named by the setting UCC_SOURCE. `sample` serves the bundled synthetic filings to every
state; `files` reads what lies in the state's inbox folder. A further one, live or not, is a class
with the methods of `UccSource` and an entry in `source_named`.
"""

from pathlib import Path

from .errors import NoSource, UccError, UnreadableFile
from .files import FilesSource
from .reading import Reading, RowProblem, UccSource
from .records import Action, FilingRecord, LienStatus, PartyKind, PartyRecord, PartyRole, SourceLabel
from .sample import SampleSource
from .states import STATES
from .texas import TexasLayout

__all__ = [
    "STATES",
    "Action",
    "FilesSource",
    "FilingRecord",
    "LienStatus",
    "NoSource",
    "PartyKind",
    "PartyRecord",
    "PartyRole",
    "Reading",
    "RowProblem",
    "SampleSource",
    "SourceLabel",
    "TexasLayout",
    "UccError",
    "UccSource",
    "UnreadableFile",
    "source_named",
]


def source_named(name: str, *, inbox: Path, texas: TexasLayout | None = None) -> UccSource:
    """The source that a deployment chose. Raises ValueError for a name that is none."""
    if name == "sample":
        return SampleSource()
    if name == "files":
        return FilesSource(inbox, texas or TexasLayout())
    raise ValueError(f"UCC source {name!r} does not exist; use sample or files.")
