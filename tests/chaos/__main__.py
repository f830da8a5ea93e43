"""Run it: `python3 run.py chaos`; `--help` lists the options and the faults."""

import os
import random
import sys
import time
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .arguments import Given
    from .faults import Choice

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
os.environ.update(DJANGO_DEBUG="true", QUARRY_DIAGNOSTICS="1", LOG_LEVEL="WARNING")


def main() -> int:
    import django

    django.setup()
    from . import arguments, report

    given = arguments.parsed(sys.argv[1:])
    seed = given.seed if given.seed is not None else random.randrange(1, 1_000_000)
    print(f"Chaos with seed {seed}: {given.says}, {given.rate:g} submissions a second.", flush=True)
    found = run(seed=seed, given=given)
    print(report.text_of(found), flush=True)
    if given.report:
        report.write(found, given.report)
    return 0 if found["verdict"] == "holds" else 1


def run(*, seed: int, given: "Given") -> dict[str, Any]:
    import shutil

    from tests.survival.world import running_world

    with running_world() as world:
        try:
            return _run(world, seed=seed, rate=given.rate, choice=given.choice)
        finally:
            if given.logs:
                shutil.copytree(world.logs, given.logs, dirs_exist_ok=True)


def _run(world: Any, *, seed: int, rate: float, choice: "Choice") -> dict[str, Any]:
    from accounts import tokens
    from accounts.models import Organisation
    from accounts.roles import Role

    from . import course as courses
    from . import report, verdict
    from .clients import Clients
    from .machine import Machine
    from .town import Town

    organisation = Organisation.objects.create(slug="survivors", name="Survivors")
    _, token = tokens.issue(user=None, organisation=organisation, name="robot", role=Role.TENANT_ADMIN, is_service=True)
    town = Town(world)
    try:
        town.start()
        clients = Clients(port=town.port, token=token, rate=rate, seed=seed)
        with Machine() as machine:
            course = courses.Course(begun=time.monotonic(), seed=seed)
            clients.start()
            town.pass_time(5)
            course.rate_before = courses.completed_per_second(town, courses.CALM_SECONDS)
            course.torment(town, choice)
            town.pass_time(courses.HEALING_SECONDS - courses.CALM_SECONDS)
            course.rate_after = courses.completed_per_second(town, courses.CALM_SECONDS)
            clients.stop()
        course.await_idle(town)
        findings = [
            *verdict.judge(clients.orders, town, token),
            courses.answers_in_time(clients.orders, course, machine),
            courses.recovered(course),
        ]
        return report.report(
            course=course,
            orders=clients.orders,
            findings=findings,
            restarts=town.restarts,
            minutes=round((course.healed - course.faults_begun) / 60, 1),
            pauseSeconds=choice.pause_seconds,
            submissionsPerSecond=rate,
            processorTimeTakenByOthers=round(machine.taken(), 3),
        )
    finally:
        town.stop()


if __name__ == "__main__":
    sys.exit(main())
