"""Running the statements of this folder."""

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db import connection


def run(statement: str, parameters: Mapping[str, Any] | Sequence[Any]) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return cursor.fetchall() if cursor.description else []


def copy_lines(statement: str, lines: Iterable[str]) -> None:
    """COPY lines that copy_text and this table's own numbers and dates make up, each with its line end."""
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        copy.write("".join(lines))


def copy_text(*values: str) -> str:
    """Texts as COPY takes them, tabs between. Written here as the driver needs five times as long for a row."""
    # No value contains NUL: every importer refuses it.
    joined = "\0".join(values)
    if "\\" in joined or "\n" in joined or "\t" in joined or "\r" in joined:
        joined = joined.replace("\\", "\\\\").replace("\n", "\\n").replace("\t", "\\t").replace("\r", "\\r")
    return joined.replace("\0", "\t")


def as_json(rows: Sequence[Mapping[str, Any]]) -> str:
    return json.dumps(rows, default=str)
