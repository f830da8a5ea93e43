"""OSHA: inspections of a company's workplaces and what was cited there."""

from datetime import timedelta
from decimal import Decimal

from django.utils import timezone

from providers import osha
from providers.http import Client

from ... import facts
from ...facts import FactValue
from ...names import may_be_same, without_form
from ..adapter import source
from ..subjects import Business, Kind

#: What is older no longer counts in the safety score.
KEPT_FOR = timedelta(days=1826)
WHERE = "https://www.osha.gov/ords/imis/establishment.inspection_detail?id="


def _is_american(subject: Business) -> bool:
    return bool(subject.name and subject.may_be_in("US"))


@source(osha.NAME, Kind.PROSPECT, Kind.COMPANY, enough=_is_american)
def tell(client: Client, subject: Business) -> list[FactValue]:
    """Without an inspection nothing is told: nobody has looked, which is no clean record."""
    since = timezone.now().date() - KEPT_FOR
    state = subject.region if len(subject.region) == 2 else ""
    found = osha.inspections(client, without_form(subject.name), state=state, since=since)
    inspections = [one for one in found if may_be_same(subject.name, one.establishment)]
    if not inspections:
        return []
    cited = osha.violations(client, [one.activity_number for one in inspections])
    violations = [one for one in cited if not one.deleted and one.issued_on and one.type in "WRUSO"]
    violations.sort(key=lambda one: str(one.issued_on), reverse=True)
    where = WHERE + inspections[0].activity_number
    return [
        FactValue(name=facts.INSPECTIONS, value=[_inspection(one) for one in inspections], reference=where),
        FactValue(name=facts.VIOLATIONS, value=[_violation(one) for one in violations], reference=where),
    ]


def _inspection(one: osha.Inspection) -> dict[str, str]:
    return {
        "activity": one.activity_number,
        "openedOn": one.opened_on.isoformat(),
        "type": one.type,
        "state": one.state,
    }


def _violation(one: osha.Violation) -> dict[str, str | None]:
    penalty: Decimal | None = one.current_penalty if one.current_penalty is not None else one.initial_penalty
    return {
        "type": one.type,
        "issuedOn": one.issued_on.isoformat() if one.issued_on else None,
        "penalty": None if penalty is None else str(penalty),
        "standard": one.standard,
        "activity": one.activity_number,
        "citation": one.citation_id,
    }
