"""Answers kept for a while, in Postgres: bounded by age and size, cleared out on writing."""

import hashlib
import json
import time
import zlib
from collections.abc import Mapping
from datetime import timedelta
from functools import partial
from typing import Any

from django.conf import settings
from django.db import connection
from django.db.models.functions import Now

from ..catalogue import Source
from ..models import KeptAnswer
from .answer import Answer
from .database import release

#: Seconds between two clearances by one process.
CLEARANCE_SECONDS = 60.0
#: Headers worth keeping; the rest says nothing about the body.
KEPT_HEADERS = frozenset({"content-type", "etag", "last-modified", "link"})

_OVER_BUDGET = """
DELETE FROM providers_keptanswer WHERE key IN (
    SELECT key FROM (
        SELECT key, sum(size_bytes) OVER (ORDER BY fetched_at DESC, key) AS so_far FROM providers_keptanswer
    ) AS by_age WHERE so_far > %s)
"""
_cleared_at = -CLEARANCE_SECONDS


def key_of(source: Source, base_url: str, method: str, path: str, parts: dict[str, Any]) -> str:
    """Digest of a request as the caller gave it: our key is added later and never part of it."""
    params = parts.get("params") or []
    shown = [source.name, base_url, method, path, list(params.items()) if isinstance(params, Mapping) else params]
    shown += [dict(parts.get("headers") or {}), parts.get("json")]
    return hashlib.sha256(json.dumps(shown, sort_keys=True, default=str).encode()).hexdigest()


def find(source: Source, key: str, max_age: timedelta) -> Answer | None:
    """The kept answer to a request, unless it is older than `max_age`."""
    row = KeptAnswer.objects.filter(key=key, fetched_at__gt=Now() - max_age).first()
    release()
    if row is None:
        return None
    return Answer(
        status=row.status,
        headers=row.headers,
        content=zlib.decompress(row.body),
        fetched_at=row.fetched_at,
        from_cache=True,
        provider=source.name,
        label=source.label,
        on_bad=partial(forget, key),
    )


def keep(key: str, path: str, answer: Answer, max_age: timedelta) -> None:
    """Keep an answer instead of an older one."""
    body = zlib.compress(answer.content, level=3)
    if len(body) > settings.PROVIDER_CACHE_MB * 1024 * 1024 / 4:
        return
    row = KeptAnswer(
        key=key,
        source=answer.provider,
        path=path.partition("?")[0][:200],
        status=answer.status,
        headers={name: value for name, value in answer.headers.items() if name in KEPT_HEADERS},
        body=body,
        size_bytes=len(body),
        fetched_at=answer.fetched_at,
        expires_at=answer.fetched_at + max_age,
    )
    fields = [field.name for field in KeptAnswer._meta.concrete_fields if not field.primary_key]
    KeptAnswer.objects.bulk_create([row], update_conflicts=True, unique_fields=["key"], update_fields=fields)
    _clear_now_and_then()
    release()


def forget(key: str) -> None:
    """Keep the answer to a request no longer."""
    KeptAnswer.objects.filter(key=key).delete()
    release()


def clear() -> int:
    """Delete what is too old, and the oldest of what is too much. Returns how many rows."""
    expired, _ = KeptAnswer.objects.filter(expires_at__lt=Now()).delete()
    with connection.cursor() as cursor:
        cursor.execute(_OVER_BUDGET, [settings.PROVIDER_CACHE_MB * 1024 * 1024])
        surplus: int = cursor.rowcount
    return expired + surplus


def _clear_now_and_then() -> None:
    global _cleared_at  # noqa: PLW0603  one number per process; two threads that both clear do no harm
    if time.monotonic() - _cleared_at >= CLEARANCE_SECONDS:
        _cleared_at = time.monotonic()
        clear()
