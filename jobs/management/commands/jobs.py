"""`manage.py jobs show|watch|cancel|retry <id>`: one job, looked at and acted on."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from jobs import actions
from jobs.management.command_line import command_caller, describe, follow, stop_with
from jobs.models import Job
from jobs.reads import with_facts
from jobs.resource import history_of, job_resource, log_of
from jobs.states import Status


class Command(BaseCommand):
    help = "Show, watch, cancel or retry one job."

    def add_arguments(self, parser: ArgumentParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True)
        show = verbs.add_parser("show", help="the job resource with attempts and log")
        show.add_argument("--json", action="store_true", help="as JSON")
        watch = verbs.add_parser("watch", help="follow it until it ends; exit code 0 only if it completes")
        watch.add_argument("--timeout", type=float, help="seconds to watch at most")
        verbs.add_parser("cancel", help="cancel it; a running job is stopped within seconds")
        retry = verbs.add_parser("retry", help="run it again")
        retry.add_argument("--force", action="store_true", help="a dead job too")
        for verb in verbs.choices.values():
            verb.add_argument("id", help="the job's id")

    def handle(self, *args: Any, **options: Any) -> None:
        job = Job.objects.filter(public_id=options["id"]).first()
        if job is None:
            raise CommandError(f"There is no job {options['id']!r}.")
        verb = getattr(self, options["verb"])
        verb(job, options)

    def show(self, job: Job, options: dict[str, Any]) -> None:
        found = with_facts(job.id)
        if found is None:
            raise CommandError(f"There is no job {job.public_id!r} any more.")
        resource = job_resource(*found)
        attempts, log = history_of(job, for_admin=True), log_of(job)
        if options["json"]:
            body = {**resource, "attemptHistory": attempts, "log": log}
            self.stdout.write(json.dumps(body, indent=2, ensure_ascii=False))
            return
        self.stdout.write(describe(resource))
        for name in ("queue", "priority", "tenantId", "userId", "relatedId", "createdAt", "startedAt", "finishedAt"):
            if resource[name] is not None:
                self.stdout.write(f"  {name:<12} {resource[name]}")
        self.stdout.write(f"  {'data':<12} {json.dumps(resource['data'], ensure_ascii=False)}")
        if resource["result"] is not None:
            self.stdout.write(f"  {'result':<12} {json.dumps(resource['result'], ensure_ascii=False)}")
        for row in attempts:
            error = f": {row['error']['message']}" if row["error"] else ""
            self.stdout.write(f"  attempt {row['attempt']}  {row['startedAt']}  {row['outcome'] or 'running'}{error}")
        for line in log:
            self.stdout.write(f"  {line['at']}  {line['text']}")

    def watch(self, job: Job, options: dict[str, Any]) -> None:
        last = follow(job.id, self.stdout, timeout=options["timeout"])
        stop_with(0 if last and last["status"] == Status.COMPLETED else 1)

    def cancel(self, job: Job, options: dict[str, Any]) -> None:
        changed = actions.cancel(jobs=[job], by=command_caller())
        if not changed:
            raise CommandError(f"The job is {self._status(job)}; only jobs that have not ended can be cancelled.")
        stopping = changed[0].status is Status.ACTIVE
        self.stdout.write(f"{job.public_id} {'is being stopped' if stopping else 'cancelled'}")

    def retry(self, job: Job, options: dict[str, Any]) -> None:
        if not actions.retry(jobs=[job], by=command_caller(), force=options["force"]):
            raise CommandError(
                f"The job is {self._status(job)}; failed and cancelled jobs can be retried, dead ones with --force."
            )
        self.stdout.write(f"{job.public_id} waits to run again")

    def _status(self, job: Job) -> str:
        return str(Job.objects.filter(pk=job.pk).values_list("status", flat=True).first() or "removed")
