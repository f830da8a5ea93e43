"""What `python3 run.py chaos` may be told."""

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from .faults import FAULTS, Choice, Fault, fault_named


@dataclass(frozen=True, kw_only=True)
class Given:
    """rate: submissions a second. report: a file. logs: a folder."""

    seed: int | None
    rate: float
    choice: Choice
    report: Path | None
    logs: Path | None

    @property
    def says(self) -> str:
        choice = self.choice
        names = "faults" if choice.faults is FAULTS else f"only {', '.join(repr(one.name) for one in choice.faults)}"
        if choice.times is not None:
            return f"{names}, {choice.times} times"
        return f"{names} for {choice.seconds / 60:g} minutes"


def parsed(arguments: Sequence[str]) -> Given:
    """Ends the process with a message where an argument is not right."""
    parser = _parser()
    given = parser.parse_args(arguments)
    if given.minutes <= 0 or given.rate <= 0:
        parser.error("--minutes and --rate must be above 0")
    if given.times is not None and given.times < 1:
        parser.error("--times must be at least 1")
    choice = Choice(
        faults=tuple(dict.fromkeys(given.only)) if given.only else FAULTS,
        pause_seconds=given.pause,
        seconds=given.minutes * 60,
        times=given.times,
    )
    return Given(seed=given.seed, rate=given.rate, choice=choice, report=given.report, logs=given.keep_logs)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="run.py chaos",
        description="A mixed load under faults, and the verdict.",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        epilog="faults:\n" + "\n".join(f"  {one.name}" for one in FAULTS),
    )
    parser.add_argument("--seed", type=int, help="chooses orders and faults; printed where it is not given")
    length = parser.add_mutually_exclusive_group()
    length.add_argument("--minutes", type=float, default=10.0, help="how long faults go on (10)")
    length.add_argument("--times", type=int, metavar="N", help="how many faults, instead of how long")
    parser.add_argument("--rate", type=float, default=20.0, help="submissions a second (20)")
    parser.add_argument(
        "--only",
        type=_fault,
        action="append",
        metavar="FAULT",
        help="this fault and no other, named in full or by its beginning; may be given several times",
    )
    parser.add_argument(
        "--pause",
        type=_pause,
        default=Choice.pause_seconds,
        metavar="MIN,MAX",
        help="seconds from the end of one fault to the next (1,8)",
    )
    parser.add_argument("--report", type=Path, help="a file for the report as JSON")
    parser.add_argument("--keep-logs", type=Path, help="a folder for the logs of all processes")
    return parser


def _fault(name: str) -> Fault:
    try:
        return fault_named(name)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def _pause(text: str) -> tuple[float, float]:
    try:
        shortest, longest = (float(part) for part in text.split(","))
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not two numbers of seconds such as 1,8") from None
    if not 0 <= shortest <= longest < float("inf"):
        raise argparse.ArgumentTypeError(f"{text!r}: from 0 up, and the second not below the first")
    return shortest, longest
