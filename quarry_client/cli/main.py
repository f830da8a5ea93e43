"""From words on the command line to an exit code; no traceback for what a user can meet."""

import os
import sys
from argparse import Namespace
from collections.abc import Sequence
from pathlib import Path

from ..client import QuarryClient
from ..errors import QuarryError
from . import exits
from .arguments import parser
from .screen import Screen


class Unusable(Exception):
    """The command cannot begin; the text says what to give."""


def main(words: Sequence[str] | None = None) -> int:
    """Run one command; its exit code. Raises SystemExit for --help and for words that argparse refuses."""
    given = parser().parse_args(words)
    screen = Screen(as_json=bool(given.json))
    try:
        with _client(given) as quarry:
            code: int = given.run(quarry, screen, given)
        return code
    except QuarryError as error:
        screen.note(f"quarry_client: {exits.told(error)}")
        return exits.code_of(error)
    except BrokenPipeError:
        # Whoever reads has read enough. Python would complain when it flushes at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return exits.BROKEN_PIPE
    except Unusable as error:
        screen.note(f"quarry_client: {error}")
        return exits.INVALID
    except OSError as error:
        screen.note(f"quarry_client: {error.filename or 'a file'}: {error.strerror or error}")
        return exits.INVALID
    except KeyboardInterrupt:
        screen.settle()
        return exits.INTERRUPTED


def _client(given: Namespace) -> QuarryClient:
    url = given.url or os.environ.get("QUARRY_URL")
    if not url:
        raise Unusable("Which server? Set QUARRY_URL, or give --url, such as https://quarry.example.com.")
    try:
        return QuarryClient(url, _token(given), repeat_for=given.retry_for)
    except ValueError as error:
        raise Unusable(str(error)) from None


def _token(given: Namespace) -> str:
    if given.token_file:
        try:
            return Path(given.token_file).read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            reason = getattr(error, "strerror", None) or "it is no text"
            raise Unusable(f"--token-file {given.token_file} cannot be read: {reason}.") from None
    token = os.environ.get("QUARRY_TOKEN", "")
    if not token:
        raise Unusable("Who are you? Set QUARRY_TOKEN, or give --token-file; `manage.py create_token` makes a token.")
    return token
