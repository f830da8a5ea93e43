"""Lists into the database: stored once however often, resumed where it stopped, and whose they are."""

import csv
import io
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client, override_settings

from accounts.models import AuditEntry
from jobs.models import Job
from jobs.testing import run_again, run_job
from prospects.models import Company, CompanyFigure, Contact, Import, ImportContent, Prospect, RejectedRow, Suppression
from prospects.transfers import job_type, storing
from tests.viewers import NewViewer, viewer

__all__ = ["viewer"]
pytestmark = pytest.mark.django_db(transaction=True)


def upload(client: Client, text: str, kind: str = "companies") -> Import:
    file = SimpleUploadedFile("list.csv", text.encode())
    answer = client.post("/prospects/imports", {"kind": kind, "file": file})
    assert answer.status_code == 302, answer.content.decode()
    return Import.objects.latest("id")


def imported(client: Client, text: str, kind: str = "companies") -> Import:
    one = upload(client, text, kind)
    mapping = {f"field.{name}": column for name, column in one.mapping.items()}
    assert client.post(f"/prospects/imports/{one.public_id}", {"action": "start", **mapping}).status_code == 302
    run_again(Job.objects.get(type="import-rows", related_id=str(one.public_id)))
    one.refresh_from_db()
    assert one.status == "done"
    return one


def text_of(client: Client, address: str) -> str:
    answer: Any = client.get(address)
    return b"".join(answer.streaming_content).decode("utf-8-sig")


def counts(one: Import) -> tuple[int, int, int, int]:
    return one.created, one.updated, one.unchanged, one.rejected


COMPANIES = (
    "id,name,domain,employees\nc1,Acme Dental LLC,acme.com,12\n,Best Roofing,best.com,\n,Best Roofing Inc,best.com,7\n"
)


def test_companies_are_stored_once_and_changed_where_the_list_says_otherwise(
    viewer: NewViewer, redis_clean: Any
) -> None:
    client = viewer()

    first = imported(client, COMPANIES)
    again = imported(client, COMPANIES)
    changed = imported(client, "id,name,employees\nc1,Acme Dental LLC,13\n")

    assert counts(first) == (2, 1, 0, 0)
    assert again.rejected == again.created == 0
    assert counts(changed) == (0, 1, 0, 0)
    acme = Company.objects.get(key="c1")
    assert (acme.tenant_id, acme.employees, acme.domain, acme.origin) == ("acme", 13, "acme.com", "file")
    assert Company.objects.count() == 2
    assert not ImportContent.objects.exists()


def test_what_people_and_jobs_know_stays_where_the_list_is_silent(viewer: NewViewer, redis_clean: Any) -> None:
    Company.objects.create(tenant_id="acme", key="c1", name="Acme", name_key="ACME", city="Austin", lead_tier="A")

    imported(viewer(), "id,name,city\nc1,Acme,\n")

    kept = Company.objects.get()
    assert (kept.city, kept.lead_tier, kept.origin) == ("Austin", "A", "given")


def test_wrong_rows_are_left_out_and_come_back_as_a_file_to_correct(viewer: NewViewer, redis_clean: Any) -> None:
    client = viewer()
    one = imported(client, "name,state\nAcme LLC,TX\n,TX\n=cmd(),Texas\n", "prospects")

    text = text_of(client, f"/prospects/imports/{one.public_id}/rejected.csv")

    assert counts(one) == (1, 0, 0, 2)
    assert list(csv.reader(io.StringIO(text))) == [
        ["name", "state", "Row", "Problem"],
        ["", "TX", "3", "Name is empty; fill it in"],
        ["'=cmd()", "Texas", "4", "State must be the two letters of a US state or DC, such as TX"],
    ]
    corrected = imported(client, text.replace("Texas", "TX"), "prospects")
    assert counts(corrected) == (1, 0, 0, 1)
    assert set(Prospect.objects.values_list("name", "source", "filing_count")) == {
        ("Acme LLC", "file", 0),
        ("=cmd()", "file", 0),
    }


def test_a_prospect_known_from_filings_stays_as_its_filings_say(viewer: NewViewer, redis_clean: Any) -> None:
    Prospect.objects.create(
        tenant_id="acme", state="TX", name="ACME, LLC", name_key="ACME LLC", source="live", filing_count=3
    )

    one = imported(viewer(), "name,state\nAcme LLC,tx\n", "prospects")

    assert counts(one) == (0, 0, 1, 0)
    assert Prospect.objects.get().filing_count == 3


def test_contacts_need_their_company_and_respect_who_must_not_be_looked_up(viewer: NewViewer, redis_clean: Any) -> None:
    Company.objects.create(tenant_id="acme", key="c1", name="Acme")
    Suppression.objects.create(tenant_id="acme", value="no@acme.com")
    rows = "c1,Ana,Ana@acme.com\nc9,Bob,bob@acme.com\nc1,No,no@acme.com\nc1,Ana Farmer,ana@acme.com\n"

    one = imported(viewer(), f"company id,name,email\n{rows}", "contacts")

    assert counts(one) == (1, 1, 0, 2)
    assert Contact.objects.get().name == "Ana Farmer"
    messages = [row.problems[0]["message"] for row in RejectedRow.objects.all()]
    assert messages[0] == "'c9' is no company of yours; import the company first, or correct it"
    assert "asked not to be looked up" in messages[1]


def test_figures_are_kept_by_company_and_period(viewer: NewViewer, redis_clean: Any) -> None:
    Company.objects.create(tenant_id="acme", key="c1", name="Acme")
    head = "company id,figure,period end,value,currency\n"
    rows = "c1,payment,2026-09-30,90,\nc1,payment,2026-09-30,101,\n"
    rows += "c1,revenue,2026-09-30,1000,\nc1,revenue,2026-09-30,1000,USD\n"

    one = imported(viewer(), head + rows, "figures")

    assert counts(one) == (2, 0, 0, 2)
    assert CompanyFigure.objects.get(name="payment").value == 90


def test_a_job_that_stopped_goes_on_where_it_stopped(
    viewer: NewViewer, redis_clean: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(job_type, "CHUNK", 2)
    one = upload(viewer(), "name,state\n" + "".join(f"P{number},TX\n" for number in range(5)), "prospects")
    real, calls = storing.store, []

    def breaks(*args: Any, **more: Any) -> Any:
        calls.append(1)
        if len(calls) == 2:
            raise RuntimeError("killed")
        return real(*args, **more)

    monkeypatch.setattr(job_type, "store", breaks)
    Import.objects.filter(pk=one.pk).update(status="running")
    job = run_job("import-rows", importId=str(one.public_id), tenant_id="acme")
    one.refresh_from_db()
    assert (job.status, one.position, Prospect.objects.count()) == ("delayed", 2, 2)

    job = run_again(job)

    one.refresh_from_db()
    assert (job.status, counts(one), Prospect.objects.count()) == ("completed", (5, 0, 0, 0), 5)


def test_an_upload_is_started_once_and_only_by_its_organisation(viewer: NewViewer, redis_clean: Any) -> None:
    client = viewer()
    one = upload(client, COMPANIES)
    address = f"/prospects/imports/{one.public_id}"

    assert viewer("eve@globex.com", organisation="globex").get(address).status_code == 404
    reader = viewer("v@example.com", role="viewer")
    assert (reader.get(address).status_code, reader.post(address, {"action": "start"}).status_code) == (200, 403)
    for _ in range(2):
        client.post(address, {"action": "start", "field.name": "1"})

    assert Job.objects.filter(type="import-rows").count() == 1
    said = ["import.map", "import.start", "import.upload"]
    assert sorted(AuditEntry.objects.values_list("action", flat=True)) == said


def test_a_draft_shows_its_problems_and_can_be_mapped_anew_or_dropped(viewer: NewViewer, redis_clean: Any) -> None:
    client = viewer()
    one = upload(client, "firm,where\nAcme,Texas\n", "prospects")
    address = f"/prospects/imports/{one.public_id}"

    assert "Choose the column for Name, State" in client.get(address).content.decode()
    assert client.post(address, {"action": "start", "field.name": "0"}).status_code == 422
    client.post(address, {"action": "remap", "field.name": "0", "field.state": "1"})
    assert "must be the two letters" in client.get(address).content.decode()
    client.post(address, {"action": "drop"})

    assert not Import.objects.exists()
    assert not Job.objects.exists()


def test_a_file_that_nobody_confirms_is_forgotten_after_a_week(viewer: NewViewer, redis_clean: Any) -> None:
    client = viewer()
    old, young = upload(client, COMPANIES), upload(client, COMPANIES)
    Import.objects.filter(pk=old.pk).update(created_at=old.created_at - timedelta(days=8))

    third = upload(client, COMPANIES)

    assert set(Import.objects.all()) == {young, third}


@override_settings(MAX_IMPORT_BYTES=1024)
@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"kind": "companies"}, "Choose a file first"),
        ({"kind": "x", "file": SimpleUploadedFile("a.csv", b"name\nx\n")}, "Choose what the rows are"),
        ({"kind": "companies", "file": SimpleUploadedFile("a.csv", b"name\n" + b"x" * 2000)}, "MiB. Split it"),
        ({"kind": "companies", "file": SimpleUploadedFile("a.csv", b"name\n")}, "no rows below it"),
    ],
)
def test_a_refused_upload_says_why(viewer: NewViewer, given: Any, message: str) -> None:
    answer = viewer().post("/prospects/imports", given)

    assert answer.status_code == 422
    assert message in answer.content.decode()


def test_an_export_holds_what_the_list_shows_and_can_be_imported_again(viewer: NewViewer, redis_clean: Any) -> None:
    client = viewer()
    imported(client, COMPANIES)
    Company.objects.filter(key="c1").update(name="=Acme", name_key="ACME", technologies=["a", "b"], is_portfolio=True)

    text = text_of(client, "/prospects/companies/export.csv")
    again = imported(client, text)

    assert len(text.splitlines()) == 3
    assert "'=Acme" in text
    assert counts(again) == (0, 0, 2, 0)
    assert len(text_of(client, "/prospects/companies/export.csv?portfolio=yes").splitlines()) == 2
    eve = viewer("eve@globex.com", organisation="globex")
    assert len(text_of(eve, "/prospects/companies/export.csv").splitlines()) == 1
