"""Rows that scores are computed from."""

from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import Any

from prospects.models import Company, Fact, Filing, Lien, Match, Party, Prospect
from prospects.names import name_key

_numbers = count(1)


def today() -> date:
    return datetime.now(UTC).date()


def make_company(key: str = "comp_1", **fields: Any) -> Company:
    name = fields.setdefault("name", "Acme Freight LLC")
    return Company.objects.create(key=key, name_key=name_key(name), **{"tenant_id": "acme", **fields})


def make_prospect(name: str = "Acme Freight LLC", *, state: str = "NY", tenant_id: str = "acme") -> Prospect:
    return Prospect.objects.create(
        tenant_id=tenant_id, state=state, name=name, name_key=name_key(name), source="file", filing_count=1
    )


def make_lien(prospect: Prospect, secured: str, *, days_ago: int | None = 10, **fields: Any) -> Lien:
    """address: of the debtor, as fields of Party; lapses_in: days from today."""
    number, address = f"F{next(_numbers)}", fields.pop("address", {})
    lapses_in = fields.pop("lapses_in", None)
    owned = {"tenant_id": prospect.tenant_id, "source": "file"}
    filed_on = None if days_ago is None else today() - timedelta(days=days_ago)
    lapses_on = None if lapses_in is None else today() + timedelta(days=lapses_in)
    lien = Lien.objects.create(
        **{"lien_type": "ucc", **owned, **fields},
        state=prospect.state,
        file_number=number,
        filed_on=filed_on,
        lapses_on=lapses_on,
    )
    filing = Filing.objects.create(**owned, lien=lien, file_number=number, action="initial", filed_on=filed_on)
    party = {**owned, "filing": filing, "state": prospect.state, "kind": "organisation"}
    Party.objects.create(**party, role="debtor", name=prospect.name, name_key=prospect.name_key, **address)
    Party.objects.create(**party, role="secured", name=secured, name_key=name_key(secured))
    return lien


def make_match(prospect: Prospect, company: Company, status: str = "certain") -> Match:
    return Match.objects.create(
        tenant_id=company.tenant_id, prospect=prospect, company=company, similarity=100, status=status
    )


def tell(subject: Company | Prospect, name: str, value: Any, provider: str = "osha") -> Fact:
    about: dict[str, Any] = {"company": subject} if isinstance(subject, Company) else {"prospect": subject}
    return Fact.objects.create(
        tenant_id=subject.tenant_id, provider=provider, name=name, value=value, source="file", **about
    )
