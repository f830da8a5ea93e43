"""Delete old archived job records: the second tier of retention."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from jobs.retention import cleanup_old_jobs


class Command(BaseCommand):
    help = "Delete records of finished jobs that retention no longer keeps and that are older than --days."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--days", type=int, default=settings.RECORD_DAYS, help="age in days (default %(default)s)")
        parser.add_argument("--dry-run", action="store_true", help="only say how many there are")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["days"] < 0:
            raise CommandError("--days must be a whole number of at least 0.")
        number = cleanup_old_jobs(days=options["days"], dry_run=options["dry_run"])
        said = "would be deleted" if options["dry_run"] else "deleted"
        self.stdout.write(f"{number:,} job records {said}")
