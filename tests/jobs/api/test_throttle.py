"""The submission limit: per caller, sliding, shared by processes, forgiving without Redis."""

from typing import Any

import pytest
from rest_framework.test import APIClient

from config.env import Limit
from jobs.models import Job

from .conftest import NewClient, note, post

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def three_a_minute(settings: Any) -> None:
    settings.SUBMISSION_RATE_LIMIT = Limit(count=3, window_ms=60_000)


def test_one_submission_too_many_is_429_with_its_headers(member: APIClient) -> None:
    answers = [post(member, note()) for _ in range(4)]

    assert [answer.status_code for answer in answers] == [202, 202, 202, 429]
    assert [answer["RateLimit"].split(";")[1] for answer in answers] == ["r=2", "r=1", "r=0", "r=0"]
    assert {answer["RateLimit-Policy"] for answer in answers} == {'"submissions";q=3;w=60'}
    assert answers[3].json()["error"]["code"] == "too_many_requests"
    assert 0 < int(answers[3]["Retry-After"]) <= 60
    assert Job.objects.count() == 3


def test_every_way_to_submit_counts_and_a_batch_counts_once(member: APIClient) -> None:
    post(member, {"type": "test-note", "items": [{"companyId": "c"}] * 50}, "/api/jobs/batch")
    post(member, {"nonsense": 1}, "/api/jobs/ingestion")
    post(member, {"broken": 1})

    assert post(member, note()).status_code == 429


def test_a_wrong_submission_counts_too(member: APIClient) -> None:
    answers = [post(member, {"type": "test-note", "data": {}}) for _ in range(4)]

    assert [answer.status_code for answer in answers] == [400, 400, 400, 429]


def test_each_caller_has_a_limit_of_their_own(member: APIClient, client_of: NewClient) -> None:
    for _ in range(4):
        post(member, note())

    assert post(client_of("other@example.com"), note()).status_code == 202
    assert post(client_of("member@example.com"), note()).status_code == 429, "another token of the same user"


def test_reading_is_not_limited(member: APIClient) -> None:
    answers = [post(member, note()).status_code for _ in range(4)]

    assert answers[-1] == 429
    assert member.get("/api/jobs").status_code == 200


def test_the_window_slides(member: APIClient, redis_clean: Any) -> None:
    for _ in range(3):
        post(member, note())
    (key,) = redis_clean.keys("quarry:submissions:*")
    oldest, score = redis_clean.zrange(key, 0, 0, withscores=True)[0]

    redis_clean.zadd(key, {oldest: score - 61_000_000})

    assert post(member, note()).status_code == 202
    assert post(member, note()).status_code == 429


def test_the_record_of_a_caller_vanishes_by_itself(member: APIClient, redis_clean: Any) -> None:
    post(member, note())

    (key,) = redis_clean.keys("quarry:submissions:*")
    assert 0 < redis_clean.pttl(key) <= 60_000


def test_none_means_no_limit(member: APIClient, settings: Any) -> None:
    settings.SUBMISSION_RATE_LIMIT = None

    answers = [post(member, note()) for _ in range(5)]

    assert {answer.status_code for answer in answers} == {202}
    assert "RateLimit" not in answers[0]
