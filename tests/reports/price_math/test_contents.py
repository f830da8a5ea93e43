"""R-TYPE-20: the derivation of a batch's prices as PDF, CSV and JSON, from the golden example."""

import csv
import io
import json
import re
from datetime import date, timedelta
from typing import Any

import pytest
from defusedxml.ElementTree import fromstring

from pricing.models import Batch
from reports.models import Report
from reports.price_math.data_files import write_csv, write_json
from reports.price_math.paper import TooLong, check_length, html_of
from reports.price_math.reading import Scope
from tests.pricing.deals import batch, contract

from ..paper import needs_pango, pages_of
from .golden import GOLDEN, ask, calculated, content_of, load, trued_up

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("golden")]


def test_the_json_holds_the_whole_derivation_of_the_golden_example() -> None:
    calculation = calculated()

    job = ask()

    assert job.status == "completed", job.error
    report = Report.objects.get()
    assert job.result == {
        "reportId": report.public_id,
        "format": "json",
        "sizeBytes": len(content_of(report)),
        "downloadUrl": f"/api/reports/{report.public_id}/download",
    }
    whole = json.loads(content_of(report))
    assert whole["totals"] == {"USD": {"amount": "526390.00", "delta": None}}
    assert whole["calculation"]["digest"] == calculation.digest
    (section,) = whole["contracts"]
    (line,) = section["lines"]
    steps = [*section["steps"], *line["steps"]]
    assert [step["order"] for step in steps] == list(range(1, len(steps) + 1))
    assert set(GOLDEN) <= {step["rounded"] for step in steps}
    mean = next(step for step in steps if step["rule"] == "current average")
    assert (mean["expression"], mean["rounding"]) == ("(76.1 + 78.45 + 80.25) / 3", "6 places, HALF_UP")
    used = {(one["series"], one["date"], one["version"]) for one in whole["observations"]}
    assert ("PPI", "2026-03-01", "preliminary") in used
    named = {one["observation"] for step in steps for one in step["inputs"] if "observation" in one}
    assert named == {one["observation"] for one in whole["observations"]}


def test_the_csv_has_one_row_for_each_step() -> None:
    calculation = calculated()

    ask("csv")

    text = content_of(Report.objects.get()).decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert len(rows) == calculation.steps.count()
    price = next(row for row in rows if row["rule"] == "price")
    assert (price["expression"], price["rounded"], price["line"]) == ("1000 × 1.052775", "1052.78", "L1")
    assert next(row for row in rows if row["rule"] == "factor")["line"] == ""
    average = next(row for row in rows if row["rule"] == "current average")
    assert re.search(r"WTI 2026-03-02 final r1 #\d+: 76\.1; WTI 2026-03-03", average["inputs"])


@needs_pango
def test_the_pdf_prints_every_intermediate_number_of_the_golden_example() -> None:
    calculation = calculated()

    pages, document = pages_of(html_of(Scope(calculation=calculation), "Price math"), title="Price math")

    text = " ".join(pages)
    for number in (*GOLDEN, calculation.digest, "(76.1 + 78.45 + 80.25) / 3", "6 places, HALF_UP", "1000 × 1.052775"):
        assert number in text, number
    assert "provisional" in text
    assert re.search(r"PPI 2026-03-01 preliminary r1 #\d+: 262\.5", text)
    assert f"Page {len(pages)} of {len(pages)}" in pages[-1]
    ((_, _, parts, _),) = document.make_bookmark_tree()
    assert [label for label, *_ in parts] == [
        "How to read it",
        "Results",
        "Contract C1, version 1",
        "Index values used",
    ]
    assert [label for label, *_ in parts[2][2]] == ["1. C1 L1"]


@needs_pango
def test_a_pdf_is_stored_and_is_a_pdf() -> None:
    calculated()

    job = ask("pdf")

    assert job.status == "completed", job.error
    assert content_of(Report.objects.get()).startswith(b"%PDF")
    assert Report.objects.get().title == "Price math of B1, calculation 1"


def test_the_page_is_well_formed_so_that_it_is_read_fast() -> None:
    fromstring(f"<body>{html_of(Scope(calculation=trued_up()), 'Price & math')}</body>")


def test_a_true_up_shows_the_earlier_amount_and_what_is_to_settle() -> None:
    html = html_of(Scope(calculation=trued_up()), "Price math")

    assert "before 526390.00, to settle -750.00" in html
    assert "525640.00 - 526390.00" in html
    assert "trues up calculation 1" in html
    assert "provisional" not in html.lower()


def test_an_earlier_calculation_can_be_asked_for_and_is_what_it_was() -> None:
    trued_up()

    ask(calculationNumber=1)
    ask()

    newest, first = (json.loads(content_of(one)) for one in Report.objects.order_by("-id"))
    assert (first["calculation"]["number"], first["totals"]["USD"]["amount"]) == (1, "526390.00")
    assert (newest["calculation"]["previous"]["number"], newest["totals"]["USD"]["delta"]) == (1, "-750.00")


def test_the_same_calculation_gives_the_same_bytes() -> None:
    scope = Scope(calculation=trued_up())
    for write in (write_json, write_csv):
        made = [io.BytesIO(), io.BytesIO()]
        for file in made:
            write(scope, file)

        assert made[0].getvalue() == made[1].getvalue() != b""


def test_long_averages_count_by_their_values(settings: Any) -> None:
    days = [date(2025, 1, 1) + timedelta(days=number) for number in range(400)]
    load("series_code,as_of_date,value,version_tag\n" + "".join(f"LONG,{day},{day.day},final\n" for day in days))
    window = {"name": "LONG", "series": "LONG", "weight": "1", "base": {"value": "10"}}
    current = {"current": {"window": {"unit": "observation", "count": 400}}}
    contract("C2", fixed="0", components=[window | current])
    batch("B2", contracts=["C2"])
    settings.REPORT_PDF_PAGES = 5

    with pytest.raises(TooLong, match="1 lines in 6 steps would fill about 18 pages"):
        check_length(Scope(calculation=calculated("B2")))


def test_a_collar_that_is_open_on_one_side_says_so() -> None:
    contract("C2", collar={"cumulative": {"cap": "8"}})
    batch("B2", contracts=["C2"])

    html = html_of(Scope(calculation=calculated("B2")), "Price math")

    assert "Collar: cap 8 %, no floor." in html


def test_one_contract_alone_shows_nothing_of_the_others() -> None:
    contract("C2", lines=2)
    batch("B2", contracts=["C1", "C2"])
    calculated("B2")

    ask(batchId="B2", contract="C2")

    whole = json.loads(content_of(Report.objects.get()))
    assert [one["contract"] for one in whole["contracts"]] == ["C2"]
    assert (whole["lineCount"], whole["totals"]) == (2, {"USD": {"amount": "1052780.00", "delta": None}})
    assert Report.objects.get().title == "Price math of B2, calculation 1, contract C2"


def test_lines_of_contracts_stand_together_in_the_order_of_the_batch() -> None:
    contract("C2", lines=2)
    items = [("C2", "L2"), ("C1", "L1"), ("C2", "L1")]
    batch("B2", items=[{"contract": code, "line": line} for code, line in items])
    out = io.BytesIO()

    write_json(Scope(calculation=calculated("B2")), out)

    found = json.loads(out.getvalue())["contracts"]
    assert [(one["contract"], [line["position"] for line in one["lines"]]) for one in found] == [
        ("C2", [1, 3]),
        ("C1", [2]),
    ]


def test_a_description_that_is_html_is_shown_as_it_is() -> None:
    Batch.objects.filter(code="B1").update(name="<script>alert(1)</script>")

    html = html_of(Scope(calculation=calculated()), "<b>Title</b>")

    assert "&lt;script&gt;alert(1)" in html
    assert "<script" not in html
    assert "&lt;b&gt;Title" in html
