"""Weights of scores in admin: a new version is checked, previewed, explained and audited."""

import json
from typing import Any

import pytest
from django.test import Client

from accounts.models import AuditEntry, Organisation, User
from prospects.models import LeadScore, ScoreWeights
from prospects.scores.weights import current_weights
from prospects.scoring.weights import HealthWeights, LeadWeights, as_json

from .making import make_company, make_match, make_prospect

pytestmark = pytest.mark.django_db

ADD = "/admin/prospects/scoreweights/add/"


@pytest.fixture
def admin(client: Client) -> Client:
    Organisation.objects.create(slug="acme", name="Acme")
    client.force_login(User.objects.create_superuser("root@example.com"))
    return client


def form(values: dict[str, Any], **fields: str) -> dict[str, str]:
    return {"kind": "lead", "tenant_id": "acme", "note": "fit matters more", "values": json.dumps(values), **fields}


def test_the_form_begins_with_what_counts_today(admin: Client) -> None:
    page = admin.get(ADD, {"kind": "health", "tenant_id": "acme"})

    assert page.context["adminform"].form.initial["values"] == as_json(HealthWeights())


def test_a_new_version_is_kept_with_who_and_why_and_counts_for_its_organisation(admin: Client) -> None:
    for share in (0.7, 0.8):
        answer = admin.post(ADD, form({"fitShare": share, "intentShare": round(1 - share, 1)}))
        assert answer.status_code == 302, answer.context["adminform"].form.errors

    first, second = ScoreWeights.objects.order_by("version")
    weights = current_weights(LeadWeights, "acme")
    assert (first.version, second.version, second.created_by.email) == (1, 2, "root@example.com")
    assert (weights.version, weights.values.fit_share) == (2, 0.8)
    assert current_weights(LeadWeights, "rival").version == 0
    entry = AuditEntry.objects.filter(action="scoreweights.create").latest("pk")
    assert (entry.actor_name, entry.details["note"], entry.tenant_id) == (
        "root@example.com",
        "fit matters more",
        "acme",
    )
    assert entry.details["values"]["fitShare"] == 0.8


def test_weights_of_nobody_count_for_those_without_their_own(admin: Client) -> None:
    admin.post(ADD, form({"intentScale": 10}, tenant_id=""))

    assert current_weights(LeadWeights, "acme").values.intent_scale == 10
    admin.post(ADD, form({"intentScale": 20}))
    assert current_weights(LeadWeights, "acme").values.intent_scale == 20
    assert current_weights(LeadWeights, "acme").version == 2


@pytest.mark.parametrize(
    ("changed", "field", "says"),
    [
        ({"values": json.dumps({"fitShare": 0.9})}, "values", "fitShare + intentShare must be 1, but is 1.3"),
        ({"values": json.dumps({"colour": 1})}, "values", "colour: is not a weight"),
        ({"values": "{"}, "values", "Enter a valid JSON"),
        ({"note": ""}, "note", "required"),
        ({"tenant_id": "nobody"}, "tenant_id", "There is no organisation"),
    ],
)
def test_what_is_wrong_is_said_at_its_field(admin: Client, changed: dict[str, str], field: str, says: str) -> None:
    answer = admin.post(ADD, form({}) | changed)

    assert says in str(answer.context["adminform"].form.errors[field])
    assert not ScoreWeights.objects.exists()


def test_the_preview_shows_what_would_change_and_saves_nothing(admin: Client) -> None:
    make_company("comp_1", name="Acme Freight", country="US", employees=40)
    values = {"fitShare": 0.2, "intentShare": 0.8}

    answer = admin.post(ADD, form(values) | {"_preview": "1"})

    (change,) = answer.context["adminform"].form.changes
    assert (change.name, change.before, change.after) == ("Acme Freight", "60.00 B", "20.00 D")
    assert 'id="weights-preview"' in answer.content.decode()
    assert not ScoreWeights.objects.exists()
    assert not LeadScore.objects.exists()


@pytest.mark.parametrize("kind", ["prospect", "health"])
def test_the_preview_knows_every_kind(admin: Client, kind: str) -> None:
    make_match(make_prospect(), make_company(is_portfolio=True))

    answer = admin.post(ADD, form({}, kind=kind) | {"_preview": "1"})

    (change,) = answer.context["adminform"].form.changes
    assert change.before == change.after


def test_a_version_is_never_changed_or_deleted(admin: Client) -> None:
    admin.post(ADD, form({}))
    key = ScoreWeights.objects.get().pk

    assert admin.get(f"/admin/prospects/scoreweights/{key}/change/").status_code == 200
    assert admin.post(f"/admin/prospects/scoreweights/{key}/change/", form({})).status_code == 403
    assert admin.post(f"/admin/prospects/scoreweights/{key}/delete/").status_code == 403


@pytest.mark.parametrize("model", ["prospectscore", "leadscore", "healthscore", "healthalert", "match"])
def test_scores_and_matches_are_listed_and_searched_and_not_added(admin: Client, model: str) -> None:
    make_match(make_prospect(), make_company())

    assert admin.get(f"/admin/prospects/{model}/", {"q": "acme"}).status_code == 200
    assert admin.get(f"/admin/prospects/{model}/add/").status_code == 403
