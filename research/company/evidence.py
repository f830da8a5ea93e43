"""A fact as a report uses it: one sentence, its numbers, its source."""

from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, kw_only=True)
class Origin:
    """Where facts came from; equal origins share a footnote. source: sample, file, live or given."""

    label: str
    provider: str
    source: str
    reference: str = ""
    fetched_at: datetime


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """text: a whole sentence. sections: keys of the sections it belongs to. topic: what rules conclude from it."""

    text: str
    sections: tuple[str, ...]
    origin: Origin
    topic: str = ""


@dataclass
class Dossier:
    """All that is known of a company, numbered: facts F1, F2, … and sources 1, 2, …

    tone: mean sentiment of the news, -1 to 1; None without news.
    """

    company: str
    evidence: list[Evidence] = field(default_factory=list)
    tone: float | None = None

    def add(self, text: str, *sections: str, origin: Origin, topic: str = "") -> None:
        self.evidence.append(Evidence(text=text, sections=sections, origin=origin, topic=topic))

    def of_section(self, key: str) -> dict[str, Evidence]:
        """Evidence of a section by id."""
        return {f"F{n}": one for n, one in enumerate(self.evidence, 1) if key in one.sections}

    def origins(self) -> list[Origin]:
        """In the order of their footnotes."""
        return list(dict.fromkeys(one.origin for one in self.evidence))
