"""Jobs in this process: enqueued, run and ended by the ledger's own statements."""

from collections.abc import Callable

import pytest

from jobs import dispatch
from jobs.actions import enqueue
from jobs.models import Job
from jobs.submission import Options


@pytest.fixture(autouse=True)
def redis_is_up() -> None:
    dispatch._silent_until = 0.0


@pytest.fixture
def new() -> Callable[..., Job]:
    """`new("b", after=["a"])`: a stored job that does nothing, on the unlimited queue scoring."""

    def make(
        name: str | None = None,
        *,
        after: list[str] | None = None,
        then: str | None = None,
        type_name: str = "diag-noop",
        data: dict[str, object] | None = None,
        **options: object,
    ) -> Job:
        chosen = Options(
            job_id=name,
            queue="scoring",
            depends_on=tuple(after or ()),
            on_dependency_failure=then,
            **options,  # type: ignore[arg-type]
        )
        return enqueue(type=type_name, data=data or {}, options=chosen).job()

    return make
