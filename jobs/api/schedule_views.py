"""Schedules over HTTP: what fires when, and what operators change of it. For admins."""

from collections.abc import Mapping
from typing import Any, ClassVar

from rest_framework.request import Request
from rest_framework.response import Response

from accounts.roles import JOBS_READ, Role

from ..schedules import changes, history, listing
from ..schedules.changes import Edit
from ..shapes import workflow as shapes
from ..shapes.requests import ScheduleAction, SchedulePatch
from .base import MANAGE, ApiView, Need
from .openapi.declaring import documented, integer
from .params import Params, fields_of
from .problems import Conflict, Invalid, NotFound

LOOK = Need(scope=JOBS_READ, role=Role.ADMIN)
ACTIONS = ("run", "pause", "resume", "reset")
#: Fires that one page holds.
MOST_FIRES = 200


class SchedulesView(ApiView):
    """GET /api/schedules: the schedules, and the housekeeping that needs none."""

    needs: ClassVar[Mapping[str, Need]] = {"GET": LOOK}

    @documented("The schedules, and the housekeeping that needs none", answers={200: shapes.Schedules})
    def get(self, request: Request) -> Response:
        return Response(
            {
                "schedules": [listing.schedule_resource(one) for one in listing.schedules()],
                "housekeeping": [listing.chore_resource(one) for one in listing.chores()],
            }
        )


class ScheduleView(ApiView):
    """/api/schedules/{name}"""

    needs: ClassVar[Mapping[str, Need]] = {"GET": LOOK, "POST": MANAGE, "PATCH": MANAGE}

    @documented(
        "One schedule with what it fired",
        query=[
            integer("limit", listing.STRIP, least=1, most=MOST_FIRES),
            integer("offset", 0, least=0, most=1_000_000),
        ],
        answers={200: shapes.ScheduleWithFires},
    )
    def get(self, request: Request, name: str) -> Response:
        params = Params(request.query_params)
        limit = params.integer("limit", listing.STRIP, least=1, most=MOST_FIRES)
        offset = params.integer("offset", 0, least=0, most=1_000_000)
        params.done()
        body = _resource(name)
        body["fires"] = [listing.fire_resource(fire) for fire in history.fires_of(name, limit=limit, offset=offset)]
        return Response(body)

    @documented(
        "Run, pause, resume or reset a schedule",
        body=ScheduleAction,
        answers={200: shapes.ScheduleActed},
        conflicts=["schedule_off", "schedule_failed"],
        examples={"now": {"action": "run"}},
    )
    def post(self, request: Request, name: str) -> Response:
        action = fields_of(request.data, ("action",)).get("action")
        if action not in ACTIONS:
            raise Invalid({"action": f"must be one of {', '.join(ACTIONS)}"})
        outcome = self._act(name, str(action))
        return Response({"name": name, "action": action, **outcome, "schedule": _resource(name)})

    def _act(self, name: str, action: str) -> dict[str, Any]:
        who: dict[str, Any] = {"name": name, "by": self.caller, "request_id": self.request_id}
        try:
            if action == "run":
                fired = changes.run(**who)
                return {"jobs": fired.jobs, "ids": fired.job_ids}
            if action == "reset":
                changes.reset(**who)
                return {}
            return {"changed": (changes.pause if action == "pause" else changes.resume)(**who)}
        except changes.UnknownSchedule:
            raise NotFound("schedule") from None
        except changes.Refused as refused:
            raise Conflict("schedule_off", str(refused)) from None
        except changes.FanOutFailed as failed:
            raise Conflict("schedule_failed", f"The schedule could not name its jobs: {failed}") from failed

    @documented(
        "Change when a schedule fires",
        body=SchedulePatch,
        answers={200: shapes.Schedule},
        conflicts=["schedule_off"],
        examples={"at six": {"cron": "0 6 * * *", "timeZone": "America/New_York"}},
    )
    def patch(self, request: Request, name: str) -> Response:
        given = fields_of(request.data, ("cron", "timeZone", "missedRuns", "enabled"))
        if not given:
            raise Invalid({"body": "must name cron, timeZone, missedRuns or enabled"})
        enabled = given.pop("enabled", None)
        problems = {key: "must be a text" for key, value in given.items() if not isinstance(value, str)}
        if enabled is not None and not isinstance(enabled, bool):
            problems["enabled"] = "must be true or false"
        if problems:
            raise Invalid(problems)
        change = Edit(cron=given.get("cron"), time_zone=given.get("timeZone"), missed=given.get("missedRuns"))
        try:
            if given:
                changes.edit(name=name, change=change, by=self.caller, request_id=self.request_id)
        except changes.UnknownSchedule:
            raise NotFound("schedule") from None
        except changes.WrongEdit as wrong:
            raise Invalid(wrong.fields) from None
        if enabled is not None:
            self._act(name, "resume" if enabled else "pause")
        return Response(_resource(name))


def _resource(name: str) -> dict[str, Any]:
    found = listing.find(name)
    if found is None:
        raise NotFound("schedule")
    return listing.schedule_resource(found)
