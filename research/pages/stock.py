"""One stock of a ranking: why it stands where it stands, every attempt to describe it, what the judge said."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from prospects.pages.access import Desk, desk_of, page

from ..models import Stock

STOCK = r"stocks/(?P<stock_id>stk_[a-z2-7]{16})"


def show(request: HttpRequest, stock_id: str) -> HttpResponse:
    stock = stock_of(desk_of(request), stock_id)
    return render(request, "research/stock.html", {"stock": stock, "sub_sector": stock.sub_sector})


def stock_of(desk: Desk, stock_id: str) -> Stock:
    """Raises Http404 for what is not the organisation's."""
    mine = Stock.objects.filter(tenant_id=desk.tenant_id).select_related("sub_sector__sector", "security")
    stock = mine.filter(public_id=stock_id).first()
    if stock is None:
        raise Http404
    return stock


urls = [page(STOCK, show, name="stock")]
