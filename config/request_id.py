"""Gives every request an id: the caller's X-Request-ID where it is usable, else a new one."""

import re
import uuid
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

_USABLE = re.compile(r"[A-Za-z0-9._:\-]{1,200}\Z")


class RequestIdMiddleware:
    """Sets `request.request_id` and echoes it, so that one id leads from answer to job to log line."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        given = request.headers.get("X-Request-ID", "")
        request_id = given if _USABLE.match(given) else uuid.uuid4().hex
        request.request_id = request_id  # type: ignore[attr-defined]
        response = self.get_response(request)
        response["X-Request-ID"] = request_id
        return response
