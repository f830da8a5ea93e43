"""What other weights would change, before anybody is asked to live with them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import F

from ..models import Company, Prospect
from ..scoring.health import health_score
from ..scoring.weights import HealthWeights, LeadWeights, ProspectWeights, Weights
from .health_inputs import AllWeights, components_of, load
from .lead_scores import lead_results
from .prospect_scores import prospect_results
from .statements import database_now
from .weights import current_weights

NUMBER = 10


@dataclass(frozen=True, kw_only=True)
class Change:
    """before, after: the score and, where there is one, its tier or grade, as text; both as of now."""

    name: str
    before: str
    after: str

    @property
    def differs(self) -> bool:
        return self.before != self.after


def preview(tenant_id: str, weights: Weights) -> list[Change]:
    """The organisation's ten best, scored by its weights of today and by these. Keeps nothing."""
    at = database_now()
    if isinstance(weights, ProspectWeights):
        return _prospects(tenant_id, weights, at)
    if isinstance(weights, LeadWeights):
        return _leads(tenant_id, weights, at)
    return _healths(tenant_id, weights, at)


def _prospects(tenant_id: str, weights: ProspectWeights, at: datetime) -> list[Change]:
    rows = Prospect.objects.filter(tenant_id=tenant_id).order_by(F("score").desc(nulls_last=True), "-id")[:NUMBER]
    names = {row.pk: str(row) for row in rows}
    today = current_weights(ProspectWeights, tenant_id).values
    before, after = (prospect_results(names, one, at=at) for one in (today, weights))
    return [_change(name, [before[key].score], [after[key].score]) for key, name in names.items()]


def _leads(tenant_id: str, weights: LeadWeights, at: datetime) -> list[Change]:
    rows = Company.objects.filter(tenant_id=tenant_id).order_by(F("lead_score").desc(nulls_last=True), "-id")[:NUMBER]
    names = {row.pk: str(row) for row in rows}
    today = current_weights(LeadWeights, tenant_id).values
    before, after = (lead_results(names, one, at=at) for one in (today, weights))
    return [
        _change(name, [before[key].score, before[key].tier], [after[key].score, after[key].tier])
        for key, name in names.items()
    ]


def _healths(tenant_id: str, weights: HealthWeights, at: datetime) -> list[Change]:
    portfolio = Company.objects.filter(tenant_id=tenant_id, is_portfolio=True)
    rows = list(portfolio.order_by(F("health_score").desc(nulls_last=True), "-id")[:NUMBER])
    today = AllWeights(
        health=current_weights(HealthWeights, tenant_id).values,
        lead=current_weights(LeadWeights, tenant_id).values,
        prospect=current_weights(ProspectWeights, tenant_id).values,
    )
    then = AllWeights(health=weights, lead=today.lead, prospect=today.prospect)
    known = load(rows, today, at=at)
    changes = []
    for row in rows:
        results = (health_score(components_of(known[row.pk], one, at=at), one.health) for one in (today, then))
        before, after = ([result.score, result.grade] for result in results)
        changes.append(_change(str(row), before, after))
    return changes


def _change(name: str, before: Iterable[Any], after: Iterable[Any]) -> Change:
    return Change(name=name, before=_text(before), after=_text(after))


def _text(parts: Iterable[Any]) -> str:
    said = [f"{part:.2f}" if isinstance(part, float) else str(part) for part in parts if part not in (None, "")]
    return " ".join(said) or "insufficient data"
