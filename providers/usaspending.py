"""USAspending: contracts that the US government awarded, without a key.

Source: POST /api/v2/search/spending_by_award/. All award types of one call must be of one group; these
are the contracts. Nothing is known from before 2007-10-01.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from .http import Client
from .loose_json import day, mapping, mappings, number, text

NAME = "usaspending"
KEPT = timedelta(days=1)
PAGE = 100
EARLIEST = date(2007, 10, 1)
CONTRACTS = ("A", "B", "C", "D")
_FIELDS = ("Award ID", "Recipient Name", "Award Amount", "Start Date", "Awarding Agency")


@dataclass(frozen=True, kw_only=True)
class Award:
    """key: by which usaspending.gov/award/KEY shows it. amount_usd: obligated so far over its whole life."""

    key: str
    award_id: str
    recipient: str
    amount_usd: Decimal | None
    starts_on: date | None
    agency: str


def contracts(client: Client, recipient: str, *, since: date, until: date, most: int = 500) -> tuple[Award, ...]:
    """Contracts of a recipient with an action between the days, the largest first, up to `most`.

    recipient: a UEI, or a name, which also finds names that contain it.
    """
    found: list[Award] = []
    for awards in _pages(client, recipient, since=max(since, EARLIEST), until=until):
        found += awards
        if len(found) >= most:
            break
    return tuple(found[:most])


def momentum(awards: Iterable[Award], *, as_of: date) -> Decimal | None:
    """Growth of the value of contracts begun in the last twelve months over the twelve before; None without those."""
    recent = before = Decimal(0)
    for award in awards:
        age = (as_of - award.starts_on).days if award.starts_on else -1
        if 0 <= age < 365:
            recent += award.amount_usd or 0
        elif 365 <= age < 730:
            before += award.amount_usd or 0
    return (recent - before) / before if before else None


def _pages(client: Client, recipient: str, *, since: date, until: date) -> Iterator[list[Award]]:
    page = 1
    while True:
        answer = client.post(
            "/api/v2/search/spending_by_award/", json=_asked(recipient, since, until, page), cache=KEPT
        )
        body = mapping(answer.json())
        rows = body.get("results")
        if not isinstance(rows, list):
            raise answer.bad("it has no list named results")
        awards = [_award(row) for row in mappings(rows) if text(row.get("Award ID"))]
        yield awards
        if not (rows and mapping(body.get("page_metadata")).get("hasNext")):
            return
        page += 1


def _asked(recipient: str, since: date, until: date, page: int) -> dict[str, Any]:
    return {
        "filters": {
            "award_type_codes": list(CONTRACTS),
            "recipient_search_text": [recipient],
            "time_period": [{"start_date": since.isoformat(), "end_date": until.isoformat()}],
        },
        "fields": list(_FIELDS),
        "sort": "Award Amount",
        "order": "desc",
        "page": page,
        "limit": PAGE,
    }


def _award(row: dict[str, Any]) -> Award:
    return Award(
        key=text(row.get("generated_internal_id")),
        award_id=text(row["Award ID"]),
        recipient=text(row.get("Recipient Name")),
        amount_usd=number(row.get("Award Amount")),
        starts_on=day(row.get("Start Date")),
        agency=text(row.get("Awarding Agency")),
    )
