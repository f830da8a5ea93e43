"""Start workers for all enabled queues, supervise and restart them."""

import sys
import threading
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.autoreload import file_changed, get_reloader

from ...policy import WORKER_GROUPS, canonical_queue, policies
from ...worker_manager import WorkerManager


class Command(BaseCommand):
    help = __doc__
    # As for rqworker.
    requires_system_checks = ("jobs",)

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--queues", help="Only these queues, comma-separated.")
        parser.add_argument("--group", choices=sorted(WORKER_GROUPS), help="Only the queues of this group.")
        parser.add_argument(
            "--concurrency",
            action="append",
            default=[],
            metavar="QUEUE=N",
            help="Slots of a queue, 1 to 100; may be given several times.",
        )
        parser.add_argument("--processes", type=int, default=1, help="Worker processes to spread the queues over.")
        parser.add_argument("--reload", action="store_true", help="Restart workers when source changes.")

    def handle(self, *args: Any, **options: Any) -> None:
        concurrency = dict(self._concurrency(item) for item in options["concurrency"])
        queues = self._queues(options)
        number = max(1, min(options["processes"], len(queues)))
        groups = [queues[start::number] for start in range(number)]

        manager = WorkerManager(groups, concurrency=concurrency, verbosity=options["verbosity"])
        if options["reload"]:
            _replace_on_change(manager)
        sys.exit(manager.run())

    def _queues(self, options: dict[str, Any]) -> list[str]:
        if options["queues"]:
            return [self._queue(word) for word in options["queues"].split(",") if word.strip()]
        wanted = WORKER_GROUPS[options["group"]] if options["group"] else tuple(policies())
        enabled = [name for name in wanted if policies()[name].worker_enabled]
        if not enabled:
            raise CommandError("No queue is enabled; see ENABLE_<QUEUE>_WORKER.")
        return sorted(enabled, key=lambda name: policies()[name].priority)

    def _queue(self, word: str) -> str:
        name = canonical_queue(word)
        if name is None:
            raise CommandError(f"--queues: there is no queue {word!r}; the queues are {', '.join(policies())}.")
        return name

    def _concurrency(self, item: str) -> tuple[str, int]:
        word, _, number = item.partition("=")
        if not number.isdigit() or not 1 <= int(number) <= 100:
            raise CommandError(f"--concurrency: {item!r} must be QUEUE=N with N from 1 to 100.")
        return self._queue(word), int(number)


def _replace_on_change(manager: WorkerManager) -> None:
    """Replace the workers whenever a source file changes; this process goes on and drains the old ones."""

    def changed(**_: object) -> bool:
        manager.replace()
        # Tells the reloader that no restart of this process is needed.
        return True

    file_changed.connect(changed, weak=False)
    watcher = threading.Thread(target=get_reloader().run, args=(threading.main_thread(),), daemon=True)
    watcher.start()
