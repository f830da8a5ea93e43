"""Short statements about sources, each with a connection that is not kept while the network is waited for."""

from collections.abc import Mapping
from typing import Any

from django.db import connection


def refuse_transaction() -> None:
    """A call inside a transaction would hold its locks and its connection for as long as a source likes.

    Raises RuntimeError. The transaction that surrounds a whole test does not count.
    """
    blocks = connection.atomic_blocks
    if blocks and not getattr(blocks[-1], "_from_testcase", False):
        raise RuntimeError("Sources are called outside transactions: fetch first, then open the transaction.")


def ask(sql: str, parameters: Mapping[str, Any]) -> tuple[Any, ...]:
    """The only row of a statement, whose connection is given back."""
    try:
        with connection.cursor() as cursor:
            cursor.execute(sql, parameters)
            row: tuple[Any, ...] = cursor.fetchone()
            return row
    finally:
        release()


def release() -> None:
    """Give this thread's connection back to the pool; the next statement takes one again."""
    if not connection.in_atomic_block:
        connection.close()
