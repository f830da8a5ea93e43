"""Sectors over HTTP: what is shown, who may, and that organisations are apart."""

from collections.abc import Callable
from typing import Any

import pytest
from rest_framework.test import APIClient

from jobs.models import Job
from research.models import Insights, SectorAnalysis, StockAnalysis
from research.sectors import decisions
from research.sectors.tree import tree_of
from tests.pricing.conftest import client_of  # noqa: F401  a fixture

from . import sector_world as world
from .sector_world import Script, caller

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("redis_clean")]

#: Answers by role: anonymous, stranger, viewer, member who began nothing, tenant admin, admin.
ROLES = ("anonymous", "stranger", "viewer", "member", "tenant-admin", "admin")
#: Decisions with a body that fits: whose sector it is decides.
DECISIONS = (
    ("/api/sub-sectors/{sub}/reject", (401, 404, 403, 403, 409, 409)),
    ("/api/sub-sectors/{sub}/approve", (401, 404, 403, 403, 200, 200)),
    ("/api/stock-analyses/{analysis}/retry", (401, 404, 403, 403, 202, 409)),
    ("/api/sectors/{sector}/cancel", (401, 404, 403, 403, 202, 202)),
)


@pytest.fixture
def clients(client_of: Callable[..., APIClient]) -> dict[str, APIClient]:  # noqa: F811
    own = {role: client_of(role) for role in ROLES[2:]}
    return {"anonymous": APIClient(raise_request_exception=False), "stranger": client_of("member", "globex"), **own}


def ids() -> dict[str, str]:
    insights = Insights.objects.select_related("analysis__stock__sub_sector__sector").latest("pk")
    stock = insights.analysis.stock
    return {
        "sector": stock.sub_sector.sector.public_id,
        "sub": stock.sub_sector.public_id,
        "analysis": insights.analysis.public_id,
        "insights": insights.public_id,
    }


def test_who_began_a_sector_and_administrators_decide_about_it(script: Script, clients: dict[str, APIClient]) -> None:
    world.ranked(script, "Pipelines")
    world.run_all()
    named = ids()

    def answers(method: str, path: str, body: dict[str, Any]) -> tuple[int, ...]:
        return tuple(
            getattr(clients[role], method.lower())(
                path.format(**named), *([body] if method == "POST" else []), format="json"
            ).status_code
            for role in ROLES
        )

    decided = {path: answers("POST", path, {}) for path, _ in DECISIONS}

    assert decided == dict(DECISIONS)


def test_a_sector_goes_from_its_name_to_its_insights(script: Script, clients: dict[str, APIClient]) -> None:
    member = clients["member"]
    script.rejecting(1, "PI1")

    begun = member.post("/api/sectors", {"sectorName": "Energy"}, format="json")
    assert begun.status_code == 202
    body = begun.json()
    sector = body["sector"]
    assert (sector["sectorName"], sector["status"]) == ("Energy", "researching")
    assert (body["job"]["id"], body["job"]["queue"]) == (f"sector-{sector['id']}", "sector-research")
    assert begun["Location"] == f"/api/sectors/{sector['id']}"
    world.run_all()

    tree = member.get(begun["Location"]).json()
    assert (tree["status"], tree["progress"]) == ("active", 10)
    assert [one["status"] for one in tree["subSectors"]] == ["pending_approval"] * 3
    drillers, pipelines, refiners = tree["subSectors"]

    early = {"type": "stock-ranking", "data": {"subSectorId": pipelines["id"]}}
    refused = member.post("/api/jobs", early, format="json")
    assert (refused.status_code, refused.json()["error"]["code"]) == (409, "precondition_failed")

    rejected = [member.post(f"/api/sub-sectors/{one['id']}/reject") for one in (drillers, refiners)]
    assert [(one.status_code, one.json()["subSector"]["status"]) for one in rejected] == [(200, "rejected")] * 2
    refused = member.post(f"/api/sub-sectors/{drillers['id']}/approve")
    assert (refused.status_code, refused.json()["error"]["code"]) == (409, "rejected")
    approved = [member.post(f"/api/sub-sectors/{pipelines['id']}/approve") for _ in range(2)]
    assert [one.status_code for one in approved] == [202, 200]
    assert {one.json()["job"]["id"] for one in approved} == {f"ranking:{pipelines['id']}"}

    world.run_one(f"ranking:{pipelines['id']}")
    half = member.get(f"/api/sub-sectors/{pipelines['id']}").json()
    assert [(one["rank"], one["status"], one["job"]["status"]) for one in half["stocks"]] == [
        (1, "analysing", "waiting"),
        (2, "analysing", "waiting"),
    ]
    world.run_all()

    tree = member.get(begun["Location"]).json()
    assert (tree["status"], tree["progress"]) == ("completed", 100)
    stocks = {one["symbol"]: one for one in tree["subSectors"][1]["stocks"]}
    assert {name: (one["variation"], one["rejections"], one["analysisStatus"]) for name, one in stocks.items()} == {
        "PI1": (1, 1, "formatted"),
        "PI2": (0, 0, "formatted"),
    }
    assert [one["review"]["approved"] for one in stocks["PI1"]["analyses"]] == [False, True]
    for stock in stocks.values():
        assert Insights.objects.filter(public_id=stock["insightsId"]).exists()
        for attempt in stock["analyses"]:
            named = [attempt[name] for name in ("jobId", "judgeJobId", "formatJobId") if attempt[name]]
            assert Job.objects.filter(public_id__in=named).count() == len(named)
    analysis = member.get(f"/api/stock-analyses/{stocks['PI2']['analyses'][0]['id']}").json()
    assert analysis["facts"] == [{"id": "F1", "text": "A fact."}]
    assert analysis["insights"]["data"] == {"company": {"symbol": "PI2"}}
    assert analysis["review"]["judgedBy"] == "rules"
    retried = member.post(f"/api/stock-analyses/{analysis['id']}/retry")
    assert retried.status_code == 202
    assert retried.json()["stockAnalysis"]["variation"] == 1
    assert retried.json()["job"]["id"] == StockAnalysis.objects.latest("pk").job_id


def test_the_tree_takes_as_many_queries_for_many_as_for_few(
    script: Script, clients: dict[str, APIClient], django_assert_max_num_queries: Any
) -> None:
    world.ranked(script, "Pipelines")
    world.run_all()

    with django_assert_max_num_queries(5):
        tree = tree_of(SectorAnalysis.objects.get())
    assert sum(len(one.stocks) for one in tree.sub_sectors) == 2


def test_progress_grows_with_every_step_and_is_whole_only_at_the_end(script: Script) -> None:
    script.rejecting(2, "PI1")
    sector = decisions.start(name="Energy", by=caller()).sector
    seen = []
    while (job := next(world.unfinished(), None)) is not None:
        world.run_one(job.public_id)
        sector.refresh_from_db()
        seen.append(tree_of(sector).percent)
        if job.type == "sector-research":
            world.approved(sector, "Pipelines")

    assert seen == sorted(seen)
    assert seen[0] == 10
    assert seen[-1] == 100
    assert max(seen[:-1]) < 100


def test_mistakes_are_named(clients: dict[str, APIClient]) -> None:
    member = clients["member"]

    for body, field in (({}, "sectorName"), ({"sectorName": " "}, "sectorName"), ({"sectorName": 5}, "sectorName")):
        answer = member.post("/api/sectors", body, format="json")
        assert (answer.status_code, list(answer.json()["error"]["fields"])) == (400, [field])
    wrong = member.get("/api/sectors?status=odd&limit=0")
    assert sorted(wrong.json()["error"]["fields"]) == ["limit", "status"]


def test_sectors_are_listed_newest_first_in_pages(clients: dict[str, APIClient]) -> None:
    for number in range(3):
        SectorAnalysis.objects.create(tenant_id="acme", name=f"Sector {number}", user_id="user_1")

    first = clients["viewer"].get("/api/sectors?limit=2").json()
    second = clients["viewer"].get(f"/api/sectors?limit=2&cursor={first['nextCursor']}").json()

    assert [one["sectorName"] for one in first["sectors"]] == ["Sector 2", "Sector 1"]
    assert [one["sectorName"] for one in second["sectors"]] == ["Sector 0"]
    assert (first["hasMore"], second["hasMore"], second["nextCursor"]) == (True, False, None)
    assert clients["stranger"].get("/api/sectors").json()["sectors"] == []


def test_the_published_schema_is_a_json_schema(clients: dict[str, APIClient]) -> None:
    from jsonschema import Draft202012Validator

    schema = clients["viewer"].get("/api/insights/schema").json()

    Draft202012Validator.check_schema(schema)
    assert "schemaVersion" in schema["required"]
