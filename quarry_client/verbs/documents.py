"""Research, lists that go in, reports and prices that come out."""

import hashlib
import json
import os
import re
import secrets
import tempfile
from collections.abc import Mapping
from pathlib import Path

from .. import endpoints
from ..answers import checked
from ..calls import Calls, request_to
from ..errors import NotReachable
from ..reading import read
from ..transport import Body, Opened
from ..values import (
    Calculation,
    CalculationPage,
    Import,
    Job,
    Quota,
    Report,
    ReportPage,
    Research,
    ResearchReceipt,
)


class DocumentVerbs(Calls):
    # --- Research -------------------------------------------------------------------------------
    def research(
        self, company: str, *, force_refresh: bool = False, domain: str | None = None, priority: int | str | None = None
    ) -> ResearchReceipt:
        """Ask for a research about a company by its id; takes one of the month's units. Raises QuotaExceeded."""
        body = {"forceRefresh": force_refresh or None, "domain": domain, "priority": priority}
        answer = self._send(endpoints.ASK_RESEARCH, {"company_id": company}, body=body)
        told = answer.json()
        return ResearchReceipt(job=read(Job, told), quota=read(Quota, told.get("quota")), raw=told)

    def research_result(self, company: str) -> Research:
        """The newest research about a company that is complete. Raises NotFound where there is none."""
        return self._get(endpoints.RESEARCH, company_id=company)

    # --- Lists in -------------------------------------------------------------------------------
    def upload(
        self,
        file: Path | str,
        *,
        kind: str,
        dry_run: bool = False,
        mapping: Mapping[str, str | int] | None = None,
    ) -> Import:
        """A CSV or XLSX of `prospects`, `companies`, `contacts` or `figures`, stored as a job: its `job_id`.

        dry_run: only a draft with its `preview`, which `start_import` starts. mapping: field to header, or to
        the column's place from 0. The same file twice stores nothing twice. Raises OSError where it cannot be read.
        """
        path = Path(file)
        fields = {"kind": kind, "dryRun": "true" if dry_run else "false"}
        if mapping is not None:
            fields["mapping"] = json.dumps(dict(mapping))
        body = form(fields, file_name=path.name, content=path.read_bytes())
        return self._read(endpoints.UPLOAD, self._send(endpoints.UPLOAD, {}, body=body))

    def import_(self, import_id: str) -> Import:
        return self._get(endpoints.IMPORT, import_id=import_id)

    def start_import(self, import_id: str, *, mapping: Mapping[str, str | int] | None = None) -> Import:
        """Raises Conflict where it has been started."""
        return self._do(endpoints.START_IMPORT, body={"mapping": mapping}, import_id=import_id)

    # --- Reports --------------------------------------------------------------------------------
    def reports(
        self,
        *,
        kind: str | None = None,
        format: str | None = None,  # noqa: A002  the API's word
        company: str | None = None,
        batch: str | None = None,
        job: str | None = None,
        query: str | None = None,
        limit: int = 50,
        cursor: str | None = None,
    ) -> ReportPage:
        """The newest first. query: a part of the title."""
        conditions = {"kind": kind, "format": format, "companyId": company, "batchId": batch, "jobId": job, "q": query}
        return self._get(endpoints.REPORTS, query={**conditions, "limit": limit, "cursor": cursor})

    def report(self, report_id: str) -> Report:
        return self._get(endpoints.REPORT, report_id=report_id)

    def download(self, report: Report | str, to: Path | str) -> Path:
        """Store a report's file at `to`, whole or not at all, replacing what is there. Raises Conflict without a file.

        What arrives is held against the report's checksum; raises NotReachable where it does not fit.
        """
        found = report if isinstance(report, Report) else self.report(report)
        request = request_to(endpoints.DOWNLOAD, {"report_id": found.id})
        target = Path(to)
        with self._transport.opened(request, Accept="*/*") as opened:
            if opened.status != 200:
                checked(opened.rest())
            _store(opened, target, found.file.sha256 if found.file else None)
        return target

    # --- Prices ---------------------------------------------------------------------------------
    def calculations(
        self, *, batch: str | None = None, job: str | None = None, limit: int = 50, cursor: str | None = None
    ) -> CalculationPage:
        """The newest first. batch: a pricing batch's id."""
        query = {"batchId": batch, "jobId": job, "limit": limit, "cursor": cursor}
        return self._get(endpoints.CALCULATIONS, query=query)

    def calculation(self, calculation_id: str, *, limit: int = 500, cursor: str | None = None) -> Calculation:
        """With a page of its `items`; `next_cursor` leads to the next page."""
        query = {"limit": limit, "cursor": cursor}
        return self._get(endpoints.CALCULATION, query=query, calculation_id=calculation_id)


def form(fields: Mapping[str, str], *, file_name: str, content: bytes) -> Body:
    """multipart/form-data (RFC 7578) of fields and one file under the name `file`."""
    boundary = f"quarry-{secrets.token_hex(16)}"
    parts = [
        f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in fields.items()
    ]
    # Quotes as the server reads them; no file's name is worth a line of its own.
    safe = re.sub(r"[\x00-\x1f]", "_", file_name).replace("\\", "\\\\").replace('"', '\\"')
    head = f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="{safe}"\r\n'
    opening = f"{''.join(parts)}{head}Content-Type: application/octet-stream\r\n\r\n"
    whole = opening.encode() + content + f"\r\n--{boundary}--\r\n".encode()
    return Body(content=whole, content_type=f"multipart/form-data; boundary={boundary}")


def _store(opened: Opened, target: Path, sha256: str | None) -> None:
    """Beside the target first, so that nobody finds half a file."""
    digest = hashlib.sha256()
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            for piece in opened.pieces():
                digest.update(piece)
                file.write(piece)
        if sha256 is not None and digest.hexdigest() != sha256:
            raise NotReachable("The file did not arrive whole; download it again.", sent=True)
        os.replace(name, target)
    except BaseException:
        os.unlink(name)
        raise
