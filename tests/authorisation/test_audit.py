"""Every form of a page that changes something leaves an entry of the audit trail: who, what, of which, and in which
organisation. The routes are those of the matrix, so that a page that is added is asked for here too."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction

from accounts.models import AuditEntry
from jobs.models import Job

from .conftest import World
from .forms import FORMS, Form
from .rows import Row
from .tables import ROWS

POSTS = [row for row in ROWS if row.method == "POST" and row.by_session and not row.name.endswith("unknown")]
#: Pages whose forms leave no entry, and why.
EXCEPTIONS = {
    "accounts:sign-out": "Ends the session of this browser; nothing of anybody's is changed.",
    "accounts:organisation": "Chosen in the session of this browser, for what it shows.",
    "accounts:forgotten": "Nobody is signed in; what is written counts the tries. The mail changes nothing.",
}
#: Pages that need a password or a mailed link: tests/accounts/pages sends them and looks for their entries.
ELSEWHERE = {"accounts:sign-in", "accounts:password", "accounts:reset"}
#: Who only starts a job leaves that: its row says who, what, about what and for whom, and its events say when.
OF_A_JOB = {"jobs_job", "jobs_event", "jobs_notice", "accounts_quotause", "research_quotaunit"}
#: Of no organisation: they belong to whoever runs the installation.
SITE_WIDE = {"queue", "schedule", "worker", "alert"}


@dataclass(frozen=True, kw_only=True)
class Seen:
    """What one form did. tables: those that were written to. started: whether there is a job of the actor's now."""

    status: int
    tables: set[str]
    entries: list[AuditEntry]
    started: bool


def test_every_form_that_changes_something_says_who_changed_what(made: World) -> None:
    silent = {}
    for row in POSTS:
        for number, form in enumerate(FORMS.get(row.name, (Form(values=dict(row.body)),))):
            if row.name not in EXCEPTIONS and row.name not in ELSEWHERE:
                seen = _send(made, row, form)
                if problem := _problem(made, row, seen):
                    silent[row.name, number] = problem

    assert silent == {}


def test_no_exception_is_kept_for_a_page_that_is_gone() -> None:
    assert {*EXCEPTIONS, *ELSEWHERE, *FORMS} <= {row.name for row in POSTS}
    assert not FORMS.keys() & (EXCEPTIONS.keys() | ELSEWHERE)


def _problem(made: World, row: Row, seen: Seen) -> str:
    if not seen.tables and not seen.entries:
        return f"changed nothing ({seen.status}); give it a form that does"
    if not seen.entries:
        said = seen.started and seen.tables <= OF_A_JOB
        return "" if said else f"wrote to {sorted(seen.tables)}, and no entry says so"
    actor = made.users[_role(row)].public_id
    wrong = [
        str(one)
        for one in seen.entries
        if one.actor != actor or not one.target_id or (one.tenant_id != "acme" and one.target_type not in SITE_WIDE)
    ]
    return f"entries without their actor, object or organisation: {wrong}" if wrong else ""


def _role(row: Row) -> str:
    return {"console": "admin", "own-webhooks": "tenant-admin"}.get(row.name.partition(":")[0], "member")


def _send(made: World, row: Row, form: Form) -> Seen:
    browser, user = made.browsers[_role(row)], made.users[_role(row)]
    kept = deepcopy(browser.cookies)
    with transaction.atomic():
        if form.prepare:
            form.prepare(made)
        entries = set(AuditEntry.objects.values_list("pk", flat=True))
        jobs = set(Job.objects.values_list("pk", flat=True))
        values = {name: _filled(value, made) for name, value in form.values.items()}
        with _written() as tables:
            answer = browser.post((form.path or row.path).format(**made.ids), values)
        seen = Seen(
            status=answer.status_code,
            tables=tables,
            entries=list(AuditEntry.objects.exclude(pk__in=entries)),
            started=Job.objects.exclude(pk__in=jobs).filter(user_id=user.public_id, tenant_id="acme").exists(),
        )
        transaction.set_rollback(True)
    browser.cookies = kept
    return seen


def _filled(value: Any, made: World) -> Any:
    if callable(value):
        return value(made)
    if hasattr(value, "seek"):
        value.seek(0)
    return value.format(**made.ids) if isinstance(value, str) and re.fullmatch(r"\{\w+\}", value) else value


@contextmanager
def _written() -> Iterator[set[str]]:
    """The tables in which rows are inserted, changed or deleted meanwhile, but for sessions and the trail itself."""
    found: set[str] = set()

    def note(execute: Callable[..., Any], sql: Any, params: Any, many: bool, context: dict[str, Any]) -> Any:
        result = execute(sql, params, many, context)
        if context["cursor"].rowcount:
            found.update(re.findall(r'(?<!FOR )(?<!DO )\b(?:INSERT INTO|UPDATE|DELETE FROM) "?(\w+)"?', str(sql)))
            found.difference_update({"django_session", "accounts_auditentry", "accounts_tries"})
        return result

    with connection.execute_wrapper(note):
        yield found
