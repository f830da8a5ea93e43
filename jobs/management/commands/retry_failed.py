"""`manage.py retry_failed --queue <name>`: run a queue's failed jobs again; dead ones stay."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from jobs import queues
from jobs.management.command_line import command_caller, count
from jobs.management.commands.queue_clean import named_queues


class Command(BaseCommand):
    help = "Retry the failed jobs of a queue, the oldest failure first."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--queue", required=True, help="such as research")
        parser.add_argument("--limit", type=int, default=queues.MOST_AT_ONCE, help="jobs at most (default 1000)")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["limit"] < 1:
            raise CommandError("--limit must be at least 1.")
        for name in named_queues(options["queue"]):
            retried = queues.retry_failed(queue=name, limit=options["limit"], by=command_caller())
            self.stdout.write(f"{name}: retried {count(len(retried))} failed jobs")
