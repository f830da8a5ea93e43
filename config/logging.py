"""Log records as one line each: readable text, or one JSON object with the same fields."""

import logging
import logging.config
import sys
import threading
from types import TracebackType
from typing import Any

from . import env


def configure(config: dict[str, Any]) -> None:
    """Django's LOGGING_CONFIG: sets up logging, and says at debug level what the environment set."""
    logging.config.dictConfig(config)
    if config["handlers"]["console"]["formatter"] == "json":
        _log_what_python_would_print()
    logging.getLogger("quarry.config").debug("Configuration: %s", env.summary() or "all defaults")


def _log_what_python_would_print() -> None:
    """Warnings and uncaught exceptions become records too, so that every line is a JSON object."""
    logging.captureWarnings(True)
    sys.excepthook = _uncaught
    threading.excepthook = lambda thrown: _uncaught(thrown.exc_type, thrown.exc_value, thrown.exc_traceback)


def _uncaught(kind: type[BaseException], error: BaseException | None, trace: TracebackType | None) -> None:
    if issubclass(kind, KeyboardInterrupt | SystemExit) or error is None:
        return
    logging.getLogger("quarry").critical("Uncaught %s: %s", kind.__name__, error, exc_info=(kind, error, trace))


class OneLine(logging.Formatter):
    """A record on one line whatever users wrote: line ends and control characters are shown as escapes.

    A traceback after it keeps its lines.
    """

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802  logging's own name
        text = super().formatMessage(record)
        return text if text.isprintable() else "".join(map(_shown, text))


def _shown(character: str) -> str:
    is_plain = character.isprintable() or character == "\t"
    return character if is_plain else character.encode("unicode_escape").decode()


def logging_config(*, level: str, style: str) -> dict[str, Any]:
    """Django's LOGGING. Payloads are never logged at info level; see jobs/joblog.py."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "text": {"()": "config.logging.OneLine", "fmt": "{asctime} {levelname} {message}", "style": "{"},
            "json": {
                "()": "pythonjsonlogger.json.JsonFormatter",
                "format": "{asctime}{levelname}{name}{message}",
                "style": "{",
                "rename_fields": {"asctime": "timestamp", "levelname": "level", "name": "logger"},
                "json_ensure_ascii": False,
            },
        },
        "handlers": {
            "console": {"class": "logging.StreamHandler", "formatter": style},
            "null": {"class": "logging.NullHandler"},
        },
        "root": {"handlers": ["console"], "level": level},
        # RQ sets its own level and handler unless told: one line per record, in one format.
        "loggers": {
            "rq": {"handlers": [], "level": level, "propagate": True},
            "rq.worker": {"handlers": [], "level": level, "propagate": True},
            # rq-scheduler adds a coloured handler of its own wherever it finds none.
            "rq_scheduler.scheduler": {"handlers": ["null"], "level": level, "propagate": True},
            "django.request": {"level": "ERROR"},
            "django.server": {"level": "WARNING"},
            "psycopg.pool": {"level": "ERROR"},
            # They log whole addresses, and some sources take their key in the query.
            "httpx": {"level": "WARNING"},
            "httpcore": {"level": "WARNING"},
            # A line for every step of every page.
            "weasyprint.progress": {"level": "WARNING"},
            "fontTools": {"level": "WARNING"},
        },
    }
