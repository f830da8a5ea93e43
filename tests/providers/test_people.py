"""The provider of people, played by a local server in the documented shape."""

from typing import Any

import pytest

from providers import people
from providers.errors import AuthError, BadPayload, RateLimited, Rejected, Transient
from providers.http import Client, client_for
from providers.people import Person, profile_slug
from tests.providers.servers import KEY, FakeSource, Sources

PATH = "/v5/person/enrich"
FOUND: dict[str, Any] = {
    "status": 200,
    "likelihood": 8,
    "data": {
        "job_title": "head of safety",
        "job_company_name": "acme widgets",
        "work_email": "ada@acme.example",
        "skills": ["welding", "audit", "welding"],
        "linkedin_url": "linkedin.com/in/Ada-Kelm",
        "location_name": "albany, new york, united states",
    },
}


@pytest.fixture
def provider(source: Sources) -> FakeSource:
    return source("people-data-labs")


@pytest.fixture
def client(provider: FakeSource) -> Client:
    return client_for("people-data-labs")


@pytest.mark.parametrize(
    "profile",
    [
        "https://www.linkedin.com/in/ada-kelm",
        "https://www.linkedin.com/in/Ada-Kelm/?trk=public_profile&utm_source=x#about",
        "http://uk.linkedin.com/in/ada-kelm/en",
        "linkedin.com/in/ada-kelm/",
        " https://m.linkedin.com//in//ada-kelm/details/skills ",
    ],
)
def test_every_spelling_of_a_profile_has_one_key(profile: str) -> None:
    assert profile_slug(profile) == "ada-kelm"


def test_a_name_in_another_script_is_a_key_too() -> None:
    assert profile_slug("https://www.linkedin.com/in/j%C3%B6rg-m%C3%BCller") == "jörg-müller"


@pytest.mark.parametrize(
    "profile",
    [
        "",
        "ada-kelm",
        "https://linkedin.com.evil.example/in/ada-kelm",
        "https://evil-linkedin.com/in/ada-kelm",
        "https://linkedin.com@evil.example/in/ada-kelm",
        "https://www.linkedin.com/company/acme",
        "https://www.linkedin.com/in/",
        "https://www.linkedin.com/in/a b",
        "https://www.linkedin.com/in/ada%00kelm",
        "https://[oops/in/ada-kelm",
    ],
)
def test_what_is_no_profile_is_refused(profile: str) -> None:
    with pytest.raises(ValueError, match=r"must be (an|the) address"):
        profile_slug(profile)


def test_a_match_becomes_a_person(provider: FakeSource, client: Client) -> None:
    provider.answers(PATH, json=FOUND)

    assert people.person(client, linkedin_slug="ada-kelm") == Person(
        likelihood=8,
        job_title="head of safety",
        employer="acme widgets",
        work_email="ada@acme.example",
        skills=("welding", "audit"),
        linkedin_slug="ada-kelm",
        location="albany, new york, united states",
    )
    [request] = provider.requests
    assert dict(request.args) == {"profile": "linkedin.com/in/ada-kelm", "min_likelihood": "6"}
    assert request.headers["X-Api-Key"] == KEY


def test_a_person_is_also_found_by_address_or_by_name_and_company(provider: FakeSource, client: Client) -> None:
    provider.answers(PATH, json=FOUND)

    people.person(client, email="ada@acme.example")
    people.person(client, name="Ada Kelm", company="Acme", least_likelihood=8)

    first, second = provider.requests
    assert dict(first.args) == {"email": "ada@acme.example", "min_likelihood": "6"}
    assert dict(second.args) == {"name": "Ada Kelm", "company": "Acme", "min_likelihood": "8"}


def test_nothing_to_ask_by_is_refused_without_a_call(provider: FakeSource, client: Client) -> None:
    with pytest.raises(Rejected, match="name with a company"):
        people.person(client, name="Ada Kelm")

    assert provider.requests == []


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (
            404,
            {"status": 404, "error": {"type": "not_found", "message": "No records were found matching your request"}},
        ),
        (200, {"status": 404}),
        (200, {**FOUND, "likelihood": 5}),
    ],
    ids=["404", "404 within", "unsure"],
)
def test_nobody_found_is_no_error(provider: FakeSource, client: Client, status: int, body: dict) -> None:
    provider.answers(PATH, status=status, json=body)

    assert people.person(client, email="nobody@acme.example") is None


def test_fields_that_the_contract_hides_are_empty(provider: FakeSource, client: Client) -> None:
    hidden = {
        "job_title": None,
        "work_email": True,
        "skills": None,
        "linkedin_url": "angel.co/x",
        "location_name": True,
    }
    provider.answers(PATH, json={"status": 200, "likelihood": 7, "data": hidden})

    found = people.person(client, linkedin_slug="ada-kelm")

    assert found == Person(
        likelihood=7, job_title="", employer="", work_email="", skills=(), linkedin_slug="", location=""
    )


@pytest.mark.parametrize(
    ("status", "error"), [(401, AuthError), (402, AuthError), (429, RateLimited), (500, Transient), (400, Rejected)]
)
@pytest.mark.parametrize("within", [False, True], ids=["by status", "within the body"])
def test_refusals_are_told_apart(
    provider: FakeSource, client: Client, status: int, error: type[Exception], within: bool
) -> None:
    body = {"status": status, "error": {"type": "x", "message": "the reason"}}
    provider.answers(PATH, status=200 if within else status, json=body)

    with pytest.raises(error, match="the reason"):
        people.person(client, email="ada@acme.example")


@pytest.mark.parametrize("body", ["", "{", "[]", '{"status": 200}', '{"data": {}, "likelihood": "high"}'])
def test_an_answer_that_is_none_is_refused(provider: FakeSource, client: Client, body: str) -> None:
    provider.answers(PATH, text=body)

    with pytest.raises(BadPayload):
        people.person(client, email="ada@acme.example")


def test_personal_data_are_not_cached(provider: FakeSource, client: Client) -> None:
    provider.answers(PATH, json=FOUND)

    people.person(client, email="ada@acme.example")
    people.person(client, email="ada@acme.example")

    assert len(provider.requests) == 2
