"""What the rows of this app have in common: whose they are and where they came from."""

from django.db import models
from django.db.models.functions import Now


class Source(models.TextChoices):
    """Where a fact came from: something outside."""

    SAMPLE = "sample", "Bundled sample"
    FILE = "file", "File"
    LIVE = "live", "Live source"


class Origin(models.TextChoices):
    """Where a row came from that people may also enter themselves."""

    SAMPLE = "sample", "Bundled sample"
    FILE = "file", "File"
    LIVE = "live", "Live source"
    GIVEN = "given", "Given by a user or a job"


STATE_IS_TWO_CAPITALS = models.Q(state__regex=r"^[A-Z]{2}$")


def one_of(field: str, choices: type[models.TextChoices], name: str) -> models.CheckConstraint:
    return models.CheckConstraint(condition=models.Q(**{f"{field}__in": choices.values}), name=name)


class Owned(models.Model):
    """What every row of this app carries. `tenant_id` is empty for jobs of no organisation."""

    tenant_id = models.CharField(max_length=100, blank=True, default="")
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        abstract = True


class Sourced(Owned):
    """A row that came from outside and says from where."""

    source = models.CharField(max_length=10, choices=Source.choices)

    class Meta:
        abstract = True
