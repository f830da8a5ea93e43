"""Files that come over the browser: checked beside the inbox, then put into it, never over another one.

An upload waits in the state's folder under a hidden name that no reading takes for a file. Keeping it is a hard link to
its real name, which fails if that name is taken, so two people can neither overwrite nor half-write.
"""

import contextlib
import itertools
import os
import re
import secrets
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from .errors import UccError
from .files import FilesSource
from .inbox import UNFINISHED, StateFolder, readable
from .reading import Reading, RowProblem
from .records import FilingRecord

#: Filings and rows left out that a preview shows, and the most that it reads to find them.
SHOWN = 20
MOST_READ = 2000
_LONGEST_NAME = 120
_PENDING = re.compile(r"\.upload-[0-9a-f]{16}-.+\.part")
_ABANDONED_SECONDS = 24 * 3600


class TooLarge(UccError):
    """An upload is longer than accepted. Nothing was kept."""


class NameTaken(UccError):
    """A file of this name lies in the inbox. It was not touched."""


@dataclass(frozen=True, kw_only=True)
class Upload:
    """A file that waits to be kept. name: what it will be called."""

    state: str
    name: str
    token: str

    @property
    def hidden_name(self) -> str:
        return f".upload-{self.token}-{self.name}.part"


@dataclass(frozen=True, kw_only=True)
class Preview:
    """What the first rows of a file say. error: why nothing of it can be used; empty where something can."""

    filings: tuple[FilingRecord, ...]
    problems: tuple[RowProblem, ...]
    remarks: tuple[str, ...]
    error: str
    is_whole: bool


def safe_name(given: str) -> str:
    """The last part of a name, of letters, digits, dots, hyphens and underscores, as no hidden or unfinished file."""
    last = re.split(r"[/\\]", given)[-1]
    name = re.sub(r"[^A-Za-z0-9._-]+", "-", last).strip(".-")[-_LONGEST_NAME:].lstrip(".-")
    while name.endswith(UNFINISHED):
        name = name[: -len(next(end for end in UNFINISHED if name.endswith(end)))]
    return name or "upload"


def receive(*, inbox: Path, state: str, name: str, chunks: Iterable[bytes], most_bytes: int) -> Upload:
    """Write an upload beside the inbox's files. Raises TooLarge and NameTaken."""
    folder = inbox / state
    folder.mkdir(parents=True, exist_ok=True)
    _remove_abandoned(folder)
    upload = Upload(state=state, name=safe_name(name), token=secrets.token_hex(8))
    if (folder / upload.name).exists():
        raise _taken(upload)
    path, size = folder / upload.hidden_name, 0
    try:
        with path.open("xb") as file:
            for chunk in chunks:
                size += len(chunk)
                if size > most_bytes:
                    raise TooLarge(
                        f"{upload.name} is longer than {most_bytes >> 20} MB; put it into {folder} yourself, "
                        "or raise UCC_UPLOAD_MAX_MB."
                    )
                file.write(chunk)
            file.flush()
            os.fsync(file.fileno())
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    return upload


def preview(source: FilesSource, *, inbox: Path, upload: Upload) -> Preview:
    """Read the first rows as an ingestion would."""
    problems: list[RowProblem] = []
    remarks: list[str] = []
    filings: list[FilingRecord] = []
    reading = Reading(on_problem=problems.append, on_remark=remarks.append)
    error, is_whole = "", True
    with contextlib.closing(StateFolder(inbox, upload.state)) as folder:
        try:
            with folder.open(upload.hidden_name, shown=f"{upload.state}/{upload.name}") as file, readable(file):
                records = source.importer(file, upload.state, reading)
                filings = list(itertools.islice(records, MOST_READ))
                is_whole = next(records, None) is None
        except UccError as failure:
            error = str(failure)
    if not error and not filings:
        error = "No row can be used." if problems else "The file holds no row."
    return Preview(
        filings=tuple(filings[:SHOWN]),
        problems=tuple(problems[:SHOWN]),
        remarks=tuple(remarks[:SHOWN]),
        error=error,
        is_whole=is_whole,
    )


def keep(*, inbox: Path, upload: Upload) -> Path:
    """Give an upload its name. Raises NameTaken, and UccError where it was discarded meanwhile."""
    folder = inbox / upload.state
    target = folder / upload.name
    try:
        os.link(folder / upload.hidden_name, target)
    except FileExistsError:
        raise _taken(upload) from None
    except FileNotFoundError:
        raise UccError("The upload is no longer there; upload the file again.") from None
    (folder / upload.hidden_name).unlink(missing_ok=True)
    target.chmod(0o644)
    return target


def discard(*, inbox: Path, upload: Upload) -> None:
    (inbox / upload.state / upload.hidden_name).unlink(missing_ok=True)


def files_of(*, inbox: Path, state: str) -> list[tuple[str, int]]:
    """Names and sizes in bytes of the files that the next ingestion of a state reads."""
    folder = inbox / state
    try:
        found = sorted(entry for entry in folder.iterdir() if entry.is_file() and not entry.is_symlink())
    except OSError:
        return []
    return [
        (entry.name, entry.stat().st_size)
        for entry in found
        if not entry.name.startswith(".") and not entry.name.endswith(UNFINISHED)
    ]


def _taken(upload: Upload) -> NameTaken:
    return NameTaken(f"{upload.state}/{upload.name} lies in the inbox already; give the file another name.")


def _remove_abandoned(folder: Path) -> None:
    for entry in folder.iterdir():
        if _PENDING.fullmatch(entry.name) and time.time() - entry.stat().st_mtime > _ABANDONED_SECONDS:
            entry.unlink(missing_ok=True)
