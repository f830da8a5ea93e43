"""The shares an organisation knows, and the bundled sample."""

import pytest

from research.market.reading import rank_shares
from research.market.universe import ensure_universe, sector_names, sub_sectors
from research.models import DailyPrice, ReportedFigure, Security

pytestmark = pytest.mark.django_db


@pytest.fixture
def sampled(settings) -> None:
    settings.SAMPLE_SOURCES = True


def counts() -> tuple[int, int, int]:
    return Security.objects.count(), ReportedFigure.objects.count(), DailyPrice.objects.count()


def test_the_sample_is_loaded_once_and_says_that_it_is_one(sampled):
    added = ensure_universe("acme")
    before = counts()

    assert added == before[0] == 87
    assert ensure_universe("acme") == 0
    assert counts() == before
    for model in (Security, ReportedFigure, DailyPrice):
        assert set(model.objects.order_by().values_list("source", "tenant_id")) == {("sample", "acme")}


def test_the_sample_has_groups_to_rank_and_shares_that_cannot_be(sampled):
    ensure_universe("acme")
    excluded: dict[str, str] = {}
    for name in sector_names("acme"):
        groups = sub_sectors("acme", name)
        assert len(groups) >= 3
        for members in groups.values():
            assert 5 <= len(members) <= 12
            ranking = rank_shares(tenant_id="acme", symbols=[one.symbol for one in members])
            assert len(ranking.ranked) >= 5
            excluded |= {one.symbol: one.reason for one in ranking.excluded}

    assert sector_names("acme") == ["Energy", "Healthcare", "Industrials", "Technology"]
    assert "Only 0.50 of the weights" in excluded["QLIND"]
    assert sector_names("other") == []


def test_without_the_setting_no_sample_is_loaded(settings):
    settings.SAMPLE_SOURCES = False

    assert ensure_universe("acme") == 0
    assert counts() == (0, 0, 0)
