"""The contacts of an organisation, and the page of one."""

from urllib.parse import urlencode

from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from accounts.methods import GET_AND_POST

from ..lists.keyset import count_text
from ..models import Contact, EmailStatus, Fact, Lookup
from . import saved_views
from .access import Desk, desk_of, page
from .jobs import about, offered, start
from .prospect import MOST_FACTS, sources_of
from .prospect_list import Chip

PAGE = 50
CONTACT = r"contacts/(?P<contact_id>\d{1,18})"


def show_all(request: HttpRequest) -> HttpResponse:
    """The newest first; `q` is how name or address begin, `status` that of the address."""
    desk = desk_of(request)
    given = asked(request)
    text, status = given["text"], given["status"]
    found = find(desk, **given)
    before = request.GET.get("before", "")
    older = found.filter(pk__lt=int(before)) if before.isascii() and before.isdigit() and len(before) < 19 else found
    rows = list(older.select_related("company").order_by("-pk")[: PAGE + 1])
    query = urlencode({name: value for name, value in (("q", text), ("status", status)) if value})
    return render(
        request,
        "prospects/contacts.html",
        {
            "rows": rows[:PAGE],
            "total": count_text(found),
            "text": text,
            "status": status,
            "states": _states(text, status),
            "query_text": query,
            "next_url": _url(query, before=str(rows[PAGE - 1].pk)) if len(rows) > PAGE else None,
            "first_url": _url(query) if before else None,
            "empty": not (rows or query or before),
            "views": saved_views.views_for(desk, "contacts", query),
            "page_name": "contacts",
        },
    )


def asked(request: HttpRequest) -> dict[str, str]:
    """What the address asks for; an unknown status asks for all."""
    status = request.GET.get("status", "")
    return {
        "text": request.GET.get("q", "").strip()[:200],
        "status": status if status in EmailStatus.values else "",
    }


def find(desk: Desk, *, text: str, status: str) -> QuerySet[Contact]:
    found = Contact.objects.filter(tenant_id=desk.tenant_id)
    if text:
        found = found.filter(Q(name__icontains=text) | Q(email__istartswith=text) | Q(employer__icontains=text))
    return found.filter(email_status=status) if status else found


def _states(text: str, status: str) -> list[Chip]:
    base = {"q": text} if text else {}
    links = [("", "All"), *((str(value), str(label)) for value, label in EmailStatus.choices)]
    return [
        Chip(text=label, url=_url(urlencode(base | ({"status": value} if value else {}))), current=value == status)
        for value, label in links
    ]


def _url(query: str, **more: str) -> str:
    whole = "&".join(part for part in (query, urlencode(more)) if part)
    address = reverse("prospects:contacts")
    return f"{address}?{whole}" if whole else address


def show(request: HttpRequest, contact_id: str) -> HttpResponse:
    desk = desk_of(request)
    contact = _found(desk, contact_id)
    facts, lookups = Fact.objects.filter(contact=contact), Lookup.objects.filter(contact=contact)
    return render(
        request,
        "prospects/contact.html",
        {
            "contact": contact,
            "sources": sources_of(facts[:MOST_FACTS], lookups),
            "jobs": about(desk, contact.key, str(contact.pk)),
            "may_enrich": desk.writes and offered("contact-enrichment"),
        },
    )


def _found(desk: Desk, contact_id: str) -> Contact:
    found = Contact.objects.filter(tenant_id=desk.tenant_id, pk=int(contact_id)).select_related("company").first()
    if found is None:
        raise Http404("There is no such contact.")
    return found


def act(request: HttpRequest, contact_id: str) -> HttpResponse:
    """POST: ask the sources about this person."""
    contact = _found(desk_of(request), contact_id)
    if request.method == "POST":
        data = {"contactId": contact.key, "companyId": contact.company.key}
        if contact.email:
            data["email"] = contact.email
        if contact.linkedin_slug:
            data["linkedinUrl"] = f"https://www.linkedin.com/in/{contact.linkedin_slug}"
        start(request, "contact-enrichment", data)
    return HttpResponseRedirect(reverse("prospects:contact", args=[contact.pk]))


urls = [
    page("contacts", show_all, name="contacts"),
    page(CONTACT, show, name="contact"),
    page(f"{CONTACT}/start", act, name="contact-start", methods=GET_AND_POST),
]
