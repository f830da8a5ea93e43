"""Why something did not start, in words for the terminal."""

from pathlib import Path


class StartFailed(Exception):
    """A server or program did not start; the text ends with what it logged last."""

    def __init__(self, what: str, logged: str = "") -> None:
        super().__init__(f"{what}.\n{logged}".strip())


def tail(log: Path, *, lines: int = 15) -> str:
    try:
        content = log.read_text(errors="replace")
    except OSError:
        return ""
    return "\n".join(content.splitlines()[-lines:])
