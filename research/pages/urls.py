"""The addresses below /research/. Words come before ids."""

from . import board, index, report, sectors, stock

app_name = "research"
urlpatterns = [*index.urls, *sectors.urls, *board.urls, *stock.urls, *report.urls]
