"""LOG_FORMAT=json: every line of every process is a JSON object, also where Python itself would print."""

import json
import os
import subprocess
import sys
from typing import Any

import pytest

from jobs.actions import Submission, enqueue_many
from jobs.background import _database_url
from jobs.submission import Options

#: Before the settings: SECRET_KEY and the like come from the environment of the tests.
_TROUBLE = """
import threading, warnings
import django
django.setup()
warnings.warn("beware")
thread = threading.Thread(target=lambda: 1 / 0)
thread.start()
thread.join()
raise RuntimeError("the end")
"""


def lines_of(command: list[str], **environment: str) -> list[dict[str, Any]]:
    env = {**os.environ, "LOG_FORMAT": "json", "LOG_LEVEL": "DEBUG", **environment}
    done = subprocess.run(command, env=env, capture_output=True, text=True, timeout=120, check=False)
    found = []
    for line in (done.stdout + done.stderr).splitlines():
        assert line.startswith("{"), line
        found.append(json.loads(line))
    return found


def test_warnings_and_uncaught_exceptions_are_json_too() -> None:
    found = lines_of([sys.executable, "-c", _TROUBLE], PYTHONWARNINGS="always")

    messages = [record["message"] for record in found]
    assert any("beware" in message for message in messages)
    assert "Uncaught ZeroDivisionError: division by zero" in messages
    assert messages[-1] == "Uncaught RuntimeError: the end"
    assert "Traceback" in found[-1]["exc_info"]


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("diagnostic_types", "redis_clean")
def test_every_line_of_a_worker_from_start_to_end_is_json() -> None:
    options = Options(queue="scoring")
    failing = Submission(type="diag-fail", data={"errorClass": "VALIDATION_ERROR"}, options=options)
    enqueue_many([Submission(type="diag-noop", data={}, options=options), failing])

    found = lines_of(
        [sys.executable, "manage.py", "rqworker", "scoring", "--burst"],
        DATABASE_URL=_database_url(),
        QUARRY_DIAGNOSTICS="1",
        QUARRY_DIAGNOSTICS_IN_PRODUCTION="1",
    )

    ended = [record for record in found if "Completed" in record["message"] or "Job failed" in record["message"]]
    assert len(ended) == 2
    for record in ended:
        assert {"timestamp", "level", "queue", "jobId", "type", "tenantId", "userId", "attempt", "durationMs"} <= set(
            record
        )
