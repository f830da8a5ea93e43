"""Imports a CSV of index values; the layout is in docs/pricing.md."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts.models import Organisation
from pricing.ingestion.csv_file import WrongFile
from pricing.ingestion.importing import import_values

MOST_PRINTED = 20


class Command(BaseCommand):
    help = "Import a CSV file of index values. Importing the same file again changes nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="A CSV file; its columns are in docs/pricing.md.")
        parser.add_argument("--organisation", required=True, help="Slug of the organisation that the series belong to.")

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path = options["file"]
        tenant = options["organisation"]
        if not Organisation.objects.filter(slug=tenant).exists():
            raise CommandError(f"There is no organisation {tenant}; --organisation takes its slug.")
        try:
            with path.open("rb") as file:
                done = import_values(file=file, file_name=path.name, tenant_id=tenant, on_rows=self._progress)
        except (OSError, WrongFile) as error:
            raise CommandError(str(error)) from error
        record = done.record
        for problem in record.problems[:MOST_PRINTED]:
            self.stderr.write(f"line {problem['line']}: {problem['reason']}")
        if record.rejected > MOST_PRINTED:
            self.stderr.write(f"… and {record.rejected - MOST_PRINTED} more rejected rows")
        before = " (imported before; nothing was read)" if done.repeated else ""
        self.stdout.write(
            f"{record.rows} rows: {record.inserted} new, {record.updated} updated, {record.unchanged} unchanged, "
            f"{record.rejected} rejected{before}"
        )

    def _progress(self, rows: int) -> None:
        if self.stderr.isatty():
            self.stderr.write(f"\r{rows:,} rows read", ending="")
