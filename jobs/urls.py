"""Routes of the job layer."""

from .api.routes import urlpatterns

__all__ = ["urlpatterns"]
