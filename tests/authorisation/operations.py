"""The rows of the matrix that are operations of the API's schema."""

from .rows import Row
from .tables import ROWS

API = tuple(row for row in ROWS if row.path.startswith("/api/") and not row.by_session and row.name != "unknown-path")


def operation_id(row: Row) -> str:
    return f"{row.method.lower()}_{row.name.removeprefix('api-').replace('-', '_')}"
