"""Forms of pages that change something, for each route that takes a POST, and what must hold before."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from jobs.models import Job, Worker
from tests.pricing.market import golden_json

from .conftest import World

CONTRACT = {
    "code": "C9",
    "effectiveFrom": "2025-01-01",
    "terms": golden_json(),
    "lines": [{"code": "L1", "basePrice": "1000.00", "quantity": "500"}],
}


@dataclass(frozen=True, kw_only=True)
class Form:
    """values: a text such as `{company}` is the id of that row of the world; a function is asked for its value.

    path: another address of the route. prepare: makes true what the page needs, in the transaction that is undone.
    """

    values: dict[str, Any]
    prepare: Callable[[World], object] | None = None
    path: str = ""


def form(_prepare: Callable[[World], object] | None = None, _path: str = "", /, **values: Any) -> Form:
    return Form(values=values, prepare=_prepare, path=_path)


def file(name: str, content: str) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content.encode())


def job_is(status: str) -> Callable[[World], object]:
    """The member's job, as the ledger would have it in that state."""
    ended = {"finished_at": "2026-01-01T00:00:00Z"} if status in {"failed", "completed", "cancelled"} else {}
    return lambda made: Job.objects.filter(public_id="theirs").update(status=status, **ended)


def a_worker(made: World) -> object:
    return Worker.objects.create(name="nobody-1-abc", host="nobody", pid=1)


def acme(made: World) -> str:
    return str(made.users["member"].memberships.get().organisation_id)


def first(path: str, **values: str) -> Callable[[World], object]:
    """Another form of an admin before."""
    return lambda made: made.browsers["admin"].post(path, values)


CONSOLE = "/api/admin/bull-board"
SCORING = f"{CONSOLE}/queues/ucc-ingestion"
DAILY = f"{CONSOLE}/schedules/ucc-daily"
LIMITS = {"concurrency": "1", "cap": "1", "count": "", "window": "1", "unit": "s"}
SECURITIES = "symbol,name,sector,sub_sector\nXYZ,Xyz,Energy,Oil\n"
VALUES = "series_code,as_of_date,value,version_tag\nWTI,2026-04-05,81,final\n"
HOOK = {"url": "https://hooks.example/new", "events": "*", "description": "mine"}

#: Sent in the place of the matrix row's own form, which is often refused or changes nothing.
FORMS: dict[str, tuple[Form, ...]] = {
    "accounts:settings": (form(name="Somebody else"),),
    "accounts:notifications": (form(notify_reports="on"), form()),
    "accounts:tokens": (form(name="one", organisation=acme, scopes=["jobs:read"], expires="30"),),
    "own-webhooks:webhooks": (form(**HOOK, tenant="acme"),),
    "own-webhooks:webhook": tuple(form(action=verb) for verb in ("test", "disable", "rotate", "remove")),
    "console:webhooks": (form(**HOOK, tenant="acme"),),
    "console:webhook": tuple(form(action=verb) for verb in ("test", "disable", "rotate", "remove")),
    "console:queue-pause": (form(None, f"{SCORING}/pause", reason="why"),),
    "console:queue-resume": (form(first(f"{SCORING}/pause"), f"{SCORING}/resume"),),
    "console:queue-retry-failed": (form(job_is("failed"), f"{SCORING}/retry-failed"),),
    "console:queue-clean": (form(job_is("failed"), f"{SCORING}/clean", type="failed", grace="0"),),
    "console:queue-limits": (
        form(None, f"{SCORING}/limits", concurrency="1", cap="1", count="", window="1", unit="s"),
    ),
    "console:queue-limits-revert": (
        form(
            first(f"{SCORING}/limits", **LIMITS),
            f"{SCORING}/limits/revert",
        ),
    ),
    "console:queue-jobs": (form(None, f"{SCORING}/jobs", verb="cancel", job="theirs"),),
    "console:worker": (form(a_worker, verb="quiet"),),
    "console:schedule": (form(cron="5 4 * * *", timeZone="UTC", missedRuns="skip"),),
    "console:schedule-act": (
        form(),
        form(first(f"{DAILY}/pause"), f"{DAILY}/resume"),
        form(None, f"{DAILY}/run"),
        form(first(DAILY, cron="5 4 * * *", timeZone="UTC", missedRuns="skip"), f"{DAILY}/reset"),
    ),
    "console:workflow-retry": (form(first(f"{CONSOLE}/workflows/flow/cancel")),),
    "console:job-rerun": (form(data='{"state": "NY"}', priority="0"),),
    "console:job-action": (
        form(),
        form(job_is("failed"), f"{CONSOLE}/jobs/theirs/retry"),
        form(job_is("failed"), f"{CONSOLE}/jobs/theirs/bury"),
        form(None, f"{CONSOLE}/jobs/theirs/priority", priority="7"),
        form(None, f"{CONSOLE}/jobs/theirs/remove"),
    ),
    "console:bulk": (form(action="cancel", id="theirs"), form(action="cancel", scope="all", q="", confirm="yes")),
    "prospects:imports": (form(kind="companies", file=file("c.csv", "Key,Name\nk,New\n")),),
    "prospects:import": (
        form(action="drop"),
        form(action="start", **{"field.key": "0", "field.name": "1"}),
        form(action="map", **{"field.key": "1", "field.name": "0"}),
    ),
    "prospects:enrich": (form(id="{prospect}"),),
    "prospects:ingest": (form(state="TX"),),
    "prospects:company-start": (form(action="portfolio"), form(type="scoring")),
    "prospects:match": (form(verdict="confirm"), form(verdict="reject")),
    "prospects:prospect-start": (form(action="rescore"), form(action="enrich")),
    "research:market": (form(kind="securities", file=file("s.csv", SECURITIES)),),
    "research:sectors": (form(name="Materials"),),
    "pricing:imports": (form(file=file("v.csv", VALUES)),),
    "pricing:upload": (form(action="drop"), form(action="start")),
    "pricing:series-feed": (
        form(action="subscribe", provider="fred", id="DCOILWTICO", daily="on"),
        form(
            first("/pricing/series/WTI/feed", action="subscribe", provider="fred", id="DCOILWTICO"),
            action="unsubscribe",
        ),
    ),
    "pricing:series-describe": (form(name="Oil", unit="USD", currency="USD", frequency="daily"),),
    "pricing:contract-add": (form(**{"as": "json", "json": json.dumps(CONTRACT)}),),
    "pricing:contract-amend": (form(**{"as": "json", "json": json.dumps(CONTRACT | {"effectiveFrom": "2027-01-01"})}),),
    "pricing:batch-add": (form(code="B9", date="2026-03-04", contracts="C1"),),
    "reports:ask": (form(company="{company}", kind="weekly"),),
    "reports:ask-prices": (form(batch="B1", format="pdf"),),
}
