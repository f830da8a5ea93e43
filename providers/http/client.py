"""`client_for(name)`: the way to call a source."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings

from ..catalogue import SOURCES, Source, SourceSettings
from ..errors import NotConfigured, ProviderError, RateLimited, Rejected
from ..readiness import problem_with
from . import cache as kept_answers
from .answer import Answer, excerpt
from .database import refuse_transaction
from .limits import admitted, pause
from .messages import Ask, Raw, redacted
from .statuses import error_for

Params = Mapping[str, Any] | list[tuple[str, Any]]


def client_for(name: str) -> "Client":
    """The client of a source that may be called now. Raises NotConfigured with what is missing."""
    problem = problem_with(name)
    if problem:
        raise NotConfigured(problem, provider=name)
    return Client(source=SOURCES[name], settings=settings.PROVIDERS[name])


@dataclass(frozen=True, kw_only=True)
class Client:
    """Calls one source. Safe to share between threads. Call it outside transactions.

    The key is added to each request where the source wants it; callers never pass it.
    """

    source: Source
    settings: SourceSettings = field(repr=False)

    @property
    def base_url(self) -> str:
        return self.settings.base_url

    @property
    def key(self) -> str:
        return self.settings.key

    def get(
        self,
        path: str,
        *,
        params: Params | None = None,
        headers: Mapping[str, str] | None = None,
        cache: timedelta | None = None,
        empty: Collection[int] = (),
    ) -> Answer:
        """GET a path below the base address, or a whole address where the source takes any host.

        cache: how old a kept answer may be; None asks anew and keeps nothing.
        empty: statuses that are an answer here and no error, such as (204, 404).
        """
        return self._call("GET", path, cache=cache, empty=empty, params=params, headers=headers)

    def post(
        self,
        path: str,
        *,
        json: Any = None,
        params: Params | None = None,
        headers: Mapping[str, str] | None = None,
        cache: timedelta | None = None,
        empty: Collection[int] = (),
    ) -> Answer:
        """POST a JSON body that asks and changes nothing. cache and empty: as in `get`."""
        return self._call("POST", path, cache=cache, empty=empty, params=params, headers=headers, json=json)

    def _call(self, method: str, path: str, *, cache: timedelta | None, empty: Collection[int], **parts: Any) -> Answer:
        refuse_transaction()
        url = self._url(path)
        max_age = cache if self.source.kept else None
        kept_as = kept_answers.key_of(self.source, self.base_url, method, path, parts)
        kept = kept_answers.find(self.source, kept_as, max_age) if max_age else None
        if kept:
            return kept
        answer = self._limited(method, url, parts, empty)
        if max_age:
            kept_answers.keep(kept_as, path, answer, max_age)
            answer = replace(answer, on_bad=partial(kept_answers.forget, kept_as))
        return answer

    def _limited(self, method: str, url: str, parts: dict[str, Any], empty: Collection[int]) -> Answer:
        """One call on the network, when its turn has come."""
        # Loaded for the first call: httpx and what it brings would make every process start slower.
        from .exchange import prepare, send

        ask = self._dressed(method, url, parts)
        prepare(self.source)
        with admitted(self.source, self.settings.limit) as call:
            try:
                raw = send(self.source, ask, before_sending=call.about_to_send)
                error = None if raw.status in empty else self._error(raw)
                if error:
                    raise error
            except ProviderError as failed:
                call.ended(failed)
                raise
            call.ended(None)
        return Answer(
            status=raw.status,
            headers=raw.headers,
            content=raw.content,
            fetched_at=datetime.now(UTC),
            provider=self.source.name,
            label=self.source.label,
        )

    def throttled(self, seconds: float, message: str) -> RateLimited:
        """The error to raise where a source asks for a pause in its own words; everybody keeps the pause."""
        pause(self.source, seconds)
        return RateLimited(message, provider=self.source.name, retry_after=seconds)

    def _dressed(self, method: str, url: str, parts: dict[str, Any]) -> Ask:
        """The request with the key and who is asking."""
        params = list(parts["params"].items() if isinstance(parts["params"], Mapping) else parts["params"] or [])
        headers = {"User-Agent": self._user_agent(), **(parts["headers"] or {})}
        place, _, name = self.source.key_in.partition(":")
        auth = None
        if self.key and place == "query":
            params.append((name, self.key))
        elif self.key and place == "header":
            headers[name] = self.key
        elif self.key and place == "basic":
            auth = (self.key, "")
        body = {"json": parts["json"]} if "json" in parts else {}
        return Ask(method=method, url=url, key=self.key, params=params, auth=auth, parts={"headers": headers, **body})

    def _user_agent(self) -> str:
        name = f"Quarry/{settings.VERSION or '0'}"
        return f"{name} {self.settings.contact}" if self.settings.contact else name

    def _url(self, path: str) -> str:
        if path.startswith("/"):
            return self.base_url + path
        if not self.source.any_host or urlsplit(path).scheme not in {"http", "https"}:
            raise Rejected(f"{self.source.label} cannot be asked for {excerpt(path)}.", provider=self.source.name)
        return path

    def _error(self, raw: Raw) -> ProviderError | None:
        said = "" if 200 <= raw.status < 300 else self._said(raw)
        return error_for(self.source, raw.status, raw.headers, said)

    def _said(self, raw: Raw) -> str:
        return excerpt(redacted(raw.content[:4000].decode("utf-8", errors="replace"), self.key), most=2000)
