"""Starting the ingestion of a state's filings from the list of prospects."""

import os
from dataclasses import dataclass

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from accounts.methods import GET_AND_POST
from providers.ucc import STATES

from .access import page
from .jobs import start


@dataclass(frozen=True, kw_only=True)
class StateChoice:
    """has_files: whether something lies in the state's inbox folder."""

    code: str
    has_files: bool


def state_choices() -> list[StateChoice]:
    """Those with files first."""
    with_files = {state for state in _folders() & STATES if _has_files(state)}
    return [
        StateChoice(code=state, has_files=state in with_files)
        for state in (*sorted(with_files), *sorted(STATES - with_files))
    ]


def _folders() -> set[str]:
    try:
        return set(os.listdir(settings.UCC_INBOX))
    except OSError:  # nobody has dropped anything yet
        return set()


def _has_files(state: str) -> bool:
    try:
        return any(not name.startswith(".") for name in os.listdir(settings.UCC_INBOX / state))
    except OSError:  # no folder, or not for us to read
        return False


def ingest(request: HttpRequest) -> HttpResponse:
    """POST state: one job, which the list follows. The job says which source there is, or that there is none."""
    target = reverse("prospects:index")
    state = request.POST.get("state", "").strip().upper()
    if request.method == "POST" and state not in STATES:
        messages.error(request, "State must be the two-letter code of a US state or DC, such as TX.")
    elif request.method == "POST" and (handle := start(request, "ucc-ingestion", {"state": state})):
        target = f"{target}?job={handle.id}"
    return HttpResponseRedirect(target)


urls = [page("ingest", ingest, name="ingest", methods=GET_AND_POST)]
