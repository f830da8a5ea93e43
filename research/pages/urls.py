"""The addresses below /research/. Words come before ids."""

from . import board, costs, decisions, index, market, report, sectors, stock

app_name = "research"
urlpatterns = [
    *index.urls,
    *market.urls,
    *sectors.urls,
    *board.urls,
    *decisions.urls,
    *stock.urls,
    *costs.urls,
    *report.urls,
]
