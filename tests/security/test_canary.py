"""One secret in every place that holds one, and then everything that the project says: it is nowhere in it."""

import contextlib
import io
import logging
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.core.management import call_command
from django.db.models.functions import Now
from django.test import Client
from django.utils import timezone
from rest_framework.test import APIClient

from accounts import tokens
from accounts.models import AuditEntry, Membership, Organisation, User
from accounts.models.api_tokens import PREFIX_LENGTH
from deploy.local.home import ROOT
from jobs.events.models import Event
from jobs.models import Job
from jobs.webhooks.models import WebhookDelivery, WebhookEndpoint, WebhookMessage, WebhookSecret

CANARY = "kanarie7f3a9c"
#: Every secret of the environment: named so, or part of an address.
VARIABLES = {
    "DJANGO_SECRET_KEY": CANARY * 5,
    "DATABASE_URL": f"postgres://quarry:{CANARY}@127.0.0.1:1/quarry?sslpassword={CANARY}",
    "REDIS_URL": f"redis://user:{CANARY}@127.0.0.1:1/0?password={CANARY}",
    "REDIS_PASSWORD": CANARY,
    "EMAIL_HOST": "127.0.0.1",
    "EMAIL_HOST_USER": "post",
    "EMAIL_HOST_PASSWORD": CANARY,
    "LLM_BASE_URL": "https://models.example/v1",
    "LLM_API_KEY": CANARY,
    "LLM_MODEL": "any",
    "ALERT_WEBHOOK_URL": f"https://user:{CANARY}@hooks.example/alerts?key={CANARY}",
    "QUARRY_LIVE_SOURCES": "all",
    "LOG_LEVEL": "DEBUG",
    **{
        f"{name}_API_KEY": CANARY
        for name in (
            "OSHA", "USPTO", "CENSUS", "SAM", "COMPANIES_HOUSE", "GOOGLE_PLACES", "PEOPLE_DATA_LABS",
            "EMAIL_VALIDATION", "UCC_COLORADO", "UCC_CONNECTICUT", "UCC_OREGON", "EIA", "FRED", "BLS",
        )
    },
}  # fmt: skip
PAYLOAD = {"state": "NY", "password": CANARY, "auth": {"clientSecret": CANARY, "api_key": CANARY}}
BOARD = "/api/admin/bull-board"
PAGES = (
    "/settings", "/settings/tokens", "/settings/password", "/prospects/", "/reports/", "/research/", "/pricing/",
    f"{BOARD}/overview", f"{BOARD}/queues", f"{BOARD}/queues/ucc-ingestion", f"{BOARD}/jobs", f"{BOARD}/jobs/bird",
    f"{BOARD}/jobs/bird/rerun", f"{BOARD}/workers", f"{BOARD}/schedules", f"{BOARD}/dead-letters", f"{BOARD}/audit",
    f"{BOARD}/audit?format=csv", f"{BOARD}/alerts", f"{BOARD}/webhooks", f"{BOARD}/webhooks/whe_1",
    f"{BOARD}/webhooks/deliveries/whd_1", f"{BOARD}/jobs?q={CANARY[:6]}", "/django-rq/", "/admin/",
    "/admin/accounts/user/", "/admin/accounts/apitoken/", "/admin/accounts/auditentry/", "/admin/jobs/webhookendpoint/",
    "/admin/jobs/webhookdelivery/", "/prospects/companies/export.csv", "/prospects/sources",
)  # fmt: skip
RESOURCES = (
    "/metrics", "/healthz", "/readyz", "/api/health", "/api/schema", "/api/jobs", "/api/jobs/metrics", "/api/queues",
    "/api/workers", "/api/schedules", "/api/webhooks", "/api/webhooks/whe_1", "/api/webhooks/whe_1/deliveries",
    "/api/webhooks/deliveries", "/api/deploys", "/api/batches", "/api/workflows", "/api/reports", "/api/nowhere",
    f"/api/jobs/search?q=data.password:{CANARY[:6]}", "/api/jobs/queues/ucc-ingestion",
)  # fmt: skip


#: A start with every secret in its environment, and what is asked before it is deployed.
PROGRAM = """
import django, sys
from django.core.management import call_command
django.setup()
from config import env
print(env.summary())
try:
    call_command("check", "--deploy")
except (Exception, SystemExit) as error:
    print(type(error), error, file=sys.stderr)
"""


@dataclass(frozen=True, kw_only=True)
class Asking:
    """An admin's browser and program. secret: what the program signs in with, but for the beginning that is shown."""

    browser: Client
    program: APIClient
    secret: str


@pytest.fixture
def asking(db: None, redis_clean: Any, caplog: pytest.LogCaptureFixture) -> Iterator[Asking]:
    """An organisation that has its secrets wherever one can be kept, with all that happens to them in the log."""
    acme = Organisation.objects.create(slug="acme", name="Acme")
    user = User.objects.create_user("ana@acme.example", CANARY, role="admin")
    Membership.objects.create(user=user, organisation=acme, role="tenant-admin")
    browser, program = Client(raise_request_exception=False), APIClient(raise_request_exception=False)
    with caplog.at_level(logging.INFO):
        _, secret = tokens.issue(user=user, organisation=acme, name="bird")
        program.credentials(HTTP_AUTHORIZATION=f"Bearer {secret}")
        for password in (f"{CANARY}-wrong", CANARY):
            browser.post("/sign-in", {"username": user.email, "password": password})
        _keep_secrets(program)
        yield Asking(browser=browser, program=program, secret=secret[PREFIX_LENGTH:])


def _keep_secrets(program: APIClient) -> None:
    job = {"type": "ucc-ingestion", "data": {"state": "NY"}, "options": {"jobId": "bird"}}
    assert program.post("/api/jobs", job, format="json").status_code == 202
    # As of a type that takes them; and ended, so that lists of the API, which give a payload back as it came, lack it.
    Job.objects.filter(public_id="bird").update(data=PAYLOAD, result=PAYLOAD, status="failed", finished_at=Now())
    endpoint = WebhookEndpoint.objects.create(
        public_id="whe_1", tenant_id="acme", url="https://hooks.example/in", events=["*"]
    )
    WebhookSecret.objects.create(endpoint=endpoint, secret=f"whsec_{CANARY}")
    message = WebhookMessage.objects.create(public_id="msg_1", tenant_id="acme", event_type="a.b", data=PAYLOAD)
    WebhookDelivery.objects.create(
        public_id="whd_1", message=message, endpoint=endpoint, tenant_id="acme", url="https://hooks.example/in",
        job_key=1, job_id="bird", attempt=1, succeeded=True, status_code=200, duration_ms=5, sent_at=timezone.now(),
    )  # fmt: skip


def test_no_page_no_answer_and_no_log_line_tells_a_secret(asking: Asking, caplog: pytest.LogCaptureFixture) -> None:
    said = {path: _whole(asking.browser.get(path)) for path in PAGES}
    said |= {f"API {path}": _whole(asking.program.get(path)) for path in RESOURCES}
    # Refusals, which repeat what is wrong.
    for body in ({"type": "research", "data": PAYLOAD}, {"type": "ucc-ingestion", "data": PAYLOAD, "options": PAYLOAD}):
        said[f"refused {body['type']}"] = _whole(asking.program.post("/api/jobs", body, format="json"))
    records = [*caplog.get_records("setup"), *caplog.records]
    said["log"] = "\n".join(logging.Formatter().format(record) for record in records)
    said["doctor"], said["status"] = _printed("queue_doctor", "--json"), _printed("queue_status")
    said["audit"] = str(list(AuditEntry.objects.values()))
    said["events"] = str(list(Event.objects.values()))

    assert "sign-in failed" in said["log"]
    assert {place for place, text in said.items() if CANARY in text or asking.secret in text} == set()


def test_no_command_and_no_start_tells_a_secret_of_its_environment() -> None:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        env={"PATH": os.environ["PATH"], "DJANGO_SETTINGS_MODULE": "config.settings", **VARIABLES},
        cwd=ROOT, capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip

    said = done.stdout + done.stderr
    assert "FRED_API_KEY=***" in said
    assert [line for line in said.splitlines() if CANARY in line] == []


def _printed(*command: str) -> str:
    printed = io.StringIO()
    with contextlib.suppress(SystemExit):
        call_command(*command, stdout=printed, stderr=printed)
    assert printed.getvalue()
    return printed.getvalue()


def _whole(answer: Any) -> str:
    content = b"".join(answer.streaming_content) if answer.streaming else answer.content
    assert answer.status_code < 500, answer
    return f"{dict(answer.items())}{content.decode()}"
