"""GET /api/docs: the API as a page to read and to try, made by the browser from GET /api/schema."""

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.views.decorators.cache import never_cache


@never_cache
def api_docs(request: HttpRequest) -> HttpResponseBase:
    """For whoever may read the schema: everybody who is signed in, and everybody where the API is open."""
    if settings.API_AUTH_REQUIRED and not request.user.is_authenticated:
        return redirect_to_login(request.path)
    return render(request, "api_docs.html")
