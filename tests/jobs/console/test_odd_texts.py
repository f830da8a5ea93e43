"""What no database text can hold is refused as a page, wherever it stands."""

import pytest
import redis
from django.db import OperationalError
from django.test import Client

from jobs.rq_dashboard import mirror

from .conftest import BASE


@pytest.mark.parametrize(
    "path",
    [
        f"{BASE}/jobs?q=a%00b",
        f"{BASE}/jobs?tenantId=%00",
        f"{BASE}/workflows?name=%00",
        f"{BASE}/audit?actor=%00",
        "/admin/accounts/user/?q=%00",
        "/settings/?%00=1",
    ],
)
def test_a_page_that_is_asked_with_nul_answers_400(operator: Client, path: str) -> None:
    answer = operator.get(path)

    assert answer.status_code == 400
    assert answer["Content-Type"].startswith("text/html")


@pytest.mark.parametrize(
    ("path", "field"),
    [("bulk", "id"), ("webhooks", "tenant"), ("queues/scoring/pause", "reason"), ("workflows/wf_1/cancel", "reason")],
)
def test_a_form_that_holds_nul_answers_400(operator: Client, path: str, field: str) -> None:
    answer = operator.post(f"{BASE}/{path}", {"action": "retry", field: "a\x00b"})

    assert answer.status_code == 400


def test_a_search_for_the_end_of_time_says_what_is_wrong(operator: Client) -> None:
    answer = operator.get(f"{BASE}/jobs", {"q": "created:9999-12-31"})

    assert answer.status_code == 200
    assert "lies in the years 2 to 9998" in answer.content.decode()


@pytest.mark.parametrize(
    ("error", "told"), [(redis.TimeoutError("slow"), "Redis"), (OperationalError("gone"), "database")]
)
def test_a_page_says_which_server_is_away(
    operator: Client, monkeypatch: pytest.MonkeyPatch, error: Exception, told: str
) -> None:
    def away(*args: object, **options: object) -> None:
        raise error

    monkeypatch.setattr(mirror, "show", away)
    operator.raise_request_exception = False

    answer = operator.get("/django-rq/")

    assert answer.status_code == 503
    assert told in answer.content.decode()
    assert int(answer["Retry-After"]) > 0
