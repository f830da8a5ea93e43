"""Filings and prospects in Django admin, to look at.

An edit would be undone by the next ingestion, a row made by hand would carry a false source, and a
deleted filing would leave its prospect's counts wrong.
"""

from typing import Any

from django.contrib import admin
from django.urls import path

from ..filings.upload_page import UploadView
from ..models import Collateral, Filing, Lien, Party, Prospect
from .looking import BigTableAdmin, LookOnlyInline


class FilingInline(LookOnlyInline):
    model = Filing
    fields = ("file_number", "action", "filed_on", "lien_status", "lien_lapses_on", "source")
    show_change_link = True


class PartyInline(LookOnlyInline):
    model = Party
    fields = ("role", "kind", "name", "street", "city", "region", "postal_code", "source")


class CollateralInline(LookOnlyInline):
    model = Collateral
    fields = ("text", "source")


@admin.register(Prospect)
class ProspectAdmin(BigTableAdmin):
    list_display = ("name", "state", "filing_count", "first_filed_on", "last_filed_on", "tenant_id", "source")
    list_filter = ("source", "state", "last_filed_on")
    search_fields = ("name", "name_key", "public_id", "tenant_id")


@admin.register(Lien)
class LienAdmin(BigTableAdmin):
    list_display = ("file_number", "state", "lien_type", "status", "filed_on", "lapses_on", "tenant_id", "source")
    list_filter = ("status", "source", "state", "filed_on")
    search_fields = ("file_number", "filings__parties__name", "tenant_id")
    inlines = (FilingInline,)
    change_list_template = "prospects/admin/liens.html"

    def get_urls(self) -> list[Any]:
        view = self.admin_site.admin_view(UploadView.as_view(admin_site=self.admin_site))
        return [path("upload/", view, name="prospects_upload"), *super().get_urls()]


@admin.register(Filing)
class FilingAdmin(BigTableAdmin):
    list_display = ("file_number", "action", "lien", "filed_on", "tenant_id", "source")
    list_filter = ("action", "source", "lien__state", "filed_on")
    list_select_related = ("lien",)
    search_fields = ("file_number", "lien__file_number", "parties__name", "tenant_id")
    inlines = (PartyInline, CollateralInline)


@admin.register(Party)
class PartyAdmin(BigTableAdmin):
    list_display = ("name", "role", "kind", "city", "region", "filing", "tenant_id", "source")
    list_filter = ("role", "kind", "source")
    list_select_related = ("filing",)
    search_fields = ("name", "name_key", "city", "filing__file_number", "tenant_id")


@admin.register(Collateral)
class CollateralAdmin(BigTableAdmin):
    list_display = ("__str__", "filing", "tenant_id", "source")
    list_filter = ("source",)
    list_select_related = ("filing",)
    search_fields = ("text", "filing__file_number", "tenant_id")
