"""Keeping the answers of sources: facts and look-ups of one subject in one transaction."""

import json
from collections.abc import Sequence
from typing import Any

from django.db import connection, transaction

from ..models import Outcome
from .answers import Answer
from .subjects import Kind

#: Of these the facts told before are replaced; a failed or skipped look-up leaves them.
_TOLD = (Outcome.FOUND, Outcome.EMPTY)


@transaction.atomic
def store_answers(*, kind: Kind, pk: int, tenant_id: str, answers: Sequence[Answer], job_id: str) -> None:
    """Facts told again take the new value and time, facts no longer told go. Storing the same twice changes no value.

    kind, pk: the row that the answers are about, which must exist.
    """
    _store_lookups(kind, pk, tenant_id, answers, job_id)
    told = [answer for answer in answers if answer.outcome in _TOLD]
    if told:
        _drop_untold(kind, pk, told)
        _store_facts(kind, pk, tenant_id, told)


def _store_lookups(kind: Kind, pk: int, tenant_id: str, answers: Sequence[Answer], job_id: str) -> None:
    rows = [{"provider": one.provider, "outcome": str(one.outcome), "message": one.message} for one in answers]
    _execute(_LOOKUPS, kind, {"pk": pk, "tenant_id": tenant_id, "job_id": job_id, "rows": json.dumps(rows)})


def _store_facts(kind: Kind, pk: int, tenant_id: str, told: Sequence[Answer]) -> None:
    rows = {
        (answer.provider, fact.name): {
            "provider": answer.provider,
            "name": fact.name,
            "value": fact.value,
            "reference": fact.reference[:500],
            "as_of": fact.as_of.isoformat() if fact.as_of else None,
            "source": str(answer.source),
        }
        for answer in told
        for fact in answer.facts
    }
    _execute(_FACTS, kind, {"pk": pk, "tenant_id": tenant_id, "rows": json.dumps(list(rows.values()))})


def _drop_untold(kind: Kind, pk: int, told: Sequence[Answer]) -> None:
    providers = [answer.provider for answer in told]
    kept = [f"{answer.provider} {name}" for answer in told for name in answer.names]
    _execute(_UNTOLD, kind, {"pk": pk, "providers": providers, "kept": kept})


def _execute(statement: str, kind: Kind, values: dict[str, Any]) -> None:
    with connection.cursor() as cursor:
        # The kind is one of three words of this program, never a caller's.
        cursor.execute(statement.format(subject=f"{kind.value}_id"), values)


_LOOKUPS = """
    INSERT INTO prospects_lookup (tenant_id, {subject}, provider, outcome, message, asked_at, job_id)
    SELECT %(tenant_id)s, %(pk)s, provider, outcome, message, statement_timestamp(), %(job_id)s
      FROM jsonb_to_recordset(%(rows)s::jsonb) AS told (provider text, outcome text, message text)
    ON CONFLICT ({subject}, provider) WHERE {subject} IS NOT NULL DO UPDATE
       SET outcome = excluded.outcome, message = excluded.message,
           asked_at = excluded.asked_at, job_id = excluded.job_id
"""
_UNTOLD = """
    DELETE FROM prospects_fact
     WHERE {subject} = %(pk)s AND provider = ANY(%(providers)s) AND NOT (provider || ' ' || name = ANY(%(kept)s))
"""
_FACTS = """
    INSERT INTO prospects_fact (tenant_id, {subject}, provider, name, value, reference, as_of, source, fetched_at)
    SELECT %(tenant_id)s, %(pk)s, provider, name, value, reference, as_of, source, statement_timestamp()
      FROM jsonb_to_recordset(%(rows)s::jsonb) AS told (
           provider text, name text, value jsonb, reference text, as_of date, source text)
    ON CONFLICT ({subject}, provider, name) WHERE {subject} IS NOT NULL DO UPDATE
       SET value = excluded.value, reference = excluded.reference, as_of = excluded.as_of,
           source = excluded.source, fetched_at = excluded.fetched_at
"""
