"""USAspending: contracts of the last two years that a company was awarded."""

from datetime import timedelta

from django.utils import timezone

from providers import usaspending
from providers.http import Client

from ... import facts
from ...facts import FactValue
from ...names import may_be_same, without_form
from ..adapter import source
from ..subjects import Business, Kind

LOOK_BACK = timedelta(days=730)
MOST_KEPT = 100


def _is_american(subject: Business) -> bool:
    return bool(subject.uei or (subject.name and subject.may_be_in("US")))


@source(usaspending.NAME, Kind.PROSPECT, Kind.COMPANY, enough=_is_american)
def tell(client: Client, subject: Business) -> list[FactValue]:
    """By the company's number; by its name only what was awarded to exactly that name."""
    today = timezone.now().date()
    asked = subject.uei or without_form(subject.name)
    found = usaspending.contracts(client, asked, since=today - LOOK_BACK, until=today)
    own = [one for one in found if subject.uei or may_be_same(subject.name, one.recipient)]
    own.sort(key=lambda one: str(one.starts_on or ""), reverse=True)
    if not own:
        return []
    return [FactValue(name=facts.AWARDS, value=[_shown(one) for one in own[:MOST_KEPT]], reference=_where(own[0]))]


def _shown(award: usaspending.Award) -> dict[str, str | None]:
    return {
        "id": award.award_id,
        "amount": None if award.amount_usd is None else str(award.amount_usd),
        "startOn": award.starts_on.isoformat() if award.starts_on else None,
        "recipient": award.recipient,
        "url": _where(award),
    }


def _where(award: usaspending.Award) -> str:
    return f"https://www.usaspending.gov/award/{award.key}" if award.key else ""
