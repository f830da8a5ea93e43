"""What facts fill in of a company that nobody has entered."""

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any
from urllib.parse import urlsplit

from .. import facts
from ..models import Company, Origin, Source
from .answers import Answer


def fill_blanks(*, company: Company, answers: Sequence[Answer]) -> list[str]:
    """Set the company's empty columns from the answers; what stands there stays. Returns the columns set.

    A sample fact fills only a sample company: its label would be lost otherwise.
    """
    values: dict[str, Any] = {}
    for answer in answers:
        if answer.source == Source.SAMPLE and company.origin != Origin.SAMPLE:
            continue
        for fact in answer.facts:
            column, read = _COLUMNS.get(fact.name, ("", _text))
            if column and column not in values and getattr(company, column) in (None, ""):
                value = read(fact.value)
                if value not in (None, ""):
                    values[column] = value
    if values:
        Company.objects.filter(pk=company.pk).update(**values)
    return sorted(values)


def _text(value: Any) -> str:
    return str(value)


def _domain(value: Any) -> str:
    try:
        host = urlsplit(str(value)).hostname or ""
    except ValueError:
        return ""
    return host.removeprefix("www.")[:253]


def _day(value: Any) -> date | None:
    try:
        return date.fromisoformat(str(value))
    except ValueError:
        return None


def _number(value: Any) -> int | None:
    return value if isinstance(value, int) and 0 < value < 2**31 else None


def _at_most(length: int) -> Callable[[Any], str]:
    return lambda value: str(value) if len(str(value)) <= length else ""


_COLUMNS: dict[str, tuple[str, Callable[[Any], Any]]] = {
    facts.REGISTRATION_NUMBER: ("registration_number", _at_most(20)),
    facts.FOUNDED_ON: ("founded_on", _day),
    facts.WEBSITE: ("domain", _domain),
    facts.INDUSTRY: ("industry", _at_most(200)),
    facts.EMPLOYEES: ("employees", _number),
    facts.TICKER: ("ticker", _at_most(20)),
    facts.CIK: ("cik", _at_most(10)),
    facts.UEI: ("uei", _at_most(12)),
}
