"""Loads a small demonstration set; a second run adds nothing."""

import json
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
        if password is None:
            self.stdout.write(f"admin e-mail: {admin.email} (exists; the password is unchanged)")
        else:
            self.stdout.write(f"admin e-mail: {admin.email}\npassword: {password} (shown only now)")
        for line in loaded.said:
            self.stdout.write(line)
        for kind in registry.all_types():
            if kind.name in loaded.examples:
                self.stdout.write(f"try: enqueue {kind.name} --data '{json.dumps(loaded.examples[kind.name])}'")
