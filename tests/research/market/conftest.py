"""One sub-sector of the sample, which is a tenth of it."""

import pytest

from prospects.models.base import Origin
from research.market import sample
from research.market.importing.storing import store_figures, store_prices, store_securities
from research.models import Security

GROUP = "Oilfield services"


@pytest.fixture
def peers(db) -> list[str]:
    """The symbols of one sub-sector whose shares the organisation acme knows from the sample."""
    wanted = {one.symbol for one in sample.shares() if one.group.name == GROUP}
    securities = (row for row in sample.security_rows() if row.symbol in wanted)
    figures = (row for row in sample.figure_rows() if row.symbol in wanted)
    prices = (row for row in sample.price_rows() if row.symbol in wanted)
    store_securities(tenant_id="acme", rows=securities, source=Origin.SAMPLE, on_problem=_fail)
    store_figures(tenant_id="acme", rows=figures, source=Origin.SAMPLE, on_problem=_fail)
    store_prices(tenant_id="acme", rows=prices, source=Origin.SAMPLE, on_problem=_fail)
    return list(Security.objects.values_list("symbol", flat=True))


def _fail(line: int, reason: str) -> None:
    raise AssertionError(f"{line}: {reason}")
