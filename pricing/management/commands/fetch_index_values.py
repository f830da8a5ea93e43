"""Asks EIA, FRED or BLS for the values of one series and stores them."""

from argparse import ArgumentParser
from collections.abc import Iterable
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from accounts.models import Organisation
from pricing.ingestion.live import store_live
from pricing.models.base import CODE_PATTERN
from providers import bls, eia, fred
from providers.errors import ProviderError
from providers.http import Client, client_for
from providers.index_values import IndexValue

FIRST_DAY = date(1980, 1, 1)


class Command(BaseCommand):
    help = "Fetch the values of one series from its source. Asking again adds only what is new."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("source", choices=("eia", "fred", "bls"))
        parser.add_argument("id", help="The source's own name of it; for eia ROUTE:SERIES, as petroleum/pri/spt:RWTC.")
        parser.add_argument("--series", required=True, help="Code to store it under.")
        parser.add_argument("--organisation", required=True, help="Slug of the organisation.")
        parser.add_argument("--frequency", choices=eia.FREQUENCIES, default="daily", help="For eia. Default daily.")
        parser.add_argument("--start", type=date.fromisoformat, default=FIRST_DAY)
        parser.add_argument("--end", type=date.fromisoformat)

    def handle(self, *args: Any, **options: Any) -> None:
        tenant, code, source = options["organisation"], options["series"], options["source"]
        if not Organisation.objects.filter(slug=tenant).exists():
            raise CommandError(f"There is no organisation {tenant}; --organisation takes its slug.")
        if not CODE_PATTERN.match(code):
            raise CommandError("--series must be letters, digits and _ . : - , beginning with a letter or digit.")
        try:
            values = list(_values(client_for(source), **options))
        except ProviderError as error:
            raise CommandError(str(error)) from error
        done = store_live(tenant_id=tenant, code=code, values=values, source=source)
        self.stdout.write(f"{done.read} values read: {done.inserted} new, {done.updated} updated")


def _values(client: Client, **options: Any) -> Iterable[IndexValue]:
    start, end = options["start"], options["end"] or timezone.now().date()
    match options["source"]:
        case "eia":
            route, _, series = options["id"].rpartition(":")
            if not route:
                raise CommandError("For eia the id is ROUTE:SERIES, such as petroleum/pri/spt:RWTC.")
            return eia.values(client, route, series, frequency=options["frequency"], start=start, end=end)
        case "fred":
            return fred.values(client, options["id"], start=start, end=end)
        case _:
            return bls.values(client, options["id"], start=start, end=end)
