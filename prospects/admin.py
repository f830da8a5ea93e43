"""Filings and prospects in Django admin. The ingestion writes them; here they are looked at."""

from typing import ClassVar

from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest

from .models import Collateral, Filing, Lien, Party, Prospect


class _LookOnly:
    """An edit would be undone by the next ingestion, and a made-up row would carry a false source."""

    #: Counting all rows for every page costs more than it tells.
    show_full_result_count = False

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


class PartyInline(_LookOnly, admin.TabularInline[Party, Filing]):
    model = Party
    extra = 0
    fields: ClassVar = ["role", "kind", "name", "street", "city", "region", "postal_code", "source"]


class CollateralInline(_LookOnly, admin.TabularInline[Collateral, Filing]):
    model = Collateral
    extra = 0
    fields: ClassVar = ["text", "source"]


class FilingInline(_LookOnly, admin.TabularInline[Filing, Lien]):
    model = Filing
    extra = 0
    fields: ClassVar = ["file_number", "action", "filed_on", "lien_status", "lien_lapses_on", "source"]
    show_change_link = True


@admin.register(Prospect)
class ProspectAdmin(_LookOnly, admin.ModelAdmin[Prospect]):
    list_display: ClassVar = ["name", "state", "filing_count", "first_filed_on", "last_filed_on", "tenant_id", "source"]
    list_filter: ClassVar = ["source", "state", "last_filed_on"]
    search_fields: ClassVar = ["name", "name_key", "public_id", "tenant_id"]


@admin.register(Lien)
class LienAdmin(_LookOnly, admin.ModelAdmin[Lien]):
    list_display: ClassVar = [
        *("file_number", "state", "lien_type", "status", "filed_on", "lapses_on", "tenant_id", "source")
    ]
    list_filter: ClassVar = ["status", "source", "state", "filed_on"]
    search_fields: ClassVar = ["file_number", "filings__parties__name", "tenant_id"]
    inlines: ClassVar = [FilingInline]


@admin.register(Filing)
class FilingAdmin(_LookOnly, admin.ModelAdmin[Filing]):
    list_display: ClassVar = ["file_number", "action", "lien", "filed_on", "tenant_id", "source"]
    list_filter: ClassVar = ["action", "source", "lien__state", "filed_on"]
    list_select_related: ClassVar = ["lien"]
    search_fields: ClassVar = ["file_number", "lien__file_number", "parties__name", "tenant_id"]
    inlines: ClassVar = [PartyInline, CollateralInline]


@admin.register(Party)
class PartyAdmin(_LookOnly, admin.ModelAdmin[Party]):
    list_display: ClassVar = ["name", "role", "kind", "city", "region", "filing", "tenant_id", "source"]
    list_filter: ClassVar = ["role", "kind", "source"]
    list_select_related: ClassVar = ["filing"]
    search_fields: ClassVar = ["name", "name_key", "city", "filing__file_number", "tenant_id"]


@admin.register(Collateral)
class CollateralAdmin(_LookOnly, admin.ModelAdmin[Collateral]):
    list_display: ClassVar = ["__str__", "filing", "tenant_id", "source"]
    list_filter: ClassVar = ["source"]
    list_select_related: ClassVar = ["filing"]
    search_fields: ClassVar = ["text", "filing__file_number", "tenant_id"]
