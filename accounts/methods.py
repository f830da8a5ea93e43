"""Which methods a page takes: said where its address is, so that a page nobody meant to be posted to cannot be."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponseBase, HttpResponseNotAllowed

View = Callable[..., HttpResponseBase]
Methods = tuple[str, ...]

GET: Methods = ("GET",)
POST: Methods = ("POST",)
GET_AND_POST: Methods = (*GET, *POST)


def taking(methods: Methods, view: View) -> View:
    """`taking(POST, revoke)`: the view; every other method answers 405. HEAD comes with GET.

    The view tells its methods as `methods`: tests of the authorisation matrix read them from the routes.
    """
    allowed = [*methods, *(["HEAD"] if "GET" in methods else [])]

    @wraps(view)
    def taken(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.method not in allowed:
            return HttpResponseNotAllowed(allowed)
        return view(request, *args, **kwargs)

    taken.methods = methods  # type: ignore[attr-defined]
    return taken
