"""Images and compose files: what can be told of them without a container engine."""

import json
import re
import runpy
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
DIFFERENT = "# --- what differs"


def compose(name: str) -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((ROOT / name).read_text())
    return found


def shared_part(name: str) -> list[str]:
    return (ROOT / name).read_text().partition(DIFFERENT)[0].splitlines()[1:]


def test_both_images_are_made_in_the_same_way_up_to_what_they_run() -> None:
    assert shared_part("Dockerfile") == shared_part("Dockerfile.worker")


@pytest.mark.parametrize("name", ["Dockerfile", "Dockerfile.worker"])
def test_an_image_runs_as_nobody_special_tells_its_health_and_holds_no_secret(name: str) -> None:
    text = (ROOT / name).read_text()
    assert (
        text.index("USER 10001:10001") < text.index("HEALTHCHECK") < text.index("CMD [", text.index("HEALTHCHECK") + 20)
    )
    assert "ENV DJANGO_SECRET_KEY" not in text
    assert "--require-hashes" in text


@pytest.mark.parametrize("name", ["Dockerfile", "Dockerfile.worker"])
def test_static_files_are_the_images_and_not_of_a_volume_that_outlives_it(name: str) -> None:
    text = (ROOT / name).read_text()
    (static,) = re.findall(r"STATIC_ROOT=(\S+)", text)
    for volume in json.loads(re.findall(r"^VOLUME (.+)$", text, re.MULTILINE)[0]):
        assert not Path(static).is_relative_to(volume)


@pytest.mark.parametrize(
    ("variables", "address"),
    [
        ({}, "127.0.0.1:3000"),
        ({"PORT": "8000"}, "127.0.0.1:8000"),
        ({"WEB_BIND": "192.0.2.1"}, "192.0.2.1:3000"),
        ({"WEB_BIND": "192.0.2.1", "PORT": "10000"}, "192.0.2.1:10000"),
        ({"WEB_BIND": "192.0.2.1:9000", "PORT": "10000"}, "192.0.2.1:9000"),
        ({"WEB_BIND": "[::]", "PORT": "10000"}, "[::]:10000"),
        ({"WEB_BIND": "unix:/run/quarry.sock"}, "unix:/run/quarry.sock"),
    ],
)
def test_the_web_server_listens_where_the_platform_says(
    monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], address: str
) -> None:
    for name in ("WEB_BIND", "PORT", "LOG_FORMAT"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert runpy.run_path(str(ROOT / "deploy" / "gunicorn.conf.py"))["bind"] == address


def test_development_serves_on_the_familiar_ports_of_this_machine_alone() -> None:
    services = compose("docker-compose.yml")["services"]
    assert services["web"]["ports"] == ["127.0.0.1:3000:3000"]
    assert services["redis"]["ports"] == ["127.0.0.1:6379:6379"]
    assert services["redis-browser"]["ports"] == ["127.0.0.1:8081:8081"]
    assert services["redis"]["image"].startswith("redis:7")
    assert {"db", "workers", "scheduler"} < set(services)


def test_development_runs_the_first_job_of_the_quick_start_on_samples() -> None:
    for name in ("release", "web", "workers", "scheduler"):
        variables = compose("docker-compose.yml")["services"][name]["environment"]
        assert (variables["QUARRY_SAMPLE_SOURCES"], variables["QUARRY_UCC_SOURCE"]) == ("true", "sample")


def test_the_second_file_holds_workers_their_clock_and_redis_only() -> None:
    assert set(compose("docker-compose.workers.yml")["services"]) == {"redis", "workers", "scheduler"}


@pytest.mark.parametrize("name", ["docker-compose.yml", "docker-compose.workers.yml"])
def test_files_that_compose_mounts_and_builds_from_exist(name: str) -> None:
    for service in compose(name)["services"].values():
        build = service.get("build")
        if isinstance(build, dict):
            assert (ROOT / build["dockerfile"]).exists()
        for volume in service.get("volumes", []):
            source = volume.partition(":")[0]
            assert not source.startswith(".") or (ROOT / source).exists()


@pytest.mark.parametrize("name", ["docker-compose.yml", "docker-compose.workers.yml"])
def test_workers_have_longer_to_stop_than_their_jobs_have_to_finish(name: str) -> None:
    assert compose(name)["services"]["workers"]["stop_grace_period"] == "60s"


def test_redis_neither_evicts_nor_forgets() -> None:
    text = (ROOT / "deploy" / "redis" / "redis.conf").read_text()
    assert re.search(r"^maxmemory-policy noeviction$", text, re.MULTILINE)
    assert re.search(r"^appendonly yes$", text, re.MULTILINE)
    assert re.search(r"^save \d", text, re.MULTILINE)
    assert re.search(r"^maxmemory \d", text, re.MULTILINE)


def test_redis_cannot_be_emptied_by_one_command() -> None:
    text = (ROOT / "deploy" / "redis" / "redis.conf").read_text()
    for name in ("FLUSHALL", "FLUSHDB"):
        assert re.search(rf'^rename-command {name} ""$', text, re.MULTILINE)


def test_postgres_keeps_what_it_has_confirmed() -> None:
    text = (ROOT / "deploy" / "postgres" / "postgresql.conf").read_text()
    for name in ("fsync", "synchronous_commit", "full_page_writes"):
        assert re.search(rf"^{name} = on$", text, re.MULTILINE)
