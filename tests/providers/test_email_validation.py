"""Addresses judged as configured: offline, with DNS, and with a verifier played by a local server."""

from collections.abc import Iterator
from typing import Any

import dns.resolver
import pytest

from providers.catalogue import Limit
from providers.email_checks import Deliverability, EmailStatus, configured, validate_email
from providers.errors import AuthError, BadPayload, RateLimited, Transient
from tests.providers.name_server import NameServer, name_server
from tests.providers.servers import KEY, FakeSource, Sources

PATH = "/v2/email-verifier"
TAKES_MAIL = {"MX": ["10 mail.acme.example."]}


@pytest.fixture
def names(monkeypatch: pytest.MonkeyPatch) -> Iterator[NameServer]:
    """The machine's resolver, answered by a name server of the test."""
    with name_server({"acme.example": TAKES_MAIL, "mailinator.com": TAKES_MAIL}) as server:
        monkeypatch.setattr(configured, "system_resolver", server.resolver)
        yield server


@pytest.fixture
def verifier(source: Sources) -> FakeSource:
    return source("email-validation")


def says(verifier: FakeSource, status: str, **more: Any) -> None:
    data = {"status": status, "result": "x", "score": 90, "disposable": False, "accept_all": False, "webmail": False}
    verifier.answers(PATH, json={"data": data | more, "meta": {"params": {}}})


def test_switched_off_nothing_goes_out(names: NameServer) -> None:
    result = validate_email("ada@acme.example")

    assert (result.status, result.deliverability) == (EmailStatus.UNKNOWN, Deliverability.NOT_CHECKED)
    assert validate_email("ada@").status is EmailStatus.INVALID
    assert names.asked == []


def test_switched_on_without_a_key_dns_decides(names: NameServer, source: Sources) -> None:
    hunter = source("email-validation", key="")

    assert validate_email("ada@acme.example").status is EmailStatus.VALID
    assert validate_email("ada@gone.example").status is EmailStatus.INVALID
    assert names.asked == ["MX acme.example", "MX gone.example"]
    assert hunter.requests == []


def test_questions_to_dns_keep_the_limit(names: NameServer, source: Sources, settings: Any) -> None:
    settings.PROVIDER_LIMIT_WAIT = 0
    source("email-validation", key="", limit=Limit(count=1, seconds=60))

    validate_email("ada@acme.example")
    assert validate_email("not an address").status is EmailStatus.INVALID
    with pytest.raises(RateLimited, match="raise EMAIL_VALIDATION_LIMIT"):
        validate_email("eve@gone.example")

    assert names.asked == ["MX acme.example"]


def test_a_broken_name_server_does_not_open_the_circuit(
    source: Sources, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    source("email-validation", key="")
    with name_server({f"d{number}.example": "SERVFAIL" for number in range(6)}) as server:
        monkeypatch.setattr(configured, "system_resolver", server.resolver)

        results = [validate_email(f"ada@d{number}.example") for number in range(6)]

    assert all(result.retryable for result in results)


def test_a_machine_without_a_resolver_knows_nothing(source: Sources, monkeypatch: pytest.MonkeyPatch) -> None:
    def none() -> dns.resolver.Resolver:
        raise dns.resolver.NoResolverConfiguration

    source("email-validation", key="")
    monkeypatch.setattr(configured, "system_resolver", none)

    assert validate_email("ada@acme.example").status is EmailStatus.UNKNOWN


@pytest.mark.parametrize(
    ("status", "more", "found"),
    [
        ("valid", {}, Deliverability.DELIVERABLE),
        ("invalid", {}, Deliverability.UNDELIVERABLE),
        ("accept_all", {}, Deliverability.RISKY),
        ("valid", {"accept_all": True}, Deliverability.RISKY),
        ("disposable", {}, Deliverability.RISKY),
        ("webmail", {"webmail": True}, Deliverability.DELIVERABLE_UNKNOWN),
        ("unknown", {}, Deliverability.DELIVERABLE_UNKNOWN),
        ("a new word", {"score": "?"}, Deliverability.DELIVERABLE_UNKNOWN),
    ],
)
def test_the_verifier_settles_what_dns_cannot(
    names: NameServer, verifier: FakeSource, status: str, more: dict, found: Deliverability
) -> None:
    says(verifier, status, **more)

    result = validate_email("Ada+x@ACME.example")

    assert result.deliverability is found
    assert result.reason.endswith(".")
    assert result.mail_servers == ("mail.acme.example",)
    assert dict(verifier.requests[0].args) == {"email": "Ada+x@acme.example", "api_key": KEY}


def test_the_verifier_makes_no_role_a_person(names: NameServer, verifier: FakeSource) -> None:
    says(verifier, "valid")

    assert validate_email("info@acme.example").deliverability is Deliverability.RISKY


def test_the_verifier_is_not_paid_for_what_is_known_already(names: NameServer, verifier: FakeSource) -> None:
    for address in ("ada@", "ada@gone.example", "ada@mailinator.com"):
        validate_email(address)

    assert verifier.requests == []


def test_the_verifier_may_still_be_looking(names: NameServer, verifier: FakeSource) -> None:
    verifier.answers(PATH, status=202, json={"message": "in progress"})

    with pytest.raises(Transient) as caught:
        validate_email("ada@acme.example")

    assert caught.value.retry_after == 10


@pytest.mark.parametrize(("status", "error"), [(401, AuthError), (429, RateLimited), (500, Transient)])
def test_refusals_are_told_apart_and_keep_the_key(
    names: NameServer, verifier: FakeSource, status: int, error: type[Exception]
) -> None:
    verifier.answers(PATH, status=status, json={"errors": [{"id": "x", "code": status, "details": f"for {KEY}"}]})

    with pytest.raises(error) as caught:
        validate_email("ada@acme.example")

    assert KEY not in str(caught.value)


@pytest.mark.parametrize("body", ["", "{", "[]", '{"data": {}}'])
def test_an_answer_that_is_none_is_refused(names: NameServer, verifier: FakeSource, body: str) -> None:
    verifier.answers(PATH, text=body)

    with pytest.raises(BadPayload):
        validate_email("ada@acme.example")
