"""POST and GET /api/research/{companyId}."""

from collections.abc import Callable, Iterator
from types import SimpleNamespace

import pytest
from django.core.cache import cache
from django.utils import timezone
from rest_framework.test import APIClient

from accounts import tokens
from accounts.callers import system_caller
from accounts.models import Membership, Organisation, User
from jobs.actions import cancel
from jobs.models import Job
from jobs.testing import run_again
from prospects.models import Company
from research.models import QuotaUnit

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("redis_clean")]


@pytest.fixture(autouse=True)
def fresh_cache() -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def member() -> Callable[..., APIClient]:
    """Makes a client of a member of an organisation."""

    def make(organisation: str = "acme", *, email: str = "ana@example.com", role: str = "member") -> APIClient:
        group, _ = Organisation.objects.get_or_create(slug=organisation, defaults={"name": organisation})
        user = User.objects.create_user(email)
        Membership.objects.create(user=user, organisation=group, role=role)
        client = APIClient()
        _, secret = tokens.issue(user=user, organisation=group, name="t")
        client.credentials(HTTP_AUTHORIZATION=f"Bearer {secret}")
        return client

    return make


def test_a_request_is_a_job_with_an_id_of_its_company_and_the_quota(acme: Company, member) -> None:
    answer = member().post("/api/research/comp_1")

    body = answer.json()
    assert answer.status_code == 202
    assert body["id"].startswith("research:comp_1:")
    assert body["id"].rsplit(":", 1)[1].isdecimal()
    assert (body["status"], body["estimatedCompletionSeconds"]) == ("waiting", 60)
    assert body["pollUrl"] == f"/api/jobs/{body['id']}"
    assert body["data"]["companyName"] == "Acme Foods Inc"
    assert body["quota"] == {"researchesUsed": 1, "researchesLimit": 100, "researchesRemaining": 99}


def test_requests_of_one_millisecond_are_jobs_and_units_of_their_own_in_every_organisation(
    acme: Company, member, monkeypatch
) -> None:
    monkeypatch.setattr("research.requesting.time", SimpleNamespace(time_ns=lambda: 1_697_123_456_789_000_000))
    Company.objects.create(tenant_id="other", key="comp_1", name="Acme of theirs", name_key="acme of theirs")
    ours, theirs = member(), member("other", email="bo@example.com")

    answers = [client.post("/api/research/comp_1") for client in (ours, theirs, ours)]

    stem = "research:comp_1:1697123456789"
    assert [answer.status_code for answer in answers] == [202, 202, 202]
    assert [answer.json()["id"] for answer in answers] == [stem, f"{stem}-2", f"{stem}-3"]
    assert [answer.json()["quota"]["researchesUsed"] for answer in answers] == [1, 1, 2]


def test_an_id_of_the_callers_own_finds_the_first_request_again(acme: Company, member) -> None:
    client = member()

    answers = [client.post("/api/research/comp_1", {"options": {"jobId": "mine"}}, format="json") for _ in range(2)]

    assert [(answer.status_code, answer.json()["id"]) for answer in answers] == [(202, "mine"), (200, "mine")]
    assert QuotaUnit.objects.count() == 1


def test_the_poll_url_leads_to_the_report(acme: Company, member) -> None:
    client = member()
    body = client.post("/api/research/comp_1?forceRefresh=true").json()
    run_again(Job.objects.get(public_id=body["id"]))

    job = client.get(body["pollUrl"])
    report = client.get("/api/research/comp_1")

    assert (job.status_code, job.json()["status"]) == (200, "completed")
    assert report.json()["researchId"] == job.json()["result"]["researchId"]
    assert len(report.json()["sections"]) == 8
    assert report.json()["writtenBy"] == "rules"


def test_an_unknown_company_and_one_of_others_do_not_exist(acme: Company, member) -> None:
    client = member("other")

    for path in ("/api/research/comp_1", "/api/research/nobody"):
        assert client.post(path).status_code == 404
        assert client.get(path).status_code == 404
    assert Job.objects.count() == 0
    assert QuotaUnit.objects.count() == 0


def test_a_company_without_research_has_none_to_show(acme: Company, member) -> None:
    assert member().get("/api/research/comp_1").status_code == 404


def test_the_request_after_the_last_unit_is_refused_and_makes_no_job(acme: Company, member, settings) -> None:
    settings.RESEARCH_QUOTA_LIMIT = 2
    client = member()

    answers = [client.post("/api/research/comp_1") for _ in range(3)]

    remaining = [answer.json()["quota"]["researchesRemaining"] for answer in answers]
    assert [answer.status_code for answer in answers] == [202, 202, 429]
    assert remaining == [1, 0, 0]
    assert answers[2].json()["error"]["code"] == "quota_exceeded"
    assert int(answers[2]["Retry-After"]) > 0
    assert Job.objects.count() == 2


def test_a_job_cancelled_before_its_start_gives_its_unit_back(acme: Company, member, settings) -> None:
    settings.RESEARCH_QUOTA_LIMIT = 1
    client = member()
    first = client.post("/api/research/comp_1").json()
    assert client.post("/api/research/comp_1").status_code == 429

    cancel(jobs=[Job.objects.get(public_id=first["id"])], by=system_caller())

    assert client.post("/api/research/comp_1").status_code == 202
    assert client.post("/api/research/comp_1").status_code == 429


def test_a_failed_job_gives_its_unit_back_once(acme: Company, member, settings) -> None:
    settings.RESEARCH_QUOTA_LIMIT = 1
    client = member()
    first = client.post("/api/research/comp_1").json()
    Job.objects.filter(public_id=first["id"]).update(
        status="failed", error={"message": "x"}, finished_at=timezone.now()
    )

    assert client.post("/api/research/comp_1").status_code == 202
    assert client.post("/api/research/comp_1").status_code == 429
    assert QuotaUnit.objects.exclude(given_back_at=None).count() == 1


def test_a_wrong_field_is_named_and_takes_no_unit(acme: Company, member) -> None:
    client = member()

    answer = client.post("/api/research/comp_1", {"domain": "no domain"}, format="json")

    assert answer.status_code == 400
    assert "domain" in answer.json()["error"]["fields"]
    assert QuotaUnit.objects.count() == 0


@pytest.mark.parametrize("options", [[1], "soon", 7])
def test_options_that_are_no_object_are_named(acme: Company, member, options: object) -> None:
    answer = member().post("/api/research/comp_1", {"options": options}, format="json")

    assert (answer.status_code, list(answer.json()["error"]["fields"])) == (400, ["options"])


def test_both_spellings_ask_for_a_refresh(acme: Company, member) -> None:
    client = member()

    for body in ({"forceRefresh": True}, {"force_refresh": True}):
        assert client.post("/api/research/comp_1", body, format="json").json()["data"]["forceRefresh"] is True
    for query in ("forceRefresh=true", "force_refresh=true"):
        assert client.post(f"/api/research/comp_1?{query}").json()["data"]["forceRefresh"] is True
    refused = client.post("/api/research/comp_1?force_refresh=perhaps")
    assert refused.status_code == 400
    assert refused.json()["error"]["fields"] == {"forceRefresh": "must be true or false"}


def test_without_queues_the_request_does_the_research_itself(acme: Company, member, settings) -> None:
    settings.USE_QUEUE_PROCESSING = False

    answer = member().post("/api/research/comp_1")

    assert answer.status_code == 200
    assert answer.json()["status"] == "completed"
    assert answer.json()["result"]["sectionsComplete"] == 8
    assert answer.json()["quota"]["researchesUsed"] == 1


def test_a_viewer_reads_and_does_not_ask(acme: Company, member) -> None:
    client = member(role="viewer")

    assert client.post("/api/research/comp_1").status_code == 403
    assert client.get("/api/research/comp_1").status_code == 404


def test_nobody_asks_without_signing_in(acme: Company) -> None:
    assert APIClient().post("/api/research/comp_1").status_code == 401
    assert APIClient().get("/api/research/comp_1").status_code == 401
