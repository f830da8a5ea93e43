"""The audit trail: who did what to what, when, and how it ended."""

import csv
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse

from accounts.models import AuditEntry

from ..search.qualifiers import Qualifier, time_of
from .routing import page

PAGE = 50
#: Rows of one export; the newest.
MOST_EXPORTED = 100_000
FIELDS = ("actor", "action", "target", "outcome", "since", "until")
_WHEN = Qualifier(name="when", help="", example="7d", parse=time_of)
#: Pages of targets, by target type.
_PAGES = {"job": "console:job", "queue": "console:queue", "schedule": "console:schedule"}


@dataclass(frozen=True, kw_only=True)
class Line:
    entry: AuditEntry
    url: str | None
    changes: list[tuple[str, str, str]]
    details: list[tuple[str, str]]


def show(request: HttpRequest) -> HttpResponseBase:
    given = {name: request.GET.get(name, "").strip()[:200] for name in FIELDS}
    entries, problems = _filtered(given)
    if request.GET.get("format") == "csv":
        return _export(entries)
    before = request.GET.get("before", "")
    after = request.GET.get("after", "")
    rows, older, newer = _page(entries, _number(before), _number(after))
    kept = {name: value for name, value in given.items() if value}
    return render(
        request,
        "jobs/console/audit.html",
        {
            "lines": [_line(entry) for entry in rows],
            "given": given,
            "filtered": bool(kept),
            "problems": problems,
            "actions": _actions(),
            "older_url": f"?{urlencode({**kept, 'before': older})}" if older else None,
            "newer_url": f"?{urlencode({**kept, 'after': newer})}" if newer else None,
            "export_url": f"?{urlencode({**kept, 'format': 'csv'})}",
        },
    )


def _number(raw: str) -> int | None:
    return int(raw) if raw.isascii() and raw.isdigit() and len(raw) < 19 else None


def _filtered(given: dict[str, str]) -> tuple[QuerySet[AuditEntry], list[str]]:
    entries = AuditEntry.objects.order_by("-id")
    problems = []
    if given["actor"]:
        entries = entries.filter(Q(actor=given["actor"]) | Q(actor_name__istartswith=given["actor"]))
    if given["action"]:
        entries = entries.filter(action__startswith=given["action"])
    if given["target"]:
        entries = entries.filter(Q(target_id=given["target"]) | Q(details__ids__contains=[given["target"]]))
    if given["outcome"]:
        entries = entries.filter(outcome=given["outcome"])
    for name, lookup in (("since", "at__gte"), ("until", "at__lt")):
        if given[name]:
            try:
                entries = entries.filter(**{lookup: _WHEN.parse(given[name])})
            except (ValueError, OverflowError) as error:
                problems.append(f"“{name}” {error}.")
    return entries, problems


def _page(
    entries: QuerySet[AuditEntry], before: int | None, after: int | None
) -> tuple[list[AuditEntry], int | None, int | None]:
    """Rows, and the cursors of the pages before and behind them."""
    if after is not None:
        rows = list(entries.filter(id__gt=after).order_by("id")[: PAGE + 1])
        if len(rows) > PAGE:
            rows = rows[:PAGE][::-1]
            return rows, rows[-1].id, rows[0].id
        before = None
    rows = list((entries.filter(id__lt=before) if before else entries)[: PAGE + 1])
    more = len(rows) > PAGE
    rows = rows[:PAGE]
    return rows, rows[-1].id if more else None, rows[0].id if before and rows else None


def _actions() -> list[str]:
    """The actions there are, read along their index: one step per action, not per entry."""
    found: list[str] = []
    while len(found) < 200:
        last = found[-1] if found else ""
        name = AuditEntry.objects.filter(action__gt=last).order_by("action").values_list("action", flat=True).first()
        if name is None:
            break
        found.append(name)
    return found


def _line(entry: AuditEntry) -> Line:
    details = dict(entry.details)
    before, after = _before_and_after(details)
    return Line(
        entry=entry,
        url=_target_url(entry),
        changes=_changes(before, after),
        details=[(name, _short(value)) for name, value in details.items() if value != ""],
    )


def _before_and_after(details: dict[str, Any]) -> tuple[Any, Any]:
    """Takes out of `details` what was and what is, whichever of the two ways the entry says it."""
    listed = details.get("changes")
    if isinstance(listed, list) and all(isinstance(one, dict) and "setting" in one for one in listed):
        del details["changes"]
        return {one["setting"]: one.get("old") for one in listed}, {one["setting"]: one.get("new") for one in listed}
    return details.pop("old", None), details.pop("new", None)


def _changes(before: Any, after: Any) -> list[tuple[str, str, str]]:
    if not isinstance(before, dict) or not isinstance(after, dict):
        return [] if before is None and after is None else [("", _short(before), _short(after))]
    names = [*before, *(name for name in after if name not in before)]
    return [
        (name, _short(before.get(name)), _short(after.get(name)))
        for name in names
        if before.get(name) != after.get(name)
    ]


def _short(value: Any) -> str:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 300 else text[:299] + "…"


def _target_url(entry: AuditEntry) -> str | None:
    try:
        return reverse(_PAGES[entry.target_type], args=[entry.target_id])
    except (KeyError, NoReverseMatch):
        return None


# --- Export ---------------------------------------------------------------------------------------
class _Echo:
    def write(self, value: str) -> str:
        return value


def cell(value: Any) -> str:
    """A text that no spreadsheet takes for a formula."""
    text = "" if value is None else str(value)
    return "'" + text if text[:1] in {"=", "+", "-", "@", "\t", "\r"} else text


def _export(entries: QuerySet[AuditEntry]) -> HttpResponseBase:
    writer = csv.writer(_Echo())

    def rows() -> Iterator[str]:
        yield writer.writerow(
            ["at", "actor", "actorName", "action", "targetType", "target", "tenant", "outcome", "requestId", "details"]
        )
        for entry in entries[:MOST_EXPORTED].iterator(chunk_size=2000):
            yield writer.writerow(
                [
                    entry.at.isoformat(),
                    *map(
                        cell,
                        (
                            entry.actor,
                            entry.actor_name,
                            entry.action,
                            entry.target_type,
                            entry.target_id,
                            entry.tenant_id,
                            entry.outcome,
                            entry.request_id,
                        ),
                    ),
                    cell(json.dumps(entry.details, ensure_ascii=False)),
                ]
            )

    answer = StreamingHttpResponse(rows(), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = 'attachment; filename="audit.csv"'
    return answer


urls = [page("audit", show, name="audit")]
