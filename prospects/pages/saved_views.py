"""Lists kept under a name: saved, opened by their own address, and thrown away."""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import get_object_or_404
from django.urls import reverse

from accounts import audit
from accounts.methods import GET_AND_POST
from accounts.roles import Role

from ..models.saved_views import PAGES, SavedView
from .access import Desk, desk_of, page

ADDRESSES = {"prospects": "prospects:index", "companies": "prospects:companies", "contacts": "prospects:contacts"}
MOST_PER_USER = 100


@dataclass(frozen=True, kw_only=True)
class Link:
    view: SavedView
    url: str
    current: bool
    removable: bool


def visible(desk: Desk) -> QuerySet[SavedView]:
    return SavedView.objects.filter(Q(is_shared=True) | Q(user=desk.user), tenant_id=desk.tenant_id)


def views_for(desk: Desk, page_name: str, query: str) -> list[Link]:
    """Links to the viewer's own and the organisation's views of a page."""
    return [
        Link(
            view=view,
            url=reverse("prospects:view", args=[view.public_id]),
            current=view.query == query,
            removable=_may_remove(desk, view),
        )
        for view in visible(desk).filter(page=page_name)
    ]


def _may_remove(desk: Desk, view: SavedView) -> bool:
    return desk.writes and (view.user_id == desk.user.pk or desk.caller.role >= Role.TENANT_ADMIN)


def save(request: HttpRequest) -> HttpResponse:
    """POST name, page, query, shared: keep the query; one of the same name and owner takes the new query."""
    desk, given = desk_of(request), request.POST
    page_name = given.get("page", "")
    if request.method != "POST" or page_name not in PAGES:
        raise Http404
    query = _tidy(given.get("query", ""))
    name = given.get("name", "").strip()[:80]
    if not name:
        messages.error(request, "Give the view a name.")
    elif SavedView.objects.filter(user=desk.user).count() >= MOST_PER_USER:
        messages.error(request, f"You have {MOST_PER_USER} views. Remove one first.")
    else:
        _store(request, desk, page=page_name, name=name, query=query, is_shared="shared" in given)
        messages.success(request, f"Saved as {name}.")
    return HttpResponseRedirect(_address(page_name, query))


def _store(request: HttpRequest, desk: Desk, *, is_shared: bool, query: str, **key: Any) -> None:
    with transaction.atomic():
        view, _ = SavedView.objects.update_or_create(
            tenant_id=desk.tenant_id, user=desk.user, **key, defaults={"query": query, "is_shared": is_shared}
        )
        _record(request, desk, view, "saved-view.save")


def show(request: HttpRequest, view_id: str) -> HttpResponse:
    """The list that the view means; POST `action=remove` throws it away."""
    desk = desk_of(request)
    view = get_object_or_404(visible(desk), public_id=view_id)
    if request.method != "POST":
        return HttpResponseRedirect(_address(view.page, view.query))
    if not _may_remove(desk, view) or request.POST.get("action") != "remove":
        raise Http404
    with transaction.atomic():
        _record(request, desk, view, "saved-view.remove")
        view.delete()
    messages.success(request, f"{view.name} is removed.")
    return HttpResponseRedirect(_address(view.page, view.query))


def _record(request: HttpRequest, desk: Desk, view: SavedView, action: str) -> None:
    audit.record(
        caller=desk.caller,
        action=action,
        target_type="saved-view",
        target_id=str(view.public_id),
        details={"name": view.name, "page": view.page, "query": view.query, "shared": view.is_shared},
        request_id=getattr(request, "request_id", None),
    )


def _address(page_name: str, query: str) -> str:
    address = reverse(ADDRESSES[page_name])
    return f"{address}?{query}" if query else address


def _tidy(query: str) -> str:
    """Only what an address may hold, and no place in the list."""
    values = QueryDict(query[:2000], mutable=True)
    values.pop("after", None)
    return values.urlencode()[:2000]


UUID = r"(?P<view_id>[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})"
urls = [
    page("views", save, name="views", methods=GET_AND_POST),
    page(f"views/{UUID}", show, name="view", methods=GET_AND_POST),
]
