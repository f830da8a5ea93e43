"""Contracts can be renamed; their terms and batches are there to look at."""

from django.contrib import admin
from django.http import HttpRequest

from accounts.admin.auditing import AuditedAdmin
from prospects.admin.looking import BigTableAdmin, LookOnlyInline

from ..models import Batch, BatchItem, Contract, ContractLine, ContractVersion


class VersionInline(LookOnlyInline):
    model = ContractVersion
    fields = ("number", "effective_from", "note", "created_by")
    show_change_link = True


@admin.register(Contract)
class ContractAdmin(AuditedAdmin):
    list_display = ("code", "name", "counterparty", "tenant_id")
    search_fields = ("code", "name", "counterparty", "tenant_id")
    readonly_fields = ("code", "tenant_id", "created_at", "updated_at")
    inlines = (VersionInline,)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Contract | None = None) -> bool:
        return False


@admin.register(ContractVersion)
class ContractVersionAdmin(BigTableAdmin):
    list_display = ("contract", "number", "effective_from", "note", "tenant_id")
    list_select_related = ("contract",)
    search_fields = ("contract__code", "tenant_id")


@admin.register(ContractLine)
class ContractLineAdmin(BigTableAdmin):
    list_display = ("code", "version", "base_price", "quantity", "unit", "tenant_id")
    list_select_related = ("version",)
    search_fields = ("code", "version__contract__code", "tenant_id")


@admin.register(Batch)
class BatchAdmin(BigTableAdmin):
    list_display = ("code", "name", "pricing_date", "as_of", "tenant_id")
    list_filter = ("pricing_date",)
    search_fields = ("code", "name", "tenant_id")


@admin.register(BatchItem)
class BatchItemAdmin(BigTableAdmin):
    list_display = ("batch", "position", "contract", "line_code", "quantity", "tenant_id")
    list_select_related = ("batch", "contract")
    search_fields = ("batch__code", "contract__code", "line_code", "tenant_id")
