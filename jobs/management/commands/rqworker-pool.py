"""Run several worker processes for some queues, with all the rules of `workers`."""

from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandParser


class Command(BaseCommand):
    help = __doc__
    # As for rqworker.
    requires_system_checks = ("jobs",)

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("args", nargs="+", metavar="queue", help="Queues that each of the processes serves.")
        parser.add_argument("--num-workers", type=int, default=1, help="How many processes.")

    def handle(self, *queues: str, **options: Any) -> None:
        from ...policy import canonical_queue
        from ...worker_manager import WorkerManager

        names = [canonical_queue(queue) or queue for queue in queues]
        if options["num_workers"] == 1:
            call_command("workers", queues=",".join(names), verbosity=options["verbosity"])
            return
        # Each process serves all the queues: a pool multiplies slots.
        raise SystemExit(WorkerManager([names] * options["num_workers"], verbosity=options["verbosity"]).run())
