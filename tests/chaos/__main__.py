"""Run it: `python3 run.py chaos [--seed N] [--minutes M] [--rate R] [--report FILE]`."""

import argparse
import os
import random
import sys
import time
from pathlib import Path
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
os.environ.update(DJANGO_DEBUG="true", QUARRY_DIAGNOSTICS="1", LOG_LEVEL="WARNING")


def main() -> int:
    parser = argparse.ArgumentParser(prog="run.py chaos", description="A mixed load under faults, and the verdict.")
    parser.add_argument("--seed", type=int, help="chooses orders and faults; printed where it is not given")
    parser.add_argument("--minutes", type=float, default=10.0, help="how long faults go on (10)")
    parser.add_argument("--rate", type=float, default=20.0, help="submissions a second (20)")
    parser.add_argument("--report", type=Path, help="a file for the report as JSON")
    parser.add_argument("--keep-logs", type=Path, help="a folder for the logs of all processes")
    given = parser.parse_args()
    if given.minutes <= 0 or given.rate <= 0:
        parser.error("--minutes and --rate must be above 0")
    seed = given.seed if given.seed is not None else random.randrange(1, 1_000_000)
    print(
        f"Chaos with seed {seed}: {given.minutes:g} minutes of faults at {given.rate:g} submissions a second.",
        flush=True,
    )

    import django

    django.setup()
    found = run(seed=seed, seconds=given.minutes * 60, rate=given.rate, logs=given.keep_logs)
    from . import report

    print(report.text_of(found), flush=True)
    if given.report:
        report.write(found, given.report)
    return 0 if found["verdict"] == "holds" else 1


def run(*, seed: int, seconds: float, rate: float, logs: Path | None) -> dict[str, Any]:
    import shutil

    from tests.survival.world import running_world

    with running_world() as world:
        try:
            return _run(world, seed=seed, seconds=seconds, rate=rate)
        finally:
            if logs:
                shutil.copytree(world.logs, logs, dirs_exist_ok=True)


def _run(world: Any, *, seed: int, seconds: float, rate: float) -> dict[str, Any]:
    from accounts import tokens
    from accounts.models import Organisation
    from accounts.roles import Role

    from . import course as courses
    from . import report, verdict
    from .clients import Clients
    from .town import Town

    organisation = Organisation.objects.create(slug="survivors", name="Survivors")
    _, token = tokens.issue(user=None, organisation=organisation, name="robot", role=Role.TENANT_ADMIN, is_service=True)
    town = Town(world)
    try:
        town.start()
        clients = Clients(port=town.port, token=token, rate=rate, seed=seed)
        course = courses.Course(begun=time.monotonic(), seed=seed)
        clients.start()
        town.pass_time(5)
        course.rate_before = courses.completed_per_second(town, courses.CALM_SECONDS)
        course.torment(town, seconds=seconds)
        town.pass_time(courses.HEALING_SECONDS - courses.CALM_SECONDS)
        course.rate_after = courses.completed_per_second(town, courses.CALM_SECONDS)
        clients.stop()
        course.await_idle(town)
        findings = [
            *verdict.judge(clients.orders, town, token),
            courses.answers_in_time(clients.orders, course),
            courses.recovered(course),
        ]
        return report.report(
            course=course,
            orders=clients.orders,
            findings=findings,
            restarts=town.restarts,
            minutes=seconds / 60,
            submissionsPerSecond=rate,
        )
    finally:
        town.stop()


if __name__ == "__main__":
    sys.exit(main())
