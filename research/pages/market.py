"""The shares that are known, what is known of each, and files of them taken in."""

from typing import IO, Any, cast

from django.conf import settings
from django.contrib import messages
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from accounts import audit
from accounts.methods import GET_AND_POST
from prospects.pages.access import Desk, desk_of, page

from ..market.importing.importing import Imported, Kind, import_file
from ..market.importing.rows import WrongFile
from ..market.overview import known_of
from ..market.universe import ensure_universe, has_sample
from ..models import Security

PAGE = 50
#: Rows left out that the page itself shows.
MOST_PROBLEMS = 100
KINDS = (
    (Kind.SECURITIES, "Securities", "symbol, name, sector, sub_sector; also cik, sic, currency"),
    (Kind.PRICES, "Prices", "Date, Close or Adj Close, as Yahoo and Stooq write them; also Symbol, Volume"),
    (Kind.FIGURES, "Reported figures", "symbol, tag, unit, start, end, value, filed; or the SEC's companyfacts JSON"),
)


def show(request: HttpRequest) -> HttpResponse:
    """GET lists shares, `q` and `sector` choose; POST takes a file in and shows what it did."""
    desk, problem, done = desk_of(request), "", None
    if request.method == "POST":
        try:
            done = _take_in(request, desk)
        except WrongFile as error:
            problem = str(error)
    context = _listed(request, desk) | {
        "kinds": KINDS,
        "kind": request.POST.get("kind") or request.GET.get("kind") or Kind.SECURITIES,
        "problem": problem,
        "done": done,
        "problems": done.problems[:MOST_PROBLEMS] if done else (),
        "most_bytes": settings.MAX_IMPORT_BYTES,
        "offers_sample": settings.SAMPLE_SOURCES and not has_sample(desk.tenant_id),
    }
    return render(request, "research/market.html", context, status=422 if problem else 200)


def load_sample(request: HttpRequest) -> HttpResponse:
    desk = desk_of(request)
    if request.method == "POST":
        added = ensure_universe(desk.tenant_id)
        audit.record(
            caller=desk.caller,
            action="market.load-sample",
            target_type="market",
            target_id="sample",
            tenant_id=desk.tenant_id,
            details={"added": added},
            request_id=getattr(request, "request_id", None),
        )
        messages.success(request, f"{added} sample shares were added." if added else "The sample is there already.")
    return HttpResponseRedirect(reverse("research:market"))


def _listed(request: HttpRequest, desk: Desk) -> dict[str, Any]:
    text, sector = request.GET.get("q", "").strip()[:200], request.GET.get("sector", "").strip()[:100]
    after = request.GET.get("after", "")[:20]
    known = Security.objects.filter(tenant_id=desk.tenant_id)
    found = known.filter(sector__iexact=sector) if sector else known
    if text:
        found = found.filter(Q(symbol__istartswith=text) | Q(name__icontains=text) | Q(sub_sector__icontains=text))
    rows = list(found.filter(symbol__gt=after).order_by("symbol")[: PAGE + 1])
    return {
        "rows": known_of(rows[:PAGE]),
        "older": rows[PAGE - 1].symbol if len(rows) > PAGE else None,
        "text": text,
        "sector": sector,
        "sectors": known.order_by().values("sector").annotate(number=Count("pk")).order_by("sector"),
    }


def _take_in(request: HttpRequest, desk: Desk) -> Imported:
    given, kind = request.FILES.get("file"), request.POST.get("kind", "")
    if given is None:
        raise WrongFile("Choose a file first.")
    if kind not in set(Kind):
        raise WrongFile("Choose what the rows are.")
    if (given.size or 0) > settings.MAX_IMPORT_BYTES:
        raise WrongFile(f"The file has more than {settings.MAX_IMPORT_BYTES // 2**20} MiB. Split it into parts.")
    return import_file(
        kind=Kind(kind),
        file=cast("IO[bytes]", given.file),
        file_name=str(given.name or "upload"),
        tenant_id=desk.tenant_id,
        symbol=request.POST.get("symbol", "")[:20],
        by=desk.caller,
        request_id=getattr(request, "request_id", None),
    )


urls = [
    page("market", show, name="market", methods=GET_AND_POST),
    page("market/sample", load_sample, name="market-sample", methods=GET_AND_POST),
]
