"""The processor time that a chaos run did not get."""

from pathlib import Path

import pytest

from tests.chaos import machine
from tests.chaos.machine import Machine, Window


def test_an_answer_is_disturbed_by_any_window_that_it_touches() -> None:
    watched = Machine()
    watched.windows = [Window(0.0, 1.0, 0.0), Window(1.0, 2.0, 0.4), Window(2.0, 4.0, 0.1)]

    assert watched.took_much(0.9, 1.1)
    assert watched.took_much(1.9, 3.0)
    assert not watched.took_much(0.1, 0.9)
    assert not watched.took_much(2.0, 3.0)
    assert watched.taken() == pytest.approx(0.15)


def test_the_host_s_share_is_read_from_linux(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stat = tmp_path / "stat"
    stat.write_text("cpu  10 1 20 60 5 0 4 100 7 7\ncpu0 1 1 1 1 1 1 1 1 1 1\n")
    monkeypatch.setattr(machine, "STAT", stat)

    assert machine.times() == (100, 200)


def test_elsewhere_nothing_was_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machine, "STAT", tmp_path / "none")

    assert machine.times() == (0, 0)
    assert Machine().taken() == 0.0
