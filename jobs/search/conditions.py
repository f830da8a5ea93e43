"""A query as conditions: on columns of the ledger, and on words of the index."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Q

from ..states import READY, TERMINAL, Status
from ..views_of_state import paused_queues
from .language import Query, Term, words

#: Qualifiers that are columns of the ledger with an index of their own: few rows, newest first, at once.
ANCHORS = frozenset({"id", "related", "rerunOf"})
_COLUMNS = {
    "id": "public_id",
    "queue": "queue",
    "type": "type",
    "user": "user_id",
    "tenant": "tenant_id",
    "related": "related_id",
    "request": "correlation_id",
    "rerunOf": "rerun_of",
    "created": "created_at",
    "finished": "finished_at",
    "duration": "duration_ms",
    "attempts": "attempts_made",
    "priority": "priority",
}
_LOOKUPS = {"=": "", "<": "__lt", "<=": "__lte", ">": "__gt", ">=": "__gte"}
#: Words of the index that stand for a column's value, by qualifier.
_FACETS = {
    "queue": "q:",
    "type": "t:",
    "user": "u:",
    "tenant": "o:",
    "related": "r:",
    "request": "c:",
    "worker": "w:",
    "errorClass": "x:",
    "data.": "k:",
    "result.": "y:",
}
_WEIGHTS = {"": "", "error": "B", "data": "C", "result": "D"}
#: Qualifiers that only the index can answer.
_INDEX_ONLY = frozenset({"", "data", "error", "result", "data.", "result.", "worker", "errorClass"})


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What to ask for. words: a tsquery in text form, empty where the index is not needed.

    anchored: an index of the ledger finds the few jobs there can be. needs_words: without the index
    the answer would be wrong, and not only slow.
    """

    ledger: Q
    words: str
    anchored: bool
    needs_words: bool


def plan(query: Query) -> Plan:
    terms = query.terms
    index_only = [term for term in terms if _index_only(term, terms)]
    anchored = any(term.name in ANCHORS and not term.negated for term in terms) or _only_open(terms)
    # Status in the index follows the ledger by a moment: asked there as well, and decided here.
    helpful = any(not t.negated and (t.name == "queue" or _ended(t)) for t in terms)
    wanted = index_only or (helpful and not anchored)
    asked = [text for term in terms if (text := _as_words(term, terms)) is not None] if wanted else []
    positive = any(not text.startswith("!") for text in asked)
    ledger = Q()
    paused = paused_queues() if query.named("status") else frozenset()
    for term in terms:
        if not _index_only(term, terms):
            condition = _status(term, paused) if term.name == "status" else _column(term, terms)
            ledger &= ~condition if term.negated else condition
    return Plan(
        ledger=ledger,
        words=" & ".join(asked) if positive or index_only else "",
        anchored=anchored,
        needs_words=bool(index_only),
    )


def _only_open(terms: tuple[Term, ...]) -> bool:
    """Only jobs that have not ended: the ledger's partial indexes hold these."""
    return any(
        term.name == "status" and not term.negated and not any(Status(value) in TERMINAL for value in term.values)
        for term in terms
    )


def _ended(term: Term) -> bool:
    return term.name == "status" and all(Status(value) in TERMINAL for value in term.values)


def _index_only(term: Term, terms: tuple[Term, ...]) -> bool:
    # The index learns of a run's worker when the run ends; until then the ledger knows.
    return term.name in _INDEX_ONLY and not (term.name == "worker" and _only_open(terms))


# --- Columns --------------------------------------------------------------------------------------
def _column(term: Term, terms: tuple[Term, ...]) -> Q:
    name = "worker" if term.name == "worker" else _COLUMNS[term.name]
    if term.prefix:
        return reduce(or_, (Q(**{f"{name}__startswith": value}) for value in term.values))
    if isinstance(term.values[0], datetime):
        return _moment(name, term.operator, term.values[0])
    if len(term.values) > 1:
        return Q(**{f"{name}__in": list(term.values)})
    return Q(**{name + _LOOKUPS[term.operator]: term.values[0]})


def _moment(name: str, operator: str, value: datetime) -> Q:
    """A date is its whole day; any other time without an operator means since then."""
    day = value.timetz().replace(tzinfo=None) == time()
    if operator == "=":
        condition = Q(**{f"{name}__gte": value})
        return condition & Q(**{f"{name}__lt": value + timedelta(days=1)}) if day else condition
    if day and operator in {">", "<="}:
        # After the first of November begins with the second.
        value += timedelta(days=1)
        operator = {">": ">=", "<=": "<"}[operator]
    return Q(**{name + _LOOKUPS[operator]: value})


def _status(term: Term, paused: frozenset[str]) -> Q:
    """By the state that is shown: a ready job of a paused queue is paused."""
    condition = Q(pk__in=[])
    for value in term.values:
        status = Status(value)
        if status is Status.PAUSED:
            condition |= Q(status__in=[str(ready) for ready in READY], queue__in=paused)
        elif status in READY:
            condition |= Q(status=value) & ~Q(queue__in=paused)
        else:
            condition |= Q(status=value)
    return condition


# --- Words ----------------------------------------------------------------------------------------
def _as_words(term: Term, terms: tuple[Term, ...]) -> str | None:
    """The term as a tsquery; None where the index cannot help with it."""
    if term.name == "worker" and not _index_only(term, terms):
        return None
    if term.name == "status":
        texts = [lexeme(f"s:{value}") for value in term.values] if _ended(term) and not term.negated else []
    elif term.name in _FACETS:
        texts = [_facet(term, value) for value in term.values]
    elif term.name in _WEIGHTS:
        texts = [_phrase(term, str(value)) for value in term.values]
    else:
        return None
    if not texts:
        return None
    text = "(" + " | ".join(texts) + ")"
    return "!" + text if term.negated else text


def _facet(term: Term, value: Any) -> str:
    mark = _FACETS[term.name]
    text = f"{term.path}={value}" if term.path else str(value)
    return lexeme(mark + text) + (":*" if term.prefix else "")


def _phrase(term: Term, value: str) -> str:
    found = words(value)
    weight = _WEIGHTS[term.name]
    suffixes = [weight] * len(found)
    if term.prefix:
        suffixes[-1] = "*" + weight
    phrase = " <-> ".join(
        lexeme(word) + (f":{suffix}" if suffix else "") for word, suffix in zip(found, suffixes, strict=True)
    )
    if term.name == "error" and len(found) == 1:
        # The name of the exception, which is no part of its message.
        return f"({phrase} | {lexeme('e:' + found[0])}{':*' if term.prefix else ''})"
    return f"({phrase})" if len(found) > 1 else phrase


def lexeme(text: str) -> str:
    """A word of a tsquery, whatever it holds."""
    return "'" + text.replace("\\", "\\\\").replace("'", "''") + "'"
