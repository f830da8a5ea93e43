"""Whether a contact's address can receive mail: by syntax and lists always, by DNS where that is switched on."""

import functools

import dns.resolver

from providers.email_checks import check_email, system_resolver
from providers.readiness import problem_with

from ... import facts
from ...facts import FactValue
from ...models import Source
from ..enricher import register
from ..subjects import Kind, Subject

NAME = "email-validation"


class EmailCheck:
    name = NAME
    serves = frozenset({Kind.CONTACT})

    @property
    def source(self) -> Source:
        """Without DNS it is the bundled lists that speak."""
        return Source.LIVE if problem_with(NAME) is None else Source.FILE

    def problem(self) -> str | None:
        return None

    def refusal(self, subject: Subject) -> str | None:
        return None if getattr(subject, "email", "") else "The contact has no e-mail address."

    def look_up(self, subject: Subject) -> list[FactValue]:
        email: str = getattr(subject, "email", "")
        found = check_email(email, resolver=_resolver() if problem_with(NAME) is None else None)
        return [FactValue(name=facts.EMAIL, value={"status": str(found.status), "reason": found.reason})]


@functools.cache
def _resolver() -> dns.resolver.Resolver:
    return system_resolver()


register(EmailCheck())
