"""Figures of shares with an SEC number, fetched where the source is on. What one share lacks stops no other."""

import logging
from collections.abc import Callable, Iterable, Sequence
from datetime import timedelta
from functools import partial

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.db.models.functions import Now

from prospects.models.base import Origin
from providers import sec
from providers.errors import CircuitOpen, NotConfigured, ProviderError, RateLimited
from providers.http import Client, client_for
from providers.sec import ReportedFact

from ..models import Security
from .concepts import TAGS
from .importing.company_facts import rows_of
from .importing.storing import store_figures

logger = logging.getLogger("quarry.research")
#: Figures that were fetched within this time are not fetched again: annual reports come once a year.
FRESH_FOR = timedelta(days=1)


def refresh_figures(
    *, tenant_id: str, symbols: Sequence[str], check: Callable[[], None] = lambda: None
) -> dict[str, ProviderError]:
    """Fetch what is due and return, by symbol, why it could not be fetched; empty where the source is off.

    Call it outside transactions. Each registrant is stored by itself, so that a run that dies goes on with the
    next. check: called between registrants; raises where the job must stop.
    """
    due = _due(tenant_id, symbols) if sec.NAME in settings.LIVE_SOURCES else {}
    if not due:
        return {}
    try:
        client = client_for(sec.NAME)
    except NotConfigured as error:
        return dict.fromkeys((symbol for shares in due.values() for symbol in shares), error)
    return _fetch_all(client, tenant_id, due, check)


def _due(tenant_id: str, symbols: Sequence[str]) -> dict[str, list[str]]:
    """Symbols by registrant: shares of several classes have one."""
    rows = Security.objects.filter(tenant_id=tenant_id, symbol__in=symbols).exclude(cik="")
    stale = Q(figures_fetched_at=None) | Q(figures_fetched_at__lt=Now() - FRESH_FOR)
    found: dict[str, list[str]] = {}
    for cik, symbol in rows.filter(stale).exclude(source=Origin.SAMPLE).order_by("cik").values_list("cik", "symbol"):
        found.setdefault(cik, []).append(symbol)
    return found


def _fetch_all(
    client: Client, tenant_id: str, due: dict[str, list[str]], check: Callable[[], None]
) -> dict[str, ProviderError]:
    problems: dict[str, ProviderError] = {}
    closed: ProviderError | None = None
    for cik, symbols in due.items():
        check()
        try:
            if closed:
                raise closed
            _store(tenant_id, symbols, sec.company_facts(client, cik, tags=TAGS))
        except ProviderError as error:
            # The source asks everybody to wait: asking for the next share would only make it longer.
            closed = error if isinstance(error, RateLimited | CircuitOpen) else None
            problems |= dict.fromkeys(symbols, error)
    return problems


def _store(tenant_id: str, symbols: Sequence[str], facts: Iterable[ReportedFact]) -> None:
    """A number that cannot be kept is left out: what is missing shows as a factor that is not known."""
    log = partial(_log, symbols[0])
    rows = list(rows_of(facts, symbols, log))
    with transaction.atomic():
        store_figures(tenant_id=tenant_id, rows=rows, source=Origin.LIVE, on_problem=log)
        Security.objects.filter(tenant_id=tenant_id, symbol__in=symbols).update(figures_fetched_at=Now())


def _log(symbol: str, number: int, reason: str) -> None:
    logger.warning("A figure of %s is left out, number %d of its document: %s", symbol, number, reason)
