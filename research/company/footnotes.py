"""The numbers of a report's sources. A number once given stays, also when the job is run again."""

from collections.abc import Iterable

from ..models import Research, SourceNote
from .evidence import Evidence, Origin

_Key = tuple[str, str, str, str]


class Footnotes:
    def __init__(self, research: Research) -> None:
        self._research = research
        self._numbers: dict[_Key, int] = {
            (note.label, note.provider, note.source, note.reference): note.number for note in research.sources.all()
        }

    def of(self, evidence: Iterable[Evidence]) -> list[int]:
        """Numbers of the sources, in order; new ones are stored. Call it in the transaction that cites them."""
        return sorted({self._number(one.origin) for one in evidence})

    def _number(self, origin: Origin) -> int:
        key = (origin.label[:300], origin.provider, origin.source, origin.reference[:500])
        if key not in self._numbers:
            number = len(self._numbers) + 1
            SourceNote.objects.create(
                research=self._research,
                number=number,
                label=key[0],
                provider=key[1],
                source=key[2],
                reference=key[3],
                fetched_at=origin.fetched_at,
            )
            self._numbers[key] = number
        return self._numbers[key]
