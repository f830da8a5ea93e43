"""What other apps enqueue through the Django Tasks API becomes a job of the ledger."""

from datetime import timedelta

import pytest
from django.core.checks import Error
from django.db import transaction
from django.utils import timezone
from django_tasks import TaskResultStatus, default_task_backend, task_backends
from django_tasks.exceptions import InvalidTaskError, TaskResultDoesNotExist
from django_tasks.signals import task_enqueued, task_finished, task_started

from jobs import library
from jobs.django_tasks_backend import LedgerBackend
from jobs.models import Job
from jobs.testing import run_again

from . import tasks_of_an_app as app

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("redis_clean")]


@pytest.fixture(autouse=True)
def nothing_ran():
    app.ran.clear()


def job_of(result) -> Job:
    return Job.objects.get(public_id=result.id)


def test_an_enqueued_task_is_a_waiting_job_with_the_tasks_priority_and_queue() -> None:
    result = app.note.enqueue("hello")

    job = job_of(result)
    assert (job.status, job.queue, job.priority, job.max_attempts) == ("waiting", "scoring", 50, 1)
    assert job.related_id == "tests.jobs.django_tasks.tasks_of_an_app.note"
    assert result.status is TaskResultStatus.READY
    assert result.enqueued_at == job.created_at


def test_a_completed_task_gives_back_its_value() -> None:
    result = app.add.enqueue(2, right=3)

    run_again(job_of(result))
    result.refresh()

    assert result.status is TaskResultStatus.SUCCESSFUL
    assert result.return_value == {"sum": 5}
    assert result.attempts == 1
    assert result.started_at is not None
    assert result.finished_at is not None
    assert app.add.get_result(result.id).return_value == {"sum": 5}


def test_the_task_exists_only_if_the_callers_transaction_commits() -> None:
    def enqueue_and_roll_back() -> None:
        with transaction.atomic():
            app.note.enqueue("never")
            assert Job.objects.count() == 1
            raise RuntimeError

    with pytest.raises(RuntimeError):
        enqueue_and_roll_back()

    assert Job.objects.count() == 0


def test_run_after_delays_the_job_until_then() -> None:
    due = timezone.now() + timedelta(hours=2)

    job = job_of(app.note.using(run_after=due).enqueue("later"))

    assert job.status == "delayed"
    assert abs(job.run_at - due) < timedelta(seconds=2)


def test_a_failed_task_tells_its_exception_and_traceback() -> None:
    result = app.fail.enqueue("because")

    run_again(job_of(result))
    result.refresh()

    assert result.status is TaskResultStatus.FAILED
    assert result.errors[0].exception_class is ZeroDivisionError
    assert "because" in result.errors[0].traceback
    with pytest.raises(ValueError, match="failed"):
        _ = result.return_value


def test_a_task_that_allows_two_attempts_is_retried_once() -> None:
    result = app.fail_twice.enqueue()

    first = run_again(job_of(result))
    second = run_again(first)
    result.refresh()

    assert (first.status, second.status) == ("delayed", "failed")
    assert result.attempts == 2
    assert [error.exception_class for error in result.errors] == [ConnectionError, ConnectionError]


def test_the_context_counts_the_attempt() -> None:
    result = app.which_attempt.enqueue()

    run_again(job_of(result))
    result.refresh()

    assert result.return_value == 1


def test_a_coroutine_runs_too() -> None:
    result = app.in_a_coroutine.enqueue()

    run_again(job_of(result))
    result.refresh()

    value: object = result.return_value
    assert value == "awaited"


def test_a_value_that_is_no_json_fails_the_job() -> None:
    job = run_again(job_of(app.no_json.enqueue()))

    assert job.status == "failed"
    assert "JSON" in job.error["message"]


def test_arguments_that_are_no_json_are_refused_before_anything_is_stored() -> None:
    arguments: list = [object(), 1]

    with pytest.raises(TypeError):
        app.add.enqueue(*arguments)

    assert Job.objects.count() == 0


def test_only_tasks_run_and_no_other_function_a_row_names() -> None:
    handle = library.enqueue(
        "django-task", {"task": "tests.jobs.django_tasks.tasks_of_an_app.not_a_task", "args": [], "kwargs": {}}
    )

    job = run_again(handle)

    assert job.status == "failed"
    assert job.error["code"] == "no_such_task"
    assert app.ran == []


def test_a_result_of_another_id_does_not_exist() -> None:
    with pytest.raises(TaskResultDoesNotExist):
        default_task_backend.get_result("job_unknown")


def test_signals_tell_of_a_tasks_life() -> None:
    seen = []
    receivers = {
        signal: (lambda sender, task_result, name=name, **_: seen.append((name, task_result.status)))
        for signal, name in ((task_enqueued, "enqueued"), (task_started, "started"), (task_finished, "finished"))
    }
    for signal, receiver in receivers.items():
        signal.connect(receiver)
    try:
        run_again(job_of(app.add.enqueue(1, 1)))
        run_again(job_of(app.fail.enqueue("x")))
    finally:
        for signal, receiver in receivers.items():
            signal.disconnect(receiver)

    assert seen == [
        ("enqueued", TaskResultStatus.READY),
        ("started", TaskResultStatus.RUNNING),
        ("finished", TaskResultStatus.SUCCESSFUL),
        ("enqueued", TaskResultStatus.READY),
        ("started", TaskResultStatus.RUNNING),
        ("finished", TaskResultStatus.FAILED),
    ]


def test_a_queue_that_does_not_exist_is_refused_where_the_task_is_defined() -> None:
    with pytest.raises(InvalidTaskError, match="nope"):
        app.add.using(queue_name="nope")


def test_the_system_check_names_an_unknown_queue_of_the_setting() -> None:
    backend = LedgerBackend("other", {"QUEUES": ["default", "nope"]})

    (problem,) = backend.check()

    assert isinstance(problem, Error)
    assert "nope" in problem.msg
    assert list(task_backends["default"].check()) == []
