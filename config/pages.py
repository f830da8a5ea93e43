"""The start page, and Django's error pages: HTML for pages, JSON below /api except the console."""

import logging
import sys
from collections.abc import Callable
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import BadRequest
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.template import loader

from jobs.api import problems
from jobs.api.parsing import storable

from .shell import home

#: Pages that live below /api/: the console, since the dashboard of an older system had this address, and the
#: reference of the API.
CONSOLE = "/api/admin/bull-board"
DOCS = "/api/docs"

_TEXTS = {
    400: ("This request could not be read", "It may have been cut off or changed on its way. Go back and try again."),
    403: ("You may not open this page", "Ask an administrator if you need it."),
    404: ("There is no such page", "It may have been removed, or you may not see it."),
    405: (
        "This address only takes what a form sends",
        "If you came here by signing in, what you had sent was not stored: go back to its page and send it again.",
    ),
}


class MissingPageMiddleware:
    """A missing page looks the same in development: the layout, not a list of all addresses.

    An address that only takes forms has no page either; browsers show an empty 405 as an error of their own.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if response.status_code != 405 or request.method != "GET" or is_api(request):
            return response
        page = _page(request, 405)
        page.headers["Allow"] = response.headers["Allow"]
        return page

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        return not_found(request, exception) if isinstance(exception, Http404) else None


class StorableTextMiddleware:
    """A page that is asked with the character NUL, which no database text can hold, answers 400.

    The API says which field it is in; see jobs/api/base.py.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> None:
        # After the CSRF check, which has read the form already.
        if is_api(request):
            return
        given = (request.GET, request.POST) if request.method == "POST" else (request.GET,)
        texts = (text for values in given for name, found in values.lists() for text in (name, *found))
        if not storable(texts):
            raise BadRequest("The request holds the character NUL.")


def unknown(request: HttpRequest) -> HttpResponseBase:
    raise Http404


def start(request: HttpRequest) -> HttpResponseBase:
    if not request.user.is_authenticated:
        return redirect_to_login("/")
    return redirect(home(request))


def is_api(request: HttpRequest) -> bool:
    path = request.path
    if path == CONSOLE or path.startswith(CONSOLE + "/") or path.rstrip("/") == DOCS:
        return False
    return path == "/api" or path.startswith("/api/")


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return problems.bad_request(request, exception) if is_api(request) else _page(request, 400)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    return problems.forbidden(request, exception) if is_api(request) else _page(request, 403, str(exception))


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return problems.not_found(request, exception) if is_api(request) else _page(request, 404)


def server_error(request: HttpRequest) -> HttpResponse:
    """Asks nothing of the database or the session: they may be what failed."""
    if is_api(request):
        return problems.server_error(request)
    problem = problems.as_problem(_current_error())
    page = loader.render_to_string("500.html", {"problem": problem, "request_id": _request_id(request)})
    return HttpResponse(page, status=problem.status, headers=problem.headers)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    logging.getLogger("django.security.csrf").warning("%s %s: %s", request.method, request.path, reason)
    message = (
        "Your session changed since the page was opened. Reload the page and send it again; cookies must be allowed."
    )
    if is_api(request):
        return problems.forbidden(request, PermissionError(message))
    return _page(request, 403, message, title="The form is too old")


def _page(request: HttpRequest, status: int, message: str = "", *, title: str = "") -> HttpResponse:
    if not hasattr(request, "user"):
        # Refused, for a foreign host name say, before anything asked who it is from.
        request.user = AnonymousUser()
    default_title, default_message = _TEXTS[status]
    context = {
        "status": status,
        "title": title or default_title,
        "message": message or default_message,
        "request_id": _request_id(request),
    }
    return render(request, "error.html", context, status=status)


def _request_id(request: HttpRequest) -> str:
    return getattr(request, "request_id", None) or ""


def _current_error() -> Exception:
    error = sys.exc_info()[1]
    return error if isinstance(error, Exception) else RuntimeError()
