"""One operation of the schema, from a view's method: what it declares, what its class needs, what its route says."""

import re
from collections.abc import Mapping
from inspect import isfunction
from typing import Any

from django.conf import settings
from drf_spectacular.drainage import error
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.plumbing import ComponentRegistry
from pydantic.alias_generators import to_camel

from accounts.roles import OVER_OTHERS, Role
from jobs.shapes.errors import Problem

from ..base import Need
from .components import Schema, schema_of
from .declaring import DECLARED, Media, Operation, Query
from .routes import route_name

#: What each status of an error means; its codes are those of docs/api.md.
ERRORS = {
    400: "`validation_error`, `bad_json` or `bad_request`: something in the request is wrong; `fields` names each.",
    401: "`not_authenticated`: no token or session, or one that is not valid.",
    403: "`forbidden`: the token's scope or the caller's role does not allow this.",
    404: "`not_found`: it does not exist, or the caller may not see it. The two answers are the same.",
    409: "The state of the thing forbids it: {codes}.",
    413: "`payload_too_large`: the body is larger than the API takes.",
    429: "`too_many_requests`, `tenant_limit` or `quota_exceeded`: wait as long as `Retry-After` says.",
    503: "`database_unavailable` or `redis_unavailable`: nothing was stored; try again after `Retry-After`.",
}
_GROUP = re.compile(r"\(\?P<(\w+)>")
_BODIES = ("POST", "PUT", "PATCH")


class ViewSchema(AutoSchema):
    """Reads the declaration of `jobs/api/openapi/declaring.py`; a method without one is an error of generation."""

    def get_operation(
        self, path: str, path_regex: str, path_prefix: str, method: str, registry: ComponentRegistry
    ) -> Schema | None:
        declared: Operation | None = getattr(getattr(self.view, method.lower()), DECLARED, None)
        if declared is None:
            error(f"{method} {path} of {type(self.view).__name__} has no declaration; put @documented above it.")
            return None
        operation: Schema = {
            "operationId": f"{method.lower()}_{route_name(path_regex)}",
            "summary": declared.summary,
            "description": self._description(declared, method),
            "tags": [declared.tag or tag_of(path)],
            "parameters": [*path_parameters(path_regex), *map(parameter, declared.query)],
            "security": security(),
            "responses": self._responses(declared, path, method, registry),
        }
        if body := self._body(declared, method, registry):
            operation["requestBody"] = body
        if need := self._need(method):
            operation["x-scope"] = need.scope
            operation["x-role"] = str(need.least_role)
            if need.owned:
                operation["x-role-for-others"] = str(OVER_OTHERS)
        return operation

    def _need(self, method: str) -> Need | None:
        needs: Mapping[str, Need] = getattr(self.view, "needs", {})
        return needs.get(method)

    def _description(self, declared: Operation, method: str) -> str:
        need = self._need(method)
        return "\n\n".join(part for part in (declared.about, _asked(need) if need else "") if part)

    def _body(self, declared: Operation, method: str, registry: ComponentRegistry) -> Schema | None:
        body = declared.body
        if isfunction(body):
            body = body(self.view, registry)
        if body is None or method not in _BODIES:
            return None
        if isinstance(body, Media):
            content: Schema = {body.type: {"schema": body.schema}}
        else:
            shown = body if isinstance(body, dict) else schema_of(body, registry, mode="validation")
            content = {"application/json": {"schema": shown}}
        for media in content.values():
            if declared.examples:
                media["examples"] = {name: {"value": value} for name, value in declared.examples.items()}
        return {"content": content, "required": declared.body_required}

    # --- Answers ------------------------------------------------------------------------------
    def _responses(self, declared: Operation, path: str, method: str, registry: ComponentRegistry) -> Schema:
        answers = {
            str(status): self._answer(status, shape, declared, registry) for status, shape in declared.answers.items()
        }
        problem = {"application/json": {"schema": schema_of(Problem, registry)}}
        for status in sorted(self._errors(declared, path, method)):
            codes = ", ".join(f"`{code}`" for code in declared.conflicts)
            answers[str(status)] = {"description": ERRORS[status].format(codes=codes), "content": problem}
        return answers

    def _answer(self, status: int, shape: Any, declared: Operation, registry: ComponentRegistry) -> Schema:
        answer: Schema = {"description": _MEANINGS.get(status, "Done.")}
        shapes = shape if isinstance(shape, tuple) else (shape,)
        content = {}
        for one in shapes:
            if isinstance(one, Media):
                answer["description"] = one.about
                content[one.type] = {"schema": one.schema}
            elif one is not None:
                content["application/json"] = {"schema": schema_of(one, registry)}
        if content:
            answer["content"] = content
        if declared.headers:
            answer["headers"] = {
                name: {"description": about, "schema": {"type": "string"}} for name, about in declared.headers.items()
            }
        return answer

    def _errors(self, declared: Operation, path: str, method: str) -> set[int]:
        found = {400, 503, *declared.errors}
        if self._need(method):
            found |= {401, 403}
        if "{" in path:
            found.add(404)
        if declared.conflicts:
            found.add(409)
        if method in _BODIES:
            found.add(413)
        if method == "POST" and hasattr(self.view, "allowance"):
            found.add(429)
        return found


_MEANINGS = {
    200: "Done.",
    201: "Made.",
    202: "Taken: the work goes on, and `pollUrl` or `Location` says where to look.",
    204: "Done; there is nothing to say.",
    304: "It is what the caller has already.",
}


def _asked(need: Need) -> str:
    role = "" if need.least_role == Role.VIEWER else f" and at least the role {need.least_role}"
    owned = f" For what colleagues own, the role {OVER_OTHERS} or above." if need.owned else ""
    return f"Needs the scope `{need.scope}`{role}.{owned}"


def tag_of(path: str) -> str:
    """The first word after /api/ of a path."""
    return path.strip("/").split("/")[1]


def security() -> list[dict[str, list[str]]]:
    ways: list[dict[str, list[str]]] = [{"bearer": []}, {"session": []}]
    return ways if settings.API_AUTH_REQUIRED else [*ways, {}]


def path_parameters(path_regex: str) -> list[Schema]:
    """The named groups of a route, with what they match as their pattern."""
    return [
        {"in": "path", "name": to_camel(name), "required": True, "schema": {"type": "string", "pattern": f"^{inner}$"}}
        for name, inner in _groups(path_regex)
    ]


def _groups(regex: str) -> list[tuple[str, str]]:
    found = []
    for start in _GROUP.finditer(regex):
        depth, end = 1, start.end()
        while depth:
            depth += {"(": 1, ")": -1}.get(regex[end], 0)
            end += 1
        found.append((start.group(1), regex[start.end() : end - 1].removesuffix("?")))
    return found


def parameter(query: Query) -> Schema:
    shown: Schema = {"in": "query", "name": query.name, "schema": query.schema}
    if query.about:
        shown["description"] = query.about
    if query.required:
        shown["required"] = True
    if query.listed:
        shown |= {"style": "form", "explode": False}
    return shown
