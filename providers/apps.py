"""The app of outside sources: what is known about each one's limit, circuit and answers."""

from django.apps import AppConfig


class ProvidersConfig(AppConfig):
    name = "providers"
    default_auto_field = "django.db.models.BigAutoField"
