"""Sending one mail of a kind to one user who wants such mails."""

from collections.abc import Mapping, Sequence
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


@dataclass(frozen=True, kw_only=True)
class Attachment:
    name: str
    content: bytes
    mimetype: str


def send_mail(*, kind: MailKind, to: User, values: Mapping[str, str]) -> bool:
    """Send, unless the user has switched such mails off or is not active: False then.

    Raises what the mail server's connection raises: worth another attempt.
    """
    if not wants(to, kind):
        return False
    compose(kind=kind, to=to, values=values).send()
    return True


def wants(user: User, kind: MailKind) -> bool:
    """Whether the user is active and has such mails switched on."""
    return bool(user.is_active and getattr(user, kind.preference))


def compose(
    *,
    kind: MailKind,
    to: User | str,
    values: Mapping[str, str],
    attachments: Sequence[Attachment] = (),
    message_id: str = "",
) -> EmailMultiAlternatives:
    """A mail that is ready to be sent. to: a user who wants such mails, or the address of somebody who is none.

    message_id: without angle brackets; the same one in every try lets mail servers drop a double.
    """
    mail = with_hint(rendered(kind.texts(), values), kind, is_user=isinstance(to, User))
    address = to.email if isinstance(to, User) else to
    headers = _headers() if isinstance(to, User) else {"Auto-Submitted": "auto-generated"}
    if message_id:
        headers["Message-ID"] = f"<{message_id}>"
    message = EmailMultiAlternatives(subject=mail.subject, body=mail.text, to=[address], headers=headers)
    if mail.html:
        message.attach_alternative(mail.html, "text/html")
    for one in attachments:
        message.attach(one.name, one.content, one.mimetype)
    return message


def rendered(texts: Texts, values: Mapping[str, str]) -> Mail:
    return Mail(
        subject=one_line(fill_text(texts.subject, values)),
        text=fill_text(texts.text, values),
        html=fill_html(texts.html, values),
    )


def with_hint(mail: Mail, kind: MailKind, *, is_user: bool = True) -> Mail:
    """Why it came, and how to get no more of them, below every mail: no edited template can leave it out."""
    if not is_user:
        why = "Somebody who works with Quarry had this sent to your address."
        return replace(mail, text=f"{mail.text.rstrip()}\n\n--\n{why}\n", html=_with_html_hint(mail.html, why, ""))
    why = f"You get this because “{kind.label}” is switched on in your notification settings."
    where = _settings_url()
    text = f"{mail.text.rstrip()}\n\n--\n{why}\nSwitch it off: {where or 'Settings, Notifications'}\n"
    way = format_html('<a href="{}">Switch it off</a>.', where) if where else "Switch it off: Settings, Notifications."
    return replace(mail, text=text, html=_with_html_hint(mail.html, why, way))


def _with_html_hint(html: str, why: str, way: str) -> str:
    if not html:
        return ""
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
