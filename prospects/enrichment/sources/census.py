"""Census: how large a company's industry is in its state."""

from datetime import date

from providers import census
from providers.http import Client

from ... import facts
from ...facts import FactValue
from ..adapter import source
from ..subjects import Business, Kind

#: The numbers that the Census Bureau has for states, by their two letters.
FIPS = dict(
    pair.split(":")
    for pair in (
        "AL:01 AK:02 AZ:04 AR:05 CA:06 CO:08 CT:09 DE:10 DC:11 FL:12 GA:13 HI:15 ID:16 IL:17 IN:18 IA:19 KS:20 KY:21 "
        "LA:22 ME:23 MD:24 MA:25 MI:26 MN:27 MS:28 MO:29 MT:30 NE:31 NV:32 NH:33 NJ:34 NM:35 NY:36 NC:37 ND:38 OH:39 "
        "OK:40 OR:41 PA:42 RI:44 SC:45 SD:46 TN:47 TX:48 UT:49 VT:50 VA:51 WA:53 WV:54 WI:55 WY:56"
    ).split()
)


def _has_place(subject: Business) -> bool:
    return bool(subject.naics and subject.region in FIPS and subject.may_be_in("US"))


@source(
    census.NAME, Kind.COMPANY, enough=_has_place, missing="The company's NAICS code and its state are not both known."
)
def tell(client: Client, subject: Business) -> list[FactValue]:
    found = census.industry_of_state(client, subject.naics, state=FIPS[subject.region])
    if found is None:
        return []
    payroll = found.payroll_usd
    told = {
        "year": found.year,
        "naics": found.naics,
        "state": subject.region,
        "establishments": found.establishments,
        "employees": found.employees,
        "payrollThousands": None if payroll is None else int(payroll / 1000),
    }
    return [FactValue(name=facts.INDUSTRY_IN_STATE, value=told, as_of=date(found.year, 12, 31))]
