"""Companies House, played by a local server in the shapes that its API gives."""

from datetime import date
from typing import Any

import pytest

from providers import companies_house
from providers.companies_house import Accounts, Charge, InsolvencyCase, company_number
from providers.errors import AuthError, BadPayload, NotFound, RateLimited, Rejected, Transient
from providers.http import Client, client_for
from tests.providers.servers import FakeSource, Sources

NUMBER = "SC123456"
PROFILE: dict[str, Any] = {
    "company_name": "ACME  WIDGETS LIMITED",
    "company_number": NUMBER,
    "company_status": "active",
    "type": "ltd",
    "date_of_creation": "1999-05-18",
    "sic_codes": ["62012", "62020"],
    "registered_office_address": {
        "premises": "4",
        "address_line_1": "Mill Lane",
        "locality": "Perth",
        "postal_code": "PH1 1AA",
        "country": "Scotland",
    },
    "accounts": {
        "next_due": "2027-09-30",
        "overdue": False,
        "last_accounts": {"made_up_to": "2025-12-31", "type": "full"},
        "accounting_reference_date": {"day": "31", "month": "12"},
    },
    "confirmation_statement": {"next_due": "2026-06-01", "overdue": True},
    "has_charges": True,
    "has_insolvency_history": False,
    "previous_company_names": [{"name": "OLD ACME LIMITED", "ceased_on": "2005-01-01"}],
    "links": {"charges": f"/company/{NUMBER}/charges"},
}


@pytest.fixture
def register(source: Sources) -> FakeSource:
    return source("companies-house")


@pytest.fixture
def client(register: FakeSource) -> Client:
    return client_for("companies-house")


def test_an_entry_becomes_a_profile(register: FakeSource, client: Client) -> None:
    register.answers(f"/company/{NUMBER}", json=PROFILE)

    found = companies_house.profile(client, "sc123456")

    assert (found.name, found.number, found.status, found.type) == ("ACME WIDGETS LIMITED", NUMBER, "active", "ltd")
    assert (found.created_on, found.dissolved_on) == (date(1999, 5, 18), None)
    assert found.sic_codes == ("62012", "62020")
    assert found.address == "4, Mill Lane, Perth, PH1 1AA, Scotland"
    assert found.accounts == Accounts(
        next_due=date(2027, 9, 30), overdue=False, made_up_to=date(2025, 12, 31), type="full", year_end=(12, 31)
    )
    assert (found.confirmation_due, found.confirmation_overdue) == (date(2026, 6, 1), True)
    assert (found.has_charges, found.has_insolvency_history) == (True, False)
    assert found.previous_names == ("OLD ACME LIMITED",)
    assert register.requests[0].authorization.password == ""


def test_what_the_register_leaves_out_is_unknown(register: FakeSource, client: Client) -> None:
    bare = {"company_name": "ACME", "company_number": NUMBER, "links": {"charges": "/x"}, "accounts": {}}
    register.answers(f"/company/{NUMBER}", json={**bare, "sic_codes": None, "confirmation_statement": "none"})

    found = companies_house.profile(client, NUMBER)

    assert (found.status, found.sic_codes, found.address, found.previous_names) == ("", (), "", ())
    assert (found.has_charges, found.has_insolvency_history, found.confirmation_due) == (None, None, None)
    assert found.accounts == Accounts(next_due=None, overdue=None, made_up_to=None, type="", year_end=None)


def test_an_account_type_of_null_in_quotes_is_none(register: FakeSource, client: Client) -> None:
    accounts = {"last_accounts": {"type": "null"}, "next_accounts": {"due_on": "2027-01-01", "overdue": True}}
    register.answers(f"/company/{NUMBER}", json={**PROFILE, "accounts": accounts})

    found = companies_house.profile(client, NUMBER).accounts

    assert (found.type, found.next_due, found.overdue) == ("", date(2027, 1, 1), True)


@pytest.mark.parametrize(
    ("given", "number"), [("1234567", "01234567"), (" sc 123456 ", "SC123456"), ("00000006", "00000006")]
)
def test_a_number_is_brought_to_eight_characters(given: str, number: str) -> None:
    assert company_number(given) == number


@pytest.mark.parametrize("given", ["", "123456789", "SC12/456", "../etc/x", "ÄB123456"])
def test_what_is_no_number_is_refused_without_a_call(register: FakeSource, client: Client, given: str) -> None:
    with pytest.raises(Rejected, match="eight characters"):
        companies_house.profile(client, given)

    assert register.requests == []


def test_an_unknown_number_is_not_found(register: FakeSource, client: Client) -> None:
    register.answers(
        f"/company/{NUMBER}",
        status=404,
        json={"errors": [{"error": "company-profile-not-found", "type": "ch:service"}]},
    )

    with pytest.raises(NotFound, match="company-profile-not-found"):
        companies_house.profile(client, NUMBER)


def test_a_wrong_key_names_the_variable(register: FakeSource, client: Client) -> None:
    register.answers("/search/companies", status=401, json={"error": "Invalid Authorization", "type": "ch:service"})

    with pytest.raises(AuthError, match="check COMPANIES_HOUSE_API_KEY"):
        companies_house.search(client, "Acme")


def test_too_many_calls_say_when_to_come_back(register: FakeSource, client: Client) -> None:
    register.answers(f"/company/{NUMBER}/officers", status=429, headers={"Retry-After": "120"})

    with pytest.raises(RateLimited) as caught:
        companies_house.officers(client, NUMBER)

    assert caught.value.retry_after == 120


@pytest.mark.parametrize("body", ["", "{", "[]", '"x"', '{"company_name": "X"}', "<html>"])
def test_an_entry_that_is_none_is_refused(register: FakeSource, client: Client, body: str) -> None:
    register.answers(f"/company/{NUMBER}", text=body)

    with pytest.raises(BadPayload):
        companies_house.profile(client, NUMBER)


def test_a_failing_register_is_worth_another_try(register: FakeSource, client: Client) -> None:
    register.answers(f"/company/{NUMBER}", status=502, text="Bad gateway")

    with pytest.raises(Transient):
        companies_house.profile(client, NUMBER)


def test_a_search_gives_hits_and_asks_for_no_more_than_a_hundred(register: FakeSource, client: Client) -> None:
    hit = {
        "title": "ACME WIDGETS LIMITED",
        "company_number": NUMBER,
        "company_status": "dissolved",
        "company_type": "ltd",
        "date_of_creation": "1999-05-18",
        "address_snippet": "4 Mill Lane, Perth, PH1 1AA",
    }
    register.answers("/search/companies", json={"kind": "search#companies", "items": [hit, {"title": "no number"}]})

    [found] = companies_house.search(client, 'Acme & "Co"', most=500)

    assert (found.number, found.name, found.status) == (NUMBER, "ACME WIDGETS LIMITED", "dissolved")
    assert (found.created_on, found.address) == (date(1999, 5, 18), "4 Mill Lane, Perth, PH1 1AA")
    assert dict(register.requests[0].args) == {"q": 'Acme & "Co"', "items_per_page": "100"}


@pytest.mark.parametrize("body", [{"items": []}, {"total_results": 0}])
def test_a_search_without_hits_is_empty(register: FakeSource, client: Client, body: dict) -> None:
    register.answers("/search/companies", json=body)

    assert companies_house.search(client, "Nobody") == ()


def test_officers_keep_names_roles_and_dates_alone(register: FakeSource, client: Client) -> None:
    officer = {
        "name": "KELM, Ada",
        "officer_role": "director",
        "occupation": "Engineer",
        "appointed_on": "2010-01-01",
        "resigned_on": "2020-02-02",
        "date_of_birth": {"month": 1, "year": 1970},
        "nationality": "British",
    }
    register.answers(f"/company/{NUMBER}/officers", json={"items": [officer, {"officer_role": "secretary"}]})

    [found] = companies_house.officers(client, NUMBER)

    assert (found.name, found.role, found.occupation) == ("KELM, Ada", "director", "Engineer")
    assert (found.appointed_on, found.resigned_on) == (date(2010, 1, 1), date(2020, 2, 2))
    assert "1970" not in repr(found)


def test_the_filing_history(register: FakeSource, client: Client) -> None:
    filing = {
        "transaction_id": "MzA",
        "category": "accounts",
        "type": "AA",
        "description": "accounts-with-accounts-type-full",
        "date": "2026-09-01",
    }
    register.answers(f"/company/{NUMBER}/filing-history", json={"total_count": 1, "items": [filing]})

    [found] = companies_house.filing_history(client, NUMBER)

    assert (found.transaction_id, found.category, found.type) == ("MzA", "accounts", "AA")
    assert (found.description, found.filed_on) == ("accounts-with-accounts-type-full", date(2026, 9, 1))


def test_charges_name_their_lenders(register: FakeSource, client: Client) -> None:
    open_charge = {
        "id": "abc",
        "status": "outstanding",
        "created_on": "2024-03-01",
        "delivered_on": "2024-03-05",
        "persons_entitled": [{"name": "Example Bank PLC"}, {"name": "Example Bank PLC"}, {}],
    }
    paid = {"charge_number": 2, "status": "fully-satisfied", "satisfied_on": "2025-01-01"}
    register.answers(f"/company/{NUMBER}/charges", json={"items": [open_charge, paid]})

    first, second = companies_house.charges(client, NUMBER)

    assert first == Charge(
        id="abc",
        status="outstanding",
        created_on=date(2024, 3, 1),
        delivered_on=date(2024, 3, 5),
        satisfied_on=None,
        persons_entitled=("Example Bank PLC",),
    )
    assert first.is_outstanding
    assert (second.id, second.satisfied_on, second.is_outstanding) == ("2", date(2025, 1, 1), False)


def test_insolvency_cases_have_dated_events(register: FakeSource, client: Client) -> None:
    case = {
        "number": 1,
        "type": "compulsory-liquidation",
        "dates": [{"type": "wound-up-on", "date": "2024-05-01"}, {"type": "due-to-be-dissolved-on"}],
        "practitioners": [{"name": "Somebody"}],
    }
    register.answers(f"/company/{NUMBER}/insolvency", json={"cases": [case]})

    assert companies_house.insolvency(client, NUMBER) == (
        InsolvencyCase(number="1", type="compulsory-liquidation", dates=(("wound-up-on", date(2024, 5, 1)),)),
    )


@pytest.mark.parametrize("part", ["charges", "insolvency", "officers", "filing-history"])
def test_a_part_that_is_not_there_is_empty_and_one_that_is_no_list_is_refused(
    register: FakeSource, client: Client, part: str
) -> None:
    ask = getattr(companies_house, part.replace("-", "_"))
    register.answers(f"/company/{NUMBER}/{part}", status=404, once=True, json={"errors": [{"error": "not-found"}]})

    assert ask(client, NUMBER) == ()

    register.answers(f"/company/00000001/{part}", json={"items": "x", "cases": 7})
    with pytest.raises(BadPayload, match="no list named"):
        ask(client, "1")
