"""One migrated database for all workers of a parallel run: the first one makes it, every one copies it.

To migrate takes as much computing as to start three processes, to copy hardly any. A database that the caller
brought is not used so, for the model would stay behind in it.
"""

import os
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from pytest_django import DjangoDbBlocker

from deploy.local.home import Home

MODEL = "quarry_model_of_tests"
#: Names, to the workers of a run, the server as the run's own.
OWN_SERVER = "QUARRY_TEST_OWN_POSTGRES"


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    django_db_modify_db_settings: None, django_test_environment: None, django_db_blocker: DjangoDbBlocker
) -> None:
    """pytest-django's place for changes of the settings, before it makes a worker's database."""
    in_parallel = "PYTEST_XDIST_WORKER" in os.environ
    if in_parallel and os.environ.get(OWN_SERVER) == os.environ["DATABASE_URL"]:
        made = Path(os.environ["QUARRY_HOME"], "run", f"{MODEL}.made")
        with Home.from_environment().lock(MODEL), django_db_blocker.unblock():
            if not made.exists():
                _make_model()
                made.touch()
        settings.DATABASES["default"].setdefault("TEST", {})["TEMPLATE"] = MODEL


def _make_model() -> None:
    tests: dict[str, Any] = settings.DATABASES["default"].setdefault("TEST", {})  # type: ignore[assignment]
    before, tests_before = connection.settings_dict["NAME"], tests.get("NAME")
    tests["NAME"] = MODEL
    try:
        connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
    finally:
        # A database that somebody is connected to cannot be copied.
        connection.close()
        connection.close_pool()  # type: ignore[attr-defined]
        connection.settings_dict["NAME"] = settings.DATABASES["default"]["NAME"] = before
        tests["NAME"] = tests_before
