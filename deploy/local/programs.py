"""The programs that serve Quarry, and the environment that they share."""

import os
import sys

from deploy.local.home import ROOT, Home
from deploy.local.servers import Servers
from deploy.local.supervisor import Program

DEFAULT_PORT = "3000"


def manage(*arguments: str) -> list[str]:
    return [sys.executable, str(ROOT / "manage.py"), *arguments]


def serving_programs(home: Home, *, into_logs: bool) -> list[Program]:
    """Workers first: they are what the first job waits for."""
    commands = {
        "workers": manage("workers"),
        "scheduler": manage("rqscheduler"),
        "web": [
            *(sys.executable, "-m", "gunicorn", "config.asgi:application"),
            *("--config", str(ROOT / "deploy" / "gunicorn.conf.py")),
        ],
    }
    return [
        Program(name=name, arguments=arguments, log=home.log(name) if into_logs else None)
        for name, arguments in commands.items()
    ]


def environment(home: Home, servers: Servers) -> dict[str, str]:
    """The user's environment, completed: what is set wins over every default here."""
    defaults = {
        "PORT": DEFAULT_PORT,
        "DJANGO_DEBUG": "true",
        "DJANGO_ALLOWED_HOSTS": "localhost,127.0.0.1,[::1]",
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "PYTHONPATH": str(ROOT),
    }
    given = {name: value for name, value in os.environ.items() if value}
    if "DJANGO_SECRET_KEY" not in given:
        home.make()
        given["DJANGO_SECRET_KEY"] = home.secret("django")
    return {**defaults, **given, "QUARRY_HOME": str(home.path), **servers.urls}
