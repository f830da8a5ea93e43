"""Health alerts: what waits for a look, what was looked at, and by whom."""

from urllib.parse import urlencode

from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from accounts.methods import GET_AND_POST

from ..lists.keyset import count_text
from ..models import HealthAlert
from ..scores.alerts import acknowledge
from .access import Desk, desk_of, page
from .prospect_list import Chip

PAGE = 50
ALERT = r"alerts/(?P<alert_id>\d{1,18})"
#: Value of `show` in the address, and what it is called.
SHOWN = (("", "Waiting"), ("done", "Acknowledged"), ("all", "All"))


def show_all(request: HttpRequest) -> HttpResponse:
    """The newest first; `q` is a company's name or id, `show` which of them."""
    desk, text = desk_of(request), request.GET.get("q", "").strip()[:200]
    shown = request.GET.get("show", "")
    shown = shown if shown in dict(SHOWN) else ""
    found = _find(desk, text, shown)
    before = request.GET.get("before", "")
    older = found.filter(pk__lt=int(before)) if before.isascii() and before.isdigit() and len(before) < 19 else found
    rows = list(older.select_related("company", "health_score", "acknowledged_by").order_by("-pk")[: PAGE + 1])
    return render(
        request,
        "prospects/alerts.html",
        {
            "rows": rows[:PAGE],
            "total": count_text(found),
            "text": text,
            "shown": shown,
            "chips": [Chip(text=label, url=_url(text, value), current=value == shown) for value, label in SHOWN],
            "next_url": _url(text, shown, before=rows[PAGE - 1].pk) if len(rows) > PAGE else None,
            "first_url": _url(text, shown) if before else None,
            "none_ever": not rows and not HealthAlert.objects.filter(tenant_id=desk.tenant_id).exists(),
        },
    )


def _find(desk: Desk, text: str, shown: str) -> QuerySet[HealthAlert]:
    found = HealthAlert.objects.filter(tenant_id=desk.tenant_id)
    if text:
        found = found.filter(Q(company__name__icontains=text) | Q(company__key=text))
    return found if shown == "all" else found.filter(acknowledged_at__isnull=shown != "done")


def _url(text: str, shown: str, **more: int) -> str:
    query = urlencode({name: value for name, value in {"q": text, "show": shown, **more}.items() if value})
    address = reverse("prospects:alerts")
    return f"{address}?{query}" if query else address


def act(request: HttpRequest, alert_id: str) -> HttpResponse:
    """POST: somebody has looked. `next` is the page to go back to."""
    desk = desk_of(request)
    alert = HealthAlert.objects.filter(tenant_id=desk.tenant_id, pk=int(alert_id)).select_related("company").first()
    if alert is None:
        raise Http404("There is no such alert.")
    if request.method == "POST":
        acknowledge(alert=alert, by=desk.caller)
        messages.success(request, f"{alert.company}: acknowledged.")
    following = request.POST.get("next", "")
    if url_has_allowed_host_and_scheme(following, allowed_hosts=None):
        return HttpResponseRedirect(following)
    return HttpResponseRedirect(reverse("prospects:alerts"))


urls = [page("alerts", show_all, name="alerts"), page(ALERT, act, name="alert", methods=GET_AND_POST)]
