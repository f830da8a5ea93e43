"""A worker of the queue `research` as `rqworker` runs it, whose researches take 60 s and do nothing else."""

import django
from django.core.management import call_command

SECONDS = 60


def main() -> None:
    from jobs.payloads import Payload
    from jobs.registry import get, job_type, unregister
    from jobs.running import RunningJob

    kind = get("research")
    unregister("research")

    @job_type("research", payload=kind.payload, related=kind.related)
    def research(payload: Payload, job: RunningJob) -> dict[str, int]:
        job.sleep(SECONDS)
        return {"seconds": SECONDS}

    call_command("rqworker", "research")


if __name__ == "__main__":
    django.setup()
    main()
