"""The list of prospects: every state of it is an address."""

from dataclasses import dataclass
from urllib.parse import parse_qsl, urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from jobs import reads

from ..lists import prospects
from ..lists.keyset import BadCursor, Cursor
from ..lists.prospects import CLASSES, Query
from ..models import Source
from . import saved_views
from .access import desk_of, page
from .ingest import state_choices
from .jobs import JobLine, line_of, offered
from .rows import class_label, rows_of

PAGE = 50
#: Points from which on a prospect is shown by the links of the score filter.
LEAST = ("75", "50", "25")


@dataclass(frozen=True, kw_only=True)
class Chip:
    text: str
    url: str
    current: bool = False


@dataclass(frozen=True, kw_only=True)
class Group:
    """Links that set one condition. `chosen` is the text of the one that holds, empty for none."""

    title: str
    chips: list[Chip]
    chosen: str


def show(request: HttpRequest) -> HttpResponse:
    desk = desk_of(request)
    query, problems = prospects.parse(request.GET.dict())
    cursor = _cursor(request, problems)
    listed, total = prospects.page_of(query, tenant_id=desk.tenant_id, after=cursor, size=PAGE)
    empty = query.is_empty and not listed.rows and cursor is None
    return render(
        request,
        "prospects/prospects.html",
        {
            "rows": rows_of(listed.rows),
            "total": total,
            "query": query,
            "query_text": query.address(),
            "problems": [f"{name} {problem}" for name, problem in problems.items()],
            "groups": groups(query),
            "kept": _kept(query),
            "clear_url": reverse("prospects:index"),
            "job": _started(request),
            "chips": chosen(query),
            "next_url": _url(f"{query.address()}&{urlencode({'after': listed.next})}" if listed.next else None),
            "first_url": _url(query.address()) if cursor else None,
            "empty": empty,
            "may_enrich": desk.writes and offered("data-enrichment"),
            "views": saved_views.views_for(desk, "prospects", query.address()),
            "page_name": "prospects",
            "states": state_choices() if desk.writes else [],
        },
    )


def _kept(query: Query) -> list[tuple[str, str]]:
    """What the search form carries along, beside what it asks for itself."""
    return [pair for pair in parse_qsl(query.address()) if pair[0] not in {"q", "state"}]


def _started(request: HttpRequest) -> JobLine | None:
    """The job that a click in this list has just started."""
    job = reads.find(desk_of(request).caller, request.GET.get("job", "")[:200]) if "job" in request.GET else None
    return line_of(job, desk_of(request)) if job else None


def _cursor(request: HttpRequest, problems: dict[str, str]) -> Cursor | None:
    word = request.GET.get("after", "")
    try:
        return Cursor.parse(word) if word else None
    except BadCursor as error:
        problems["after"] = str(error)
        return None


def _url(query: str | None) -> str | None:
    address = reverse("prospects:index")
    return None if query is None else f"{address}?{query}" if query else address


def groups(query: Query) -> list[Group]:
    """Menus of conditions; each link keeps what else holds."""
    enriched = (("yes", "Due for enrichment"), ("no", "Enriched within a week"))
    matched = (("yes", "With a company"), ("no", "Without a company"))
    return [
        _group(query, "Score", "least", [(word, f"{word} and above") for word in LEAST]),
        _group(query, "Secured by", "secured", [(name, class_label(name)) for name in CLASSES]),
        _group(query, "Company", "matched", list(matched)),
        _group(query, "Facts", "stale", list(enriched)),
        _group(query, "Source", "source", [(str(value), str(label)) for value, label in Source.choices]),
    ]


def _group(query: Query, title: str, name: str, values: list[tuple[str, str]]) -> Group:
    held = str(getattr(query, name) or "")
    chips = [
        Chip(text=label, url=_url(query.address(**{name: "" if value == held else value})) or "", current=value == held)
        for value, label in values
    ]
    return Group(title=title, chips=chips, chosen=next((chip.text for chip in chips if chip.current), ""))


def chosen(query: Query) -> list[Chip]:
    """What holds, as links that leave it out."""
    labels = {
        "q": f"name: {query.q}",
        "state": query.state,
        "secured": class_label(query.secured),
        "source": query.source,
        "least": f"score ≥ {query.least}",
        "most": f"score ≤ {query.most}",
        "matched": "with a company" if query.matched == "yes" else "without a company",
        "stale": "due for enrichment" if query.stale == "yes" else "enriched within a week",
    }
    held = [name for name in labels if getattr(query, name) not in ("", None)]
    return [Chip(text=labels[name], url=_url(query.address(**{name: ""})) or "") for name in held]


urls = [page("", show, name="index")]
