"""The pages of contracts: the form, JSON, previews, terms in words, the latest derivation, exports."""

import csv
import io
import json
from typing import Any

import pytest
from django.test import Client

from accounts.models import AuditEntry
from pricing.contracts import form
from pricing.models import Contract, ContractVersion
from tests.viewers import NewViewer

from ..deals import batch, calculated, contract, publish, publish_golden
from ..market import golden_json
from .test_series import text

pytestmark = pytest.mark.django_db

#: The golden contract as a person fills it in, with a dead band and a cap.
FORM = {
    "as": "fields",
    "code": "STEEL-1",
    "name": "Steel",
    "effectiveFrom": "2025-01-01",
    "terms.currency": "USD",
    "terms.fixed": "0.15",
    "terms.unpublished": "fail",
    "terms.deadBand.percent": "5",
    "terms.deadBand.mode": "excess",
    "terms.deadBand.applies": "above",
    "terms.collar.cumulative.cap": "4",
    "terms.rounding.average": "6",
    "terms.rounding.ratio": "4",
    "terms.rounding.factor": "",
    "terms.rounding.price": "2",
    "terms.rounding.amount": "2",
    "terms.rounding.mode": "HALF_UP",
    "terms.components.3.series": "WTI",
    "terms.components.3.weight": "0.85",
    "terms.components.3.base.kind": "value",
    "terms.components.3.base.value": "72.50",
    "terms.components.3.base.on": "",
    "terms.components.3.current.window.unit": "observation",
    "terms.components.3.current.window.count": "3",
    "terms.components.3.current.window.lag": "0",
    "terms.components.3.missing": "skip",
    "terms.components.3.frequency": "",
    # Added by the button and left empty.
    "terms.components.104.base.kind": "value",
    "terms.components.104.current.window.unit": "month",
    "terms.components.104.current.window.count": "1",
    "lines.0.code": "L1",
    "lines.0.basePrice": "1000.00",
    "lines.0.quantity": "500",
    "lines.7.code": "",
    "previewDate": "2026-03-04",
}


def send(client: Client, action: str = "save", path: str = "/pricing/add-contract/", **changes: str) -> Any:
    return client.post(
        path, FORM | {"action": action} | {name.replace("__", "."): one for name, one in changes.items()}
    )


def test_a_contract_is_made_with_the_fields_and_said_in_words(viewer: NewViewer, redis_clean: Any) -> None:
    publish_golden()
    client = viewer()

    answer = send(client)

    assert answer.status_code == 302, answer.content.decode()
    version = ContractVersion.objects.get()
    assert version.created_by == client.user  # type: ignore[attr-defined]
    assert (version.terms["fixed"], version.terms["deadBand"]["percent"]) == ("0.15", "5")
    assert len(version.terms["components"]) == version.lines.count() == 1
    page = text(client, answer["Location"])
    assert "price = base price × (0.15 + 0.85 × WTI ÷ 72.50)" in page
    assert "The mean of the last 3 published values until the pricing date" in page
    assert "A change counts only where it is more than 5 %; then what exceeds the band counts." in page
    assert "Against the base it rises by 4 % at most." in page
    assert "This line was not priced yet." in page
    assert AuditEntry.objects.filter(action="contract.create").exists()


def test_a_preview_prices_without_storing_anything(viewer: NewViewer, redis_clean: Any) -> None:
    publish_golden()
    client = viewer()

    page = send(client, "preview").content.decode()

    # 0.15 + 0.85 × 1.0795 = 1.067575, less the band 1.017575.
    assert "1,017.58" in page
    assert "(76.1 + 78.45 + 80.25) / 3" in page
    assert not Contract.objects.exists()
    assert "3 are needed" in send(client, "preview", previewDate="2026-01-01").content.decode()
    assert "must be an ISO date" in send(client, "preview", previewDate="soon").content.decode()


@pytest.mark.parametrize(
    ("changes", "field", "words"),
    [
        ({"terms__components__3__weight": "0.8"}, "terms", "must add up to 1; they add up to 0.95"),
        ({"terms__components__3__weight": "much"}, "terms.components.0.weight", "must be a number"),
        ({"terms__components__3__base__value": ""}, "terms.components.0.base", "exactly one of value"),
        ({"terms__components__3__current__window__count": "x"}, "terms.components.0.current.window.count", "integer"),
        ({"terms__deadBand__percent": "-1"}, "terms.deadBand.percent", "must not be negative"),
        ({"lines__0__basePrice": ""}, "lines.0.basePrice", "is required"),
        ({"lines__0__basePrice": "0"}, "lines.0.basePrice", "more than 0"),
        ({"effectiveFrom": ""}, "effectiveFrom", "is required"),
        ({"code": "a b"}, "code", ""),
    ],
)
def test_what_is_wrong_is_named_by_its_field(
    viewer: NewViewer, changes: dict[str, str], field: str, words: str
) -> None:
    answer = send(viewer(), **changes)

    assert answer.status_code == 422
    problems = answer.context["problems"]
    assert words in problems[field], problems
    # Also where the problem is of a part, a field shows it.
    assert 'aria-invalid="true"' in answer.content.decode()
    assert not Contract.objects.exists()


def test_what_the_fields_cannot_say_is_edited_as_json(viewer: NewViewer, redis_clean: Any) -> None:
    contract("C1", versions=["final"])
    client = viewer()
    page = text(client, "/pricing/contracts/C1/amend/")
    assert "The fields cannot hold something in versions" in page
    given = client.get("/pricing/contracts/C1/amend/").context["json"]

    answer = client.post("/pricing/contracts/C1/amend/", {"as": "json", "json": given, "action": "save"})

    assert answer.status_code == 302
    assert [one.terms["versions"] for one in ContractVersion.objects.order_by("number")] == [["final"]] * 2
    wrong = client.post("/pricing/contracts/C1/amend/", {"as": "json", "json": "{", "action": "save"})
    assert wrong.status_code == 422
    assert "no JSON" in wrong.context["problems"]["json"]


def test_fields_become_json_and_json_fields(viewer: NewViewer) -> None:
    client = viewer()
    as_json = json.loads(send(client, "json").context["json"])
    assert as_json["terms"]["components"][0]["series"] == "WTI"

    fields = client.post(
        "/pricing/add-contract/", {"as": "json", "json": json.dumps(as_json), "action": "fields"}
    ).context["fields"]

    assert form.contract_of(fields)["terms"]["collar"] == {"cumulative": {"cap": "4"}}
    assert fields["terms.components.0.base.value"] == "72.50"


def test_the_form_of_an_amendment_says_what_the_version_before_said() -> None:
    given = {"terms": golden_json(collar={"period": {"cap": "2", "floor": "1"}}), "lines": [{"code": "L1"}]}

    fields = form.fields_of(given)

    again = form.contract_of(fields)["terms"]
    assert [one["base"] for one in again["components"]] == [
        {"value": "72.50"},
        {"on": "2025-01-01"},
        {"on": "2025-01-01"},
    ]
    assert again["collar"] == {"period": {"cap": "2", "floor": "1"}}


def test_an_amendment_is_a_further_version_and_a_code_is_taken_once(viewer: NewViewer) -> None:
    client = viewer()
    send(client)

    amended = send(client, path="/pricing/contracts/STEEL-1/amend/", effectiveFrom="2026-04-01")
    again = send(client)

    assert amended["Location"].endswith("?version=2")
    assert (again.status_code, "already" in again.context["problems"]["code"]) == (422, True)
    assert ContractVersion.objects.count() == 2


def test_the_latest_price_of_a_line_is_derived_step_by_step(viewer: NewViewer, redis_clean: Any) -> None:
    publish_golden()
    contract(lines=2)
    batch()
    calculated()
    client = viewer()

    page = text(client, "/pricing/contracts/C1/?line=L2")

    assert "1,052.78 USD" in page
    assert "(76.1 + 78.45 + 80.25) / 3" in page
    assert "/pricing/series/WTI?until=2026-03-04#o" in page
    assert "provisional" in page


def test_contracts_of_others_are_not_there(viewer: NewViewer, redis_clean: Any) -> None:
    contract(tenant_id="globex")
    client = viewer()

    assert "No contracts yet" in text(client, "/pricing/contracts/")
    for path in ("C1/", "C1/amend/", "C1/contract.json"):
        assert client.get(f"/pricing/contracts/{path}").status_code == 404, path
    assert viewer("v@example.com", role="viewer").post("/pricing/add-contract/", FORM).status_code == 403


def test_contracts_are_exported_whole_and_run_nothing_in_a_spreadsheet(viewer: NewViewer) -> None:
    contract(lines=2)
    Contract.objects.update(name="=HYPERLINK(1)")
    client = viewer()

    rows = list(csv.reader(io.StringIO(b"".join(client.get("/pricing/contracts.csv")).decode("utf-8-sig"))))
    whole = json.loads(b"".join(client.get("/pricing/contracts.json")))

    assert [(row[0], row[1], row[7]) for row in rows[1:]] == [("C1", "'=HYPERLINK(1)", line) for line in ("L1", "L2")]
    assert [line["code"] for line in whole[0]["versions"][0]["lines"]] == ["L1", "L2"]
    assert json.loads(b"".join(client.get("/pricing/contracts/C1/contract.json")))[0]["code"] == "C1"


def test_the_list_finds_contracts_by_counterparty(viewer: NewViewer) -> None:
    contract(lines=3)
    publish("X", "2026-01-01", "1")
    client = viewer()

    page = client.get("/pricing/contracts/?q=c1")

    assert [(one.code, one.line_count, one.version_count) for one in page.context["rows"]] == [("C1", 3, 1)]
    assert "No contract is called" in text(client, "/pricing/contracts/?q=none")
