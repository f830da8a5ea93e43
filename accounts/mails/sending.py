"""Sending one mail of a kind to one user who wants such mails."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.urls import reverse
from django.utils.html import format_html

from ..models import User
from .headers import one_line
from .kinds import MailKind, Texts
from .words import fill_html, fill_text


@dataclass(frozen=True, kw_only=True)
class Mail:
    """Ready to be sent; html empty: plain text alone."""

    subject: str
    text: str
    html: str


def send_mail(*, kind: MailKind, to: User, values: Mapping[str, str]) -> bool:
    """Send, unless the user has switched such mails off or is not active: False then.

    Raises what the mail server's connection raises: worth another attempt.
    """
    if not (to.is_active and getattr(to, kind.preference)):
        return False
    mail = with_hint(rendered(kind.texts(), values), kind)
    message = EmailMultiAlternatives(subject=mail.subject, body=mail.text, to=[to.email], headers=_headers())
    if mail.html:
        message.attach_alternative(mail.html, "text/html")
    message.send()
    return True


def rendered(texts: Texts, values: Mapping[str, str]) -> Mail:
    return Mail(
        subject=one_line(fill_text(texts.subject, values)),
        text=fill_text(texts.text, values),
        html=fill_html(texts.html, values),
    )


def with_hint(mail: Mail, kind: MailKind) -> Mail:
    """How to get no more of them, below every mail: no edited template can leave it out."""
    why = f"You get this because “{kind.label}” is switched on in your notification settings."
    where = _settings_url()
    text = f"{mail.text.rstrip()}\n\n--\n{why}\nSwitch it off: {where or 'Settings, Notifications'}\n"
    return replace(mail, text=text, html=_with_html_hint(mail.html, why, where))


def _with_html_hint(html: str, why: str, where: str) -> str:
    if not html:
        return ""
    way = format_html('<a href="{}">Switch it off</a>.', where) if where else "Switch it off: Settings, Notifications."
    hint = format_html('<p style="color: #6b7280; font-size: .85rem">{} {}</p>', why, way)
    before, end, after = html.rpartition("</body>")
    return f"{before}{hint}{end}{after}" if end else f"{html}{hint}"


def _settings_url() -> str:
    """Empty where PUBLIC_URL does not say under which address users reach this."""
    return settings.PUBLIC_URL + reverse("accounts:notifications") if settings.PUBLIC_URL else ""


def _headers() -> dict[str, str]:
    # Auto-Submitted keeps out-of-office programs from answering.
    url = _settings_url()
    return {"Auto-Submitted": "auto-generated", **({"List-Unsubscribe": f"<{url}>"} if url else {})}
