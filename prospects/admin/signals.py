"""Signals, their counts and the buying signals found, to look at: jobs alone write them."""

from django.contrib import admin

from ..models import BuyingSignal, Signal, SignalCount
from .looking import BigTableAdmin

_SEARCHED = ("company__key", "company__name", "tenant_id")


@admin.register(Signal)
class SignalAdmin(BigTableAdmin):
    list_display = ("signal_id", "signal_type", "kind", "company", "occurred_at", "tenant_id")
    list_filter = ("kind", "occurred_at")
    list_select_related = ("company",)
    search_fields = ("signal_id", "signal_type", *_SEARCHED)


@admin.register(SignalCount)
class SignalCountAdmin(BigTableAdmin):
    list_display = ("company", "signal_type", "count", "first_at", "last_at", "tenant_id")
    list_filter = ("last_at",)
    list_select_related = ("company",)
    search_fields = ("signal_type", *_SEARCHED)


@admin.register(BuyingSignal)
class BuyingSignalAdmin(BigTableAdmin):
    list_display = ("title", "kind", "confidence", "company", "occurred_at", "tenant_id")
    list_filter = ("kind", "occurred_at")
    list_select_related = ("company",)
    search_fields = ("title", "kind", "evidence_key", *_SEARCHED)
