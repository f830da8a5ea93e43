"""Imports a file of securities, prices or figures; the layouts are in docs/market.md."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts.models import Organisation
from research.market.importing.importing import Kind, import_file
from research.market.importing.rows import WrongFile

MOST_PRINTED = 20


class Command(BaseCommand):
    help = "Import securities, prices or reported figures from a file. Importing the same file again changes nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("kind", choices=[one.value for one in Kind], help="What its rows are.")
        parser.add_argument("file", type=Path, help="Its form is in docs/market.md.")
        parser.add_argument("--organisation", required=True, help="Slug of the organisation that the shares belong to.")
        parser.add_argument("--symbol", default="", help="Whose prices these are, where the file does not say it.")

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path = options["file"]
        tenant = options["organisation"]
        if not Organisation.objects.filter(slug=tenant).exists():
            raise CommandError(f"There is no organisation {tenant}; --organisation takes its slug.")
        try:
            with path.open("rb") as file:
                done = import_file(
                    kind=Kind(options["kind"]),
                    file=file,
                    file_name=path.name,
                    tenant_id=tenant,
                    symbol=options["symbol"],
                )
        except (OSError, WrongFile) as error:
            raise CommandError(str(error)) from error
        for problem in done.problems[:MOST_PRINTED]:
            self.stderr.write(f"line {problem.line}: {problem.reason}")
        if len(done.problems) > MOST_PRINTED:
            self.stderr.write("… and more")
        self.stdout.write(
            f"{done.rows} rows: {done.inserted} new, {done.updated} updated, {done.unchanged} unchanged, "
            f"{done.rejected} rejected"
        )
