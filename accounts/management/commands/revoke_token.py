"""Stops an API token at once."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts import tokens
from accounts.models import ApiToken
from accounts.models.api_tokens import PREFIX_LENGTH, digest_of


class Command(BaseCommand):
    help = "Revoke an API token, named by its prefix or by the whole token."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "token", help=f"the token, or the first {PREFIX_LENGTH} characters of it as the admin lists them"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        token = self._find(options["token"].strip().rstrip("…"))
        if tokens.revoke(token=token):
            self.stdout.write(f"Revoked {token}.")
        else:
            self.stdout.write(f"{token} was revoked before.")

    def _find(self, given: str) -> ApiToken:
        # What was given is never repeated in an error: it may be a working token.
        if len(given) > PREFIX_LENGTH:
            found = list(ApiToken.objects.filter(digest=digest_of(given.encode())))
        else:
            found = list(ApiToken.objects.filter(prefix=given))
        if len(found) > 1:
            raise CommandError("token: several tokens begin like this; give the whole token or revoke it in the admin.")
        if not found:
            raise CommandError(
                f"token: no such token; give the whole token or its first {PREFIX_LENGTH} characters (qry_ and 8 more)."
            )
        return found[0]
