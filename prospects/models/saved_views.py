"""Lists that people keep under a name."""

from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.functions import RandomUUID
from django.db import models

from .base import Owned

#: The lists that can be kept, by the page they are of.
PAGES = ("prospects", "companies", "contacts")


class SavedView(Owned):
    """A query of a list under a name: its owner's alone, or the whole organisation's."""

    public_id = models.UUIDField(db_default=RandomUUID(), unique=True, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    page = models.CharField(max_length=20)
    name = models.CharField(max_length=80)
    query = models.CharField(max_length=2000, blank=True, help_text="As in the page's address.")
    is_shared = models.BooleanField("for the whole organisation", default=False)

    class Meta:
        ordering: ClassVar = ["name", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["tenant_id", "user", "page", "name"], name="saved_view_is_unique"),
            models.CheckConstraint(condition=~models.Q(name=""), name="saved_view_has_a_name"),
            models.CheckConstraint(condition=models.Q(page__in=PAGES), name="saved_view_page_is_known"),
        ]
        indexes: ClassVar = [models.Index(fields=["tenant_id", "page"], name="saved_view_of_page")]

    def __str__(self) -> str:
        return self.name
