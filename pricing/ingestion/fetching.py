"""Asking EIA, FRED or BLS for one series, and subscribing a series to them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts import audit
from accounts.callers import Caller
from providers import bls, eia, fred
from providers.http import Client
from providers.index_values import IndexValue

from ..models import Provider, Series, SeriesFeed

FIRST_DAY = date(1980, 1, 1)
LONGEST_ID = 200


class WrongFeed(ValueError):
    """What is asked for cannot be: the message names the field and the remedy."""

    error_class = "VALIDATION_ERROR"
    code = "wrong_feed"


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """external_id: the source's own name; for EIA ROUTE:SERIES. period: for EIA, one of eia.FREQUENCIES."""

    provider: Provider
    external_id: str
    period: str = ""
    first_day: date = FIRST_DAY


def checked(wanted: Wanted) -> Wanted:
    """Raises WrongFeed."""
    name = wanted.external_id
    if not name or len(name) > LONGEST_ID or any(char.isspace() or char == "\x00" for char in name):
        raise WrongFeed(f"Id: the source's own name, without blanks, of at most {LONGEST_ID} characters.")
    if wanted.provider == Provider.EIA:
        if not all(name.rpartition(":")[::2]):
            raise WrongFeed("Id: for EIA it is ROUTE:SERIES, such as petroleum/pri/spt:RWTC.")
        if wanted.period not in eia.FREQUENCIES:
            raise WrongFeed(f"Period: for EIA one of {', '.join(eia.FREQUENCIES)}.")
    return wanted


def values_of(client: Client, wanted: Wanted, *, until: date) -> Iterable[IndexValue]:
    """As the source tells them, with every vintage that it knows. Raises WrongFeed and what providers raise."""
    checked(wanted)
    start, name = wanted.first_day, wanted.external_id
    match wanted.provider:
        case Provider.EIA:
            route, _, series = name.rpartition(":")
            return eia.values(client, route, series, frequency=wanted.period, start=start, end=until)
        case Provider.FRED:
            return fred.values(client, name, start=start, end=until)
        case _:
            return bls.values(client, name, start=start, end=until)


def subscribe(*, series: Series, wanted: Wanted, is_daily: bool, by: Caller) -> SeriesFeed:
    """Fetch the series from there from now on. Another source than before begins anew. Raises WrongFeed."""
    checked(wanted)
    with transaction.atomic():
        feed, _ = SeriesFeed.objects.update_or_create(
            series=series,
            defaults={
                "tenant_id": series.tenant_id,
                "provider": wanted.provider,
                "external_id": wanted.external_id,
                "period": wanted.period if wanted.provider == Provider.EIA else "",
                "first_day": wanted.first_day,
                "is_daily": is_daily,
                "problem": "",
                "updated_at": timezone.now(),
            },
        )
        _record(by, series, "series.subscribe", provider=wanted.provider, id=wanted.external_id, daily=is_daily)
    return feed


def unsubscribe(*, series: Series, by: Caller) -> bool:
    """Fetch it no more; its values stay. False where it was not fetched."""
    with transaction.atomic():
        gone, _ = SeriesFeed.objects.filter(series=series).delete()
        if gone:
            _record(by, series, "series.unsubscribe")
    return bool(gone)


def wanted_of(feed: SeriesFeed) -> Wanted:
    return Wanted(
        provider=Provider(feed.provider),
        external_id=feed.external_id,
        period=feed.period,
        first_day=feed.first_day,
    )


def _record(by: Caller, series: Series, action: str, **details: Any) -> None:
    audit.record(
        caller=by,
        action=action,
        target_type="series",
        target_id=series.code,
        tenant_id=series.tenant_id,
        details=details,
    )
