"""USPTO Open Data Portal: patent applications and grants by applicant.

Source: POST /api/v1/patent/applications/search with a key. One call at a time; 404 means that
nothing was found; after 429 at least five seconds must pass.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from .errors import RateLimited
from .http import Answer, Client
from .loose_json import day, mapping, mappings, text, texts, whole

NAME = "uspto"
KEPT = timedelta(days=7)
#: Most rows of one answer.
PAGE = 100
LEAST_PAUSE_SECONDS = 5.0
_ABOUT = "applicationMetaData"


@dataclass(frozen=True, kw_only=True)
class Patent:
    """An application, granted where `granted_on` is given. assignees: who it belongs to now, as recorded."""

    application_number: str
    title: str
    filed_on: date | None
    granted_on: date | None
    patent_number: str
    applicant: str
    assignees: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Found:
    """total: how many there are; patents: those of the asked page."""

    total: int
    patents: tuple[Patent, ...]


def patents(client: Client, applicant: str, *, filed: tuple[date, date] | None = None, offset: int = 0) -> Found:
    """Applications whose first applicant is this name, the last filed first; up to a hundred from `offset` on.

    filed: first and last day of filing; any where not given.
    """
    asked: dict[str, Any] = {
        "q": f'{_ABOUT}.firstApplicantName:"{_quoted(applicant)}"',
        "sort": [{"field": f"{_ABOUT}.filingDate", "order": "desc"}],
        "pagination": {"offset": offset, "limit": PAGE},
    }
    if filed:
        since, until = filed
        asked["rangeFilters"] = [
            {"field": f"{_ABOUT}.filingDate", "valueFrom": since.isoformat(), "valueTo": until.isoformat()}
        ]
    answer = _search(client, asked)
    if answer.status == 404:
        return Found(total=0, patents=())
    body = mapping(answer.json())
    rows = body.get("patentFileWrapperDataBag")
    if not isinstance(rows, list):
        raise answer.bad("it has no patentFileWrapperDataBag")
    found = tuple(_patent(row) for row in mappings(rows) if text(row.get("applicationNumberText")))
    return Found(total=whole(body.get("count")) or len(found), patents=found)


def _search(client: Client, asked: dict[str, Any]) -> Answer:
    try:
        return client.post("/api/v1/patent/applications/search", json=asked, cache=KEPT, empty=(404,))
    except RateLimited as error:
        if error.status == 429 and (error.retry_after or 0) < LEAST_PAUSE_SECONDS:
            raise client.throttled(LEAST_PAUSE_SECONDS, str(error)) from error
        raise


def _quoted(name: str) -> str:
    """The inside of a quoted phrase of the search language."""
    return " ".join(name.replace("\\", " ").replace('"', " ").split())


def _patent(row: dict[str, Any]) -> Patent:
    about = mapping(row.get(_ABOUT))
    recorded = [one for bag in mappings(row.get("assignmentBag")) for one in mappings(bag.get("assigneeBag"))]
    return Patent(
        application_number=text(row["applicationNumberText"]),
        title=text(about.get("inventionTitle")),
        filed_on=day(about.get("filingDate")),
        granted_on=day(about.get("grantDate")),
        patent_number=text(about.get("patentNumber")),
        applicant=text(about.get("firstApplicantName")),
        assignees=texts([one.get("assigneeNameText") for one in recorded]),
    )
