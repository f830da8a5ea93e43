"""The review of doubtful matches: one pair at a time, side by side, decided by a click or a key."""

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from accounts.methods import GET_AND_POST

from ..lists.keyset import count_text
from ..matching.deciding import AlreadyDecided, confirm_match, reject_match
from ..models import Match, MatchStatus
from .access import Desk, desk_of, page
from .prospect import liens_of

MATCH = r"matches/(?P<match_id>\d{1,18})"
#: Pairs that are listed beside the one under review.
NEXT = 30


def show(request: HttpRequest, match_id: str = "0") -> HttpResponse:
    """The likeliest doubtful pair, or the one that was asked for."""
    desk = desk_of(request)
    if request.method == "POST":
        return _decide(request, desk, _chosen(desk, match_id))
    waiting = doubtful(desk)
    queue = list(waiting.select_related("prospect", "company")[:NEXT])
    match = _chosen(desk, match_id) if int(match_id) else next(iter(queue), None)
    return render(
        request,
        "prospects/matches.html",
        {
            "match": match,
            "liens": liens_of([match.prospect]) if match else None,
            "queue": queue,
            "total": count_text(waiting),
            "next_url": _after(match, queue),
            "decided": Match.objects.filter(tenant_id=desk.tenant_id, decided_at__isnull=False)
            .select_related("prospect", "company", "decided_by")
            .order_by("-decided_at")[:10],
        },
    )


def _after(match: Match | None, queue: list[Match]) -> str | None:
    """Where skipping leads: to the next likely pair, from the last one back to the first."""
    others = [one for one in queue if match and one.pk != match.pk]
    if match is None or not others:
        return None
    rest = [one for one in others if (one.similarity, one.pk) < (match.similarity, match.pk)]
    return reverse("prospects:match", args=[(rest or others)[0].pk])


def _decide(request: HttpRequest, desk: Desk, match: Match) -> HttpResponse:
    """POST `verdict`: confirm or reject; the next pair comes."""
    decide = {"confirm": confirm_match, "reject": reject_match}.get(request.POST.get("verdict", ""))
    if decide is None:
        raise Http404
    try:
        decide(match=match, by=desk.caller)
        same = "is" if match.status == MatchStatus.CONFIRMED else "is not"
        messages.success(request, f"{match.prospect.name} {same} {match.company}.")
    except AlreadyDecided as error:
        messages.error(request, f"{str(error)[0].upper()}{str(error)[1:]}.")
    except Match.DoesNotExist:
        messages.warning(request, "The pair is gone: somebody has settled it meanwhile.")
    return HttpResponseRedirect(reverse("prospects:matches"))


def doubtful(desk: Desk) -> QuerySet[Match]:
    return Match.objects.filter(tenant_id=desk.tenant_id, status=MatchStatus.DOUBTFUL).order_by("-similarity", "-pk")


def _chosen(desk: Desk, match_id: str) -> Match:
    rows = Match.objects.filter(tenant_id=desk.tenant_id, pk=int(match_id)).select_related("prospect", "company")
    match = rows.first()
    if match is None:
        raise Http404("There is no such pair.")
    return match


urls = [page("matches", show, name="matches"), page(MATCH, show, name="match", methods=GET_AND_POST)]
