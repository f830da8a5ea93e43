"""Words that tell somebody what to do with a share, or promise a price: an analysis never does. Pure."""

import re

_TRADE = r"(?:buy|sell|short|accumulate|purchase|own|hold|dump)"
#: Not a share but a side of the market, a repurchase, a strategy.
_NOT_COMPOUND = r"(?![-–]?(?:backs?|sides?|through|outs?|and|down)\b)(?!\s+and\s+build\b)(?!\w)"
#: Sentences open a text, or follow one.
_OPENING = r"(?:\A|[.!?:;]\s+)"

_FORBIDDEN = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        # A command at the start of a sentence: "Buy the shares", "Avoid this stock".
        rf"{_OPENING}(?:strong\s+)?(?:{_TRADE}|avoid){_NOT_COMPOUND}"
        r"(?=\s+(?:(?:the|this|these|its|some|more)\s+)*(?:shares?|stocks?|position|now|here|on|before|into|ahead)\b)",
        rf"{_OPENING}(?:strong\s+)?(?:buy|sell|hold)\s*(?:[.!]|\Z)",
        # Advice: "should buy", "recommend to sell", "worth owning".
        rf"\b(?:should|must|ought\s+to|(?:is|are)\s+advised\s+to|need\s+to|better|time\s+to)\s+(?:\w+\s+){{0,2}}?"
        rf"{_TRADE}{_NOT_COMPOUND}\s+(?:(?:the|this|these|its|some|more)\s+)*(?:shares?|stocks?|position|it|now)\b",
        r"\b(?:we|i)\s+(?:\w+\s+)?(?:recommend|advise)\b",
        rf"\brecommend(?:s|ed|ing)?\s+(?:to\s+)?(?:a\s+)?(?:buy|sell|hold)(?:ing)?{_NOT_COMPOUND}",
        r"\b(?:buy|sell|hold|investment)\s+recommendations?\b",
        r"\bworth\s+(?:buying|owning|holding|selling)\b(?!\s+company)",
        r"\b(?:investors?|shareholders?|holders?|readers?|you)\s+(?:should|must|ought\s+to|need\s+to)\s+(?:\w+\s+)?"
        r"(?:buy|sell|own|hold|add|reduce|avoid|invest|exit|wait|take)\b",
        # Ratings: "rated buy", "a strong sell", "is a hold", "outperform".
        rf"\brat(?:ed|ing|es?)\s*(?::|it|as|is|of)?\s*(?:it\s+)?(?:as\s+)?(?:an?\s+)?(?:strong\s+)?[\"'“]?"
        rf"(?:buy|sell|hold){_NOT_COMPOUND}",
        rf"\b(?:is|as|remains|a|clear)\s+(?:an?\s+)?(?:strong|clear|screaming|outright)\s+(?:buy|sell|hold){_NOT_COMPOUND}",
        rf"\b(?:is|as|remains)\s+an?\s+(?:buy|sell|hold){_NOT_COMPOUND}(?=\s*(?:[.,;!?)]|\Z|at\b|for\b|on\b|here\b|now\b))",
        r"\b(?:buy|sell|hold)\s+ratings?\b",
        r"\b(?:market\s+)?(?:outperform|underperform)\s+rating\b|\brat(?:ed|ing)\W+(?:\w+\W+)?(?:outperform|overweight)\b",
        # Targets and promised prices.
        r"\b(?:price|share[-\s]price)\s+(?:targets?|objectives?)\b|\btarget\s+prices?\b",
        r"\bupside\s+(?:target|potential|of)\b",
        r"\b(?:shares?|stock|price)\s+(?:will|is\s+going\s+to|is\s+certain\s+to|is\s+bound\s+to)\s+(?:\w+\s+)?"
        r"(?:rise|fall|reach|double|triple|recover|outperform|soar|climb|drop|gain)\b",
        # Promises.
        r"\bguarante(?:e|es|ed|eing)\s+(?:\w+\s+){0,3}?(?:returns?|profits?|gains?|upside|income|growth|success)\b",
        r"\b(?:returns?|profits?|gains?|upside|growth|success)\s+(?:is|are|seems?)\s+(?:all\s+but\s+)?guaranteed\b",
        r"\b(?:can(?:no|')t|cannot|can\s+not)\s+(?:lose|fail|go\s+wrong)\b|\bsure\s+(?:thing|bet)\b|\bno[-\s]brainer\b",
        r"\brisk[-\s]free\b(?!\s+(?:rates?|assets?|yields?))",
    )
)


def advice_in(text: str) -> list[str]:
    """The words of a text that advise or promise; empty where there are none."""
    found = [match[0].strip(" .:;!?") for pattern in _FORBIDDEN for match in pattern.finditer(text)]
    return list(dict.fromkeys(found))
