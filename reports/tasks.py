"""Job types of this app, for the registry."""

from .periodic.job_type import report_on_company
from .periodic.mail_job_type import mail_report
from .price_math.job_type import report_on_batch
from .research_document.job_type import print_research
from .retention import clean_up

__all__ = ["clean_up", "mail_report", "print_research", "report_on_batch", "report_on_company"]
