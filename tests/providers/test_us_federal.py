"""OSHA, USPTO, Census, SAM.gov and USAspending, played by a local server in their documented shapes."""

import json
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from jobs.errors import ErrorClass, classify_error
from providers import census, osha, sam, usaspending, uspto
from providers.errors import BadPayload, RateLimited, Rejected
from providers.http import client_for
from providers.models import SourceState
from tests.providers.servers import Sources

OSHA_PATHS = {"inspection": "/get/OSHA/inspection/json", "violation": "/get/OSHA/violation/json"}
USPTO_PATH = "/api/v1/patent/applications/search"
CBP = "/data/2023/cbp"
SPENDING = "/api/v2/search/spending_by_award/"
INSPECTION = {
    "activity_nr": 316421,
    "estab_name": "ACME FOUNDRY",
    "site_address": "1 MILL RD",
    "site_city": "TOLEDO",
    "site_state": "OH",
    "site_zip": "43604",
    "naics_code": "331511",
    "insp_type": "A",
    "union_status": "N",
    "nr_in_estab": "120",
    "open_date": "2026-05-04T00:00:00",
    "close_case_date": None,
}
VIOLATION = {
    "activity_nr": "316421",
    "citation_id": "01001A",
    "delete_flag": "",
    "standard": "19101030 D01",
    "viol_type": "S",
    "issuance_date": "2026-06-01",
    "current_penalty": "4100.5",
    "initial_penalty": 8200,
}


@pytest.mark.parametrize(
    ("name", "path", "ask"),
    [
        ("osha", OSHA_PATHS["inspection"], lambda client: osha.inspections(client, "Acme")),
        ("uspto", USPTO_PATH, lambda client: uspto.patents(client, "Acme")),
        ("census", CBP, lambda client: census.industry(client, "325", state="39")),
        ("sam", "/entity-information/v4/entities", lambda client: sam.entities(client, uei="ABCDEFGHJKL1")),
        (
            "usaspending",
            SPENDING,
            lambda client: usaspending.contracts(client, "Acme", since=date(2025, 1, 1), until=date(2026, 1, 1)),
        ),
    ],
)
def test_each_source_that_asks_for_a_pause_is_a_rate_limit(source: Sources, name: str, path: str, ask: Any) -> None:
    source(name).answers(path, status=429, headers={"Retry-After": "30"}, text="slow down")

    with pytest.raises(RateLimited) as raised:
        ask(client_for(name))

    assert classify_error(raised.value).error_class is ErrorClass.RATE_LIMIT
    assert raised.value.retry_after == 30


@pytest.mark.parametrize(
    ("name", "path", "ask"),
    [
        ("osha", OSHA_PATHS["inspection"], lambda client: osha.inspections(client, "Acme")),
        ("uspto", USPTO_PATH, lambda client: uspto.patents(client, "Acme")),
        ("census", CBP, lambda client: census.industry(client, "325", state="39")),
        ("sam", "/entity-information/v4/entities", lambda client: sam.entities(client, name="Acme")),
        (
            "usaspending",
            SPENDING,
            lambda client: usaspending.contracts(client, "Acme", since=date(2025, 1, 1), until=date(2026, 1, 1)),
        ),
    ],
)
@pytest.mark.parametrize("body", ['{"error": "we are sorry"}', "<html></html>"])
def test_an_answer_in_another_shape_is_told_from_an_empty_one(
    source: Sources, name: str, path: str, ask: Any, body: str
) -> None:
    source(name).answers(path, text=body)

    with pytest.raises(BadPayload):
        ask(client_for(name))


# --- OSHA -----------------------------------------------------------------------------------------


def test_inspections_are_asked_for_by_the_beginning_of_a_name(source: Sources) -> None:
    fake = source("osha")
    fake.answers(OSHA_PATHS["inspection"], json={"data": [INSPECTION, {"estab_name": "NO NUMBER"}]})

    (found,) = osha.inspections(client_for("osha"), "Acme 100% Foundry", state="OH")

    asked = json.loads(fake.requests[0].args["filter_object"])
    assert asked == {
        "and": [
            {"field": "estab_name", "operator": "like", "value": "ACME 100 FOUNDRY%"},
            {"field": "site_state", "operator": "eq", "value": "OH"},
        ]
    }
    assert (found.activity_number, found.employees, found.opened_on) == ("316421", 120, date(2026, 5, 4))
    assert found.closed_on is None


def test_inspections_from_before_are_left_out_here_whatever_the_service_compares(source: Sources) -> None:
    old = INSPECTION | {"activity_nr": 2, "open_date": "2019-01-01"}
    source("osha").answers(OSHA_PATHS["inspection"], json={"data": [INSPECTION, old]})

    found = osha.inspections(client_for("osha"), "Acme", since=date(2024, 1, 1))

    assert [one.activity_number for one in found] == ["316421"]


def test_violations_come_with_exact_penalties_and_whether_they_count(source: Sources) -> None:
    withdrawn = VIOLATION | {"citation_id": "01002", "delete_flag": "X"}
    source("osha").answers(OSHA_PATHS["violation"], json={"data": [VIOLATION, withdrawn]})

    first, second = osha.violations(client_for("osha"), ["316421"])

    assert (first.type, first.issued_on, first.deleted) == ("S", date(2026, 6, 1), False)
    assert (first.current_penalty, first.initial_penalty) == (Decimal("4100.5"), Decimal(8200))
    assert second.deleted


def test_violations_of_many_inspections_take_one_call_for_twenty(source: Sources) -> None:
    fake = source("osha")
    fake.answers(OSHA_PATHS["violation"], status=204)

    assert osha.violations(client_for("osha"), [str(number) for number in range(45)]) == ()

    sizes = [len(json.loads(request.args["filter_object"])["or"]) for request in fake.requests]
    assert sizes == [20, 20, 5]


@pytest.mark.parametrize("status", [200, 204])
def test_an_empty_answer_of_osha_is_nothing_found(source: Sources, status: int) -> None:
    source("osha").answers(OSHA_PATHS["inspection"], status=status, content=b"")

    assert osha.inspections(client_for("osha"), "Acme") == ()


# --- USPTO ----------------------------------------------------------------------------------------


def test_patents_come_with_their_assignees(source: Sources) -> None:
    fake = source("uspto")
    about = {
        "inventionTitle": "WIDGET",
        "filingDate": "2024-03-01",
        "grantDate": "2026-01-06",
        "patentNumber": "12345678",
        "firstApplicantName": "ACME INC.",
    }
    assigned = [{"assigneeBag": [{"assigneeNameText": "ACME INC."}, {"assigneeNameText": "BANK"}]}]
    row = {"applicationNumberText": "18123456", "applicationMetaData": about, "assignmentBag": assigned}
    fake.answers(USPTO_PATH, json={"count": 7, "patentFileWrapperDataBag": [row, {}]})

    found = uspto.patents(client_for("uspto"), 'Acme "Inc."', filed=(date(2024, 1, 1), date(2026, 1, 1)))

    asked = fake.requests[0].get_json()
    assert asked["q"] == 'applicationMetaData.firstApplicantName:"Acme Inc."'
    assert asked["rangeFilters"][0]["valueTo"] == "2026-01-01"
    assert found.total == 7
    assert found.patents[0].granted_on == date(2026, 1, 6)
    assert found.patents[0].assignees == ("ACME INC.", "BANK")
    assert len(found.patents) == 1


def test_404_of_the_patent_office_is_nothing_found(source: Sources) -> None:
    source("uspto").answers(USPTO_PATH, status=404, json={"code": 404, "error": "Not Found"})

    assert uspto.patents(client_for("uspto"), "Nobody") == uspto.Found(total=0, patents=())


def test_the_patent_office_is_left_alone_for_five_seconds_at_least(source: Sources) -> None:
    source("uspto").answers(USPTO_PATH, status=429, headers={"Retry-After": "1"})

    with pytest.raises(RateLimited) as raised:
        uspto.patents(client_for("uspto"), "Acme")

    assert raised.value.retry_after == 5


# --- Census ---------------------------------------------------------------------------------------


def test_a_table_becomes_industries_by_county(source: Sources) -> None:
    fake = source("census")
    header = ["NAME", "ESTAB", "EMP", "PAYANN", "NAICS2017", "state", "county"]
    withheld = ["Adams County, Ohio", "3", "-666666666", "-888888888", "325", "39", "001"]
    fake.answers(CBP, json=[header, ["Cuyahoga County, Ohio", "120", "8100", "654321", "325", "39", "035"], withheld])

    first, second = census.industry(client_for("census"), "325", state="39")

    assert fake.requests[0].args.to_dict() | {"key": "…"} == {
        "get": "NAME,ESTAB,EMP,PAYANN",
        "for": "county:*",
        "in": "state:39",
        "NAICS2017": "325",
        "key": "…",
    }
    assert (first.county, first.establishments, first.employees, first.payroll_usd) == (
        "035",
        120,
        8100,
        Decimal(654_321_000),
    )
    assert (second.establishments, second.employees, second.payroll_usd) == (3, None, None)


def test_nobody_counted_is_no_industry(source: Sources) -> None:
    source("census").answers(CBP, status=204)

    assert census.industry_of_state(client_for("census"), "325", state="39") is None
    assert census.industry_of_country(client_for("census"), "325") is None


@pytest.mark.parametrize(
    "given",
    [{"naics": "3", "state": "39"}, {"naics": "325", "state": "OH"}, {"naics": "325", "state": "39", "county": "35"}],
)
def test_codes_are_checked_before_anything_is_asked(source: Sources, given: dict[str, Any]) -> None:
    fake = source("census")

    with pytest.raises(Rejected, match="digits"):
        census.industry(client_for("census"), **given)

    assert not fake.requests


def test_the_location_quotient_is_the_golden_one() -> None:
    found = census.location_quotient(local=1_200, local_all=50_000, national=1_000_000, national_all=150_000_000)

    assert found == Decimal("3.6")
    assert census.location_quotient(local=1, local_all=0, national=1, national_all=1) is None


# --- SAM.gov --------------------------------------------------------------------------------------


def test_an_entity_says_whether_it_is_barred(source: Sources) -> None:
    entry = {
        "ueiSAM": "ABCDEFGHJKL1",
        "cageCode": "1ABC2",
        "legalBusinessName": "ACME INC",
        "registrationStatus": "Active",
        "registrationExpirationDate": "2027-01-31",
        "exclusionStatusFlag": "N",
    }
    source("sam").answers(
        "/entity-information/v4/entities",
        json={"totalRecords": 1, "entityData": [{"entityRegistration": entry, "coreData": {}}]},
    )

    (found,) = sam.entities(client_for("sam"), uei="ABCDEFGHJKL1")

    assert (found.name, found.expires_on, found.excluded) == ("ACME INC", date(2027, 1, 31), False)


@pytest.mark.parametrize("signed", ["2025-09-30T00:00:00Z", "09/30/2025", "9/30/2025"])
def test_awards_spell_their_numbers_and_days_in_several_ways(source: Sources, signed: str) -> None:
    details = {
        "dates": {"dateSigned": signed},
        "dollars": {"actionObligation": "202.39"},
        "totalContractDollars": {"totalActionObligation": "38847444.67"},
        "awardeeData": {"awardeeHeader": {"awardeeName": "ACME INC"}},
    }
    source("sam").answers(
        "/contract-awards/v1/search",
        json={"totalRecords": "1", "awardSummary": [{"contractId": {"piid": "W911"}, "awardDetails": details}]},
    )

    (found,) = sam.awards(client_for("sam"), "ABCDEFGHJKL1")

    assert (found.piid, found.awardee, found.signed_on) == ("W911", "ACME INC", date(2025, 9, 30))
    assert (found.obligated_usd, found.total_usd) == (Decimal("202.39"), Decimal("38847444.67"))


@pytest.mark.parametrize(
    "empty",
    [
        {"status": 204},
        {"json": {"totalRecords": 0, "awardSummary": []}},
        {"json": {"awardResponse": {"totalRecords": "0", "limit": "100"}}},
    ],
)
def test_no_awards_come_in_several_shapes(source: Sources, empty: dict[str, Any]) -> None:
    source("sam").answers("/contract-awards/v1/search", **empty)

    assert sam.awards(client_for("sam"), "ABCDEFGHJKL1") == ()


def test_opportunities_are_asked_for_in_american_days(source: Sources) -> None:
    fake = source("sam")
    award = {"date": "2026-02-03", "amount": "150000", "awardee": {"name": "ACME INC", "ueiSAM": "ABCDEFGHJKL1"}}
    row = {"noticeId": "n1", "title": "Widgets", "type": "Award Notice", "naicsCode": "332710", "award": award}
    fake.answers("/opportunities/v2/search", json={"totalRecords": 1, "opportunitiesData": [row]})

    (found,) = sam.opportunities(client_for("sam"), posted_from=date(2026, 1, 2), posted_to=date(2026, 3, 4))

    assert (fake.requests[0].args["postedFrom"], fake.requests[0].args["postedTo"]) == ("01/02/2026", "03/04/2026")
    assert (found.awarded_usd, found.awardee, found.awarded_on) == (Decimal(150_000), "ACME INC", date(2026, 2, 3))


def test_opportunities_of_more_than_a_year_are_refused(source: Sources) -> None:
    source("sam")

    with pytest.raises(Rejected, match="at most a year"):
        sam.opportunities(client_for("sam"), posted_from=date(2024, 1, 1), posted_to=date(2026, 1, 1))


def test_a_used_up_quota_holds_until_midnight_for_everybody(source: Sources) -> None:
    body = {"code": "900804", "message": "Message throttled out", "nextAccessTime": "2026-Nov-23 00:00:00+0000 UTC"}
    fake = source("sam")
    fake.answers("/entity-information/v4/entities", status=429, json=body)

    with pytest.raises(RateLimited, match="00:00 UTC") as raised:
        sam.entities(client_for("sam"), name="Acme")
    with pytest.raises(RateLimited):
        sam.entities(client_for("sam"), name="Another")

    until = SourceState.objects.get(name="sam").paused_until
    midnight = sam.seconds_to_midnight(datetime.now(UTC))
    assert abs(raised.value.retry_after - midnight) < 60
    assert abs((until - datetime.now(UTC)).total_seconds() - midnight) < 120
    assert len(fake.requests) == 1


def test_midnight_is_that_of_utc() -> None:
    assert sam.seconds_to_midnight(datetime(2026, 11, 22, 23, 30, tzinfo=UTC)) == 1800


# --- USAspending ----------------------------------------------------------------------------------


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
