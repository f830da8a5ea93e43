"""The schedules page: what fires when, how it went, and what an operator does about it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render

from accounts.methods import GET_AND_POST, POST
from accounts.models import AuditEntry

from ..links import job_url
from ..schedules import changes, heartbeat, history, listing
from ..schedules.changes import Edit, WrongEdit
from ..schedules.declarations import MissedRuns
from ..schedules.history import Fire
from ..schedules.listing import Listed
from ..schedules.models import Schedule
from ..schedules.registration import database_now
from .access import console_of
from .routing import page

NAME = r"(?P<name>[a-z0-9\-]{1,64})"
FIRES_PER_PAGE = 30
EDITS_SHOWN = 20
#: Jobs of a fire that are links before the rest is a number.
JOBS_SHOWN = 12
#: Of a fire's results: the tone of its bar and state, and the words.
RESULTS = {
    "completed": ("good", "completed"),
    "running": ("busy", "running"),
    "jobs-failed": ("bad", "jobs failed"),
    "failed": ("bad", "failed to fire"),
    "skipped": ("warn", "skipped"),
    "empty": ("idle", "nothing to do"),
}
#: Of a schedule's states: the class of its dot.
TONES = {"on": "good", "paused": "warn", "off": "idle", "retired": "idle"}


@dataclass(frozen=True, kw_only=True)
class ShownFire:
    fire: Fire
    tone: str
    words: str
    #: In the schedule's time zone.
    time: str
    #: Id, state and address of the first jobs; how many more there are.
    jobs: list[tuple[str, str, str]]
    more: int

    @property
    def counts(self) -> str:
        return ", ".join(f"{number} {state}" for state, number in self.fire.counts.items())

    @property
    def title(self) -> str:
        return f"{self.time}: {self.words}" + (f" ({self.counts})" if self.counts else "")


@dataclass(frozen=True, kw_only=True)
class Shown:
    row: Schedule
    tone: str
    last: ShownFire | None
    #: The oldest first, as a strip is read.
    strip: list[ShownFire]
    next_times: list[str]

    @property
    def strip_label(self) -> str:
        return f"Last {len(self.strip)} fires: " + ", ".join(one.words for one in self.strip[-5:])


# --- Looking --------------------------------------------------------------------------------------
def index(request: HttpRequest) -> HttpResponse:
    """The list; htmx asks again for its body alone."""
    found = heartbeat.schedulers()
    context = {
        "schedules": [_shown(one) for one in listing.schedules()],
        "chores": [(chore, chore.late(database_now())) for chore in listing.chores()],
        "leader": next((one for one in found if one.running and one.active), None),
        "standby": [one for one in found if one.running and not one.active],
        "seen": heartbeat.last_seen(),
    }
    part = request.headers.get("HX-Request") and not request.headers.get("HX-Boosted")
    return render(request, f"jobs/console/{'_schedules' if part else 'schedules'}.html", context)


def one(request: HttpRequest, name: str) -> HttpResponseBase:
    """One schedule: its rules with their form, what fired, and who changed what. POST saves the form."""
    if request.method == "POST":
        return _save(request, name)
    return _page(request, name, form=None, wrong={})


def _page(request: HttpRequest, name: str, *, form: dict[str, str] | None, wrong: dict[str, str]) -> HttpResponse:
    found = _find(name)
    row, number = found.row, _number(request.GET.get("page"))
    fires = history.fires_of(name, limit=FIRES_PER_PAGE + 1, offset=(number - 1) * FIRES_PER_PAGE)
    given = form or {"cron": row.cron, "timeZone": row.time_zone, "missedRuns": row.missed}
    context = {
        "schedule": _shown(found),
        "fires": [_shown_fire(fire, row.time_zone) for fire in fires[:FIRES_PER_PAGE]],
        "page": number,
        "has_more": len(fires) > FIRES_PER_PAGE,
        "edits": AuditEntry.objects.filter(target_type="schedule", target_id=name).order_by("-id")[:EDITS_SHOWN],
        "form": given,
        "wrong": wrong,
        "zones": sorted(available_timezones()),
        "missed_choices": list(MissedRuns),
        "switch": changes.switch_of(name),
        **_preview(row, given),
    }
    # 422: htmx and scripts know a form that was not taken.
    return render(request, "jobs/console/schedule.html", context, status=422 if wrong else 200)


def preview(request: HttpRequest, name: str) -> HttpResponse:
    """The next five times under the values of the form, or what is wrong with them."""
    context = _preview(_find(name).row, {key: request.GET.get(key, "") for key in ("cron", "timeZone", "missedRuns")})
    return render(request, "jobs/console/_schedule_preview.html", context)


def _preview(row: Schedule, given: dict[str, str]) -> dict[str, Any]:
    try:
        _, timetable = changes.checked(_edit_of(given), row=row)
    except WrongEdit as wrong:
        return {"preview_wrong": list(wrong.fields.items()), "preview": []}
    moments = timetable.next_ones(database_now(), listing.PREVIEW)
    return {"preview": [(_time(moment, timetable.time_zone), moment) for moment in moments], "preview_wrong": []}


# --- Acting ---------------------------------------------------------------------------------------
def _save(request: HttpRequest, name: str) -> HttpResponseBase:
    given = {key: request.POST.get(key, "") for key in ("cron", "timeZone", "missedRuns")}
    try:
        row = changes.edit(name=name, change=_edit_of(given), by=console_of(request).caller, request_id=_id(request))
    except changes.UnknownSchedule:
        raise Http404 from None
    except WrongEdit as wrong:
        return _page(request, name, form=given, wrong=wrong.fields)
    messages.success(request, f"{row.name} follows {row.cron} {row.time_zone} now.")
    return redirect("console:schedule", name)


def act(request: HttpRequest, name: str, action: str) -> HttpResponseBase:
    """POST: run, pause, resume or reset; back to the page the button was on."""
    try:
        text = ACTIONS[action](name=name, by=console_of(request).caller, request_id=_id(request))
        messages.success(request, text)
    except changes.UnknownSchedule:
        raise Http404 from None
    except changes.Refused as refused:
        messages.error(request, str(refused))
    except changes.FanOutFailed as failed:
        messages.error(request, f"{name} could not name its jobs: {failed}")
    return redirect("console:schedules") if request.POST.get("back") == "list" else redirect("console:schedule", name)


def _run(**who: Any) -> str:
    fired = changes.run(**who)
    return f"{who['name']} fired: {fired.jobs} jobs, {fired.jobs - fired.duplicates} of them new."


def _pause(**who: Any) -> str:
    return f"{who['name']} {'is paused' if changes.pause(**who) else 'was paused already'}."


def _resume(**who: Any) -> str:
    return f"{who['name']} {'fires again' if changes.resume(**who) else 'was not paused'}."


def _reset(**who: Any) -> str:
    row = changes.reset(**who)
    return f"{row.name} follows what its app declares: {row.cron} {row.time_zone}."


ACTIONS: dict[str, Callable[..., str]] = {"run": _run, "pause": _pause, "resume": _resume, "reset": _reset}


# --- As shown -------------------------------------------------------------------------------------
def _find(name: str) -> Listed:
    found = listing.find(name)
    if found is None:
        raise Http404("There is no such schedule.")
    return found


def _shown(found: Listed) -> Shown:
    fires = [_shown_fire(fire, found.row.time_zone) for fire in found.fires]
    return Shown(
        row=found.row,
        tone=TONES[found.row.state],
        last=fires[0] if fires else None,
        strip=fires[::-1],
        next_times=[_time(moment, found.row.time_zone) for moment in found.next_fires],
    )


def _shown_fire(fire: Fire, zone: str) -> ShownFire:
    tone, words = RESULTS[fire.result]
    jobs = [(job_id, state, job_url(job_id)) for job_id, state in list(fire.jobs.items())[:JOBS_SHOWN]]
    return ShownFire(
        fire=fire,
        tone=tone,
        words=words,
        time=_time(fire.row.fire_time, zone),
        jobs=jobs,
        more=fire.row.jobs - len(jobs),
    )


def _time(moment: datetime, zone: str) -> str:
    return f"{moment.astimezone(ZoneInfo(zone)):%a %d %b %Y, %H:%M %Z}"


def _edit_of(given: dict[str, str]) -> Edit:
    return Edit(cron=given["cron"], time_zone=given["timeZone"].strip(), missed=given["missedRuns"])


def _number(text: str | None) -> int:
    return max(1, int(text)) if text and len(text) <= 6 and text.isascii() and text.isdigit() else 1


def _id(request: HttpRequest) -> str | None:
    return getattr(request, "request_id", None)


urls = [
    page("schedules", index, name="schedules"),
    page(f"schedules/{NAME}", one, name="schedule", methods=GET_AND_POST),
    page(f"schedules/{NAME}/preview", preview, name="schedule-preview"),
    page(rf"schedules/{NAME}/(?P<action>{'|'.join(ACTIONS)})", act, name="schedule-act", methods=POST),
]
