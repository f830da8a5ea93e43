"""What the rows of this app have in common."""

import re
from typing import TYPE_CHECKING

from django.core.validators import RegexValidator
from django.db import models

from prospects.models.base import Owned, one_of

#: Codes of series, contracts, lines and batches: fit for a path and for a column of a file.
CODE = r"^[A-Za-z0-9][A-Za-z0-9_.:\-]{0,99}$"
CODE_PATTERN = re.compile(CODE)
CURRENCY = r"^([A-Z]{3})?$"


class CodeField(models.CharField[str, str]):
    """A code that the organisation chose."""

    def __init__(self, **options: object) -> None:
        options.setdefault("max_length", 100)
        options.setdefault("validators", [RegexValidator(CODE)])
        super().__init__(**options)  # type: ignore[arg-type]


if TYPE_CHECKING:
    # The stubs know which of Django's own fields may be null.
    ExactField = models.DecimalField
else:

    class ExactField(models.DecimalField):
        """A number with as many digits as it has: NUMERIC without a scale."""

        def __init__(self, **options):
            options.setdefault("max_digits", 100)
            options.setdefault("decimal_places", 40)
            super().__init__(**options)

        def db_type(self, connection):
            return "numeric"

        def get_db_prep_value(self, value, connection, prepared=False):
            return value

        def get_db_prep_save(self, value, connection):
            return value


class AddedOnly(Owned):
    """A row that is written once: a trigger refuses to change or delete it (migration 0002)."""

    class Meta:
        abstract = True


__all__ = ["CODE", "CODE_PATTERN", "CURRENCY", "AddedOnly", "CodeField", "ExactField", "Owned", "one_of"]
