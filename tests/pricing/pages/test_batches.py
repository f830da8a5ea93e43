"""The pages of batches and runs: made, run, compared, checked to the last digit."""

import csv
import io
import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from jobs.models import Job
from jobs.testing import run_again
from pricing.models import Batch, BatchItem, Calculation
from tests.viewers import NewViewer

from ..deals import batch, calculated, contract, publish, publish_golden
from .test_series import text

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def golden(redis_clean: Any) -> None:
    publish_golden()
    contract(lines=3)


def make(client: Client, **given: Any) -> Any:
    return client.post("/pricing/add-batch/", {"code": "MARCH", "date": "2026-03-04", "action": "save"} | given)


def test_a_batch_of_a_contract_is_made_and_calculated(viewer: NewViewer) -> None:
    client = viewer()

    answer = make(client, contracts="C1", action="run")
    assert (answer.status_code, BatchItem.objects.count()) == (302, 3)
    assert "Not calculated yet" in text(client, answer["Location"])
    run_again(Job.objects.get(type="calculation"))

    page = text(client, answer["Location"])
    assert "1,579,170.00 USD" in page
    run = Calculation.objects.get()
    assert f"/pricing/calculations/{run.public_id}" in page
    assert "1,052.78" in text(client, f"/pricing/calculations/{run.public_id}/")


def test_single_lines_come_from_a_file_and_go_out_as_one(viewer: NewViewer) -> None:
    client = viewer()
    file = SimpleUploadedFile("lines.csv", b"contract,line,quantity\nC1,L2,10\nC1,L1,\n")

    make(client, file=file)

    exported = b"".join(client.get("/pricing/batches/MARCH/items.csv")).decode("utf-8-sig")
    assert list(csv.reader(io.StringIO(exported))) == [
        ["contract", "line", "quantity"],
        ["C1", "L2", "10"],
        ["C1", "L1", ""],
    ]
    assert b'"batchId": "MARCH"' in b"".join(client.get("/pricing/batches/MARCH/batch.json"))


@pytest.mark.parametrize(
    ("given", "field", "words"),
    [
        ({}, "contracts", "choose at least one"),
        ({"contracts": "C9"}, "contracts", "there is no contract C9"),
        ({"contracts": "C1", "code": "a b"}, "code", ""),
        ({"contracts": "C1", "date": "soon"}, "date", "ISO date"),
        ({"contracts": "C1", "code": "TAKEN"}, "code", "already"),
        ({"file": b"line,contract\nL1,C1\n"}, "file", "must begin with the line contract,line,quantity"),
        ({"file": b"contract,line,quantity\nC1,L1,many\n"}, "items.0.quantity", "must be a number"),
    ],
)
def test_what_is_wrong_with_a_batch_is_named(viewer: NewViewer, given: dict[str, Any], field: str, words: str) -> None:
    batch("TAKEN")
    if "file" in given:
        given = given | {"file": SimpleUploadedFile("lines.csv", given["file"])}

    answer = make(viewer(), **given)

    assert answer.status_code == 422
    assert words in answer.context["problems"][field], answer.context["problems"]
    assert Batch.objects.count() == 1


def test_a_second_run_shows_what_differs_the_greatest_first(viewer: NewViewer) -> None:
    batch(items=[{"contract": "C1", "line": f"L{n}", "quantity": q} for n, q in ((1, "500"), (2, "1000"), (3, "0"))])
    first = calculated()
    publish("PPI", "2026-03-01", "261.0")
    second = calculated()
    client = viewer()

    before = text(client, f"/pricing/calculations/{first.public_id}/")
    page = text(client, f"/pricing/calculations/{second.public_id}/?show=changes")

    assert "3 items rest on preliminary" in before
    assert "run 2" in before
    assert "Differences to run 1 (2)" in page
    assert re.findall(r"[+-][\d,]+\.\d\d(?=</td>)", page) == ["-1,500.00", "-750.00"]
    assert "-2,250.00" in page
    exported = b"".join(client.get(f"/pricing/calculations/{second.public_id}/items.csv")).decode("utf-8-sig")
    assert exported.splitlines()[1].endswith("525640.00,USD,no,526390.00,-750.00")


def test_every_digit_is_checked_by_a_job_whose_result_the_page_shows(viewer: NewViewer) -> None:
    batch()
    run = calculated()
    client = viewer()
    address = f"/pricing/calculations/{run.public_id}/"

    client.post(f"{address}repeat")
    job = run_again(Job.objects.get(type="repeat-calculation"))

    assert job.result == {"items": 3, "differing": 0, "named": []}
    assert "3 items, the same to the last digit" in text(client, address)


def test_an_item_is_derived_with_its_true_up(viewer: NewViewer) -> None:
    batch()
    calculated()
    publish("PPI", "2026-03-01", "261.0")
    run = calculated()

    page = text(viewer(), f"/pricing/calculations/{run.public_id}/items/2")

    assert "525640.00 - 526390.00" in page
    assert "True-up" in page


def test_batches_and_runs_of_others_are_not_there(viewer: NewViewer) -> None:
    batch()
    run = calculated()
    stranger = viewer("x@example.com", organisation="globex")

    for path in ("batches/B1/", f"calculations/{run.public_id}/", f"calculations/{run.public_id}/items/1"):
        assert stranger.get(f"/pricing/{path}").status_code == 404, path
    assert "No batches yet" in text(stranger, "/pricing/batches/")
    reader = viewer("v@example.com", role="viewer")
    assert reader.post("/pricing/batches/B1/").status_code == 403
    assert "B1" in text(reader, "/pricing/batches/")


def test_a_price_math_report_is_asked_for_and_linked(viewer: NewViewer) -> None:
    batch()
    run = calculated()
    client = viewer()
    address = f"/pricing/calculations/{run.public_id}/"

    client.post(f"{address}report", {"format": "json"})
    job = run_again(Job.objects.get(type="batch-report"))

    assert job.status == "completed", job.error
    assert job.data["calculationNumber"] == 1
    assert f'href="/reports/{job.result["reportId"]}' in text(client, address)
    client.post(f"{address}report", {"format": "stone"})
    assert Job.objects.filter(type="batch-report").count() == 1
