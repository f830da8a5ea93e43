"""What GET /api/schema says of the API as a whole; the parts say the views themselves."""

from typing import Any

VERSION = "1"

_ABOUT = """\
Bodies are JSON objects, answers JSON in camelCase; snake_case names are understood as well. Times are ISO 8601 in UTC
with `Z`, durations whole milliseconds, absent values `null`. Each path works with and without a slash at its end.

Every error is `{"error": {"code", "message", "fields"?}}`. Another method than those listed answers 405 with `Allow`;
something unforeseen 500 `internal_error`, and `X-Request-ID` leads to the log.
"""

#: The first words of paths, in the order in which they are shown.
TAGS = {
    "jobs": "Jobs: creating them, following them, and what may be done to them.",
    "workflows": "Jobs that wait for jobs.",
    "batches": "Many jobs of one type with one more that runs when all have ended.",
    "queues": "Queues: what they hold, by which rules, and what operators do to them.",
    "events": "Server-sent events for live pages.",
    "schedules": "What fires when.",
    "workers": "The processes that run jobs.",
    "webhooks": "Being told of events by signed requests.",
    "health": "The state of the whole.",
    "deploys": "When which version went live.",
    "prospects": "Prospects and their filings, scores and facts.",
    "companies": "Companies, their scores, signals and facts.",
    "imports": "Lists of prospects, companies, contacts or figures as files.",
    "research": "Reports about companies, every statement of which leads to its facts.",
    "sectors": "The sector pipeline as a tree.",
    "sub-sectors": "Groups of peers, which somebody approves before they cost anything.",
    "stock-analyses": "Attempts to describe a share, and their verdicts.",
    "insights": "Approved analyses as data.",
    "market": "Shares, their prices and figures.",
    "series": "Index values that prices follow.",
    "contracts": "Contracts and their versions.",
    "pricing": "Batches of contract lines to be priced.",
    "calculations": "Prices with every step of their derivation.",
    "reports": "Reports and their files.",
    "schema": "This description.",
}
_SECURITY = {
    "bearer": {"type": "http", "scheme": "bearer", "description": "A token made with `manage.py create_token`."},
    "session": {
        "type": "apiKey",
        "in": "cookie",
        "name": "sessionid",
        "description": "A browser's session; what changes something carries `X-CSRFToken` too.",
    },
}


def api_schema_settings() -> dict[str, Any]:
    return {
        "TITLE": "Quarry",
        "VERSION": VERSION,
        "DESCRIPTION": _ABOUT,
        "OAS_VERSION": "3.1.1",
        "DEFAULT_GENERATOR_CLASS": "jobs.api.openapi.routes.Generator",
        "SCHEMA_PATH_PREFIX": "/api",
        "SERVE_PERMISSIONS": [],
        "POSTPROCESSING_HOOKS": [],
        "SORT_OPERATIONS": False,
        "SORT_OPERATION_PARAMETERS": False,
        "TAGS": [{"name": name, "description": about} for name, about in TAGS.items()],
        "APPEND_COMPONENTS": {"securitySchemes": _SECURITY},
    }
