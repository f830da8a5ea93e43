"""Changing a queue's limits while it runs, and the history of such changes."""

from collections.abc import Mapping
from typing import Any, ClassVar

from rest_framework.request import Request
from rest_framework.response import Response

from accounts.roles import JOBS_READ, Role

from ..overrides import edit, history
from ..overrides.models import SETTINGS
from ..overrides.values import InvalidOverride
from ..policy import policy_of
from ..policy_view import policy_resource
from ..shapes.queue import PolicyHistory
from .base import ApiView, Need
from .listing import queue_named
from .openapi.declaring import documented, integer
from .params import Params, fields_of
from .problems import Invalid


def changed_policy(queue: str, changed: list[Any]) -> dict[str, Any]:
    return {
        "queue": queue,
        "changes": [history.change_resource(item) for item in changed],
        "policy": shown_policy(queue),
    }


def shown_policy(queue: str) -> dict[str, Any]:
    """The policy that holds, and under `overridden` what the changed settings were without the change."""
    return {**policy_resource(policy_of(queue)), "overridden": history.overridden(queue)}


def patch_policy(view: ApiView, request: Request, queue: str) -> Response:
    """PATCH /api/queues/{name}: the settings that are named change, the others stay."""
    body = fields_of(request.data, (*SETTINGS, "reason"))
    reason = _reason(body.pop("reason", ""))
    if not body:
        raise Invalid({"body": f"must name at least one of {', '.join(SETTINGS)}"})
    if "startLimit" in body:
        body["startLimit"] = start_limit(body["startLimit"])
    try:
        changed = edit.change(queue=queue, values=body, reason=reason, by=view.caller, request_id=view.request_id)
    except InvalidOverride as error:
        raise Invalid(error.fields) from None
    return Response(changed_policy(queue, changed))


def reset_policy(view: ApiView, queue: str, given: Any) -> dict[str, Any]:
    """The action `reset-policy`: the named settings, or all, are again what the environment says."""
    options = fields_of(given, ("settings", "reason"), prefix="options.")
    names = options.get("settings", list(SETTINGS))
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise Invalid({"options.settings": f"must be a list of {', '.join(SETTINGS)}"})
    try:
        changed = edit.revert(
            queue=queue,
            settings=names,
            reason=_reason(options.get("reason", ""), "options.reason"),
            by=view.caller,
            request_id=view.request_id,
        )
    except InvalidOverride as error:
        raise Invalid({f"options.{name}": text for name, text in error.fields.items()}) from None
    return changed_policy(queue, changed)


def start_limit(given: Any) -> Any:
    """A limit in the words of the change (count, windowMs) or in those of the policy (max, durationMs)."""
    if not isinstance(given, Mapping):
        return given
    found = fields_of(given, ("count", "windowMs", "max", "durationMs"), prefix="startLimit.")
    names = {"max": "count", "durationMs": "windowMs"}
    return {names.get(name, name): value for name, value in found.items()}


def _reason(value: Any, name: str = "reason") -> str:
    if not isinstance(value, str):
        raise Invalid({name: "must be a text"})
    return value.strip()


class PolicyHistoryView(ApiView):
    """GET /api/queues/{name}/policy-history"""

    needs: ClassVar[Mapping[str, Need]] = {"GET": Need(scope=JOBS_READ, role=Role.ADMIN)}

    @documented(
        "What was changed of a queue's limits",
        about="The newest first.",
        query=[integer("limit", 50, least=1, most=500)],
        answers={200: PolicyHistory},
    )
    def get(self, request: Request, name: str) -> Response:
        queue = queue_named(name, self.caller)
        params = Params(request.query_params)
        limit = params.integer("limit", 50, least=1, most=500)
        params.done()
        found = history.changes(queue, limit=limit)
        return Response({"queue": queue, "changes": [history.change_resource(item) for item in found]})
