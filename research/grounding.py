"""Numbers in texts: which there are, and whether a text's numbers are those of the facts behind it."""

import re
from collections.abc import Iterable, Iterator
from decimal import Decimal

#: A number in a text may differ from the fact's by this share: rounding is no invention.
TOLERANCE = Decimal("0.005")
#: Also behind letters, as in USD12.5, and without a whole part, as in .5.
_NUMBER = re.compile(r"(?<!\d)(?:\.\d+|\d+(?:[,.]\d+)*)")
#: Ids of facts are no numbers.
_FACT_ID = re.compile(r"\bF\d+\b")
_SCALES = (
    (re.compile(r"\s*(?:trillion|tn)\b", re.IGNORECASE), Decimal(10) ** 12),
    (re.compile(r"\s*(?:billion|bn)\b|b\b", re.IGNORECASE), Decimal(10) ** 9),
    (re.compile(r"\s*(?:million|m)\b", re.IGNORECASE), Decimal(10) ** 6),
    (re.compile(r"\s*(?:thousand|k)\b", re.IGNORECASE), Decimal(10) ** 3),
)
_WORDS = {
    word: number
    for number, word in (
        *enumerate("zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen".split()),
        *enumerate("fifteen sixteen seventeen eighteen nineteen".split(), 15),
        *zip(range(20, 100, 10), "twenty thirty forty fifty sixty seventy eighty ninety".split(), strict=True),
    )
}
_ONE_WORD = "|".join(_WORDS)
_SPELLED = re.compile(
    rf"\b(?P<number>(?:{_ONE_WORD})(?:\s(?:{_ONE_WORD}))?)\s+"
    r"(?P<unit>per\s?cent|percentage points?|thousand|million|billion|trillion|times)\b",
    re.IGNORECASE,
)


def invented_numbers(text: str, told: Iterable[Decimal]) -> list[Decimal]:
    """The numbers of a text that are none of those told, rounding allowed."""
    known = list(told)
    return [number for number in numbers_in(text) if not any(same_number(number, one) for one in known)]


def numbers_in(text: str) -> list[Decimal]:
    """The numbers of a text, thousands separators and words such as million read; signs are ignored.

    A date such as 2026-01-31 is three numbers, which a statement must share with its fact like any other. Numbers in
    words count where a unit follows them.
    """
    plain = _FACT_ID.sub("", text).replace("-", " ")
    found = []
    for match in _NUMBER.finditer(plain):
        value = Decimal(_plain(match[0]))
        for pattern, scale in _SCALES:
            if pattern.match(plain, match.end()):
                value *= scale
                break
        found.append(value)
    return found + list(_spelled(plain))


def same_number(said: Decimal, told: Decimal) -> bool:
    return abs(said - told) <= abs(told) * TOLERANCE


def _spelled(text: str) -> Iterator[Decimal]:
    """Numbers in words, where a unit follows: `fifteen percent`, `two billion`. The one of `one of them` is none."""
    for match in _SPELLED.finditer(text):
        value = sum((Decimal(_WORDS[word]) for word in match["number"].lower().split()), Decimal())
        unit = match["unit"].lower()
        yield value * next((scale for pattern, scale in _SCALES if pattern.fullmatch(unit)), 1)


def _plain(text: str) -> str:
    """`1,234.5` and `1,234` have thousands separators; `12,5` is left as 12.5 is written elsewhere."""
    if re.fullmatch(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?", text):
        return text.replace(",", "")
    if re.fullmatch(r"\d+,\d+", text):
        return text.replace(",", ".")
    if re.fullmatch(r"\d*(?:\.\d+)?", text):
        return text
    return re.sub(r"[.,]", "", text)
