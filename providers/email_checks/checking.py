"""The verdict on one address, from the cheapest question to the dearest."""

from dataclasses import dataclass
from enum import StrEnum

import dns.resolver
from disposable_email_domains import blocklist
from email_validator import EmailNotValidError, ValidatedEmail, validate_email

from .mail_servers import DEFAULT_SECONDS, MailRoute, Route, mail_route
from .words import FREE_MAIL, is_role, parents_of

#: Longest reason; what does not fit ends in an ellipsis.
LONGEST_REASON = 200


class EmailStatus(StrEnum):
    """What a contact's record says (R-TYPE-15)."""

    VALID = "valid"
    INVALID = "invalid"
    UNKNOWN = "unknown"


class Deliverability(StrEnum):
    """What the checks found, the first that applies."""

    INVALID_SYNTAX = "invalid-syntax"
    UNDELIVERABLE = "undeliverable"
    RISKY = "risky"
    #: The domain takes mail and nothing speaks against the mailbox, which nobody has asked.
    DELIVERABLE_UNKNOWN = "deliverable-unknown"
    #: A verifier vouches for the mailbox.
    DELIVERABLE = "deliverable"
    #: DNS was not asked, or gave no answer.
    NOT_CHECKED = "not-checked"

    @property
    def status(self) -> EmailStatus:
        return _STATUSES[self]


_STATUSES = {
    Deliverability.INVALID_SYNTAX: EmailStatus.INVALID,
    Deliverability.UNDELIVERABLE: EmailStatus.INVALID,
    # Mail may well arrive there: that is no reason to call the address wrong, nor to vouch for it.
    Deliverability.RISKY: EmailStatus.UNKNOWN,
    Deliverability.DELIVERABLE_UNKNOWN: EmailStatus.VALID,
    Deliverability.DELIVERABLE: EmailStatus.VALID,
    Deliverability.NOT_CHECKED: EmailStatus.UNKNOWN,
}


@dataclass(frozen=True, kw_only=True)
class EmailCheck:
    """One address, judged.

    address: normalised (domain in lower case, Unicode in NFC); as given where the syntax is wrong.
    reason: one sentence, at most 200 characters.
    retryable: the answer may be another one soon, for DNS failed; the caller decides whether to ask again.
    mail_servers: the preferred first; empty where DNS was not asked.
    """

    address: str
    deliverability: Deliverability
    reason: str
    domain: str = ""
    is_disposable: bool = False
    is_role: bool = False
    is_free_mail: bool = False
    mail_servers: tuple[str, ...] = ()
    retryable: bool = False

    @property
    def status(self) -> EmailStatus:
        return self.deliverability.status


def check_email(
    address: str, *, resolver: dns.resolver.Resolver | None, seconds: float = DEFAULT_SECONDS
) -> EmailCheck:
    """Judge an address. Never raises for what is wrong with it or with DNS.

    resolver: None asks no DNS at all; then the status is `invalid` for wrong syntax and else `unknown`.
    seconds: for all of DNS together.
    """
    try:
        # Deliverability is asked below, where a failing name server is no fault of the address.
        parsed = validate_email(address, check_deliverability=False)
    except EmailNotValidError as error:
        return EmailCheck(address=address, deliverability=Deliverability.INVALID_SYNTAX, reason=_sentence(str(error)))
    route = mail_route(parsed.ascii_domain, resolver=resolver, seconds=seconds) if resolver is not None else None
    disposable = any(domain in blocklist for domain in parents_of(parsed.ascii_domain))
    role = is_role(parsed.local_part)
    found, reason = _verdict(parsed, route, disposable=disposable, role=role)
    return EmailCheck(
        address=parsed.normalized,
        deliverability=found,
        reason=_sentence(reason),
        domain=parsed.ascii_domain.lower(),
        is_disposable=disposable,
        is_role=role,
        is_free_mail=parsed.ascii_domain.lower() in FREE_MAIL,
        mail_servers=route.servers if route else (),
        retryable=route is not None and route.route is Route.UNANSWERED,
    )


def _verdict(
    parsed: ValidatedEmail, route: MailRoute | None, *, disposable: bool, role: bool
) -> tuple[Deliverability, str]:
    domain = parsed.domain
    if route is not None and route.route in _UNDELIVERABLE:
        return Deliverability.UNDELIVERABLE, _UNDELIVERABLE[route.route].format(domain=domain)
    if disposable:
        return Deliverability.RISKY, f"{domain} gives out addresses to be thrown away."
    if role:
        return Deliverability.RISKY, f"{parsed.local_part} names a role, not a person."
    if route is None:
        return Deliverability.NOT_CHECKED, "The address is well formed; DNS was not asked about its domain."
    if route.route is Route.UNANSWERED:
        return Deliverability.NOT_CHECKED, f"DNS gave no answer about {domain}: {route.problem}."
    return Deliverability.DELIVERABLE_UNKNOWN, f"{domain} takes mail; whether the mailbox exists was not asked."


_UNDELIVERABLE = {
    Route.NO_DOMAIN: "The domain {domain} does not exist.",
    Route.REFUSES: "The domain {domain} says that it takes no mail.",
    Route.NO_SERVER: "The domain {domain} has no mail server and no public address.",
}


def _sentence(text: str) -> str:
    return text if len(text) <= LONGEST_REASON else f"{text[: LONGEST_REASON - 1]}…"
