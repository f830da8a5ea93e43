"""Checks of e-mail addresses, with a name server on this machine."""

import time

import pytest
from disposable_email_domains import blocklist

from providers.email_checks import Deliverability, EmailCheck, EmailStatus, Route, check_email, mail_route
from providers.email_checks.words import FREE_MAIL, parents_of
from tests.providers.name_server import SILENCE, name_server

MAIL = {"MX": ["20 backup.acme.example.", "10 Mail.acme.example."]}


def checked(address: str, zone: dict | None = None, *, seconds: float = 5.0) -> EmailCheck:
    with name_server(zone or {}) as server:
        return check_email(address, resolver=server.resolver(), seconds=seconds)


@pytest.mark.parametrize(
    "address",
    [
        "",
        "ada",
        "ada@",
        "@acme.example",
        "ada@acme",
        "a b@acme.example",
        "ada@acme.example\r\nBcc: x@y.example",
        "a" * 300,
    ],
)
def test_wrong_syntax_is_invalid_with_a_reason(address: str) -> None:
    result = check_email(address, resolver=None)

    assert (result.deliverability, result.status) == (Deliverability.INVALID_SYNTAX, EmailStatus.INVALID)
    assert 0 < len(result.reason) <= 200
    assert result.address == address
    assert not result.retryable


def test_an_address_whose_domain_takes_mail_is_valid_and_normalised() -> None:
    result = checked("Ada.Kelm@ACME.Example", {"acme.example": MAIL})

    assert (result.deliverability, result.status) == (Deliverability.DELIVERABLE_UNKNOWN, EmailStatus.VALID)
    assert result.address == "Ada.Kelm@acme.example"
    assert result.mail_servers == ("mail.acme.example", "backup.acme.example")
    assert result.reason == "acme.example takes mail; whether the mailbox exists was not asked."
    assert not any((result.is_role, result.is_disposable, result.is_free_mail, result.retryable))


def test_without_mx_a_public_address_takes_the_mail() -> None:
    zone = {"four.example": {"A": ["93.184.216.34"]}, "six.example": {"AAAA": ["2606:2800:220:1::1"]}}

    assert checked("ada@four.example", zone).mail_servers == ("four.example",)
    assert checked("ada@six.example", zone).status is EmailStatus.VALID


@pytest.mark.parametrize(
    ("records", "reason"),
    [
        ("NXDOMAIN", "The domain acme.example does not exist."),
        ({"MX": ["0 ."]}, "The domain acme.example says that it takes no mail."),
        ({"TXT": ['"v=spf1 -all"']}, "The domain acme.example has no mail server and no public address."),
        ({"A": ["10.0.0.7"], "AAAA": ["fd00::7"]}, "The domain acme.example has no mail server and no public address."),
    ],
    ids=["no domain", "null MX", "no server", "private addresses"],
)
def test_a_domain_that_takes_no_mail_makes_the_address_invalid(records: dict | str, reason: str) -> None:
    result = checked("ada@acme.example", {"acme.example": records})

    assert (result.deliverability, result.status) == (Deliverability.UNDELIVERABLE, EmailStatus.INVALID)
    assert result.reason == reason
    assert not result.retryable


@pytest.mark.parametrize("code", ["SERVFAIL", "REFUSED"])
def test_a_failing_name_server_leaves_the_status_unknown_and_worth_another_try(code: str) -> None:
    result = checked("ada@acme.example", {"acme.example": code})

    assert (result.deliverability, result.status) == (Deliverability.NOT_CHECKED, EmailStatus.UNKNOWN)
    assert result.retryable
    assert result.reason == "DNS gave no answer about acme.example: no name server gave an answer."


def test_a_silent_name_server_is_waited_for_no_longer_than_said() -> None:
    begun = time.monotonic()

    result = checked("ada@acme.example", {"acme.example": SILENCE}, seconds=0.3)

    assert time.monotonic() - begun < 2
    assert (result.status, result.retryable) == (EmailStatus.UNKNOWN, True)
    assert result.reason == "DNS gave no answer about acme.example: the name server did not answer in time."


def test_the_time_is_that_of_all_questions_together() -> None:
    with name_server({"acme.example": {"TXT": ['"x"']}}) as server:
        route = mail_route("acme.example", resolver=server.resolver(), seconds=0.0)

    assert route.route is Route.UNANSWERED
    assert server.asked == []


@pytest.mark.parametrize("address", ["info@acme.example", "No-Reply@acme.example", "sales+spring@acme.example"])
def test_a_role_is_risky_and_unknown(address: str) -> None:
    result = checked(address, {"acme.example": MAIL})

    assert (result.deliverability, result.status) == (Deliverability.RISKY, EmailStatus.UNKNOWN)
    assert result.is_role
    assert result.reason.endswith("names a role, not a person.")


@pytest.mark.parametrize("domain", ["mailinator.com", "unlisted-by-name.mailinator.com"])
def test_a_disposable_domain_and_those_below_it_are_risky(domain: str) -> None:
    result = checked(f"ada@{domain}", {domain: MAIL})

    assert (result.deliverability, result.status) == (Deliverability.RISKY, EmailStatus.UNKNOWN)
    assert result.is_disposable
    assert domain in result.reason


def test_a_disposable_domain_that_takes_no_mail_is_invalid_all_the_same() -> None:
    assert checked("ada@mailinator.com").status is EmailStatus.INVALID


def test_a_public_mailbox_is_valid_and_marked() -> None:
    result = checked("ada.kelm@gmail.com", {"gmail.com": MAIL})

    assert result.is_free_mail
    assert result.status is EmailStatus.VALID


@pytest.mark.parametrize(
    ("address", "found"),
    [
        ("ada@acme.example", Deliverability.NOT_CHECKED),
        ("ada@mailinator.com", Deliverability.RISKY),
        ("info@acme.example", Deliverability.RISKY),
    ],
)
def test_without_dns_the_status_is_unknown_unless_the_syntax_is_wrong(address: str, found: Deliverability) -> None:
    result = check_email(address, resolver=None)

    assert (result.deliverability, result.status, result.retryable) == (found, EmailStatus.UNKNOWN, False)
    assert result.mail_servers == ()


def test_an_international_domain_is_asked_for_in_ascii() -> None:
    with name_server({"xn--bcher-kva.example": MAIL}) as server:
        result = check_email("ada@bücher.example", resolver=server.resolver())

    assert server.asked == ["MX xn--bcher-kva.example"]
    assert (result.address, result.domain) == ("ada@bücher.example", "xn--bcher-kva.example")
    assert result.reason.startswith("bücher.example takes mail")


def test_a_very_long_reason_is_cut() -> None:
    local, domain = "ada", ".".join(["d" * 60] * 3) + ".example"

    assert len(checked(f"{local}@{domain}").reason) == 200


def test_no_public_mailbox_counts_as_disposable_and_no_top_domain_is_looked_up() -> None:
    assert not FREE_MAIL & blocklist
    assert parents_of("a.b.example") == ["a.b.example", "b.example"]
