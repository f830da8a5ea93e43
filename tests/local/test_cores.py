"""How many cores a run of the tests may count on."""

import os
from pathlib import Path

import pytest

from deploy.local import cores


@pytest.mark.parametrize(
    ("quota", "usable"),
    [("200000 100000\n", 2), ("50000 100000\n", 1), ("max 100000\n", 8), ("nonsense\n", 8), ("9900000 100000\n", 8)],
)
def test_a_quota_of_time_counts_as_so_many_cores(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, quota: str, usable: int
) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda pid: set(range(8)), raising=False)
    monkeypatch.setattr(cores, "QUOTA", tmp_path / "cpu.max")
    (tmp_path / "cpu.max").write_text(quota)

    assert cores.usable_cores() == usable


def test_without_a_quota_it_is_the_cores_that_the_process_may_run_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda pid: {3, 5}, raising=False)
    monkeypatch.setattr(cores, "QUOTA", tmp_path / "none")

    assert cores.usable_cores() == 2
