"""What the admin classes of rows share that are there to look at."""

from typing import Any

from django.http import HttpRequest

from accounts.admin.auditing import ReadOnlyAdmin
from accounts.admin.generic import TabularInline


class LookOnlyInline(TabularInline):
    extra = 0
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class BigTableAdmin(ReadOnlyAdmin):
    # The count of a big table costs a scan per page.
    show_full_result_count = False
