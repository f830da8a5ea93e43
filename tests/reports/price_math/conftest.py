"""The golden example in the database."""

from typing import Any

import pytest

from tests.pricing.deals import GOLDEN_VALUES, batch, contract

from .golden import load


@pytest.fixture
def golden(redis_clean: Any) -> None:
    values = "\n".join(f"{series},{day},{value},{version}" for series, day, value, version in GOLDEN_VALUES)
    load(f"series_code,as_of_date,value,version_tag\n{values}\n".replace("preliminary", "prelim"))
    contract()
    batch()
