"""The API of the job layer, and what probes and Prometheus ask."""

from ..rows import api

#: 400 means: allowed, and then found wanting.
EVERYBODY = (401, 200, 200, 200, 200, 200)
OF_ACME = (401, 404, 200, 200, 200, 200)
#: Of the member: no business of a colleague below an administrator.
OF_THE_MEMBER = (401, 404, 404, 200, 200, 200)
WRITERS = (401, 400, 403, 400, 400, 400)
BOSSES = (401, 200, 403, 403, 200, 200)
BOSSES_WRITE = (401, 400, 403, 403, 400, 400)
BOSSES_OF_ACME = (401, 404, 403, 403, 200, 200)
ADMINS_READ = (401, 403, 403, 403, 403, 200)
ADMINS = (401, 403, 403, 403, 403, 400)

JOBS = "/api/jobs"
QUEUE = "/api/queues/scoring"
HOOKS = "/api/webhooks"

ROWS = (
    api("healthz", "GET", "/healthz", (200,) * 6),
    api("readyz", "GET", "/readyz", (200,) * 6),
    api("prometheus", "GET", "/metrics", ADMINS_READ),
    api("jobs", "GET", JOBS, EVERYBODY),
    api("jobs", "POST", JOBS, WRITERS, nonsense=True),
    api("jobs-ingestion", "POST", f"{JOBS}/ingestion", WRITERS, nonsense=True),
    api("jobs-enrichment", "POST", f"{JOBS}/enrichment", WRITERS, nonsense=True),
    api("jobs-health-scores", "POST", f"{JOBS}/health-scores", WRITERS, nonsense=True),
    api("jobs-batch", "POST", f"{JOBS}/batch", WRITERS, nonsense=True),
    api("jobs-search", "GET", f"{JOBS}/search", EVERYBODY),
    # A scope of its own, which viewers' and members' tokens carry only when told so.
    api("jobs-metrics", "GET", f"{JOBS}/metrics", (401, 200, 403, 403, 200, 200)),
    api("jobs-queue-stats", "GET", f"{JOBS}/queues/stats", EVERYBODY),
    api("jobs-of-queue", "GET", f"{JOBS}/queues/scoring", EVERYBODY),
    api("job", "GET", f"{JOBS}/{{job}}", (401, 404, 404, 202, 202, 202)),
    api("job", "DELETE", f"{JOBS}/{{job}}?action=cancel", (401, 404, 403, 200, 200, 200)),
    api("job-events", "GET", f"{JOBS}/{{job}}/events", OF_THE_MEMBER),
    api("queue-events", "GET", f"{QUEUE}/events", EVERYBODY),
    api("notices", "GET", "/api/events?topics=queues", EVERYBODY),
    api("workflows", "GET", "/api/workflows", EVERYBODY),
    api("workflows", "POST", "/api/workflows", WRITERS, nonsense=True),
    api("workflow", "GET", "/api/workflows/{workflow}", OF_THE_MEMBER),
    api("workflow", "DELETE", "/api/workflows/{workflow}?action=cancel", (401, 404, 403, 202, 202, 202)),
    api("batches", "GET", "/api/batches", EVERYBODY),
    api("batch", "GET", "/api/batches/{batch}", OF_THE_MEMBER),
    api("batch", "DELETE", "/api/batches/{batch}?action=cancel", (401, 404, 403, 202, 202, 202)),
    api("queues", "GET", "/api/queues", EVERYBODY),
    api("queue", "GET", QUEUE, EVERYBODY),
    api("queue", "POST", QUEUE, ADMINS, nonsense=True),
    api("queue", "PATCH", QUEUE, ADMINS, nonsense=True),
    api("queue", "DELETE", QUEUE, ADMINS),
    api("policy-history", "GET", f"{QUEUE}/policy-history", ADMINS_READ),
    api("dead-letter", "GET", f"{QUEUE}/dead-letter", EVERYBODY),
    api("dead-letter", "POST", f"{QUEUE}/dead-letter", ADMINS, nonsense=True),
    api("webhooks", "GET", HOOKS, BOSSES),
    api("webhooks", "POST", HOOKS, BOSSES_WRITE, nonsense=True),
    api("webhook-messages", "GET", f"{HOOKS}/messages", BOSSES),
    api("webhook-messages", "POST", f"{HOOKS}/messages", BOSSES_WRITE, nonsense=True),
    api("webhook-all-deliveries", "GET", f"{HOOKS}/deliveries", BOSSES),
    api("webhook-resend", "POST", f"{HOOKS}/deliveries/{{delivery}}/resend", (401, 404, 403, 403, 202, 202)),
    api("webhook-callback-secret", "GET", f"{HOOKS}/callback-secret", BOSSES),
    api("webhook-callback-secret", "POST", f"{HOOKS}/callback-secret", BOSSES_WRITE, nonsense=True),
    api("webhook", "GET", f"{HOOKS}/{{endpoint}}", BOSSES_OF_ACME),
    api("webhook", "PATCH", f"{HOOKS}/{{endpoint}}", BOSSES_OF_ACME, description="mine"),
    api("webhook", "DELETE", f"{HOOKS}/{{endpoint}}", (401, 404, 403, 403, 204, 204)),
    api("webhook-rotate-secret", "POST", f"{HOOKS}/{{endpoint}}/rotate-secret", BOSSES_OF_ACME),
    api("webhook-test", "POST", f"{HOOKS}/{{endpoint}}/test", (401, 404, 403, 403, 202, 202)),
    api("webhook-deliveries", "GET", f"{HOOKS}/{{endpoint}}/deliveries", BOSSES_OF_ACME),
    api("schedules", "GET", "/api/schedules", ADMINS_READ),
    api("schedule", "GET", "/api/schedules/ucc-daily", ADMINS_READ),
    api("schedule", "POST", "/api/schedules/ucc-daily", ADMINS, nonsense=True),
    api("schedule", "PATCH", "/api/schedules/ucc-daily", ADMINS, nonsense=True),
    api("workers", "GET", "/api/workers", EVERYBODY),
    api("worker", "POST", "/api/workers/nobody-1-abc", ADMINS, nonsense=True),
    api("deploys", "GET", "/api/deploys", EVERYBODY),
    api("deploys", "POST", "/api/deploys", ADMINS, nonsense=True),
    api("health", "GET", "/api/health", EVERYBODY),
    api("schema", "GET", "/api/schema", EVERYBODY),
    api("unknown-path", "GET", "/api/nowhere", (404,) * 6),
)
