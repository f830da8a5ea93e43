"""Which shares an organisation knows, by sector and sub-sector."""

from collections import defaultdict

from ..models import Security

#: Names of sectors that an error lists.
_MOST_LISTED = 20


class UnknownSector(ValueError):
    """No share of that sector is known. Importing securities helps; waiting does not."""

    error_class = "VALIDATION_ERROR"
    code = "unknown_sector"


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
    real = [one for one in found if one.source != "sample"]
    if not found:
        raise UnknownSector(_unknown(wanted, sector_names(tenant_id)))
    groups: dict[str, list[Security]] = defaultdict(list)
    names: dict[str, str] = {}
    for one in real or found:
        groups[names.setdefault(one.sub_sector.casefold(), one.sub_sector)].append(one)
    return dict(sorted(groups.items()))


def _unknown(wanted: str, known: list[str]) -> str:
    listed = f"Known sectors: {', '.join(known[:_MOST_LISTED])}." if known else "No shares are known yet."
    return (
        f"No share of the sector {wanted[:100]!r} is known. {listed} Import securities with this sector on the page "
        "Research, Shares, with manage.py import_market securities FILE, or by POST /api/market/securities."
    )
