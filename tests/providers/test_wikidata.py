"""Wikidata, played by a local server in the shape of the SPARQL protocol."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from providers import wikidata
from providers.errors import BadPayload, RateLimited, Rejected, Transient
from providers.http import Client, client_for
from providers.wikidata import Listing
from tests.providers.servers import FakeSource, Sources

PATH = "/sparql"


@pytest.fixture
def service(source: Sources) -> FakeSource:
    return source("wikidata")


@pytest.fixture
def client(service: FakeSource) -> Client:
    return client_for("wikidata")


def row(property_name: str, value: str, *, item: str = "Q1", **more: str) -> dict[str, Any]:
    """One binding: `label`, `at` and `extra` as the query names them."""
    told = {"item": f"http://www.wikidata.org/entity/{item}", "itemLabel": "Acme", "property": property_name}
    names = {"label": "valueLabel"}
    told |= {"value": value} | {names.get(name, name): text for name, text in more.items()}
    return {name: {"type": "literal", "value": text} for name, text in told.items()}


def answer(*rows: dict[str, Any]) -> dict[str, Any]:
    return {"head": {"vars": []}, "results": {"bindings": list(rows)}}


def test_rows_of_one_item_become_one_company(service: FakeSource, client: Client) -> None:
    service.answers(
        PATH,
        json=answer(
            row("website", "https://acme.example/"),
            row("headquarters", "http://www.wikidata.org/entity/Q60", label="New York City"),
            row("industry", "http://www.wikidata.org/entity/Q901", label="retail"),
            row("industry", "http://www.wikidata.org/entity/Q900", label="bakery"),
            row("employees", "120", at="2019-01-01T00:00:00Z"),
            row("employees", "95", at="2024-06-01T00:00:00Z"),
            row("employees", "900"),
            row("revenue", "5000000.5", at="2024-12-31T00:00:00Z", extra="USD"),
            row("revenue", "9000000", at="2020-12-31T00:00:00Z", extra="EUR"),
            row("founded", "1976-04-01T00:00:00Z", extra="11"),
            row("chief executive", "http://www.wikidata.org/entity/Q70", label="Old", at="2001-01-01T00:00:00Z"),
            row("chief executive", "http://www.wikidata.org/entity/Q71", label="New", at="2021-01-01T00:00:00Z"),
            row("exchange", "http://www.wikidata.org/entity/Q80", label="NYSE", extra="ACM"),
            row("logo", "http://commons.wikimedia.org/wiki/Special:FilePath/Acme.svg"),
        ),
    )

    [found] = wikidata.companies(client, name="Acme")

    assert (found.id, found.name, found.address) == ("Q1", "Acme", "https://www.wikidata.org/wiki/Q1")
    assert (found.employees, found.employees_as_of) == (95, date(2024, 6, 1))
    assert (found.revenue, found.revenue_as_of, found.currency) == (Decimal("5000000.5"), date(2024, 12, 31), "USD")
    assert (found.founded_year, found.founded_on) == (1976, date(1976, 4, 1))
    assert (found.headquarters, found.industries) == ("New York City", ("bakery", "retail"))
    assert (found.chief_executive, found.listings) == ("New", (Listing(exchange="NYSE", ticker="ACM"),))
    assert (found.website, found.logo[-8:]) == ("https://acme.example/", "Acme.svg")


def test_a_year_is_not_made_into_a_day(service: FakeSource, client: Client) -> None:
    service.answers(PATH, json=answer(row("founded", "1976-01-01T00:00:00Z", extra="9")))

    [found] = wikidata.companies(client, name="Acme")

    assert (found.founded_year, found.founded_on) == (1976, None)


def test_employees_without_any_date_are_taken_and_say_so(service: FakeSource, client: Client) -> None:
    service.answers(PATH, json=answer(row("employees", "80"), row("employees", "120")))

    [found] = wikidata.companies(client, name="Acme")

    assert (found.employees, found.employees_as_of) == (120, None)


def test_a_company_of_which_nothing_else_is_known(service: FakeSource, client: Client) -> None:
    bare = {name: cell for name, cell in row("", "").items() if name in {"item", "itemLabel"}}
    service.answers(PATH, json=answer(bare))

    [found] = wikidata.companies(client, name="Acme")

    assert (found.name, found.website, found.employees, found.revenue, found.currency) == ("Acme", "", None, None, "")
    assert (found.founded_year, found.industries, found.chief_executive, found.listings) == (None, (), "", ())


def test_unknown_values_count_for_nothing(service: FakeSource, client: Client) -> None:
    unknown = row("employees", "t123")
    unknown["value"]["type"] = "bnode"
    genid = row("chief executive", "http://www.wikidata.org/.well-known/genid/abc")
    service.answers(PATH, json=answer(unknown, genid))

    [found] = wikidata.companies(client, name="Acme")

    assert (found.employees, found.chief_executive) == (None, "")


def test_several_companies_of_one_name_stay_apart(service: FakeSource, client: Client) -> None:
    rows = [row("employees", "1", item="Q1"), row("employees", "2", item="Q2"), row("website", "x", item="Q1")]
    service.answers(PATH, json=answer(*rows))

    assert [(one.id, one.employees) for one in wikidata.companies(client, name="Acme")] == [("Q1", 1), ("Q2", 2)]


def test_nothing_found_is_empty(service: FakeSource, client: Client) -> None:
    service.answers(PATH, json=answer())

    assert wikidata.companies(client, name="Nobody") == ()


def test_the_query_leaves_out_the_dissolved_and_says_who_asks(service: FakeSource, client: Client) -> None:
    service.answers(PATH, json=answer())

    wikidata.companies(client, name="Acme")

    [request] = service.requests
    assert request.args["format"] == "json"
    assert "FILTER NOT EXISTS { ?item wdt:P576" in request.args["query"]
    assert request.headers["User-Agent"].startswith("Quarry/")


@pytest.mark.parametrize(
    ("name", "literal"),
    [
        ('Acme "Best" Co', r'"Acme \"Best\" Co"@en'),
        ('x\\" } DROP', r'"x\\\" } DROP"@en'),
        ("two\nlines\x00", '"two lines "@en'),
    ],
)
def test_a_name_cannot_leave_its_quotes(service: FakeSource, client: Client, name: str, literal: str) -> None:
    service.answers(PATH, json=answer())

    wikidata.companies(client, name=name)

    assert literal in service.requests[0].args["query"]


def test_a_site_is_asked_for_in_every_spelling(service: FakeSource, client: Client) -> None:
    service.answers(PATH, json=answer())

    wikidata.companies(client, name="ignored", website="https://WWW.acme.example/about")

    query = service.requests[0].args["query"]
    assert all(f"<{site}>" in query for site in ("https://www.acme.example/", "http://acme.example"))
    assert "ignored" not in query


def test_an_sec_number_is_asked_for_with_and_without_zeros(service: FakeSource, client: Client) -> None:
    service.answers(PATH, json=answer())

    wikidata.companies(client, cik="0000320193")

    assert '"0000320193" "320193"' in service.requests[0].args["query"]


@pytest.mark.parametrize(
    "asked", [{}, {"name": "  "}, {"website": "no site"}, {"website": "https://a.example>} #"}, {"website": "//[x"}]
)
def test_what_cannot_be_asked_for_is_refused_without_a_call(
    service: FakeSource, client: Client, asked: dict[str, str]
) -> None:
    with pytest.raises(Rejected):
        wikidata.companies(client, **asked)

    assert service.requests == []


def test_a_time_limit_in_the_middle_of_an_answer_is_worth_another_try(service: FakeSource, client: Client) -> None:
    service.answers(PATH, text='{"results": {"bindings": [ {\njava.util.concurrent.TimeoutException\n\tat java.base')

    with pytest.raises(Transient, match="ran out of time"):
        wikidata.companies(client, name="Acme")


@pytest.mark.parametrize("body", ["", "{", "[]", '{"results": {}}', '{"results": {"bindings": "x"}}'])
def test_an_answer_that_is_none_is_refused(service: FakeSource, client: Client, body: str) -> None:
    service.answers(PATH, text=body)

    with pytest.raises(BadPayload):
        wikidata.companies(client, name="Acme")


def test_a_throttle_says_when_to_come_back(service: FakeSource, client: Client) -> None:
    service.answers(PATH, status=429, headers={"Retry-After": "7"}, text="Too Many Requests")

    with pytest.raises(RateLimited) as caught:
        wikidata.companies(client, name="Acme")

    assert caught.value.retry_after == 7
