"""The throw-away servers of the test run itself."""

import os
import sys
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest
import redis

from deploy.local.home import ROOT
from deploy.local.ports import answers
from tests.local.children import child
from tests.local.waiting import eventually
from tests.plugins.servers import _refuse_used_redis

START_AND_WAIT = """
import os, signal
from tests.plugins.servers import _start_servers
release = _start_servers()
print(os.environ["DATABASE_URL"], os.environ["QUARRY_HOME"], flush=True)
signal.pause()
"""


def test_a_given_redis_with_content_is_refused_and_kept(redis_clean: "redis.Redis") -> None:
    redis_clean.set("precious", "1")

    with pytest.raises(pytest.UsageError, match="holds 1 keys"):
        _refuse_used_redis(os.environ["REDIS_URL"])

    assert redis_clean.get("precious") == b"1"


def test_an_empty_given_redis_is_accepted(redis_clean: "redis.Redis") -> None:
    _refuse_used_redis(os.environ["REDIS_URL"])


def test_a_killed_test_run_leaves_no_server_and_no_files(bare_env: dict[str, str]) -> None:
    with child([sys.executable, "-c", START_AND_WAIT], cwd=ROOT, env=bare_env) as run:
        assert run.stdout
        url, home = run.stdout.readline().split()
        assert answers(urlsplit(url).port or 0)

        run.kill()

        eventually(lambda: not Path(home).exists() and not answers(urlsplit(url).port or 0))


@pytest.mark.skipif(bool(os.environ.get("QUARRY_TEST_DURABLE")), reason="this run asked for durable writes")
def test_throw_away_data_is_not_written_durably(bare_env: dict[str, str]) -> None:
    with child([sys.executable, "-c", START_AND_WAIT], cwd=ROOT, env=bare_env) as run:
        assert run.stdout
        url, _ = run.stdout.readline().split()
        with psycopg.connect(url) as connection:
            row = connection.execute("SHOW fsync").fetchone()

    assert row == ("off",)
