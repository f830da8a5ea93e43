"""One prospect: its score and where that comes from, its liens, what sources said, and which company it is."""

import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from accounts import audit
from accounts.methods import GET_AND_POST
from providers.catalogue import SOURCES

from ..models import Fact, Filing, Lien, Lookup, Match, Outcome, Party, Prospect, ProspectScore, Role
from ..scores.prospect_scores import score_prospects
from ..scores.weights import current_weights
from ..scoring.weights import ProspectWeights
from .access import Desk, desk_of, page
from .breakdown import breakdown
from .jobs import about, offered, start
from .rows import rows_of

UUID = r"(?P<prospect_id>[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})"
#: Liens shown at most; a debtor with more is a bank's own subsidiary.
MOST_LIENS = 60
MOST_FACTS = 200


def show(request: HttpRequest, prospect_id: str) -> HttpResponse:
    desk = desk_of(request)
    prospect = found(desk, prospect_id)
    score = ProspectScore.objects.filter(prospect=prospect).first()
    return render(
        request,
        "prospects/prospect.html",
        {
            "prospect": prospect,
            "row": rows_of([prospect])[0],
            "score": score,
            "breakdown": breakdown(score.factors, score.score) if score else None,
            "liens": liens_of([prospect]),
            "sources": sources_of(
                Fact.objects.filter(prospect=prospect)[:MOST_FACTS], Lookup.objects.filter(prospect=prospect)
            ),
            "matches": Match.objects.filter(prospect=prospect).select_related("company", "decided_by"),
            "jobs": about(desk, *_names(prospect), job_ids=[*_asked_by(prospect), request.GET.get("job", "")[:200]]),
            "may": {"enrich": desk.writes and offered("data-enrichment")},
        },
    )


def found(desk: Desk, prospect_id: str) -> Prospect:
    """Raises Http404, also for a prospect of another organisation."""
    prospect = Prospect.objects.filter(tenant_id=desk.tenant_id, public_id=prospect_id).first()
    if prospect is None:
        raise Http404("There is no such prospect.")
    return prospect


def _names(prospect: Prospect) -> tuple[str, str]:
    return str(prospect.public_id), str(prospect.pk)


def _asked_by(prospect: Prospect) -> list[str]:
    """Jobs that asked a source about it: those that concern many prospects carry no related id."""
    asked = Lookup.objects.filter(prospect=prospect).exclude(job_id="")
    return list(asked.values_list("job_id", flat=True).distinct())


# --- Liens ------------------------------------------------------------------------------------------
@dataclass(frozen=True, kw_only=True)
class FilingLine:
    filing: Filing
    secured: list[Party]
    debtors: list[Party]
    assignors: list[Party]
    collateral: list[str]


@dataclass(frozen=True, kw_only=True)
class LienLine:
    """A lien with its filings, the first one first. `x` and `width`: its life, per cent of the time line."""

    lien: Lien
    filings: list[FilingLine]
    secured: list[str]
    x: str
    width: str
    marks: list[tuple[str, str]]


@dataclass(frozen=True, kw_only=True)
class Liens:
    lines: list[LienLine]
    since: date | None
    until: date | None
    today: str
    more: bool


def liens_of(prospects: Sequence[Prospect]) -> Liens:
    """The liens whose debtor is one of the prospects, those filed last first."""
    lien_ids: set[int] = set()
    for one in prospects:
        debtors = Party.objects.filter(
            tenant_id=one.tenant_id, state=one.state, name_key=one.name_key, role=Role.DEBTOR, kind="organisation"
        )
        lien_ids |= set(debtors.values_list("filing__lien_id", flat=True))
    rows = list(Lien.objects.filter(pk__in=lien_ids).order_by("-filed_on", "-pk")[: MOST_LIENS + 1])
    liens = rows[:MOST_LIENS]
    filings = _filings(liens)
    since, until = _span(liens, filings)
    return Liens(
        lines=[_line(lien, filings[lien.pk], since, until) for lien in liens],
        since=since,
        until=until,
        today=_at(date.today(), since, until),  # noqa: DTZ011  a day, as registers count them
        more=len(rows) > MOST_LIENS,
    )


def _filings(liens: Sequence[Lien]) -> dict[int, list[FilingLine]]:
    found: dict[int, list[FilingLine]] = defaultdict(list)
    rows = Filing.objects.filter(lien__in=liens).order_by("filed_on", "pk").prefetch_related("parties", "collateral")
    for filing in rows:
        parties = list(filing.parties.all())
        found[filing.lien_id].append(
            FilingLine(
                filing=filing,
                secured=[one for one in parties if one.role == Role.SECURED],
                debtors=[one for one in parties if one.role == Role.DEBTOR],
                assignors=[one for one in parties if one.role == Role.ASSIGNOR],
                collateral=[one.text for one in filing.collateral.all()],
            )
        )
    return found


def _span(liens: Iterable[Lien], filings: dict[int, list[FilingLine]]) -> tuple[date | None, date | None]:
    days = [day for lien in liens for day in (lien.filed_on, lien.lapses_on) if day]
    days += [line.filing.filed_on for lines in filings.values() for line in lines if line.filing.filed_on]
    return (min(days), max([*days, date.today()])) if days else (None, None)  # noqa: DTZ011


def _line(lien: Lien, filings: list[FilingLine], since: date | None, until: date | None) -> LienLine:
    begins = lien.filed_on or next((line.filing.filed_on for line in filings if line.filing.filed_on), None)
    left, right = _at(begins, since, until), _at(lien.lapses_on or until, since, until)
    width = max(float(right or 0) - float(left or 0), 0.5) if left else 0
    names = dict.fromkeys(party.name for line in filings for party in line.secured)
    marks = [
        (at, f"{line.filing.get_action_display()}, {line.filing.filed_on}")
        for line in filings
        if (at := _at(line.filing.filed_on, since, until))
    ]
    return LienLine(lien=lien, filings=filings, secured=list(names), x=left, width=f"{width:.2f}", marks=marks)


def _at(day: date | None, since: date | None, until: date | None) -> str:
    """Per cent of the way from `since` to `until`; empty where there is nothing to say."""
    if day is None or since is None or until is None:
        return ""
    return f"{100 * (day - since).days / max((until - since).days, 1):.2f}"


# --- Facts ------------------------------------------------------------------------------------------
@dataclass(frozen=True, kw_only=True)
class FactLine:
    fact: Fact
    #: The value in one line, and the whole of it where that is longer.
    short: str
    whole: str


@dataclass(frozen=True, kw_only=True)
class SourceLine:
    """A source, what it said, and how it answered when it was last asked; None where nobody asked."""

    provider: str
    facts: list[FactLine]
    lookup: Lookup | None

    @property
    def label(self) -> str:
        """As people call it."""
        own = {"ucc": "UCC filings", "file": "Your lists"}
        return SOURCES[self.provider].label if self.provider in SOURCES else own.get(self.provider, self.provider)

    @property
    def tone(self) -> str:
        tones = {Outcome.FOUND: "good", Outcome.EMPTY: "idle", Outcome.FAILED: "bad", Outcome.SKIPPED: "warn"}
        return tones[Outcome(self.lookup.outcome)] if self.lookup else "good"


def sources_of(facts: Iterable[Fact], lookups: Iterable[Lookup]) -> list[SourceLine]:
    told: dict[str, list[FactLine]] = defaultdict(list)
    for fact in facts:
        told[fact.provider].append(fact_line(fact))
    asked = {lookup.provider: lookup for lookup in lookups}
    return [
        SourceLine(provider=name, facts=told.get(name, []), lookup=asked.get(name))
        for name in sorted({*told, *asked}, key=lambda name: (name not in told, name))
    ]


def fact_line(fact: Fact) -> FactLine:
    short = summary(fact.value)
    nested = isinstance(fact.value, dict | list) and bool(fact.value)
    return FactLine(
        fact=fact, short=short, whole=json.dumps(fact.value, indent=2, ensure_ascii=False) if nested else ""
    )


def summary(value: Any) -> str:
    """A value as people read it: lists by their number and first entry, objects by their parts."""
    if value is None:
        return "—"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        if not value:
            return "none"
        first = summary(value[0])
        return first if len(value) == 1 else f"{len(value)}: {first} …"
    if isinstance(value, dict):
        return ", ".join(f"{_words(name)} {summary(part)}" for name, part in value.items() if part is not None)
    return str(value)


def _words(name: str) -> str:
    """`filings12Months` as `filings 12 months`."""
    out = ""
    for before, letter in zip(" " + name, name, strict=False):
        turn = (letter.isupper() and not before.isupper()) or (letter.isdigit() != before.isdigit() and before != " ")
        out += (" " if turn and out else "") + letter.lower()
    return out


# --- Jobs -------------------------------------------------------------------------------------------
def act(request: HttpRequest, prospect_id: str) -> HttpResponse:
    """POST `action=enrich`: start a job about this prospect, which the page follows; `rescore`: compute its score."""
    desk = desk_of(request)
    prospect = found(desk, prospect_id)
    action = request.POST.get("action") if request.method == "POST" else None
    if action == "enrich":
        handle = start(request, "data-enrichment", {"prospectIds": [str(prospect.public_id)], "force": True})
        if handle:
            return HttpResponseRedirect(f"{_address(prospect)}?job={handle.id}")
    elif action == "rescore":
        _rescore(request, desk, prospect)
        messages.success(request, "The score is computed anew.")
    return HttpResponseRedirect(_address(prospect))


def _rescore(request: HttpRequest, desk: Desk, prospect: Prospect) -> None:
    """At once: one prospect takes milliseconds, and no job is worth it."""
    with transaction.atomic():
        score_prospects(prospects=[prospect.pk], weights=current_weights(ProspectWeights, desk.tenant_id))
        audit.record(
            caller=desk.caller,
            action="prospect.rescore",
            target_type="prospect",
            target_id=str(prospect.public_id),
            tenant_id=prospect.tenant_id or None,
            details={"name": prospect.name},
            request_id=getattr(request, "request_id", None),
        )


def _address(prospect: Prospect) -> str:
    return reverse("prospects:prospect", args=[prospect.public_id])


urls = [page(UUID, show, name="prospect"), page(f"{UUID}/start", act, name="prospect-start", methods=GET_AND_POST)]
