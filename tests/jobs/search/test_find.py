"""What a search finds, and what it must not."""

from dataclasses import replace

import pytest
from django.db import connection, connections

from accounts.callers import system_caller
from accounts.roles import Role
from jobs import actions, retention
from jobs.library import enqueue
from jobs.models import Job, QueueState
from jobs.search import engine, indexing
from jobs.search.language import parse
from jobs.search.models import SearchDocument
from jobs.submission import Options
from jobs.testing import run_again


def test_a_job_is_found_by_what_its_payload_holds(run, found):
    wanted = run("diag-effect", key="Acme Corp 31e4xx", ms=7)
    run("diag-effect", key="Globex")

    for text in ('data.key:"acme corp 31e4xx"', "data.key:acme*", 'data:"corp 31e4xx"', "31e4*", "data.ms:7"):
        assert found(text) == [wanted.public_id], text
    assert found("data.key:acme") == []
    assert found('"corp acme"') == []


def test_a_job_is_found_by_an_error_it_has_recovered_from(run, found):
    job = run("diag-fail", errorClass="NETWORK_ERROR", times=1)
    job = run_again(job)

    assert job.status == "completed"
    assert (
        found('error:"asked to fail"')
        == found("errorClass:NETWORK_ERROR")
        == found("error:JobError")
        == [job.public_id]
    )
    assert found("error:recovered") == []


def test_qualifiers_narrow_together(run, found):
    failed = run("diag-fail", errorClass="API_ERROR", options=Options(queue="scoring"))
    run("diag-fail", errorClass="API_ERROR", options=Options(queue="signals"))
    done = run("diag-noop", options=Options(queue="scoring"))

    assert found("queue:scoring status:failed") == [failed.public_id]
    assert found("queue:scoring -status:failed") == [done.public_id]
    assert found("queue:scoring asked") == [failed.public_id]
    assert found("queue:scoring -asked") == [done.public_id]
    assert found("status:failed,completed queue:scoring") == [done.public_id, failed.public_id]
    assert found("attempts:>1") == []
    assert found("created:1h priority:<1 queue:scoring duration:<1m") == [done.public_id, failed.public_id]
    assert found("worker:direct type:diag-noop") == [done.public_id]


def test_ids_and_related_ids_lead_straight_to_the_job(db, redis_clean, diagnostic_types, found):
    enqueue("diag-noop", {}, job_id="refresh:acme.1")
    Job.objects.filter(public_id="refresh:acme.1").update(related_id="comp:1.2")

    assert found("id:refresh:acme.1") == found("id:refresh:*") == found("related:comp:1.2") == ["refresh:acme.1"]
    assert found("refresh:acme.1") == ["refresh:acme.1"]


def test_a_job_that_changed_since_it_was_indexed_is_shown_by_what_it_is_now(run, found):
    job = run("diag-fail", errorClass="API_ERROR")
    assert found("status:failed") == [job.public_id]

    actions.retry(jobs=[job], by=system_caller())

    page = engine.find(system_caller(), parse("status:failed"))
    assert page.ids == []
    assert found("status:waiting") == [job.public_id]


def test_waiting_jobs_of_a_paused_queue_are_found_as_paused(db, redis_clean, diagnostic_types, found):
    handle = enqueue("diag-noop", {})
    QueueState.objects.create(queue="default", paused=True)

    assert found("status:paused") == [handle.id]
    assert found("status:waiting") == []


def test_secrets_are_not_searchable(run, found):
    job = run("diag-effect", key="x")
    Job.objects.filter(pk=job.pk).update(
        data={"apiKey": "hunter2", "auth": {"client_secret": "hunter3"}, "maxTokens": 512}
    )
    SearchDocument.objects.all().delete()

    assert found("hunter2") == found("hunter3") == found("data.apiKey:hunter2") == []
    assert found("data.maxTokens:512") == [job.public_id]


def test_an_archived_job_is_found_by_its_record_and_not_by_its_data(run, found):
    job = run("diag-effect", key="zanzibar")
    assert found("zanzibar") == [job.public_id]

    with connection.cursor() as cursor:
        cursor.execute("UPDATE jobs_job SET finished_at = finished_at - interval '100 days'")
    for _ in range(100):
        run("diag-noop")
    retention.sweep()

    assert Job.objects.get(pk=job.pk).archived
    assert found("zanzibar") == []
    assert found(f"id:{job.public_id}") == [job.public_id]
    assert found("type:diag-effect status:completed") == [job.public_id]


def test_a_removed_job_leaves_the_index(run, found):
    job = run("diag-effect", key="zanzibar")
    found("zanzibar")

    actions.remove(jobs=[job], by=system_caller())

    assert found("zanzibar") == []
    assert not SearchDocument.objects.filter(job_id=job.pk).exists()


def test_a_caller_finds_only_what_they_may_see(run, found):
    run("diag-effect", key="zanzibar")
    stranger = replace(system_caller(), role=Role.MEMBER, user_id="user_9", tenants=frozenset({"acme"}))

    assert found("zanzibar", stranger) == []
    assert found("", stranger) == []


def test_pages_follow_one_another_in_both_directions(db, redis_clean, diagnostic_types, found):
    ids = [enqueue("diag-noop", {}).id for _ in range(7)][::-1]
    caller = system_caller()
    for text in ("", "queue:default diag", "type:diag-noop"):
        assert found(text, limit=3) == ids[:3]
        first = engine.find(caller, parse(text), limit=3)
        second = engine.find(caller, parse(text), before=first.older, limit=3)
        third = engine.find(caller, parse(text), before=second.older, limit=3)
        assert [job.public_id for job in second.jobs()] == ids[3:6]
        assert [job.public_id for job in third.jobs()] == ids[6:]
        assert (first.total, first.total_exact, first.newer, third.older) == (7, True, None, None)
        assert engine.find(caller, parse(text), after=third.newer, limit=3).ids == second.ids
        assert engine.find(caller, parse(text), after=second.newer, limit=3).ids == first.ids


def test_common_words_are_read_block_by_block(run, found, monkeypatch):
    monkeypatch.setattr(engine, "BUDGET_SECONDS", 60)
    monkeypatch.setattr(engine, "MOST_SORTED", 2)
    monkeypatch.setattr(engine, "BLOCK_BITS", 2)
    monkeypatch.setattr(indexing, "_INDEX", indexing._INDEX.replace(">> 14", ">> 2"))
    old = [run("diag-effect", key="common").public_id for _ in range(4)][::-1]
    for _ in range(40):
        enqueue("diag-noop", {})

    assert found("common") == old
    assert found("common", limit=2) == old[:2]
    assert engine.find(system_caller(), parse("common"), limit=2).total == 4


def test_a_search_that_takes_too_long_stops_and_goes_on_where_it_was(run, found, monkeypatch):
    monkeypatch.setattr(engine, "BUDGET_SECONDS", 0)
    monkeypatch.setattr(engine, "BLOCK_BITS", 2)
    oldest = run("diag-noop")
    Job.objects.filter(pk=oldest.pk).update(attempts_made=5)
    for _ in range(20):
        enqueue("diag-noop", {})

    page = engine.find(system_caller(), parse("attempts:5"))
    assert page.ids == []
    assert page.searched_back_to is not None
    steps = 0
    while not page.ids:
        page, steps = engine.find(system_caller(), parse("attempts:5"), before=page.older), steps + 1
    assert page.ids == [oldest.pk]
    assert steps > 1


@pytest.mark.django_db(transaction=True)
def test_an_event_that_commits_late_is_not_missed(redis_clean, diagnostic_types, found):
    """Its number is lower than those of events that were indexed before it could be seen."""
    other = connections.create_connection("default")
    try:
        other.set_autocommit(False)
        with other.cursor() as cursor:
            cursor.execute(
                "INSERT INTO jobs_job (public_id, type, queue, max_attempts, timeout_ms, data) "
                "VALUES ('late', 'diag-noop', 'default', 1, 1000, '{\"key\": \"lateword\"}') RETURNING id"
            )
            key = cursor.fetchone()[0]
            cursor.execute(
                "INSERT INTO jobs_event (job_id, public_id, queue, event) VALUES (%s, 'late', 'default', 'waiting')",
                [key],
            )
        for _ in range(3):
            enqueue("diag-noop", {})
            found("diag")
        other.commit()
        assert found("lateword") == ["late"]
    finally:
        other.close()


def test_a_pass_without_changes_indexes_nothing(run, found):
    run("diag-noop")
    found("")
    found("")
    before = list(SearchDocument.objects.values_list("job_id", "event_id"))

    with connection.execute_wrapper(_refuse("INSERT INTO jobs_searchdocument")):
        found("")

    assert list(SearchDocument.objects.values_list("job_id", "event_id")) == before


def _refuse(statement: str):
    def wrapper(execute, sql, params, many, context):
        assert statement not in sql
        return execute(sql, params, many, context)

    return wrapper
