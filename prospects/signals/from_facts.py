"""Buying signals in what sources told: contract awards, patents and headlines."""

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from django.db.models import Q

from .. import facts
from ..models import Company, Fact, MatchStatus
from .evidence import Found, midnight
from .headlines import headline_key, said_of
from .kinds import LABELS, SignalKind

#: Awards and patents are looked up by name; a headline is read by a rule.
_BY_NAME, _BY_HEADLINE = Decimal("0.90"), Decimal("0.70")
_READ = (facts.AWARDS, facts.PATENTS, facts.ARTICLES)


def in_facts(company: Company, since: datetime) -> Iterator[Found]:
    """Of the company's own facts and those of the prospects that it is."""
    same = Q(prospect__matches__company=company) & Q(
        prospect__matches__status__in=[MatchStatus.CERTAIN, MatchStatus.CONFIRMED]
    )
    rows = Fact.objects.filter(Q(company=company) | same, tenant_id=company.tenant_id, name__in=_READ)
    for fact in rows.distinct().order_by("id"):
        for item in fact.value if isinstance(fact.value, list) else []:
            if isinstance(item, Mapping):
                yield from _READERS[fact.name](company, fact, item, since)


def _award(company: Company, fact: Fact, item: Mapping[str, Any], since: datetime) -> Iterator[Found]:
    started = _day(item.get("startOn"))
    if item.get("id") and started and midnight(started) >= since:
        yield Found(
            kind=SignalKind.CONTRACT_AWARD,
            title=f"Contract {item.get('id')} over {item.get('amount')} US dollars",
            confidence=_BY_NAME,
            occurred_at=midnight(started),
            evidence_key=f"award:{item.get('id')}",
            evidence=_evidence(fact, item.get("url"), amount=item.get("amount")),
        )


def _patent(company: Company, fact: Fact, item: Mapping[str, Any], since: datetime) -> Iterator[Found]:
    granted = _day(item.get("grantedOn"))
    if item.get("number") and granted and midnight(granted) >= since:
        yield Found(
            kind=SignalKind.PATENT_GRANT,
            title=f"Patent {item.get('number')}: {item.get('title')}",
            confidence=_BY_NAME,
            occurred_at=midnight(granted),
            evidence_key=f"patent:{item.get('number')}",
            evidence=_evidence(fact, item.get("application")),
        )


def _article(company: Company, fact: Fact, item: Mapping[str, Any], since: datetime) -> Iterator[Found]:
    title, published = str(item.get("title") or ""), _time(item.get("publishedAt"))
    kind = said_of(title, company.name)
    if kind and published and published >= since:
        yield Found(
            kind=kind,
            title=f"{LABELS[kind]}: {title}",
            confidence=_BY_HEADLINE,
            occurred_at=published,
            evidence_key=f"headline:{headline_key(title)}",
            evidence=_evidence(fact, item.get("url"), paper=item.get("source")),
        )


_READERS = {facts.AWARDS: _award, facts.PATENTS: _patent, facts.ARTICLES: _article}


def _evidence(fact: Fact, reference: Any, **more: Any) -> dict[str, Any]:
    told = {"provider": fact.provider, "source": fact.source, "reference": reference or fact.reference}
    return told | {name: value for name, value in more.items() if value is not None}


def _day(text: Any) -> date | None:
    try:
        return date.fromisoformat(str(text)[:10])
    except ValueError:
        return None


def _time(text: Any) -> datetime | None:
    try:
        moment = datetime.fromisoformat(str(text))
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
