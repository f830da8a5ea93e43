"""Addresses judged as this installation may: offline, with DNS, or with a verifier as well."""

from dataclasses import replace

import dns.resolver

from ..http import Client, client_for
from ..http.limits import admitted
from ..readiness import problem_with
from .checking import Deliverability, EmailCheck, EmailStatus, check_email
from .hunter import NAME, Verification, verify
from .mail_servers import system_resolver


def validate_email(address: str) -> EmailCheck:
    """Judge an address with what is switched on.

    While `email-validation` is off, nothing goes out and the status is `unknown` unless the syntax is
    wrong. Switched on, DNS is asked; with EMAIL_VALIDATION_API_KEY also Hunter, about addresses that
    have passed so far. Each question counts towards EMAIL_VALIDATION_LIMIT.
    Raises ProviderError where a question's turn does not come in time or Hunter gives no answer;
    DNS that gives none is no error, see `EmailCheck.retryable`.
    """
    found = check_email(address, resolver=None)
    if found.status is EmailStatus.INVALID or problem_with(NAME):
        return found
    client = client_for(NAME)
    found = _asked_of_dns(client, found)
    if not client.key or found.status is EmailStatus.INVALID or found.is_disposable:
        return found
    return with_verification(found, verify(client, found.address))


def _asked_of_dns(client: Client, unasked: EmailCheck) -> EmailCheck:
    try:
        resolver = system_resolver()
    except dns.resolver.NoResolverConfiguration:
        return unasked
    with admitted(client.source, client.settings.limit) as call:
        found = check_email(unasked.address, resolver=resolver)
        # One domain's broken name server says nothing about the others.
        call.ended(None)
    return found


def with_verification(check: EmailCheck, verification: Verification) -> EmailCheck:
    """The verdict after a verifier's: it may settle a doubt, but makes no role a person."""
    domain = check.address.rpartition("@")[2]
    match verification.status:
        case "invalid":
            return _judged(check, Deliverability.UNDELIVERABLE, "Hunter says that the mailbox does not exist.")
        case _ if verification.disposable:
            disposable = replace(check, is_disposable=True)
            return _judged(disposable, Deliverability.RISKY, f"{domain} gives out addresses to be thrown away.")
        case _ if verification.accepts_all:
            reason = f"{domain} takes mail for every name, so that nothing is known of this mailbox."
            return _judged(check, Deliverability.RISKY, reason)
        case "valid" if not check.is_role:
            return _judged(check, Deliverability.DELIVERABLE, "Hunter has verified that the mailbox exists.")
    return check


def _judged(check: EmailCheck, found: Deliverability, reason: str) -> EmailCheck:
    return replace(check, deliverability=found, reason=reason[:200], retryable=False)
