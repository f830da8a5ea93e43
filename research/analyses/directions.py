"""Whether a statement lets rise what its facts say fell, or the other way round. Pure."""

import re
from collections.abc import Sequence

from ..grounding import numbers_in, same_number
from .evidence import Fact, Topic

_ROSE = re.compile(r"\b(?:rose|rising|grew|growing|increased|gained|climbed|advanced|expanded)\b", re.IGNORECASE)
_FELL = re.compile(
    r"\b(?:fell|falling|shrank|shrinking|declin\w+|decreas\w+|dropped|lost|contracted|slid)\b", re.IGNORECASE
)
_CHANGES = (Topic.GROWTH, Topic.MOMENTUM)


def reversed_direction(text: str, cited: Sequence[Fact]) -> bool:
    """Only where it is beyond doubt: one direction in the text, another in every change that it cites, and the number
    of one of them in the text.
    """
    rose, fell = bool(_ROSE.search(text)), bool(_FELL.search(text))
    values = [fact.value for fact in cited if fact.topic in _CHANGES and fact.value]
    if rose == fell or not values or len({value > 0 for value in values}) > 1:
        return False
    if rose == (values[0] > 0):
        return False
    return any(same_number(said, abs(value) * 100) for said in numbers_in(text) for value in values)
