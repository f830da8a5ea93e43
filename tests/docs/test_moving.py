"""The examples of docs/moving.md: the handler, its use, and the carrying over of what plain RQ holds."""

import os
from collections.abc import Iterator
from typing import Any

import pytest
import redis
import rq

from jobs import registry
from jobs.models import Job
from jobs.testing import run_again

from .pages import blocks, page

pytestmark = pytest.mark.django_db(transaction=True)
PAGE = page("docs/moving.md")


def run_block(word: str, **names: Any) -> None:
    (source,) = blocks(PAGE, f"python {word}")
    exec(compile(source, f"docs/moving.md, {word}", "exec"), {"__name__": f"docs.{word}", **names})  # noqa: S102


@pytest.fixture(autouse=True)
def handler(redis_clean: "redis.Redis") -> Iterator[None]:
    run_block("after")
    yield
    registry.unregister("send-welcome")


def test_the_moved_job_is_enqueued_once_and_sends_its_mail(mailoutbox: list[Any]) -> None:
    run_block("use")
    run_block("use")

    assert run_again(Job.objects.get(public_id="welcome-7")).status == "completed"
    assert [mail.to for mail in mailoutbox] == [["ana@example.com"]]


def test_what_plain_rq_holds_is_carried_over_and_gone_there(redis_clean: "redis.Redis") -> None:
    old = rq.Queue("mails", connection=redis_clean)
    for number in range(3):
        old.enqueue("app.mails.send_welcome", f"user-{number}@example.com", job_id=f"old-{number}")

    run_block("drain", OLD_REDIS_URL=os.environ["REDIS_URL"])

    carried = Job.objects.order_by("pk").values_list("public_id", "data__email")
    assert list(carried) == [(f"rq-old-{number}", f"user-{number}@example.com") for number in range(3)]
    assert old.job_ids == []
