"""The mail that brings a report to somebody."""

from dataclasses import dataclass
from email.utils import parseaddr
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.urls import reverse

from accounts.mails import Attachment, compose, mail_kind, wants
from accounts.models import User

from ..models import Report

#: Beyond this mail servers begin to refuse; the link leads to the file in any case.
LARGEST_ATTACHMENT = 5 * 1024 * 1024
_MOST_LINES = 8

REPORT = mail_kind(
    name="report",
    label="Reports",
    preference="notify_reports",
    samples={
        "name": "Ana",
        "company": "Acme Foods",
        "report": "Weekly report",
        "period": "2026-01-26 to 2026-02-01",
        "headline": "The lead score rose by 8.20 to 71.40.",
        "metrics": "New filings: 2 (+1)\nLead score: 71.40 (+8.20)",
        "insights": "- The lead score rose by 8.20 to 71.40.\n- 2 filings were made in the week, 1 in the one before.",
        "recommendations": "- Call the company. “Demo request” (90% sure) is a reason to.",
        "link": "https://quarry.example.com/reports/rep_abcdefgh23456723",
        "attachment": "The report is attached as PDF.",
    },
)


@dataclass(frozen=True, kw_only=True)
class Recipient:
    """Who an address belongs to; declined: why no mail may be sent there, empty where it may."""

    address: str
    user: User | None
    declined: str


def recipient_of(address: str) -> Recipient:
    user = User.objects.filter(email=address.lower()).first()
    declined = "" if user is None or wants(user, REPORT) else f"{address} has switched off mails of reports"
    return Recipient(address=address, user=user, declined=declined)


def mail_of(report: Report, recipient: Recipient) -> EmailMultiAlternatives:
    """The mail, ready to be sent, with the PDF where there is one."""
    attachments = _attachments(report)
    return compose(
        kind=REPORT,
        to=recipient.user or recipient.address,
        values=_values(report, recipient, has_attachment=bool(attachments)),
        attachments=attachments,
        message_id=f"{report.public_id}@{_domain()}",
    )


def _values(report: Report, recipient: Recipient, *, has_attachment: bool) -> dict[str, str]:
    content = report.content
    insights = [one["text"] for one in content["insights"]]
    return {
        "name": recipient.user.get_short_name() if recipient.user else recipient.address.partition("@")[0],
        "company": content["companyName"],
        "report": f"{report.get_kind_display()} report",
        "period": f"{content['periodStart']} to {content['periodEnd']}",
        "headline": insights[0] if insights else "",
        "metrics": "\n".join(_metric(one) for one in content["metrics"] if one["value"] not in (None, "0")),
        "insights": "\n".join(f"- {text}" for text in insights[:_MOST_LINES]),
        "recommendations": "\n".join(
            f"- {one['text']} {one['reason']}" for one in content["recommendations"][:_MOST_LINES]
        ),
        "link": _page_of(report),
        "attachment": "The report is attached as PDF." if has_attachment else "",
    }


def _metric(metric: dict[str, Any]) -> str:
    change = metric["change"]
    signed = "" if change in (None, "0") else f" ({'' if change.startswith('-') else '+'}{change})"
    return f"{metric['label']}: {metric['value']}{signed}"


def _attachments(report: Report) -> list[Attachment]:
    if not report.file or report.size_bytes > LARGEST_ATTACHMENT:
        return []
    with report.file.open("rb") as file:
        return [Attachment(name=f"{report.public_id}.pdf", content=file.read(), mimetype="application/pdf")]


def _page_of(report: Report) -> str:
    """Empty where PUBLIC_URL does not say under which address users reach it."""
    path = reverse("reports:report", args=[report.public_id])
    return settings.PUBLIC_URL + path if settings.PUBLIC_URL else ""


def _domain() -> str:
    return parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2] or "localhost"
