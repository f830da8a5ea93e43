"""Rows of a list into the database: what is there already is found and only changed where the list says otherwise."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import Q
from django.db.models.functions import Now

from ..models import Company, CompanyFigure, Contact, EmailStatus, Origin, Prospect, Source, Suppression
from ..models.imports import ImportKind
from ..names import name_key
from .fields import Problem

CREATED, UPDATED, UNCHANGED = "created", "updated", "unchanged"
#: What became of a row: one of the words above, or why it was left out.
Outcome = str | Problem


@dataclass(frozen=True, kw_only=True)
class Given:
    """A row's values. `key` names it where the list does not: by file and row, so that a repeat finds it."""

    key: str
    values: dict[str, Any]


def store(kind: str, rows: Sequence[Given], *, tenant_id: str) -> list[Outcome]:
    """What became of each row, in their order. In the surrounding transaction, one import of a kind at a time."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"import {kind} {tenant_id}"])
    return _STORES[kind](rows, tenant_id)


# --- Prospects --------------------------------------------------------------------------------------
def _prospects(rows: Sequence[Given], tenant_id: str) -> list[Outcome]:
    """One that is there stays as it is: its filings know better."""
    keys = [(row.values["state"], name_key(row.values["name"])) for row in rows]
    wanted = Prospect.objects.filter(tenant_id=tenant_id, name_key__in=[name for _, name in keys])
    known = set(wanted.values_list("state", "name_key"))
    outcomes: list[Outcome] = []
    new = []
    for row, key in zip(rows, keys, strict=True):
        outcomes.append(UNCHANGED if key in known else CREATED)
        if key not in known:
            known.add(key)
            state, name = key
            new.append(
                Prospect(
                    tenant_id=tenant_id,
                    source=Source.FILE,
                    state=state,
                    name=row.values["name"],
                    name_key=name,
                    filing_count=0,
                )
            )
    # Filings that are ingested meanwhile may bring the same.
    Prospect.objects.bulk_create(new, ignore_conflicts=True)
    return outcomes


# --- Companies --------------------------------------------------------------------------------------
def _companies(rows: Sequence[Given], tenant_id: str) -> list[Outcome]:
    found = _Companies(rows, tenant_id)
    outcomes: list[Outcome] = []
    for row in rows:
        company = found.of(row)
        if company is None:
            values = {name: value for name, value in row.values.items() if name != "key"}
            key = row.values.get("key") or row.key
            name = name_key(values["name"])
            found.add(Company(tenant_id=tenant_id, key=key, name_key=name, origin=Origin.FILE, **values))
            outcomes.append(CREATED)
        else:
            outcomes.append(UPDATED if found.change(company, row.values) else UNCHANGED)
    found.save()
    return outcomes


class _Companies:
    """The companies that the rows may mean: by their id, else by domain, else by name."""

    def __init__(self, rows: Sequence[Given], tenant_id: str) -> None:
        given = [row.values for row in rows]
        same = (
            Q(key__in=[*(one["key"] for one in given if "key" in one), *(row.key for row in rows)])
            | Q(domain__in=[one["domain"] for one in given if "domain" in one and "key" not in one])
            | Q(name_key__in=[name_key(one["name"]) for one in given if "key" not in one])
        )
        self._new: list[Company] = []
        self._changed: dict[int, Company] = {}
        self._fields: set[str] = set()
        self._by: dict[tuple[str, str], Company] = {}
        for company in Company.objects.select_for_update().filter(same, tenant_id=tenant_id).order_by("-pk"):
            self._learn(company)

    def _learn(self, company: Company) -> None:
        for kind, word in (("key", company.key), ("domain", company.domain), ("name", company.name_key)):
            if word:
                self._by[kind, word] = company

    def of(self, row: Given) -> Company | None:
        if "key" in row.values:
            return self._by.get(("key", row.values["key"]))
        domain = row.values.get("domain")
        return (
            self._by.get(("key", row.key))
            or (self._by.get(("domain", domain)) if domain else None)
            or self._by.get(("name", name_key(row.values["name"])))
        )

    def add(self, company: Company) -> None:
        self._new.append(company)
        self._learn(company)

    def change(self, company: Company, values: Mapping[str, Any]) -> bool:
        named = {name: value for name, value in values.items() if name != "key"}
        named["name_key"] = name_key(values["name"])
        changed = _set(company, named)
        self._fields |= changed
        if changed and company.pk:
            self._changed[company.pk] = company
        return bool(changed)

    def save(self) -> None:
        Company.objects.bulk_create(self._new)
        if self._changed:
            Company.objects.bulk_update(list(self._changed.values()), sorted(self._fields))
            Company.objects.filter(pk__in=self._changed).update(updated_at=Now())


# --- Contacts ---------------------------------------------------------------------------------------
def _contacts(rows: Sequence[Given], tenant_id: str) -> list[Outcome]:
    companies = _by_key(rows, tenant_id)
    suppressed = _suppressed(rows, tenant_id)
    known = list(
        Contact.objects.select_for_update()
        .filter(Q(company__in=companies.values()) | Q(key__in=_keys(rows)), tenant_id=tenant_id)
        .order_by("-pk")
    )
    return [_contact(row, companies, suppressed, known, tenant_id) for row in rows]


def _contact(
    row: Given, companies: Mapping[str, Company], suppressed: set[str], known: list[Contact], tenant_id: str
) -> Outcome:
    company = companies.get(row.values["company_key"])
    if company is None:
        return _no_company(row)
    if {str(row.values.get("email", "")).lower(), row.values.get("linkedin_slug", "")} & suppressed:
        return Problem(column="E-mail", message="belongs to a person who asked not to be looked up; leave them out")
    values = {name: value for name, value in row.values.items() if name not in {"company_key", "key"}}
    key = row.values.get("key")
    contact = next((one for one in known if _is_same(one, row, company)), None)
    if contact is None:
        contact = Contact(tenant_id=tenant_id, key=key or row.key, company=company, origin=Origin.FILE, **values)
        contact.save(force_insert=True)
        known.insert(0, contact)
        return CREATED
    if "email" in values and values["email"] != contact.email:
        values |= {"email_status": EmailStatus.UNKNOWN, "email_reason": "", "email_checked_at": None}
    changed = _set(contact, values | {"company": company})
    if changed:
        contact.save(update_fields=sorted(changed))
        Contact.objects.filter(pk=contact.pk).update(updated_at=Now())
    return UPDATED if changed else UNCHANGED


def _is_same(contact: Contact, row: Given, company: Company) -> bool:
    values = row.values
    if "key" in values:
        return bool(contact.key == values["key"])
    if contact.key == row.key:
        return True
    if contact.company_id != company.pk:
        return False
    if "email" in values and contact.email:
        return contact.email.lower() == str(values["email"]).lower()
    if "linkedin_slug" in values and contact.linkedin_slug:
        return bool(contact.linkedin_slug == values["linkedin_slug"])
    return "name" in values and contact.name.lower() == str(values["name"]).lower()


def _suppressed(rows: Sequence[Given], tenant_id: str) -> set[str]:
    words = [str(row.values[name]).lower() for row in rows for name in ("email", "linkedin_slug") if name in row.values]
    return set(Suppression.objects.filter(tenant_id=tenant_id, value__in=words).values_list("value", flat=True))


# --- Figures ----------------------------------------------------------------------------------------
def _figures(rows: Sequence[Given], tenant_id: str) -> list[Outcome]:
    companies = _by_key(rows, tenant_id)
    known = {
        (figure.company_id, figure.name, figure.period_end): figure
        for figure in CompanyFigure.objects.select_for_update().filter(company__in=companies.values())
    }
    outcomes: list[Outcome] = []
    for row in rows:
        company = companies.get(row.values["company_key"])
        if company is None:
            outcomes.append(_no_company(row))
            continue
        values = {name: value for name, value in row.values.items() if name != "company_key"}
        values.setdefault("currency", "")
        key = (company.pk, values["name"], values["period_end"])
        figure = known.get(key)
        if figure is None:
            known[key] = CompanyFigure.objects.create(
                tenant_id=tenant_id, company=company, origin=Origin.FILE, **values
            )
            outcomes.append(CREATED)
            continue
        changed = _set(figure, values)
        if changed:
            figure.save(update_fields=sorted(changed))
        outcomes.append(UPDATED if changed else UNCHANGED)
    return outcomes


# --- Shared -----------------------------------------------------------------------------------------
def _by_key(rows: Sequence[Given], tenant_id: str) -> dict[str, Company]:
    keys = {row.values["company_key"] for row in rows}
    return {one.key: one for one in Company.objects.filter(tenant_id=tenant_id, key__in=keys)}


def _keys(rows: Iterable[Given]) -> list[str]:
    return [row.values.get("key") or row.key for row in rows]


def _no_company(row: Given) -> Problem:
    key = row.values["company_key"]
    return Problem(
        column="Company id", message=f"{key!r} is no company of yours; import the company first, or correct it"
    )


def _set(row: Any, values: Mapping[str, Any]) -> set[str]:
    """Give the row the values; returns the names of those that were different."""
    changed = {name for name, value in values.items() if getattr(row, name) != value}
    for name in changed:
        setattr(row, name, values[name])
    return changed


_STORES: Mapping[str, Callable[[Sequence[Given], str], list[Outcome]]] = {
    ImportKind.PROSPECTS: _prospects,
    ImportKind.COMPANIES: _companies,
    ImportKind.CONTACTS: _contacts,
    ImportKind.FIGURES: _figures,
}
