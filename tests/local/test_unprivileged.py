"""PostgreSQL started by root: runs as nobody, and no directory is opened for it."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from deploy.local import unprivileged
from deploy.local.home import Home
from deploy.local.servers import attach
from deploy.local.unprivileged import choose_place

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="only root has to become another user")


@pytest.fixture
def closed_home(tmp_path: Path, no_given_servers: None) -> Iterator[Home]:
    """A home below a directory that only root may pass."""
    tmp_path.chmod(0o700)
    home = Home(tmp_path / "home").make()
    yield home
    elsewhere = choose_place(home).elsewhere
    assert elsewhere
    shutil.rmtree(elsewhere)


def test_a_directory_that_nobody_may_pass_stays_closed(closed_home: Home) -> None:
    servers = attach(closed_home, linger=False)
    servers.release()

    assert closed_home.path.parent.stat().st_mode & 0o777 == 0o700
    assert not (closed_home.path / "postgres").exists()


def test_the_place_elsewhere_is_found_again_by_the_next_run(closed_home: Home) -> None:
    first = choose_place(closed_home)

    second = choose_place(closed_home)

    assert first == second
    assert first.elsewhere
    assert first.elsewhere.parent == Path("/var/tmp")


def test_programs_that_nobody_may_reach_are_copied(closed_home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unprivileged, "_can_pass", lambda path, account: False)

    place = choose_place(closed_home)

    assert place.elsewhere
    assert place.programs.is_relative_to(place.elsewhere)
    assert (place.programs / "postgres").stat().st_mode & 0o001


def test_copied_programs_serve(closed_home: Home) -> None:
    place = choose_place(closed_home)
    assert place.elsewhere
    copied = unprivileged._copy_programs(unprivileged._site_packages(), place.elsewhere)

    status = os.spawnl(os.P_WAIT, str(copied / unprivileged.INSTALLATION / "bin" / "postgres"), "postgres", "-V")

    assert status == 0


def test_the_server_runs_as_nobody(closed_home: Home) -> None:
    servers = attach(closed_home, linger=False)
    try:
        with psycopg.connect(servers.urls["DATABASE_URL"]) as connection:
            pid = connection.info.backend_pid
        place = choose_place(closed_home)
        assert place.account
        assert place.elsewhere
        data_owner = (place.base / "data").stat().st_uid
    finally:
        servers.release()

    assert pid > 0
    assert data_owner == place.account.uid != 0
