"""Makes the first administrator; safe to repeat."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from accounts.provisioning import BadArgument, ensure_admin, ensure_organisation


class Command(BaseCommand):
    help = "Make an administrator who can sign in. The password is random and printed once."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--email", default="admin@example.com", help="default: %(default)s")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            with transaction.atomic():
                organisation, _ = ensure_organisation("default")
                user, password = ensure_admin(options["email"], organisation=organisation)
        except BadArgument as error:
            raise CommandError(f"--{error}") from None
        if password is None:
            self.stdout.write(f"The administrator {user.email} exists; the password is unchanged.")
        else:
            self.stdout.write(f"Administrator: {user.email}\nPassword: {password}\n(shown only now)")
