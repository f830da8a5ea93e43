"""Which shares an organisation knows, by sector and sub-sector."""

from collections import defaultdict

from django.conf import settings
from django.db import transaction

from prospects.models.base import Origin

from ..models import Security
from . import sample
from .importing.storing import Stored, store_figures, store_prices, store_securities

#: Names of sectors that an error lists.
_MOST_LISTED = 20


class UnknownSector(ValueError):
    """No share of that sector is known. Importing securities helps; waiting does not."""

    error_class = "VALIDATION_ERROR"
    code = "unknown_sector"


def ensure_universe(tenant_id: str) -> int:
    """Load the bundled sample where QUARRY_SAMPLE_SOURCES is on and it is not there yet; how many shares are new.

    Safe to repeat and to call from several jobs at once. Shares that the organisation made its own stay so.
    """
    if not settings.SAMPLE_SOURCES or has_sample(tenant_id):
        return 0
    with transaction.atomic():
        return _load(tenant_id).inserted


def has_sample(tenant_id: str) -> bool:
    """Whether every share of the sample is known, be it as the organisation's own."""
    symbols = [share.symbol for share in sample.shares()]
    return _known(tenant_id, symbols) == len(symbols)


def _known(tenant_id: str, symbols: list[str]) -> int:
    return Security.objects.filter(tenant_id=tenant_id, symbol__in=symbols).count()


def _load(tenant_id: str) -> Stored:
    """Whoever loads it at the same time waits for the first, and finds nothing left to store."""
    held = Security.objects.filter(tenant_id=tenant_id).exclude(source=Origin.SAMPLE)
    own = set(held.values_list("symbol", flat=True))
    stored = store_securities(
        tenant_id=tenant_id,
        rows=(row for row in sample.security_rows() if row.symbol not in own),
        source=Origin.SAMPLE,
        on_problem=_broken,
    )
    figures = (row for row in sample.figure_rows() if row.symbol not in own)
    store_figures(tenant_id=tenant_id, rows=figures, source=Origin.SAMPLE, on_problem=_broken)
    prices = (row for row in sample.price_rows() if row.symbol not in own)
    store_prices(tenant_id=tenant_id, rows=prices, source=Origin.SAMPLE, on_problem=_broken)
    return stored


def _broken(line: int, reason: str) -> None:
    raise AssertionError(f"The bundled sample is wrong in row {line}: {reason}.")


def sector_names(tenant_id: str) -> list[str]:
    """The sectors of the known shares, each once, as most of its shares spell it."""
    spelt: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for name in Security.objects.filter(tenant_id=tenant_id).order_by().values_list("sector", flat=True):
        spelt[name.casefold()][name] += 1
    return sorted(max(sorted(one), key=lambda name, one=one: one[name]) for one in spelt.values())  # type: ignore[misc]


def sub_sectors(tenant_id: str, sector_name: str) -> dict[str, list[Security]]:
    """The shares of a sector by sub-sector, both in the order of the alphabet.

    Sector and sub-sector are compared without regard to case. Shares of the bundled sample are left out of a
    sector of which the organisation knows real ones. Raises UnknownSector, which names the known sectors.
    """
    wanted = " ".join(sector_name.split())
    found = list(Security.objects.filter(tenant_id=tenant_id, sector__iexact=wanted).order_by("symbol"))
    real = [one for one in found if one.source != Origin.SAMPLE]
    if not found:
        raise UnknownSector(_unknown(wanted, sector_names(tenant_id)))
    groups: dict[str, list[Security]] = defaultdict(list)
    names: dict[str, str] = {}
    for one in real or found:
        groups[names.setdefault(one.sub_sector.casefold(), one.sub_sector)].append(one)
    return dict(sorted(groups.items(), key=lambda one: one[0].casefold()))


def _unknown(wanted: str, known: list[str]) -> str:
    listed = f"Known sectors: {', '.join(known[:_MOST_LISTED])}." if known else "No shares are known yet."
    return (
        f"No share of the sector {wanted[:100]!r} is known. {listed} Import securities with this sector on the page "
        "Research, Market data, with manage.py import_market securities FILE, or by POST /api/market/securities."
    )
