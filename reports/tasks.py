"""Job types of this app, for the registry."""

from .periodic.job_type import report_on_company
from .periodic.mail_job_type import mail_report

__all__ = ["mail_report", "report_on_company"]
