"""What has been used of the monthly quotas; the numbers are changed by work only."""

from django.contrib import admin

from ..models import QuotaUse
from .auditing import ReadOnlyAdmin


@admin.register(QuotaUse)
class QuotaUseAdmin(ReadOnlyAdmin):
    list_display = ("subject", "kind", "month", "used")
    list_filter = ("kind", "month")
    search_fields = ("subject",)
