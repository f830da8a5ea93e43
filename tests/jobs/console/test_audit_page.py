"""The audit trail: every action findable by who, what and when, and safe to open in a spreadsheet."""

import csv
import io

from accounts import audit
from accounts.callers import system_caller
from accounts.models import AuditEntry
from jobs.console import audit as page_of

from .conftest import BASE


def entry(action="job.retry", target="job_1", **more):
    return audit.record(caller=system_caller(), action=action, target_type="job", target_id=target, **more)


def test_an_action_is_shown_with_its_target_and_what_changed(operator, html):
    entry("queue.change", details={"old": {"limit": 5, "cap": 1}, "new": {"limit": 9, "cap": 1}, "note": "<b>"})

    page = html(operator, "audit")

    for part in ("queue.change", f'href="{BASE}/jobs/job_1"', '<span class="mono diff-old">5</span>', "&lt;b&gt;"):
        assert part in page
    assert "cap" not in page


def test_an_edit_of_a_queues_limits_is_shown_as_before_and_after(operator, html):
    entry("queue.policy", details={"reason": "", "changes": [{"setting": "concurrency", "old": 2, "new": 41}]})

    page = html(operator, "audit")

    assert '<span class="mono diff-old">2</span> → <span class="mono diff-new">41</span>' in page
    assert '<span class="soft">concurrency</span>' in page
    assert '<span class="soft">reason</span>' not in page


def test_filters_narrow_it(operator, html):
    entry("job.retry", "job_1")
    entry("job.bury", "job_2", details={"ids": ["job_7", "job_8"]})

    def targets(**query):
        return [line.entry.target_id for line in operator.get(f"{BASE}/audit", query).context["lines"]]

    assert targets(action="job.bury") == targets(target="job_8") == ["job_2"]
    assert targets(actor="nobody") == targets(since="2099-01-01") == targets(until="1d") == []
    assert targets(actor="system", since="1h") == ["job_2", "job_1"]
    assert "is a date such as" in html(operator, "audit", since="whenever")


def test_pages_lead_back_and_forth(operator, monkeypatch):
    monkeypatch.setattr(page_of, "PAGE", 2)
    for number in range(5):
        entry(target=f"job_{number}")

    def walk(path):
        answer = operator.get(f"{BASE}/audit{path}")
        return [line.entry.target_id for line in answer.context["lines"]], answer.context

    first, context = walk("")
    second, context = walk(context["older_url"])
    third, context = walk(context["older_url"])
    back, _ = walk(context["newer_url"])
    assert (first, second, third, back) == (["job_4", "job_3"], ["job_2", "job_1"], ["job_0"], second)


def test_the_export_holds_no_formula(operator):
    entry(target="=cmd|' /C calc'!A0")

    answer = operator.get(f"{BASE}/audit", {"format": "csv"})
    rows = list(csv.DictReader(io.StringIO(b"".join(answer.streaming_content).decode())))

    assert answer["Content-Disposition"] == 'attachment; filename="audit.csv"'
    assert rows[0]["target"] == "'=cmd|' /C calc'!A0"
    assert len(rows) == AuditEntry.objects.count() == 1
