"""What a list shows, as a file that an import takes back: its columns have the names of the import's fields."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any

from django.db.models import QuerySet

from ..lists.keyset import in_order
from ..lists.prospects import SETTLED
from ..models import Company, Contact, Match, Prospect

#: Rows of one file: more open in no spreadsheet.
MOST = 1_000_000
CHUNK = 2000

PROSPECTS = (
    "name",
    "state",
    "score",
    "ucc risk",
    "secured by",
    "filings",
    "first filed",
    "last filed",
    "company id",
    "source",
    "enriched",
    "id",
)
COMPANIES = (
    "key",
    "name",
    "domain",
    "industry",
    "naics",
    "employees",
    "founded_on",
    "country",
    "region",
    "city",
    "postal_code",
    "technologies",
    "registration_number",
    "cik",
    "ticker",
    "uei",
    "is_portfolio",
    "lead score",
    "lead tier",
    "health score",
    "health grade",
    "source",
)
CONTACTS = (
    "key",
    "company_key",
    "name",
    "email",
    "linkedin_slug",
    "job_title",
    "location",
    "lawful_basis",
    "email status",
    "email reason",
    "employer",
    "skills",
    "source",
)


def prospect_rows(found: QuerySet[Prospect]) -> Iterator[Sequence[Any]]:
    """The best first, as the list."""
    for chunk in _chunks(row for part in in_order(found, by="score") for row in part.iterator(chunk_size=CHUNK)):
        keys = _company_keys(chunk)
        for one in chunk:
            yield (
                one.name,
                one.state,
                one.score,
                one.ucc_risk,
                one.secured_classes,
                one.filing_count,
                one.first_filed_on,
                one.last_filed_on,
                keys.get(one.pk),
                one.source,
                one.enriched_at,
                one.public_id,
            )


def _company_keys(prospects: Sequence[Prospect]) -> dict[int, str]:
    settled = Match.objects.filter(prospect__in=[one.pk for one in prospects], status__in=SETTLED)
    return dict(settled.values_list("prospect_id", "company__key"))


def company_rows(found: QuerySet[Company]) -> Iterator[Sequence[Any]]:
    for part in in_order(found, by="lead_score"):
        for one in islice(part.iterator(chunk_size=CHUNK), MOST):
            scores = (one.lead_score, one.lead_tier, one.health_score, one.health_grade, one.origin)
            yield (*(getattr(one, name) for name in COMPANIES[:17]), *scores)


def contact_rows(found: QuerySet[Contact]) -> Iterator[Sequence[Any]]:
    for one in islice(found.select_related("company").order_by("-pk").iterator(chunk_size=CHUNK), MOST):
        about = (one.name, one.email, one.linkedin_slug, one.job_title, one.location, one.lawful_basis)
        yield (
            one.key,
            one.company.key,
            *about,
            one.email_status,
            one.email_reason,
            one.employer,
            one.skills,
            one.origin,
        )


def _chunks(rows: Iterable[Prospect]) -> Iterator[list[Prospect]]:
    flowing = islice(rows, MOST)
    while chunk := list(islice(flowing, CHUNK)):
        yield chunk
