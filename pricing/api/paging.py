"""Whose rows a request is about, and lists that go on where the last page ended."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Model, Q, QuerySet

from accounts.callers import Caller
from jobs.api.openapi.declaring import TENANT, cursor, integer, text
from jobs.api.params import Params
from jobs.api.problems import NotFound

LIMIT, MOST = 50, 500
#: What lists that lead on by a cursor take, and those that look for a text besides.
PAGED = (TENANT, integer("limit", LIMIT, least=1, most=MOST), cursor())
FOUND = (text("q"), *PAGED)


@dataclass(frozen=True, kw_only=True)
class Page:
    """rows: at most `limit`. next_cursor: None at the end."""

    rows: list[Any]
    limit: int
    next_cursor: str | None

    def shown(self, name: str, resources: list[dict[str, Any]]) -> dict[str, Any]:
        return {"limit": self.limit, "count": len(resources), "nextCursor": self.next_cursor, name: resources}


def of_tenant(caller: Caller, params: Params) -> str | None:
    """The organisation a reader means: the one named, else the caller's own. None for one they may not see."""
    named = params.text("tenantId")
    if named is not None:
        return named if caller.may_use_tenant(named) else None
    return caller.tenant_id or ""


def one(rows: QuerySet[Any], tenant_id: str | None, what: str, **by: Any) -> Any:
    """The organisation's row. Raises NotFound, the same for what does not exist and for what is not theirs."""
    found = None if tenant_id is None else rows.filter(tenant_id=tenant_id, **by).first()
    if found is None:
        raise NotFound(what)
    return found


def page_of(rows: QuerySet[Any], params: Params, *, most: int = MOST, default: int = LIMIT) -> Page:
    """The newest first, by id. Call `params.done()` before."""
    limit = params.integer("limit", default, least=1, most=most)
    cursor = params.parsed("cursor", int, "must be the nextCursor of the page before")
    params.done()
    found: list[Model] = list((rows.filter(pk__lt=cursor) if cursor else rows).order_by("-pk")[: limit + 1])
    more = len(found) > limit
    return Page(rows=found[:limit], limit=limit, next_cursor=str(found[limit - 1].pk) if more else None)


def by_position(rows: QuerySet[Any], params: Params, *, most: int = MOST, default: int = LIMIT) -> Page:
    """In order of `position`."""
    limit = params.integer("limit", default, least=1, most=most)
    cursor = params.parsed("cursor", int, "must be the nextCursor of the page before") or 0
    params.done()
    found = list(rows.filter(position__gt=cursor).order_by("position")[: limit + 1])
    more = len(found) > limit
    return Page(rows=found[:limit], limit=limit, next_cursor=str(found[limit - 1].position) if more else None)


def contains(params: Params, *fields: str) -> Q:
    """Rows that hold the text of the parameter `q` in any of the fields."""
    text = params.text("q")
    found = Q()
    for name in fields if text else ():
        found |= Q(**{f"{name}__icontains": text})
    return found
