"""The base of every API view: what it needs of its caller, and what all answers have in common."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.callers import Caller, caller_of
from accounts.permissions import check
from accounts.roles import JOBS_READ, JOBS_WRITE, METRICS_READ, QUEUES_MANAGE, Role, least_role

from ..overrides.live import refresh_if_possible
from .parsing import storable
from .problems import Invalid, Problem


@dataclass(frozen=True, kw_only=True)
class Need:
    """What a method asks of its caller: a scope, and a role where the scope's own is too little.

    owned: it is about something that belongs to whoever began it. Colleagues below OVER_OTHERS are refused, which
    the view itself sees to: with 404 what they may not see, with 403 what they may.
    """

    scope: str
    role: Role = Role.VIEWER
    owned: bool = False

    @property
    def least_role(self) -> Role:
        return least_role(self.scope, self.role)


READ = Need(scope=JOBS_READ)
WRITE = Need(scope=JOBS_WRITE)
READ_OWNED = Need(scope=JOBS_READ, owned=True)
WRITE_OWNED = Need(scope=JOBS_WRITE, owned=True)
MANAGE = Need(scope=QUEUES_MANAGE, role=Role.ADMIN)
METRICS = Need(scope=METRICS_READ)


class AlwaysJson(BaseContentNegotiation):
    """One parser, one renderer, whatever Accept and Content-Type say: no 406, no 415."""

    def select_parser(self, request: Request, parsers: Any) -> Any:
        return parsers[0]

    def select_renderer(self, request: Request, renderers: Any, format_suffix: str | None = None) -> Any:
        return renderers[0], renderers[0].media_type


class ApiView(APIView):
    """`needs` maps each method to what it asks of its caller; a method that is missing answers 405."""

    needs: ClassVar[Mapping[str, Need]] = {}
    content_negotiation_class = AlwaysJson
    permission_classes = ()
    throttle_classes = ()
    metadata_class = None
    http_method_names = ["get", "head", "post", "put", "patch", "delete"]  # noqa: RUF012  Django's attribute

    @property
    def caller(self) -> Caller:
        return caller_of(self.request)

    @property
    def request_id(self) -> str | None:
        return getattr(self.request._request, "request_id", None)

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """401, then 405, then 403: nobody learns of a right that the method would not use."""
        super().initial(request, *args, **kwargs)
        caller = caller_of(request)
        need = self.needs.get("GET" if request.method == "HEAD" else str(request.method))
        if need is None:
            self.http_method_not_allowed(request)
            return
        check(caller, scope=need.scope, role=need.role)
        refresh_if_possible()
        if not storable(value for values in request.query_params.lists() for value in values[1]):
            raise Invalid({"query": "holds the character NUL"})
        if "chunked" in request.META.get("HTTP_TRANSFER_ENCODING", "") and not request.META.get("CONTENT_LENGTH"):
            raise Problem("Send the body with Content-Length; chunked bodies are not read.")

    def finalize_response(self, request: Request, response: Response, *args: Any, **kwargs: Any) -> Response:
        response = super().finalize_response(request, response, *args, **kwargs)
        response["Cache-Control"] = "no-store"
        return response

    @property
    def allowed_methods(self) -> list[str]:
        names = [*self.needs, *(["HEAD"] if "GET" in self.needs else [])]
        return sorted(names)
