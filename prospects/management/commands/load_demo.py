"""Loads a small demonstration set; a second run adds nothing."""

import json
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import transaction

from jobs import registry
from prospects.demo import EXAMPLES, USERS, drop_example_file, ensure_people
from prospects.demo_rows import ensure_rows


class Command(BaseCommand):
    help = "Load a demonstration organisation: users of every role, sample companies, an example file. Safe to repeat."

    def handle(self, *args: Any, **options: Any) -> None:
        with transaction.atomic():
            organisation, admin, password = ensure_people()
            made = ensure_rows(tenant_id=organisation.slug)
        self.stdout.write(f"organisation: {organisation.slug}, with {', '.join(USERS)}")
        if password is None:
            self.stdout.write(f"admin e-mail: {admin.email} (exists; the password is unchanged)")
        else:
            self.stdout.write(f"admin e-mail: {admin.email}\npassword: {password} (shown only now)")
        self.stdout.write(f"sample companies, contacts, prospects and signals: {made} new")
        dropped = drop_example_file(settings.UCC_INBOX)
        if dropped:
            self.stdout.write(f"example file: {dropped}")
        for kind in registry.all_types():
            if kind.name in EXAMPLES:
                self.stdout.write(f"try: enqueue {kind.name} --data '{json.dumps(EXAMPLES[kind.name])}'")
