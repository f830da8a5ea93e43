"""Makes the first administrator; safe to repeat."""

import secrets
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from accounts.models import User
from accounts.provisioning import BadArgument, ensure_organisation, ensure_user, grant
from accounts.roles import Role


class Command(BaseCommand):
    help = "Make an administrator who can sign in. The password is random and printed once."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--email", default="admin@example.com", help="default: %(default)s")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            with transaction.atomic():
                user, password = self._make(options["email"])
        except BadArgument as error:
            raise CommandError(f"--{error}") from None
        if password is None:
            self.stdout.write(f"The administrator {user.email} exists; the password is unchanged.")
        else:
            self.stdout.write(f"Administrator: {user.email}\nPassword: {password}\n(shown only now)")

    def _make(self, email: str) -> tuple[User, str | None]:
        """The password is None for a user who has one already: it is never replaced."""
        user, created = ensure_user(email)
        organisation, _ = ensure_organisation("default")
        grant(user=user, organisation=organisation, role=Role.ADMIN)
        if not created and user.has_usable_password():
            return user, None
        password = secrets.token_urlsafe(15)
        user.set_password(password)
        # Whoever runs commands on the server vouches for the address.
        user.email_verified = True
        user.save(update_fields=["password", "email_verified"])
        return user, password
