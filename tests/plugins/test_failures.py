"""What a run of several tests at once says of a failure, before its end."""

import pytest

from .failures import LINES, _Told


def test_a_failure_is_told_at_once_with_its_last_words() -> None:
    said: list[str] = []
    words = "\n".join(f"line {number}" for number in range(50))
    report = pytest.TestReport(
        nodeid="tests/test_x.py::test_y",
        location=("", None, ""),
        keywords={},
        outcome="failed",
        longrepr=words,
        when="call",
        duration=1.25,
    )

    _Told(said.append).pytest_runtest_logreport(report)

    assert said == [
        "\nFAILED tests/test_x.py::test_y (call, after 1.2 s)\n"
        + "\n".join(f"line {number}" for number in range(50 - LINES, 50))
    ]


def test_what_passes_is_not_told() -> None:
    said: list[str] = []
    report = pytest.TestReport("tests/test_x.py::test_y", ("", None, ""), {}, "passed", None, "call")

    _Told(said.append).pytest_runtest_logreport(report)

    assert said == []
