"""Reads the environment: the only module of the project that does.

Every reader names the variable in its error, so that a wrong value stops start-up with a sentence
that says what to change. No value is ever repeated in an error: it may be a secret.
"""

import json
import os
import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from urllib.parse import SplitResult, parse_qsl, quote, unquote, urlsplit, urlunsplit

from django.core.exceptions import ImproperlyConfigured

_TRUE = {"1", "true", "yes", "on"}
_FALSE = {"0", "false", "no", "off"}
_SECRET = re.compile(r"SECRET|PASSWORD|TOKEN|KEY|CREDENTIAL|DSN")
_asked: set[str] = set()


def text(name: str, default: str = "") -> str:
    """The variable's text, or `default` where it is unset or empty."""
    _asked.add(name)
    return os.environ.get(name) or default


def flag(name: str, *, default: bool) -> bool:
    raw = text(name).strip().lower()
    if not raw:
        return default
    if raw in _TRUE:
        return True
    if raw in _FALSE:
        return False
    raise ImproperlyConfigured(f"{name} must be true or false.")


def integer(name: str, default: int, *, least: int = 0, most: int | None = None) -> int:
    raw = text(name).strip()
    if not raw:
        return default
    bounds = f"a whole number of at least {least}" + (f" and at most {most}" if most else "")
    try:
        value = int(raw)
    except ValueError:
        raise ImproperlyConfigured(f"{name} must be {bounds}.") from None
    if value < least or (most is not None and value > most):
        raise ImproperlyConfigured(f"{name} must be {bounds}.")
    return value


def optional_integer(name: str, *, least: int = 0, most: int | None = None) -> int | None:
    """As `integer`, and None where the variable is unset or empty."""
    return integer(name, least, least=least, most=most) if text(name).strip() else None


def optional_money(name: str) -> Decimal | None:
    """An amount of at least 0, exact; None where the variable is unset or empty."""
    raw = text(name).strip()
    if not raw:
        return None
    try:
        value = Decimal(raw)
    except InvalidOperation:
        value = Decimal(-1)
    if not (value.is_finite() and value >= 0):
        raise ImproperlyConfigured(f"{name} must be an amount of at least 0, such as 25.00.")
    return value


def number(name: str, default: float, *, least: float = 0) -> float:
    raw = text(name).strip()
    if not raw:
        return default
    try:
        value = float(raw)
    except ValueError:
        raise ImproperlyConfigured(f"{name} must be a number of at least {least}.") from None
    if not value >= least:
        raise ImproperlyConfigured(f"{name} must be a number of at least {least}.")
    return value


def words(name: str, default: Iterable[str] = ()) -> list[str]:
    """A comma-separated list; blanks around and between entries are dropped."""
    raw = text(name)
    if not raw:
        return list(default)
    return [word.strip() for word in raw.split(",") if word.strip()]


def web_address(name: str) -> str:
    """An http or https address without a slash at its end; empty where it is unset."""
    raw = text(name).strip().rstrip("/")
    if raw and not raw.startswith(("https://", "http://")):
        raise ImproperlyConfigured(f"{name} must be an address such as https://quarry.example.com, not {raw!r}.")
    return raw


def ports(name: str, default: str) -> tuple[range, ...]:
    """Ports and ranges of them, separated by commas, such as 80,443,8000-8999."""
    found = []
    for word in words(name) or default.split(","):
        first, _, last = word.partition("-")
        try:
            least, most = int(first), int(last or first)
        except ValueError:
            least, most = 0, 0
        if not 1 <= least <= most <= 65535:
            raise ImproperlyConfigured(f"{name} must be ports and ranges of ports, such as 80,443,8000-8999.")
        found.append(range(least, most + 1))
    return tuple(found)


def names(name: str) -> dict[str, str]:
    """A JSON object of texts, such as {"filedOn": "filed_on"}; empty where it is unset."""
    raw = text(name).strip()
    try:
        value = json.loads(raw or "{}")
    except ValueError:
        value = None
    if not isinstance(value, dict) or not all(isinstance(item, str) for item in value.values()):
        raise ImproperlyConfigured(f'{name} must be a JSON object of texts, such as {{"filedOn": "filed_on"}}.')
    return value


def switches(prefix: str, suffix: str) -> dict[str, bool]:
    """Flags whose names apps extend: SCHEDULE_UCC_DAILY_ENABLED=false is {"ucc-daily": False}."""
    found = {}
    for name in sorted(os.environ):
        middle = name.removeprefix(prefix).removesuffix(suffix)
        if name == f"{prefix}{middle}{suffix}" and middle and text(name).strip():
            found[middle.lower().replace("_", "-")] = flag(name, default=True)
    return found


def numbers_by_name(name: str, allowed: Iterable[str]) -> dict[str, int]:
    """`research=200,scoring=5000`: whole numbers for some of the allowed names."""
    known = list(allowed)
    found: dict[str, int] = {}
    for entry in words(name):
        key, separator, number = entry.partition("=")
        if not separator or key.strip() not in known or not number.strip().isdigit():
            raise ImproperlyConfigured(f"{name} must be NAME=NUMBER, separated by commas; names: {', '.join(known)}.")
        found[key.strip()] = int(number)
    return found


def choice(name: str, default: str, allowed: Iterable[str]) -> str:
    value = text(name, default).strip()
    options = list(allowed)
    if value not in options:
        raise ImproperlyConfigured(f"{name} must be one of: {', '.join(options)}.")
    return value


def summary() -> str:
    """The variables that were asked for and are set, without secrets: what start-up logs at debug level."""
    return ", ".join(f"{name}={_redacted(name, value)}" for name in sorted(_asked) if (value := text(name)))


def _redacted(name: str, value: str) -> str:
    if _SECRET.search(name):
        return "***"
    if "://" not in value:
        return value
    try:
        parts = urlsplit(value)
    except ValueError:
        return "***"
    login, at, host = parts.netloc.rpartition("@")
    # Drivers take passwords from the query as well.
    return urlunsplit(parts._replace(netloc=f"{login.partition(':')[0]}:***@{host}" if at else host, query=""))


@dataclass(frozen=True, kw_only=True)
class Limit:
    """At most `count` starts in any rolling window of `window_ms` milliseconds."""

    count: int
    window_ms: int


def limit(name: str, default: Limit | None) -> Limit | None:
    """`<count>/<window in milliseconds>`, or `none` for no limit."""
    raw = text(name).strip().lower()
    if not raw:
        return default
    if raw == "none":
        return None
    count, separator, window = raw.partition("/")
    if not (separator and count.isdigit() and window.isdigit() and int(count) and int(window)):
        raise ImproperlyConfigured(f"{name} must be COUNT/MILLISECONDS, such as 100/60000, or none.")
    return Limit(count=int(count), window_ms=int(window))


def redis_url() -> str:
    """REDIS_URL, else the URL that REDIS_HOST, REDIS_PORT, REDIS_PASSWORD and REDIS_DB describe."""
    url = text("REDIS_URL")
    if url:
        if _url_parts("REDIS_URL", url).scheme not in {"redis", "rediss", "unix"}:
            raise ImproperlyConfigured("REDIS_URL must start with redis://, rediss:// or unix://.")
        return url
    password = text("REDIS_PASSWORD")
    host = text("REDIS_HOST", "localhost")
    port = integer("REDIS_PORT", 6379, least=1, most=65535)
    database = integer("REDIS_DB", 0)
    login = f":{quote(password, safe='')}@" if password else ""
    return f"redis://{login}{host}:{port}/{database}"


def _url_parts(name: str, url: str) -> SplitResult:
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        raise ImproperlyConfigured(
            f"{name} is not a URL that can be read; write characters such as / and @ in a password as %2F and %40."
        ) from None
    return parts


def database() -> dict[str, object]:
    """Django's DATABASES entry from DATABASE_URL, with a capped connection pool."""
    parts = _url_parts("DATABASE_URL", text("DATABASE_URL", "postgres://quarry@localhost:5432/quarry"))
    if parts.scheme not in {"postgres", "postgresql"}:
        raise ImproperlyConfigured("DATABASE_URL must start with postgres://: Quarry needs PostgreSQL.")
    options: dict[str, object] = dict(parse_qsl(parts.query))
    options["application_name"] = text("QUARRY_PROCESS", "quarry")
    options.setdefault("connect_timeout", 5)
    # A peer that vanished without a word is noticed in 30 s, not in two hours.
    options |= {"keepalives_idle": 10, "keepalives_interval": 5, "keepalives_count": 4}
    options["pool"] = {
        "min_size": 0,
        "max_size": integer("DATABASE_POOL_SIZE", 16, least=2, most=500),
        "timeout": number("DATABASE_POOL_TIMEOUT", 10),
        "max_idle": 60,
    }
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": unquote(parts.hostname or ""),
        "PORT": str(parts.port or ""),
        "OPTIONS": options,
        # The pool hands out checked connections; Django must not keep one per thread beside it.
        "CONN_MAX_AGE": 0,
        "CONN_HEALTH_CHECKS": True,
        "DISABLE_SERVER_SIDE_CURSORS": False,
    }
