"""What the company and its people did: signals and buying signals of the last months."""

from datetime import timedelta

from django.utils import timezone

from prospects.models import Company

from ..evidence import Dossier, Origin

_DAYS = 180
_SHOWN = 5


def gather(company: Company, dossier: Dossier) -> None:
    origin = Origin(
        label="Signals reported to the organisation",
        provider="quarry",
        source="given",
        reference=company.key,
        fetched_at=timezone.now(),
    )
    for count in company.signal_counts.order_by("-count", "signal_type")[:_SHOWN]:
        often = "once, on" if count.count == 1 else f"{count.count} times, last on"
        text = f"{count.signal_type} was reported {often} {count.last_at:%Y-%m-%d}."
        dossier.add(text, "people", origin=origin)
    since = timezone.now() - timedelta(days=_DAYS)
    for found in company.buying_signals.filter(occurred_at__gte=since)[:_SHOWN]:
        text = f"Buying signal of {found.occurred_at:%Y-%m-%d}: {found.title}"
        dossier.add(text, "outlook", origin=_of(found.evidence, origin), topic="buying-signal")


def _of(evidence: dict[str, object], otherwise: Origin) -> Origin:
    reference = str(evidence.get("url") or evidence.get("reference") or otherwise.reference)
    return Origin(
        label="Buying signal",
        provider=str(evidence.get("provider") or otherwise.provider),
        source=str(evidence.get("source") or otherwise.source),
        reference=reference[:500],
        fetched_at=otherwise.fetched_at,
    )
