"""Start-up of the job layer: finds every app's job types and checks them."""

import logging
from importlib import import_module

from django.apps import AppConfig
from django.conf import settings
from django.db import connections
from django.db.models.signals import post_migrate
from django.utils.module_loading import autodiscover_modules

logger = logging.getLogger("quarry.jobs")


class JobsConfig(AppConfig):
    name = "jobs"
    verbose_name = "Jobs"

    def ready(self) -> None:
        from . import checks

        autodiscover_modules("tasks")
        import_module("jobs.bulk.tasks")
        import_module("jobs.diagnostics")
        import_module("jobs.django_tasks_backend.job_type")
        post_migrate.connect(_register_schedules, sender=self)
        import_module("jobs.alerts.job_types")
        self._warn_of_an_exposed_redis(checks.redis_exposure(settings.REDIS_URL))

    @staticmethod
    def _warn_of_an_exposed_redis(problem: str | None) -> None:
        # In the log as well: the web server runs no checks.
        if problem and not settings.DEBUG:
            logger.warning("%s Use rediss://:password@host:port/db in REDIS_URL.", problem)


def _register_schedules(sender: AppConfig, using: str, **more: object) -> None:
    """After migrations the schedule list is complete, before any scheduler has started."""
    from .schedules.models import Schedule
    from .schedules.registration import sync

    # Migrating back to before schedules leaves no table.
    if using == "default" and Schedule._meta.db_table in connections[using].introspection.table_names():
        sync()
