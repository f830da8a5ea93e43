"""Paths of research, with and without a trailing slash."""

from django.urls import re_path

from .market_views import FiguresView, PricesView, SecuritiesView
from .views import ResearchView

urlpatterns = [
    re_path(r"^api/market/securities/?\Z", SecuritiesView.as_view(), name="market-securities"),
    re_path(r"^api/market/prices/?\Z", PricesView.as_view(), name="market-prices"),
    re_path(r"^api/market/figures/?\Z", FiguresView.as_view(), name="market-figures"),
    re_path(r"^api/research/(?P<company_key>[^/]{1,100})/?\Z", ResearchView.as_view(), name="research-of-company"),
]
