"""Asks EIA, FRED or BLS for the values of one series and stores them."""

from argparse import ArgumentParser, ArgumentTypeError
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from accounts.models import Organisation
from pricing.ingestion.fetching import FIRST_DAY, Wanted, WrongFeed, values_of
from pricing.ingestion.live import store_live
from pricing.models import Provider
from pricing.models.base import CODE_PATTERN
from providers import eia
from providers.errors import ProviderError
from providers.http import client_for


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ArgumentTypeError(f"{text!r} is no day; give one such as 2026-01-31") from None


class Command(BaseCommand):
    help = "Fetch the values of one series from its source. Asking again adds only what is new."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("source", choices=Provider.values, help="Who publishes it.")
        parser.add_argument("id", help="The source's own name of it; for eia ROUTE:SERIES, as petroleum/pri/spt:RWTC.")
        parser.add_argument("--series", required=True, help="Code to store it under.")
        parser.add_argument("--organisation", required=True, help="Slug of the organisation.")
        parser.add_argument("--frequency", choices=eia.FREQUENCIES, default="daily", help="For eia. Default daily.")
        parser.add_argument(
            "--start", type=_day, default=FIRST_DAY, help="First day, as 2026-01-31. Default %(default)s."
        )
        parser.add_argument("--end", type=_day, help="Last day. Default today.")

    def handle(self, *args: Any, **options: Any) -> None:
        tenant, code, source = options["organisation"], options["series"], options["source"]
        if not Organisation.objects.filter(slug=tenant).exists():
            raise CommandError(f"There is no organisation {tenant}; --organisation takes its slug.")
        if not CODE_PATTERN.match(code):
            raise CommandError("--series must be letters, digits and _ . : - , beginning with a letter or digit.")
        wanted = Wanted(
            provider=Provider(source),
            external_id=options["id"],
            period=options["frequency"],
            first_day=options["start"],
        )
        try:
            values = list(values_of(client_for(source), wanted, until=options["end"] or timezone.now().date()))
        except (ProviderError, WrongFeed) as error:
            raise CommandError(str(error)) from error
        done = store_live(tenant_id=tenant, code=code, values=values, source=source)
        self.stdout.write(f"{done.read} values read: {done.inserted} new, {done.updated} updated")
