"""Django admin, whose classes are loaded by those who serve or check them, and by nobody else.

Workers start without them: they are a fifth of all that an import of the whole project takes.
"""

from typing import Any

from django.contrib import admin
from django.contrib.admin import checks as admin_checks
from django.contrib.admin.apps import SimpleAdminConfig
from django.core import checks


class AdminConfig(SimpleAdminConfig):
    def ready(self) -> None:
        checks.register(admin_checks.check_dependencies, checks.Tags.admin)
        checks.register(_check_classes, checks.Tags.admin)


def load() -> None:
    """Import every app's `admin` module. Safe to repeat."""
    admin.autodiscover()


def _check_classes(app_configs: Any, **options: Any) -> list[Any]:
    load()
    return list(admin_checks.check_admin_app(app_configs, **options))
