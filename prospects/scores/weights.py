"""Which weights an organisation's scores use, and how a person changes them."""

from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from django.db import connection, transaction
from django.db.models import Max

from accounts import audit
from accounts.callers import Caller
from accounts.models import User

from ..models import ScoreKind, ScoreWeights
from ..scoring.weights import KINDS, HealthWeights, LeadWeights, ProspectWeights, as_json, read_weights

AnyWeights = TypeVar("AnyWeights", ProspectWeights, LeadWeights, HealthWeights)


@dataclass(frozen=True, kw_only=True)
class Versioned(Generic[AnyWeights]):
    """version: 0 are the built-in weights."""

    values: AnyWeights
    version: int


def current_weights(kind: type[AnyWeights], tenant_id: str) -> Versioned[AnyWeights]:
    """The organisation's newest; without any those of tenant "", and without those the built-in ones.

    Raises InvalidWeights where the newest row does not fit this version of the program.
    """
    row = _newest(kind.kind, tenant_id)
    if row is None:
        return Versioned(values=kind(), version=0)
    values = read_weights(kind.kind, row.values)
    assert isinstance(values, kind)  # noqa: S101  what the kind of the row says
    return Versioned(values=values, version=row.version)


def save_weights(*, kind: ScoreKind | str, tenant_id: str, values: Any, note: str, by: Caller) -> ScoreWeights:
    """Make the next version of an organisation's weights. Earlier versions stay as they are.

    note: why, for those who read it later. Raises InvalidWeights that names every offending field.
    Scores change when they are next computed: every night, or at once by the job type of the kind.
    """
    checked = as_json(read_weights(str(kind), values))
    with transaction.atomic():
        _one_at_a_time(f"weights:{kind}:{tenant_id}")
        row = ScoreWeights.objects.create(
            tenant_id=tenant_id,
            kind=str(kind),
            version=_next_version(str(kind), tenant_id),
            values=checked,
            note=note[:300],
            created_by=User.objects.filter(public_id=by.user_id).first(),
        )
        audit.record(
            caller=by,
            action="scoreweights.create",
            target_type="scoreweights",
            target_id=str(row.pk),
            details={"kind": str(kind), "version": row.version, "note": row.note, "values": checked},
            tenant_id=tenant_id or None,
        )
    return row


def latest_values(kind: str, tenant_id: str) -> dict[str, Any]:
    """As JSON, what counts today: for a form to begin with. An unknown kind has none."""
    if kind not in KINDS:
        return {}
    row = _newest(kind, tenant_id)
    return as_json(read_weights(kind, row.values if row else {}))


def _newest(kind: str, tenant_id: str) -> ScoreWeights | None:
    rows = ScoreWeights.objects.filter(kind=kind, tenant_id__in={tenant_id, ""})
    return rows.order_by("-tenant_id", "-version").first()


def _next_version(kind: str, tenant_id: str) -> int:
    """Higher than any version its scores can have used so far, those of tenant "" included."""
    rows = ScoreWeights.objects.filter(kind=kind, tenant_id__in={tenant_id, ""})
    return (rows.aggregate(most=Max("version"))["most"] or 0) + 1


def _one_at_a_time(name: str) -> None:
    """Two people who save at once get two versions, in some order."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [name])
