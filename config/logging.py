"""Log records as one line each: readable text, or one JSON object with the same fields."""

import logging
import logging.config
from typing import Any

from . import env

#: Fields that the job layer attaches to its records, in the names of the API.
JOB_FIELDS = ("queue", "jobId", "type", "tenantId", "userId", "attempt", "durationMs", "requestId")


def configure(config: dict[str, Any]) -> None:
    """Django's LOGGING_CONFIG: sets up logging, and says at debug level what the environment set."""
    logging.config.dictConfig(config)
    logging.getLogger("quarry.config").debug("Configuration: %s", env.summary() or "all defaults")


def logging_config(*, level: str, style: str) -> dict[str, Any]:
    """Django's LOGGING. Payloads are never logged at info level; see jobs/joblog.py."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "text": {"format": "{asctime} {levelname} {message}", "style": "{"},
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
        },
    }
