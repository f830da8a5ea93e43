"""What a person decides about a match. No program changes it afterwards."""

from django.db import transaction
from django.db.models import Q
from django.db.models.functions import Now

from accounts import audit
from accounts.callers import Caller
from accounts.models import User

from ..models import Match, MatchStatus
from ..scores.statements import run
from . import statements
from .finding import turns_of

_OF_PROGRAMS = Q(status__in=[MatchStatus.CERTAIN, MatchStatus.DOUBTFUL])


class AlreadyDecided(Exception):
    """The prospect has been confirmed to be another company. Reject that match first."""

    code = "already_decided"


def confirm_match(*, match: Match, by: Caller) -> Match:
    """The prospect is this company. Other suggestions for the prospect are dropped.

    Raises AlreadyDecided where somebody has confirmed another company for it, and Match.DoesNotExist
    where the match is gone meanwhile.
    """
    with transaction.atomic():
        run(statements.TAKE_TURNS, {"name": turns_of(match.tenant_id)})
        others = Match.objects.filter(prospect=match.prospect_id).exclude(pk=match.pk)
        if other := others.filter(status=MatchStatus.CONFIRMED).select_related("company").first():
            raise AlreadyDecided(f"the prospect is confirmed to be {other.company}; reject that match first")
        others.filter(_OF_PROGRAMS).delete()
        return _decided(match, MatchStatus.CONFIRMED, by)


def reject_match(*, match: Match, by: Caller) -> Match:
    """The prospect is not this company; it will not be suggested again. Also takes a confirmation back.

    Raises Match.DoesNotExist where the match is gone meanwhile.
    """
    with transaction.atomic():
        run(statements.TAKE_TURNS, {"name": turns_of(match.tenant_id)})
        return _decided(match, MatchStatus.REJECTED, by)


def _decided(match: Match, status: MatchStatus, by: Caller) -> Match:
    current = Match.objects.get(pk=match.pk)
    if current.status != status:
        Match.objects.filter(pk=match.pk).update(
            status=status,
            decided_by=User.objects.filter(public_id=by.user_id).first(),
            decided_at=Now(),
            updated_at=Now(),
        )
        audit.record(
            caller=by,
            action=f"match.{'confirm' if status is MatchStatus.CONFIRMED else 'reject'}",
            target_type="match",
            target_id=str(match.pk),
            details={"prospect": match.prospect_id, "company": match.company_id, "was": current.status},
            tenant_id=match.tenant_id or None,
        )
    match.refresh_from_db()
    return match
