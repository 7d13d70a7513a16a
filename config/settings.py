"""Settings: every value that differs between deployments comes from the environment.

With nothing set, the platform runs from ``var/`` on an embedded PostgreSQL and an embedded broker.
The table of variables is in the README.
"""

from pathlib import Path
from typing import Any

import environ
from django.utils.translation import gettext_lazy as _

from apps.common.runtime import local
from config.security import *  # noqa: F403  its __all__ is settings only
from config.unfold import UNFOLD, UNFOLD_PORTAL  # noqa: F401  read by the two sites

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()
DEBUG = env.bool("DEBUG", default=True)


def _secret(name: str) -> str:
    return str(env.str(name, default="") or local.secret(name, allowed=DEBUG))


SECRET_KEY = _secret("SECRET_KEY")
LOCAL_HOSTS = ["localhost", "127.0.0.1", "[::1]"]
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=LOCAL_HOSTS if DEBUG else [])
CSRF_FAILURE_VIEW = "config.errors.form_expired"
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])

# Personal data, newest key first: "id:base64 of 32 bytes"; of blind indexes "id:secret".
IDENTITY_KEYS = env.list("IDENTITY_KEYS", default=[]) or [local.identity_key(allowed=DEBUG)]
BLIND_INDEX_KEYS = env.list("BLIND_INDEX_KEYS", default=[]) or [f"1:{_secret('BLIND_INDEX_KEY')}"]
SANDBOX_PAYMENT_SECRET = _secret("SANDBOX_PAYMENT_SECRET")

INSTALLED_APPS = [
    "unfold",
    "unfold.contrib.filters",
    "config.apps.OfficesConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django_filters",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "pgtrigger",
    "pghistory",
    "apps.common",
    "apps.accounts",
    "apps.org",
    "apps.jobs",
    "apps.members",
    "apps.products",
    "apps.orders",
    "apps.inventory",
    "apps.payments",
    "apps.loyalty",
    "apps.insights",
    "apps.demo",
]

MIDDLEWARE = [
    "apps.common.middleware.RequestIdMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "apps.common.middleware.ContentPolicyMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "apps.org.offices.sessions.LiveSignInMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]

ROOT_URLCONF = "config.urls"
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
            ]
        },
    }
]

SESSION_OPTIONS = "-c lock_timeout=3s -c idle_in_transaction_session_timeout=60s"
# One pool a process; DB_POOL=0 gives plain persistent connections (Celery, behind PgBouncer).
database_url = env.str("DATABASE_URL", default="") or local.database_url()
database: dict[str, Any] = env.db_url_config(database_url) | {"CONN_HEALTH_CHECKS": True}
DATABASES = {"default": database}
DB_POOL_SIZE = env.int("DB_POOL", default=0)
options = database.setdefault("OPTIONS", {})
options |= {
    "application_name": "quanyu",
    # Hot statements are prepared after this many runs; "none" for a pooler that cannot keep them.
    "prepare_threshold": env.int("DB_PREPARE_THRESHOLD", default=3) or None,
    "options": env.str("DB_SESSION_OPTIONS", default=SESSION_OPTIONS),
}
if DB_POOL_SIZE:
    options["pool"] = {"min_size": 2, "max_size": DB_POOL_SIZE, "timeout": 5}
else:
    database["CONN_MAX_AGE"] = 60
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

CELERY_BROKER_URL = env.str("BROKER_URL", default="") or local.broker_url()
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_SOFT_TIME_LIMIT = 300
CELERY_TASK_TIME_LIMIT = 330
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_CANCEL_LONG_RUNNING_TASKS_ON_CONNECTION_LOSS = True
CELERY_WORKER_SOFT_SHUTDOWN_TIMEOUT = 10
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 360,  # longer than any task may run, or it would be handed out twice
    "unacked_restore_interval": 5,
    "unacked_restore_throttle": 1,
    "socket_timeout": 10,
    "socket_keepalive": True,
}

AUTH_USER_MODEL = "accounts.User"

LANGUAGE_CODE = "zh-hans"
FORMAT_MODULE_PATH = "config.formats"
LANGUAGES = [("zh-hans", _("Simplified Chinese")), ("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_TZ = True
TIME_ZONE = env.str("TIME_ZONE", default="Asia/Shanghai")
CURRENCY = env.str("CURRENCY", default="CNY")

STATIC_URL = "/static/"
STATIC_ROOT = local.VAR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
WHITENOISE_USE_FINDERS = DEBUG
DATA_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024  # the longest order, 500 lines, is about 40 kB
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2000
FILE_UPLOAD_HANDLERS = [
    "apps.org.offices.uploads.BoundedUploads",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "apps.org.api.authentication.StaffTokenAuthentication",
        "apps.org.api.authentication.ApiKeyAuthentication",
        "apps.members.api.authentication.MemberTokenAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["apps.common.permissions.DenyAll"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_PAGINATION_CLASS": "apps.common.pagination.KeysetPagination",
    "DEFAULT_FILTER_BACKENDS": ["django_filters.rest_framework.DjangoFilterBackend"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "apps.common.api.exception_handler",
    "UNAUTHENTICATED_USER": None,
    "PAGE_SIZE": 50,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Quanyu API",
    "DESCRIPTION": """One API for stores, storefronts and applications; who you are decides what you see.
Amounts are integers in minor units of one currency, quantities decimal strings, times RFC 3339.
Refusals are RFC 9457 problem+json; besides those named at each operation there are 405
`method_not_allowed`, 413 `body_too_large` (1 MB), 429 `too_many_requests` (with `Retry-After`; nothing
was changed), 500 `internal_error` and 503 `unavailable`.""",
    "VERSION": "1.0.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "REDOC_DIST": "SIDECAR",
    "SERVE_PERMISSIONS": ["rest_framework.permissions.AllowAny"],
    "SERVE_AUTHENTICATION": [],
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "ENUM_GENERATE_CHOICE_DESCRIPTION": False,
    "POSTPROCESSING_HOOKS": ["apps.common.schema.in_no_language"],
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"json": {"()": "apps.common.logs.JsonFormatter"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "json"}},
    "root": {"handlers": ["console"], "level": env.str("LOG_LEVEL", default="INFO")},
    "loggers": {"django": {"handlers": [], "propagate": True}},  # its own would not mask
}
