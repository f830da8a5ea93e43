"""Workflows for Python callers: `enqueue_workflow(chain(step(…), group(step(…), step(…)), step(…)))`.

A node is what the API takes: a job, or an object with one key, `sequence` or `parallel`.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from pydantic.alias_generators import to_camel

from accounts.callers import Caller

from ..actions import Submission
from ..submission import parse_options
from . import actions, batches, spec
from .actions import Created
from .batches import Batch

Node = Mapping[str, Any]


def step(
    type: str,  # noqa: A002  the API's word
    data: Mapping[str, Any] | None = None,
    *,
    name: str | None = None,
    on_failure: str = "fail",
    **options: Any,
) -> Node:
    """One job. name: for dependency_results() and the graph; the type's own if left out.

    on_failure: `continue` runs it although something it depends on did not complete.
    """
    return {
        "type": type,
        "data": dict(data or {}),
        "options": options,
        "onDependencyFailure": on_failure,
        **({"name": name} if name else {}),
    }


def chain(*nodes: Node) -> Node:
    """One after the other; each waits for all of the one before."""
    return {"sequence": list(nodes)}


def group(*nodes: Node) -> Node:
    """Side by side."""
    return {"parallel": list(nodes)}


def join(before: Node, then: Node) -> Node:
    """`then`, once all of `before` has completed: a chain of two, under the name people look for."""
    return chain(before, then)


def enqueue_workflow(
    structure: Node | None = None,
    *,
    jobs: Mapping[str, Mapping[str, Any]] | None = None,
    name: str = "",
    workflow_id: str | None = None,
    by: Caller | None = None,
    correlation_id: str | None = None,
) -> Created:
    """Store a workflow in the caller's transaction. Give a structure, or `jobs` by name with `depends_on` names.

    workflow_id: enqueueing the same id again returns the existing one, `duplicate`. Raises what
    actions.create raises.
    """
    declared: dict[str, Any] = dict(structure or {})
    if declared and not {"sequence", "parallel"} & declared.keys():
        declared = {"sequence": [structure]}
    if jobs is not None:
        declared["jobs"] = {key: {to_camel(field): value for field, value in job.items()} for key, job in jobs.items()}
    return actions.create(
        drafts=spec.read(declared), name=name, workflow_id=workflow_id, by=by, correlation_id=correlation_id
    )


def enqueue_batch_then(
    type: str,  # noqa: A002
    items: Iterable[Mapping[str, Any]],
    then: Node,
    *,
    name: str = "",
    by: Caller | None = None,
    correlation_id: str | None = None,
    **options: Any,
) -> Batch:
    """One job per item, and `then` once when all of them have ended; its data gains `batch`, the counts."""
    chosen = parse_options(options)
    return batches.create(
        submissions=[Submission(type=type, data=item, options=chosen) for item in items],
        on_complete=Submission(type=then["type"], data=then["data"], options=parse_options(then.get("options"))),
        name=name,
        by=by,
        correlation_id=correlation_id,
    )
