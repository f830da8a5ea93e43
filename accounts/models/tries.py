"""How often something was tried lately: counted in Postgres, so that all web processes share it."""

from datetime import timedelta
from hashlib import sha256
from typing import ClassVar

from django.db import connection, models
from django.utils import timezone


class TriesQuerySet(models.QuerySet["Tries"]):
    def count_one(self, key: str, *, window: timedelta) -> tuple[int, int]:
        """Count one more try of `key`. Returns the tries of its window so far and the seconds it lasts still.

        One statement, so that tries at the same moment are all counted. A window begins with its first try.
        """
        with connection.cursor() as cursor:
            cursor.execute(_COUNT_ONE, {"key": _digest(key), "seconds": window.total_seconds()})
            tries, seconds = cursor.fetchone()
        return tries, max(1, int(seconds))

    def forget(self, *keys: str) -> None:
        """Also drops what is long over, so that the table stays small."""
        old = models.Q(since__lt=timezone.now() - timedelta(days=1))
        self.filter(models.Q(key__in=[_digest(key) for key in keys]) | old).delete()


class Tries(models.Model):
    """The key is a digest: who tried to sign in from where is nobody's business afterwards."""

    key = models.CharField(max_length=64, primary_key=True)
    tries = models.PositiveIntegerField(default=0)
    since = models.DateTimeField(db_index=True)

    objects = TriesQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "tries"
        ordering: ClassVar = ["key"]

    def __str__(self) -> str:
        return f"{self.key[:8]}: {self.tries}"


def _digest(key: str) -> str:
    return sha256(key.encode("utf-8", "replace")).hexdigest()


_COUNT_ONE = """
    INSERT INTO accounts_tries AS known (key, tries, since) VALUES (%(key)s, 1, statement_timestamp())
    ON CONFLICT (key) DO UPDATE SET (tries, since) = (
        SELECT CASE WHEN is_over THEN 1 ELSE known.tries + 1 END,
               CASE WHEN is_over THEN statement_timestamp() ELSE known.since END
          FROM (SELECT known.since + make_interval(secs => %(seconds)s) <= statement_timestamp() AS is_over) AS now)
    RETURNING tries, ceil(extract(epoch FROM since + make_interval(secs => %(seconds)s) - statement_timestamp()))
"""
