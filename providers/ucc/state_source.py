"""What a state has to offer: the files in its inbox folder, and its register where that is open and switched on."""

from collections.abc import Iterator
from datetime import date

from .errors import NoSource
from .files import FilesSource
from .live import live_source, switched_off
from .reading import Reading
from .records import FilingRecord


class StateSource:
    """Files first, then live: of two accounts of a filing the live one counts."""

    def __init__(self, files: FilesSource, *, live_days: int) -> None:
        self._files = files
        self._live_days = live_days
        self._labels: list[str] = [files.label]

    @property
    def label(self) -> str:
        """Of what the last reading used, such as `file` or `file, live`."""
        return ", ".join(self._labels)

    def read(self, state: str, start: date | None, end: date | None, *, reading: Reading) -> Iterator[FilingRecord]:
        live = live_source(state, days=self._live_days)
        self._labels = [self._files.label]
        try:
            yield from self._files.read(state, start, end, reading=_Half(reading, 0.0) if live else reading)
        except NoSource as error:
            # The folder is empty or missing, which is found before the first row.
            if live is None:
                error.args = (" ".join(filter(None, [str(error), switched_off(state)])),)
                raise
            self._labels = []
        if live:
            half = _Half(reading, 0.5) if self._labels else reading
            self._labels.append(live.label)
            yield from live.read(state, start, end, reading=half)


class _Half(Reading):
    """The first or the second half of a reading."""

    def __init__(self, whole: Reading, offset: float) -> None:
        super().__init__(on_problem=whole.reject, on_remark=whole.remark, on_wait=whole.wait)
        self.files = whole.files
        self._whole = whole
        self._offset = offset

    def advance(self, share: float) -> None:
        self._whole.advance(self._offset + share / 2)
