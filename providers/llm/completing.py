"""From a question to a typed value: ask, check against the schema, and ask once more where it fails."""

import re
from dataclasses import dataclass, replace
from typing import Generic, TypeVar

from pydantic import BaseModel, ValidationError

from .errors import NoValue, RefusedAnswer, UnusableAnswer
from .protocol import Answer, Backend, OnText, Request, Stop, Usage, ignore

Value = TypeVar("Value", bound=BaseModel)

#: Servers that ignore the schema like to wrap their JSON in a Markdown fence.
_FENCE = re.compile(r"\A\s*```(?:json)?\s*\n(?P<body>.*)\n\s*```\s*\Z", re.DOTALL)
#: Of an answer that is shown back to the model that gave it, in characters.
_MOST_SHOWN = 20_000


@dataclass(frozen=True, kw_only=True)
class Call:
    """One exchange as it is kept: what was asked, what was answered, and why that was not good enough."""

    request: Request
    answer: Answer
    problem: str = ""


@dataclass(frozen=True, kw_only=True)
class Completion(Generic[Value]):
    value: Value
    calls: tuple[Call, ...]

    @property
    def model(self) -> str:
        return self.calls[-1].answer.model

    @property
    def usage(self) -> Usage:
        return _sum(self.calls)


def complete(request: Request, schema: type[Value], *, backend: Backend, on_text: OnText = ignore) -> Completion[Value]:
    """The answer as a `schema`, which is the request's own; after one repair at most.

    Raises UnusableAnswer or RefusedAnswer, whose `calls` hold what was said and used all the same, and
    whatever the backend raises.
    """
    if schema is not request.schema:
        raise ValueError("the request asks for another schema than it is read as")
    calls: list[Call] = []
    asked = request
    for _ in range(2):
        answer = backend.answer(asked, on_text=on_text)
        try:
            value = _read(answer, schema)
        except _Problem as problem:
            calls.append(Call(request=asked, answer=answer, problem=str(problem)))
            asked = _repair(request, answer, str(problem))
        else:
            return Completion(value=value, calls=(*calls, Call(request=asked, answer=answer)))
    raise _failure(backend, calls)


class _Problem(Exception):
    """Why an answer cannot be used, in words that the model can act upon."""


def _read(answer: Answer, schema: type[Value]) -> Value:
    if answer.stop is Stop.REFUSED:
        raise _Problem("The answer was refused.")
    if answer.stop is Stop.CUT:
        raise _Problem("The answer was cut off because it was too long. Answer in fewer words.")
    fenced = _FENCE.match(answer.text)
    try:
        return schema.model_validate_json(fenced["body"] if fenced else answer.text)
    except ValidationError as error:
        raise _Problem(_listed(error)) from None


def _listed(error: ValidationError) -> str:
    found = [f"{'.'.join(str(part) for part in item['loc']) or 'answer'}: {item['msg']}" for item in error.errors()]
    more = f" and {len(found) - 10} more" if len(found) > 10 else ""
    return "; ".join(found[:10]) + more


def _repair(request: Request, answer: Answer, problem: str) -> Request:
    parts = [request.prompt, "", "Your previous answer could not be used.", f"Problem: {problem}"]
    if answer.text and answer.stop is not Stop.REFUSED:
        parts += ["Previous answer:", answer.text[:_MOST_SHOWN]]
    parts.append("Answer again, with JSON that fits the schema and nothing else.")
    return replace(request, prompt="\n".join(parts))


def _failure(backend: Backend, calls: list[Call]) -> NoValue:
    last = calls[-1]
    if last.answer.stop is Stop.REFUSED:
        message = f"The model {last.answer.model} refused twice."
        return RefusedAnswer(message, provider=backend.name, calls=tuple(calls))
    message = f"The model {last.answer.model} gave no usable answer twice: {last.problem}"
    return UnusableAnswer(message, provider=backend.name, calls=tuple(calls))


def _sum(calls: tuple[Call, ...]) -> Usage:
    total = calls[0].answer.usage
    for call in calls[1:]:
        total += call.answer.usage
    return total
