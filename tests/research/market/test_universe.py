"""The shares an organisation knows, and the bundled sample."""

from typing import Any

import pytest

from research.market.reading import rank_shares
from research.market.universe import UnknownSector, ensure_universe, sector_names, sub_sectors
from research.models import DailyPrice, ReportedFigure, Security

pytestmark = pytest.mark.django_db


def share(symbol: str, sector: str, sub_sector: str, source: str = "file") -> None:
    Security.objects.create(
        tenant_id="acme", symbol=symbol, name=symbol, sector=sector, sub_sector=sub_sector, source=source
    )


def counts() -> tuple[int, int, int]:
    return Security.objects.count(), ReportedFigure.objects.count(), DailyPrice.objects.count()


def test_the_sample_is_loaded_once_says_that_it_is_one_and_has_groups_to_rank(settings: Any) -> None:
    settings.SAMPLE_SOURCES = True
    share("QARDO", "Mine", "Own")
    added = ensure_universe("acme")
    before = counts()
    excluded: dict[str, str] = {}

    assert added == before[0] - 1 == 86
    assert ensure_universe("acme") == 0
    assert counts() == before
    for model in (ReportedFigure, DailyPrice):
        assert set(model.objects.order_by().values_list("source", "tenant_id")) == {("sample", "acme")}
    assert not ReportedFigure.objects.filter(security__symbol="QARDO").exists()
    assert sector_names("acme") == ["Energy", "Healthcare", "Industrials", "Mine", "Technology"]
    for name in ("Energy", "Healthcare", "Industrials", "Technology"):
        groups = sub_sectors("acme", name)
        assert len(groups) >= 3
        for members in groups.values():
            assert 5 <= len(members) <= 12
            ranking = rank_shares(tenant_id="acme", symbols=[one.symbol for one in members])
            assert len(ranking.ranked) >= 5
            excluded |= {one.symbol: one.reason for one in ranking.excluded}
    assert "Only 0.50 of the weights" in excluded["QLIND"]


def test_without_the_setting_no_sample_is_loaded(settings: Any) -> None:
    settings.SAMPLE_SOURCES = False

    assert ensure_universe("acme") == 0
    assert counts() == (0, 0, 0)


def test_a_sector_is_found_in_any_spelling_and_its_peers_are_together() -> None:
    for symbol, sector, sub_sector in (("B", "Energy", "Oil"), ("A", "ENERGY", "oil"), ("C", "Energy", "Gas")):
        share(symbol, sector, sub_sector)

    found = sub_sectors("acme", " energy ")

    assert {name: [one.symbol for one in members] for name, members in found.items()} == {
        "Gas": ["C"],
        "oil": ["A", "B"],
    }
    assert list(found) == ["Gas", "oil"]
    assert sector_names("acme") == ["Energy"]


def test_invented_shares_are_no_peers_of_real_ones() -> None:
    share("REAL", "Energy", "Oil")
    share("QMADE", "Energy", "Oil", source="sample")

    assert [one.symbol for one in sub_sectors("acme", "energy")["Oil"]] == ["REAL"]


def test_an_unknown_sector_is_refused_with_those_that_are_known_and_how_to_import_more() -> None:
    share("A", "Energy", "Oil")

    with pytest.raises(UnknownSector, match=r"Known sectors: Energy.*import_market securities") as refused:
        sub_sectors("acme", "Shipping")
    with pytest.raises(UnknownSector, match="No shares are known yet"):
        sub_sectors("other", "Energy")

    assert refused.value.error_class == "VALIDATION_ERROR"
