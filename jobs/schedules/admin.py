"""Schedules in Django admin: looked at, run, paused, and edited with the times that an edit would mean."""

from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html_join

from accounts.callers import caller_of

from ..admin import AdminsOnly
from . import changes, listing
from .changes import Edit, WrongEdit
from .declarations import MissedRuns
from .history import fires_of
from .models import Schedule, ScheduleFire, SchedulerProcess
from .registration import database_now


class ScheduleForm(forms.ModelForm):  # type: ignore[type-arg]  # Django's class takes no argument at run time
    """Empty fields mean: as declared."""

    edited_missed = forms.ChoiceField(
        label="missed runs",
        required=False,
        choices=[("", "as declared"), *((str(one), str(one)) for one in MissedRuns)],
    )

    class Meta:
        model = Schedule
        fields = ("edited_cron", "edited_time_zone", "edited_missed")
        labels = {"edited_cron": "cron", "edited_time_zone": "time zone"}  # noqa: RUF012  Django's attribute
        help_texts = {  # noqa: RUF012
            "edited_cron": "minute, hour, day of month, month, day of week; empty: as declared",
            "edited_time_zone": "such as America/New_York; empty: as declared",
        }

    def change(self) -> Edit:
        values = self.cleaned_data
        return Edit(cron=values["edited_cron"], time_zone=values["edited_time_zone"], missed=values["edited_missed"])

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or {}
        names = {"cron": "edited_cron", "timeZone": "edited_time_zone", "missedRuns": "edited_missed"}
        try:
            changes.checked(self.change(), row=self.instance)
        except WrongEdit as wrong:
            for name, text in wrong.fields.items():
                self.add_error(names[name], text)
        except KeyError:
            pass  # A field is too long; its own error stands beside it.
        return values


@admin.register(Schedule)
class ScheduleAdmin(AdminsOnly):
    form = ScheduleForm
    list_display = ("name", "shown_cron", "shown_zone", "state", "next_fire_at", "last_fire_at", "result")
    list_filter = ("enabled", "paused", "retired")
    search_fields = ("name", "type")
    ordering = ("name",)
    actions = ("run_now", "pause", "resume", "reset")
    fields = (
        *("name", "description", "type", "state", "declared_cron", "declared_time_zone", "declared_missed"),
        *("edited_cron", "edited_time_zone", "edited_missed", "next_times", "last_fires"),
    )
    readonly_fields = (
        *("name", "description", "type", "state", "declared_cron", "declared_time_zone", "declared_missed"),
        *("next_times", "last_fires"),
    )

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._admin(request)

    @admin.display(description="cron")
    def shown_cron(self, obj: Schedule) -> str:
        return obj.cron + (" (edited)" if obj.edited else "")

    @admin.display(description="time zone")
    def shown_zone(self, obj: Schedule) -> str:
        return obj.time_zone

    @admin.display(description="last result")
    def result(self, obj: Schedule) -> str:
        fires = fires_of(obj.name, limit=1)
        return fires[0].result if fires else "-"

    @admin.display(description="next times")
    def next_times(self, obj: Schedule) -> str:
        found = listing.find(obj.name)
        if found is None or not found.next_fires:
            return f"none: it is {obj.state}"
        zone = ZoneInfo(obj.time_zone)
        times = [(f"{moment.astimezone(zone):%a %Y-%m-%d %H:%M %Z}",) for moment in found.next_fires]
        return format_html_join("", "<div>{}</div>", times)

    @admin.display(description="last fires")
    def last_fires(self, obj: Schedule) -> str:
        rows = [
            (f"{fire.row.fire_time:%Y-%m-%d %H:%M} UTC", fire.row.trigger, fire.result, fire.row.jobs, fire.row.note)
            for fire in fires_of(obj.name, limit=20)
        ]
        return format_html_join("", "<div>{} {} {}: {} jobs {}</div>", rows) or "none yet"

    def save_model(self, request: HttpRequest, obj: Schedule, form: Any, change: bool) -> None:
        row = changes.edit(name=obj.name, change=form.change(), by=caller_of(request), request_id=_id(request))
        timetable = changes.checked(Edit(), row=row)[1]
        moments = timetable.next_ones(database_now(), listing.PREVIEW)
        times = ", ".join(f"{moment.astimezone(timetable.zone):%a %d %b %H:%M %Z}" for moment in moments)
        self.message_user(request, f"{row.name} fires next at {times}.")

    def log_change(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        """Nothing: the audit trail has the change, written in its transaction."""

    @admin.action(description="Run the selected schedules now", permissions=["change"])
    def run_now(self, request: HttpRequest, queryset: QuerySet[Schedule]) -> None:
        for name in queryset.values_list("name", flat=True):
            try:
                fired = changes.run(name=name, by=caller_of(request), request_id=_id(request))
                self.message_user(request, f"{name} fired: {fired.jobs} jobs.", messages.SUCCESS)
            except (changes.FanOutFailed, changes.UnknownSchedule) as error:
                self.message_user(request, f"{name} could not fire: {error}", messages.ERROR)

    @admin.action(description="Pause the selected schedules", permissions=["change"])
    def pause(self, request: HttpRequest, queryset: QuerySet[Schedule]) -> None:
        self._each(request, queryset, changes.pause, "Paused")

    @admin.action(description="Resume the selected schedules", permissions=["change"])
    def resume(self, request: HttpRequest, queryset: QuerySet[Schedule]) -> None:
        self._each(request, queryset, changes.resume, "Resumed")

    @admin.action(description="Set the selected schedules back to what is declared", permissions=["change"])
    def reset(self, request: HttpRequest, queryset: QuerySet[Schedule]) -> None:
        self._each(request, queryset, changes.reset, "Reset")

    def _each(self, request: HttpRequest, queryset: QuerySet[Schedule], verb: Any, done: str) -> None:
        names, changed = list(queryset.values_list("name", flat=True)), 0
        for name in names:
            try:
                changed += bool(verb(name=name, by=caller_of(request), request_id=_id(request)))
            except changes.Refused as refused:
                self.message_user(request, str(refused), messages.ERROR)
        self.message_user(request, f"{done} {changed} of {len(names)} schedules.")


def _id(request: HttpRequest) -> str | None:
    return getattr(request, "request_id", None)


@admin.register(ScheduleFire)
class ScheduleFireAdmin(AdminsOnly):
    list_display = ("schedule", "fire_time", "trigger", "outcome", "jobs", "duplicates", "by", "fired_at")
    list_filter = ("outcome", "trigger", "schedule", "fire_time")
    list_select_related = ("schedule",)
    ordering = ("-fire_time",)


@admin.register(SchedulerProcess)
class SchedulerProcessAdmin(AdminsOnly):
    list_display = ("name", "host", "pid", "active", "started_at", "heartbeat_at")
    ordering = ("-heartbeat_at",)
