"""Filings and prospects in Django admin."""

from collections.abc import Callable
from typing import Any

import pytest
from django.apps import apps
from django.test import Client

from accounts.models import User
from tests.providers.ucc.inbox import HEADER, Inbox

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("model", "search"),
    [("lien", "1"), ("filing", "1"), ("party", "acme"), ("collateral", "ASSETS"), ("prospect", "acme")],
)
def test_every_model_is_listed_searched_and_shown_but_not_edited(
    model: str, search: str, inbox: Inbox, ingest: Callable[..., Any], client: Client
) -> None:
    inbox.drop_rows("1,2026-01-31,Acme,all assets", header=f"{HEADER},collateral")
    ingest()
    client.force_login(User.objects.create_superuser("root@example.com"))
    key = apps.get_model("prospects", model).objects.get().pk

    found, missed = (client.get(f"/admin/prospects/{model}/", {"q": text}) for text in (search, "nowhere"))

    assert (found.context["cl"].result_count, missed.context["cl"].result_count) == (1, 0)
    assert client.get(f"/admin/prospects/{model}/{key}/change/").status_code == 200
    assert client.get(f"/admin/prospects/{model}/add/").status_code == 403
