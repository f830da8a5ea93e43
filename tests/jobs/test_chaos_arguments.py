"""What the chaos run may be told; the run itself takes minutes and is no test."""

import pytest

from tests.chaos.arguments import parsed
from tests.chaos.faults import FAULTS


def test_all_faults_come_unless_some_are_named() -> None:
    given = parsed([])

    assert given.choice.faults == FAULTS
    assert given.choice.seconds == 600
    assert given.choice.times is None


def test_one_fault_can_be_repeated_many_times() -> None:
    given = parsed(["--only", "Work Process", "--only", "work process killed", "--times", "300", "--pause", "0.5,2"])

    assert [one.name for one in given.choice.faults] == ["work process killed"]
    assert (given.choice.times, given.choice.pause_seconds) == (300, (0.5, 2.0))


@pytest.mark.parametrize("name", [one.name for one in FAULTS])
def test_every_fault_can_be_named(name: str) -> None:
    assert [one.name for one in parsed(["--only", name]).choice.faults] == [name]


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        (["--only", "power cut"], "'power cut' is no fault; choose one of\n  worker and all under it killed"),
        (["--only", "redis"], "'redis' is the beginning of several faults; choose one of\n  Redis killed"),
        (["--pause", "8,1"], "'8,1': from 0 up, and the second not below the first"),
        (["--pause", "soon"], "'soon' is not two numbers of seconds such as 1,8"),
        (["--times", "0"], "--times must be at least 1"),
        (["--times", "3", "--minutes", "2"], "not allowed with argument"),
    ],
)
def test_a_wrong_argument_is_refused_with_what_would_be_right(
    arguments: list[str], problem: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        parsed(arguments)

    assert problem in capsys.readouterr().err
