"""Uploading filing files in admin: looked at, kept without overwriting, ingested, audited."""

from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from accounts.models import AuditEntry, User
from jobs.models import Job
from providers.ucc.uploads import safe_name
from tests.providers.ucc.inbox import HEADER, Inbox

pytestmark = pytest.mark.django_db
URL = "/admin/prospects/lien/upload/"
CSV = f"{HEADER}\n1,2026-01-31,Acme Bakery\nbad\n"


@pytest.fixture
def admin(client: Client, inbox: Inbox) -> Client:
    client.force_login(User.objects.create_superuser("root@example.com"))
    return client


def upload(admin: Client, content: str = CSV, name: str = "daily.csv", state: str = "NY") -> Any:
    return admin.post(URL, {"step": "check", "state": state, "file": SimpleUploadedFile(name, content.encode())})


def visible(inbox: Inbox, state: str = "NY") -> list[str]:
    folder: Path = inbox.path / state
    return sorted(entry.name for entry in folder.iterdir() if not entry.name.startswith("."))


def test_a_file_is_shown_before_it_is_kept_and_then_lies_in_the_inbox(admin: Client, inbox: Inbox) -> None:
    seen = upload(admin)

    page = seen.content.decode()
    assert seen.status_code == 200
    assert "Acme Bakery" in page
    assert "NY/daily.csv line 3: has 1 cells" in page
    assert visible(inbox) == []

    kept = admin.post(URL, {"step": "keep", "upload": seen.context["token"]}, follow=True)

    assert (inbox.path / "NY" / "daily.csv").read_text() == CSV
    assert list((inbox.path / "NY").iterdir()) == [inbox.path / "NY" / "daily.csv"]
    assert "daily.csv" in kept.content.decode()
    entry = AuditEntry.objects.get(action="ucc-file.upload")
    assert (entry.target_id, entry.details) == ("NY", {"name": "daily.csv"})


def test_a_file_that_is_not_kept_leaves_nothing(admin: Client, inbox: Inbox) -> None:
    admin.post(URL, {"step": "discard", "upload": upload(admin).context["token"]})

    assert list((inbox.path / "NY").iterdir()) == []
    assert not AuditEntry.objects.filter(action="ucc-file.upload").exists()


def test_a_file_in_the_inbox_is_never_overwritten(admin: Client, inbox: Inbox) -> None:
    seen = upload(admin)
    inbox.drop("mine", "daily.csv")

    late = admin.post(URL, {"step": "keep", "upload": seen.context["token"]}, follow=True)
    again = upload(admin)

    assert "NY/daily.csv lies in the inbox already" in late.content.decode()
    assert again.status_code == 422
    assert (inbox.path / "NY" / "daily.csv").read_text() == "mine"
    assert not AuditEntry.objects.filter(action="ucc-file.upload").exists()


def test_a_file_of_which_nothing_can_be_used_is_refused_with_the_reason(admin: Client, inbox: Inbox) -> None:
    refused = upload(admin, "no,such,header\n")

    assert refused.status_code == 422
    assert "the header row lacks" in refused.content.decode()
    assert list((inbox.path / "NY").iterdir()) == []


def test_a_file_over_the_limit_is_refused_and_nothing_of_it_stays(admin: Client, inbox: Inbox, settings: Any) -> None:
    settings.UCC_UPLOAD_MAX_BYTES = 20

    refused = upload(admin)

    assert refused.status_code == 422
    assert "UCC_UPLOAD_MAX_MB" in refused.content.decode()
    assert list((inbox.path / "NY").iterdir()) == []


def test_a_button_enqueues_the_ingestion_of_the_state(admin: Client, inbox: Inbox) -> None:
    answer = admin.post(URL, {"step": "ingest", "state": "NY"})

    job = Job.objects.get(type="ucc-ingestion")
    assert job.data["state"] == "NY"
    assert job.public_id in answer["Location"]
    assert AuditEntry.objects.get(action="ucc-file.ingest").details == {"job": job.public_id}


def test_only_an_admin_and_only_with_a_token_of_this_page(admin: Client, inbox: Inbox, client: Client) -> None:
    seen = upload(admin)
    assert admin.post(URL, {"step": "keep", "upload": "../../etc/passwd"}).status_code == 403
    assert admin.post(URL, {"step": "ingest", "state": "../x"}).status_code == 403

    client.force_login(User.objects.create_user("reader@example.com"))

    assert client.get(URL).status_code in {302, 403}
    assert client.post(URL, {"step": "keep", "upload": seen.context["token"]}).status_code in {302, 403}
    assert visible(inbox) == []


@pytest.mark.parametrize(
    ("given", "name"),
    [
        ("daily.csv", "daily.csv"),
        ("../../etc/passwd", "passwd"),
        ("C:\\data\\a b(1).json", "a-b-1-.json"),
        (".hidden", "hidden"),
        ("half.csv.part", "half.csv"),
        ("…", "upload"),
        ("é" * 400 + ".csv", "csv"),
    ],
)
def test_a_name_becomes_one_that_is_read_and_leads_nowhere(given: str, name: str) -> None:
    assert safe_name(given) == name
