"""Where the commands write: answers to standard output, a line that changes on a terminal, words about it beside."""

import json
import sys
from shutil import get_terminal_size
from typing import Any, TextIO


class Screen:
    """as_json: print what the server sent and nothing else."""

    def __init__(self, *, as_json: bool, out: TextIO | None = None, err: TextIO | None = None) -> None:
        self.as_json = as_json
        self._out = out or sys.stdout
        self._err = err or sys.stderr
        self._shown = ""
        self._live = not as_json and self._out.isatty()

    def say(self, text: str) -> None:
        """A line for people."""
        if not self.as_json:
            self._write(f"{text}\n")

    def answer(self, body: Any, text: str) -> None:
        """The answer of a command: as JSON, or as text."""
        self._write(f"{json.dumps(body, indent=2, ensure_ascii=False) if self.as_json else text}\n")

    def now(self, line: str) -> None:
        """The state of something that changes: on a terminal one line, elsewhere one line per change."""
        if line == self._shown or self.as_json:
            return
        # A line that wraps could not be written over.
        self._write(f"\r\x1b[2K{line[: get_terminal_size().columns - 1]}" if self._live else f"{line}\n")
        self._shown = line

    def settle(self) -> None:
        """What `now` showed last stays as it is."""
        if self._shown and self._live:
            self._write("\n")
        self._shown = ""

    def note(self, text: str) -> None:
        """A word beside the answer, which no script reads."""
        self.settle()
        print(text, file=self._err, flush=True)

    def _write(self, text: str) -> None:
        self._out.write(text)
        self._out.flush()
