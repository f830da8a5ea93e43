"""Whether a headline is about a company: precision before recall, for a wrong story is worse than none."""

import re
from functools import lru_cache

from cleanco import basename

_BETWEEN = r"[\W_]+"


def mentions(title: str, name: str) -> bool:
    """Whether the title holds the company's name, with or without its form of company.

    A name of one word must be written as a name is: with a capital, or in capitals throughout. Still
    a word that begins a headline may be meant as a word; who asks about such a name gets such stories.
    """
    pattern = _pattern(name)
    return pattern is not None and pattern.search(title) is not None


@lru_cache(maxsize=1024)
def _pattern(name: str) -> re.Pattern[str] | None:
    words = re.findall(r"[^\W_]+", basename(name))
    if not words or (len(words) == 1 and len(words[0]) < 3):
        return None
    if len(words) > 1:
        return re.compile(rf"(?<!\w){_BETWEEN.join(map(re.escape, words))}(?!\w)", re.IGNORECASE)
    spellings = {words[0], words[0].upper(), words[0].capitalize()} - {words[0].lower()}
    return re.compile(rf"(?<!\w)(?:{'|'.join(sorted(map(re.escape, spellings)))})(?!\w)")
