"""/api/reports: who may do what, what is found, and how files are handed out."""

import hashlib
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import FileSystemStorage
from django.test import Client
from django.utils import timezone
from rest_framework.test import APIClient

from accounts.models import AuditEntry, User
from jobs.models import Job
from jobs.testing import run_job
from reports import files
from reports.models import Report
from reports.models.reports import report_storage
from tests.pricing.conftest import client_of  # noqa: F401  the fixture

pytestmark = pytest.mark.django_db
NewClient = Callable[..., APIClient]

CONTENT = b"%PDF-1.7 not really"
NOWHERE = "rep_" + "a" * 16


def report(**changes: Any) -> Report:
    one = Report(
        **{
            "tenant_id": "acme",
            "kind": "price-math",
            "format": "pdf",
            "title": "Price math of B1, calculation 1",
            "user_id": "user_of_nobody",
            "job_id": f"job_{Report.objects.count()}",
            "subject_id": "B1",
            **changes,
        }
    )
    one.file.name = report_storage().save(f"{one.kind}/{one.public_id}.pdf", ContentFile(CONTENT))
    one.size_bytes, one.sha256 = len(CONTENT), hashlib.sha256(CONTENT).hexdigest()
    one.save()
    return one


def status_of(answer: Any) -> int:
    if answer.streaming:
        body_of(answer)
    status: int = answer.status_code
    return status


def body_of(answer: Any) -> bytes:
    return b"".join(answer.streaming_content)


def test_a_download_says_what_it_is_and_stays_private(client_of: NewClient) -> None:  # noqa: F811
    one = report(title='Price math of "B1"/März')

    answer = client_of("tenant-admin").get(files.download_url(one))

    assert (answer.status_code, body_of(answer)) == (200, CONTENT)
    assert answer["Content-Type"] == "application/pdf"
    assert answer["Content-Disposition"] == 'attachment; filename="price-math-of-b1marz.pdf"'
    assert answer["Content-Length"] == str(len(CONTENT))
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Cache-Control"] == "private, no-cache"
    assert answer["ETag"] == f'"{one.sha256}"'


def test_head_says_the_same_without_the_file(client_of: NewClient) -> None:  # noqa: F811
    answer = client_of("tenant-admin").head(files.download_url(report()))

    assert (answer.status_code, answer["Content-Length"], answer.content) == (200, str(len(CONTENT)), b"")
    assert not answer.streaming


def test_who_has_the_file_already_is_told_so(client_of: NewClient) -> None:  # noqa: F811
    one = report()

    known = client_of("tenant-admin").get(files.download_url(one), headers={"If-None-Match": f'"{one.sha256}"'})
    other = client_of("tenant-admin").get(files.download_url(one), headers={"If-None-Match": '"another"'})

    assert (known.status_code, known.content, known["ETag"]) == (304, b"", f'"{one.sha256}"')
    assert (other.status_code, body_of(other)) == (200, CONTENT)


def test_a_page_downloads_with_its_session(client_of: NewClient) -> None:  # noqa: F811
    client_of("tenant-admin")
    browser = Client()
    browser.force_login(User.objects.get(email="tenant-admin@acme.example"))

    answer = browser.get(files.download_url(report()))

    assert (answer.status_code, body_of(answer)) == (200, CONTENT)


def test_what_is_anothers_answers_like_what_does_not_exist(client_of: NewClient) -> None:  # noqa: F811
    one = report()
    stranger = client_of("member", "globex")

    for path in ("/api/reports/{}", "/api/reports/{}/download"):
        theirs, unknown = stranger.get(path.format(one.public_id)), stranger.get(path.format(NOWHERE))
        assert (theirs.status_code, theirs.content) == (unknown.status_code, unknown.content) == (404, theirs.content)
    assert stranger.delete(f"/api/reports/{one.public_id}").status_code == 404
    assert stranger.get("/api/reports?tenantId=acme").json()["reports"] == []


def test_a_price_derivation_is_read_as_its_job_is_and_a_report_on_a_company_by_everybody(
    client_of: NewClient,  # noqa: F811
) -> None:
    readers = {role: client_of(role) for role in ("viewer", "member", "tenant-admin", "admin")}
    owner = User.objects.get(email="member@acme.example").public_id
    derivation, weekly = report(user_id=owner), report(kind="weekly", user_id=owner)

    def seen(role: str) -> list[bool]:
        listed = {one["id"] for one in readers[role].get("/api/reports?tenantId=acme").json()["reports"]}
        downloads = [status_of(readers[role].get(files.download_url(one))) == 200 for one in (derivation, weekly)]
        assert downloads == [one.public_id in listed for one in (derivation, weekly)]
        return downloads

    assert {role: seen(role) for role in readers} == {
        "viewer": [False, True], "member": [True, True], "tenant-admin": [True, True], "admin": [True, True],
    }  # fmt: skip
    colleague = readers["viewer"].delete(f"/api/reports/{weekly.public_id}")
    assert colleague.status_code == 403


def test_lists_are_filtered_and_paged_with_the_newest_first(client_of: NewClient) -> None:  # noqa: F811
    first, second = report(), report(subject_id="B2", job_id="job_x")
    weekly = report(kind="weekly", format="html", title="Beta Mills", subject_id="comp_1")
    admin = client_of("tenant-admin")

    def ids(query: str) -> list[str]:
        return [one["id"] for one in admin.get(f"/api/reports?{query}").json()["reports"]]

    assert ids("") == [weekly.public_id, second.public_id, first.public_id]
    assert ids("kind=weekly") == ids("companyId=comp_1") == ids("q=beta") == ids("format=html") == [weekly.public_id]
    assert ids("batchId=B2") == ids("jobId=job_x") == [second.public_id]
    page = admin.get("/api/reports?limit=2").json()
    assert ids(f"limit=2&cursor={page['nextCursor']}") == [first.public_id]
    assert admin.get("/api/reports?kind=daily").json()["error"]["fields"]["kind"].startswith("must be one of weekly")


def test_one_report_shows_its_content_and_its_file(client_of: NewClient) -> None:  # noqa: F811
    one = report(content={"a": 1})

    shown = client_of("tenant-admin").get(f"/api/reports/{one.public_id}").json()

    assert shown["content"] == {"a": 1}
    assert shown["file"] == {"type": "pdf", "sizeBytes": len(CONTENT), "sha256": one.sha256}
    assert (shown["batchId"], shown["companyId"]) == ("B1", None)
    assert shown["downloadUrl"] == f"/api/reports/{one.public_id}/download"


def test_its_owner_removes_a_report_with_its_file_and_the_audit_says_so(
    client_of: NewClient,  # noqa: F811
    django_capture_on_commit_callbacks: Any,
) -> None:
    member = client_of("member")
    one = report(user_id=User.objects.get(email="member@acme.example").public_id)

    with django_capture_on_commit_callbacks(execute=True):
        answer = member.delete(f"/api/reports/{one.public_id}")

    assert answer.json() == {"id": one.public_id, "removed": True}
    assert not report_storage().exists(str(one.file.name))
    assert AuditEntry.objects.filter(action="report.remove", target_id=one.public_id, tenant_id="acme").exists()


def test_asking_for_a_report_makes_the_job_of_its_type(client_of: NewClient) -> None:  # noqa: F811
    body = {"reportType": "price-math", "batchId": "B1", "format": "pdf"}

    answer = client_of("member").post("/api/reports", body, format="json")

    assert (answer.status_code, answer.json()["type"]) == (202, "batch-report")
    data = Job.objects.get(public_id=answer.json()["id"]).data
    assert data["userId"] == User.objects.get(email="member@acme.example").public_id
    assert data["tenantId"] == "acme"


# --- Retention --------------------------------------------------------------------------------------
def test_files_past_their_days_go_and_their_reports_stay(
    client_of: NewClient,  # noqa: F811
    settings: Any,
    django_capture_on_commit_callbacks: Any,
) -> None:
    settings.REPORT_FILE_DAYS = 30
    old, young = report(), report()
    Report.objects.filter(pk=old.pk).update(created_at=timezone.now() - timedelta(days=31))

    with django_capture_on_commit_callbacks(execute=True):
        job = run_job("report-clean-up")

    assert job.result == {"expired": 1, "orphaned": 0}
    assert [report_storage().exists(str(one.file.name)) for one in (old, young)] == [False, True]
    told = client_of("tenant-admin").get(files.download_url(old))
    assert (told.status_code, told.json()["error"]["code"]) == (409, "no_file")
    assert run_job("report-clean-up").result == {"expired": 0, "orphaned": 0}


def test_by_default_files_are_kept_for_ever(redis_clean: Any) -> None:
    one = report()
    Report.objects.update(created_at=timezone.now() - timedelta(days=4000))

    assert run_job("report-clean-up").result == {"expired": 0, "orphaned": 0}
    assert report_storage().exists(str(one.file.name))


def test_files_of_no_report_go_once_no_job_can_still_be_at_them(monkeypatch: Any, tmp_path: Any) -> None:
    storage = FileSystemStorage(location=tmp_path)
    monkeypatch.setattr(files, "report_storage", lambda: storage)
    kept = storage.save(f"weekly/{NOWHERE[:-1]}b.pdf", ContentFile(CONTENT))
    report()
    Report.objects.update(file=kept)
    lost = storage.save(f"price-math/{NOWHERE}.csv", ContentFile(b"x"))
    other = storage.save("price-math/notes.txt", ContentFile(b"x"))
    now = timezone.now()

    assert files.remove_orphans(now=now) == 0
    assert files.remove_orphans(now=now + timedelta(days=3)) == 1
    assert [storage.exists(name) for name in (lost, other, kept)] == [False, True, True]
