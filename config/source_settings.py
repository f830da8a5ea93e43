"""What the environment says of outside sources: which are on, and `<NAME>_BASE_URL` and its companions.

The sources themselves are declared in providers/catalogue.py.
"""

from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

from providers.catalogue import SOURCES, KeyUse, Limit, Source, SourceSettings

from . import env


def read_sources() -> dict[str, SourceSettings]:
    """The settings of all sources. Raises ImproperlyConfigured naming the first wrong variable."""
    return {name: _read(source) for name, source in SOURCES.items()}


def read_live_sources() -> frozenset[str]:
    """Names of the sources that may be called; none unless QUARRY_LIVE_SOURCES says so."""
    given = set(env.words("QUARRY_LIVE_SOURCES"))
    if given == {"all"}:
        return frozenset(SOURCES)
    if unknown := given - set(SOURCES):
        raise ImproperlyConfigured(
            f"QUARRY_LIVE_SOURCES names {', '.join(sorted(unknown))}; known: all, {', '.join(SOURCES)}."
        )
    return frozenset(given)


def read_feeds() -> list[str]:
    """Addresses of feeds. A comma within one is written %2C."""
    feeds = env.words("RSS_FEEDS")
    for feed in feeds:
        if not feed.startswith(("https://", "http://")):
            raise ImproperlyConfigured(f"RSS_FEEDS must be addresses such as https://example.org/rss, not {feed!r}.")
    return feeds


def _read(source: Source) -> SourceSettings:
    prefix = source.prefix
    return SourceSettings(
        base_url=_address(f"{prefix}_BASE_URL", source.base_url),
        key=_plain(f"{prefix}_API_KEY") if source.key is not KeyUse.NONE else "",
        limit=call_limit(f"{prefix}_LIMIT", source.limit),
        contact=_plain("SEC_CONTACT") if source.contact == "SEC_CONTACT" else "",
    )


def _plain(name: str) -> str:
    """What travels in a header."""
    given = env.text(name).strip()
    if not (given.isascii() and given.isprintable()):
        raise ImproperlyConfigured(f"{name} must be plain ASCII in one line.")
    return given


def _address(name: str, default: str) -> str:
    given = env.text(name, default).strip()
    try:
        parts = urlsplit(given)
        _ = parts.port
        fine = not given or (parts.scheme in {"http", "https"} and bool(parts.hostname) and "@" not in parts.netloc)
    except ValueError:
        fine = False
    if not fine or parts.query or parts.fragment:
        raise ImproperlyConfigured(f"{name} must be an address such as https://api.example.org, without user or query.")
    return given.rstrip("/")


def call_limit(name: str, default: Limit | None) -> Limit | None:
    """`10/1` is ten calls per second; `none` is no limit."""
    raw = env.text(name).strip().lower()
    if not raw:
        return default
    if raw == "none":
        return None
    count, _, seconds = raw.partition("/")
    try:
        limit = Limit(count=int(count), seconds=int(seconds) if seconds.isdigit() else float(seconds))
    except ValueError:
        limit = Limit(count=0, seconds=0)
    if not (1 <= limit.count <= 100_000 and 0.001 <= limit.seconds <= 86_400):
        raise ImproperlyConfigured(f"{name} must be CALLS/SECONDS, such as 10/1, or none.")
    return limit
