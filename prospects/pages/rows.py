"""What a row of the list of prospects shows."""

from collections.abc import Sequence
from dataclasses import dataclass

from ..lists.prospects import SETTLED
from ..models import Company, Match, Prospect, Source
from ..scoring.secured_parties import LABELS, SecuredClass

#: Tones of a score, as static/prospects.css has them: from this many points on.
TONES = ((75, "high"), (50, "good"), (25, "fair"), (0, "low"))


@dataclass(frozen=True, kw_only=True)
class Row:
    prospect: Prospect
    tone: str
    classes: list[tuple[str, str]]
    company: Company | None

    @property
    def is_sample(self) -> bool:
        return self.prospect.source == Source.SAMPLE


def rows_of(prospects: Sequence[Prospect]) -> list[Row]:
    companies = companies_of(prospects)
    return [
        Row(
            prospect=one,
            tone=tone_of(one.score),
            classes=[(name, class_label(name)) for name in one.secured_classes],
            company=companies.get(one.pk),
        )
        for one in prospects
    ]


def companies_of(prospects: Sequence[Prospect]) -> dict[int, Company]:
    """The company that each prospect is, where that is settled."""
    settled = Match.objects.filter(prospect__in=[one.pk for one in prospects], status__in=SETTLED)
    return {match.prospect_id: match.company for match in settled.select_related("company")}


def tone_of(score: object) -> str:
    if score is None:
        return "none"
    return next(tone for least, tone in TONES if float(str(score)) >= least)


def class_label(name: str) -> str:
    try:
        return LABELS[SecuredClass(name)]
    except ValueError:
        return name
