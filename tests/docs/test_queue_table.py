"""The tables of queues in docs/architecture.md and docs/concepts.md agree with the policies."""

from datetime import timedelta

from jobs.policy import Keep, QueuePolicy, StartLimit, policies
from tests.docs.pages import between, markdown_table, page


def words_of_span(span: timedelta) -> str:
    for unit, length in (("day", 86_400), ("h", 3600), ("min", 60)):
        number, rest = divmod(span.total_seconds(), length)
        if number and not rest:
            return f"{number:.0f} {unit}" + ("s" if unit == "day" and number != 1 else "")
    return f"{span.total_seconds():g} s"


def words_of_limit(limit: StartLimit | None) -> str:
    return f"{limit.count} in {words_of_span(timedelta(milliseconds=limit.window_ms))}" if limit else "no limit"


def words_of_keep(keep: Keep) -> str:
    parts = []
    if keep.count is not None:
        parts.append(f"last {keep.count}")
    if keep.age is not None:
        parts.append(words_of_span(keep.age))
    return f" {keep.rule} ".join(parts)


def queue_row(policy: QueuePolicy) -> list[str]:
    return [
        f"`{policy.name}`",
        str(policy.priority),
        str(policy.concurrency),
        words_of_span(timedelta(milliseconds=policy.timeout_ms)),
        words_of_limit(policy.start_limit),
        policy.isolation,
    ]


def test_the_architecture_shows_the_queues_as_the_policy_has_them() -> None:
    head = ["queue", "served", "slots", "time limit", "starts at most", "slot"]
    expected = markdown_table(head, [queue_row(policy) for policy in policies().values()])

    shown = between(page("docs/architecture.md"), "queues")

    assert shown == expected, f"put this table into docs/architecture.md:\n{expected}"


def test_the_concepts_show_what_each_queue_keeps() -> None:
    head = ["queue", "completed, cancelled", "failed, dead"]
    rows = [
        [f"`{policy.name}`", words_of_keep(policy.keep_completed), words_of_keep(policy.keep_failed)]
        for policy in policies().values()
    ]
    expected = markdown_table(head, rows)

    shown = between(page("docs/concepts.md"), "retention")

    assert shown == expected, f"put this table into docs/concepts.md:\n{expected}"
