"""Django admin, whose classes are loaded by those who serve or check them, and by nobody else.

Workers start without them: they are a fifth of all that an import of the whole project takes.
"""

from typing import Any

from django.contrib import admin
from django.contrib.admin import checks as admin_checks
from django.contrib.admin.apps import SimpleAdminConfig
from django.core import checks
from unfold.sites import UnfoldAdminSite


class Site(UnfoldAdminSite):  # type: ignore[misc]  # the theme has no types
    """The theme's site, without Django's shortcut to the page of any row of any model.

    No model here has such a page (`get_absolute_url`). The shortcut would still read whatever row it is asked for,
    before it asks what the viewer may see, and fail with 500 at models that have no table, such as RQ's.
    """

    def get_urls(self) -> list[Any]:
        return [one for one in super().get_urls() if getattr(one, "name", None) != "view_on_site"]


class AdminConfig(SimpleAdminConfig):
    default_site = "config.admin_app.Site"

    def ready(self) -> None:
        checks.register(admin_checks.check_dependencies, checks.Tags.admin)
        checks.register(_check_classes, checks.Tags.admin)


def load() -> None:
    """Import every app's `admin` module. Safe to repeat."""
    admin.autodiscover()


def _check_classes(app_configs: Any, **options: Any) -> list[Any]:
    load()
    return list(admin_checks.check_admin_app(app_configs, **options))
