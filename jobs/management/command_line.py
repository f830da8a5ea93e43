"""What the commands share: who acts, JSON arguments, tables, and following a job."""

import getpass
import sys
import time
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Protocol

from django.core.management.base import CommandError

from accounts.callers import Caller, system_caller

from ..api.parsing import strict_object
from ..api.problems import Problem
from ..payloads import InvalidPayload
from ..reads import with_facts
from ..resource import job_resource
from ..states import TERMINAL, Status


class Out(Protocol):
    """Where a command writes: a text stream, or Django's wrapper of one."""

    def write(self, text: str, /) -> Any: ...
    def flush(self) -> Any: ...
    def isatty(self) -> bool: ...


POLL_SECONDS = 0.2
_BAR = 24


def command_caller() -> Caller:
    """The system, under the name of the account that types the command: the audit trail shows it."""
    try:
        name = f"{getpass.getuser()} at the command line"
    except (KeyError, OSError):
        name = "somebody at the command line"
    return replace(system_caller(), name=name)


def json_object(text: str, option: str) -> dict[str, Any]:
    """A JSON argument. Raises CommandError that names the option."""
    try:
        return strict_object(text.encode())
    except Problem as problem:
        raise CommandError(f"{option}: {problem.message.replace('The body', 'it', 1)}") from None


def refused(error: InvalidPayload) -> CommandError:
    return CommandError("; ".join(f"{name} {text}" for name, text in error.fields.items()))


def count(number: int) -> str:
    return f"{number:,}"


def failures(completed: int, failed: int) -> str:
    """`12 (1.0%)`: of the jobs that ended one way or the other."""
    ended = completed + failed
    return f"{failed:,} ({100 * failed / ended if ended else 0:.1f}%)"


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Columns as wide as they need to be: the first to the left, numbers to the right."""
    widths = [max(len(row[at]) for row in [head, *rows]) for at in range(len(head))]

    def line(row: Sequence[str]) -> str:
        cells = [row[0].ljust(widths[0]), *(cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True))]
        return "  ".join(cells).rstrip()

    return "\n".join(line(row) for row in [head, *rows])


# --- Following a job ------------------------------------------------------------------------------
def follow(key: int, out: Out, *, quiet: bool = False, timeout: float | None = None) -> dict[str, Any] | None:
    """Show a job until it ends; returns its last resource, None where it was removed or time ran out.

    On a terminal one line that changes, elsewhere one line per change.
    """
    terminal = not quiet and out.isatty()
    deadline = None if timeout is None else time.monotonic() + timeout
    shown = ""
    while True:
        found = with_facts(key)
        resource = job_resource(*found) if found else None
        line = describe(resource) if resource else "removed"
        if line != shown and not quiet:
            out.write(f"\r\x1b[2K{line}" if terminal else f"{line}\n")
            out.flush()
            shown = line
        over = resource is None or Status(resource["status"]) in TERMINAL
        late = deadline is not None and time.monotonic() >= deadline
        if over or late:
            if terminal:
                out.write("\n")
            return resource if over else None
        time.sleep(POLL_SECONDS)


def describe(resource: dict[str, Any]) -> str:
    status, name = resource["status"], f"{resource['type']} {resource['id']}"
    if status == Status.COMPLETED:
        return f"✓ {name} completed in {(resource['durationMs'] or 0) / 1000:.1f} s"
    if status in TERMINAL:
        reason = (resource["error"] or {}).get("message")
        return f"✗ {name} {status}" + (f": {reason}" if reason else "")
    if status == Status.ACTIVE:
        stage = f"  {resource['stage']}" if resource["stage"] else ""
        return f"→ {name} {_bar(resource['progress'])} {resource['progress']:3d}%{stage}"
    why = resource["explanation"]
    return f"→ {name} {status}" + (f": {why['message']}" if why else "")


def _bar(percent: int) -> str:
    full = round(_BAR * percent / 100)
    return "█" * full + "░" * (_BAR - full)


def stop_with(code: int) -> None:
    """End the command with an exit code that scripts can ask for."""
    if code:
        sys.exit(code)
