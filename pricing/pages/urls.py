"""The addresses below /pricing/."""

from . import batches, calculation, contract_form, contracts, exports, feed, imports, series, series_list

app_name = "pricing"
urlpatterns = [
    *series_list.urls,
    *imports.urls,
    *exports.urls,
    *feed.urls,
    *series.urls,
    *contract_form.urls,
    *contracts.urls,
    *batches.urls,
    *calculation.urls,
]
