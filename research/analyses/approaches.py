"""How an attempt goes about an analysis: each variation has its own prompt and view."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Approach:
    """key: as stored with the analysis. prompt: a file of research/prompts. meaning: what is different about it."""

    key: str
    title: str
    meaning: str
    prompt: str
    temperature: float


PLAIN = Approach(
    key="plain",
    title="Plain",
    meaning="from the facts alone",
    prompt="stock_analysis_plain.v1",
    temperature=0.2,
)
REVISED = Approach(
    key="revised",
    title="With the judge's critique",
    meaning="with the judge's critique and the facts that the judge missed",
    prompt="stock_analysis_revised.v1",
    temperature=0.2,
)
BEAR_FIRST = Approach(
    key="bear-first",
    title="Bear case first",
    meaning="with the strongest case against the share first",
    prompt="stock_analysis_bear_first.v1",
    temperature=0.7,
)
APPROACHES = (PLAIN, REVISED, BEAR_FIRST)


def what_differs(key: str, backend: str) -> str:
    """What sets an attempt of this approach apart, as people read it; empty for an unknown key.

    backend: who wrote it, as stored with the analysis.
    """
    approach = next((one for one in APPROACHES if one.key == key), None)
    if approach is None:
        return ""
    if approach.temperature == PLAIN.temperature or backend not in _TEMPERATURE:
        return approach.meaning
    return f"{approach.meaning}, {_TEMPERATURE[backend]}"


#: What an approach's own temperature comes to, by the protocol of the model.
_TEMPERATURE = {
    "openai": "asked at a higher temperature",
    "anthropic": "by its prompt alone: Anthropic's protocol has no temperature",
}


def approach_of(variation: int) -> Approach:
    """0 plain, 1 revised, 2 bear case first; attempts by hand take the last two in turn.

    Raises ValueError below 0.
    """
    if variation < 0:
        raise ValueError(f"Variations count from 0; {variation} is none.")
    return APPROACHES[variation] if variation < 3 else APPROACHES[1 + (variation - 1) % 2]
