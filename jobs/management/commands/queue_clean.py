"""`manage.py queue_clean`: remove old jobs of a state, as the API's clean action does."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from jobs import policy, queues
from jobs.management.command_line import command_caller, count
from jobs.states import parse_status


class Command(BaseCommand):
    help = "Remove the oldest jobs that reached a state longer ago than a grace period."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--queue", help="one queue; without it every business queue is cleaned")
        parser.add_argument("--status", default="completed", help=f"one of {', '.join(queues.CLEANABLE)}")
        parser.add_argument("--grace-ms", type=int, default=queues.CLEAN_GRACE_MS, help="milliseconds (default: a day)")
        parser.add_argument("--limit", type=int, default=queues.CLEAN_LIMIT, help="jobs per queue at most (up to 1000)")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            status = parse_status(options["status"])
        except ValueError:
            status = None
        if status not in queues.CLEANABLE:
            raise CommandError(f"--status must be one of {', '.join(queues.CLEANABLE)}.")
        if not 1 <= options["limit"] <= queues.MOST_AT_ONCE or options["grace_ms"] < 0:
            raise CommandError(f"--limit must be 1 to {queues.MOST_AT_ONCE}, and --grace-ms at least 0.")
        for name in named_queues(options["queue"]):
            removed = queues.clean(
                queue=name,
                status=status,
                grace_ms=options["grace_ms"],
                limit=options["limit"],
                by=command_caller(),
            )
            self.stdout.write(f"{name}: removed {count(len(removed))} {status} jobs")


def named_queues(word: str | None) -> list[str]:
    """The queue a user named, or all business queues. Raises CommandError."""
    if word is None:
        return [rules.name for rules in policy.business_queues()]
    name = policy.canonical_queue(word)
    if name is None:
        raise CommandError(f"{word!r} is no queue; the queues are {', '.join(policy.policies())}.")
    return [name]
