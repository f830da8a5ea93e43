"""prospect-scores: liens are found by name, scored in bulk, and nothing is done twice."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from jobs.models import Job
from jobs.testing import run_again, run_job
from prospects.models import Prospect, ProspectScore
from prospects.scores import passes
from prospects.scores.prospect_scores import score_prospects
from prospects.scores.weights import Versioned
from prospects.scoring.weights import ProspectWeights

from .making import make_lien, make_prospect

pytestmark = pytest.mark.django_db

WEIGHTS = Versioned(values=ProspectWeights(), version=0)


def test_a_prospect_is_scored_from_all_its_liens_and_no_others() -> None:
    prospect, other = make_prospect(), make_prospect("Beta LLC")
    make_lien(prospect, "Yellowstone Capital LLC", days_ago=60)
    make_lien(prospect, "Citibank, N.A.", days_ago=1700, lapses_in=90)
    make_lien(prospect, "Kubota Credit Corporation", days_ago=30, status="terminated")
    make_lien(other, "Internal Revenue Service")
    make_lien(make_prospect(tenant_id="rival"), "Internal Revenue Service")

    score_prospects(prospects=[prospect.pk, other.pk], weights=WEIGHTS)

    row = ProspectScore.objects.get(prospect=prospect)
    prospect.refresh_from_db()
    assert {factor["name"] for factor in row.factors if factor["contribution"]} == {
        "demand.mca", "demand.bank", "demand.equipment", "refinancing"
    }  # fmt: skip
    assert sum(factor["contribution"] for factor in row.factors) == pytest.approx(float(row.score))
    assert [prospect.score, prospect.ucc_risk, prospect.scored_at] == [row.score, 0, row.computed_at]
    assert prospect.secured_classes == ["mca", "bank"]
    other.refresh_from_db()
    assert [other.score, other.ucc_risk] == [0, 30]


def test_scoring_again_replaces_the_score() -> None:
    prospect = make_prospect()
    score_prospects(prospects=[prospect.pk], weights=WEIGHTS)
    make_lien(prospect, "Yellowstone Capital LLC", days_ago=0)

    score_prospects(prospects=[prospect.pk], weights=WEIGHTS)

    assert float(ProspectScore.objects.get().score) == pytest.approx(0.7 * 59.34, abs=0.01)


def test_the_number_of_queries_does_not_grow_with_the_number_of_prospects() -> None:
    for number in range(20):
        make_lien(make_prospect(f"Company {number} LLC"), "Citibank, N.A.")
    keys = list(Prospect.objects.values_list("pk", flat=True))

    with CaptureQueriesContext(connection) as few:
        score_prospects(prospects=keys[:1], weights=WEIGHTS)
    with CaptureQueriesContext(connection) as many:
        score_prospects(prospects=keys, weights=WEIGHTS)

    assert len(many) == len(few) <= 3


def test_the_job_scores_the_prospects_of_its_state_and_tenant_only(redis_clean: Any) -> None:
    mine, elsewhere = make_prospect(), make_prospect(state="CA")
    rival = make_prospect(tenant_id="rival")

    job = run_job("prospect-scores", state="NY", tenantId="acme")

    assert (job.status, job.result) == ("completed", {"prospects": 1, "finished": True})
    scored = Prospect.objects.filter(scored_at__isnull=False)
    assert list(scored) == [mine]
    assert {elsewhere, rival}.isdisjoint(scored)


def test_a_job_that_is_run_again_does_what_is_left(redis_clean: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    prospects = [make_prospect(f"Company {number}") for number in range(5)]
    monkeypatch.setattr(passes, "CHUNK", 2)
    scored: list[list[int]] = []

    def score_and_stop_once(*, prospects: list[int], weights: Any) -> int:
        if len(scored) == 1:
            scored.append([])
            raise ConnectionError("the worker lost its database")
        scored.append(list(prospects))
        return score_prospects(prospects=prospects, weights=weights)

    monkeypatch.setattr("prospects.scores.prospect_job.score_prospects", score_and_stop_once)

    job = run_job("prospect-scores", tenantId="acme")
    assert job.status == "delayed"
    job = run_again(job)

    assert (job.status, job.result) == ("completed", {"prospects": 3, "finished": True})
    assert sorted(key for chunk in scored for key in chunk) == sorted(prospect.pk for prospect in prospects)


def test_a_pass_that_takes_too_long_goes_on_in_a_job_of_its_own(
    redis_clean: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(3):
        make_prospect(f"Company {number}")
    monkeypatch.setattr(passes, "LONGEST_SECONDS", -1.0)

    job = run_job("prospect-scores", state="NY", tenantId="acme")

    successor = Job.objects.exclude(pk=job.pk).get()
    assert job.result == {"prospects": 0, "finished": False}
    assert (successor.type, successor.tenant_id, successor.data["state"]) == ("prospect-scores", "acme", "NY")
    monkeypatch.setattr(passes, "LONGEST_SECONDS", 60.0)
    assert run_again(successor).result == {"prospects": 3, "finished": True}
