"""Which price-math reports can be asked for, and what is said of those that cannot."""

from typing import Any

import pytest
from django.core.files.storage import FileSystemStorage

from jobs.payloads import InvalidPayload
from jobs.testing import run_job
from reports.models import Report
from reports.models.reports import report_storage
from reports.rendering import PdfUnavailable
from tests.pricing.deals import batch, contract

from .golden import ask, calculated

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("golden")]


def test_a_pdf_that_would_fill_a_shelf_is_refused_with_the_ways_out(settings: Any) -> None:
    settings.REPORT_PDF_PAGES = 5
    contract("C2", lines=40)
    batch("B2", contracts=["C2"])
    calculated("B2")

    job = ask("pdf", batchId="B2")
    other = ask("csv", batchId="B2")

    assert (job.status, job.error_type) == ("failed", "VALIDATION_ERROR")
    assert "about 9 pages" in job.error["message"]
    assert "format csv or json" in job.error["message"]
    assert other.status == "completed"


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ({"batchId": "B9"}, "batchId: there is no batch B9"),
        ({"calculationNumber": 7}, "calculationNumber: B1 has calculations 1 to 1 only"),
        ({"contract": "C9"}, "contract: the calculation has no line of C9"),
        ({"tenantId": "globex"}, "batchId: there is no batch B1"),
    ],
)
def test_what_does_not_exist_is_named_and_not_tried_again(more: dict[str, Any], told: str) -> None:
    calculated()

    job = ask(**more)

    assert (job.status, job.attempts_made, job.error_type) == ("failed", 1, "VALIDATION_ERROR")
    assert told in job.error["message"]
    assert not Report.objects.exists()


def test_a_batch_that_was_never_calculated_says_what_to_do() -> None:
    assert "run a `calculation` job of it first" in ask().error["message"]


@pytest.mark.parametrize(
    "changes", [{"format": "docx"}, {"format": None}, {"reportType": "weekly"}, {"batchId": ""}, {"more": 1}]
)
def test_wrong_data_are_refused_before_anything_is_stored(changes: dict[str, Any]) -> None:
    data = {"reportType": "price-math", "batchId": "B1", "format": "pdf", "userId": "u", "tenantId": "acme"} | changes
    given = {name: value for name, value in data.items() if value is not None}

    with pytest.raises(InvalidPayload):
        run_job("batch-report", given)


def test_a_report_of_type_price_math_becomes_a_batch_report() -> None:
    calculated()

    job = run_job(
        "report", {"reportType": "price-math", "batchId": "B1", "format": "csv", "userId": "u", "tenantId": "acme"}
    )

    assert (job.type, job.queue, job.status) == ("batch-report", "reports", "completed")


def test_a_run_that_loses_its_job_leaves_no_file(monkeypatch: Any) -> None:
    calculated()
    stored: list[str] = []
    save = FileSystemStorage.save

    def noted(*args: Any) -> str:
        stored.append(save(*args))
        return stored[-1]

    monkeypatch.setattr(FileSystemStorage, "save", noted)
    monkeypatch.setattr("jobs.running.settle", lambda settlements: {})

    ask()

    assert not Report.objects.exists()
    assert [report_storage().exists(name) for name in stored] == [False]


def test_where_pango_is_missing_only_pdf_fails(monkeypatch: Any) -> None:
    calculated()

    def missing() -> None:
        raise PdfUnavailable("PDF files need the Pango library.")

    monkeypatch.setattr("reports.rendering.pdf._engine", missing)

    pdf, data = ask("pdf"), ask("json")

    assert (pdf.status, pdf.attempts_made) == ("failed", 1)
    assert "apt-get install" in pdf.error["message"]
    assert data.status == "completed"
