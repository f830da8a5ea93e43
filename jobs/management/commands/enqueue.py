"""`manage.py enqueue <type> --data JSON`: one job from the command line, and its way to the end."""

import json
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from jobs import actions, registry
from jobs.direct import run_here
from jobs.limits import TooManyWaiting
from jobs.management.command_line import command_caller, follow, json_object, refused, stop_with
from jobs.payloads import InvalidPayload
from jobs.reads import with_facts
from jobs.resource import job_resource
from jobs.states import Status
from jobs.submission import Refused, Unmet, parse_options


class Command(BaseCommand):
    help = "Enqueue one job. With --watch the exit code is 0 only if it completes."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("type", help="the job type, such as ucc-ingestion")
        parser.add_argument(
            "--data", default="{}", help='the job\'s data as a JSON object, such as \'{"state": "NY"}\''
        )
        parser.add_argument(
            "--options", default="{}", help="jobId, priority, delay, attempts, timeout as a JSON object"
        )
        parser.add_argument("--watch", action="store_true", help="follow the job until it ends")
        parser.add_argument("--timeout", type=float, help="seconds to watch at most")
        parser.add_argument("--json", action="store_true", help="print the job resource and nothing else")

    def handle(self, *args: Any, **options: Any) -> None:
        data = json_object(options["data"], "--data")
        given = json_object(options["options"], "--options")
        try:
            handle = actions.enqueue(type=options["type"], data=data, options=parse_options(given), by=command_caller())
        except registry.UnknownType:
            names = ", ".join(kind.name for kind in registry.all_types())
            raise CommandError(f"{options['type']!r} is no job type; the types are {names}") from None
        except InvalidPayload as error:
            raise refused(error) from None
        except (Refused, Unmet, TooManyWaiting, actions.JobIdInUse) as error:
            raise CommandError(str(error)) from None
        quiet = options["json"]
        if not quiet:
            said = "exists already" if handle.duplicate else "enqueued"
            self.stdout.write(f"{handle.type} job {handle.id} {said} on {handle.queue}")
        if not settings.USE_QUEUE_PROCESSING and not handle.duplicate:
            run_here(handle.key, handle.queue)
        if options["watch"]:
            last = follow(handle.key, self.stdout, quiet=quiet, timeout=options["timeout"])
            if quiet:
                self.print_json(handle.key)
            elif last and last["result"] is not None:
                self.stdout.write(f"result: {json.dumps(last['result'], ensure_ascii=False)}")
            stop_with(0 if last and last["status"] == Status.COMPLETED else 1)
        elif quiet:
            self.print_json(handle.key)

    def print_json(self, key: int) -> None:
        found = with_facts(key)
        if found:
            self.stdout.write(json.dumps(job_resource(*found), indent=2, ensure_ascii=False))
