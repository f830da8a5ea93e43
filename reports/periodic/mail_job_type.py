"""The job type `report-mail`: one mail of one report, sent at most once.

A mail cannot be taken back, and a mail server cannot be asked whether it took one. So the report's row is marked
before the mail is handed over, and the mark goes away only where the server has surely refused it. A run that dies
in between leaves the mark: its mail may have been sent, so no other run sends it.
"""

import smtplib
from typing import Any

from django.core.mail import EmailMultiAlternatives, get_connection
from pydantic import Field

from jobs.errors import ApiError
from jobs.payloads import EntityId, Payload
from jobs.policy import exponential
from jobs.registry import job_type
from jobs.running import RunningJob

from ..models import Report
from . import mails

MAIL_TYPE = "report-mail"
#: The server has answered that it does not take the mail.
_REFUSED = (smtplib.SMTPResponseException, smtplib.SMTPRecipientsRefused, smtplib.SMTPNotSupportedError)


class ReportMail(Payload):
    report_id: EntityId
    to: str = Field(min_length=3, max_length=254)


@job_type(
    MAIL_TYPE,
    queue="default",
    payload=ReportMail,
    attempts=10,
    backoff=exponential(seconds=90),
    related="report_id",
    internal=True,
)
def mail_report(payload: ReportMail, job: RunningJob) -> dict[str, Any]:
    """Ten attempts, the last about a day after the first: a mail server may be down for a night.

    Raises ApiError where nobody can know whether the mail was taken, or the address was refused for good.
    """
    report = Report.objects.filter(public_id=payload.report_id, tenant_id=job.tenant_id or "").first()
    if report is None:
        return _not_sent(job, "the report was deleted")
    recipient = mails.recipient_of(payload.to)
    if recipient.declined:
        return _not_sent(job, recipient.declined)
    job.progress(30, "writing the mail")
    message = mails.mail_of(report, recipient)
    return _send(report, message, payload.to, job)


def _send(report: Report, message: EmailMultiAlternatives, to: str, job: RunningJob) -> dict[str, Any]:
    connection = get_connection()
    # Whatever fails here has sent nothing, and is worth another attempt.
    connection.open()
    try:
        job.progress(60, "sending")
        if not Report.objects.filter(pk=report.pk, emailed_to="").update(emailed_to=to):
            return _not_sent(job, "a run before this one began to send it and may have done so")
        _hand_over(report, connection, message)
    finally:
        connection.close()
    return {"sent": True}


def _hand_over(report: Report, connection: Any, message: EmailMultiAlternatives) -> None:
    try:
        connection.send_messages([message])
    except _REFUSED as error:
        Report.objects.filter(pk=report.pk).update(emailed_to="")
        if _is_final(error):
            raise ApiError(f"The mail server refuses the mail: {error}", code="mail_refused") from error
        raise
    except OSError as error:
        raise ApiError(
            f"The connection to the mail server broke while it took the mail ({error}). It may have been sent, so "
            "it is not sent again; run the report anew to send another.",
            code="mail_outcome_unknown",
        ) from error


def _is_final(error: Exception) -> bool:
    """Whether the server's answer is one of those that stay as they are: 500 and above."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return all(code >= 500 for code, _ in error.recipients.values())
    return isinstance(error, smtplib.SMTPResponseException) and error.smtp_code >= 500


def _not_sent(job: RunningJob, reason: str) -> dict[str, Any]:
    job.log(f"Not sent: {reason}.")
    return {"sent": False, "reason": reason}
