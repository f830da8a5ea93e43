"""One row of each kind in Acme, and who asks for them."""

from decimal import Decimal
from typing import Any

from django.core.files.base import ContentFile
from django.test import Client
from django.utils import timezone
from rest_framework.test import APIClient

from accounts import tokens
from accounts.callers import session_caller
from accounts.models import ApiToken, Membership, Organisation, User
from jobs.alerts.models import Alert
from jobs.models import Job
from jobs.webhooks.models import WebhookDelivery, WebhookEndpoint, WebhookMessage, WebhookSecret
from pricing.ingestion import uploading
from pricing.models import Batch, Contract, Series, ValueImport
from prospects.companies import ensure_company
from prospects.models import Contact, HealthAlert, HealthScore, Match, Prospect, SavedView
from prospects.names import name_key
from prospects.transfers import actions
from reports.models import Report
from research.models import Insights, Research, SectorAnalysis, Stock, StockAnalysis, SubSector
from tests.pricing.deals import batch, calculated, contract, publish_golden

from .rows import ROLES

TENANT = "acme"
DOMAIN = "readers.example"
#: In the place of each id: one of the same form that nobody has.
NOWHERE = {
    "uuid": "00000000-0000-0000-0000-000000000000",
    "number": "999999999",
    "word": "nowhere",
    "research": "res_aaaaaaaaaaaaaaaa",
    "report": "rep_aaaaaaaaaaaaaaaa",
    "endpoint": "whe_nowhere",
    "delivery": "whd_nowhere",
}


def people() -> dict[str, User]:
    """A user for each role; besides them `reader`, and `colleague`, a further member."""
    acme = Organisation.objects.create(slug=TENANT, name="Acme")
    globex = Organisation.objects.create(slug="globex", name="Globex")
    users = {role: User.objects.create_user(f"{role}@acme.example") for role in ROLES[1:-1]}
    users["admin"] = User.objects.create_user("admin@acme.example", role="admin")
    users["reader"] = User.objects.create_user(f"reader@{DOMAIN}", email_verified=True)
    Membership.objects.create(user=users["stranger"], organisation=globex, role="tenant-admin")
    users["colleague"] = User.objects.create_user("colleague@acme.example")
    Membership.objects.create(user=users["colleague"], organisation=acme, role="member")
    for role in ("viewer", "member", "tenant-admin"):
        Membership.objects.create(user=users[role], organisation=acme, role=role)
    Membership.objects.create(user=users["admin"], organisation=acme, role="tenant-admin")
    return users


def browsers(users: dict[str, User], **options: Any) -> dict[str, Client]:
    found = {"anonymous": Client(raise_request_exception=False, **options)}
    for role, user in users.items():
        found[role] = Client(raise_request_exception=False, **options)
        found[role].force_login(user)
    return found


def callers(users: dict[str, User]) -> dict[str, APIClient]:
    return {"anonymous": APIClient(raise_request_exception=False)} | {
        role: caller(user) for role, user in users.items() if role != "reader"
    }


def caller(user: User, **options: Any) -> APIClient:
    home = user.memberships.get().organisation
    _, secret = tokens.issue(user=user, organisation=home, name="test", **options)
    client = APIClient(raise_request_exception=False)
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {secret}")
    return client


def ids(users: dict[str, User]) -> dict[str, str]:
    """Make the rows; returns the id of each by its name in the paths of the tables."""
    member = users["member"]
    return {**_of_jobs(member), **_of_prospects(member), **_of_research(member), **_of_pricing(member)}


def unknown(known: dict[str, str]) -> dict[str, str]:
    """The same names, for what does not exist."""
    kinds = {
        "uuid": ("prospect", "view", "import", "upload", "value_import", "calculation"),
        "number": ("company", "contact", "match", "alert", "token", "console_alert"),
        "research": ("research",),
        "report": ("report",),
        "endpoint": ("endpoint",),
        "delivery": ("delivery",),
    }
    forms = {name: form for form, names in kinds.items() for name in names}
    return {name: NOWHERE[forms.get(name, "word")] for name in known}


def _of_jobs(member: User) -> dict[str, str]:
    client = caller(member)
    body = {"type": "ucc-ingestion", "data": {"state": "NY"}, "options": {"jobId": "theirs"}}
    assert client.post("/api/jobs", body, format="json").status_code == 202
    step = {"type": "ucc-ingestion", "data": {"state": "TX"}}
    flow = client.post("/api/workflows", {"id": "flow", "jobs": {"one": step}}, format="json")
    assert flow.status_code == 202, flow.content
    bundle = {"type": step["type"], "items": [step["data"]], "onComplete": step}
    made = client.post("/api/jobs/batch", bundle, format="json")
    assert made.status_code == 202, made.content
    endpoint = WebhookEndpoint.objects.create(
        public_id="whe_1", tenant_id=TENANT, url="https://hooks.example/in", events=["*"]
    )
    WebhookSecret.objects.create(endpoint=endpoint, secret="whsec_x")
    message = WebhookMessage.objects.create(public_id="msg_1", tenant_id=TENANT, event_type="a.b", data={})
    job = Job.objects.get(public_id="theirs")
    WebhookDelivery.objects.create(
        public_id="whd_1", message=message, endpoint=endpoint, tenant_id=TENANT, url=endpoint.url, job_key=job.pk,
        job_id="theirs", attempt=1, succeeded=True, status_code=200, duration_ms=5, sent_at=timezone.now(),
    )  # fmt: skip
    alert = Alert.objects.create(rule="queue-depth", severity="warning", message="Too many wait.")
    return {
        "job": "theirs", "workflow": "flow", "batch": made.json()["batch"]["id"], "endpoint": "whe_1",
        "delivery": "whd_1", "console_alert": str(alert.pk),
    }  # fmt: skip


def _of_prospects(member: User) -> dict[str, str]:
    company = ensure_company(tenant_id=TENANT, key="comp_1", name="Beta Mills LLC")
    prospect = Prospect.objects.create(
        tenant_id=TENANT, name="Beta Mills", name_key=name_key("Beta Mills"), state="TX", source="file", filing_count=1
    )
    prospect.refresh_from_db()
    contact = Contact.objects.create(
        tenant_id=TENANT, company=company, key="cont_1", name="Ada", email="a@beta.example"
    )
    match = Match.objects.create(
        tenant_id=TENANT, prospect=prospect, company=company, similarity=Decimal(80), status="doubtful"
    )
    score = HealthScore.objects.create(
        tenant_id=TENANT, company=company, score=Decimal(40), grade="D", factors=[], coverage=Decimal(1),
        weights_version=0,
    )  # fmt: skip
    alert = HealthAlert.objects.create(tenant_id=TENANT, company=company, health_score=score, reason="It fell.")
    view = SavedView.objects.create(tenant_id=TENANT, user=member, page="prospects", name="Mine")
    upload = actions.take_in(
        content=b"Key,Name\nk,New Mills\n",
        file_name="a.csv",
        kind="companies",
        caller=session_caller(member),
        user=member,
    )
    for row in (view, upload):
        row.refresh_from_db()
    return {
        "company": str(company.pk), "company_key": company.key, "prospect": str(prospect.public_id),
        "contact": str(contact.pk), "match": str(match.pk), "alert": str(alert.pk), "view": str(view.public_id),
        "import": str(upload.public_id), "token": str(ApiToken.objects.get(user=member).pk),
    }  # fmt: skip


def _of_research(member: User) -> dict[str, str]:
    company = ensure_company(tenant_id=TENANT, key="comp_1", name="Beta Mills LLC")
    common = {"tenant_id": TENANT}
    now = timezone.now()
    research = Research.objects.create(
        **common, company=company, job_id="research_1", backend="analyst", status="complete", confidence=Decimal("0.5"),
        sentiment="neutral", completed_at=now,
    )  # fmt: skip
    sector = SectorAnalysis.objects.create(**common, name="Energy", user_id=member.public_id, status="active")
    sub = SubSector.objects.create(**common, sector=sector, position=1, name="Oil", symbols=["OIL"])
    stock = Stock.objects.create(
        **common, sub_sector=sub, symbol="OIL", name="Oil", rank=1, composite=Decimal(1), coverage=Decimal(1),
        status="completed", factors={},
    )  # fmt: skip
    analysis = StockAnalysis.objects.create(**common, stock=stock, variation=0, job_id="analysis_1", status="failed")
    verdict = {"leaning": "neutral", "text": "Neither.", "facts": []}
    data = {"verdict": verdict, "metrics": [], "confidence": "0.5", "disclaimers": []}
    insights = Insights.objects.create(**common, analysis=analysis, job_id="format_1", data=data)
    parts = ("metrics", "scores", "charts", "insights", "recommendations", "research", "sources")
    content = {"companyName": company.name, "isCut": False, **{name: [] for name in parts}}
    report = Report(
        **common, kind="weekly", format="pdf", title="A week", job_id="report_1", user_id=member.public_id,
        content=content,
    )  # fmt: skip
    report.file.save("a.pdf", ContentFile(b"%PDF"), save=True)
    return {
        "research": research.public_id, "sector": sector.public_id, "sub": sub.public_id, "stock": stock.public_id,
        "analysis": analysis.public_id, "insights": insights.public_id, "report": report.public_id,
    }  # fmt: skip


def _of_pricing(member: User) -> dict[str, str]:
    publish_golden()
    contract(lines=1)
    batch()
    calculation = calculated()
    file = b"series_code,as_of_date,value,version_tag\nWTI,2026-03-05,81,final\n"
    upload = uploading.take_in(pieces=[file], file_name="v.csv", caller=session_caller(member), user=member)
    upload.refresh_from_db()
    done = ValueImport.objects.filter(tenant_id=TENANT).latest("pk")
    return {
        "series": Series.objects.get(code="WTI").code, "contract": Contract.objects.get().code,
        "price_batch": Batch.objects.get().code, "calculation": str(calculation.public_id),
        "upload": str(upload.public_id), "value_import": str(done.public_id),
    }  # fmt: skip
