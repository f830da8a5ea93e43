"""Every setting of Quarry, in one place. The environment is read through config/env.py only."""

import tempfile
from pathlib import Path

import django_stubs_ext
from django.core.exceptions import ImproperlyConfigured

from . import env
from .admin_theme import ADMIN_THEME
from .content_security import POLICY
from .logging import logging_config
from .model_settings import read_model
from .queue_settings import BUSINESS_QUEUES, INTERNAL_QUEUE, read_overrides
from .source_settings import read_feeds, read_live_sources, read_sources

# Makes Django's generic classes subscriptable at run time, as their type stubs have them.
django_stubs_ext.monkeypatch()

BASE_DIR = Path(__file__).resolve().parent.parent
QUARRY_HOME = Path(env.text("QUARRY_HOME", str(BASE_DIR / "var")))

# --- Django ---------------------------------------------------------------------------------------
DEBUG = env.flag("DJANGO_DEBUG", default=False)
SECRET_KEY = env.text("DJANGO_SECRET_KEY", "development-only-key" if DEBUG else "")
if not SECRET_KEY:
    raise ImproperlyConfigured("DJANGO_SECRET_KEY must be set when DJANGO_DEBUG is off.")
ALLOWED_HOSTS = env.words("DJANGO_ALLOWED_HOSTS", ["localhost", "127.0.0.1", "[::1]"] if DEBUG else [])
CSRF_TRUSTED_ORIGINS = env.words("CSRF_TRUSTED_ORIGINS")
PORT = env.integer("PORT", 3000, least=1, most=65535)
TIME_ZONE = env.text("TIME_ZONE", "UTC")
USE_TZ = True
LANGUAGE_CODE = "en"

INSTALLED_APPS = [
    # Before Django's admin, whose templates it replaces.
    "unfold",
    "unfold.contrib.filters",
    "config.admin_app.AdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.humanize",
    "django.contrib.staticfiles",
    "django_tasks",
    "rest_framework",
    "accounts",
    # Before django_rq, whose rqworker-pool command it replaces.
    "jobs",
    "providers",
    "prospects",
    "research",
    "pricing",
    "reports",
    "django_rq",
]
MIDDLEWARE = [
    "config.request_id.RequestIdMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "config.content_security.ContentSecurityMiddleware",
    "config.pages.MissingPageMiddleware",
    "config.pages.StorableTextMiddleware",
]
ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
# Both spellings of each API path are routed; a redirect would lose a POST's body.
APPEND_SLASH = False
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "config.shell.shell",
            ],
            "builtins": ["config.template_tags"],
        },
    }
]
STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
# In development files are served from where they lie. In production `collectstatic` copies them
# here, compressed and under names that change with their content, which browsers keep for ever.
STATIC_ROOT = QUARRY_HOME / "static"
WHITENOISE_USE_FINDERS = DEBUG
# A file that is edited while the server runs is sent whole.
WHITENOISE_AUTOREFRESH = DEBUG
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    # Handed out by a view that asks who may see them, so they need no address.
    "reports": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": QUARRY_HOME / "files" / "reports", "file_permissions_mode": 0o600},
    },
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
MEDIA_ROOT = QUARRY_HOME / "files"

DATABASES = {"default": env.database()}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_USER_MODEL = "accounts.User"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "accounts:sign-in"
LOGIN_REDIRECT_URL = "start"
UNFOLD = ADMIN_THEME

# --- Security -------------------------------------------------------------------------------------
HTTPS_ONLY = env.flag("HTTPS_ONLY", default=not DEBUG)
SECURE_SSL_REDIRECT = HTTPS_ONLY
#: The proxy sets X-Forwarded-Proto, and X-Forwarded-For with the client's address last.
BEHIND_PROXY = env.flag("BEHIND_PROXY", default=False)
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if BEHIND_PROXY else None
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS_ONLY
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS_ONLY else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HTTPS_ONLY
# A probe inside the cluster speaks plain HTTP.
SECURE_REDIRECT_EXEMPT = [r"^healthz/?$", r"^readyz/?$"]

API_AUTH_REQUIRED = env.flag("API_AUTH_REQUIRED", default=True)
if not API_AUTH_REQUIRED and not DEBUG and not env.flag("API_OPEN_IN_PRODUCTION", default=False):
    raise ImproperlyConfigured(
        "API_AUTH_REQUIRED=false with DJANGO_DEBUG off opens the API to everybody; "
        "set API_OPEN_IN_PRODUCTION=true if that is meant."
    )
ADMIN_EMAIL_DOMAIN = env.text("ADMIN_EMAIL_DOMAIN")
#: Nobody changes anything in the console of this web process, admins included.
CONSOLE_READ_ONLY = env.flag("CONSOLE_READ_ONLY", default=False)
CONTENT_SECURITY_POLICY = POLICY
CSRF_FAILURE_VIEW = "config.pages.csrf_failure"

# --- REST -----------------------------------------------------------------------------------------
#: Largest request body the API accepts, in bytes; a larger one answers 413.
MAX_JOB_PAYLOAD_BYTES = env.integer("MAX_JOB_PAYLOAD_BYTES", 5 * 1024 * 1024, least=1024)
# Django's own bound must not answer before ours does, with another error.
DATA_UPLOAD_MAX_MEMORY_SIZE = MAX_JOB_PAYLOAD_BYTES + 65_536
#: Largest list that may be uploaded, in bytes.
MAX_IMPORT_BYTES = env.integer("MAX_IMPORT_BYTES", 20 * 1024 * 1024, least=1024, most=200 * 1024 * 1024)
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "accounts.authentication.BearerAuthentication",
        "accounts.authentication.SessionAuthentication",
    ],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["jobs.api.parsing.StrictJSONParser"],
    "EXCEPTION_HANDLER": "jobs.api.problems.handle",
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
    "COMPACT_JSON": True,
}
#: Submissions one caller may make per window; one more answers 429.
SUBMISSION_RATE_LIMIT = env.limit("SUBMISSION_RATE_LIMIT", env.Limit(count=120, window_ms=60_000))

#: Requests that one web process serves at the same time; more wait. Streams are not counted here.
WEB_THREADS = env.integer("WEB_THREADS", 8, least=1, most=200)
#: Event streams that one caller may have open in one web process, and the process in all.
STREAMS_PER_CALLER = env.integer("STREAMS_PER_CALLER", 50, least=1)
STREAMS_PER_PROCESS = env.integer("STREAMS_PER_PROCESS", 2000, least=1)

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

# --- Sources --------------------------------------------------------------------------------------
#: Address, key and limit of each source, by its name in providers/catalogue.py.
PROVIDERS = read_sources()
#: Sources that may be called. Nothing goes out to any other.
LIVE_SOURCES = read_live_sources()
#: Whether the bundled, labelled samples answer where no live source does.
SAMPLE_SOURCES = env.flag("QUARRY_SAMPLE_SOURCES", default=False)
#: Feeds in whose headlines companies are looked for.
RSS_FEEDS = read_feeds()
#: Seconds until a source must take the connection, send its next bytes, and have answered in full.
PROVIDER_CONNECT_TIMEOUT = env.number("PROVIDER_CONNECT_TIMEOUT", 5, least=0.1)
PROVIDER_READ_TIMEOUT = env.number("PROVIDER_READ_TIMEOUT", 20, least=0.1)
PROVIDER_TOTAL_TIMEOUT = env.number("PROVIDER_TOTAL_TIMEOUT", 30, least=0.1)
#: Seconds that a call waits for its turn at most, where a source's limit is used up.
PROVIDER_LIMIT_WAIT = env.number("PROVIDER_LIMIT_WAIT", 30)
#: Failures in a row after which a source is left alone, and for how many seconds.
PROVIDER_CIRCUIT_FAILURES = env.integer("PROVIDER_CIRCUIT_FAILURES", 5, least=1)
PROVIDER_CIRCUIT_SECONDS = env.number("PROVIDER_CIRCUIT_SECONDS", 60, least=1)
#: Packed size in MiB of the answers that are kept to be given again.
PROVIDER_CACHE_MB = env.integer("PROVIDER_CACHE_MB", 256, least=1)
#: Largest answer in MiB, unpacked.
PROVIDER_ANSWER_MB = env.integer("PROVIDER_ANSWER_MB", 64, least=1)
#: Whether feeds may be read from loopback, link-local and private addresses.
PROVIDER_ALLOW_PRIVATE = env.flag("PROVIDER_ALLOW_PRIVATE", default=False)
#: What the job layer shows of sources; see jobs/hooks.py.
PROVIDER_PROBLEMS = "providers.readiness.problems"
PROVIDER_CIRCUITS = "providers.http.circuits.states"
MODEL_METRICS = "providers.llm.metrics.counters"
#: What forgets old rows, once an hour; see jobs/hooks.py.
CLEANUPS = ["providers.llm.months.forget_old_calls", "research.quota.forget_old_units"]
#: `sample` serves the bundled, labelled sample to every state; `files` reads the inbox only.
UCC_SOURCE = env.choice("QUARRY_UCC_SOURCE", "files", ("files", "sample"))
#: One folder per state, such as TX/, holding the files to ingest.
UCC_INBOX = Path(env.text("UCC_INBOX", str(QUARRY_HOME / "inbox" / "ucc")))
#: Names in Texas bulk files beside those of the layout, to the field that each one means.
UCC_TEXAS_FIELDS = env.names("UCC_TEXAS_FIELDS")
#: Places of fields in Florida's tax lien files that differ from those of providers/ucc/florida.py.
UCC_FLORIDA_PLACES = env.names("UCC_FLORIDA_PLACES")
#: Largest filing file that admin takes; a larger one is put into the inbox by hand.
UCC_UPLOAD_MAX_BYTES = env.integer("UCC_UPLOAD_MAX_MB", 512, least=1) * 1024 * 1024
#: Whose filings they are: organisations by their slug. Empty: of the only organisation, if there is just one.
UCC_TENANTS = env.words("UCC_TENANTS")
#: Days that open registers are read back where a job names no start date.
UCC_LIVE_DAYS = env.integer("UCC_LIVE_DAYS", 90, least=1)
UCC_STATES = env.words("UCC_STATES", ["NY", "CA", "TX", "FL", "IL", "PA", "OH", "GA", "NC", "MI"])

# --- Scores ---------------------------------------------------------------------------------------
#: A lead score younger than this is taken again unless something new is known of the company.
LEAD_SCORE_REUSE_SECONDS = env.integer("LEAD_SCORE_REUSE_SECONDS", 3600)
#: A health score older than this is computed anew.
HEALTH_SCORE_HOURS = env.integer("HEALTH_SCORE_HOURS", 12, least=1)
#: Of lead and health scores older than this, one a month is kept.
SCORE_HISTORY_DAYS = env.integer("SCORE_HISTORY_DAYS", 90, least=31)

# --- Research ---------------------------------------------------------------------------------------
#: Who writes texts: rules, or a language model.
LANGUAGE_MODEL = read_model()
#: US dollars a month that an organisation may spend on models; None for no limit. Admin sets others.
LLM_MONTHLY_BUDGET_USD = env.optional_money("LLM_MONTHLY_BUDGET_USD")
#: Days that single questions to models are kept; the sums of their months stay. Two months at least, for budgets.
LLM_CALL_DAYS = env.integer("LLM_CALL_DAYS", 400, least=62)
#: Hours for which a complete research answers the next request for the same company; 0: never.
RESEARCH_REUSE_HOURS = env.number("RESEARCH_REUSE_HOURS", 24, least=0)

# --- Webhooks ---------------------------------------------------------------------------------------
#: Whether webhooks may go to loopback, link-local and private addresses, and to any port.
WEBHOOK_ALLOW_PRIVATE = env.flag("WEBHOOK_ALLOW_PRIVATE", default=False)
#: Ports that webhook URLs may name; those of well-known services other than HTTP never are.
WEBHOOK_PORTS = env.ports("WEBHOOK_PORTS", "80,443,1024-65535")
#: Days that messages and deliveries are kept.
WEBHOOK_RECORD_DAYS = env.integer("WEBHOOK_RECORD_DAYS", 30, least=4)
#: What carries webhooks out, as jobs/webhooks/transport.py describes it.
WEBHOOK_TRANSPORT = "providers.outbound.transport.GuardedTransport"

# --- Reports ----------------------------------------------------------------------------------------
#: Days that the files of reports are kept; 0 keeps them for ever. What a page shows stays.
REPORT_FILE_DAYS = env.integer("REPORT_FILE_DAYS", 0)
#: Pages that a PDF of price derivations may have, about; CSV and JSON have no bound.
REPORT_PDF_PAGES = env.integer("REPORT_PDF_PAGES", 150, least=5)
#: What the doctor says of this machine; see jobs/hooks.py.
SYSTEM_PROBLEMS = "reports.rendering.pdf.system_problems"

# --- E-mail ---------------------------------------------------------------------------------------
#: Under which address users reach this, for links in mails; without a slash at its end. Empty: mails have no links.
PUBLIC_URL = env.web_address("PUBLIC_URL")
EMAIL_HOST = env.text("EMAIL_HOST")
#: `console` writes mails to the log, `locmem` keeps them in memory, for tests.
EMAIL_DELIVERY = env.choice("EMAIL_DELIVERY", "smtp" if EMAIL_HOST else "console", ("smtp", "console", "locmem"))
if EMAIL_DELIVERY == "smtp" and not EMAIL_HOST:
    raise ImproperlyConfigured("EMAIL_DELIVERY=smtp needs EMAIL_HOST, the name of the mail server.")
EMAIL_BACKEND = f"django.core.mail.backends.{EMAIL_DELIVERY}.EmailBackend"
EMAIL_PORT = env.integer("EMAIL_PORT", 587, least=1, most=65535)
EMAIL_HOST_USER = env.text("EMAIL_HOST_USER")
EMAIL_HOST_PASSWORD = env.text("EMAIL_HOST_PASSWORD")
EMAIL_USE_SSL = env.flag("EMAIL_USE_SSL", default=EMAIL_PORT == 465)
EMAIL_USE_TLS = env.flag("EMAIL_USE_TLS", default=not EMAIL_USE_SSL)
if EMAIL_USE_SSL and EMAIL_USE_TLS:
    raise ImproperlyConfigured("EMAIL_USE_SSL and EMAIL_USE_TLS exclude each other; set one of them to false.")
EMAIL_TIMEOUT = env.number("EMAIL_TIMEOUT", 10, least=1)
DEFAULT_FROM_EMAIL = SERVER_EMAIL = env.text("EMAIL_FROM", "Quarry <quarry@localhost>")

# --- Tracing ----------------------------------------------------------------------------------------
#: Spans of submissions and attempts through OpenTelemetry (requirements/tracing.txt); OTEL_* say where to.
OTEL_TRACING = env.flag("OTEL_TRACING", default=False)
if OTEL_TRACING:
    MIDDLEWARE.insert(1, "jobs.tracing.TracingMiddleware")

# --- Logging --------------------------------------------------------------------------------------
LOG_LEVEL = env.choice("LOG_LEVEL", "INFO", ("DEBUG", "INFO", "WARNING", "ERROR"))
LOG_FORMAT = env.choice("LOG_FORMAT", "text", ("text", "json"))
LOGGING_CONFIG = "config.logging.configure"
LOGGING = logging_config(level=LOG_LEVEL, style=LOG_FORMAT)

# Work files of child processes never outlive the machine's own cleaning.
FILE_UPLOAD_TEMP_DIR = tempfile.gettempdir()
