"""Deploy marks: when which version went live."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar

from rest_framework.request import Request
from rest_framework.response import Response

from ..deploys import marks
from ..shapes.queue import Deploy, Deploys
from ..shapes.requests import NewDeploy
from .base import MANAGE, READ, ApiView, Need
from .openapi.declaring import documented, when
from .params import Params, fields_of
from .problems import Invalid

SHOWN = timedelta(days=90)


class DeploysView(ApiView):
    """GET and POST /api/deploys"""

    needs: ClassVar[Mapping[str, Need]] = {"GET": READ, "POST": MANAGE}

    @documented(
        "Deploy marks",
        about="Of the last 90 days unless said.",
        query=[when("from"), when("to")],
        answers={200: Deploys},
    )
    def get(self, request: Request) -> Response:
        params = Params(request.query_params)
        now = datetime.now(UTC)
        start, end = params.when("from") or now - SHOWN, params.when("to") or now
        params.done()
        return Response({"deploys": [marks.deploy_resource(item) for item in marks.between(start, end)]})

    @documented(
        "Mark a deploy",
        body=NewDeploy,
        answers={201: Deploy},
        examples={"a release": {"version": "2026.11.1", "note": "Faster lists"}},
    )
    def post(self, request: Request) -> Response:
        body = fields_of(request.data, ("version", "note"))
        version, note = body.get("version"), body.get("note", "")
        problems = {
            name: problem
            for name, problem in (
                ("version", _problem(version, marks.LONGEST_VERSION, least=1)),
                ("note", _problem(note, marks.LONGEST_NOTE, least=0)),
            )
            if problem
        }
        if problems:
            raise Invalid(problems)
        made = marks.mark(version=str(version), note=note, by=self.caller, request_id=self.request_id)
        return Response(marks.deploy_resource(made), status=201)


def _problem(value: Any, most: int, *, least: int) -> str | None:
    if isinstance(value, str) and least <= len(value.strip()) and len(value) <= most:
        return None
    return f"must be a text of {least} to {most} characters"
