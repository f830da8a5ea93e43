"""Declarations of workflows: their order, and every mistake named by its path."""

from typing import Any

import pytest

from jobs.payloads import InvalidPayload
from jobs.workflows import spec


def job(name: str | None = None, **more: Any) -> dict[str, Any]:
    return {"type": "x", **({"name": name} if name else {}), **more}


def needs(declared: dict[str, Any]) -> dict[str, tuple[str, ...]]:
    return {draft.name: draft.needs for draft in spec.read(declared)}


def problems(declared: dict[str, Any]) -> dict[str, str]:
    with pytest.raises(InvalidPayload) as refused:
        spec.read(declared)
    return refused.value.fields


def test_what_follows_a_parallel_group_joins_it() -> None:
    found = needs({"sequence": [job("a"), {"parallel": [job("b"), {"sequence": [job("c1"), job("c2")]}]}, job("d")]})

    assert found == {"a": (), "b": ("a",), "c1": ("a",), "c2": ("c1",), "d": ("b", "c2")}


def test_two_parallel_groups_in_a_sequence_are_connected_each_to_each() -> None:
    found = needs({"sequence": [{"parallel": [job("a"), job("b")]}, {"parallel": [job("c"), job("d")]}]})

    assert found == {"a": (), "b": (), "c": ("a", "b"), "d": ("a", "b")}


def test_jobs_by_name_may_stand_in_any_order() -> None:
    drafts = spec.read({"jobs": {"last": job(dependsOn=["first"]), "first": job()}})

    assert [draft.name for draft in drafts] == ["first", "last"]


def test_jobs_without_a_name_are_called_by_their_type() -> None:
    assert list(needs({"parallel": [job(), job(), job("x-3")]})) == ["x", "x-2", "x-3"]


def test_a_cycle_is_refused_with_its_names() -> None:
    found = problems(
        {"jobs": {"a": job(dependsOn=["c"]), "b": job(dependsOn=["a"]), "c": job(dependsOn=["b"]), "free": job()}}
    )

    assert found == {"jobs.a.dependsOn": "forms a cycle: a → c → b → a"}
    assert problems({"jobs": {"a": job(dependsOn=["a"])}}) == {"jobs.a.dependsOn": "forms a cycle: a → a"}


@pytest.mark.parametrize(
    ("declared", "path"),
    [
        ({}, "jobs"),
        ({"jobs": {"a": job()}, "parallel": [job()]}, "jobs"),
        ({"jobs": []}, "jobs"),
        ({"jobs": {"a b": job()}}, "jobs.a b"),
        ({"jobs": {"a": job(dependsOn=["z"])}}, "jobs.a.dependsOn"),
        ({"jobs": {"a": job(dependsOn="b"), "b": job()}}, "jobs.a.dependsOn"),
        ({"jobs": {"a": {"data": {}}}}, "jobs.a.type"),
        ({"jobs": {"a": job(colour="red")}}, "jobs.a.colour"),
        ({"sequence": []}, "sequence"),
        ({"sequence": [job(), 7]}, "sequence.1"),
        ({"sequence": [job("a"), {"parallel": [job("a")]}]}, "sequence.1.parallel.0.name"),
        ({"sequence": [job(), {"parallel": [job()], "type": "x"}]}, "sequence.1"),
        ({"parallel": [job(onDependencyFailure="shrug")]}, "parallel.0.onDependencyFailure"),
        ({"parallel": [job(data=[])]}, "parallel.0.data"),
    ],
)
def test_every_mistake_is_named_by_its_path(declared: dict[str, Any], path: str) -> None:
    assert path in problems(declared)


def test_nesting_without_end_is_refused() -> None:
    nested: Any = job()
    for _ in range(30):
        nested = {"sequence": [nested]}

    assert "nested deeper" in str(problems(nested))
