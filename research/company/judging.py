"""How sure a report is, and in what tone the news are."""

from collections.abc import Sequence
from decimal import Decimal

from ..models.reports import Tone
from .grounding import Support

#: Mean sentiment beyond which news count as good or bad.
_DECIDED = 0.15


def confidence(sections: Sequence[Sequence[str]], *, planned: int) -> Decimal:
    """Coverage times agreement, 0 to 1 in thousandths. sections: the support of each statement, by section.

    Coverage is the share of the planned sections that state at least one supported fact; agreement the share of
    statements that their facts support, those left out that only say what is not known.
    """
    covered = sum(1 for section in sections if Support.SUPPORTED in section)
    stated = [one for section in sections for one in section if one != Support.NONE]
    if not stated or not planned:
        return Decimal("0.000")
    supported = stated.count(Support.SUPPORTED)
    return (Decimal(covered) / planned * supported / len(stated)).quantize(Decimal("0.001"))


def tone_word(tone: float | None) -> Tone:
    if tone is None or abs(tone) < _DECIDED:
        return Tone.NEUTRAL
    return Tone.POSITIVE if tone > 0 else Tone.NEGATIVE
