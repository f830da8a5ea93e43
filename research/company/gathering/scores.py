"""The newest scores, with what weighs most in them."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from prospects.models import Company

from ..evidence import Dossier, Origin

#: A health score below this is a risk worth naming: the limit of grade C.
_WEAK_HEALTH = 50


def gather(company: Company, dossier: Dossier) -> None:
    _lead(company, dossier)
    _health(company, dossier)


def _lead(company: Company, dossier: Dossier) -> None:
    lead = company.lead_scores.order_by("-computed_at", "-id").first()
    if lead is None:
        return
    origin = _origin("Lead score", lead.computed_at, lead.weights_version)
    dossier.add(
        f"Its lead score is {lead.score} of 100, tier {lead.tier}.", "outlook", origin=origin, topic=f"tier-{lead.tier}"
    )
    strongest = _strongest(lead.factors)
    if strongest:
        dossier.add(f"Most of it comes from: {strongest}.", "outlook", origin=origin)


def _health(company: Company, dossier: Dossier) -> None:
    rows = list(company.health_scores.exclude(score=None).order_by("-computed_at", "-id")[:2])
    if not rows:
        return
    newest, value = rows[0], rows[0].score or Decimal()
    origin = _origin("Health score", newest.computed_at, newest.weights_version)
    weak = value < _WEAK_HEALTH
    sections, topic = (("outlook", "risks"), "weak-health") if weak else (("outlook",), "")
    text = f"Its health score is {value} of 100, grade {newest.grade}."
    dossier.add(text, *sections, origin=origin, topic=topic)
    before = rows[1].score if len(rows) > 1 else None
    if before is not None and value < before:
        text = f"The health score before was {before}."
        dossier.add(text, "risks", origin=origin)


def _strongest(factors: list[dict[str, Any]]) -> str:
    known = [one for one in factors if (one.get("contribution") or 0) > 0]
    best = sorted(known, key=lambda one: one["contribution"], reverse=True)[:3]
    return ", ".join(str(one.get("label") or one["name"]) for one in best)


def _origin(label: str, computed_at: datetime, version: int) -> Origin:
    return Origin(
        label=label,
        provider="quarry",
        source="given",
        reference=f"weights version {version}",
        fetched_at=computed_at,
    )
