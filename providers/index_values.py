"""What sources of index values have in common: one published value, and how its period is read."""

import re
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

FINAL, PRELIMINARY, REVISED = "final", "preliminary", "revised"
_NUMBER = re.compile(r"-?\d{1,12}(\.\d{1,8})?", re.ASCII)
_PERIOD = re.compile(r"(\d{4})(?:-(?:(\d\d)(?:-(\d\d))?|Q([1-4])))?", re.ASCII)


@dataclass(frozen=True, kw_only=True)
class IndexValue:
    """date: the first day of the period that the value is of. published_at: None where the source does not say."""

    date: date
    value: Decimal
    version: str = FINAL
    published_at: datetime | None = None


def number(given: object) -> Decimal | None:
    """A value as sources write it, in texts or numbers; None for what stands for a missing one."""
    text = str(given).strip().replace(",", "")
    return Decimal(text) if _NUMBER.fullmatch(text) else None


def period_start(text: str) -> date | None:
    """The first day of 2026, 2026-04, 2026-Q2 or 2026-04-20; None for anything else."""
    found = _PERIOD.fullmatch(text)
    if not found:
        return None
    year, month, day, quarter = found.groups()
    first = (int(quarter) - 1) * 3 + 1 if quarter else int(month or 1)
    try:
        return date(int(year), first, int(day or 1))
    except ValueError:
        return None
