"""The queues and their rules, and the page of one queue."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.safestring import SafeString

from .. import queues as verbs
from ..overrides import history
from ..overrides.live import refresh_if_possible
from ..overrides.models import OverrideChange
from ..overrides.values import settings_of
from ..policy import QueuePolicy, configured, policies, policy_of
from ..policy_view import policy_resource
from ..views_of_state import paused_queues
from . import live, queue_jobs, queue_rows
from .access import Access, console_of
from .charts import data_url, range_of, types_of
from .limits_form import LimitsForm
from .queue_actions import QUEUE, actions, queue_of
from .routing import page

LIVE = "jobs/console/_queue_live.html"
#: Charts of a queue's page: kind and title.
CHARTS = (
    ("throughput", "Jobs ended"),
    ("errors", "Failures by class"),
    ("wait", "Wait until the start"),
    ("run", "Run time of completed jobs"),
)


def index(request: HttpRequest) -> HttpResponse:
    """Every queue's rules, and what of them was changed at run time."""
    refresh_if_possible()
    rows = [_rules(rules, configured()[name]) for name, rules in policies().items()]
    return render(request, "jobs/console/queues.html", {"rows": rows})


def _rules(rules: QueuePolicy, own: QueuePolicy) -> dict[str, Any]:
    return {
        "rules": rules,
        "own": own,
        "changed": rules != own,
        "limit": history.in_words("startLimit", settings_of(rules)["startLimit"]).replace("none", "—"),
        "timeout": rules.timeout_ms / 1000,
        "policy": policy_resource(rules),
    }


def show(request: HttpRequest, queue: str) -> HttpResponse:
    name = queue_of(queue)
    access = console_of(request)
    if request.GET.get("live") == "head":
        return live.respond(request, *_head(name))
    view = queue_jobs.asked_for(request, name, access.caller)
    if request.GET.get("live") == "jobs":
        return live.respond(request, *queue_jobs.table(view, access))
    return render(request, "jobs/console/queue.html", _page(request, name, view, access))


def _page(request: HttpRequest, name: str, view: queue_jobs.View, access: Access) -> dict[str, Any]:
    span = range_of(request)
    kinds = types_of(name)
    kind = request.GET.get("type", "")
    head, head_version = _head(name)
    jobs, jobs_version = queue_jobs.table(view, access)
    return {
        "queue": name,
        "rules": policy_of(name),
        "timeout": policy_of(name).timeout_ms / 1000,
        "paused": name in paused_queues(),
        "head": head,
        "head_version": head_version,
        "jobs": jobs,
        "jobs_version": jobs_version,
        "jobs_url": view.url(live="jobs"),
        "charts": CHARTS,
        "chart_url": data_url(queue=name, kind=kind if kind in kinds else "", span=span),
        "kinds": _kinds(request, kinds, kind),
        **span.context(request),
        **_limits(name),
        "cleanable": [str(status) for status in verbs.CLEANABLE],
    }


def _head(name: str) -> tuple[SafeString, str]:
    return live.fragment(LIVE, name, lambda: _head_context(name))


def _head_context(name: str) -> dict[str, Any]:
    refresh_if_possible()
    return {"row": queue_rows.rows([name])[0], "times": queue_rows.times_of(name)}


def _limits(name: str) -> dict[str, Any]:
    rules, own = policy_of(name), configured()[name]
    return {
        "form": LimitsForm.of(rules),
        "settings": history.comparison(rules, own),
        "changes": [_change(item) for item in history.changes(name, limit=20)],
        "overridden": history.overridden(name),
    }


def _change(item: OverrideChange) -> dict[str, Any]:
    return {
        "sentence": history.sentence(item).capitalize(),
        "reverted": item.reverted,
        "by_name": item.by_name,
        "at": item.at,
        "reason": item.reason,
    }


def _kinds(request: HttpRequest, kinds: list[str], chosen: str) -> list[dict[str, Any]]:
    found = []
    for name in ["", *kinds] if len(kinds) > 1 else []:
        query = request.GET.copy()
        query.pop("live", None)
        query["type"] = name
        found.append({"name": name or "All types", "url": f"?{query.urlencode()}", "current": name == chosen})
    return found


urls = [
    page("queues", index, name="queues"),
    page(rf"queues/{QUEUE}", show, name="queue"),
    *actions,
]
