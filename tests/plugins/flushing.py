"""After a test that commits, only the tables that it filled are emptied.

Django empties every table and then writes again what each new database begins with: content types, permissions
and schedules. That takes ten times as long as most of these tests do. Here what a database begins with stays
while it is as it was; where it is not, or anything else is unusual, Django does it all.
"""

from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest
from django.db import connection
from django.test import TransactionTestCase
from pytest_django import DjangoDbBlocker

#: Tables that `migrate` writes in a new database.
BEGINNING = ("auth_permission", "django_content_type", "django_migrations", "jobs_schedule")
#: What they contained, by the name of the database.
_of_database: dict[str, str] = {}


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """pytest-django's own, and then the quick way."""
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        _of_database[_name()] = _beginning(cursor)
    flush_everything = TransactionTestCase._fixture_teardown  # type: ignore[attr-defined]

    def flush(case: Any) -> None:
        if case.available_apps is not None or case.serialized_rollback or not _flush_what_was_filled():
            flush_everything(case)
            with connection.cursor() as cursor:
                _of_database[_name()] = _beginning(cursor)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", flush)
        yield


def _flush_what_was_filled() -> bool:
    """False where Django must do it."""
    with connection.cursor() as cursor:
        if _beginning(cursor) != _of_database.get(_name()):
            return False
        cursor.execute(_filled_sql(_name()))
        if filled := [row[0] for row in cursor.fetchall()]:
            cursor.execute(f"TRUNCATE {', '.join(filled)} CASCADE")
        # What refers to an emptied table is emptied too; it must have been none of the beginning.
        return _beginning(cursor) == _of_database[_name()]


def _name() -> str:
    return str(connection.settings_dict["NAME"])


def _beginning(cursor: Any) -> str:
    """What the tables of BEGINNING contain, in few characters."""
    sums = [
        f"SELECT '{table}', md5(string_agg(row::text, '|' ORDER BY id)) FROM {table} row"  # noqa: S608  our names
        for table in BEGINNING
    ]
    cursor.execute(" UNION ALL ".join(sums))
    return str(sorted(cursor.fetchall()))


@cache
def _filled_sql(database: str) -> str:
    """Asks for the tables that were written to since they were last emptied, and for those that somebody else is
    writing at this moment. A table's file is empty until its first row: one query asks for the sizes of all.
    """
    tables = tuple(sorted({*connection.introspection.django_table_names(only_existing=True)} - {*BEGINNING}))
    return (
        "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace"  # noqa: S608  our names
        f" AND relname IN {tables} AND pg_relation_size(oid) > 0"
        " UNION SELECT relname FROM pg_locks JOIN pg_class ON pg_class.oid = relation"
        " WHERE mode = 'RowExclusiveLock' AND pid <> pg_backend_pid()"
        " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
        f" AND relname IN {tables}"
    )
