"""What can be wrong with a UCC source as a whole. None of it gets better by waiting."""


class UccError(Exception):
    """A source cannot deliver. The message says what to do about it."""


class NoSource(UccError):
    """Nothing serves this state."""


class UnreadableFile(UccError):
    """A file holds nothing that can be used. The message names file, line and remedy."""

    def __init__(self, *, file: str, line: int, problem: str, remedy: str) -> None:
        super().__init__(f"{file} line {line}: {problem}. {remedy}")
        self.file = file
        self.line = line


class BadRow(ValueError):
    """One row cannot be used; the message is the reason. Never leaves an importer."""
