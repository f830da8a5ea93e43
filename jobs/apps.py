"""Start-up of the job layer: finds every app's job types and checks them."""

from importlib import import_module

from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class JobsConfig(AppConfig):
    name = "jobs"
    verbose_name = "Jobs"

    def ready(self) -> None:
        from . import checks  # noqa: F401  registers the system checks

        autodiscover_modules("tasks")
        import_module("jobs.diagnostics")
