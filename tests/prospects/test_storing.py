"""Storing filings: what is copied arrives as it was, what is unchanged is left alone."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.db import connection

from prospects.models import Collateral, Filing, Lien, Party, Prospect
from tests.providers.ucc.inbox import HEADER, Inbox

Ingest = Callable[..., dict[str, Any]]
pytestmark = pytest.mark.django_db
#: The rows say where the debtor lives and what has become of the lien.
_TOLD = f"{HEADER},debtor_city,status"


def versions() -> list[tuple[int, str]]:
    """Each filing's row with the transaction that wrote it last."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT id, xmin::text || ctid::text FROM prospects_filing ORDER BY id")
        return cursor.fetchall()


def test_texts_arrive_as_they_are_whatever_characters_they_hold(inbox: Inbox, ingest: Ingest) -> None:
    name, said = "Acme \\N\tTools", 'line one\nline\\two\ttab "quoted" \\.'
    quoted = said.replace('"', '""')
    inbox.drop(f'{HEADER},debtor_city,collateral\n1,2026-01-31,{name},Zoë\\,"{quoted}"\n')

    ingest()

    party = Party.objects.get()
    assert (party.name, party.city) == (name, "Zoë\\")
    assert Collateral.objects.get().text == said
    assert Prospect.objects.get().name == name


def test_a_filing_told_word_for_word_again_is_not_written(inbox: Inbox, ingest: Ingest) -> None:
    inbox.drop_rows("1,2026-01-31,Acme", "2,2026-01-31,Beta")
    ingest()
    before = versions()
    inbox.drop_rows("1,2026-01-31,Acme", "2,2026-02-01,Beta")

    result = ingest()

    first, second = versions()
    assert result["recordsUpdated"] == 1
    assert first == before[0]
    assert second != before[1]


def test_filings_stored_before_there_were_digests_are_compared_once_and_then_known(
    inbox: Inbox, ingest: Ingest
) -> None:
    inbox.drop_rows("1,2026-01-31,Acme")
    ingest()
    digest = Filing.objects.get().content_digest
    Filing.objects.update(content_digest=None)

    assert ingest()["recordsUpdated"] == 0
    assert Filing.objects.get().content_digest == digest
    assert digest is not None


@pytest.mark.parametrize("batch_size", [1, 1000])
@pytest.mark.parametrize("order", [(1, 2, 3), (3, 2, 1), (2, 3, 1)])
def test_of_two_spellings_on_one_day_the_higher_file_number_counts_in_any_order(
    inbox: Inbox, ingest: Ingest, batch_size: int, order: tuple[int, ...]
) -> None:
    rows = {1: "1,2026-01-31,ACME INC", 2: '2,2026-01-31,"Acme, Inc."', 3: "3,2025-01-31,Acme Incorporated"}
    inbox.drop_rows(*(rows[number] for number in order))

    ingest(batch_size=batch_size)

    prospect = Prospect.objects.get()
    assert (prospect.name, prospect.filing_count) == ("Acme, Inc.", 3)
    assert (prospect.first_filed_on, prospect.last_filed_on) == (date(2025, 1, 31), date(2026, 1, 31))


def test_a_prospect_of_a_users_list_takes_name_and_source_from_its_first_filing(inbox: Inbox, ingest: Ingest) -> None:
    Prospect.objects.create(state="NY", name="acme", name_key="ACME", source="sample", filing_count=0)
    inbox.drop_rows("1,2026-01-31,Acme")

    result = ingest()

    prospect = Prospect.objects.get()
    assert result["prospectsCreated"] == 0
    assert (prospect.name, prospect.source, prospect.filing_count) == ("Acme", "file", 1)


def test_a_lien_known_by_a_termination_alone_is_terminated(inbox: Inbox, ingest: Ingest) -> None:
    inbox.drop_rows("2,2026-01-31,Acme,1,termination", header=f"{HEADER},original_file_number,action")

    ingest()

    lien = Lien.objects.get()
    assert (lien.file_number, lien.status, lien.filed_on) == ("1", "terminated", None)


def test_of_two_rows_of_one_file_that_differ_the_later_counts_and_nothing_flips(inbox: Inbox, ingest: Ingest) -> None:
    rows = ("1,2026-01-02,Acme LLC,Waco,lapsed", "2,2026-01-02,Best LLC,Tyler,", "1,2026-01-02,Acme LLC,Dallas,active")
    inbox.drop_rows(*rows, header=_TOLD)

    runs = [ingest(batch_size=size) for size in (1, 1, 1000, 1)]

    assert [(run["recordsCreated"], run["recordsUpdated"]) for run in runs] == [(2, 1), (0, 0), (0, 0), (0, 0)]
    assert Filing.objects.get(file_number="1").lien_status == "active"
    assert Party.objects.get(filing__file_number="1").city == "Dallas"


def test_once_the_later_row_is_taken_out_of_the_file_the_earlier_one_counts(inbox: Inbox, ingest: Ingest) -> None:
    inbox.drop_rows("1,2026-01-02,Acme LLC,Waco,lapsed", "1,2026-01-02,Acme LLC,Dallas,active", header=_TOLD)
    ingest(batch_size=1)
    inbox.drop_rows("1,2026-01-02,Acme LLC,Waco,lapsed", header=_TOLD)

    result = ingest(batch_size=1)

    assert (result["recordsUpdated"], Filing.objects.get().lien_status) == (1, "lapsed")
