"""Business patterns of the Census Bureau, played by a local server in their documented shape."""

from decimal import Decimal
from typing import Any

import pytest

from providers import census
from providers.errors import Rejected
from providers.http import client_for
from tests.providers.servers import Sources

from .paths import CBP


def test_a_table_becomes_industries_by_county(source: Sources) -> None:
    fake = source("census")
    header = ["NAME", "ESTAB", "EMP", "PAYANN", "NAICS2017", "state", "county"]
    withheld = ["Adams County, Ohio", "3", "-666666666", "-888888888", "325", "39", "001"]
    fake.answers(CBP, json=[header, ["Cuyahoga County, Ohio", "120", "8100", "654321", "325", "39", "035"], withheld])

    first, second = census.industry(client_for("census"), "325", state="39")

    assert fake.requests[0].args.to_dict() | {"key": "…"} == {
        "get": "NAME,ESTAB,EMP,PAYANN",
        "for": "county:*",
        "in": "state:39",
        "NAICS2017": "325",
        "key": "…",
    }
    assert (first.county, first.establishments, first.employees, first.payroll_usd) == (
        "035",
        120,
        8100,
        Decimal(654_321_000),
    )
    assert (second.establishments, second.employees, second.payroll_usd) == (3, None, None)


def test_nobody_counted_is_no_industry(source: Sources) -> None:
    source("census").answers(CBP, status=204)

    assert census.industry_of_state(client_for("census"), "325", state="39") is None
    assert census.industry_of_country(client_for("census"), "325") is None


@pytest.mark.parametrize(
    "given",
    [{"naics": "3", "state": "39"}, {"naics": "325", "state": "OH"}, {"naics": "325", "state": "39", "county": "35"}],
)
def test_codes_are_checked_before_anything_is_asked(source: Sources, given: dict[str, Any]) -> None:
    fake = source("census")

    with pytest.raises(Rejected, match="digits"):
        census.industry(client_for("census"), **given)

    assert not fake.requests


def test_the_location_quotient_is_the_golden_one() -> None:
    found = census.location_quotient(local=1_200, local_all=50_000, national=1_000_000, national_all=150_000_000)

    assert found == Decimal("3.6")
    assert census.location_quotient(local=1, local_all=0, national=1, national_all=1) is None
