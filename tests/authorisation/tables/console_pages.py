"""The queue console: admins act, readers look (see test_readers_look_and_do_not_act), nobody else comes in."""

from ..rows import Row, page

BASE = "/api/admin/bull-board"
SHOWN = (302, 403, 403, 403, 403, 200)
BACK = (302, 403, 403, 403, 403, 302)
WRONG = (302, 403, 403, 403, 403, 422)


def get(name: str, path: str, answers: tuple[int, ...] = SHOWN) -> Row:
    return page(f"console:{name}", "GET", f"{BASE}/{path}", answers)  # type: ignore[arg-type]


def post(name: str, path: str, answers: tuple[int, ...] = BACK, **form: str) -> Row:
    return page(f"console:{name}", "POST", f"{BASE}/{path}", answers, **form)  # type: ignore[arg-type]


ROWS = (
    page("console-moved", "GET", BASE, (302,) * 6),
    get("index", "", BACK),
    get("overview", "overview"),
    get("chart-data", "charts/data"),
    get("queues", "queues"),
    get("queue", "queues/scoring"),
    post("queue-pause", "queues/scoring/pause"),
    post("queue-resume", "queues/scoring/resume"),
    post("queue-retry-failed", "queues/scoring/retry-failed"),
    get("queue-clean-preview", "queues/scoring/clean/preview"),
    post("queue-clean", "queues/scoring/clean"),
    post("queue-limits", "queues/scoring/limits", WRONG),
    post("queue-limits-revert", "queues/scoring/limits/revert"),
    post("queue-jobs", "queues/scoring/jobs"),
    get("workers", "workers"),
    post("worker", "workers/nobody-1-abc"),
    get("schedules", "schedules"),
    get("schedule", "schedules/ucc-daily"),
    post("schedule", "schedules/ucc-daily"),
    get("schedule-preview", "schedules/ucc-daily/preview"),
    post("schedule-act", "schedules/ucc-daily/pause"),
    get("workflows", "workflows"),
    get("workflow", "workflows/{workflow}"),
    post("workflow-cancel", "workflows/{workflow}/cancel"),
    post("workflow-retry", "workflows/{workflow}/retry"),
    get("jobs", "jobs"),
    get("job", "jobs/{job}"),
    get("job-rerun", "jobs/{job}/rerun"),
    post("job-rerun", "jobs/{job}/rerun", WRONG),
    get("job-action", "jobs/{job}/cancel", BACK),
    post("job-action", "jobs/{job}/cancel"),
    get("job-reveal", "jobs/{job}/reveal", BACK),
    post("job-reveal", "jobs/{job}/reveal", SHOWN),
    get("bulk", "bulk", BACK),
    post("bulk", "bulk"),
    get("dead-letters", "dead-letters"),
    get("audit", "audit"),
    get("alerts", "alerts"),
    post("alert-acknowledge", "alerts/{console_alert}/acknowledge"),
    get("webhooks", "webhooks"),
    post("webhooks", "webhooks", WRONG),
    get("webhook", "webhooks/{endpoint}"),
    post("webhook", "webhooks/{endpoint}", action="test"),
    get("webhook-delivery", "webhooks/deliveries/{delivery}"),
    post("webhook-delivery", "webhooks/deliveries/{delivery}"),
    get("unknown", "no/such/page", (302, 403, 403, 403, 403, 404)),
    post("unknown", "no/such/page", (302, 403, 403, 403, 403, 404)),
)
