"""The organisation that the viewer works in, kept in the session."""

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme

from ..callers import SESSION_ORGANISATION
from ..models import Membership
from .viewer import viewer


@login_required
def choose(request: HttpRequest) -> HttpResponse:
    """404 for an organisation the viewer does not belong to, as for one that does not exist."""
    slug = request.POST.get("organisation", "")
    if not Membership.objects.filter(user=viewer(request), organisation__slug=slug).exists():
        raise Http404
    request.session[SESSION_ORGANISATION] = slug
    back = request.POST.get("next", "")
    allowed = url_has_allowed_host_and_scheme(back, {request.get_host()}, require_https=request.is_secure())
    return redirect(back if allowed else "start")
