"""The kinds of mails that there are; each app declares its own where it declares its job types.

The built-in texts of the kind `buying-signals` are templates/mails/buying-signals.subject.txt, .txt and .html.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from django.template.loader import get_template

from ..models import MailTemplate, User
from . import words


@dataclass(frozen=True, kw_only=True)
class Texts:
    """Templates with `{{ name }}`; html empty: none is sent."""

    subject: str
    text: str
    html: str


@dataclass(frozen=True, kw_only=True)
class MailKind:
    """preference: the User's field that switches these mails; samples: the values there are, with examples."""

    name: str
    label: str
    preference: str
    samples: Mapping[str, str]

    @property
    def built_in(self) -> Texts:
        return Texts(subject=self._source("subject.txt").strip(), text=self._source("txt"), html=self._source("html"))

    def problems(self) -> Iterator[str]:
        """Sentences about what cannot be filled in the built-in texts. Raises TemplateDoesNotExist."""
        built_in = self.built_in
        for template in (built_in.subject, built_in.text, built_in.html):
            yield from words.problems(template, self.samples)

    def texts(self) -> Texts:
        """What is sent: the built-in texts with an administrator's changes over them."""
        changed = MailTemplate.objects.filter(name=self.name).first()
        return self.changed_by(changed) if changed else self.built_in

    def changed_by(self, changed: MailTemplate) -> Texts:
        own = self.built_in
        # Changed plain text beside the built-in HTML would be two different mails in one.
        html = changed.html or ("" if changed.text else own.html)
        return Texts(subject=changed.subject or own.subject, text=changed.text or own.text, html=html)

    def _source(self, ending: str) -> str:
        # Only the loading of Django's templates is used: the file is filled by accounts/mails/words.py.
        source: str = get_template(f"mails/{self.name}.{ending}").template.source  # type: ignore[attr-defined]
        return source


_kinds: dict[str, MailKind] = {}


def mail_kind(*, name: str, label: str, preference: str, samples: Mapping[str, str]) -> MailKind:
    """Declare a kind of mail. Raises where the preference is none; accounts/checks.py looks at its built-in texts."""
    kind = MailKind(name=name, label=label, preference=preference, samples=samples)
    User._meta.get_field(preference)
    _kinds[name] = kind
    return kind


def mail_kinds() -> list[MailKind]:
    return sorted(_kinds.values(), key=lambda kind: kind.name)


def find_kind(name: str) -> MailKind | None:
    return _kinds.get(name)
