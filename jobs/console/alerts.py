"""The alerts page: what is wrong now, what was, and the rules that say so."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render

from accounts.methods import POST

from ..alerts.acknowledging import LONGEST_NOTE, acknowledge
from ..alerts.limits import current_limits
from ..alerts.models import Alert
from ..alerts.rules import RULES
from ..links import console_url
from .access import console_of
from .routing import page

PER_PAGE = 50


def index(request: HttpRequest) -> HttpResponse:
    """Active ones first; htmx asks again for the body alone."""
    past = Paginator(Alert.objects.filter(resolved_at__isnull=False).order_by("-started_at", "-id"), PER_PAGE)
    context = {
        "active": Alert.objects.filter(resolved_at__isnull=True).order_by("severity", "-started_at"),
        "past": past.get_page(request.GET.get("page")),
        "rules": RULES,
        "limits": current_limits(),
        "queues_url": console_url("queues"),
        "longest_note": LONGEST_NOTE,
    }
    part = request.headers.get("HX-Request") and not request.headers.get("HX-Boosted")
    return render(request, f"jobs/console/{'_alerts' if part else 'alerts'}.html", context)


def acknowledged(request: HttpRequest, alert: str) -> HttpResponseBase:
    """POST: say that somebody looks after it."""
    if not Alert.objects.filter(pk=int(alert)).exists():
        raise Http404("There is no such alert.")
    note = request.POST.get("note", "").strip()
    if acknowledge(alert_id=int(alert), note=note, by=console_of(request).caller):
        messages.success(request, "Acknowledged: it is not repeated until it comes back.")
    else:
        messages.info(request, "It is over, or somebody acknowledged it before.")
    return redirect("console:alerts")


urls = [
    page("alerts", index, name="alerts"),
    page(r"alerts/(?P<alert>[0-9]{1,18})/acknowledge", acknowledged, name="alert-acknowledge", methods=POST),
]
