"""Jobs for prospects that were chosen in the list."""

import re

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from accounts.methods import GET_AND_POST

from ..models import Prospect
from .access import desk_of, page
from .jobs import start

#: What one data-enrichment job takes.
MOST = 100
_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\Z")


def enrich(request: HttpRequest) -> HttpResponse:
    """POST id…: one job for all that were chosen; the list shows how far it is."""
    back = _back(request)
    if request.method != "POST":
        return HttpResponseRedirect(back)
    chosen = [word for word in dict.fromkeys(request.POST.getlist("id")) if _UUID.match(word)]
    known = Prospect.objects.filter(tenant_id=desk_of(request).tenant_id, public_id__in=chosen[:MOST])
    ids = [str(one) for one in known.values_list("public_id", flat=True)]
    if len(chosen) > MOST:
        messages.error(request, f"Choose at most {MOST} prospects at a time; these are {len(chosen)}.")
    elif not ids:
        messages.warning(request, "Select prospects first.")
    elif handle := start(request, "data-enrichment", {"prospectIds": ids}):
        mark = "&" if "?" in back else "?"
        return HttpResponseRedirect(f"{back}{mark}job={handle.id}")
    return HttpResponseRedirect(back)


def _back(request: HttpRequest) -> str:
    back = re.sub(r"[?&]job=[^&]*", "", request.POST.get("back", ""))
    fine = url_has_allowed_host_and_scheme(back, {request.get_host()}, require_https=request.is_secure())
    return back if fine else reverse("prospects:index")


urls = [page("enrich", enrich, name="enrich", methods=GET_AND_POST)]
