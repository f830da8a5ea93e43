"""System checks of this app. Workers skip them at their start: they would load every mail's templates."""

from typing import Any

from django.core.checks import CheckMessage, Error, register
from django.template import TemplateDoesNotExist

from .mails.kinds import mail_kinds


@register("mails")
def built_in_mails_can_be_filled(**_: Any) -> list[CheckMessage]:
    found: list[CheckMessage] = []
    for kind in mail_kinds():
        try:
            problems = list(kind.problems())
        except TemplateDoesNotExist as error:
            problems = [f"there is no template {error}."]
        found += [Error(f"The built-in mail {kind.name!r}: {one}", id="accounts.E001") for one in problems]
    return found
