"""Job types of this app, for the registry."""

from .periodic.job_type import report_on_company
from .periodic.mail_job_type import mail_report
from .price_math.job_type import report_on_batch
from .retention import clean_up

__all__ = ["clean_up", "mail_report", "report_on_batch", "report_on_company"]
