"""The app, and the warning that an open API deserves."""

import logging

from django.apps import AppConfig
from django.conf import settings

logger = logging.getLogger(__name__)


class AccountsConfig(AppConfig):
    name = "accounts"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from . import checks as checks

        # A log line rather than a system check: the web server runs no checks, and it is the one to warn.
        if not settings.API_AUTH_REQUIRED:
            logger.warning("API_AUTH_REQUIRED is false: anonymous requests act as the development admin.")
