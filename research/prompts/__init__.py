"""Prompts as versioned files of this folder: `<name>.v<version>.txt`, with $names in them."""

from functools import cache
from pathlib import Path
from string import Template

_FOLDER = Path(__file__).resolve().parent


@cache
def _template(name: str) -> Template:
    return Template((_FOLDER / f"{name}.txt").read_text())


def prompt(name: str, /, **values: str) -> str:
    """The prompt with its values put in. Raises KeyError for a value that is missing."""
    return _template(name).substitute(values)
