"""Facts that sources told, of the company itself and of the prospects that are it."""

from collections.abc import Callable, Iterator
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from django.db.models import Q
from django.utils import timezone

from prospects import facts as names
from prospects.models import Company, Fact, MatchStatus
from prospects.scoring.sentiment import Tone, sentiment_of, tone_of
from providers.catalogue import SOURCES

from ..evidence import Dossier, Origin

#: Sections of a sentence, and the sentence.
Told = tuple[tuple[str, ...], str]
#: Of facts that no outside source told.
_OWN_LABELS = {
    "ucc": "Counted from the known UCC filings",
    "file": "The organisation's file",
    "sample": "Bundled sample",
}
#: Days after which a headline weighs half.
_HALF_LIFE_DAYS = 14
#: Of one source.
_MOST_ARTICLES = 10


def gather(company: Company, dossier: Dossier) -> None:
    facts = _facts(company)
    for fact in facts:
        describe = _WORDS.get(fact.name, _nothing)
        for sections, text in describe(fact.value):
            dossier.add(text, *sections, origin=_origin(fact))
    _news([fact for fact in facts if fact.name == names.ARTICLES], dossier)


def _facts(company: Company) -> list[Fact]:
    sure = [MatchStatus.CERTAIN, MatchStatus.CONFIRMED]
    mine = Q(company=company) | Q(prospect__matches__company=company, prospect__matches__status__in=sure)
    return list(Fact.objects.filter(mine).order_by("provider", "name", "pk").distinct())


def _origin(fact: Fact) -> Origin:
    return Origin(
        label=_label(fact.provider),
        provider=fact.provider,
        source=fact.source,
        reference=fact.reference,
        fetched_at=fact.fetched_at,
    )


def _nothing(_: Any) -> Iterator[Told]:
    """Of a fact that no sentence is made of."""
    yield from ()


def _label(provider: str) -> str:
    """The source's name as people know it."""
    known = SOURCES.get(provider)
    return known.label if known else _OWN_LABELS.get(provider, provider)


def _plainly(*sections: str, text: str) -> Callable[[Any], Iterator[Told]]:
    def describe(value: Any) -> Iterator[Told]:
        if value not in (None, "", []):
            words = ", ".join(map(str, value)) if isinstance(value, list) else str(value)
            # The full stop of "Ltd." is that of the sentence too.
            yield sections, text.format(words.removesuffix("."))

    return describe


def _whole(*sections: str, text: str) -> Callable[[Any], Iterator[Told]]:
    def describe(value: Any) -> Iterator[Told]:
        if isinstance(value, int):
            yield sections, text.format(f"{value:,}")

    return describe


def _violations(value: Any) -> Iterator[Told]:
    if not value:
        yield ("risks",), "Inspections are known, and no safety violation."
        return
    serious = sum(1 for one in value if one.get("type") in ("W", "R", "S"))
    text = f"It has {len(value)} safety violations, {serious} of them serious, repeated or wilful"
    yield ("risks",), f"{text}; the newest of {value[0]['issuedOn']}."


def _awards(value: Any) -> Iterator[Told]:
    if not value:
        return
    total = sum((_decimal(one.get("amount")) for one in value), Decimal())
    text = f"It was awarded {len(value)} federal contracts worth {total:,.2f} USD together."
    yield ("finances", "outlook"), text


def _patents(value: Any) -> Iterator[Told]:
    granted = [one for one in value or () if one.get("grantedOn")]
    if value:
        yield ("overview",), f"It has {len(value)} patent applications, {len(granted)} of them granted."


def _revenue(value: Any) -> Iterator[Told]:
    years = [one for one in value or () if one.get("months") == 12]
    if years:
        newest = years[0]
        text = f"It reported a revenue of {_decimal(newest['value']):,.0f} {newest['currency']}"
        yield ("finances", "overview"), f"{text} for the year to {newest['periodEnd']}."
    if len(years) > 1 and _decimal(years[1]["value"]) > 0:
        change = (_decimal(years[0]["value"]) / _decimal(years[1]["value"]) - 1) * 100
        word, sections = ("more", ("finances",)) if change >= 0 else ("less", ("finances", "risks"))
        yield sections, f"That is {abs(change):.1f} % {word} than in the year to {years[1]['periodEnd']}."


def _filings(value: Any) -> Iterator[Told]:
    if value:
        text = f"Its newest filing with the SEC is a {value[0]['form']} of {value[0]['filedOn']}."
        yield ("finances",), text


def _growth(value: Any) -> Iterator[Told]:
    text = f"{value['filings12Months']} filings were made in twelve months, {value['filingsBefore']} in those before."
    yield ("financing",), text


def _registration(value: Any) -> Iterator[Told]:
    if value.get("excluded"):
        yield ("risks",), "It is excluded from federal contracts."
    elif value.get("status"):
        yield ("overview",), f"Its registration for federal contracts is {str(value['status']).lower()}."


def _accounts(value: Any) -> Iterator[Told]:
    if value.get("overdue"):
        yield ("risks", "finances"), f"Its accounts are overdue since {value.get('nextDue') or 'an unknown day'}."


def _insolvency(value: Any) -> Iterator[Told]:
    if value is True:
        yield ("risks",), "The register knows of insolvency proceedings in its past."


def _charges(value: Any) -> Iterator[Told]:
    if value is True:
        yield ("financing", "risks"), "Charges on its assets are registered."


def _industry(value: Any) -> Iterator[Told]:
    if value.get("establishments") is not None:
        text = (
            f"In {value['state']} its industry (NAICS {value['naics']}) had {value['establishments']:,} establishments"
        )
        yield ("market",), f"{text} in {value['year']}."


_WORDS: dict[str, Callable[[Any], Iterator[Told]]] = {
    names.REGISTERED_NAME: _plainly("overview", text="It is registered as {}."),
    names.REGISTRATION_NUMBER: _plainly("overview", text="Its number in the register is {}."),
    names.STATUS: _plainly("overview", text="The register calls it {}."),
    names.FOUNDED_ON: _plainly("overview", text="It was founded on {}."),
    names.HEADQUARTERS: _plainly("overview", text="Its headquarters are in {}."),
    names.CHIEF_EXECUTIVE: _plainly("people", text="Its chief executive is {}."),
    names.INDUSTRY: _plainly("overview", "market", text="Its industry is {}."),
    names.EMPLOYEES: _whole("overview", text="It has {} employees."),
    names.TICKER: _plainly("overview", text="Its shares are traded as {}."),
    names.VIOLATIONS: _violations,
    names.AWARDS: _awards,
    names.PATENTS: _patents,
    names.REVENUE: _revenue,
    names.SEC_FILINGS: _filings,
    names.GROWTH: _growth,
    names.SAM_REGISTRATION: _registration,
    names.ACCOUNTS: _accounts,
    names.HAS_INSOLVENCY: _insolvency,
    names.HAS_CHARGES: _charges,
    names.INDUSTRY_IN_STATE: _industry,
}


def _news(facts: list[Fact], dossier: Dossier) -> None:
    """The newest headlines, each its own source, and their mean tone, newer ones weighing more."""
    weighted = weights = 0.0
    for fact in facts:
        for article in fact.value[:_MOST_ARTICLES]:
            tone = sentiment_of(article["title"], about=dossier.company)
            weight = 2 ** (-_age_days(article["publishedAt"]) / _HALF_LIFE_DAYS)
            weighted, weights = weighted + tone * weight, weights + weight
            _headline(article, fact, tone_of(tone), dossier)
    if weights:
        dossier.tone = weighted / weights


def _headline(article: dict[str, Any], fact: Fact, tone: Tone, dossier: Dossier) -> None:
    origin = Origin(
        label=f"{article.get('source') or fact.provider}: {article['title']}"[:300],
        provider=fact.provider,
        source=fact.source,
        reference=article.get("url", "")[:500],
        fetched_at=fact.fetched_at,
    )
    day = article["publishedAt"][:10]
    sections = ("news", "risks") if tone is Tone.NEGATIVE else ("news",)
    dossier.add(f"On {day} it was reported ({tone}): {article['title']}", *sections, origin=origin)


def _age_days(moment: str) -> float:
    when = datetime.fromisoformat(moment)
    when = when if when.tzinfo else when.replace(tzinfo=timezone.get_default_timezone())
    return max(0.0, (timezone.now() - when).total_seconds() / 86_400)


def _decimal(value: Any) -> Decimal:
    try:
        return Decimal(str(value))
    except InvalidOperation:
        return Decimal()
