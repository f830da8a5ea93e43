"""The addresses below /research/. Words come before ids."""

from . import board, decisions, index, report, sectors, stock

app_name = "research"
urlpatterns = [*index.urls, *sectors.urls, *board.urls, *decisions.urls, *stock.urls, *report.urls]
