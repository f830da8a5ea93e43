"""What a view's method says of itself: parameters, body, answers.

A declaration stands above its method and changes nothing about it:

    @documented("The jobs of a queue", query=(choice("status", STATES), *PAGING), answers={200: QueueJobs})
    def get(self, request: Request, name: str) -> Response: ...

Scope, role, path parameters and the errors that every route has are not declared: they are read from
`needs`, from the route and from the view's class.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

Method = TypeVar("Method", bound=Callable[..., Any])
Schema = dict[str, Any]

DECLARED = "declared_operation"


@dataclass(frozen=True, kw_only=True)
class Query:
    """One query parameter. Its snake_case name is understood too."""

    name: str
    schema: Schema
    about: str = ""
    required: bool = False
    #: Words with commas between them.
    listed: bool = False


@dataclass(frozen=True, kw_only=True)
class Media:
    """An answer or a body that is not JSON."""

    type: str
    about: str
    schema: Schema = field(default_factory=lambda: {"type": "string"})


@dataclass(frozen=True, kw_only=True)
class Operation:
    """body: a shape, a pydantic model, a Media, or a function of the view that gives one; None where there is none.

    answers: status to shape, Media, or None for an answer without a body. conflicts: the codes of its 409.
    """

    summary: str
    about: str = ""
    tag: str = ""
    query: tuple[Query, ...] = ()
    body: Any = None
    body_required: bool = True
    answers: Mapping[int, Any] = field(default_factory=dict)
    conflicts: tuple[str, ...] = ()
    #: Statuses of errors beyond those that the route has by its nature.
    errors: tuple[int, ...] = ()
    headers: Mapping[str, str] = field(default_factory=dict)
    examples: Mapping[str, Any] = field(default_factory=dict)


def documented(
    summary: str,
    *,
    about: str = "",
    tag: str = "",
    query: Iterable[Query] = (),
    body: Any = None,
    body_required: bool = True,
    answers: Mapping[int, Any],
    conflicts: Iterable[str] = (),
    errors: Iterable[int] = (),
    headers: Mapping[str, str] | None = None,
    examples: Mapping[str, Any] | None = None,
) -> Callable[[Method], Method]:
    """Declare a method. examples: bodies by what they show. headers: of the successful answers, with their meaning."""
    operation = Operation(
        summary=summary,
        about=about,
        tag=tag,
        query=tuple(query),
        body=body,
        body_required=body_required,
        answers=dict(answers),
        conflicts=tuple(conflicts),
        errors=tuple(errors),
        headers=dict(headers or {}),
        examples=dict(examples or {}),
    )

    def declare(method: Method) -> Method:
        setattr(method, DECLARED, operation)
        return method

    return declare


# --- Kinds of query parameter, as jobs/api/params.py reads them -----------------------------------------
def text(name: str, about: str = "", *, longest: int = 200, required: bool = False) -> Query:
    return Query(name=name, schema={"type": "string", "maxLength": longest}, about=about, required=required)


def integer(name: str, default: int, *, least: int, most: int, about: str = "") -> Query:
    schema = {"type": "integer", "minimum": least, "maximum": most, "default": default}
    return Query(name=name, schema=schema, about=about)


def flag(name: str, about: str = "") -> Query:
    return Query(name=name, schema={"type": "boolean", "default": False}, about=about)


def when(name: str, about: str = "") -> Query:
    return Query(
        name=name, schema={"type": "string", "format": "date-time"}, about=about or "ISO 8601; UTC unless said."
    )


def day(name: str, about: str = "") -> Query:
    return Query(name=name, schema={"type": "string", "format": "date"}, about=about)


def choice(name: str, words: Iterable[str], about: str = "", *, default: str | None = None) -> Query:
    schema: Schema = {"type": "string", "enum": [str(word) for word in words]}
    return Query(name=name, schema=schema if default is None else {**schema, "default": default}, about=about)


def words(name: str, about: str = "", *, known: Iterable[str] = (), most: int, required: bool = False) -> Query:
    """Words with commas between them."""
    item: Schema = {"type": "string"}
    if found := [str(word) for word in known]:
        item["enum"] = found
    schema = {"type": "array", "items": item, "maxItems": most}
    return Query(name=name, schema=schema, about=about, required=required, listed=True)


def cursor(about: str = "The `nextCursor` of the page before.", *, pattern: str = r"^\d{1,18}$") -> Query:
    return Query(name="cursor", schema={"type": "string", "pattern": pattern}, about=about)


TENANT = text("tenantId", "An organisation of the caller's; their own where it is left out.")
