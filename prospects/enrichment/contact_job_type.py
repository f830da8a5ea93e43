"""The job type `contact-enrichment`: what licensed sources know of a person, and whether mail reaches them."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any
from urllib.parse import urlsplit

from django.utils import timezone
from pydantic import AfterValidator, Field

from jobs.payloads import EntityId, Payload
from jobs.registry import job_type
from jobs.running import RunningJob
from providers.people import profile_slug

from .. import facts
from ..companies import ensure_company
from ..models import Contact, EmailStatus, Outcome
from .answers import Answer
from .asking import ask
from .enricher import enrichers_for
from .errors import EverySourceFailed
from .privacy import is_suppressed
from .storing import store_answers
from .subjects import Kind, of_contact

#: Columns of a contact that facts fill, by the fact's name, which is the API's as well.
_COLUMNS = {
    facts.JOB_TITLE: "job_title",
    facts.EMPLOYER: "employer",
    facts.LOCATION: "location",
    facts.SKILLS: "skills",
}


def _email(given: str) -> str:
    # Loaded for the first address: its tables of characters would make every process start slower.
    from email_validator import EmailNotValidError, validate_email

    try:
        # Whether the domain takes mail is the job's question, and its failing no reason to refuse the job.
        return validate_email(given, check_deliverability=False, test_environment=True).normalized
    except EmailNotValidError as error:
        raise ValueError(f"must be an e-mail address: {error}") from None


def _profile(given: str) -> str:
    if urlsplit(given).scheme != "https":
        raise ValueError("must be an https address on linkedin.com")
    profile_slug(given)
    return given


class ContactEnrichment(Payload):
    """linkedin_url: a key for licensed sources; the page itself is never fetched."""

    contact_id: EntityId
    company_id: EntityId
    linkedin_url: Annotated[str, Field(max_length=500), AfterValidator(_profile)] | None = None
    email: Annotated[str, Field(max_length=254), AfterValidator(_email)] | None = None


@job_type("contact-enrichment", payload=ContactEnrichment, related="contact_id")
def enrich_contact(payload: ContactEnrichment, job: RunningJob) -> dict[str, Any]:
    """A contact or company that is not known yet is made. Whoever is on the suppression list is not looked up.

    Fails where sources were asked and every one of them failed.
    """
    job.progress(0, "looking for the contact")
    contact, suppressed = _contact(payload, job)
    if suppressed:
        job.log("The person is on the suppression list: nobody was asked.")
    answers = [] if suppressed else _ask(contact, job)
    job.progress(90, "storing what was told")
    changes = _changes(contact, answers)
    result = {
        "contactId": payload.contact_id,
        "updatedFields": sorted(changes),
        "emailStatus": changes.get("emailStatus", contact.email_status),
        "sources": [one.provider for one in answers if one.outcome in (Outcome.FOUND, Outcome.EMPTY)],
    }
    with job.completes(result):
        _store(contact, answers, changes, job)
    return result


def _contact(payload: ContactEnrichment, job: RunningJob) -> tuple[Contact, bool]:
    """The contact, with what the payload says of it, and whether it must not be looked up."""
    tenant_id = job.tenant_id or ""
    company = ensure_company(tenant_id=tenant_id, key=payload.company_id)
    known = Contact.objects.filter(tenant_id=tenant_id, key=payload.contact_id).first()
    contact = known or Contact(tenant_id=tenant_id, key=payload.contact_id)
    email = payload.email or contact.email
    slug = profile_slug(payload.linkedin_url) if payload.linkedin_url else contact.linkedin_slug
    suppressed = is_suppressed(tenant_id=tenant_id, email=email, linkedin_slug=slug)
    if not suppressed:
        if email != contact.email:
            contact.email_status, contact.email_reason, contact.email_checked_at = EmailStatus.UNKNOWN, "", None
        contact.email, contact.linkedin_slug = email, slug
    contact.company = company
    if known:
        contact.save()
    else:
        Contact.objects.bulk_create([contact], ignore_conflicts=True)
        contact = Contact.objects.select_related("company").get(tenant_id=tenant_id, key=payload.contact_id)
    return contact, suppressed


def _ask(contact: Contact, job: RunningJob) -> list[Answer]:
    enrichers = enrichers_for(Kind.CONTACT)
    job.progress(20, f"asking {len(enrichers)} sources")
    [(_, answers)] = ask(enrichers, [of_contact(contact)], check=job.check)
    for answer in answers:
        if answer.message:
            job.log(f"{answer.provider} {answer.outcome}: {answer.message}")
    asked = [answer for answer in answers if answer.outcome != Outcome.SKIPPED]
    failures = [answer for answer in asked if answer.outcome == Outcome.FAILED]
    if asked and len(failures) == len(asked):
        raise EverySourceFailed(failures)
    return answers


def _changes(contact: Contact, answers: Sequence[Answer]) -> dict[str, Any]:
    """What the answers change of the contact, by the API's names. The first source that tells something counts."""
    told: dict[str, Any] = {}
    for answer in answers:
        for fact in answer.facts:
            told.setdefault(fact.name, fact.value)
    changes = {name: told[name] for name, column in _COLUMNS.items() if told.get(name) not in (None, "", [])
               and told[name] != getattr(contact, column)}  # fmt: skip
    status = _email_verdict(told).get("status", contact.email_status if contact.email else EmailStatus.UNKNOWN)
    return changes | ({"emailStatus": str(status)} if status != contact.email_status else {})


def _email_verdict(told: Mapping[str, Any]) -> dict[str, Any]:
    verdict = told.get(facts.EMAIL)
    return verdict if isinstance(verdict, dict) else {}


def _store(contact: Contact, answers: Sequence[Answer], changes: Mapping[str, Any], job: RunningJob) -> None:
    if not Contact.objects.select_for_update(no_key=True).filter(pk=contact.pk).exists():
        return
    if is_suppressed(tenant_id=contact.tenant_id, email=contact.email, linkedin_slug=contact.linkedin_slug):
        # Put on the list while the sources were asked.
        return
    store_answers(kind=Kind.CONTACT, pk=contact.pk, tenant_id=contact.tenant_id, answers=answers, job_id=job.id)
    columns = {column: changes[name] for name, column in _COLUMNS.items() if name in changes}
    told = {fact.name: fact.value for answer in answers for fact in answer.facts}
    verdict = _email_verdict(told)
    if verdict:
        columns |= {
            "email_status": verdict["status"],
            "email_reason": verdict.get("reason", "")[:200],
            "email_checked_at": timezone.now(),
        }
    if answers:
        columns["enriched_at"] = timezone.now()
    Contact.objects.filter(pk=contact.pk).update(**columns, updated_at=timezone.now())
