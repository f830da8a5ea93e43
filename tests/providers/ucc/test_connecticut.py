"""The register of Connecticut, read page by page."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from werkzeug import Response

from providers.errors import BadPayload, RateLimited, Transient
from providers.ucc import (
    Action,
    LienStatus,
    PartyKind,
    PartyRole,
    SourceLabel,
    connecticut,
    socrata,
)
from tests.providers.servers import Sources
from tests.providers.ucc.readings import CT, Read, ct_rows
from tests.providers.ucc.registers import Register


@pytest.fixture
def connecticut_register(source: Sources) -> Register:
    return Register(source("ucc-connecticut"))


def test_a_row_of_connecticut_becomes_a_filing_with_both_parties(connecticut_register: Register) -> None:
    connecticut_register.holds(connecticut.TABLE, [CT])

    [filing] = Read("CT").filings()

    assert (filing.file_number, filing.action, filing.source) == ("0005229652", Action.INITIAL, SourceLabel.LIVE)
    assert (filing.filed_on, filing.lapses_on) == (date(2024, 7, 19), date(2029, 7, 19))
    assert (filing.status, filing.lien_type, filing.collateral) == (LienStatus.ACTIVE, "OFS", ())
    debtor, secured = filing.parties
    assert (debtor.role, debtor.name, debtor.street) == (PartyRole.DEBTOR, CT["debtor_nm_bus"], "174 CROSS RD")
    assert (secured.role, secured.name) == (PartyRole.SECURED, CT["sec_party_nm_bus"])


def test_an_amendment_belongs_to_its_lien_and_a_person_is_a_person(connecticut_register: Register) -> None:
    person = {"debtor_nm_first": "ADA", "debtor_nm_last": "KELM", "debtor_nm_bus": ""}
    row = CT | {"id_ucc_flng_nbr": "0005999999", "cd_flng_type": "CONTINUATION", "lien_status": "Released"} | person
    connecticut_register.holds(connecticut.TABLE, [row])

    [filing] = Read("CT").filings()

    assert (filing.original_file_number, filing.action) == ("0005229652", Action.CONTINUATION)
    assert filing.status is LienStatus.TERMINATED
    assert (filing.parties[0].kind, filing.parties[0].name) == (PartyKind.INDIVIDUAL, "ADA KELM")


def test_pages_are_read_in_a_stable_order_until_a_short_one(
    connecticut_register: Register, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(socrata, "PAGE_ROWS", 4)
    connecticut_register.holds(connecticut.TABLE, ct_rows(8))
    reading = Read("CT")

    assert len(reading.filings()) == 8

    pages = connecticut_register.pages(connecticut.TABLE)
    assert [page["$offset"] for page in pages] == ["0", "4", "8"]
    assert {page["$order"] for page in pages} == {"id_lien_flng_nbr,id_ucc_flng_nbr,:id"}
    assert reading.shares == sorted(reading.shares)


def test_rows_of_one_document_are_one_filing_also_over_the_end_of_a_page(
    connecticut_register: Register, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(socrata, "PAGE_ROWS", 2)
    more = [CT, CT | {"debtor_nm_bus": "SECOND LLC"}, CT | {"debtor_nm_bus": "THIRD LLC"}, *ct_rows(2)]
    connecticut_register.holds(connecticut.TABLE, more)

    filings = Read("CT").filings()

    assert [len(filing.parties) for filing in filings] == [4, 2, 2]


def test_a_range_of_dates_is_asked_for(connecticut_register: Register) -> None:
    connecticut_register.holds(
        connecticut.TABLE, [CT, CT | {"id_ucc_flng_nbr": "9", "dt_accept": "2020-01-01T00:00:00"}]
    )

    filings = Read("CT").filings(date(2024, 1, 1), date(2024, 12, 31))

    assert [filing.file_number for filing in filings] == ["0005229652"]
    assert connecticut_register.pages(connecticut.TABLE)[0]["$where"] == (
        "dt_accept >= '2024-01-01T00:00:00' AND dt_accept <= '2024-12-31T23:59:59.999'"
    )


def test_an_unfinished_answer_is_asked_for_again(connecticut_register: Register) -> None:
    connecticut_register.holds(connecticut.TABLE, [CT])
    connecticut_register.next_answers += [Response(status=202), Response(status=202)]
    reading = Read("CT")

    assert len(reading.filings()) == 1
    assert reading.waits == [1.0, 2.0]


def test_an_answer_that_is_never_finished_may_be_tried_later(connecticut_register: Register) -> None:
    connecticut_register.holds(connecticut.TABLE, [CT])
    connecticut_register.next_answers += [Response(status=202)] * 5

    with pytest.raises(Transient, match="still preparing"):
        Read("CT").filings()


def test_a_short_pause_is_waited_for_and_a_long_one_ends_the_reading(connecticut_register: Register) -> None:
    connecticut_register.holds(connecticut.TABLE, [CT])
    connecticut_register.next_answers.append(Response(status=429, headers={"Retry-After": "3"}))
    reading = Read("CT")

    assert len(reading.filings()) == 1
    assert reading.waits == [3.0]

    connecticut_register.next_answers.append(Response(status=429, headers={"Retry-After": "600"}))
    with pytest.raises(RateLimited) as refusal:
        reading.filings()
    assert refusal.value.retry_after == 600


def test_an_answer_that_is_no_list_of_rows_is_named(connecticut_register: Register) -> None:
    connecticut_register.holds(connecticut.TABLE, [CT])
    connecticut_register.next_answers.append(Response('{"error": true}', content_type="application/json"))

    with pytest.raises(BadPayload, match="it is no list of rows"):
        Read("CT").filings()


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"id_ucc_flng_nbr": None}, "id_ucc_flng_nbr is missing"),
        ({"lien_status": "Asleep"}, "lien_status 'ASLEEP' is none of"),
        ({"dt_accept": "yesterday"}, "dt_accept 'yesterday' is not a date"),
        ({"debtor_nm_bus": ["x"]}, "debtor_nm_bus is neither text nor a whole number"),
    ],
)
def test_a_bad_row_is_left_out_with_its_number(
    connecticut_register: Register, change: dict[str, Any], reason: str
) -> None:
    connecticut_register.holds(connecticut.TABLE, [CT, CT | change])
    reading = Read("CT")

    assert len(reading.filings()) == 1
    assert reading.problems[0].line == 2
    assert reason in reading.problems[0].reason


def test_without_a_start_only_the_last_days_are_asked_for_and_that_is_said(connecticut_register: Register) -> None:
    today = datetime.now(UTC).date()
    young, old = (
        {**CT, "id_ucc_flng_nbr": name, "dt_accept": f"{day}T00:00:00.000"}
        for name, day in (("young", today - timedelta(days=9)), ("old", today - timedelta(days=11)))
    )
    connecticut_register.holds(connecticut.TABLE, [young, old])

    reading = Read("CT", days=10)

    assert [filing.file_number for filing in reading.filings()] == ["young"]
    assert f"since {today - timedelta(days=10)}" in reading.remarks[0]
    assert [filing.file_number for filing in reading.filings(start=today - timedelta(days=20))] == ["young", "old"]
