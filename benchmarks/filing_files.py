"""Made-up filing files of any size for measurements: the plain CSV and the Texas bulk layout.

Names come from word lists. Debtors and lenders recur as in a register: few file often, most once. One filing in
five amends an earlier one, one in seven debtors is a person, three in ten filings say their collateral.
"""

import csv
import json
import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

_FIRST = "Gantry Harlow Cedar Mason Prairie Summit Lone Delta Granite Copper Bayou Mesa Sable Orchard Falcon".split()
_SECOND = "Ridge Point Hill Creek Star Valley Harbor Field Bridge Crossing Grove Springs Landing Run Bend".split()
_TRADE = "Freight Imaging Foods Logistics Dental Roofing Energy Farms Machining Fitness Trucking Catering".split()
_FORM = ("LLC", "Inc.", "L.L.C.", "Corp.", "LP", "Co.")
_LENDER = ("Capital", "Bank", "Leasing", "Equipment Finance", "Funding", "Factors", "Credit Union")
_CITY = "AUSTIN HOUSTON DALLAS LUBBOCK EL_PASO WACO TYLER ABILENE LAREDO".replace("_", " ").split()
_GIVEN = "Ada Bela Cyrus Dora Emil Fay Gus Hana Ivo June Kai Lena".split()
_FAMILY = "Kelm Orban Sato Pruitt Vance Ibarra Lund Okafor Reyes Novak Tran".split()
_COLLATERAL = (
    "All assets of the debtor, now owned or hereafter acquired, wherever located, and all proceeds thereof.",
    "One excavator with all attachments, accessions and replacements, serial number {n}, and all proceeds thereof.",
    "All accounts, chattel paper, payment intangibles and general intangibles arising from future receipts.",
)
_EPOCH = date(2019, 1, 2)


@dataclass(frozen=True, kw_only=True)
class MadeUp:
    number: str
    original: str
    filed_on: date
    debtor: str
    person: tuple[str, str] | None
    street: str
    city: str
    zip_code: str
    lender: str
    collateral: str

    @property
    def lapses_on(self) -> date:
        return self.filed_on.replace(year=self.filed_on.year + 5, day=min(self.filed_on.day, 28))


def write_csv(path: Path, *, lines: int) -> int:
    """A header and `lines` lines, one filing each. Returns the number of filings."""
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(
            "file_number original_file_number action filed_on lapses_on status lien_type debtor_name debtor_kind "
            "debtor_first_name debtor_last_name debtor_street debtor_city debtor_state debtor_zip secured_name "
            "secured_city secured_state collateral".split()
        )
        for filing in _filings(lines):
            first, last = filing.person or ("", "")
            debtor = [filing.debtor, "individual" if filing.person else "", first, last, filing.street, filing.city]
            given = [filing.number, filing.original, "amendment" if filing.original else "initial", filing.filed_on]
            given += [filing.lapses_on, "active", "ucc", *debtor, "TX", filing.zip_code]
            writer.writerow([*given, filing.lender, "DALLAS", "TX", filing.collateral])
    return lines


def write_texas(path: Path, *, lines: int) -> int:
    """`lines` records, one per line: of each filing its master, debtor and secured party, or an amendment."""
    written = filings = 0
    with path.open("w") as file:
        for filing in _filings(lines):
            records = list(_texas_records(filing))[: lines - written]
            file.writelines(json.dumps(record) + "\n" for record in records)
            written += len(records)
            filings += 1
            if written == lines:
                break
    return filings


def _texas_records(filing: MadeUp) -> Iterator[dict[str, Any]]:
    if filing.original:
        yield {
            "Record Code": "6",
            "Initial Filing Number": filing.original,
            "Amendment Number": filing.number,
            "Amendment Date": f"{filing.filed_on:%Y%m%d}",
        }
        return
    number = {"Initial Filing Number": filing.number}
    yield {
        "Record Code": "1",
        **number,
        "Filing Type": "1",
        "Filing Status": "A",
        "Expiration Date": f"{filing.lapses_on:%Y%m%d}",
    }
    who, code = ("Individual Debtor", "3") if filing.person else ("Organization Debtor", "2")
    first, last = filing.person or ("", "")
    named = {f"{who} Last Name": last, f"{who} First Name": first} if filing.person else {f"{who} Name": filing.debtor}
    address = {"Street Address": filing.street, "City": filing.city, "State": "TX", "Zip Code": filing.zip_code}
    yield {"Record Code": code, **number, **named, **{f"{who} {name}": value for name, value in address.items()}}
    lender = "Organization Secured Party"
    yield {"Record Code": "4", **number, f"{lender} Name": filing.lender, f"{lender} City": "DALLAS"}


def _filings(count: int) -> Iterator[MadeUp]:
    draw = random.Random(7)  # noqa: S311  the same file in every run
    statements = 0
    for position in range(count):
        original = ""
        if statements > 100 and draw.random() < 0.2:
            original = _number(draw.randrange(statements))
        else:
            statements += 1
        number = f"A{position:09}" if original else _number(statements - 1)
        # A square makes low numbers frequent; half of all debtors file once.
        debtor = int(count * draw.random() ** 2 * 0.8)
        person = (draw.choice(_GIVEN), f"{draw.choice(_FAMILY)}-{debtor}") if debtor % 7 == 0 else None
        yield MadeUp(
            number=number,
            original=original,
            filed_on=_EPOCH + timedelta(days=position * 2500 // count),
            debtor=" ".join(person) if person else _company(debtor),
            person=person,
            street=f"{1 + debtor % 9000} {_FIRST[debtor % 15]} Street",
            city=_CITY[debtor % len(_CITY)],
            zip_code=f"{75001 + debtor % 4000}",
            lender=_lender(int(3000 * draw.random() ** 3)),
            collateral=_COLLATERAL[position % 3].format(n=position) if draw.random() < 0.3 else "",
        )


def _number(statement: int) -> str:
    return f"24-{statement:010}"


def _company(number: int) -> str:
    name = f"{_FIRST[number % 15]} {_SECOND[number // 15 % 15]} {_TRADE[number // 225 % 12]}"
    return f"{name} {number // 2700} {_FORM[number % 6]}"


def _lender(number: int) -> str:
    return f"{_SECOND[number % 15]} {_FIRST[number // 15 % 15]} {number // 225} {_LENDER[number % 7]}, Inc."
