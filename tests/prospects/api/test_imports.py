"""Lists in through the API: a dry run shows what is wrong, a start stores the rest, and nobody sees another's."""

import json
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from rest_framework.test import APIClient

from accounts.models import AuditEntry
from jobs.models import Job
from jobs.testing import run_again
from prospects.models import Company, Import

pytestmark = pytest.mark.django_db(transaction=True)

NOWHERE = "/api/imports/00000000-0000-0000-0000-000000000000"
LIST = "Kunde,Name,Website\nc1,Acme Dental LLC,acme.com\nc2,,best.com\nc3,Best Roofing,best.com\n"


def send(client: APIClient, text: str = LIST, **parts: str) -> Any:
    file = SimpleUploadedFile("list.csv", text.encode())
    return client.post("/api/imports", {"kind": "companies", "file": file, **parts}, format="multipart")


def test_a_dry_run_shows_faults_by_row_and_stores_nothing(client_of: Any) -> None:
    client = client_of()

    answer = send(client, dryRun="true", mapping=json.dumps({"key": "Kunde", "name": 1, "domain": "Website"}))

    shown = answer.json()
    wrong = [(row["row"], row["problems"]) for row in shown["preview"]["rows"] if row["problems"]]
    assert (answer.status_code, shown["status"], shown["rowCount"], shown["jobId"]) == (201, "draft", 3, None)
    assert shown["mapping"] == {"key": 0, "name": 1, "domain": 2}
    assert wrong == [(3, [{"column": "Name", "message": "is empty; fill it in"}])]
    assert (shown["preview"]["checked"], shown["preview"]["wrong"]) == (3, 1)
    assert not Company.objects.exists()
    assert not Job.objects.exists()


def test_a_draft_is_started_once_and_tells_of_every_row_it_left_out(client_of: Any, redis_clean: Any) -> None:
    client = client_of()
    path = f"/api/imports/{send(client, dryRun='true').json()['id']}"

    started = client.post(path, {"mapping": {"key": "Kunde", "name": "Name"}}, format="json")
    again = client.post(path, {}, format="json")
    run_again(Job.objects.get(type="import-rows"))

    ended = client.get(path).json()
    assert (started.status_code, started["Location"], started.json()["status"]) == (202, path, "running")
    assert (again.status_code, again.json()["error"]["code"]) == (409, "import_started")
    assert client.delete(path).status_code == 409
    assert (ended["status"], ended["created"], ended["rejected"]) == ("done", 2, 1)
    assert ended["rejectedRows"] == [
        {
            "row": 3,
            "cells": ["c2", "", "best.com"],
            "problems": [{"column": "Name", "message": "is empty; fill it in"}],
        }
    ]
    assert list(Company.objects.order_by("key").values_list("key", flat=True)) == ["c1", "c3"]
    assert [one["id"] for one in client.get("/api/imports").json()["imports"]] == [ended["id"]]
    assert set(AuditEntry.objects.values_list("action", flat=True)) >= {"import.upload", "import.start"}


def test_without_a_dry_run_it_is_started_at_once_or_leaves_nothing_behind(client_of: Any, redis_clean: Any) -> None:
    client = client_of()

    started = send(client)
    refused = send(client, "Colour,Size\nred,2\n")

    assert (started.status_code, started.json()["status"]) == (202, "running")
    assert Job.objects.get().public_id == started.json()["jobId"]
    assert (refused.status_code, list(refused.json()["error"]["fields"])) == (400, ["mapping"])
    assert Import.objects.count() == 1


def test_a_dropped_draft_is_gone(client_of: Any) -> None:
    client = client_of()
    path = f"/api/imports/{send(client, dryRun='true').json()['id']}"

    assert client.delete(path).status_code == 204
    assert client.get(path).status_code == 404


@pytest.mark.parametrize(
    ("parts", "field"),
    [
        ({"kind": "cars"}, "kind"),
        ({"dryRun": "perhaps"}, "dryRun"),
        ({"colour": "red"}, "colour"),
        ({"mapping": '{"wheels": 0}'}, "mapping.wheels"),
        ({"mapping": '{"name": "Nom"}'}, "mapping.name"),
        ({"mapping": '{"name": 3}'}, "mapping.name"),
    ],
)
def test_a_mistake_names_its_field_and_keeps_no_file(client_of: Any, parts: dict[str, str], field: str) -> None:
    answer = send(client_of(), **parts)

    assert (answer.status_code, list(answer.json()["error"]["fields"])) == (400, [field])
    assert not Import.objects.exists()


def test_files_that_are_no_lists_are_refused_with_what_to_do(client_of: Any) -> None:
    client = client_of()

    empty = send(client, "")
    plain = client.post("/api/imports", {"kind": "companies"}, format="json")

    assert (empty.status_code, list(empty.json()["error"]["fields"])) == (400, ["file"])
    assert (plain.status_code, "multipart/form-data" in plain.json()["error"]["message"]) == (400, True)


def test_anothers_import_answers_byte_for_byte_like_none(client_of: Any) -> None:
    theirs = send(client_of(slug="globex"), dryRun="true").json()["id"]
    client = client_of()

    for method in ("get", "post", "delete"):
        assert getattr(client, method)(f"/api/imports/{theirs}").content == getattr(client, method)(NOWHERE).content
    assert client.get("/api/imports").json()["imports"] == []
