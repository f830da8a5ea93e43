"""Files of securities, prices and figures: what is stored, what is reported, and that twice is once."""

import io
import json
from datetime import date
from decimal import Decimal

import pytest

from research.market.importing.importing import Imported, Kind, import_file
from research.market.importing.rows import WrongFile
from research.market.reading import rank_shares
from research.models import DailyPrice, ReportedFigure, Security

SECURITIES = """symbol,name,cik,sic,sector,sub_sector,currency
acme,Acme Corp,320193,3571,Technology,Hardware,USD
BOLT,Bolt Inc,,,Technology,Hardware,
"""
YAHOO = """Date,Open,High,Low,Close,Adj Close,Volume
2026-01-02,10,11,9,10.5,9.75,1200
2026-01-05,10,11,9,10.6,9.85,
"""


def take(
    kind: Kind, content: str | bytes, name: str = "file.csv", *, tenant: str = "acme", symbol: str = ""
) -> Imported:
    data = content if isinstance(content, bytes) else content.encode()
    return import_file(kind=kind, file=io.BytesIO(data), file_name=name, tenant_id=tenant, symbol=symbol)


def said(done: Imported) -> list[tuple[int, str]]:
    return [(one.line, one.reason) for one in done.problems]


@pytest.fixture
def shares(db) -> None:
    take(Kind.SECURITIES, SECURITIES)


def test_securities_are_stored_once_and_a_later_file_corrects_them(shares):
    again = take(Kind.SECURITIES, SECURITIES)
    changed = take(Kind.SECURITIES, "symbol;name;sector;sub_sector\nACME;Acme Group;Technology;Hardware\n")

    assert (again.inserted, again.updated, again.unchanged, again.rejected) == (0, 0, 2, 0)
    assert (changed.inserted, changed.updated) == (0, 1)
    acme = Security.objects.get(symbol="ACME")
    assert (acme.name, acme.cik, acme.sic, acme.currency, acme.source) == (
        "Acme Group",
        "0000320193",
        "3571",
        "USD",
        "file",
    )


def test_rows_that_cannot_be_used_are_told_by_line_and_the_others_are_stored(db):
    done = take(
        Kind.SECURITIES,
        "symbol,name,cik,sector,sub_sector,currency\n"
        "GOOD,Good,,Energy,Oil,\n"
        "BAD SYMBOL,x,,Energy,Oil,\n"
        "NONAME,,,Energy,Oil,\n"
        "CIKED,x,12a,Energy,Oil,\n"
        "MONEY,x,,Energy,Oil,dollars\n"
        "TWICE,one,,Energy,Oil,\n"
        "TWICE,other,,Energy,Oil,\n"
        "GOOD,Good,,Energy,Oil,\n",
    )

    assert (done.rows, done.inserted, done.unchanged, done.rejected) == (8, 1, 1, 6)
    assert [line for line, _ in said(done)] == [3, 4, 5, 6, 7, 8]
    assert said(done)[1] == (4, "name is empty")
    assert said(done)[4] == (7, "another line says something else of the same symbol; correct one of them")
    assert Security.objects.count() == 1


def test_a_file_of_yahoo_gives_adjusted_prices_to_the_share_that_it_is_named_after(shares):
    first = take(Kind.PRICES, YAHOO, "ACME.csv")
    again = take(Kind.PRICES, YAHOO, "ACME.csv")

    assert (first.inserted, again.inserted, again.unchanged) == (2, 0, 2)
    assert list(DailyPrice.objects.order_by("date").values_list("security__symbol", "date", "close", "volume")) == [
        ("ACME", date(2026, 1, 2), Decimal("9.75"), 1200),
        ("ACME", date(2026, 1, 5), Decimal("9.85"), None),
    ]


@pytest.mark.parametrize(
    ("name", "header", "line"),
    [
        ("acme_us_d.csv", "Date,Open,High,Low,Close,Volume", "2026-01-02,1,1,1,9.75,5.4"),
        ("all.csv", "Symbol,Date,Close,Volume", "acme.us,20260102,9.75,5"),
        ("x.txt", "<TICKER>,<PER>,<DATE>,<TIME>,<OPEN>,<HIGH>,<LOW>,<CLOSE>,<VOL>,<OPENINT>",
         "ACME.US,D,20260102,000000,1,1,1,9.75,5,0"),
    ],
)  # fmt: skip
def test_the_layouts_of_stooq_are_read(shares, name, header, line):
    done = take(Kind.PRICES, f"{header}\r\n{line}\r\n", name)

    assert said(done) == []
    assert DailyPrice.objects.values_list("security__symbol", "close", "volume").get() == ("ACME", Decimal("9.75"), 5)


def test_a_later_price_of_a_day_replaces_the_one_before(shares):
    take(Kind.PRICES, "Date,Close\n2026-01-02,10\n", symbol="acme")
    done = take(Kind.PRICES, "Date,Close\n2026-01-02,5\n", symbol="acme")

    assert (done.updated, DailyPrice.objects.get().close) == (1, Decimal(5))


def test_prices_that_cannot_be_used_are_told_by_line(shares):
    done = take(
        Kind.PRICES,
        "symbol,date,close\nACME,2026-01-02,null\nACME,2026-13-02,1\nACME,2999-01-02,1\nACME,2026-01-02,0\n"
        'NOBODY,2026-01-02,1\nNOBODY,2026-01-05,1\nACME,2026-01-06,"1,5"\nACME,2026-01-07,2\n',
    )

    assert (done.rows, done.inserted, done.rejected) == (8, 1, 7)
    assert said(done) == [
        (2, "the closing price is empty"),
        (3, "date must be a date such as 2026-01-31, not '2026-13-02'"),
        (4, "date 2999-01-02 is still to come"),
        (5, "the closing price must be greater than 0"),
        (6, "NOBODY is not among the securities; import it there first (2 rows)"),
        (8, "the closing price must be a number such as 1234.5, without thousands separators, not '1,5'"),
    ]


@pytest.mark.parametrize("answer", ["No data", "Exceeded the daily hits limit", "<!DOCTYPE html><html></html>"])
def test_the_answer_of_a_server_that_gave_no_prices_is_no_file_of_prices(shares, answer):
    with pytest.raises(WrongFile, match="the answer of a server"):
        take(Kind.PRICES, answer, "ACME.csv")


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"a,b\n1,2\n", "close is missing"),
        (b"", "The first line must name the columns"),
        (b"date,close\n\xff,1\n", "not UTF-8"),
        (b'date,close\n"2026-01-02,1\n', "is no CSV"),
    ],
)
def test_a_file_that_is_none_is_refused_with_what_to_do(shares, content, reason):
    with pytest.raises(WrongFile, match=reason):
        take(Kind.PRICES, content, "ACME.csv")


FIGURES = """symbol,tag,unit,start,end,value,form,filed,accession
ACME,Revenues,USD,2025-01-01,2025-12-31,1000,10-K,2026-02-20,0001-26-000001
ACME,us-gaap:Assets,USD,,2025-12-31,5000.5,10-K,2026-02-20,0001-26-000001
ACME,Revenues,USD,,2025-12-31,1000,10-K,2026-02-20,0001-26-000001
ACME,Revenues,USD,2025-12-31,2025-01-01,1000,10-K,2026-02-20,0001-26-000001
"""


def test_figures_are_stored_once_and_a_period_needs_its_first_day(shares):
    first, again = take(Kind.FIGURES, FIGURES), take(Kind.FIGURES, FIGURES)

    assert (first.inserted, first.rejected, again.inserted, again.unchanged) == (2, 2, 0, 2)
    assert said(first) == [
        (4, "start is empty, and Revenues is the sum of a period: give its first day"),
        (5, "start 2025-12-31 is after end 2025-01-01"),
    ]
    assert set(ReportedFigure.objects.values_list("tag", "value", "source")) == {
        ("Revenues", Decimal(1000), "file"), ("Assets", Decimal("5000.5"), "file")
    }  # fmt: skip


def test_a_figure_keeps_as_many_digits_as_are_exact(shares):
    most = "9" * 21 + ".123456"
    lines = ["symbol,tag,unit,end,value,filed"]
    lines += [
        f"ACME,{tag},USD,2025-12-31,{value},2026-02-20" for tag, value in (("Assets", most), ("Cash", f"9{most}"))
    ]
    done = take(Kind.FIGURES, "\n".join(lines))

    assert ReportedFigure.objects.get().value == Decimal(most)
    assert said(done) == [(3, "value must have at most 21 digits before the point")]


def test_a_document_of_the_sec_is_read_as_it_is(shares):
    entry = {"end": "2025-12-31", "val": 7.5, "accn": "0001-26-000001", "form": "10-K", "filed": "2026-02-20"}
    facts = {"us-gaap": {"Assets": {"units": {"USD": [entry]}}, "Goodwill": {"units": {"USD": [entry]}}}}
    body = json.dumps({"cik": 320193, "entityName": "Acme", "facts": facts})

    done, again = take(Kind.FIGURES, body, "CIK0000320193.json"), take(Kind.FIGURES, body)

    assert (done.inserted, again.inserted, again.unchanged) == (1, 0, 1)
    assert ReportedFigure.objects.values_list("security__symbol", "tag", "value").get() == (
        "ACME",
        "Assets",
        Decimal("7.5"),
    )
    with pytest.raises(WrongFile, match="No security has the CIK 0000000007"):
        take(Kind.FIGURES, json.dumps({"cik": 7, "facts": {}}))
    with pytest.raises(WrongFile, match="it needs cik and facts"):
        take(Kind.FIGURES, "{}")


def test_organisations_keep_their_shares_apart(shares):
    done = take(Kind.PRICES, YAHOO, "ACME.csv", tenant="other")

    assert (done.inserted, done.rejected) == (0, 2)
    assert DailyPrice.objects.count() == 0


def test_numbers_are_never_mixed_with_those_of_the_sample(peers):
    symbol = peers[0]
    refused = take(Kind.PRICES, "Date,Close\n2026-01-02,10\n", f"{symbol}.csv")
    took = take(Kind.SECURITIES, f"symbol,name,sector,sub_sector\n{symbol},Mine,Energy,Oilfield services\n")
    kept = take(Kind.PRICES, "Date,Close\n2026-01-02,10\n", f"{symbol}.csv")

    assert refused.problems[0].reason.endswith("import it as a security to make it yours")
    assert (took.updated, kept.inserted) == (1, 1)
    assert Security.objects.get(symbol=symbol).source == "file"
    assert not ReportedFigure.objects.filter(security__symbol=symbol).exists()
    assert set(DailyPrice.objects.filter(security__symbol=symbol).values_list("source", flat=True)) == {"file"}


def test_a_symbol_that_nobody_imported_is_excluded_with_that_reason(shares):
    ranking = rank_shares(tenant_id="acme", symbols=["acme", "NOBODY"])

    assert ranking.ranked == ()
    assert [one.symbol for one in ranking.excluded] == ["ACME", "NOBODY"]
    assert ranking.excluded[1].reason == "This symbol is not among the securities."
    assert "no fiscal year is known" in ranking.excluded[0].reason
