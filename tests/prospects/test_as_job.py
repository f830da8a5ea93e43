"""ucc-ingestion through the job layer: enqueued, claimed, run and settled."""

from typing import Any

import pytest

from jobs import actions, execution
from jobs.models import Attempt, Job
from prospects.models import Filing, Prospect
from tests.providers.ucc.inbox import Inbox

pytestmark = pytest.mark.django_db(transaction=True)


def run(**data: Any) -> Job:
    handle = actions.enqueue(type="ucc-ingestion", data=data)
    job = Job.objects.get(public_id=handle.id)
    assert execution.run(job.pk)
    job.refresh_from_db()
    return job


def message_of(job: Job) -> str:
    return job.error_message or ""


def test_a_job_over_the_sample_completes_with_its_result(sample_source: None, redis_clean: Any) -> None:
    job = run(state="ny", tenantId="acme")

    assert (job.status, job.progress, job.related_id) == ("completed", 100, "NY")
    result = job.result or {}
    assert (result["recordsCreated"], result["batches"]) == (2500, 3)
    assert result["prospectsCreated"] == Prospect.objects.filter(tenant_id="acme").count()


def test_a_state_without_a_file_fails_after_one_execution_and_names_the_remedy(inbox: Inbox, redis_clean: Any) -> None:
    job = run(state="NY")

    assert (job.status, job.error_type) == ("failed", "VALIDATION_ERROR")
    assert "Have a file put into" in message_of(job)
    assert Attempt.objects.filter(job=job).count() == 1


def test_a_failing_file_leaves_the_batches_before_it(inbox: Inbox, redis_clean: Any) -> None:
    inbox.drop_rows("1,2026-01-31,Acme", "2,2026-01-31,Beta", "3,2026-01-31,Gamma", name="a.csv")
    inbox.drop_rows("bad", name="b.csv")

    job = run(state="NY", batchSize=1)

    assert job.status == "failed"
    assert "NY/b.csv line 2" in message_of(job)
    assert Filing.objects.count() == 2
