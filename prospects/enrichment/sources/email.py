"""Whether a contact's address can receive mail: by syntax and lists always, by DNS and a verifier where switched on."""

from providers.readiness import problem_with

from ... import facts
from ...facts import FactValue
from ...models import Source
from ..enricher import register
from ..subjects import Kind, Subject

NAME = "email-validation"


class EmailCheck:
    """Never off: without the network the bundled lists judge, and no sample need stand in."""

    name = NAME
    serves = frozenset({Kind.CONTACT})

    @property
    def source(self) -> Source:
        return Source.LIVE if problem_with(NAME) is None else Source.FILE

    def problem(self) -> str | None:
        return None

    def refusal(self, subject: Subject) -> str | None:
        return None if getattr(subject, "email", "") else "The contact has no e-mail address."

    def look_up(self, subject: Subject) -> list[FactValue]:
        # Loaded for the first address: DNS and the lists would make every process start slower.
        from providers.email_checks import validate_email

        found = validate_email(getattr(subject, "email", ""))
        return [FactValue(name=facts.EMAIL, value={"status": str(found.status), "reason": found.reason})]


register(EmailCheck())
