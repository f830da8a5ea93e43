"""Scoring prospects, any number at once."""

import json
from collections.abc import Collection

from ..scoring.prospect import prospect_score
from ..scoring.weights import ProspectWeights
from . import statements
from .liens import liens_of_prospects
from .weights import Versioned


def score_prospects(*, prospects: Collection[int], weights: Versioned[ProspectWeights]) -> int:
    """Score these prospects (primary keys, all of one tenant) as of now; returns how many.

    Call it inside a transaction. The newest score replaces the one before; an older one that comes
    late changes nothing.
    """
    at = statements.database_now()
    liens = liens_of_prospects(prospects)
    rows = []
    for prospect in prospects:
        result = prospect_score(list(liens.get(prospect, {}).values()), weights.values, as_of=at.date())
        rows.append(
            {
                "id": prospect,
                "score": result.score,
                "ucc_risk": result.ucc_risk,
                "coverage": result.coverage,
                "factors": [factor.as_json() for factor in result.factors],
                "classes": result.secured_classes,
            }
        )
    statements.run(statements.STORE_PROSPECT_SCORES, {"rows": json.dumps(rows), "version": weights.version, "at": at})
    return len(rows)
