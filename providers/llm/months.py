"""What calls of models used, added up by month: booked as each call ends, kept when the calls are not."""

from decimal import Decimal

from django.conf import settings
from django.db import connection, transaction

from .models import ModelCall
from .protocol import Usage

#: Calls deleted in one statement.
_AT_ONCE = 5000

_ADD = """
INSERT INTO providers_modelmonth AS known
    (tenant_id, month, task, backend, model, calls, failed, unpriced, input_tokens, cached_tokens, output_tokens, cost)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
ON CONFLICT (tenant_id, month, task, backend, model) DO UPDATE SET
    calls = known.calls + excluded.calls,
    failed = known.failed + excluded.failed,
    unpriced = known.unpriced + excluded.unpriced,
    input_tokens = known.input_tokens + excluded.input_tokens,
    cached_tokens = known.cached_tokens + excluded.cached_tokens,
    output_tokens = known.output_tokens + excluded.output_tokens,
    cost = known.cost + excluded.cost
"""
_FORGET = """
WITH gone AS (
    DELETE FROM providers_modelcall WHERE id IN (
        SELECT id FROM providers_modelcall
        WHERE created_at < clock_timestamp() - %s * interval '1 day'
            AND month < date_trunc('month', now() AT TIME ZONE 'UTC')
        ORDER BY id LIMIT %s
    ) RETURNING tenant_id, month, task, backend, model, reserved, ended_at
)
SELECT tenant_id, month, task, backend, model, count(*), count(*) FILTER (WHERE ended_at IS NULL),
    coalesce(sum(reserved) FILTER (WHERE ended_at IS NULL), 0)
FROM gone GROUP BY tenant_id, month, task, backend, model
"""


def add(call: ModelCall, *, model: str, usage: Usage, cost: Decimal | None, failed: bool) -> None:
    """Add an ended call to its month. In the transaction that ends it, so that it is added once."""
    unpriced = cost is None and bool(usage.input_tokens or usage.output_tokens)
    with connection.cursor() as cursor:
        cursor.execute(
            _ADD,
            [
                *(call.tenant_id, call.month, call.task, call.backend, model, 1, int(failed), int(unpriced)),
                *(usage.input_tokens, usage.cached_tokens, usage.output_tokens, cost or 0),
            ],
        )


def forget_old_calls() -> int:
    """Delete calls of past months that are older than LLM_CALL_DAYS; their sums stay. Returns how many were deleted."""
    deleted = 0
    while True:
        found = _forget_some(settings.LLM_CALL_DAYS)
        deleted += found
        if found < _AT_ONCE:
            return deleted


@transaction.atomic
def _forget_some(days: int) -> int:
    """A call that never ended, because its process died, was never added: it counts with what it had reserved."""
    deleted = 0
    with connection.cursor() as cursor:
        cursor.execute(_FORGET, [days, _AT_ONCE])
        for *key, calls, unended, reserved in cursor.fetchall():
            deleted += calls
            if unended:
                cursor.execute(_ADD, [*key, unended, unended, 0, 0, 0, 0, reserved])
    return deleted
