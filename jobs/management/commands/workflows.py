"""`manage.py workflows list|show|cancel|retry`: workflows and batches as a whole."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from jobs.management.command_line import command_caller, table
from jobs.workflows import actions, reads
from jobs.workflows.models import Workflow
from jobs.workflows.resource import ended, summaries, workflow_resource
from jobs.workflows.words import Kind, WorkflowStatus

LIMIT = 20


class Command(BaseCommand):
    help = "List, show, cancel or retry workflows and batches."

    def add_arguments(self, parser: ArgumentParser) -> None:
        verbs = parser.add_subparsers(dest="verb")
        listing = verbs.add_parser("list", help="the newest first")
        listing.add_argument("--kind", choices=[str(kind) for kind in Kind])
        listing.add_argument("--status", choices=[str(status) for status in WorkflowStatus])
        listing.add_argument("--limit", type=int, default=LIMIT, help="how many (%(default)s)")
        verbs.add_parser("show", help="its jobs, in order")
        verbs.add_parser("cancel", help="cancel all of its jobs that have not ended")
        verbs.add_parser("retry", help="run again what failed or was cancelled, and what depends on it")
        for name, verb in verbs.choices.items():
            verb.add_argument("--json", action="store_true", help="as JSON")
            if name != "list":
                verb.add_argument("id", help="the workflow's id")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["verb"] in (None, "list"):
            self.list(options)
            return
        row = Workflow.objects.filter(public_id=options["id"]).first()
        if row is None:
            raise CommandError(f"There is no workflow {options['id']!r}.")
        getattr(self, options["verb"])(row, options)

    def list(self, options: dict[str, Any]) -> None:
        kind = options.get("kind")
        wanted = reads.Search(kind=Kind(kind) if kind else None, status=options.get("status"))
        rows = list(reads.search(command_caller(), wanted)[: options.get("limit", LIMIT)])
        if options.get("json"):
            self._print(summaries(rows))
        elif not rows:
            self.stdout.write("There are no workflows.")
        else:
            lines = [(r.public_id, r.name[:40], r.kind, r.status, f"{ended(r)}/{r.total}", str(r.failed)) for r in rows]
            self.stdout.write(table(("id", "name", "kind", "status", "ended", "failed"), lines))

    def show(self, row: Workflow, options: dict[str, Any]) -> None:
        body = workflow_resource(row)
        if options["json"]:
            self._print(body)
            return
        self.stdout.write(f"{body['kind']} {body['id']}  {body['name']}  {body['status']}  {ended(row)}/{row.total}")
        lines = [(j["name"], j["id"], j["type"], j["status"], ", ".join(j["dependsOn"]) or "-") for j in body["jobs"]]
        self.stdout.write(table(("name", "job", "type", "status", "after"), lines))
        if callback := body.get("callback"):
            self.stdout.write(f"callback  {callback['id']}  {callback['type']}  {callback['status']}")

    def cancel(self, row: Workflow, options: dict[str, Any]) -> None:
        changed = actions.cancel(workflow=row, by=command_caller())
        if not changed:
            raise CommandError(f"The {row.kind} is {row.status}; nothing is left to cancel.")
        self._tell(row, options, f"{len(changed)} jobs cancelled or being stopped")

    def retry(self, row: Workflow, options: dict[str, Any]) -> None:
        changed = actions.retry(workflow=row, by=command_caller())
        if not changed:
            raise CommandError(f"No job of the {row.kind} failed or was cancelled, or their data is no longer kept.")
        self._tell(row, options, f"{len(changed)} jobs run again, in order")

    def _tell(self, row: Workflow, options: dict[str, Any], text: str) -> None:
        row.refresh_from_db()
        if options["json"]:
            self._print(workflow_resource(row))
        else:
            self.stdout.write(f"{row.public_id}: {text}")

    def _print(self, body: Any) -> None:
        self.stdout.write(json.dumps(body, indent=2, ensure_ascii=False))
