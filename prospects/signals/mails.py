"""Telling the team of a company's new buying signals: one mail to each member who wants such mails."""

from collections.abc import Sequence

from django.conf import settings
from django.db.models import QuerySet
from django.urls import reverse

from accounts.mails import mail_kind, send_mail
from accounts.models import User

from ..models import BuyingSignal, Company

LISTED = 20

BUYING_SIGNALS = mail_kind(
    name="buying-signals",
    label="Buying signals",
    preference="notify_buying_signals",
    samples={
        "name": "Ana",
        "company": "Acme Foods",
        "count": "2 new buying signals",
        "headline": "Contract award: Acme Foods wins a contract",
        "signals": "2026-01-31  Contract award: Acme Foods wins a contract\n2026-01-28  UCC filing 123 in NY",
        "link": "https://quarry.example.com/prospects/companies/1",
    },
)


def team_of(tenant_id: str) -> QuerySet[User]:
    """Members of the organisation who want to hear of buying signals."""
    members = User.objects.filter(memberships__organisation__slug=tenant_id, is_active=True)
    return members.filter(notify_buying_signals=True).order_by("pk")


def tell(*, user: User, company: Company, signals: Sequence[BuyingSignal]) -> bool:
    """Send the mail. False where the user has switched such mails off meanwhile."""
    number = len(signals)
    lines = [f"{one.occurred_at:%Y-%m-%d}  {one.title}" for one in signals[:LISTED]]
    if number > LISTED:
        lines.append(f"… and {number - LISTED} more")
    values = {
        "name": user.get_short_name(),
        "company": str(company),
        "count": f"{number} new buying signal{'s' if number != 1 else ''}",
        "headline": signals[0].title,
        "signals": "\n".join(lines),
        "link": _page_of(company),
    }
    return send_mail(kind=BUYING_SIGNALS, to=user, values=values)


def _page_of(company: Company) -> str:
    """Empty where PUBLIC_URL does not say under which address users reach it."""
    path = reverse("prospects:company", kwargs={"company_id": company.pk})
    return settings.PUBLIC_URL + path if settings.PUBLIC_URL else ""
