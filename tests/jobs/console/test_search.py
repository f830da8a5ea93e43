"""The list of jobs: found by anything, and every state of it a link."""

import re
from urllib.parse import quote

from jobs.library import enqueue
from jobs.models import Job

from .conftest import BASE


def test_a_failed_job_is_found_by_a_value_in_its_payload(operator, make, html):
    wanted = make("diag-fail", errorClass="API_ERROR", times=7)
    make("diag-fail", errorClass="API_ERROR", times=8)

    page = html(operator, "jobs", q="status:failed data.times:7")

    assert re.findall(r'name="id" value="([^"]+)"', page) == [wanted.public_id]
    assert "asked to fail" in page
    assert "<strong>1</strong> job" in page


def test_markup_in_a_payload_error_or_query_is_shown_as_text(operator, make, html):
    job = make("diag-effect", key="<script>alert(1)</script>")
    Job.objects.filter(pk=job.pk).update(error_message="<b>bold</b>", related_id="<i>")

    for page in (
        html(operator, "jobs", q="<script>alert(2)</script>"),
        html(operator, "jobs"),
        html(operator, f"jobs/{job.public_id}"),
    ):
        assert not re.search(r"<script>alert|<b>bold|<i>", page)


def test_form_fields_become_the_query_and_an_id_leads_to_its_job(operator, make):
    job = make("diag-noop")

    assert operator.get(f"{BASE}/jobs", {"relatedId": "comp 7", "q": "boom"}).url == (
        f"{BASE}/jobs?q={quote('boom related:', safe='').replace('%20', '+')}%22comp+7%22"
    )
    assert operator.get(f"{BASE}/jobs", {"q": job.public_id}).url == f"{BASE}/jobs/{job.public_id}"


def test_a_mistake_in_the_query_is_told(operator, make, html):
    page = html(operator, "jobs", q="stauts:failed")

    assert "did you mean status:?" in page


def test_the_poll_answers_only_with_news(operator, make, html):
    make("diag-noop")
    html(operator, "jobs")
    first = operator.get(f"{BASE}/jobs", headers={"HX-Request": "true"})

    again = operator.get(f"{BASE}/jobs", headers={"HX-Request": "true", "X-Seen": first["X-Seen"]})
    make("diag-noop")
    third = operator.get(f"{BASE}/jobs", headers={"HX-Request": "true", "X-Seen": first["X-Seen"]})

    assert (first.status_code, again.status_code, third.status_code) == (200, 204, 200)
    assert b"<html" not in first.content


def test_pages_are_links_in_both_directions(operator, make, html, monkeypatch):
    from jobs.console import job_rows

    monkeypatch.setattr(job_rows.table_of, "__kwdefaults__", {"limit": 2})
    ids = [enqueue("diag-noop", {}).id for _ in range(3)][::-1]

    def rows(page):
        return re.findall(r'name="id" value="([^"]+)"', page)

    first = html(operator, "jobs")
    older = re.search(r'href="[^"]*/jobs/?\?([^"]*)" rel="next"', first)[1]
    second = html(operator, "jobs", **dict([older.split("=")]))
    newer = re.search(r'href="[^"]*/jobs/?\?([^"]*)" rel="prev"', second)[1]

    assert rows(first) == ids[:2]
    assert rows(second) == ids[2:]
    assert rows(html(operator, "jobs", **dict([newer.split("=")]))) == ids[:2]


def test_a_reader_sees_the_jobs_and_no_actions(reader, make, html):
    make("diag-fail", errorClass="API_ERROR")

    page = html(reader, "jobs", q="status:failed")

    assert "asked to fail" in page
    assert 'name="action"' not in page
    assert 'type="checkbox"' not in page


def test_the_rest_search_takes_the_same_query_and_a_cursor(operator, make, html):
    ids = [make("diag-effect", key="common").public_id for _ in range(3)][::-1]
    html(operator, "jobs")

    first = operator.get("/api/jobs/search", {"q": "data.key:common", "limit": 2}).json()
    second = operator.get(
        "/api/jobs/search", {"q": "data.key:common", "limit": 2, "cursor": first["nextCursor"]}
    ).json()

    assert [job["id"] for job in first["jobs"] + second["jobs"]] == ids
    assert (first["hasMore"], second["hasMore"], second["nextCursor"]) == (True, False, None)
    assert first["jobs"][0]["data"] == {"key": "common", "ms": 0}
    assert operator.get("/api/jobs/search", {"q": "common", "status": "failed"}).json()["count"] == 0
    wrong = operator.get("/api/jobs/search", {"q": "status:nonsense"})
    assert (wrong.status_code, list(wrong.json()["error"]["fields"])) == (400, ["q"])
