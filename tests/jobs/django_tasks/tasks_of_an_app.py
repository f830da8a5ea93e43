"""Tasks as a reusable app would write them: nothing here knows Quarry."""

from django_tasks import TaskContext, task

ran: list[str] = []


@task()
def add(left: int, right: int) -> dict[str, int]:
    return {"sum": left + right}


@task(priority=50, queue_name="scoring")
def note(text: str) -> None:
    ran.append(text)


@task(takes_context=True)
def which_attempt(context: TaskContext) -> int:
    return context.attempt


@task()
def fail(reason: str) -> None:
    raise ZeroDivisionError(reason)


@task(attempts=2)
def fail_twice() -> None:
    raise ConnectionError("not there")


@task()
async def in_a_coroutine() -> str:
    return "awaited"


@task()
def no_json() -> object:
    return object()


def not_a_task() -> None:
    ran.append("this must never run")
