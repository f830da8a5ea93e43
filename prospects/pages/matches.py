"""The review of doubtful matches: one pair at a time, side by side, decided by a click or a key."""

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from ..lists.keyset import count_text
from ..models import Match, MatchStatus
from .access import Desk, desk_of, page
from .prospect import liens_of

MATCH = r"matches/(?P<match_id>\d{1,18})"
#: Pairs that are listed beside the one under review.
NEXT = 30


def show(request: HttpRequest, match_id: str = "") -> HttpResponse:
    """The likeliest doubtful pair, or the one that was asked for."""
    desk = desk_of(request)
    waiting = doubtful(desk)
    queue = list(waiting.select_related("prospect", "company")[:NEXT])
    match = _chosen(desk, match_id) if match_id else next(iter(queue), None)
    return render(
        request,
        "prospects/matches.html",
        {
            "match": match,
            "liens": liens_of([match.prospect]) if match else None,
            "queue": queue,
            "total": count_text(waiting),
            "decided": Match.objects.filter(tenant_id=desk.tenant_id, decided_at__isnull=False)
            .select_related("prospect", "company", "decided_by")
            .order_by("-decided_at")[:10],
        },
    )


def doubtful(desk: Desk) -> QuerySet[Match]:
    return Match.objects.filter(tenant_id=desk.tenant_id, status=MatchStatus.DOUBTFUL).order_by("-similarity", "-pk")


def _chosen(desk: Desk, match_id: str) -> Match:
    rows = Match.objects.filter(tenant_id=desk.tenant_id, pk=int(match_id)).select_related("prospect", "company")
    match = rows.first()
    if match is None:
        raise Http404("There is no such pair.")
    return match


urls = [page("matches", show, name="matches"), page(MATCH, show, name="match")]
