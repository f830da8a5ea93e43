"""What people type into the search box: words, "phrases", and qualifiers such as `status:failed`.

A term that is not understood becomes a problem with a sentence, and the rest still counts.
"""

import difflib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ..masking import normal
from .qualifiers import ALIASES, QUALIFIERS, Qualifier

LONGEST_QUERY = 1000
MOST_TERMS = 20


@dataclass(frozen=True, kw_only=True)
class Term:
    """One condition. `name` is the qualifier, empty for free text; `path` follows `data.` and `result.`.

    values: any of them fits; parsed, so a time is a datetime. operator: `=`, `<`, `<=`, `>` or `>=`.
    """

    name: str
    values: tuple[Any, ...]
    path: str = ""
    operator: str = "="
    negated: bool = False
    #: The value ended in `*`: whatever begins so fits.
    prefix: bool = False


@dataclass(frozen=True, kw_only=True)
class Query:
    """A search as one value: `text` is what it reads as, and a link carries it."""

    text: str = ""
    terms: tuple[Term, ...] = ()
    problems: tuple[str, ...] = field(default=())

    def __bool__(self) -> bool:
        return bool(self.terms)

    def named(self, name: str) -> list[Term]:
        return [term for term in self.terms if term.name == name]


_TOKEN = re.compile(r'\s*(-?)(?:([A-Za-z][\w.\-\[\]]*):)?("(?:[^"\\]|\\.)*"?|[^\s"]*)')
_OPERATOR = re.compile(r"(<=|>=|<|>|=)?(.*)", re.DOTALL)


def parse(text: str) -> Query:
    """Never raises: what cannot be read is told in `problems`."""
    text = " ".join(text.replace("\x00", " ").split())
    problems: list[str] = []
    if len(text) > LONGEST_QUERY:
        problems.append(f"Only the first {LONGEST_QUERY} characters are searched for.")
        text = text[:LONGEST_QUERY]
    terms: list[Term] = []
    for minus, name, value in _tokens(text):
        try:
            term = _term(name, value, negated=bool(minus))
        except ValueError as error:
            problems.append(str(error))
            continue
        if term is not None:
            terms.append(term)
    if len(terms) > MOST_TERMS:
        problems.append(f"Only the first {MOST_TERMS} conditions count.")
    return Query(text=text, terms=tuple(terms[:MOST_TERMS]), problems=tuple(problems))


def _tokens(text: str) -> list[tuple[str, str, str]]:
    found, place = [], 0
    while place < len(text):
        match = _TOKEN.match(text, place)
        if match is None or match.end() == place:
            place += 1
            continue
        place = match.end()
        found.append((match[1], match[2] or "", match[3]))
    return found


def _term(name: str, raw: str, *, negated: bool) -> Term | None:
    """None where there is nothing to look for. Raises ValueError with a sentence for people."""
    head, dot, path = name.partition(".")
    known = ALIASES.get(head.lower(), head)
    known = next((key for key in QUALIFIERS if key.lower() == known.lower()), known)
    if known in {"data", "result"} and dot:
        return _path_term(known, path, raw, negated)
    if not name or known not in QUALIFIERS or dot:
        return _text_term(name, known, raw, negated)
    if not raw:
        raise ValueError(f"{known}: needs a value, such as {QUALIFIERS[known].example}.")
    return _qualified(QUALIFIERS[known], raw, negated)


def _path_term(name: str, path: str, raw: str, negated: bool) -> Term:
    value, prefix = _value(raw)
    if not path or not value:
        raise ValueError(f"{name}.{path}: needs a path and a value, such as {name}.companyId:comp_7.")
    steps = ".".join(step for step in normal(path).replace("[]", "").split(".") if step)
    return Term(name=f"{name}.", path=steps, values=(value.lower()[:80],), prefix=prefix, negated=negated)


def _text_term(name: str, known: str, raw: str, negated: bool) -> Term | None:
    close = difflib.get_close_matches(known.lower(), [key.lower() for key in QUALIFIERS], 1, 0.75) if name else []
    if close and len(name) > 3:
        meant = next(key for key in QUALIFIERS if key.lower() == close[0])
        raise ValueError(f"{name}: is no qualifier; did you mean {meant}:? Put it in quotes to search for the text.")
    # An id such as refresh:acme is text, colon and all.
    value, prefix = _value(f"{name}:{raw}" if name else raw)
    if not words(value):
        return None
    return Term(name="", values=(value,), prefix=prefix, negated=negated)


def _qualified(qualifier: Qualifier, raw: str, negated: bool) -> Term:
    operator, raw = _OPERATOR.findall(raw)[0]
    if operator and not qualifier.ordered:
        raw, operator = operator + raw, ""
    textual = qualifier.name in {"data", "error", "result"}
    value, prefix = _value(raw)
    parts = [value] if raw.startswith('"') or textual else [part for part in value.split(",") if part]
    if not parts or (textual and not words(value)):
        raise ValueError(f"{qualifier.name}: needs a value, such as {qualifier.example}.")
    try:
        values = tuple(part if prefix else qualifier.parse(part) for part in parts)
    except (ValueError, OverflowError) as error:
        raise ValueError(f"{qualifier.name}: {error}; {value!r} is not.") from None
    return Term(name=qualifier.name, values=values, operator=operator or "=", negated=negated, prefix=prefix)


def _value(raw: str) -> tuple[str, bool]:
    """The value without its quotes, and whether it stands for all that begins so."""
    if raw.startswith('"'):
        inner = raw[1:-1] if len(raw) > 1 and raw.endswith('"') and not raw.endswith('\\"') else raw[1:]
        return re.sub(r"\\(.)", r"\1", inner), False
    return (raw.rstrip("*"), True) if raw.endswith("*") and raw.rstrip("*") else (raw, False)


def words(text: str) -> list[str]:
    """The words of a text as the index has them."""
    return [word[:100] for word in re.findall(r"[^\W_]+", text.lower())]


# --- Query text, written ------------------------------------------------------------------------
def quoted(value: str) -> str:
    """A value as it is typed."""
    if value and re.fullmatch(r'[^\s"*]+', value) and not value.startswith(("<", ">", "=", "-")):
        return value
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'


def with_term(text: str, name: str, value: str | None) -> str:
    """The query text with the qualifier's terms replaced by one, or taken out where value is None."""
    kept = [
        f"{minus}{key + ':' if key else ''}{raw}" for minus, key, raw in _tokens(text) if ALIASES.get(key, key) != name
    ]
    return " ".join([*kept, *([f"{name}:{quoted(value)}"] if value else [])])


def without(text: str, place: int) -> str:
    """The query text without its term number `place`."""
    return " ".join(
        f"{minus}{key + ':' if key else ''}{raw}" for n, (minus, key, raw) in enumerate(_tokens(text)) if n != place
    )


def chips(text: str) -> list[tuple[str, str]]:
    """Each term as it was typed, and the query text without it."""
    return [
        (f"{minus}{key + ':' if key else ''}{raw}", without(text, n))
        for n, (minus, key, raw) in enumerate(_tokens(text))
    ]


#: Fields of the console's form and of the API, by the qualifier each one sets.
FIELDS = {
    "status": "status",
    "queue": "queue",
    "type": "type",
    "relatedId": "related",
    "correlationId": "request",
    "userId": "user",
    "tenantId": "tenant",
    "errorClass": "errorClass",
}


def from_fields(given: Mapping[str, str]) -> str:
    """The query text of `q` and of the plain form fields beside it."""
    text = given.get("q", "")
    for name, qualifier in FIELDS.items():
        if value := given.get(name, ""):
            text = with_term(text, qualifier, value)
    return " ".join(text.split())
