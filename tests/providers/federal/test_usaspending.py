"""Federal contracts, played by a local server in the documented shape."""

from datetime import date
from decimal import Decimal
from typing import Any

from providers import usaspending
from providers.http import client_for
from tests.providers.servers import Sources

from .paths import SPENDING


def spent(key: str, amount: Any, start: str | None) -> dict[str, Any]:
    return {
        "internal_id": 1,
        "Award ID": key,
        "Recipient Name": "ACME INC",
        "Award Amount": amount,
        "Start Date": start,
        "generated_internal_id": f"CONT_AWD_{key}",
    }


def test_contracts_are_collected_page_by_page(source: Sources) -> None:
    fake = source("usaspending")
    more, last = ({"page": page, "hasNext": page == 1} for page in (1, 2))
    fake.answers(SPENDING, json={"results": [spent("A1", 1200.5, "2026-01-01")], "page_metadata": more}, once=True)
    fake.answers(SPENDING, json={"results": [spent("A2", None, None)], "page_metadata": last}, once=True)

    found = usaspending.contracts(client_for("usaspending"), "Acme", since=date(2000, 1, 1), until=date(2026, 11, 22))

    asked = [request.get_json() for request in fake.requests]
    assert [one["page"] for one in asked] == [1, 2]
    assert asked[0]["filters"]["award_type_codes"] == ["A", "B", "C", "D"]
    assert asked[0]["filters"]["time_period"][0]["start_date"] == "2007-10-01"
    assert [(one.key, one.amount_usd, one.starts_on) for one in found] == [
        ("CONT_AWD_A1", Decimal("1200.5"), date(2026, 1, 1)),
        ("CONT_AWD_A2", None, None),
    ]


def test_no_more_pages_are_asked_for_than_are_wanted(source: Sources) -> None:
    fake = source("usaspending")
    results = [spent(f"A{number}", 1, None) for number in range(100)]
    fake.answers(SPENDING, json={"results": results, "page_metadata": {"hasNext": True}})
    client = client_for("usaspending")

    found = usaspending.contracts(client, "Acme", since=date(2025, 1, 1), until=date(2026, 1, 1), most=150)

    assert (len(found), len(fake.requests)) == (150, 2)


def test_momentum_compares_a_year_with_the_one_before() -> None:
    def award(start: date | None, amount: int) -> usaspending.Award:
        return usaspending.Award(
            key="", award_id="", recipient="", amount_usd=Decimal(amount), starts_on=start, agency=""
        )

    as_of = date(2026, 11, 22)
    awards = [award(date(2026, 6, 1), 150), award(date(2025, 6, 1), 100), award(date(2020, 1, 1), 999), award(None, 5)]

    assert usaspending.momentum(awards, as_of=as_of) == Decimal("0.5")
    assert usaspending.momentum(awards[:1], as_of=as_of) is None
