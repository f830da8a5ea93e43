"""`manage.py queue_status`: what the queues hold, which are paused, who works on them."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from jobs import health
from jobs.management.command_line import count, failures, table
from jobs.policy import policies
from jobs.reads import total
from jobs.views_of_state import all_counts, paused_queues


class Command(BaseCommand):
    help = "Show counts, pauses and live workers of all queues."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        numbers, paused, workers = all_counts(), paused_queues(), health.live_workers()
        if options["json"]:
            entries = [
                {
                    "queue": name,
                    **numbers[name],
                    "total": total(numbers[name]),
                    "isPaused": name in paused,
                    "workers": workers.get(name, 0),
                }
                for name in policies()
            ]
            self.stdout.write(json.dumps({"queues": entries}, indent=2))
            return
        head = (
            "Queue",
            "Waiting",
            "Limited",
            "Delayed",
            "Active",
            "Completed",
            "Failed",
            "Dead",
            "Total",
            "Workers",
            "",
        )
        rows = [_row(name, numbers[name], name in paused, workers.get(name, 0)) for name in policies()]
        self.stdout.write(table(head, rows))


def _row(name: str, numbers: dict[str, int], paused: bool, workers: int) -> tuple[str, ...]:
    return (
        name,
        count(numbers["waiting"] + numbers["paused"]),
        count(numbers["rateLimited"]),
        count(numbers["delayed"]),
        count(numbers["active"]),
        count(numbers["completed"]),
        failures(numbers["completed"], numbers["failed"]),
        count(numbers["dead"]),
        count(total(numbers)),
        count(workers),
        "paused" if paused else "",
    )
