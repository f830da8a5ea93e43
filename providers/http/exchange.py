"""One request and its answer: bounded in time and size, redirected within one host only."""

from collections.abc import Callable
from typing import Any

import httpx
from django.conf import settings

from ..catalogue import Source
from ..errors import BadPayload, ProviderError, Rejected, Transient
from ..outbound.errors import UrlRefused
from .messages import Ask, Raw, redacted
from .transport import ends_within, pool

MOST_REDIRECTS = 3


def prepare(source: Source) -> httpx.Client:
    """The connections to a source. The first time it takes a while, which must not be a call's."""
    return pool(guarded=source.any_host, source=source.name)


def send(source: Source, ask: Ask, *, before_sending: Callable[[], float]) -> Raw:
    """Send one request. before_sending: called right before its first byte.

    Raises Transient where no complete answer came, BadPayload where one came that is refused, Rejected
    where the address cannot be called.
    """
    client = prepare(source)
    try:
        with ends_within(settings.PROVIDER_TOTAL_TIMEOUT, before_sending=before_sending):
            address = httpx.URL(ask.url).copy_merge_params(ask.params)
            return _follow(source, client, client.build_request(ask.method, address, **ask.parts), ask.auth)
    except httpx.TimeoutException:
        problem = "did not answer in time; try again later"
    except UrlRefused as error:
        raise Rejected(f"The address for {source.label} {error}.", provider=source.name) from None
    except httpx.DecodingError:
        raise BadPayload(f"{source.label} sent an answer that cannot be unpacked.", provider=source.name) from None
    except (httpx.InvalidURL, httpx.UnsupportedProtocol):
        raise Rejected(f"The address for {source.label} is not one that can be called.", provider=source.name) from None
    except httpx.TransportError as error:
        # The text of the error may hold the address, and that the key.
        problem = f"could not be reached ({redacted(str(error), ask.key) or type(error).__name__}); try again later"
    raise Transient(f"{source.label} {problem}.", provider=source.name)


def _follow(source: Source, client: httpx.Client, request: httpx.Request, auth: Any) -> Raw:
    for _ in range(MOST_REDIRECTS + 1):
        response = client.send(request, stream=True, auth=auth)
        try:
            if response.next_request is None:
                return _read(source, response)
            following = response.next_request
        finally:
            response.close()
        if not source.any_host and _origin(following.url) != _origin(request.url):
            raise _refused(source, f"redirects to another host, {following.url.host}; correct its address")
        if following.method not in {"GET", "HEAD"}:
            raise _refused(source, "redirects what was posted; correct its address")
        request = following
    raise _refused(source, "redirects in a circle")


def _read(source: Source, response: httpx.Response) -> Raw:
    most = settings.PROVIDER_ANSWER_MB * 1024 * 1024
    pieces = []
    size = 0
    for piece in response.iter_bytes():
        size += len(piece)
        if size > most:
            raise _refused(source, f"sent more than {settings.PROVIDER_ANSWER_MB} MiB; ask for less at once")
        pieces.append(piece)
    return Raw(status=response.status_code, headers=dict(response.headers), content=b"".join(pieces))


def _origin(url: httpx.URL) -> tuple[str, str, int | None]:
    return url.scheme, url.host, url.port


def _refused(source: Source, what: str) -> ProviderError:
    return BadPayload(f"{source.label} {what}.", provider=source.name)
