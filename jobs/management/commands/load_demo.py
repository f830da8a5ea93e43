"""Loads a small demonstration set; a second run adds nothing."""

import json
from collections.abc import Mapping
from typing import Any

from django.core.management.base import BaseCommand
from django.db import transaction

from accounts.demo import USERS, ensure_people
from jobs import registry
from jobs.demonstration import load_parts


class Command(BaseCommand):
    help = (
        "Load a demonstration organisation: users of every role, and sample data of every app, "
        "with which one job of each type can be enqueued. Safe to repeat."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        with transaction.atomic():
            organisation, admin, password = ensure_people()
            loaded = load_parts(tenant_id=organisation.slug)
        self.stdout.write(f"organisation: {organisation.slug}, with {', '.join(USERS)}")
        for line in loaded.said:
            self.stdout.write(line)
        self._show_examples(loaded.examples, whole=options["verbosity"] > 0)
        # Last, for nothing else of this is needed at once, and the password comes never again.
        if password is None:
            self.stdout.write(f"admin e-mail: {admin.email} (exists; the password is unchanged)")
        else:
            self.stdout.write(f"admin e-mail: {admin.email}\npassword: {password} (shown only now)")

    def _show_examples(self, examples: Mapping[str, Any], *, whole: bool) -> None:
        if not whole:
            self.stdout.write("a job of every type to try: manage.py load_demo lists them")
            return
        for kind in registry.all_types():
            if kind.name in examples:
                self.stdout.write(f"try: manage.py enqueue {kind.name} --data '{json.dumps(examples[kind.name])}'")
