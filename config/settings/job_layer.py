"""The job layer: Redis, RQ, queues, workers, quotas, alerts, webhooks."""

from django.core.exceptions import ImproperlyConfigured

from .. import env
from ..queue_settings import BUSINESS_QUEUES, INTERNAL_QUEUE, read_overrides
from .web import DEBUG

# --- Redis and RQ ---------------------------------------------------------------------------------
REDIS_URL = env.redis_url()
RQ_QUEUES = {
    name: {"URL": REDIS_URL, "SERIALIZER": "rq.serializers.JSONSerializer"}
    for name in (*BUSINESS_QUEUES, INTERNAL_QUEUE)
}
RQ = {
    "JOB_CLASS": "jobs.carrier.Message",
    "QUEUE_CLASS": "jobs.carrier.ReadyQueue",
    "WORKER_CLASS": "jobs.carrier.SlotWorker",
    "SCHEDULER_CLASS": "jobs.schedules.rq_clock.RowScheduler",
    "COMMIT_MODE": "auto",
}

#: What other apps enqueue through the Django Tasks API becomes a job too.
TASKS = {
    "default": {"BACKEND": "jobs.django_tasks_backend.LedgerBackend", "QUEUES": [*BUSINESS_QUEUES, INTERNAL_QUEUE]}
}

# --- The job layer --------------------------------------------------------------------------------
QUEUE_OVERRIDES = read_overrides()
#: The release that runs, such as a tag or a commit. Workers of a new one leave a mark on the charts.
VERSION = env.text("QUARRY_VERSION")
USE_QUEUE_PROCESSING = env.flag("USE_QUEUE_PROCESSING", default=True)
#: Ready jobs of one queue that are in Redis at most; the rest waits in Postgres.
DISPATCH_WINDOW = env.integer("DISPATCH_WINDOW", 2000, least=10)
#: Seconds a running attempt stays its worker's without renewal. Lower finds losses sooner;
#: too low, and a worker that was merely slow loses its jobs.
LEASE_SECONDS = env.number("LEASE_SECONDS", 30, least=2)
#: Seconds a worker waits for its active jobs after the first signal, before it puts them back.
WORKER_SHUTDOWN_TIMEOUT = env.number("WORKER_SHUTDOWN_TIMEOUT", 30)
#: Jobs after which a process slot is replaced, and the memory that has the same effect.
WORKER_RECYCLE_JOBS = env.integer("WORKER_RECYCLE_JOBS", 1000, least=1)
WORKER_RECYCLE_MB = env.integer("WORKER_RECYCLE_MB", 512, least=32)
#: The group that `manage.py workers` started this worker in; the worker reports it.
WORKER_GROUP = env.text("QUARRY_WORKER_GROUP")
DLQ_MAX_REDRIVES = env.integer("DLQ_MAX_REDRIVES", 3, least=0)
#: Schedules that are switched on or off whatever their app declares, by name.
SCHEDULE_SWITCHES = env.switches("SCHEDULE_", "_ENABLED")
RECORD_DAYS = env.integer("RECORD_DAYS", 30, least=1)
#: Endings of key names whose values the console hides and search does not know.
MASKED_KEYS = env.words(
    "MASKED_KEYS",
    [
        "password",
        "passwd",
        "passphrase",
        "secret",
        "token",
        "apikey",
        "secretkey",
        "privatekey",
        "accesskey",
        "authorization",
        "credential",
        "credentials",
        "cookie",
    ],
)
#: Research requests a month and user; 0 refuses all. A plan that is set has its own number.
RESEARCH_QUOTA_LIMIT = env.integer("RESEARCH_QUOTA_LIMIT", 100)
RESEARCH_QUOTA_LIMITS = {
    plan: limit
    for plan, limit in {
        "free": env.optional_integer("RESEARCH_QUOTA_LIMIT_FREE"),
        "pro": env.optional_integer("RESEARCH_QUOTA_LIMIT_PRO"),
        "enterprise": env.optional_integer("RESEARCH_QUOTA_LIMIT_ENTERPRISE"),
    }.items()
    if limit is not None
}
PLAN_PRIORITIES = {
    "free": env.integer("PLAN_PRIORITY_FREE", 0, most=1000),
    "pro": env.integer("PLAN_PRIORITY_PRO", 50, most=1000),
    "enterprise": env.integer("PLAN_PRIORITY_ENTERPRISE", 100, most=1000),
}
DIAGNOSTICS = env.flag("QUARRY_DIAGNOSTICS", default=False)
if DIAGNOSTICS and not DEBUG and not env.flag("QUARRY_DIAGNOSTICS_IN_PRODUCTION", default=False):
    raise ImproperlyConfigured(
        "QUARRY_DIAGNOSTICS adds job types that crash workers on purpose and is refused with DJANGO_DEBUG off; "
        "set QUARRY_DIAGNOSTICS_IN_PRODUCTION=1 if that is meant."
    )

# --- Alerts ---------------------------------------------------------------------------------------
ALERT_EMAILS = env.words("ALERT_EMAILS")
#: Where alerts are posted as JSON: the operator's own address, so private ones are allowed.
ALERT_WEBHOOK_URL = env.text("ALERT_WEBHOOK_URL")
#: Receive a digest of failed jobs; owners ask for theirs in their settings.
FAILURE_EMAILS = env.words("FAILURE_EMAILS")
ALERT_QUEUE_DEPTH = env.integer("ALERT_QUEUE_DEPTH", 1000)
ALERT_QUEUE_DEPTHS = env.numbers_by_name("ALERT_QUEUE_DEPTHS", (*BUSINESS_QUEUES, INTERNAL_QUEUE))
ALERT_FAILURE_PERCENT = env.number("ALERT_FAILURE_PERCENT", 5)
ALERT_FAILURE_MINIMUM = env.integer("ALERT_FAILURE_MINIMUM", 20, least=1)
ALERT_NO_PROGRESS_MINUTES = env.integer("ALERT_NO_PROGRESS_MINUTES", 10, least=1)
ALERT_REDIS_MEMORY_MB = env.integer("ALERT_REDIS_MEMORY_MB", 512, least=1)
ALERT_WORKER_MEMORY_MB = env.integer("ALERT_WORKER_MEMORY_MB", 512, least=32)
ALERT_DEAD_JOBS = env.integer("ALERT_DEAD_JOBS", 10)

# --- Webhooks -------------------------------------------------------------------------------------
#: Whether webhooks may go to loopback, link-local and private addresses, and to any port.
WEBHOOK_ALLOW_PRIVATE = env.flag("WEBHOOK_ALLOW_PRIVATE", default=False)
#: Ports that webhook URLs may name; those of well-known services other than HTTP never are.
WEBHOOK_PORTS = env.ports("WEBHOOK_PORTS", "80,443,1024-65535")
#: Days that messages and deliveries are kept.
WEBHOOK_RECORD_DAYS = env.integer("WEBHOOK_RECORD_DAYS", 30, least=4)
#: What carries webhooks out, as jobs/webhooks/transport.py describes it.
WEBHOOK_TRANSPORT = "providers.outbound.transport.GuardedTransport"
