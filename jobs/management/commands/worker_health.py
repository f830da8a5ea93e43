"""`manage.py worker_health`: whether jobs can run. Exit code 0 healthy, 1 not."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.db import DatabaseError, InterfaceError

from jobs import health
from jobs.management.command_line import count, failures, stop_with, table


class Command(BaseCommand):
    help = "Check Redis, database and workers. With --self: the workers of this host, for a container's probe."

    # A probe asks every half minute: what Django's checks look at, the workers' own start has looked at.
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="as JSON")
        parser.add_argument(
            "--self", action="store_true", dest="own", help="only this host's workers; exit code 1 if hung"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["own"]:
            self._own()
            return
        report = health.report()
        if options["json"]:
            self.stdout.write(json.dumps(report, indent=2))
        else:
            self._print(report)
        stop_with(0 if report["status"] != "unhealthy" else 1)

    def _own(self) -> None:
        try:
            alive = health.own_workers_alive()
        except (DatabaseError, InterfaceError):
            # A probe that restarts workers because the database is away makes nothing better.
            self.stdout.write("unknown: the database cannot be reached")
            return
        self.stdout.write("alive" if alive else "no worker of this host was heard of in the last 90 s")
        stop_with(0 if alive else 1)

    def _print(self, report: dict[str, Any]) -> None:
        redis, database = report["redis"], report["database"]
        self.stdout.write(f"Overall:   {report['status']}")
        self.stdout.write(f"Redis:     {redis['status']}  {redis['url']}  state: {redis['state']}")
        self.stdout.write(f"Database:  {database['status']}")
        for part in (redis, database):
            if part["problem"]:
                self.stdout.write(f"  {part['problem']}")
        if report["queues"]:
            head = ("Queue", "Waiting", "Active", "Completed", "Failed", "Total", "Workers")
            self.stdout.write(table(head, [_row(entry) for entry in report["queues"]]))


def _row(entry: dict[str, Any]) -> tuple[str, ...]:
    return (
        entry["queue"],
        count(entry["waiting"]),
        count(entry["active"]),
        count(entry["completed"]),
        failures(entry["completed"], entry["failed"]),
        count(entry["total"]),
        count(entry["workers"]),
    )
