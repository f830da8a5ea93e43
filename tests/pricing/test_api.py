"""The REST resources of pricing: what they show, who may, and that organisations are apart."""

from collections.abc import Callable
from typing import Any

import pytest
from django.utils import timezone
from rest_framework.test import APIClient

from pricing.models import Contract, Observation, Series

from .deals import batch, calculated, contract, publish, publish_golden
from .market import golden_json

pytestmark = pytest.mark.django_db

NewClient = Callable[..., APIClient]
HEADER = "series_code,as_of_date,value,unit,currency,version_tag,published_at,source"
NOWHERE = "00000000-0000-0000-0000-000000000000"


@pytest.fixture
def deal(redis_clean: Any) -> str:
    """The golden batch, calculated; returns the calculation's id."""
    publish_golden()
    contract(lines=2)
    batch()
    return str(calculated().public_id)


def test_what_is_anothers_answers_like_what_does_not_exist(deal: str, client_of: NewClient) -> None:
    stranger = client_of("member", "globex")

    for theirs, unknown in (
        ("/api/series/WTI", "/api/series/NONE"),
        ("/api/contracts/C1", "/api/contracts/C9"),
        ("/api/pricing/batches/B1", "/api/pricing/batches/B9"),
        (f"/api/calculations/{deal}", f"/api/calculations/{NOWHERE}"),
        ("/api/series/WTI?tenantId=acme", "/api/series/WTI?tenantId=nobody"),
    ):
        answers = [stranger.get(path) for path in (theirs, unknown)]
        assert [answer.status_code for answer in answers] == [404, 404]
        assert answers[0].content == answers[1].content
    for path, name in (("series", "series"), ("contracts", "contracts"), ("calculations", "calculations")):
        assert stranger.get(f"/api/{path}").json()[name] == []
        assert stranger.get(f"/api/{path}?tenantId=acme").json()[name] == []


def test_an_item_shows_its_whole_derivation(deal: str, client_of: NewClient) -> None:
    item = client_of("viewer").get(f"/api/calculations/{deal}/items/2").json()

    assert (item["price"], item["amount"], item["factor"]) == ("1052.78", "526390.00", "1.052775")
    factor = next(step for step in item["steps"] if step["rule"] == "factor")
    assert factor["expression"] == "0.15 + 0.45 × 1.0795 + 0.25 × 1.0500 + 0.15 × 1.0300"
    assert [step["order"] for step in item["steps"]] == list(range(1, len(item["steps"]) + 1))


def test_a_calculation_pages_its_items_with_steps_where_asked(deal: str, client_of: NewClient) -> None:
    viewer = client_of("viewer")

    first = viewer.get(f"/api/calculations/{deal}?limit=1").json()
    second = viewer.get(f"/api/calculations/{deal}?limit=1&include=steps&cursor={first['nextCursor']}").json()

    assert ([row["position"] for row in first["items"]], "steps" in first["items"][0]) == ([1], False)
    assert (second["nextCursor"], [row["position"] for row in second["items"]]) == (None, [2])
    assert second["items"][0]["steps"][-1]["rule"] == "amount"
    assert second["totals"] == {"USD": {"amount": "1052780.00", "delta": None}}


def test_values_are_paged_and_show_the_newest_revision_or_all(deal: str, client_of: NewClient) -> None:
    viewer = client_of("viewer")
    before = timezone.now().isoformat().replace("+", "%2B")
    publish("WTI", "2026-03-04", "81")

    newest = viewer.get("/api/series/WTI/values?limit=2").json()
    rest = viewer.get(f"/api/series/WTI/values?limit=2&cursor={newest['nextCursor']}").json()
    history = viewer.get("/api/series/WTI/values?history=true&from=2026-03-04").json()
    then = viewer.get(f"/api/series/WTI/values?asOf={before}&from=2026-03-04").json()

    assert [(row["date"], row["value"]) for row in newest["values"]] == [("2026-03-04", "81"), ("2026-03-03", "78.45")]
    assert ([row["date"] for row in rest["values"]], rest["nextCursor"]) == (["2026-03-02"], None)
    assert [(row["value"], row["revision"]) for row in history["values"]] == [("81", 2), ("80.25", 1)]
    assert [row["value"] for row in then["values"]] == ["80.25"]


def test_values_go_out_and_in_again_as_csv(deal: str, client_of: NewClient) -> None:
    answer = client_of("viewer").get("/api/series/WTI/values?format=csv")
    there = client_of("member", "globex")

    report = there.post("/api/series/import?fileName=wti.csv", answer.content, content_type="text/csv")
    again = there.post("/api/series/import", answer.content, content_type="text/csv")

    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    assert (report.status_code, report.json()["inserted"], report.json()["rejected"]) == (201, 3, 0)
    assert (again.status_code, again.json()["repeated"]) == (200, True)
    assert there.get("/api/series/WTI/values").json()["count"] == 3


def test_an_import_names_rejected_rows_and_refuses_other_files(client_of: NewClient) -> None:
    member = client_of("member")
    body = f"{HEADER}\nWTI,2026-03-02,76.10,,,final,,\nWTI,never,1,,,final,,\n"

    done = member.post("/api/series/import", body.encode(), content_type="text/csv")
    wrong = member.post("/api/series/import", b"hello", content_type="text/csv")

    assert done.json()["problems"] == [{"line": 3, "reason": "as_of_date must be an ISO date such as 2026-01-31"}]
    assert done.json()["sizeBytes"] == len(body)
    assert (wrong.status_code, list(wrong.json()["error"]["fields"])) == (400, ["body"])
    assert Observation.objects.count() == 1


def test_a_series_is_made_and_renamed(client_of: NewClient) -> None:
    member = client_of("member")

    made = member.post("/api/series", {"code": "PPI", "frequency": "monthly"}, format="json")
    twice = member.post("/api/series", {"code": "PPI"}, format="json")
    changed = member.patch("/api/series/PPI", {"name": "Producer prices", "unit": "1982=100"}, format="json")

    assert (made.status_code, made.json()["frequency"]) == (201, "monthly")
    assert (twice.status_code, twice.json()["error"]["code"]) == (409, "code_in_use")
    assert (changed.json()["name"], changed.json()["frequency"]) == ("Producer prices", "monthly")
    assert Series.objects.get().tenant_id == "acme"


def test_a_contract_is_made_amended_and_read(client_of: NewClient) -> None:
    member = client_of("member")
    Series.objects.create(tenant_id="acme", code="WTI", frequency="daily")
    version = {
        "effectiveFrom": "2026-01-01",
        "terms": golden_json(),
        "lines": [{"code": "L1", "basePrice": "1000.00", "quantity": "500"}],
    }

    made = member.post("/api/contracts", version | {"code": "C1", "name": "Steel"}, format="json")
    twice = member.post("/api/contracts", version | {"code": "C1"}, format="json")
    amended = member.post("/api/contracts/C1/versions", version | {"note": "indexation"}, format="json")
    read = member.get("/api/contracts/C1/versions/2").json()

    assert made.status_code == 201, made.content
    assert made.json()["versions"][0]["terms"]["components"][0]["frequency"] == "daily"
    assert (twice.status_code, amended.status_code, amended.json()["number"]) == (409, 201, 2)
    assert read["lines"] == [
        {"code": "L1", "description": "", "unit": "", "basePrice": "1000", "quantity": "500", "content": None}
    ]
    assert Contract.objects.get().versions.count() == 2


@pytest.mark.parametrize(
    ("changes", "field", "words"),
    [
        ({"terms": golden_json(fixed="0.5")}, "terms", "add up to 1"),
        ({"lines": []}, "lines", "at least 1"),
        ({"lines": [{"code": "A"}]}, "data", "basePrice"),
        ({"lines": [{"code": "A", "basePrice": "1"}] * 2}, "data", "given twice"),
        ({"lines": [{"code": "A", "basePrice": 1.5}]}, "lines.0.basePrice", "text"),
    ],
)
def test_a_contract_that_makes_no_sense_is_refused(
    changes: dict[str, Any], field: str, words: str, client_of: NewClient
) -> None:
    given = {
        "code": "C1",
        "effectiveFrom": "2026-01-01",
        "terms": golden_json(),
        "lines": [{"code": "L1", "basePrice": "1"}],
    }

    answer = client_of("member").post("/api/contracts", given | changes, format="json")

    assert answer.status_code == 400
    assert list(answer.json()["error"]["fields"]) == [field]
    assert words in answer.json()["error"]["fields"][field]


def test_a_batch_is_made_and_shows_its_calculations(deal: str, client_of: NewClient) -> None:
    member = client_of("member")

    made = member.post(
        "/api/pricing/batches",
        {"batchId": "B2", "pricingDate": "2026-03-04", "items": [{"contract": "C1", "line": "L2", "quantity": "7"}]},
        format="json",
    )
    wrong = member.post(
        "/api/pricing/batches", {"batchId": "B3", "pricingDate": "2026-03-04", "contracts": ["C9"]}, format="json"
    )
    shown = member.get("/api/pricing/batches/B1").json()

    assert (made.status_code, made.json()["itemCount"]) == (201, 1)
    assert wrong.json()["error"]["fields"] == {"contracts": "there is no contract C9"}
    assert [row["id"] for row in shown["calculations"]] == [deal]
    assert [(row["line"], row["quantity"]) for row in shown["items"]] == [("L1", None), ("L2", None)]


def test_a_foreign_organisation_cannot_be_written_to(client_of: NewClient) -> None:
    client_of("member", "globex")

    answer = client_of("member").post("/api/series", {"code": "A", "tenantId": "globex"}, format="json")

    assert answer.status_code == 403
    assert not Series.objects.exists()
