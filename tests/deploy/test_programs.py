"""Procfile, units and shorthand: the programs that they name exist."""

import configparser
import re
from pathlib import Path

import pytest
from django.core.management import get_commands

ROOT = Path(__file__).resolve().parents[2]
UNITS = sorted((ROOT / "deploy" / "systemd").glob("*.service"))
TARGETS = """
redis-start redis-stop workers workers-dev dev-worker dev-all start-server start-worker worker-all worker-research
worker-enrichment worker-scoring worker-signals worker-health queue-status queue-clean docker-workers
docker-workers-build docker-workers-down test test-queue test-integration
""".split()


def procfile() -> dict[str, str]:
    lines = (ROOT / "Procfile").read_text().splitlines()
    return {name: command.strip() for name, _, command in (line.partition(":") for line in lines)}


def commands_of(text: str) -> set[str]:
    return set(re.findall(r"manage\.py ([\w-]+)", text))


def test_the_procfile_names_the_processes_of_an_installation() -> None:
    assert set(procfile()) == {"web", "worker", "worker_ai", "scheduler", "release"}
    assert "migrate" in procfile()["release"]


@pytest.mark.parametrize("text", [(ROOT / "Procfile").read_text(), *(unit.read_text() for unit in UNITS)])
def test_every_command_named_exists(text: str) -> None:
    assert commands_of(text) <= set(get_commands())


@pytest.mark.parametrize("unit", [unit for unit in UNITS if unit.stem != "quarry-release"], ids=lambda unit: unit.name)
def test_a_unit_restarts_its_program_and_gives_it_time_to_stop(unit: Path) -> None:
    read = configparser.ConfigParser(strict=True, interpolation=None)
    read.optionxform = str  # type: ignore[assignment,method-assign]
    read.read(unit)
    service = read["Service"]
    assert service["Restart"] == "always"
    assert int(service["TimeoutStopSec"]) >= 45
    assert service["User"] == "quarry"


def test_workers_are_signalled_once_by_systemd() -> None:
    assert "KillMode=mixed" in (ROOT / "deploy" / "systemd" / "quarry-workers@.service").read_text()


def test_the_familiar_verbs_are_targets() -> None:
    lines = [line for line in (ROOT / "Makefile").read_text().splitlines() if re.match(r"[a-z][\w -]*:", line)]
    assert set(TARGETS) <= {name for line in lines for name in line.partition(":")[0].split()}
