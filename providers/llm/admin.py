"""Prices, budgets and calls of language models in Django admin."""

from django.contrib import admin

from accounts.admin.auditing import AuditedAdmin, ReadOnlyAdmin

from .models import ModelBudget, ModelCall, ModelMonth, ModelPrice


@admin.register(ModelPrice)
class ModelPriceAdmin(AuditedAdmin):
    list_display = ("model", "valid_from", "input_price", "cached_input_price", "output_price")
    search_fields = ("model",)


@admin.register(ModelBudget)
class ModelBudgetAdmin(AuditedAdmin):
    list_display = ("tenant_id", "monthly_usd")
    search_fields = ("tenant_id",)


@admin.register(ModelCall)
class ModelCallAdmin(ReadOnlyAdmin):
    list_display = (*("created_at", "task", "model", "tenant_id", "input_tokens", "output_tokens", "cost", "error"),)
    list_filter = ("month", "backend", "task", "model")
    search_fields = ("job_id", "tenant_id", "model")
    show_full_result_count = False


@admin.register(ModelMonth)
class ModelMonthAdmin(ReadOnlyAdmin):
    list_display = (
        *("month", "tenant_id", "task", "model", "calls", "failed", "input_tokens", "output_tokens", "cost"),
    )
    list_filter = ("month", "backend", "task", "model")
    search_fields = ("tenant_id", "model")
