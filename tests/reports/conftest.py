"""Viewers of every role, as for the pages of prospects, and companies to report on."""

from collections.abc import Callable
from typing import Any

import pytest

from prospects.companies import ensure_company
from prospects.models import Company
from reports.models import Report
from tests.viewers import viewer as viewer

NewReport = Callable[..., Report]


@pytest.fixture
def company(db: None) -> Company:
    return ensure_company(tenant_id="acme", key="comp_1", name="Beta Mills LLC")


@pytest.fixture
def report(company: Company) -> NewReport:
    """`report(kind="monthly")`: a row with the least content that a page can show."""

    def make(**values: Any) -> Report:
        parts = ("metrics", "scores", "charts", "insights", "recommendations", "research", "sources")
        content = {"companyName": str(company), "isCut": False, **{name: [] for name in parts}}
        number = Report.objects.count() + 1
        given = {
            "tenant_id": "acme", "kind": "weekly", "title": f"Report {number}", "job_id": f"job_{number}",
            "company": company, "subject_id": company.key, "content": content,
        }  # fmt: skip
        return Report.objects.create(**{**given, **values})

    return make
