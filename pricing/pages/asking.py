"""What the addresses of these pages may say, read so that nonsense means nothing."""

from datetime import UTC, date, datetime, time

from django.http import Http404, HttpRequest

from prospects.pages.access import Desk

from ..models import Series

CODE = r"(?P<code>[A-Za-z0-9_.:\-]{1,100})"
UUID = r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"


def day(request: HttpRequest, name: str) -> date | None:
    """An ISO date of the query; None where there is none."""
    try:
        return date.fromisoformat(request.GET.get(name, ""))
    except ValueError:
        return None


def end_of(day: date | None) -> datetime | None:
    """The last moment of a day: what was published on it was known."""
    return datetime.combine(day, time.max, tzinfo=UTC) if day else None


def number(request: HttpRequest, name: str) -> int:
    """A whole number of the query, 0 where there is none."""
    given = request.GET.get(name, "")
    return int(given) if given.isascii() and given.isdigit() and len(given) < 10 else 0


def words(request: HttpRequest, name: str = "q") -> str:
    return request.GET.get(name, "").replace("\x00", "").strip()[:200]


def series_of(desk: Desk, code: str) -> Series:
    found = Series.objects.filter(tenant_id=desk.tenant_id, code=code).first()
    if found is None:
        raise Http404("There is no such series.")
    return found
