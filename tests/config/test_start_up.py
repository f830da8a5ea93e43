"""How a start goes, in processes of their own (CONFIG-04, -06, -07, -08, -09)."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from deploy.local.home import ROOT

from .conftest import PRODUCTION, Start


def test_the_defaults_are_productions(start: Start) -> None:
    settings = start(PRODUCTION).settings

    assert (settings["DEBUG"], settings["PORT"], settings["TIME_ZONE"]) == (False, 3000, "UTC")
    assert (settings["LOG_LEVEL"], settings["LOG_FORMAT"]) == ("INFO", "text")
    assert (settings["ALLOWED_HOSTS"], settings["CSRF_TRUSTED_ORIGINS"]) == ([], [])
    assert (settings["API_AUTH_REQUIRED"], settings["ADMIN_EMAIL_DOMAIN"]) == (True, "")
    assert (settings["RESEARCH_QUOTA_LIMIT"], settings["DLQ_MAX_REDRIVES"]) == (100, 3)
    assert (settings["WORKER_SHUTDOWN_TIMEOUT"], settings["MAX_JOB_PAYLOAD_BYTES"]) == (30, 5 * 2**20)
    assert settings["USE_QUEUE_PROCESSING"] is True


def test_the_variables_arrive_in_the_settings(start: Start) -> None:
    given = {
        "PORT": "8080",
        "TIME_ZONE": "Europe/Berlin",
        "LOG_LEVEL": "WARNING",
        "LOG_FORMAT": "json",
        "DJANGO_ALLOWED_HOSTS": "a.example, b.example",
        "CSRF_TRUSTED_ORIGINS": "https://a.example",
        "ADMIN_EMAIL_DOMAIN": "a.example",
        "RESEARCH_QUOTA_LIMIT": "7",
        "RESEARCH_QUOTA_LIMIT_PRO": "70",
        "UCC_STATES": "NY,TX",
        "UCC_TEXAS_FIELDS": '{"filedOn": "filed_on"}',
        "WORKER_SHUTDOWN_TIMEOUT": "5",
        "DLQ_MAX_REDRIVES": "1",
        "MAX_JOB_PAYLOAD_BYTES": "2048",
    }

    settings = start(PRODUCTION | given).settings

    assert (settings["PORT"], settings["TIME_ZONE"]) == (8080, "Europe/Berlin")
    assert (settings["LOG_LEVEL"], settings["LOG_FORMAT"]) == ("WARNING", "json")
    assert settings["ALLOWED_HOSTS"] == ["a.example", "b.example"]
    assert settings["CSRF_TRUSTED_ORIGINS"] == ["https://a.example"]
    assert settings["ADMIN_EMAIL_DOMAIN"] == "a.example"
    assert (settings["RESEARCH_QUOTA_LIMIT"], settings["RESEARCH_QUOTA_LIMITS"]) == (7, {"pro": 70})
    assert settings["UCC_STATES"] == ["NY", "TX"]
    assert settings["UCC_TEXAS_FIELDS"] == {"filedOn": "filed_on"}
    assert (settings["WORKER_SHUTDOWN_TIMEOUT"], settings["DLQ_MAX_REDRIVES"]) == (5, 1)
    assert settings["MAX_JOB_PAYLOAD_BYTES"] == 2048


@pytest.mark.parametrize(
    ("given", "named"),
    [
        ({"DJANGO_SECRET_KEY": ""}, "DJANGO_SECRET_KEY"),
        ({"RESEARCH_ATTEMPTS": "x"}, "RESEARCH_ATTEMPTS"),
        ({"API_AUTH_REQUIRED": "false"}, "API_AUTH_REQUIRED"),
        ({"QUARRY_DIAGNOSTICS": "1"}, "QUARRY_DIAGNOSTICS"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_wrong_configuration_stops_the_start_by_name(start: Start, given: dict[str, str], named: str) -> None:
    started = start(PRODUCTION | given)

    assert started.status != 0
    assert f"ImproperlyConfigured: {named}" in started.said


def test_variables_of_other_vendors_change_nothing(start: Start) -> None:
    vendors = {
        "USE_SUPABASE": "true",
        "NEXT_PUBLIC_SUPABASE_URL": "https://x.example",
        "NEXT_PUBLIC_SUPABASE_ANON_KEY": "key",
    }

    assert start(PRODUCTION | vendors).settings == start(PRODUCTION).settings
    documentation = (ROOT / "docs" / "configuration.md").read_text()
    assert all(name in documentation for name in (*vendors, "DATABASE_URL"))


def test_the_configuration_is_logged_at_debug_level_without_secrets(start: Start) -> None:
    given = PRODUCTION | {"REDIS_URL": "redis://:hush@localhost/0", "PORT": "8080"}

    loud = start(given | {"LOG_LEVEL": "DEBUG"}).said
    quiet = start(given).said

    assert "Configuration: " in loud
    assert "PORT=8080" in loud
    assert "REDIS_URL=redis://:***@localhost/0" in loud
    assert "hush" not in loud
    assert "xxxx" not in loud
    assert "Configuration" not in quiet


def test_a_production_start_warns_of_an_exposed_redis(start: Start) -> None:
    said = start(PRODUCTION | {"REDIS_URL": "redis://:hush@redis.example/0"}).said

    assert "WARNING" in said
    assert "no TLS" in said
    assert "hush" not in said


def test_the_example_file_gives_a_working_local_start(tmp_path: Path) -> None:
    """A copy of it, with the defaults in force, and the entry that a user would call."""
    _project_with(tmp_path, (ROOT / ".env.example").read_text() + "LOG_LEVEL=DEBUG\n")

    done = _manage(tmp_path, "check")

    assert done.returncode == 0, done.stderr
    assert "LOG_LEVEL=DEBUG" in done.stderr


def test_the_environment_goes_before_the_file(tmp_path: Path) -> None:
    _project_with(tmp_path, "LOG_LEVEL='DEBUG'\nRESEARCH_ATTEMPTS=x\n\n# A comment = nothing\n")

    done = _manage(tmp_path, "check", RESEARCH_ATTEMPTS="2")

    assert done.returncode == 0, done.stderr
    assert "RESEARCH_ATTEMPTS=2" in done.stderr


def _project_with(place: Path, settings_file: str) -> None:
    """The project as links, and a settings file of its own."""
    for path in ROOT.iterdir():
        if path.name not in {".env", "run.py", "var", ".git"}:
            (place / path.name).symlink_to(path)
    shutil.copy(ROOT / "run.py", place / "run.py")
    (place / ".env").write_text(settings_file)


def _manage(place: Path, *arguments: str, **more: str) -> "subprocess.CompletedProcess[str]":
    servers = {name: os.environ[name] for name in ("DATABASE_URL", "REDIS_URL")}
    return subprocess.run(
        [sys.executable, str(place / "run.py"), "manage", *arguments],
        env={"PATH": os.environ["PATH"], "QUARRY_HOME": str(place / "home"), **servers, **more},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


def test_workers_do_not_load_what_only_pages_need() -> None:
    """Django admin, the console and the API's views are a part of a worker's start that it never uses."""
    assert _loaded_at_start({"jobs.admin", "jobs.console.urls", "config.urls"}) == ""


def test_no_process_loads_at_its_start_what_only_few_jobs_need() -> None:
    """What every start loads, every restart waits for; jobs load these when they first need them."""
    heavy = {"openpyxl", "httpx", "jsonschema", "dns", "email_validator", "feedparser", "weasyprint", "openai"}

    assert _loaded_at_start({*heavy, "anthropic", "fontTools", "PIL"}) == ""


def _loaded_at_start(wanted: set[str]) -> str:
    code = f"import django, sys; django.setup(); print(*({wanted} & sys.modules.keys()))"
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "config.settings"}

    done = subprocess.run(
        [sys.executable, "-c", code], env=environment, cwd=ROOT, capture_output=True, text=True, check=True
    )

    return done.stdout.strip()
