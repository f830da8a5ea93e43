"""RQ's dashboard as an app of Django admin, under a name that people read."""

from django.apps import AppConfig


class RqConfig(AppConfig):
    """In the place of the package's own, which says no more than this `default_auto_field`."""

    name = "django_rq"
    verbose_name = "RQ dashboard"
    default_auto_field = "django.db.models.AutoField"
