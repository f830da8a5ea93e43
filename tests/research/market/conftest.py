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
    for store, rows in (
        (store_securities, sample.security_rows()),
        (store_figures, sample.figure_rows()),
        (store_prices, sample.price_rows()),
    ):
        chosen = (row for row in rows if row.symbol in wanted)
        store(tenant_id="acme", rows=chosen, source=Origin.SAMPLE, on_problem=_fail)
    return list(Security.objects.values_list("symbol", flat=True))


def _fail(line: int, reason: str) -> None:
    raise AssertionError(f"{line}: {reason}")
