"""The expected answers, a table for each part of the project; Django admin and RQ's dashboard have tests."""

from ..rows import Row
from . import account_pages, console_pages, domain_api, domain_pages, jobs_api

TABLES: dict[str, tuple[Row, ...]] = {
    "API of the job layer": jobs_api.ROWS,
    "API of prospects": domain_api.PROSPECTS,
    "API of research": domain_api.RESEARCH,
    "API of pricing": domain_api.PRICING,
    "API of reports": domain_api.REPORTS,
    "account pages": account_pages.ROWS,
    "console": console_pages.ROWS,
    "pages of prospects": domain_pages.PROSPECTS,
    "pages of research": domain_pages.RESEARCH,
    "pages of pricing": domain_pages.PRICING,
    "pages of reports": domain_pages.REPORTS,
}
ROWS = tuple(row for table in TABLES.values() for row in table)
