"""SAM.gov: registered entities, contract awards and opportunities of the US government.

Source: api.sam.gov with a key, whose calls are counted by the day: ten without a role, a thousand with one.
Past that, 429 until midnight UTC. For awards prefer providers/usaspending.py, which needs no key.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from .errors import RateLimited, Rejected
from .http import Answer, Client
from .loose_json import day, flag, mapping, mappings, number, text, whole

NAME = "sam"
KEPT = timedelta(days=1)
#: Rows of one answer of awards, and of opportunities.
AWARDS_PAGE = 100
OPPORTUNITIES_PAGE = 1000
LONGEST_SPAN = timedelta(days=365)
#: The code of a used-up quota.
_QUOTA = "900804"


@dataclass(frozen=True, kw_only=True)
class Entity:
    """excluded: barred from contracts; None where it does not say."""

    uei: str
    cage_code: str
    name: str
    registration_status: str
    expires_on: date | None
    excluded: bool | None


@dataclass(frozen=True, kw_only=True)
class Award:
    """obligated_usd: by this action; total_usd: of the contract so far."""

    piid: str
    awardee: str
    uei: str
    signed_on: date | None
    obligated_usd: Decimal | None
    total_usd: Decimal | None


@dataclass(frozen=True, kw_only=True)
class Opportunity:
    """awarded_*: of notices about an award; nothing otherwise."""

    notice_id: str
    title: str
    type: str
    naics: str
    posted_on: date | None
    awarded_on: date | None
    awarded_usd: Decimal | None
    awardee: str
    awardee_uei: str


def entities(client: Client, *, uei: str = "", name: str = "") -> tuple[Entity, ...]:
    """Registered entities by number, or by legal name."""
    if bool(uei) == bool(name):
        raise Rejected("Give either a uei or a name.", provider=NAME)
    params = {"ueiSAM": uei} if uei else {"legalBusinessName": name}
    rows = _rows(client, "/entity-information/v4/entities", params, "entityData")
    registrations = [mapping(row.get("entityRegistration")) for row in rows]
    return tuple(
        Entity(
            uei=text(entry["ueiSAM"]),
            cage_code=text(entry.get("cageCode")),
            name=text(entry.get("legalBusinessName")),
            registration_status=text(entry.get("registrationStatus")),
            expires_on=day(entry.get("registrationExpirationDate")),
            excluded=_excluded(entry.get("exclusionStatusFlag")),
        )
        for entry in registrations
        if text(entry.get("ueiSAM"))
    )


def awards(client: Client, uei: str, *, page: int = 0) -> tuple[Award, ...]:
    """Contract actions of an awardee, a hundred a page; the first page is 0."""
    params = {"awardeeUniqueEntityId": uei, "limit": AWARDS_PAGE, "offset": page}
    rows = _rows(client, "/contract-awards/v1/search", params, "awardSummary")
    return tuple(_award(row, uei) for row in rows if text(mapping(row.get("contractId")).get("piid")))


def opportunities(
    client: Client, *, posted_from: date, posted_to: date, naics: str = "", page: int = 0
) -> tuple[Opportunity, ...]:
    """Notices posted within at most a year, a thousand a page; the first page is 0."""
    if not timedelta(0) <= posted_to - posted_from <= LONGEST_SPAN:
        raise Rejected("posted_to must be at most a year after posted_from.", provider=NAME)
    params: dict[str, Any] = {
        "postedFrom": f"{posted_from:%m/%d/%Y}",
        "postedTo": f"{posted_to:%m/%d/%Y}",
        "limit": OPPORTUNITIES_PAGE,
        "offset": page,
    }
    if naics:
        params["ncode"] = naics
    rows = _rows(client, "/opportunities/v2/search", params, "opportunitiesData")
    return tuple(_opportunity(row) for row in rows if text(row.get("noticeId")))


def seconds_to_midnight(now: datetime) -> float:
    """Until the quota is new, at 00:00 UTC."""
    tomorrow = now.astimezone(UTC).date() + timedelta(days=1)
    return (datetime.combine(tomorrow, time(), UTC) - now).total_seconds()


def _rows(client: Client, path: str, params: dict[str, Any], name: str) -> list[dict[str, Any]]:
    answer = _get(client, path, params, empty=(204, 404))
    if answer.status in {204, 404} or not answer.content.strip():
        return []
    body = mapping(answer.json())
    rows = body.get(name)
    # Without results the list may be missing or null; the count is there then, for awards in an envelope.
    total = whole(mapping(body.get("awardResponse", body)).get("totalRecords"))
    if not isinstance(rows, list) and not (rows is None and total == 0):
        raise answer.bad(f"it has no list named {name}")
    return mappings(rows)


def _get(client: Client, path: str, params: dict[str, Any], *, empty: Collection[int]) -> Answer:
    try:
        return client.get(path, params=params, cache=KEPT, empty=empty)
    except RateLimited as error:
        if _QUOTA in error.body:
            message = "The day's calls of the SAM.gov key are used up; they are new at 00:00 UTC."
            raise client.throttled(seconds_to_midnight(datetime.now(UTC)), message) from error
        raise


def _day(value: Any) -> date | None:
    """SAM.gov writes days of awards as 2026-07-01 and as 07/01/2026."""
    month, _, rest = text(value).partition("/")
    on, _, year = rest.partition("/")
    return day(f"{year[:4]}-{month:0>2}-{on:0>2}") if year else day(value)


def _excluded(value: Any) -> bool | None:
    return flag(value) if isinstance(value, bool) else {"Y": True, "N": False}.get(text(value).upper())


def _award(row: dict[str, Any], uei: str) -> Award:
    details = mapping(row.get("awardDetails"))
    dollars = mapping(details.get("dollars"))
    totals = mapping(details.get("totalContractDollars"))
    awardee = mapping(mapping(details.get("awardeeData")).get("awardeeHeader"))
    return Award(
        piid=text(mapping(row["contractId"]).get("piid")),
        awardee=text(awardee.get("awardeeName")),
        uei=uei,
        signed_on=_day(mapping(details.get("dates")).get("dateSigned")),
        obligated_usd=number(dollars.get("actionObligation")),
        total_usd=number(totals.get("totalActionObligation")),
    )


def _opportunity(row: dict[str, Any]) -> Opportunity:
    award = mapping(row.get("award"))
    awardee = mapping(award.get("awardee"))
    return Opportunity(
        notice_id=text(row["noticeId"]),
        title=text(row.get("title")),
        type=text(row.get("type")),
        naics=text(row.get("naicsCode")),
        posted_on=day(row.get("postedDate")),
        awarded_on=day(award.get("date")),
        awarded_usd=number(award.get("amount")),
        awardee=text(awardee.get("name")),
        awardee_uei=text(awardee.get("ueiSAM")),
    )
