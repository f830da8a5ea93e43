"""Issues an API token, making its user and organisation where they are missing."""

from argparse import ArgumentParser, ArgumentTypeError
from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from accounts import tokens
from accounts.models import ApiToken, Organisation
from accounts.provisioning import BadArgument, ensure_organisation, ensure_user, grant
from accounts.roles import SCOPES, Role


def _scopes(text: str) -> list[str]:
    wanted = [scope.strip() for scope in text.split(",") if scope.strip()]
    unknown = [scope for scope in wanted if scope not in SCOPES]
    if unknown or not wanted:
        problem = f"unknown scope {', '.join(unknown)}" if unknown else "no scope given"
        raise ArgumentTypeError(f"{problem}; use any of {','.join(SCOPES)}, separated by commas")
    return wanted


def _days(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= 36_500:
        raise ArgumentTypeError(f"{text!r} is not a number of days; give 1 to 36500")
    return int(text)


class Command(BaseCommand):
    help = "Issue an API token. Prints the token, and nothing else, on standard output."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("email", help="whose token; with --service, who answers for it")
        parser.add_argument(
            "--role",
            choices=[role.value for role in Role],
            help="what the token may do at most; the user is given this role if lower "
            "(default: member for a new membership, else the role the user has)",
        )
        parser.add_argument(
            "--organisation",
            metavar="NAME",
            default="default",
            help="made if there is none of this name (default: %(default)s)",
        )
        parser.add_argument("--scopes", type=_scopes, help=f"comma-separated, of {', '.join(SCOPES)}; default: by role")
        parser.add_argument("--service", action="store_true", help="a service's token: may name other users as owners")
        parser.add_argument("--name", help="to recognise the token by (default: command line)")
        parser.add_argument("--expires-days", type=_days, metavar="N", help="default: never")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            with transaction.atomic():
                known = Organisation.objects.count()
                token, secret = self._issue(options)
                new = " (new)" if Organisation.objects.count() > known else ""
        except BadArgument as error:
            raise CommandError(str(error)) from None
        owner = "service" if token.is_service else "user"
        self.stderr.write(
            f"{owner} token {token} in organisation {token.organisation}{new}, scopes {', '.join(token.scopes)}. "
            f"It is shown only now; stop it with: manage.py revoke_token {token.prefix}"
        )
        self.stdout.write(secret)

    def _issue(self, options: dict[str, Any]) -> tuple[ApiToken, str]:
        name = (options["name"] or "").strip() or (options["email"] if options["service"] else "command line")
        if len(name) > 100:
            raise BadArgument("--name: give at most 100 characters.")
        role = Role(options["role"]) if options["role"] else None
        user, _ = ensure_user(options["email"])
        if not user.is_active:
            raise BadArgument(
                f"email: {user.email} is switched off, so a token would not work; activate the user first."
            )
        organisation, _ = ensure_organisation(options["organisation"])
        if options["service"]:
            # The role is the token's alone: who answers for a service gains nothing by it.
            role = role or Role.MEMBER
        else:
            grant(user=user, organisation=organisation, role=role or Role.MEMBER)
        days = options["expires_days"]
        return tokens.issue(
            user=user,
            organisation=organisation,
            name=name,
            scopes=options["scopes"],
            role=role,
            is_service=options["service"],
            expires_at=timezone.now() + timedelta(days=days) if days else None,
        )
