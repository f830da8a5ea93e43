"""Rows of Connecticut, and one reading of a state's register."""

from datetime import date
from typing import Any

from providers.ucc import (
    FilingRecord,
    Reading,
    RowProblem,
)
from providers.ucc.live import LiveSource

CT: dict[str, Any] = {
    "id_lien_flng_nbr": "0005229652",
    "id_ucc_flng_nbr": "0005229652",
    "lien_status": "Active",
    "cd_flng_type": "ORIG FIN STMT",
    "tx_lien_descript": "OFS",
    "debtor_nm_bus": "CONSTITUTION SURGERY CENTER EAST, LLC",
    "debtor_ad_str1": "174 CROSS RD",
    "debtor_ad_city": "WATERFORD",
    "debtor_ad_state": "CT",
    "debtor_ad_zip": "06385",
    "sec_party_nm_bus": "DE LAGE LANDEN FINANCIAL SERVICES, INC.",
    "dt_accept": "2024-07-19T00:00:00.000",
    "dt_lapse": "2029-07-19T00:00:00.000",
}


class Read:
    """One reading of a state and what it said."""

    def __init__(self, state: str, *, days: int = 36_500) -> None:
        self._days = days
        self.problems: list[RowProblem] = []
        self.remarks: list[str] = []
        self.shares: list[float] = []
        self.waits: list[float] = []
        self._state = state

    def filings(self, start: date | None = None, end: date | None = None) -> list[FilingRecord]:
        reading = Reading(
            on_problem=self.problems.append,
            on_remark=self.remarks.append,
            on_advance=self.shares.append,
            on_wait=self.waits.append,
        )
        return list(LiveSource(self._state, self._days).read(self._state, start, end, reading=reading))


def ct_rows(count: int) -> list[dict[str, Any]]:
    return [CT | {"id_lien_flng_nbr": f"{n:010}", "id_ucc_flng_nbr": f"{n:010}"} for n in range(count)]
