"""US Census Bureau: County Business Patterns, establishments, employees and payroll by place and industry.

Source: api.census.gov/data/YEAR/cbp, with a key since May 2026. An answer is a table: a row of names, then
rows of texts. Large negative numbers stand for what is withheld.
"""

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any

from .errors import Rejected
from .http import Answer, Client
from .loose_json import text, whole

NAME = "census"
#: The latest year published as of July 2026.
LATEST_YEAR = 2023
KEPT = timedelta(days=30)
#: Smaller numbers are codes for "withheld" and the like; nothing that is counted here is negative.
_LEAST = 0
_COLUMNS = ("NAME", "ESTAB", "EMP", "PAYANN")


@dataclass(frozen=True, kw_only=True)
class Industry:
    """An industry in a place and year. payroll_usd: of the year, whole thousands. None: withheld or unknown."""

    place: str
    state: str
    county: str
    naics: str
    year: int
    establishments: int | None
    employees: int | None
    payroll_usd: Decimal | None


def industry(
    client: Client, naics: str, *, state: str, county: str = "", year: int = LATEST_YEAR
) -> tuple[Industry, ...]:
    """An industry in one county, or in every county of a state where none is given.

    naics: two to six digits. state, county: FIPS codes, such as 39 and 035. Empty where nobody is counted.
    """
    _check("naics", naics, range(2, 7))
    _check("state", state, range(2, 3))
    if county:
        _check("county", county, range(3, 4))
    place = [("for", f"county:{county or '*'}"), ("in", f"state:{state}")]
    return _ask(client, naics, place, year)


def industry_of_state(client: Client, naics: str, *, state: str, year: int = LATEST_YEAR) -> Industry | None:
    """An industry in a whole state; None where nobody is counted."""
    _check("naics", naics, range(2, 7))
    _check("state", state, range(2, 3))
    found = _ask(client, naics, [("for", f"state:{state}")], year)
    return found[0] if found else None


def industry_of_country(client: Client, naics: str, *, year: int = LATEST_YEAR) -> Industry | None:
    """An industry in the whole country; NAICS 00 is all of them."""
    _check("naics", naics, range(2, 7))
    found = _ask(client, naics, [("for", "us:*")], year)
    return found[0] if found else None


def location_quotient(*, local: int, local_all: int, national: int, national_all: int) -> Decimal | None:
    """How much stronger an industry is here than in the country, by employees; None where a part is empty."""
    if not (local_all and national and national_all):
        return None
    return (Decimal(local) * national_all) / (Decimal(local_all) * national)


def _ask(client: Client, naics: str, place: list[tuple[str, str]], year: int) -> tuple[Industry, ...]:
    params = [("get", ",".join(_COLUMNS)), *place, ("NAICS2017", naics)]
    answer = client.get(f"/data/{year}/cbp", params=params, cache=KEPT)
    if answer.status == 204 or not answer.content.strip():
        return ()
    return tuple(_industry(row, naics, year) for row in _table(answer))


def _table(answer: Answer) -> list[dict[str, Any]]:
    rows = answer.json()
    if not (isinstance(rows, list) and rows and all(isinstance(row, list) for row in rows)):
        raise answer.bad("it is no table")
    names = rows[0]
    if not set(_COLUMNS) <= {str(name) for name in names} or any(len(row) != len(names) for row in rows):
        raise answer.bad("its rows do not fit its row of names")
    return [dict(zip(names, row, strict=True)) for row in rows[1:]]


def _industry(row: dict[str, Any], naics: str, year: int) -> Industry:
    payroll = _count(row["PAYANN"])
    return Industry(
        place=text(row["NAME"]),
        state=text(row.get("state")),
        county=text(row.get("county")),
        naics=naics,
        year=year,
        establishments=_count(row["ESTAB"]),
        employees=_count(row["EMP"]),
        payroll_usd=None if payroll is None else Decimal(payroll) * 1000,
    )


def _count(value: Any) -> int | None:
    found = whole(value)
    return found if found is not None and found >= _LEAST else None


def _check(field: str, value: str, lengths: range) -> None:
    if not (value.isascii() and value.isdigit() and len(value) in lengths):
        wanted = f"{lengths.start} to {lengths.stop - 1}" if len(lengths) > 1 else str(lengths.start)
        raise Rejected(f"{field} must have {wanted} digits.", provider=NAME)
