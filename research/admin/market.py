"""Shares in Django admin, to look at: files and the SEC say what is in them."""

from django.contrib import admin

from prospects.admin.looking import BigTableAdmin

from ..models import DailyPrice, ReportedFigure, Security


@admin.register(Security)
class SecurityAdmin(BigTableAdmin):
    list_display = ("symbol", "name", "sector", "sub_sector", "currency", "source", "figures_fetched_at", "tenant_id")
    list_filter = ("source", "sector")
    search_fields = ("symbol", "name", "cik", "tenant_id")


@admin.register(ReportedFigure)
class ReportedFigureAdmin(BigTableAdmin):
    list_display = ("security", "tag", "start", "end", "value", "unit", "form", "filed_on", "accession", "source")
    list_filter = ("source",)
    list_select_related = ("security",)
    search_fields = ("security__symbol", "tag", "accession")


@admin.register(DailyPrice)
class DailyPriceAdmin(BigTableAdmin):
    list_display = ("security", "date", "close", "volume", "source")
    list_filter = ("source",)
    list_select_related = ("security",)
    search_fields = ("security__symbol",)
