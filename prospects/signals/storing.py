"""Keeping a reported signal and its count, both or neither, once for each signal id."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import connection

from ..models import Company
from .kinds import kind_of


def store_signal(
    *,
    company: Company,
    signal_id: str,
    signal_type: str,
    data: Mapping[str, Any],
    occurred_at: datetime | None = None,
) -> bool:
    """Keep one signal and count it. False where the organisation has a signal of this id already: nothing changed.

    occurred_at: now, where the reporter does not say. One statement, so that no count is without its signal.
    """
    values: dict[str, Any] = {
        "tenant_id": company.tenant_id,
        "company_id": company.pk,
        "signal_id": signal_id,
        "signal_type": signal_type,
        "kind": kind_of(signal_type) or "",
        "data": json.dumps(dict(data)),
        "occurred_at": occurred_at,
    }
    with connection.cursor() as cursor:
        cursor.execute(_STORE, values)
        return cursor.fetchone() is not None


_STORE = """
    WITH stored AS (
        INSERT INTO prospects_signal (tenant_id, company_id, signal_id, signal_type, kind, data, occurred_at)
        VALUES (%(tenant_id)s, %(company_id)s, %(signal_id)s, %(signal_type)s, %(kind)s, %(data)s,
                coalesce(%(occurred_at)s::timestamptz, statement_timestamp()))
        ON CONFLICT (tenant_id, signal_id) DO NOTHING
        RETURNING tenant_id, company_id, signal_type, occurred_at)
    INSERT INTO prospects_signalcount AS known (tenant_id, company_id, signal_type, count, first_at, last_at)
    SELECT tenant_id, company_id, signal_type, 1, occurred_at, occurred_at FROM stored
    ON CONFLICT (company_id, signal_type) DO UPDATE
       SET count = known.count + 1,
           first_at = least(known.first_at, excluded.first_at),
           last_at = greatest(known.last_at, excluded.last_at)
    RETURNING count
"""
