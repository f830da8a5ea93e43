"""`manage.py queue_doctor`: what is wrong, and what to do about it. Exit code 1 with findings, else 0."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from jobs.doctor import CHECKS, examine
from jobs.management.command_line import stop_with


class Command(BaseCommand):
    help = "Examine database, Redis, workers, queues, jobs and settings; print a line with a remedy per finding."
    # A broken declaration or a missing table is a finding, not a reason to refuse to look.
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        found = examine()
        if options["json"]:
            findings = [{"check": one.check, "problem": one.problem, "remedy": one.remedy} for one in found]
            self.stdout.write(json.dumps({"healthy": not found, "findings": findings}, indent=2))
        else:
            for one in found:
                self.stdout.write(f"✗ {one.check}: {one.line}")
            if not found:
                self.stdout.write(f"✓ {len(CHECKS)} checks, nothing found")
        stop_with(1 if found else 0)
