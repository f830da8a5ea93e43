"""What the own database knows of prospects: growth and health in their UCC filings. Always there, also offline."""

from collections.abc import Sequence
from typing import Any

from django.db import connection

from .. import facts
from ..facts import FactValue
from ..models import Outcome, Prospect, Source
from .answers import Answer

PROVIDER = "ucc"


def own_answers(prospects: Sequence[Prospect]) -> dict[int, Answer]:
    """For each prospect's primary key the two facts, in one statement for all."""
    with connection.cursor() as cursor:
        cursor.execute(_OF_FILINGS, [[prospect.pk for prospect in prospects]])
        columns = [column.name for column in cursor.description or ()]
        rows = {row[0]: dict(zip(columns, row, strict=True)) for row in cursor.fetchall()}
    return {prospect.pk: _answer(prospect, rows[prospect.pk]) for prospect in prospects}


def _answer(prospect: Prospect, row: dict[str, Any]) -> Answer:
    before = row["before"]
    growth = {
        "filings12Months": row["recent"],
        "filingsBefore": before,
        "momentum": round((row["recent"] - before) / before, 4) if before else None,
        "lastFiledOn": row["last_filed_on"].isoformat() if row["last_filed_on"] else None,
    }
    health = {
        "activeLiens": row["active"],
        "lapsedLiens": row["lapsed"],
        "terminatedLiens": row["terminated"],
        "lapsingSoon": row["lapsing_soon"],
        "securedParties": row["secured"] or [],
    }
    told = [FactValue(name=facts.GROWTH, value=growth), FactValue(name=facts.HEALTH, value=health)]
    return Answer(provider=PROVIDER, outcome=Outcome.FOUND, source=Source(prospect.source), facts=told)


#: A lien lapses soon within half a year, when its holder must file a continuation.
_OF_FILINGS = """
    SELECT prospect.id,
           count(DISTINCT filing.id) FILTER (WHERE filing.filed_on > current_date - 365) AS recent,
           count(DISTINCT filing.id) FILTER (
               WHERE filing.filed_on > current_date - 730 AND filing.filed_on <= current_date - 365) AS before,
           max(filing.filed_on) AS last_filed_on,
           count(DISTINCT lien.id) FILTER (WHERE lien.status = 'active') AS active,
           count(DISTINCT lien.id) FILTER (WHERE lien.status = 'lapsed') AS lapsed,
           count(DISTINCT lien.id) FILTER (WHERE lien.status = 'terminated') AS terminated,
           count(DISTINCT lien.id) FILTER (
               WHERE lien.status = 'active'
                 AND lien.lapses_on BETWEEN current_date AND current_date + 182) AS lapsing_soon,
           (array_agg(DISTINCT secured.name ORDER BY secured.name)
               FILTER (WHERE secured.name IS NOT NULL AND lien.status = 'active'))[1:10] AS secured
      FROM prospects_prospect AS prospect
      LEFT JOIN prospects_party AS debtor
        ON debtor.tenant_id = prospect.tenant_id AND debtor.state = prospect.state
       AND debtor.name_key = prospect.name_key AND debtor.role = 'debtor' AND debtor.kind = 'organisation'
      LEFT JOIN prospects_filing AS filing ON filing.id = debtor.filing_id
      LEFT JOIN prospects_lien AS lien ON lien.id = filing.lien_id
      LEFT JOIN prospects_party AS secured ON secured.filing_id = filing.id AND secured.role = 'secured'
     WHERE prospect.id = ANY(%s)
     GROUP BY prospect.id
"""
