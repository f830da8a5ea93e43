"""A company of which something is known."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.utils import timezone

from jobs import dispatch
from prospects import facts
from prospects.models import Company, CompanyFigure, Fact, LeadScore
from prospects.names import name_key

from . import sector_world as world
from .sector_world import Script


@pytest.fixture
def acme(db) -> Company:
    company = Company.objects.create(
        tenant_id="acme",
        key="comp_1",
        name="Acme Foods Inc",
        name_key=name_key("Acme Foods Inc"),
        city="Albany",
        region="NY",
        country="US",
        industry="Bakeries",
        naics="311811",
        employees=120,
    )
    for year, value in ((2024, 1_000_000), (2025, 1_250_000)):
        CompanyFigure.objects.create(
            company=company,
            tenant_id="acme",
            name="revenue",
            period_end=date(year, 12, 31),
            value=value,
            currency="USD",
        )
    Fact.objects.create(
        company=company,
        tenant_id="acme",
        provider="gdelt",
        source="file",
        name=facts.ARTICLES,
        value=[
            {
                "title": "Acme Foods beats earnings and raises guidance",
                "url": "https://news.example/1",
                "publishedAt": timezone.now().isoformat(),
                "source": "news.example",
            }
        ],
        fetched_at=datetime(2026, 11, 20, tzinfo=UTC),
    )
    LeadScore.objects.create(
        company=company,
        tenant_id="acme",
        score=Decimal("70.09"),
        tier="B",
        fit=Decimal(72),
        intent=Decimal("67.22"),
        factors=[{"name": "fit", "label": "Fit", "contribution": 43.2}],
        coverage=Decimal(1),
        weights_version=0,
    )
    return company


@pytest.fixture
def script() -> Iterator[Script]:
    """What the models of a sector's pipeline answer, with shares to be ranked."""
    dispatch._silent_until = 0.0
    world.shares()
    made = Script()
    with world.acting(made):
        yield made
