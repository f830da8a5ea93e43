"""Commands about research, lists that go in and reports that come out."""

from argparse import Namespace
from pathlib import Path

from ..client import QuarryClient
from ..values import Import, Report, Research, Statement
from . import exits
from .commands_of_jobs import follow
from .screen import Screen
from .show import count, lines, moment


def research(quarry: QuarryClient, screen: Screen, given: Namespace) -> int:
    if given.show:
        found = quarry.research_result(given.company)
        screen.answer(found.raw, _research(found))
        return exits.OK
    asked = quarry.research(given.company, force_refresh=given.force_refresh)
    left = asked.quota.researches_remaining
    screen.say(f"{asked.job.type} job {asked.job.id} enqueued on {asked.job.queue}; {left} left this month")
    if given.watch:
        return follow(quarry, screen, asked.job.id, timeout=given.timeout)
    if screen.as_json:
        screen.answer(asked.raw, "")
    return exits.OK


def _research(found: Research) -> str:
    head = f"{found.company_name}  {moment(found.completed_at)}  by {found.written_by}"
    parts = [f"{head}  confidence {found.confidence_score:.2f}"]
    for section in found.sections:
        parts += [f"\n{section.title}", *([f"  {section.summary}"] if section.summary else [])]
        parts += [f"  - {one.text} {_cited(one)}".rstrip() for one in section.statements]
    if found.sources:
        parts.append("\nSources")
        parts += [f"  [{one.number}] {one.label}  {one.reference or ''}".rstrip() for one in found.sources]
    return "\n".join(parts)


def _cited(statement: Statement) -> str:
    return f"[{', '.join(map(str, statement.sources))}]" if statement.sources else ""


# --- Lists in ---------------------------------------------------------------------------------------
def upload(quarry: QuarryClient, screen: Screen, given: Namespace) -> int:
    taken = quarry.upload(given.file, kind=given.kind, dry_run=given.dry_run, mapping=given.mapping)
    if given.dry_run or not given.watch or taken.job_id is None:
        screen.answer(taken.raw, _taken(taken))
        return exits.INVALID if taken.preview and taken.preview.missing else exits.OK
    screen.say(_taken(taken))
    code = follow(quarry, screen, taken.job_id, timeout=given.timeout)
    for one in quarry.import_(taken.id).rejected_rows:
        problems = "; ".join(f"{problem.column or ''} {problem.message}".strip() for problem in one.problems)
        screen.say(f"  row {one.row}: {problems}")
    return code


def _taken(taken: Import) -> str:
    if taken.preview is None:
        return f"{taken.file_name}: {count(taken.row_count)} {taken.kind} in import {taken.id}, job {taken.job_id}"
    seen = taken.preview
    text = f"{taken.file_name}: {count(seen.checked)} rows checked, {count(seen.wrong)} wrong; draft {taken.id}"
    if seen.missing:
        return f"{text}\nno column for {', '.join(seen.missing)}; name it with --mapping"
    return text


# --- Reports ----------------------------------------------------------------------------------------
def reports(quarry: QuarryClient, screen: Screen, given: Namespace) -> int:
    if given.verb == "download":
        return _download(quarry, screen, given)
    page = quarry.reports(company=given.company, limit=given.limit)
    rows = [(one.id, one.kind, _file(one), moment(one.created_at), one.title) for one in page.reports]
    text = lines(("report", "kind", "file", "created", "title"), rows) if rows else "no report yet"
    screen.answer(page.raw, text)
    return exits.OK


def _download(quarry: QuarryClient, screen: Screen, given: Namespace) -> int:
    report = quarry.report(given.id)
    ending = report.file.type if report.file else report.format
    target = quarry.download(report, given.output or Path(f"{report.id}.{ending}"))
    size = target.stat().st_size
    screen.answer({"id": report.id, "path": str(target), "sizeBytes": size}, f"{target}  {count(size)} bytes")
    return exits.OK


def _file(one: Report) -> str:
    return f"{one.file.type}, {count(one.file.size_bytes)} bytes" if one.file else "page"
