"""What is shown of sources: the status of each, what is missing, and the admin's pages."""

from typing import Any

import pytest
from django.test import Client as Browser

from accounts.models import AuditEntry, User
from deploy.local.home import ROOT
from jobs import hooks, prometheus
from jobs.console import live
from jobs.doctor.configuration import circuits
from providers.catalogue import SOURCES, Limit
from providers.errors import Transient
from providers.http import client_for
from providers.http.circuits import Circuit
from providers.models import SourceState
from providers.status import SourceStatus, status
from tests.providers.servers import Sources

PATH = "/v1/things"


def shown(name: str) -> SourceStatus:
    return next(found for found in status() if found.source.name == name)


@pytest.mark.django_db
def test_every_source_is_off_until_it_is_switched_on() -> None:
    found = status()

    assert [each.source.name for each in found] == list(SOURCES)
    assert not any(each.on for each in found)
    assert all("QUARRY_LIVE_SOURCES" in str(each.problem) for each in found)


def test_a_source_in_use_shows_its_limit_and_times(source: Sources) -> None:
    source("sec", limit=Limit(count=10, seconds=60)).answers(PATH, json={})
    source("sec-files", limit=Limit(count=10, seconds=60)).answers(PATH, json={})
    client_for("sec").get(PATH)
    client_for("sec-files").get(PATH)

    found = shown("sec")

    assert (found.on, found.problem, found.used, found.circuit) == (True, None, 2, Circuit.CLOSED)
    assert shown("sec-files").used == 2
    assert found.last_success_at
    assert not found.last_error_at
    assert shown("osha").used == 0


def test_a_source_that_failed_shows_how_and_when_it_is_tried_again(source: Sources) -> None:
    source("sec").answers(PATH, status=500, text="maintenance")
    for _ in range(5):
        with pytest.raises(Transient):
            client_for("sec").get(PATH)

    found = shown("sec")

    assert (found.circuit, found.failures) == (Circuit.OPEN, 5)
    assert "maintenance" in found.last_error
    assert found.tried_at > found.last_error_at


def test_what_lacks_its_key_is_a_problem_for_the_doctor(source: Sources) -> None:
    source("osha", key="")
    source("sec")

    assert hooks.provider_problems() == [("osha", "OSHA enforcement data needs a key; set OSHA_API_KEY.")]
    assert not shown("osha").key_present


def test_an_admin_closes_a_circuit_and_that_is_recorded(client: Browser, source: Sources, settings: Any) -> None:
    source("sec").answers(PATH, status=500)
    for _ in range(5):
        with pytest.raises(Transient):
            client_for("sec").get(PATH)
    client.force_login(User.objects.create_superuser("root@example.org", "a long password"))
    assert b"open" in client.get("/admin/providers/sourcestate/").content

    client.post("/admin/providers/sourcestate/", {"action": "close_now", "_selected_action": ["sec"]}, follow=True)

    assert SourceState.objects.get().opened_at is None
    assert AuditEntry.objects.get(action="sourcestate.close").target_id == "sec"
    assert client.get("/admin/providers/sourcestate/sec/change/").status_code == 200
    assert client.get("/admin/providers/keptanswer/").status_code == 200


def test_an_open_circuit_is_seen_in_the_metrics_and_the_console_and_by_the_doctor(
    client: Browser, source: Sources, redis_clean: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    source("sec").answers(PATH, status=500)
    for _ in range(5):
        with pytest.raises(Transient):
            client_for("sec").get(PATH)
    client.force_login(User.objects.create_superuser("root@example.org", "a long password"))
    live.forget()
    monkeypatch.setattr(prometheus, "REMEMBERED_SECONDS", 0.0)

    assert 'provider_circuit_state{provider="sec"} 2.0' in client.get("/metrics").content.decode()
    assert "left alone after failures: sec" in client.get("/api/admin/bull-board/overview").content.decode()
    assert [problem for problem, _ in circuits()] == ["Provider sec failed several times in a row and is left alone."]


def test_the_documentation_tells_of_every_source_and_its_terms() -> None:
    text = (ROOT / "docs" / "sources.md").read_text()

    for each in SOURCES.values():
        host = each.documentation.split("/")[2]
        row = f"| `{each.name}` {each.label} | {each.gives} | {each.key.value} | [{host}]({each.documentation}) |"
        assert row in text
        assert f"- **{each.label}**: {each.licence}\n" in text
