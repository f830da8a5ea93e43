"""Dead letters: grouped by their reason, narrowed by filters, acted on like any selection."""

import re

from jobs.models import Job
from jobs.submission import Options

from .conftest import BASE


def rows(page):
    return set(re.findall(r'name="id" value="([^"]+)"', page))


def test_failures_are_grouped_by_class_and_narrowed(operator, make, html):
    api = make("diag-fail", errorClass="API_ERROR", options=Options(queue="scoring")).public_id
    wrong = make("diag-fail", errorClass="VALIDATION_ERROR").public_id
    dead = make("diag-fail", errorClass="API_ERROR").public_id
    make("diag-noop")
    Job.objects.filter(public_id=dead).update(status="dead")

    page = html(operator, "dead-letters")

    assert rows(page) == {api, wrong, dead}
    assert re.findall(r'letter-number">(\d+)<', page) == ["2", "1"]
    assert rows(html(operator, "dead-letters", errorClass="API_ERROR")) == {api, dead}
    assert rows(html(operator, "dead-letters", queue="scoring")) == {api}
    assert rows(html(operator, "dead-letters", status="failed")) == {api, wrong}
    assert rows(html(operator, "dead-letters", age="1h", type="diag-fail")) == {api, wrong, dead}


def test_two_letters_are_buried_together(operator, make):
    ids = [make("diag-fail", errorClass="API_ERROR").public_id for _ in range(2)]

    operator.post(f"{BASE}/bulk", {"action": "bury", "id": ids, "back": f"{BASE}/dead-letters/"})

    assert list(Job.objects.values_list("status", flat=True)) == ["dead", "dead"]
