"""Paths of research, with and without a trailing slash; words win over ids."""

from django.urls import URLPattern, re_path

from jobs.api.base import ApiView

from .market_views import FiguresView, PricesView, SecuritiesView
from .sector_views import (
    ApproveView,
    CancelView,
    InsightsSchemaView,
    InsightsView,
    RejectView,
    RetryView,
    SectorsView,
    SectorView,
    StockAnalysisView,
    SubSectorView,
)
from .views import ResearchView

ID = "[A-Za-z0-9_-]{1,40}"


def _path(pattern: str, view: type[ApiView], *, name: str) -> URLPattern:
    return re_path(rf"^{pattern}/?\Z", view.as_view(), name=name)


urlpatterns = [
    _path("api/market/securities", SecuritiesView, name="market-securities"),
    _path("api/market/prices", PricesView, name="market-prices"),
    _path("api/market/figures", FiguresView, name="market-figures"),
    _path(r"api/research/(?P<company_key>[^/]{1,100})", ResearchView, name="research-of-company"),
    _path("api/sectors", SectorsView, name="api-sectors"),
    _path(rf"api/sectors/(?P<sector_id>{ID})", SectorView, name="api-sector"),
    _path(rf"api/sectors/(?P<sector_id>{ID})/cancel", CancelView, name="api-sector-cancel"),
    _path(rf"api/sub-sectors/(?P<sub_sector_id>{ID})", SubSectorView, name="api-sub-sector"),
    _path(rf"api/sub-sectors/(?P<sub_sector_id>{ID})/approve", ApproveView, name="api-sub-sector-approve"),
    _path(rf"api/sub-sectors/(?P<sub_sector_id>{ID})/reject", RejectView, name="api-sub-sector-reject"),
    _path(rf"api/stock-analyses/(?P<analysis_id>{ID})", StockAnalysisView, name="api-stock-analysis"),
    _path(rf"api/stock-analyses/(?P<analysis_id>{ID})/retry", RetryView, name="api-stock-analysis-retry"),
    _path("api/insights/schema", InsightsSchemaView, name="api-insights-schema"),
    _path(rf"api/insights/(?P<insights_id>{ID})", InsightsView, name="api-insights"),
]
