"""`manage.py schedules`: the schedule list at the command line, and what operators do with it."""

import json
from argparse import ArgumentParser
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.core.management.base import BaseCommand, CommandError

from jobs.management.command_line import command_caller, table
from jobs.schedules import changes, history, listing, registration
from jobs.schedules.changes import Edit
from jobs.schedules.history import Fire
from jobs.schedules.models import Schedule


class Command(BaseCommand):
    help = "List schedules, and run, pause, resume, edit or reset one. Without a verb: list."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="as JSON")
        verbs = parser.add_subparsers(dest="verb")
        for verb, text in (
            ("list", "all schedules and housekeeping, with last and next times (what no verb means)"),
            ("sync", "make the list what the apps declare; what was edited stays edited"),
            ("run", "fire now, whatever its state"),
            ("pause", "fire no more until resumed"),
            ("resume", "fire again, from the next time on"),
            ("history", "what fired, was skipped or failed, the newest first"),
            ("edit", "change when it fires; shows the next five times"),
            ("reset", "back to what the app declares"),
        ):
            verb_parser = verbs.add_parser(verb, help=text)
            verb_parser.add_argument("--json", action="store_true", default=None, help="as JSON")
            if verb not in {"list", "sync"}:
                verb_parser.add_argument("name", help="the schedule's name")
        verbs.choices["history"].add_argument("--limit", type=int, default=20, help="fires to show (default: 20)")
        edit = verbs.choices["edit"]
        edit.add_argument("--cron", help="five fields, such as '0 2 * * *'")
        edit.add_argument("--time-zone", help="such as America/New_York")
        edit.add_argument("--missed", help="once: the last missed occurrence fires late; skip: none does")
        edit.add_argument("--dry-run", action="store_true", help="show the next five times and change nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        self._json = bool(options["json"])
        try:
            getattr(self, f"_{options['verb'] or 'list'}")(options)
        except changes.UnknownSchedule:
            names = ", ".join(Schedule.objects.values_list("name", flat=True)) or "none"
            raise CommandError(f"There is no schedule {options['name']!r}; the schedules are {names}.") from None
        except (changes.Refused, changes.WrongEdit) as refused:
            raise CommandError(str(refused)) from None
        except changes.FanOutFailed as failed:
            raise CommandError(f"{options['name']} could not name its jobs: {failed}") from failed

    def _say(self, text: str, body: Any) -> None:
        self.stdout.write(json.dumps(body, indent=2, ensure_ascii=False) if self._json else text)

    # --- Looking ------------------------------------------------------------------------------
    def _list(self, options: dict[str, Any]) -> None:
        found, chores = listing.schedules(), listing.chores()
        head = ["schedule", "cron", "time zone", "state", "next", "last", "result"]
        rows = [
            [
                one.row.name,
                one.row.cron + (" *" if one.row.edited else ""),
                one.row.time_zone,
                one.row.state,
                _local(one.row.next_fire_at, one.row.time_zone),
                _local(one.row.last_fire_at, one.row.time_zone),
                _result(one.last),
            ]
            for one in found
        ]
        chore_rows = [[one.name, one.rhythm, _utc(one.last_run_at), _utc(one.next_run_at)] for one in chores]
        parts = [table(head, rows), "", table(["housekeeping", "rhythm", "last", "next"], chore_rows)]
        if any(one.row.edited for one in found):
            parts.insert(1, "* edited; `schedules reset NAME` goes back to what the app declares")
        self._say(
            "\n".join(parts),
            {
                "schedules": [listing.schedule_resource(one) for one in found],
                "housekeeping": [listing.chore_resource(one) for one in chores],
            },
        )

    def _history(self, options: dict[str, Any]) -> None:
        row = self._row(options["name"])
        fires = history.fires_of(row.name, limit=max(1, options["limit"]))
        head = ["time", "trigger", "jobs", "new", "result", "note"]
        rows = [
            [
                _local(fire.row.fire_time, row.time_zone),
                fire.row.trigger,
                str(fire.row.jobs),
                str(fire.row.jobs - fire.row.duplicates),
                _result(fire),
                fire.row.note.partition("\n")[0][:80],
            ]
            for fire in fires
        ]
        self._say(table(head, rows), [listing.fire_resource(fire) for fire in fires])

    def _row(self, name: str) -> Schedule:
        row = Schedule.objects.filter(name=name).first()
        if row is None:
            raise changes.UnknownSchedule(name)
        return row

    # --- Acting -------------------------------------------------------------------------------
    def _sync(self, options: dict[str, Any]) -> None:
        done = registration.sync()
        body = {"added": done.added, "changed": done.changed, "retired": done.retired}
        text = "; ".join(f"{word} {', '.join(names)}" for word, names in body.items() if names)
        self._say(text or "the list is what the apps declare", body)

    def _run(self, options: dict[str, Any]) -> None:
        fired = changes.run(name=options["name"], by=command_caller())
        self._say(
            "\n".join([f"{options['name']} fired: {fired.jobs} jobs", *(f"  {job_id}" for job_id in fired.job_ids)]),
            {"name": options["name"], "jobs": fired.jobs, "ids": fired.job_ids},
        )

    def _pause(self, options: dict[str, Any]) -> None:
        changed = changes.pause(name=options["name"], by=command_caller())
        self._tell(options["name"], "is paused" if changed else "was paused already")

    def _resume(self, options: dict[str, Any]) -> None:
        changed = changes.resume(name=options["name"], by=command_caller())
        self._tell(options["name"], "fires again" if changed else "was not paused")

    def _reset(self, options: dict[str, Any]) -> None:
        changes.reset(name=options["name"], by=command_caller())
        self._tell(options["name"], "is as declared")

    def _edit(self, options: dict[str, Any]) -> None:
        change = Edit(cron=options["cron"], time_zone=options["time_zone"], missed=options["missed"])
        if change == Edit():
            raise CommandError("Give at least one of --cron, --time-zone and --missed.")
        if options["dry_run"]:
            _, timetable = changes.checked(change, row=self._row(options["name"]))
            moments = timetable.next_ones(registration.database_now(), listing.PREVIEW)
            times = [_local(moment, timetable.time_zone) for moment in moments]
            self._say("would fire at\n  " + "\n  ".join(times), {"nextFires": times})
            return
        changes.edit(name=options["name"], change=change, by=command_caller())
        self._tell(options["name"], "is changed")

    def _tell(self, name: str, what: str) -> None:
        found = listing.find(name)
        assert found is not None  # noqa: S101  it was there a moment ago, and is never deleted
        zone = found.row.time_zone
        coming = [f"  {_local(moment, zone)}" for moment in found.next_fires] or [f"  never: it is {found.row.state}"]
        text = "\n".join([f"{name} {what}: {found.row.cron} {zone}; next", *coming])
        self._say(text, listing.schedule_resource(found))


def _local(moment: datetime | None, zone: str) -> str:
    return "-" if moment is None else f"{moment.astimezone(ZoneInfo(zone)):%Y-%m-%d %H:%M %Z}"


def _utc(moment: datetime | None) -> str:
    return "-" if moment is None else f"{moment:%Y-%m-%d %H:%M:%S}"


def _result(fire: Fire | None) -> str:
    if fire is None:
        return "-"
    counts = ", ".join(f"{number} {state}" for state, number in fire.counts.items())
    return f"{fire.result} ({counts})" if counts else fire.result
