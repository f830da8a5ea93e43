"""One e-mail from a pair of templates, text and HTML."""

from collections.abc import Mapping
from typing import Any

from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string

from accounts.mails.headers import one_line


def send(*, to: str, subject: str, template: str, context: Mapping[str, Any]) -> None:
    """Send to one address. Raises what the mail server's connection raises: worth another attempt."""
    message = EmailMultiAlternatives(
        subject=one_line(subject), body=render_to_string(f"jobs/email/{template}.txt", dict(context)), to=[to]
    )
    message.attach_alternative(render_to_string(f"jobs/email/{template}.html", dict(context)), "text/html")
    message.send()
