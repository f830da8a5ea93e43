"""Which prospects: what pages, exports and the API may ask for, in the same words."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import timedelta
from decimal import Decimal, InvalidOperation

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from providers.ucc.states import STATES

from ..models import Match, MatchStatus, Prospect, Source
from ..names import name_key
from ..scoring.secured_parties import SecuredClass
from .keyset import Cursor, Page, best_first, count_text, near, number_text
from .query import AddressedQuery

#: Facts older than this are worth asking for again; data-enrichment skips younger ones.
STALE_AFTER = timedelta(days=7)
LONGEST_NAME = 200
#: Up to so many prospects of a name are sorted by themselves; more are met soon enough in order of score.
MOST_NAMED = 5000
#: Prospects looked at in order of score for a page of those with a common word.
LOOKED_AT = 1500
CLASSES = tuple(str(one) for one in SecuredClass)
SETTLED = (MatchStatus.CERTAIN, MatchStatus.CONFIRMED)


@dataclass(frozen=True, kw_only=True)
class Query(AddressedQuery):
    """q: words that the name has, of the last one at least the beginning. matched, stale: `yes`, `no` or empty."""

    q: str = ""
    state: str = ""
    secured: str = ""
    source: str = ""
    least: Decimal | None = None
    most: Decimal | None = None
    matched: str = ""
    stale: str = ""


def parse(given: Mapping[str, str]) -> tuple[Query, dict[str, str]]:
    """The query, and what of the given words was left out because it could not be understood, by name."""
    problems: dict[str, str] = {}
    words = {one.name: str(given.get(one.name, "")).strip() for one in fields(Query)}
    query = Query(
        q=words["q"][:LONGEST_NAME],
        state=_known(words, "state", STATES, "must be the two letters of a US state or DC", problems, upper=True),
        secured=_known(words, "secured", CLASSES, f"must be one of {', '.join(CLASSES)}", problems),
        source=_known(words, "source", Source.values, f"must be one of {', '.join(Source.values)}", problems),
        least=_score(words, "least", problems),
        most=_score(words, "most", problems),
        matched=_known(words, "matched", ("yes", "no"), "must be yes or no", problems),
        stale=_known(words, "stale", ("yes", "no"), "must be yes or no", problems),
    )
    return query, problems


def find(query: Query, *, tenant_id: str) -> QuerySet[Prospect]:
    """The organisation's prospects that fit, in no order."""
    found = Prospect.objects.filter(tenant_id=tenant_id)
    if query.state:
        found = found.filter(state=query.state)
    if query.secured:
        found = found.filter(secured_classes__contains=[query.secured])
    if query.source:
        found = found.filter(source=query.source)
    if query.least is not None:
        found = found.filter(score__gte=query.least)
    if query.most is not None:
        found = found.filter(score__lte=query.most)
    if query.matched:
        settled = Exists(Match.objects.filter(prospect=OuterRef("pk"), status__in=SETTLED))
        found = found.filter(settled if query.matched == "yes" else ~settled)
    if query.stale:
        fresh_since = timezone.now() - STALE_AFTER
        stale = Q(enriched_at__isnull=True) | Q(enriched_at__lt=fresh_since)
        found = found.filter(stale if query.stale == "yes" else Q(enriched_at__gte=fresh_since))
    return named(found, query.q) if query.q else found


def page_of(query: Query, *, tenant_id: str, after: Cursor | None, size: int) -> tuple[Page[Prospect], str]:
    """One page, the best first, and how many there are in words, such as `1,000+`."""
    words = words_of(query.q)
    if words:
        others = find(replace(query, q=""), tenant_id=tenant_id)
        met = _met_on_the_way(others, words, after, size)
        if met is not None:
            return met, f"{size}+"
        few = list(_with_words(others, words).order_by().values_list("pk", "score")[: MOST_NAMED + 1])
        if len(few) <= MOST_NAMED:
            return _page_of_few(few, after, size), number_text(len(few))
    found = find(query, tenant_id=tenant_id)
    return best_first(found, by="score", after=after, size=size), count_text(found)


def _met_on_the_way(
    found: QuerySet[Prospect], words: list[str], after: Cursor | None, size: int
) -> Page[Prospect] | None:
    """A page of those with a common word, by looking at the next best; None where too few are met.

    The index of words hands out all that have a word before they are sorted: for a common one that
    takes longer than reading the list until the page is full.
    """
    met = []
    for row_id, score, key in near(found, by="score", after=after, size=LOOKED_AT, columns=("pk", "score", "name_key")):
        if _has(key.lower().split(), words):
            met.append((row_id, score))
            if len(met) > size:
                break
    if len(met) <= size:
        return None
    return _page(met, size)


def _page_of_few(few: list[tuple[int, Decimal | None]], after: Cursor | None, size: int) -> Page[Prospect]:
    """A page of those found by the index of words, sorted here: they are few."""
    ranked = sorted(few, key=_rank, reverse=True)
    if after is not None:
        ranked = [one for one in ranked if _rank(one) < _rank((after.id, after.score))]
    return _page([(row_id, score) for row_id, score in ranked[: size + 1]], size)


def _rank(one: tuple[int, Decimal | None]) -> tuple[Decimal, int]:
    row_id, score = one
    return (Decimal(-1) if score is None else score, row_id)


def _page(met: Sequence[tuple[int, Decimal | None]], size: int) -> Page[Prospect]:
    """The rows of the first `size`, in their order; one more says that there is a next page."""
    shown = met[:size]
    whole = Prospect.objects.in_bulk([row_id for row_id, _ in shown])
    after = Cursor(score=shown[-1][1], id=shown[-1][0]) if len(met) > size else None
    return Page(rows=[whole[row_id] for row_id, _ in shown if row_id in whole], next=after)


def _has(name: list[str], words: list[str]) -> bool:
    *whole, last = words
    return all(word in name for word in whole) and any(word.startswith(last) for word in name)


def words_of(text: str) -> list[str]:
    return [word for word in name_key(text).lower().split() if any(map(str.isalnum, word))] if text else []


def named(found: QuerySet[Prospect], text: str) -> QuerySet[Prospect]:
    """Those whose name has all words of `text` in any order; of the last word the beginning is enough.

    Asks the database at once: nobody can estimate how many names begin so, and the planner, guessing
    many where there are few, would read the whole list in order of score to find them.
    """
    words = words_of(text)
    if not words:
        return found.none()
    named = _with_words(found, words)
    few = list(named.order_by().values_list("pk", flat=True)[: MOST_NAMED + 1])
    return named if len(few) > MOST_NAMED else found.filter(pk__in=few)


def _with_words(found: QuerySet[Prospect], words: list[str]) -> QuerySet[Prospect]:
    quoted = ["'" + word.replace("\\", "\\\\").replace("'", "''") + "'" for word in words]
    wanted = " & ".join(quoted) + ":*"
    # The index prospect_words is over this very expression; see migrations.
    return found.extra(where=[f"{WORDS} @@ %s::tsquery"], params=[wanted])  # noqa: S610  what is given is a parameter


WORDS = "array_to_tsvector(array_remove(string_to_array(lower(prospects_prospect.name_key), ' '), ''))"


def _known(
    words: Mapping[str, str],
    name: str,
    allowed: Collection[str],
    must: str,
    problems: dict[str, str],
    *,
    upper: bool = False,
) -> str:
    word = words[name].upper() if upper else words[name].lower()
    if not word or word in allowed:
        return word
    problems[name] = must
    return ""


def _score(words: Mapping[str, str], name: str, problems: dict[str, str]) -> Decimal | None:
    if not words[name]:
        return None
    try:
        value = Decimal(words[name])
    except InvalidOperation:
        value = Decimal(-1)
    if not 0 <= value <= 100:
        problems[name] = "must be a number from 0 to 100"
        return None
    return value
