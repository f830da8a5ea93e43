"""What a ucc-ingestion job leaves in the database, however often it runs."""

from collections.abc import Callable
from contextlib import contextmanager
from datetime import date
from itertools import pairwise
from typing import Any

import pytest

from jobs.errors import InvalidInput, JobStopped, classify_error
from prospects.models import Collateral, Filing, Lien, Party, Prospect
from tests.prospects.fake_job import FakeJob
from tests.providers.ucc.inbox import HEADER, Inbox, debtor, json_lines, master

Ingest = Callable[..., dict[str, Any]]
pytestmark = pytest.mark.django_db
TABLES = (Lien, Filing, Party, Collateral, Prospect)
LIEN_HEADER = f"{HEADER},original_file_number,action,lapses_on,status"


def counts() -> list[int]:
    return [table.objects.count() for table in TABLES]


def test_2500_sample_rows_in_batches_of_1000_are_three_batches(sample_source: None, ingest: Ingest) -> None:
    result = ingest(state="ny")

    assert result == {
        "state": "NY",
        "source": "sample",
        "recordsFetched": 2500,
        "recordsCreated": 2500,
        "recordsUpdated": 0,
        "recordsRejected": 0,
        "prospectsCreated": Prospect.objects.count(),
        "batches": 3,
    }
    assert Filing.objects.count() == 2500
    assert Prospect.objects.count() > 500


@pytest.mark.parametrize("second_batch_size", [1000, 170])
def test_a_second_run_creates_and_updates_nothing(sample_source: None, ingest: Ingest, second_batch_size: int) -> None:
    ingest()
    before = counts()

    result = ingest(batch_size=second_batch_size)

    assert (result["recordsFetched"], result["recordsCreated"], result["recordsUpdated"]) == (2500, 0, 0)
    assert result["prospectsCreated"] == 0
    assert counts() == before


def test_progress_rises_with_every_batch(sample_source: None, ingest: Ingest) -> None:
    job = FakeJob()

    ingest(job, batch_size=100)

    percents = [percent for percent, _ in job.steps]
    assert percents[0] == 0
    assert len(percents) == 25
    assert all(earlier < later <= 99 for earlier, later in pairwise(percents))


def test_everything_carries_tenant_and_source(sample_source: None, ingest: Ingest) -> None:
    ingest(tenant_id="acme")

    for table in TABLES:
        assert set(table.objects.values_list("tenant_id", "source")) == {("acme", "sample")}


def test_tenants_do_not_see_each_other(inbox: Inbox, ingest: Ingest) -> None:
    inbox.drop_rows("1,2026-01-31,Acme")
    ingest(tenant_id="one")
    before = Prospect.objects.get()

    result = ingest(tenant_id="two")

    assert result["recordsCreated"] == 1
    assert Prospect.objects.count() == 2
    assert Prospect.objects.get(tenant_id="one").updated_at == before.updated_at


def test_the_last_batch_commits_with_the_completion_or_not_at_all(inbox: Inbox, ingest: Ingest) -> None:
    class Lost(FakeJob):
        def completes(self, result: Any = None) -> Any:
            return _failing(super().completes(result))

    inbox.drop_rows("1,2026-01-31,Acme", "2,2026-01-31,Beta", "3,2026-01-31,Gamma")

    with pytest.raises(JobStopped):
        ingest(Lost(), batch_size=2)

    assert Filing.objects.count() == 2


def _failing(completing: Any) -> Any:
    @contextmanager
    def fail() -> Any:
        with completing as completion:
            yield completion
            raise JobStopped("another run owns the job")

    return fail()


def test_a_run_after_a_stopped_one_does_what_is_left(sample_source: None, ingest: Ingest) -> None:
    with pytest.raises(JobStopped):
        ingest(FakeJob(stop_at=20), batch_size=500)
    stored = Filing.objects.count()

    result = ingest()

    assert 0 < stored < 2500
    assert result["recordsCreated"] == 2500 - stored
    assert result["recordsUpdated"] == 0
    for prospect in Prospect.objects.all()[:50]:
        assert prospect.filing_count == debtor_filings(prospect).count()


def debtor_filings(prospect: Prospect) -> Any:
    return Party.objects.filter(role="debtor", kind="organisation", name_key=prospect.name_key)


def test_a_prospect_gathers_the_filings_of_all_spellings_of_its_name(inbox: Inbox, ingest: Ingest) -> None:
    inbox.drop_rows('1,2024-01-31,"ACME, INC."', "2,2026-01-31,Acme Incorporated", "3,2025-01-31,Acme LLC")

    result = ingest()

    acme = Prospect.objects.get(name_key="ACME INC")
    assert result["prospectsCreated"] == 2
    assert (acme.filing_count, acme.name) == (2, "Acme Incorporated")
    assert (acme.first_filed_on, acme.last_filed_on) == (date(2024, 1, 31), date(2026, 1, 31))


def test_individuals_and_secured_parties_are_no_prospects(inbox: Inbox, ingest: Ingest) -> None:
    inbox.drop_rows("1,2026-01-31,Ada Kelm,individual,Example Bank", header=f"{HEADER},debtor_kind,secured_name")

    ingest()

    assert Party.objects.count() == 2
    assert not Prospect.objects.exists()


def test_a_corrected_filing_counts_as_updated_and_moves_its_prospects_dates(inbox: Inbox, ingest: Ingest) -> None:
    inbox.drop_rows("1,2026-01-31,Acme", "2,2026-03-31,Beta")
    ingest()
    inbox.drop_rows("1,2025-01-31,Acme", "2,2026-03-31,Beta")

    result = ingest()

    assert (result["recordsCreated"], result["recordsUpdated"]) == (0, 1)
    acme = Prospect.objects.get(name="Acme")
    assert (acme.first_filed_on, acme.last_filed_on) == (date(2025, 1, 31), date(2025, 1, 31))
    assert Lien.objects.get(file_number="1").filed_on == date(2025, 1, 31)


def test_a_filing_that_gains_a_party_counts_as_updated(inbox: Inbox, ingest: Ingest) -> None:
    inbox.drop_rows("1,2026-01-31,Acme")
    ingest()
    inbox.drop_rows("1,2026-01-31,Acme", "1,2026-01-31,Beta")

    result = ingest()

    assert (result["recordsUpdated"], result["prospectsCreated"]) == (1, 1)
    assert Filing.objects.count() == 1


@pytest.mark.parametrize("batch_size", [1, 1000])
def test_a_lien_follows_from_its_filings_in_whatever_order_they_come(
    inbox: Inbox, ingest: Ingest, batch_size: int
) -> None:
    inbox.drop_rows(
        "9,2025-12-01,Acme,1,continuation,2031-01-31,active",
        "1,2021-01-31,Acme,,,2026-01-31,active",
        "8,2024-06-01,Beta,2,termination,,",
        "2,2023-01-31,Beta,,,2028-01-31,active",
        header=LIEN_HEADER,
    )

    ingest(batch_size=batch_size)

    acme, beta = Lien.objects.order_by("file_number")
    assert (acme.filed_on, acme.lapses_on, acme.status) == (date(2021, 1, 31), date(2031, 1, 31), "active")
    assert (beta.filed_on, beta.lapses_on, beta.status) == (date(2023, 1, 31), date(2028, 1, 31), "terminated")
    assert ingest(batch_size=batch_size)["recordsUpdated"] == 0


def test_one_amendment_may_concern_two_liens(inbox: Inbox, ingest: Ingest) -> None:
    inbox.drop_rows("7,2026-01-31,Acme,1,amendment,,", "7,2026-01-31,Acme,2,amendment,,", header=LIEN_HEADER)

    result = ingest()

    assert result["recordsCreated"] == 2
    assert Prospect.objects.get().filing_count == 2


def test_of_two_files_that_differ_the_later_name_counts_and_nothing_flips(inbox: Inbox, ingest: Ingest) -> None:
    header = f"{HEADER},debtor_city,debtor_zip,status"
    inbox.drop(
        f"{header}\n1,2026-01-02,Acme LLC,Waco,70001,active\n2,2026-01-02,Best LLC,Tyler,,active\n", "a.csv", state="TX"
    )
    inbox.drop(f"{header}\n1,2026-01-02,Acme LLC,Dallas,,lapsed\n", "b.csv", state="TX")

    first, second, third = (ingest(state="TX", batch_size=1) for _ in range(3))

    assert (first["recordsCreated"], first["recordsUpdated"]) == (2, 1)
    assert [(one["recordsCreated"], one["recordsUpdated"]) for one in (second, third)] == [(0, 0), (0, 0)]
    assert Filing.objects.get(file_number="1").lien_status == "lapsed"
    assert Party.objects.get(filing__file_number="1").city == "Dallas"


def test_once_the_later_file_is_gone_the_other_one_counts_again(inbox: Inbox, ingest: Ingest) -> None:
    header = f"{HEADER},status"
    inbox.drop(f"{header}\n1,2026-01-02,Acme LLC,active\n", "a.csv", state="TX")
    later = inbox.drop(f"{header}\n1,2026-01-02,Acme LLC,lapsed\n", "b.csv", state="TX")
    ingest(state="TX", batch_size=1)
    later.unlink()

    result = ingest(state="TX", batch_size=1)

    assert (result["recordsUpdated"], Filing.objects.get().lien_status) == (1, "active")


def test_what_a_file_does_not_say_replaces_nothing(inbox: Inbox, ingest: Ingest) -> None:
    inbox.drop_rows("1,2026-01-31,Acme,,,2031-01-31,lapsed,Albany", header=f"{LIEN_HEADER},debtor_city")
    ingest()
    inbox.drop_rows("1,2026-01-31,Acme")

    result = ingest()

    assert result["recordsUpdated"] == 0
    assert Lien.objects.get().lapses_on == date(2031, 1, 31)
    assert Party.objects.get().city == "Albany"


def test_a_texas_file_gives_the_same_in_any_order_of_its_records(inbox: Inbox, ingest: Ingest) -> None:
    records = [master("1"), debtor("1", "ACME LLC"), master("2"), debtor("2", "ACME LLC")]
    inbox.drop(json_lines([*records[1::2], *records[0::2]]), "bulk.json", state="TX")
    ingest(state="TX", batch_size=1)
    inbox.drop(json_lines(records), "bulk.json", state="TX")

    result = ingest(state="TX")

    assert (result["recordsFetched"], result["recordsCreated"], result["recordsUpdated"]) == (2, 0, 0)
    assert Prospect.objects.get().filing_count == 2
    assert set(Lien.objects.values_list("status", "lapses_on", "filed_on")) == {("active", date(2029, 1, 31), None)}


def test_rows_left_out_are_counted_and_the_first_hundred_are_named(inbox: Inbox, ingest: Ingest) -> None:
    inbox.drop_rows("1,2026-01-31,Acme", *["bad"] * 150)
    job = FakeJob()

    result = ingest(job)

    assert (result["recordsCreated"], result["recordsRejected"]) == (1, 150)
    assert len(job.lines) == 101
    assert job.lines[0] == "left out: NY/filings.csv line 3: has 1 cells, the header has 3"
    assert job.lines[-1] == "50 further rows were left out"


def test_an_empty_date_range_completes_with_nothing(inbox: Inbox, ingest: Ingest) -> None:
    inbox.drop_rows("1,2026-01-31,Acme")

    result = ingest(start_date=date(2027, 1, 1))

    assert (result["recordsFetched"], result["batches"]) == (0, 0)


def test_a_state_without_a_file_fails_for_good_and_names_the_remedy(inbox: Inbox, ingest: Ingest) -> None:
    with pytest.raises(InvalidInput, match="Have a file put into") as failure:
        ingest()

    assert not classify_error(failure.value).retryable


def test_an_unusable_file_fails_for_good_and_is_named(inbox: Inbox, ingest: Ingest) -> None:
    inbox.drop("no,such,header\n")

    with pytest.raises(InvalidInput, match=r"NY/filings\.csv line 1: the header row lacks") as failure:
        ingest()

    assert not classify_error(failure.value).retryable


def test_a_job_can_be_stopped_while_only_bad_rows_are_read(inbox: Inbox, ingest: Ingest) -> None:
    inbox.drop_rows("1,2026-01-31,Acme", *["bad"] * 5000)
    job = FakeJob(stop_at=3)

    with pytest.raises(JobStopped):
        ingest(job)

    assert job.checks == 3
