"""One of each thing that the API shows, so that requests get past "there is no such thing"."""

from dataclasses import dataclass
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from rest_framework.test import APIClient

from jobs.schedules.registration import sync
from prospects.models import Company, Prospect
from research.models import SectorAnalysis, SubSector


@dataclass(frozen=True, kw_only=True)
class Rows:
    #: By the start of a path template and the name of a parameter in it.
    known: dict[tuple[str, str], str]

    def of(self, template: str, name: str) -> str | None:
        fitting = [
            (start, value) for (start, key), value in self.known.items() if key == name and template.startswith(start)
        ]
        return max(fitting)[1] if fitting else None


def store_rows(boss: APIClient) -> Rows:
    sync()
    company = Company.objects.create(tenant_id="acme", key="comp_1", name="Acme Widgets")
    prospect = Prospect.objects.create(
        tenant_id="acme", name="Widgets Inc", name_key="widgets", state="NY", source="file", filing_count=0
    )
    sector = SectorAnalysis.objects.create(tenant_id="acme", name="Energy")
    sub_sector = SubSector.objects.create(tenant_id="acme", sector=sector, position=1, name="Solar")
    send = _Sender(boss)
    send("/api/jobs", {"type": "scoring", "data": {"companyId": company.key}, "options": {"jobId": "fuzz-1"}})
    send("/api/workflows", {"id": "fuzz-flow", "jobs": {"a": {"type": "scoring", "data": {"companyId": company.key}}}})
    hook = send("/api/webhooks", {"url": "https://example.com/hook", "events": ["*"]})
    send("/api/series", {"code": "S-1", "currency": "USD"})
    send("/api/deploys", {"version": "1"})
    draft = boss.post(
        "/api/imports",
        {
            "kind": "companies",
            "dryRun": "true",
            "file": SimpleUploadedFile("list.csv", b"Name,Domain\nAcme,acme.example\n"),
        },
        format="multipart",
    )
    return Rows(
        known={
            ("/api/jobs/", "jobId"): "fuzz-1",
            ("/api/jobs/queues", "name"): "scoring",
            ("/api/queues", "name"): "scoring",
            ("/api/schedules", "name"): "ucc-daily",
            ("/api/workflows", "workflowId"): "fuzz-flow",
            ("/api/webhooks", "endpointId"): hook["id"],
            ("/api/series", "code"): "S-1",
            ("/api/prospects", "prospectId"): str(Prospect.objects.get(pk=prospect.pk).public_id),
            ("/api/companies", "key"): company.key,
            ("/api/research", "companyKey"): company.key,
            ("/api/sectors", "sectorId"): sector.public_id,
            ("/api/sub-sectors", "subSectorId"): sub_sector.public_id,
            ("/api/imports", "importId"): draft.json()["id"],
        }
    )


class _Sender:
    def __init__(self, client: APIClient) -> None:
        self._client = client

    def __call__(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        answer = self._client.post(path, body, format="json")
        assert answer.status_code < 300, answer.content
        found: dict[str, Any] = answer.json()
        return found
