"""Scoring prospects, any number at once."""

import json
from collections.abc import Collection
from datetime import datetime

from ..scoring.prospect import ProspectResult, prospect_score
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
    rows = [
        {
            "id": prospect,
            "score": result.score,
            "ucc_risk": result.ucc_risk,
            "coverage": result.coverage,
            "factors": [factor.as_json() for factor in result.factors],
            "classes": result.secured_classes,
        }
        for prospect, result in prospect_results(prospects, weights.values, at=at).items()
    ]
    statements.run(statements.STORE_PROSPECT_SCORES, {"rows": json.dumps(rows), "version": weights.version, "at": at})
    return len(rows)


def prospect_results(
    prospects: Collection[int], weights: ProspectWeights, *, at: datetime
) -> dict[int, ProspectResult]:
    """What these prospects score; keeps nothing."""
    liens = liens_of_prospects(prospects)
    return {
        prospect: prospect_score(list(liens.get(prospect, {}).values()), weights, as_of=at.date())
        for prospect in prospects
    }
