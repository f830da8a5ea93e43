"""The backend without a model: rules that write from facts, and say so.

It is what answers where no key is configured. An app registers one writer for each of its tasks; the
same material gives the same words on every machine and every run.
"""

from collections.abc import Callable, Mapping
from typing import Any

from pydantic import BaseModel

from .protocol import Answer, OnText, Request, Stop, Usage, ignore

#: Takes the request's material, returns an instance of the request's schema.
Writer = Callable[[Mapping[str, Any]], BaseModel]

MODEL = "rules"
_PIECE = 400
_writers: dict[str, Writer] = {}


def writer(task: str) -> Callable[[Writer], Writer]:
    """Register what writes the answers of a task. Raises ValueError where the task has a writer already."""

    def register(function: Writer) -> Writer:
        if task in _writers:
            raise ValueError(f"The task {task!r} has a writer already: {_writers[task].__qualname__}.")
        _writers[task] = function
        return function

    return register


class Analyst:
    name = "analyst"
    is_rule_based = True

    def answer(self, request: Request, *, on_text: OnText = ignore) -> Answer:
        """Raises LookupError for a task that no app has registered: a mistake in the program."""
        if request.task not in _writers:
            raise LookupError(f"No writer is registered for the task {request.task!r}.")
        text = _writers[request.task](request.material).model_dump_json()
        for start in range(0, len(text), _PIECE):
            on_text(text[start : start + _PIECE])
        return Answer(text=text, stop=Stop.COMPLETE, model=MODEL, usage=Usage())


def forget(task: str) -> None:
    """Take a task's writer away again. For tests that register one of their own."""
    _writers.pop(task, None)
