"""ucc-ingestion over a state's live register, alone and beside files."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from werkzeug import Response

from jobs.errors import InvalidInput, classify_error
from prospects.models import Filing, Party
from providers.errors import ProviderError
from providers.ucc import connecticut, socrata
from tests.prospects.fake_job import FakeJob
from tests.providers.servers import Sources
from tests.providers.ucc.inbox import HEADER, Inbox
from tests.providers.ucc.readings import CT, ct_rows
from tests.providers.ucc.registers import Register

Ingest = Callable[..., dict[str, Any]]
pytestmark = pytest.mark.django_db


@pytest.fixture
def register(source: Sources, monkeypatch: pytest.MonkeyPatch, settings: Any) -> Register:
    """Of all times: the rows of these tests are of 2024."""
    settings.UCC_LIVE_DAYS = 36_500
    monkeypatch.setattr(socrata, "PAGE_ROWS", 4)
    return Register(source("ucc-connecticut"))


def test_a_job_that_fails_in_the_middle_is_run_again_and_doubles_nothing(
    inbox: Inbox, register: Register, ingest: Ingest
) -> None:
    register.holds(connecticut.TABLE, ct_rows(10))
    register.next_answers += [None, Response(status=500)]

    with pytest.raises(ProviderError) as failure:
        ingest(state="CT", batch_size=2)
    stored = Filing.objects.count()
    result = ingest(state="CT", batch_size=2)

    assert classify_error(failure.value).retryable
    assert stored == 2
    assert (result["source"], result["recordsCreated"], Filing.objects.count()) == ("live", 8, 10)
    assert ingest(state="CT")["recordsUpdated"] == 0


def test_a_pause_that_the_register_asks_for_is_slept_by_the_job(
    inbox: Inbox, register: Register, ingest: Ingest
) -> None:
    register.holds(connecticut.TABLE, ct_rows(1))
    register.next_answers.append(Response(status=429, headers={"Retry-After": "2"}))
    job = FakeJob()

    ingest(job, state="CT")

    assert job.slept == [2.0]


def test_files_are_read_beside_the_register_and_the_registers_word_counts(
    inbox: Inbox, register: Register, ingest: Ingest
) -> None:
    number = CT["id_ucc_flng_nbr"]
    rows = [f"{number},2024-07-18,{CT['debtor_nm_bus'].replace(',', '')},New London", "77,2024-01-31,Acme,Hartford"]
    inbox.drop("\n".join([f"{HEADER},debtor_city", *rows]), state="CT")
    register.holds(connecticut.TABLE, [CT])

    result = ingest(state="CT")
    again = ingest(state="CT")

    assert (result["source"], result["recordsCreated"]) == ("file, live", 2)
    assert (again["recordsCreated"], again["recordsUpdated"]) == (0, 0)
    filing = Filing.objects.get(file_number=number)
    assert (filing.source, filing.filed_on) == ("live", date(2024, 7, 19))
    assert Filing.objects.get(file_number="77").source == "file"
    assert Party.objects.get(filing=filing, role="debtor").city == "WATERFORD"


def test_a_register_that_is_switched_off_is_named_with_the_remedy(inbox: Inbox, ingest: Ingest) -> None:
    with pytest.raises(InvalidInput, match="add ucc-connecticut to QUARRY_LIVE_SOURCES") as failure:
        ingest(state="CT")

    assert not classify_error(failure.value).retryable
