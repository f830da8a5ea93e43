"""SEC EDGAR, played by a local server in the shapes of its files and interfaces."""

import gzip
import json
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from providers import sec, sec_facts
from providers.errors import AuthError, BadPayload, NotFound, RateLimited, Rejected
from providers.http import client_for
from tests.providers.servers import FakeSource, Sources

CIK = "0000320193"
RECENT = {
    "accessionNumber": ["0000320193-25-000079", "0000320193-25-000073"],
    "form": ["10-K", "10-Q"],
    "filingDate": ["2025-10-31", "2025-08-01"],
    "reportDate": ["2025-09-27", "2025-06-28"],
    "primaryDocument": ["aapl-20250927.htm", "aapl-20250628.htm"],
}


def row(start: str | None, end: str, value: Any, filed: str, *, accession: str = "a-1", form: str = "10-K") -> Any:
    entry = {"end": end, "val": value, "accn": accession, "fy": 2025, "fp": "FY", "form": form, "filed": filed}
    return entry | ({"start": start} if start else {})


FACTS = {
    "cik": 320193,
    "facts": {
        "us-gaap": {
            "Revenues": {
                "units": {
                    "USD": [
                        row("2023-01-01", "2023-12-31", 1000, "2024-02-10", accession="a-23"),
                        row("2024-01-01", "2024-12-31", 1200, "2025-02-10", accession="a-24"),
                        row("2024-01-01", "2024-03-31", 250, "2024-05-01", accession="q-24", form="10-Q"),
                        row("2025-01-01", "2025-03-31", 400, "2025-05-01", accession="q-25", form="10-Q"),
                        row("2024-01-01", "2024-12-31", 1150, "2025-09-01", accession="b-24", form="10-K/A"),
                    ]
                }
            },
            "Assets": {
                "units": {
                    "USD": [
                        row(None, "2023-12-31", 5000, "2024-02-10"),
                        row(None, "2024-12-31", 6000, "2025-02-10"),
                    ]
                }
            },
            "EarningsPerShareBasic": {"units": {"USD/shares": [row("2024-01-01", "2024-12-31", 6.11, "2025-02-10")]}},
            "Broken": {"units": {"USD": [{"val": 5}, {"end": "soon", "filed": "2024-01-01", "val": 1}, "x"]}},
        }
    },
}


@pytest.fixture
def edgar(source: Sources) -> FakeSource:
    return source("sec")


@pytest.fixture
def revenues(edgar: FakeSource) -> tuple[sec.ReportedFact, ...]:
    edgar.answers(f"/api/xbrl/companyfacts/CIK{CIK}.json", json=FACTS)
    return sec_facts.select(sec.company_facts(client_for("sec"), CIK), ["SalesRevenueNet", "Revenues"])


def test_tickers_are_read_with_their_numbers(source: Sources) -> None:
    source("sec-files").answers(
        "/files/company_tickers.json",
        json={"0": {"cik_str": 320193, "ticker": "AAPL", "title": "Apple Inc."}, "1": {"cik_str": None, "ticker": "X"}},
    )

    found = sec.tickers(client_for("sec-files"))

    assert found == (sec.Registrant(cik=CIK, ticker="AAPL", name="Apple Inc."),)


def test_submissions_turn_parallel_lists_into_filings(edgar: FakeSource) -> None:
    entry = {"cik": "320193", "name": "Apple Inc.", "tickers": ["AAPL"], "exchanges": ["Nasdaq"], "sic": "3571"}
    edgar.answers(f"/submissions/CIK{CIK}.json", json={**entry, "filings": {"recent": RECENT, "files": []}})

    found = sec.submissions(client_for("sec"), 320193)

    assert (found.name, found.tickers, found.exchanges, found.sic) == ("Apple Inc.", ("AAPL",), ("Nasdaq",), "3571")
    assert found.filings[0] == sec.Filing(
        accession="0000320193-25-000079",
        form="10-K",
        filed_on=date(2025, 10, 31),
        period_end=date(2025, 9, 27),
        document="aapl-20250927.htm",
    )


def test_lists_that_differ_in_length_are_refused_where_rows_would_be_mixed_up(edgar: FakeSource) -> None:
    recent = {**RECENT, "form": ["10-K"]}
    edgar.answers(f"/submissions/CIK{CIK}.json", json={"name": "Apple Inc.", "filings": {"recent": recent}})

    with pytest.raises(BadPayload, match="differ in length"):
        sec.submissions(client_for("sec"), CIK)


def test_a_list_that_may_be_missing_is_left_out_when_it_is_ragged(edgar: FakeSource) -> None:
    recent = {**RECENT, "primaryDocument": ["only-one.htm"]}
    edgar.answers(f"/submissions/CIK{CIK}.json", json={"name": "Apple Inc.", "filings": {"recent": recent}})

    assert [filing.document for filing in sec.submissions(client_for("sec"), CIK).filings] == ["", ""]


def test_an_unknown_number_is_not_found(edgar: FakeSource) -> None:
    edgar.answers(f"/submissions/CIK{CIK}.json", status=404, text="NoSuchKey")

    with pytest.raises(NotFound):
        sec.submissions(client_for("sec"), CIK)


@pytest.mark.parametrize("given", ["", "12345678901", "AAPL", "-1"])
def test_what_is_no_number_is_rejected(given: str) -> None:
    with pytest.raises(Rejected):
        sec.cik_of(given)


def test_facts_are_exact_and_what_is_incomplete_is_left_out(edgar: FakeSource) -> None:
    body = gzip.compress(json.dumps(FACTS).encode())
    edgar.answers(f"/api/xbrl/companyfacts/CIK{CIK}.json", content=body, headers={"Content-Encoding": "gzip"})

    found = sec.company_facts(client_for("sec"), CIK)

    assert {fact.tag for fact in found} == {"Revenues", "Assets", "EarningsPerShareBasic"}
    (per_share,) = sec_facts.select(found, ["EarningsPerShareBasic"], unit="USD/shares")
    assert per_share.value == Decimal("6.11")
    assert (per_share.accession, per_share.fiscal_year, per_share.form) == ("a-1", 2025, "10-K")


def test_only_the_tags_that_are_asked_for_are_kept(edgar: FakeSource) -> None:
    edgar.answers(f"/api/xbrl/companyfacts/CIK{CIK}.json", json=FACTS)

    assert {fact.tag for fact in sec.company_facts(client_for("sec"), CIK, tags={"Assets"})} == {"Assets"}


def test_a_registrant_without_figures_has_none(edgar: FakeSource) -> None:
    edgar.answers(f"/api/xbrl/companyfacts/CIK{CIK}.json", status=404, text="<Error>NoSuchKey</Error>")

    assert sec.company_facts(client_for("sec"), CIK) == ()


def test_one_concept_is_a_small_answer_of_the_same_shape(edgar: FakeSource) -> None:
    concept = {"tag": "Assets", "units": FACTS["facts"]["us-gaap"]["Assets"]["units"]}
    edgar.answers(f"/api/xbrl/companyconcept/CIK{CIK}/us-gaap/Assets.json", json=concept)

    assert [fact.value for fact in sec.company_concept(client_for("sec"), CIK, "Assets")] == [5000, 6000]


def test_who_is_blocked_stays_away_for_ten_minutes(edgar: FakeSource) -> None:
    page = "<!DOCTYPE html><html><head>" + " " * 300 + "<title>SEC.gov | Request Rate Threshold Exceeded</title>"
    edgar.answers(f"/submissions/CIK{CIK}.json", status=403, text=page)

    with pytest.raises(RateLimited) as raised:
        sec.submissions(client_for("sec"), CIK)
    with pytest.raises(RateLimited):
        sec.submissions(client_for("sec"), 1)

    assert raised.value.retry_after == 600
    assert len(edgar.requests) == 1


def test_another_403_is_about_who_asks(edgar: FakeSource) -> None:
    edgar.answers(f"/submissions/CIK{CIK}.json", status=403, text="Your request originates from an undeclared tool")

    with pytest.raises(AuthError, match="undeclared tool"):
        sec.submissions(client_for("sec"), CIK)


def test_a_restated_year_counts_from_the_day_it_was_filed(revenues: tuple[sec.ReportedFact, ...]) -> None:
    before = sec_facts.annual(revenues, date(2025, 8, 31))
    after = sec_facts.annual(revenues, date(2025, 9, 1))

    assert [(fact.end.year, int(fact.value), fact.accession) for fact in before] == [
        (2023, 1000, "a-23"),
        (2024, 1200, "a-24"),
    ]
    assert [(fact.end.year, int(fact.value), fact.accession) for fact in after] == [
        (2023, 1000, "a-23"),
        (2024, 1150, "b-24"),
    ]


def test_nothing_of_the_future_is_known(revenues: tuple[sec.ReportedFact, ...]) -> None:
    assert [fact.end.year for fact in sec_facts.annual(revenues, date(2025, 2, 9))] == [2023]
    assert sec_facts.known_on(revenues, date(2020, 1, 1)) == ()


def test_the_trailing_year_adds_this_year_so_far_and_takes_last_years_part_away(
    revenues: tuple[sec.ReportedFact, ...],
) -> None:
    assert sec_facts.trailing_year(revenues, date(2025, 2, 10)) == 1200
    assert sec_facts.trailing_year(revenues, date(2025, 5, 1)) == 1200 + 400 - 250
    assert sec_facts.trailing_year(revenues, date(2020, 1, 1)) is None


def test_a_moment_is_the_last_one_known(edgar: FakeSource) -> None:
    edgar.answers(f"/api/xbrl/companyfacts/CIK{CIK}.json", json=FACTS)
    assets = sec_facts.select(sec.company_facts(client_for("sec"), CIK), ["Assets"])

    assert sec_facts.latest_moment(assets, date(2025, 2, 9)).value == 5000
    assert sec_facts.latest_moment(assets, date(2026, 1, 1)).value == 6000
    assert sec_facts.latest_moment(assets, date(2020, 1, 1)) is None
