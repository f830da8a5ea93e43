"""Django itself: apps, templates, storage, security, REST, tracing, logging."""

import tempfile
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

from .. import env
from ..admin_theme import ADMIN_THEME
from ..api_schema import api_schema_settings
from ..content_security import POLICY
from ..logging import logging_config
from ..static_files import NOT_PACKED

BASE_DIR = Path(__file__).resolve().parent.parent.parent
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
    # Before Django's admin, whose templates it replaces. Its usual configuration would put its site in the place
    # of config.admin_app.Site.
    "unfold.apps.BasicAppConfig",
    "unfold.contrib.filters",
    "config.admin_app.AdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.humanize",
    "config.static_files.StaticFiles",
    "django_tasks",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "accounts",
    # Before django_rq, whose rqworker-pool command it replaces.
    "jobs",
    "providers",
    "prospects",
    "research",
    "pricing",
    "reports",
    "config.rq_app.RqConfig",
]
MIDDLEWARE = [
    "config.request_id.RequestIdMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "config.probes.HostMiddleware",
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
STATIC_ROOT = Path(env.text("STATIC_ROOT", str(QUARRY_HOME / "static")))
WHITENOISE_USE_FINDERS = DEBUG
WHITENOISE_SKIP_COMPRESS_EXTENSIONS = NOT_PACKED
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
    "DEFAULT_SCHEMA_CLASS": "jobs.api.openapi.view_schema.ViewSchema",
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
    "COMPACT_JSON": True,
}
SPECTACULAR_SETTINGS = api_schema_settings()
#: Submissions one caller may make per window; one more answers 429.
SUBMISSION_RATE_LIMIT = env.limit("SUBMISSION_RATE_LIMIT", env.Limit(count=120, window_ms=60_000))

#: Requests that one web process serves at the same time; more wait. Streams are not counted here.
WEB_THREADS = env.integer("WEB_THREADS", 8, least=1, most=200)
#: Event streams that one caller may have open in one web process, and the process in all.
STREAMS_PER_CALLER = env.integer("STREAMS_PER_CALLER", 50, least=1)
STREAMS_PER_PROCESS = env.integer("STREAMS_PER_PROCESS", 2000, least=1)

# --- Tracing --------------------------------------------------------------------------------------
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
