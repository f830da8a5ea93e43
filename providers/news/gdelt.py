"""GDELT's search of the last three months' news, by words in the articles.

Source: GDELT DOC 2 API, mode artlist. It says nothing of an article's tone. It takes one request every
five seconds and answers too many with 429, or with 200 and a sentence; wrong questions likewise.
"""

import json
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

from ..errors import BadPayload, Rejected
from ..http import Answer, Client
from ..loose_json import mappings, text
from .articles import Article, canonical_url, domain_of

NAME = "gdelt"
#: Of a kept answer. New articles appear every quarter of an hour, and questions are dear.
KEPT = timedelta(hours=6)
#: Most that the source gives at once.
MOST = 250
#: Shorter phrases in quotes are refused.
_SHORTEST_PHRASE = 5
#: Days that the source looks back at most.
_MOST_DAYS = 90
_PAUSE_SECONDS = 5.0


def articles(client: Client, name: str, *, days: int = 7, most: int = 75, language: str = "english") -> list[Article]:
    """Articles that mention the name, newest first; none is an empty list.

    `published_at` is when GDELT saw them. language: as GDELT names it, such as english; empty for all.
    days: 1 to 90. Raises Rejected for a name without a word to search for.
    """
    answer = client.get(
        "/api/v2/doc/doc",
        params={
            "query": _query(name, language),
            "mode": "artlist",
            "format": "json",
            "sort": "datedesc",
            "maxrecords": max(1, min(most, MOST)),
            "timespan": f"{max(1, min(days, _MOST_DAYS))}d",
        },
        cache=KEPT,
    )
    body = _body(client, answer)
    # Without a hit the answer is an empty object.
    found = body.get("articles", []) if isinstance(body, dict) else None
    if not isinstance(found, list):
        raise answer.bad("it has no list named articles")
    return list(_read(mappings(found)))


def _query(name: str, language: str) -> str:
    # Quotes and brackets are GDELT's own syntax, and no part of a company's name that it looks for.
    words = " ".join("".join(char if char.isalnum() or char in "&'.-" else " " for char in name).split())
    if not any(char.isalnum() for char in words):
        raise Rejected("GDELT is asked for a name with at least one word.", provider=NAME)
    phrase = f'"{words}"' if len(words) >= _SHORTEST_PHRASE else words
    return f"{phrase} sourcelang:{language}" if language else phrase


def _body(client: Client, answer: Answer) -> Any:
    try:
        return answer.json()
    except BadPayload as error:
        said = answer.text().strip()
        if "limit requests" in said.lower():
            raise client.throttled(
                _PAUSE_SECONDS, "GDELT asks for one request every five seconds; the job goes on after a pause."
            ) from error
        if said.startswith("{"):
            return _mended(answer)
        if not said or said.startswith("<"):
            raise
        raise Rejected(f"GDELT refuses the question. It says: {error.body}", provider=NAME, body=error.body) from error


def _mended(answer: Answer) -> Any:
    """Titles may hold raw control characters, which JSON forbids."""
    try:
        return json.loads(answer.text(), strict=False)
    except ValueError:
        raise answer.bad("it is no JSON") from None


def _read(found: Iterable[dict[str, Any]]) -> Iterable[Article]:
    for item in found:
        url, title = text(item.get("url"), 2000), text(item.get("title"), 1000)
        try:
            canonical = canonical_url(url)
        except ValueError:
            continue
        if title:
            yield Article(
                url=url,
                canonical_url=canonical,
                title=title,
                published_at=_seen_at(text(item.get("seendate"))),
                domain=text(item.get("domain")).lower().removeprefix("www.") or domain_of(url),
                language=text(item.get("language")).lower(),
                source=text(item.get("domain")) or domain_of(url),
            )


def _seen_at(given: str) -> datetime | None:
    try:
        return datetime.strptime(given, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    except ValueError:
        return None
