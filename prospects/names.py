"""When two spellings of a name mean the same party."""

import re
import unicodedata
from functools import lru_cache

#: Upper case and `&` can make a key longer than its name; an index entry must stay under 2,700 bytes.
MAX_KEY = 300

_DROPPED = re.compile(r"[.'’`\"]")
_SEPARATORS = re.compile(r"[\W_]+")
_ENDINGS = (
    (re.compile(r" LIMITED LIABILITY (?:COMPANY|CO)$"), " LLC"),
    (re.compile(r" L L C$"), " LLC"),
    (re.compile(r" LIMITED LIABILITY PARTNERSHIP$"), " LLP"),
    (re.compile(r" LIMITED PARTNERSHIP$"), " LP"),
    (re.compile(r" INCORPORATED$"), " INC"),
    (re.compile(r" CORPORATION$"), " CORP"),
    (re.compile(r" COMPANY$"), " CO"),
    (re.compile(r" LIMITED$"), " LTD"),
)
_FORM = re.compile(r" (LLC|LLP|LP|INC|CORP|CO|LTD|PLC|PC|PLLC|GMBH|SA|AG|NV|BV)$")
_WRITTEN_FORM = re.compile(
    r"[\s,]+(?:L\.?L\.?C|L\.?L\.?P|L\.?P|INC|INCORPORATED|CORP|CORPORATION|CO|COMPANY|LTD|LIMITED|PLC|P\.?C|GMBH|S\.?A|AG"
    r"|N\.?V|B\.?V)\.?$",
    re.IGNORECASE,
)

_MAY_BE_SHORTENED = (" COMPANY", " CO", " C", " PARTNERSHIP", " INCORPORATED", " CORPORATION", " LIMITED")
#: What _DROPPED, _SEPARATORS and upper case do to a character, for the names without accents that most are.
_ASCII = {
    code: None if _DROPPED.match(chr(code)) else " " if _SEPARATORS.match(chr(code)) else chr(code).upper()
    for code in range(128)
}


@lru_cache(maxsize=16384)
def name_key(name: str) -> str:
    """The name without case, accents, punctuation and a leading THE; forms of company abbreviated.

    The form of company stays part of it: Acme LLC and Acme Inc are two companies. Never empty for
    a name that has a letter or a digit.
    """
    if name.isascii():
        words = " ".join(name.replace("&", " AND ").translate(_ASCII).split())
    else:
        plain = _without_accents(name).upper().replace("&", " AND ")
        words = _SEPARATORS.sub(" ", _DROPPED.sub("", plain)).strip()
    if words.endswith(_MAY_BE_SHORTENED):
        words = _shortened(words)
    return (words.removeprefix("THE ")[:MAX_KEY].strip()) or name[:MAX_KEY]


def _shortened(words: str) -> str:
    for ending, short in _ENDINGS:
        shortened = ending.sub(short, words)
        if shortened != words:
            return shortened
    return words


def core_of(name: str) -> str:
    """The name's key without its form of company."""
    return _FORM.sub("", name_key(name))


def without_form(name: str) -> str:
    """The name as it is written, without its form of company: what sources that search by words are asked for."""
    return _WRITTEN_FORM.sub("", name.strip()) or name


def may_be_same(one: str, other: str) -> bool:
    """Whether an entry of this name may be the company of that one: the same core, and forms that do not contradict
    each other. One may leave its form out; a namesake's facts are worse than none."""
    forms = {found[1] for name in (one, other) if (found := _FORM.search(name_key(name)))}
    return bool(one and other) and core_of(one) == core_of(other) and len(forms) <= 1


def _without_accents(name: str) -> str:
    parts = unicodedata.normalize("NFKD", name)
    return "".join(character for character in parts if not unicodedata.combining(character))
