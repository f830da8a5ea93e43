"""The inbox: files that a user dropped into a state's folder, opened so that nothing outside can be read.

Every step goes through a directory descriptor and refuses symbolic links, so neither a link nor a
folder swapped between look and open leads out of the inbox.
"""

import contextlib
import gzip
import hashlib
import io
import os
import stat
import zlib
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path

from .errors import NoSource, UnreadableFile

_GZIP_MAGIC = b"\x1f\x8b"
_LAST_POSITION = (1 << 32) - 1
#: Endings of files that are still being written or were left by an editor.
UNFINISHED = (".part", ".tmp", ".crdownload", ".filepart", "~")
FORMATS = "plain CSV (docs/ucc-csv.md), Texas bulk JSON, IACA XML or Florida tax liens, each also gzipped"


class OpenFile:
    """A file being read: its plain bytes, gzipped or not, and how much of it has been consumed."""

    def __init__(self, name: str, raw: io.BufferedReader) -> None:
        self.name = name
        self._raw = raw
        self.size = os.fstat(raw.fileno()).st_size
        is_gzip = raw.read(2) == _GZIP_MAGIC
        raw.seek(0)
        self.stream = io.BufferedReader(gzip.GzipFile(fileobj=raw), 1 << 16) if is_gzip else raw

    def at(self, position: int) -> int:
        """`told_at` of the account that is this one in its file, counted by line or by record."""
        return self._content << 32 | min(position, _LAST_POSITION)

    @cached_property
    def _content(self) -> int:
        """31 bits that stand for all bytes of the file; read beside the stream, which stays where it is."""
        digest, place = hashlib.blake2b(digest_size=4), 0
        while piece := os.pread(self._raw.fileno(), 1 << 20, place):
            digest.update(piece)
            place += len(piece)
        return int.from_bytes(digest.digest()) >> 1

    def share(self) -> float:
        return min(1.0, self._raw.tell() / self.size) if self.size else 1.0


@contextlib.contextmanager
def readable(file: OpenFile) -> Iterator[None]:
    """Turn damage found while reading into an error that names the file."""
    try:
        yield
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise UnreadableFile(
            file=file.name,
            line=1,
            problem=f"the gzip data is damaged or cut off ({error})",
            remedy="Copy the file into the inbox again; rows read before the damage are kept",
        ) from None


class StateFolder:
    """One state's folder of the inbox, held open while it is read. Close it after use."""

    def __init__(self, inbox: Path, state: str) -> None:
        self._shown = f"{inbox}/{state}"
        self._state = state
        try:
            top = os.open(inbox, os.O_RDONLY | os.O_DIRECTORY)
        except OSError:
            raise self.nothing("the inbox does not exist") from None
        try:
            self._folder = os.open(state, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW, dir_fd=top)
        except OSError:
            raise self.nothing("the folder does not exist or is no real folder") from None
        finally:
            os.close(top)

    def close(self) -> None:
        os.close(self._folder)

    def nothing(self, why: str) -> NoSource:
        """The message is for whoever asked; where the folder lies is a note, which tracebacks alone show."""
        error = NoSource(
            f"No UCC source for {self._state}: {why}. "
            f"Have a file put into the inbox's folder {self._state} ({FORMATS}), "
            "or QUARRY_UCC_SOURCE=sample set for sample data."
        )
        error.add_note(f"The folder is {self._shown}/.")
        return error

    def names(self) -> list[str]:
        """File names in the order in which they are read, which is by name."""
        return sorted(
            name for name in os.listdir(self._folder) if not name.startswith(".") and not name.endswith(UNFINISHED)
        )

    def refusal(self, name: str) -> str | None:
        """Why an entry is not read: anything but a regular file could lead elsewhere or never end."""
        mode = os.lstat(name, dir_fd=self._folder).st_mode
        if stat.S_ISLNK(mode):
            return "is a symbolic link, which is not followed; copy the file itself"
        if stat.S_ISDIR(mode):
            return "is a folder; put files directly into the state's folder"
        return None if stat.S_ISREG(mode) else "is not a regular file"

    @contextlib.contextmanager
    def open(self, name: str, *, shown: str = "") -> Iterator[OpenFile]:
        """shown: what the file is called in messages, where that is not its name."""
        shown = shown or f"{self._state}/{name}"
        try:
            # O_NONBLOCK: a pipe put in place of the file must not make us wait for ever.
            descriptor = os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK, dir_fd=self._folder)
        except OSError as error:
            raise UnreadableFile(
                file=shown, line=1, problem=f"cannot be opened ({error.strerror})", remedy="Make it readable for Quarry"
            ) from None
        with open(descriptor, "rb") as raw:
            if not stat.S_ISREG(os.fstat(descriptor).st_mode):
                raise UnreadableFile(
                    file=shown, line=1, problem="is not a regular file", remedy="Copy the file itself into the inbox"
                )
            yield OpenFile(shown, raw)
