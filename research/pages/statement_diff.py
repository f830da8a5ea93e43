"""What differs between two attempts, statement by statement."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

#: Beyond this likeness (0 to 1) a statement was reworded rather than exchanged.
REWORDED = 0.6


@dataclass(frozen=True, kw_only=True)
class Piece:
    """A run of words. kind: kept, added or removed."""

    kind: str
    text: str


@dataclass(frozen=True, kw_only=True)
class Line:
    """kind: kept, added, removed, or reworded, which alone has pieces."""

    kind: str
    text: str
    pieces: tuple[Piece, ...] = ()


@dataclass(frozen=True, kw_only=True)
class SectionDiff:
    title: str
    lines: list[Line]

    @property
    def kept(self) -> int:
        return sum(1 for line in self.lines if line.kind == "kept")

    @property
    def changed(self) -> list[Line]:
        return [line for line in self.lines if line.kind != "kept"]


def differences(before: Mapping[str, Sequence[str]], after: Mapping[str, Sequence[str]]) -> list[SectionDiff]:
    """before, after: the statements of each section by its title. Sections in the order of `after`, lost ones last."""
    titles = [*after, *(title for title in before if title not in after)]
    return [
        SectionDiff(title=title, lines=list(_lines(before.get(title, ()), after.get(title, ())))) for title in titles
    ]


def _lines(before: Sequence[str], after: Sequence[str]) -> Iterator[Line]:
    matcher = SequenceMatcher(None, before, after, autojunk=False)
    for tag, low, high, start, end in matcher.get_opcodes():
        if tag == "equal":
            yield from (Line(kind="kept", text=text) for text in after[start:end])
        else:
            yield from _replaced(before[low:high], after[start:end])


def _replaced(before: Sequence[str], after: Sequence[str]) -> Iterator[Line]:
    """In the order of what is there now; what is gone comes after."""
    left = list(before)
    for new in after:
        like = max(left, key=lambda one: _likeness(one, new), default=None)
        if like is not None and _likeness(like, new) >= REWORDED:
            left.remove(like)
            yield Line(kind="reworded", text=new, pieces=tuple(_pieces(like, new)))
        else:
            yield Line(kind="added", text=new)
    yield from (Line(kind="removed", text=text) for text in left)


def _likeness(one: str, other: str) -> float:
    return SequenceMatcher(None, one.split(), other.split(), autojunk=False).ratio()


def _pieces(before: str, after: str) -> Iterable[Piece]:
    old, new = before.split(), after.split()
    for tag, low, high, start, end in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "equal":
            yield Piece(kind="kept", text=" ".join(new[start:end]))
            continue
        if high > low:
            yield Piece(kind="removed", text=" ".join(old[low:high]))
        if end > start:
            yield Piece(kind="added", text=" ".join(new[start:end]))
