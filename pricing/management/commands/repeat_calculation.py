"""Computes a stored calculation once more and compares the digits."""

from argparse import ArgumentParser
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError

from pricing.calculating.batches import repeat
from pricing.models import Calculation


class Command(BaseCommand):
    help = "Compute a calculation again from what was known then. Status 1 if a digit differs. Changes nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("calculation", type=UUID, help="Id of the calculation.")

    def handle(self, *args: Any, **options: Any) -> None:
        calculation = Calculation.objects.filter(public_id=options["calculation"]).first()
        if calculation is None:
            raise CommandError(f"There is no calculation {options['calculation']}.")
        differing = repeat(calculation)
        if differing:
            raise CommandError(f"{len(differing)} items differ: {', '.join(differing[:20])}")
        self.stdout.write(f"{calculation.item_count} items, the same to the last digit")
