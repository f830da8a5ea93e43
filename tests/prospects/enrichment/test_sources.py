"""What each source's answers become as facts; the sources are played by local servers in their documented shapes."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from prospects.enrichment.enricher import Enricher, enrichers_for
from prospects.enrichment.sources import sec
from prospects.enrichment.subjects import Business, Kind
from prospects.models import Source
from providers.readiness import problem_with
from tests.providers.servers import Sources

pytestmark = pytest.mark.django_db

ACME = Business(kind=Kind.COMPANY, pk=1, name="Acme Foundry Inc.", country="US", region="OH", naics="331511")
PROSPECT = Business(kind=Kind.PROSPECT, pk=1, name="Acme Foundry Inc.", country="US", region="OH")
DAY = (datetime.now(UTC) - timedelta(days=40)).date().isoformat()
INSPECTION = {
    "activity_nr": 316421,
    "estab_name": "ACME FOUNDRY",
    "site_state": "OH",
    "insp_type": "A",
    "open_date": DAY,
}
VIOLATION = {
    "activity_nr": "316421",
    "citation_id": "01001A",
    "delete_flag": "",
    "standard": "19101030 D01",
    "viol_type": "S",
    "issuance_date": DAY,
    "current_penalty": "4100.5",
}


def adapter(name: str, kind: Kind = Kind.COMPANY) -> Enricher:
    [found] = enrichers_for(kind, [name])
    return found


def told(name: str, subject: Business = ACME) -> dict[str, Any]:
    one = adapter(name, subject.kind)
    assert (one.refusal(subject), one.source) == (None, Source.LIVE)
    return {fact.name: fact.value for fact in one.look_up(subject)}


def test_osha_tells_inspections_of_exactly_this_name_and_violations_that_stand(source: Sources) -> None:
    osha = source("osha")
    other = INSPECTION | {"activity_nr": 2, "estab_name": "ACME FOUNDRY SUPPLIES INC"}
    osha.answers("/get/OSHA/inspection/json", json={"data": [INSPECTION, other]})
    osha.answers("/get/OSHA/violation/json", json={"data": [VIOLATION, VIOLATION | {"delete_flag": "X"}]})

    found = told("osha", PROSPECT)

    assert found["inspections"] == [{"activity": "316421", "openedOn": DAY, "type": "A", "state": "OH"}]
    assert found["violations"] == [
        {
            "type": "S",
            "issuedOn": DAY,
            "penalty": "4100.5",
            "standard": "19101030 D01",
            "activity": "316421",
            "citation": "01001A",
        }
    ]
    assert "ACME FOUNDRY%" in osha.requests[0].args["filter_object"]


def test_a_clean_record_is_told_apart_from_nobody_having_looked(source: Sources) -> None:
    osha = source("osha")
    osha.answers("/get/OSHA/inspection/json", json={"data": [INSPECTION]}, once=True)
    osha.answers("/get/OSHA/inspection/json", json={"data": []})
    osha.answers("/get/OSHA/violation/json", status=204)

    assert told("osha")["violations"] == []
    assert told("osha", Business(kind=Kind.COMPANY, pk=2, name="Beta Mills", country="US")) == {}


def test_usaspending_tells_contracts_of_exactly_this_name(source: Sources) -> None:
    row = {
        "Award ID": "W912",
        "Recipient Name": "ACME FOUNDRY, INC.",
        "Award Amount": 5000.5,
        "Start Date": DAY,
        "generated_internal_id": "CONT_1",
    }
    rows = [row, row | {"Award ID": "X", "Recipient Name": "ACME FOUNDRY OF OHIO"}]
    source("usaspending").answers(
        "/api/v2/search/spending_by_award/", json={"results": rows, "page_metadata": {"hasNext": False}}
    )

    assert told("usaspending") == {
        "awards": [
            {
                "id": "W912",
                "amount": "5000.5",
                "startOn": DAY,
                "recipient": "ACME FOUNDRY, INC.",
                "url": "https://www.usaspending.gov/award/CONT_1",
            }
        ]
    }


def test_uspto_tells_patents_of_this_applicant(source: Sources) -> None:
    about = {
        "inventionTitle": "Mould",
        "filingDate": "2024-01-02",
        "grantDate": DAY,
        "patentNumber": "12345",
        "firstApplicantName": "Acme Foundry",
    }
    rows = [
        {"applicationNumberText": "17/1", "applicationMetaData": about},
        {"applicationNumberText": "17/2", "applicationMetaData": about | {"firstApplicantName": "Acme Foundry LLC"}},
    ]
    source("uspto").answers("/api/v1/patent/applications/search", json={"count": 2, "patentFileWrapperDataBag": rows})

    assert told("uspto") == {
        "patents": [
            {
                "application": "17/1",
                "number": "12345",
                "title": "Mould",
                "filedOn": "2024-01-02",
                "grantedOn": DAY,
            }
        ]
    }


def test_the_sec_is_asked_about_the_one_registrant_of_the_name(source: Sources) -> None:
    sec.forget_registrants()
    source("sec-files").answers(
        "/files/company_tickers.json", json={"0": {"cik_str": 320193, "ticker": "ACM", "title": "ACME FOUNDRY INC"}}
    )
    edgar = source("sec")
    recent = {
        "accessionNumber": ["0000320193-26-000001"],
        "form": ["10-K"],
        "filingDate": ["2026-02-10"],
        "reportDate": ["2025-12-31"],
        "primaryDocument": ["acm.htm"],
    }
    entry = {"cik": "320193", "name": "ACME FOUNDRY INC", "tickers": ["ACM"], "sic": "3320"}
    edgar.answers("/submissions/CIK0000320193.json", json=entry | {"filings": {"recent": recent}})
    year = {"start": "2025-01-01", "end": "2025-12-31", "val": 1200, "accn": "a", "form": "10-K", "filed": "2026-02-10"}
    for tag in sec.REVENUE_TAGS:
        path = f"/api/xbrl/companyconcept/CIK0000320193/us-gaap/{tag}.json"
        if tag == "Revenues":
            edgar.answers(path, json={"units": {"USD": [year]}})
        else:
            edgar.answers(path, status=404)

    found = told("sec", PROSPECT)

    assert (found["cik"], found["ticker"], found["industryCodes"]) == ("0000320193", "ACM", ["3320"])
    assert found["revenue"] == [
        {"periodEnd": "2025-12-31", "months": 12, "value": "1200", "currency": "USD", "filedOn": "2026-02-10"}
    ]
    assert found["filings"][0]["url"].endswith("/320193/000032019326000001/acm.htm")
    assert told("sec", Business(kind=Kind.COMPANY, pk=2, name="Beta Mills", country="US")) == {}


def test_sam_tells_the_registration(source: Sources) -> None:
    entry = {
        "ueiSAM": "ABCDEFGHJKL1",
        "cageCode": "1A2B3",
        "legalBusinessName": "ACME FOUNDRY INC",
        "registrationStatus": "Active",
        "registrationExpirationDate": "2027-01-31",
        "exclusionStatusFlag": "N",
    }
    source("sam").answers(
        "/entity-information/v4/entities", json={"totalRecords": 1, "entityData": [{"entityRegistration": entry}]}
    )

    assert told("sam") == {
        "uei": "ABCDEFGHJKL1",
        "samRegistration": {"status": "Active", "expiresOn": "2027-01-31", "excluded": False, "cage": "1A2B3"},
    }


def test_the_census_tells_the_size_of_the_industry_in_the_state(source: Sources) -> None:
    census = source("census")
    census.answers(
        "/data/2023/cbp",
        json=[["NAME", "ESTAB", "EMP", "PAYANN", "NAICS2017", "state"], ["Ohio", "40", "-1", "900", "331511", "39"]],
    )

    assert told("census")["industryInState"] == {
        "year": 2023,
        "naics": "331511",
        "state": "OH",
        "establishments": 40,
        "employees": None,
        "payrollThousands": 900,
    }
    assert census.requests[0].args["for"] == "state:39"
    nowhere = Business(kind=Kind.COMPANY, pk=1, name="Acme", country="US", region="OH")
    assert "NAICS" in (adapter("census").refusal(nowhere) or "")


def test_gdelt_tells_headlines_that_name_the_company(source: Sources) -> None:
    article = {"url": "https://n.example/1", "title": "Acme Foundry wins a contract", "seendate": "20260114T101500Z"}
    other = article | {"url": "https://n.example/2", "title": "Ohio weather"}
    source("gdelt").answers("/api/v2/doc/doc", json={"articles": [article, other]})

    assert told("gdelt") == {
        "articles": [
            {
                "title": "Acme Foundry wins a contract",
                "url": "https://n.example/1",
                "publishedAt": "2026-01-14T10:15:00+00:00",
                "source": "n.example",
            }
        ]
    }


def test_wikidata_tells_what_is_known_of_the_one_company_of_the_name(source: Sources) -> None:
    def row(name: str, value: str, item: str = "Q1", **more: str) -> dict[str, Any]:
        told = {"item": f"http://www.wikidata.org/entity/{item}", "itemLabel": "Acme Foundry", "property": name}
        return {key: {"type": "literal", "value": text} for key, text in (told | {"value": value} | more).items()}

    wikidata = source("wikidata")
    rows = [row("employees", "95", at="2024-06-01T00:00:00Z"), row("website", "https://acme.example/")]
    wikidata.answers("/sparql", json={"results": {"bindings": rows}}, once=True)
    wikidata.answers("/sparql", json={"results": {"bindings": [*rows, row("employees", "7", item="Q2")]}})

    assert told("wikidata") == {"website": "https://acme.example/", "employees": 95}
    assert told("wikidata", Business(kind=Kind.COMPANY, pk=2, name="Acme Foundry")) == {}


def test_every_source_of_businesses_and_people_has_its_adapter() -> None:
    names = {one.name for kind in Kind for one in enrichers_for(kind)}

    assert names == {
        "census", "companies-house", "email-validation", "gdelt", "google-places", "osha",
        "people-data-labs", "rss", "sam", "sec", "usaspending", "uspto", "wikidata",
    }  # fmt: skip
    for kind in Kind:
        for one in enrichers_for(kind):
            assert one.problem() == (None if one.name == "email-validation" else problem_with(one.name))
