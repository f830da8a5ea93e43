"""Two jobs over the same state at the same time, and readers beside a job: they see all of a batch or nothing."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection

from jobs.testing import run_job
from prospects.filings import adding, settling
from prospects.filings.job_type import UccIngestion
from prospects.models import Filing, Party, Prospect
from prospects.scores import statements as score_statements
from tests.prospects.fake_job import FakeJob, handle

Read = Callable[[str], tuple[int, ...]]

#: In one statement, so that all numbers are of one moment.
FILINGS = """
SELECT count(*), count(*) FILTER (WHERE NOT EXISTS (SELECT FROM prospects_party WHERE filing_id = filing.id)),
    (SELECT count(*) FROM prospects_party WHERE role = 'debtor' AND kind = 'organisation')
        - (SELECT COALESCE(sum(filing_count), 0) FROM prospects_prospect),
    (SELECT count(*) FROM prospects_lien lien WHERE NOT EXISTS (SELECT FROM prospects_filing WHERE lien_id = lien.id))
FROM prospects_filing filing
"""
SCORES = """
SELECT count(*) FILTER (WHERE score IS NOT NULL), (SELECT count(*) FROM prospects_prospectscore)
FROM prospects_prospect
"""


@pytest.fixture
def read() -> Iterator[Read]:
    """`read(FILINGS)`: the row as somebody else sees it now, on a connection of their own."""

    def look(statement: str) -> tuple[int, ...]:
        with connection.cursor() as cursor:
            cursor.execute(statement)
            row: tuple[int, ...] = cursor.fetchone()
            return row

    def leave() -> None:
        connection.close()

    with ThreadPoolExecutor(1) as somebody_else:
        yield lambda statement: somebody_else.submit(look, statement).result(30)
        somebody_else.submit(leave).result(30)


def look_after(monkeypatch: pytest.MonkeyPatch, module: Any, name: str, look: Callable[[], None]) -> None:
    """Look each time the function has done its work, in the middle of whatever called it."""
    work = getattr(module, name)

    def watched(*given: Any, **named: Any) -> Any:
        result = work(*given, **named)
        look()
        return result

    monkeypatch.setattr(module, name, watched)


@pytest.mark.django_db(transaction=True)
def test_concurrent_jobs_over_one_state_neither_deadlock_nor_double(sample_source: None) -> None:
    def run(batch_size: int) -> dict[str, Any]:
        try:
            payload = UccIngestion(state="NY", batch_size=batch_size)
            return handle(payload, FakeJob())
        finally:
            connection.close()

    with ThreadPoolExecutor(3) as pool:
        results = list(pool.map(run, [110, 70, 300]))

    assert Filing.objects.count() == 2500
    assert sum(result["recordsCreated"] for result in results) == 2500
    assert sum(result["prospectsCreated"] for result in results) == Prospect.objects.count()
    debtors = Party.objects.filter(role="debtor", kind="organisation")
    assert sum(Prospect.objects.values_list("filing_count", flat=True)) == debtors.count()


@pytest.mark.django_db(transaction=True)
def test_who_reads_while_filings_come_in_sees_whole_batches_only(
    sample_source: None, read: Read, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[tuple[int, ...]] = []
    for module, name in ((adding, "copy_lines"), (settling, "run")):
        look_after(monkeypatch, module, name, lambda: seen.append(read(FILINGS)))

    handle(UccIngestion(state="NY", batch_size=500), FakeJob())

    assert {filings for filings, *_ in seen} == {0, 500, 1000, 1500, 2000}
    assert len(seen) > 5 * 4
    assert {tuple(torn) for _, *torn in seen} == {(0, 0, 0)}


@pytest.mark.django_db(transaction=True)
def test_who_reads_while_scores_are_stored_sees_all_of_a_chunk_or_none(
    redis_clean: Any, read: Read, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = [
        Prospect(tenant_id="acme", state="NY", name=f"N{one}", name_key=f"N{one}", source="file", filing_count=1)
        for one in range(30)
    ]
    Prospect.objects.bulk_create(made)
    monkeypatch.setattr("prospects.scores.passes.CHUNK", 10)
    seen: list[tuple[int, ...]] = []
    look_after(monkeypatch, score_statements, "run", lambda: seen.append(read(SCORES)))

    job = run_job("prospect-scores", tenantId="acme")

    assert job.result == {"prospects": 30, "finished": True}
    assert set(seen) == {(0, 0), (10, 10), (20, 20)}
    assert read(SCORES) == (30, 30)
