"""Paths of pricing, with and without a trailing slash; words win over codes.

Batches lie under /api/pricing: /api/batches are the job layer's.
"""

from django.urls import URLPattern, re_path

from jobs.api.base import ApiView

from .calculation_views import CalculationsView, CalculationView, ItemView
from .contract_views import BatchesView, BatchView, ContractsView, ContractView, VersionsView, VersionView
from .series_views import ImportView, SeriesListView, SeriesView, ValuesView

CODE = r"(?P<code>[A-Za-z0-9_.:\-]{1,100})"
CALCULATION = r"(?P<calculation_id>[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})"


def _path(pattern: str, view: type[ApiView], *, name: str) -> URLPattern:
    return re_path(rf"^{pattern}/?\Z", view.as_view(), name=name)


urlpatterns = [
    _path("api/series", SeriesListView, name="series-list"),
    _path("api/series/import", ImportView, name="series-import"),
    _path(rf"api/series/{CODE}", SeriesView, name="series"),
    _path(rf"api/series/{CODE}/values", ValuesView, name="series-values"),
    _path("api/contracts", ContractsView, name="contracts"),
    _path(rf"api/contracts/{CODE}", ContractView, name="contract"),
    _path(rf"api/contracts/{CODE}/versions", VersionsView, name="contract-versions"),
    _path(rf"api/contracts/{CODE}/versions/(?P<number>[0-9]{{1,10}})", VersionView, name="contract-version"),
    _path("api/pricing/batches", BatchesView, name="pricing-batches"),
    _path(rf"api/pricing/batches/{CODE}", BatchView, name="pricing-batch"),
    _path("api/calculations", CalculationsView, name="calculations"),
    _path(rf"api/calculations/{CALCULATION}", CalculationView, name="calculation"),
    _path(rf"api/calculations/{CALCULATION}/items/(?P<position>[0-9]{{1,10}})", ItemView, name="calculation-item"),
]
