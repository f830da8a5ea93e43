"""What was computed, to look at."""

from django.contrib import admin

from prospects.admin.looking import BigTableAdmin

from ..models import Calculation, CalculationItem, CalculationStep


@admin.register(Calculation)
class CalculationAdmin(BigTableAdmin):
    list_display = ("batch", "number", "pricing_date", "as_of", "item_count", "provisional", "computed_at", "tenant_id")
    list_filter = ("provisional", "pricing_date")
    list_select_related = ("batch",)
    search_fields = ("batch__code", "public_id", "job_id", "tenant_id")


@admin.register(CalculationItem)
class CalculationItemAdmin(BigTableAdmin):
    list_display = ("calculation", "position", "contract_code", "line_code", "price", "amount", "delta", "tenant_id")
    list_select_related = ("calculation__batch",)
    search_fields = ("contract_code", "line_code", "calculation__batch__code", "tenant_id")
    ordering = ("-id",)


@admin.register(CalculationStep)
class CalculationStepAdmin(BigTableAdmin):
    list_display = ("calculation", "item", "order", "rule", "subject", "expression", "rounded", "tenant_id")
    list_select_related = ("calculation__batch", "item")
    search_fields = ("rule", "subject", "item__line_code", "calculation__batch__code")
    ordering = ("-id",)
