"""Run one worker process for some queues: django-rq's command, with fewer checks at its start.

Of the system checks it runs those of the job layer. The others look at addresses, admin and templates, which
no worker uses; `manage.py check` runs them all.
"""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import CommandError
from django_rq.management.commands.rqworker import Command as RqWorker


class Command(RqWorker):
    help = "Run one worker process for some queues, or for `default`. For all queues: manage.py workers"
    requires_system_checks = ("jobs",)

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)  # type: ignore[no-untyped-call]  # django-rq has no types
        # Of the arguments of one program only: its own name for them is `args`.
        next(action for action in parser._actions if action.dest == "args").metavar = "queue"

    def handle(self, *queues: str, **options: Any) -> None:
        unknown = [name for name in queues if name not in settings.RQ_QUEUES]
        if unknown:
            raise CommandError(f"{unknown[0]!r} is no queue; the queues are {', '.join(settings.RQ_QUEUES)}.")
        super().handle(*queues, **options)  # type: ignore[no-untyped-call]
