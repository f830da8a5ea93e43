"""How an attempt goes about an analysis: each variation has its own prompt and view."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Approach:
    """key: as stored with the analysis. prompt: a file of research/prompts."""

    key: str
    title: str
    prompt: str
    temperature: float


PLAIN = Approach(key="plain", title="Plain", prompt="stock_analysis_plain.v1", temperature=0.2)
REVISED = Approach(
    key="revised", title="With the judge's critique", prompt="stock_analysis_revised.v1", temperature=0.2
)
BEAR_FIRST = Approach(key="bear-first", title="Bear case first", prompt="stock_analysis_bear_first.v1", temperature=0.7)
APPROACHES = (PLAIN, REVISED, BEAR_FIRST)


def approach_of(variation: int) -> Approach:
    """0 plain, 1 revised, 2 bear case first; attempts by hand take the last two in turn.

    Raises ValueError below 0.
    """
    if variation < 0:
        raise ValueError(f"Variations count from 0; {variation} is none.")
    return APPROACHES[variation] if variation < 3 else APPROACHES[1 + (variation - 1) % 2]
