"""Every setting, read from the environment here and nowhere else.

With nothing set: SQLite, files and a secret key under var/, mail printed to the console.
`.env.example` lists what can be set and what each setting moves. `MOOTHALL_ENV=production`
turns on what a public site needs, and refuses to start without it.
"""

import contextlib
import logging
import os
import secrets
import sys
from datetime import timedelta
from pathlib import Path

import environ
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

SITE_DIR = Path(__file__).resolve().parent
ROOT = SITE_DIR.parent.parent

env = environ.Env()
if (ROOT / ".env").exists():
    env.read_env(ROOT / ".env")
# A name set to nothing (as a template of a service file leaves it) is a name not set.
env.ENVIRON = {name: value for name, value in os.environ.items() if value.strip()}
wrong: list[str] = []
"""What is set to something that cannot be meant: said all at once, at the end, and nothing starts."""


def number(name: str, default: int, *, least: int = 0) -> int:
    given = env.str(name, default=str(default)).strip()
    if given.isascii() and given.isdigit() and len(given) < 10 and int(given) >= least:
        return int(given)
    wrong.append(f"{name}: {given[:40]!r} is not a whole number of {least} or more.")
    return default


def switch(name: str, default: bool) -> bool:
    given = env.str(name, default=str(default)).strip().lower()
    if given in ("true", "1", "yes", "on", "false", "0", "no", "off"):
        return given in ("true", "1", "yes", "on")
    wrong.append(f"{name}: say true or false, not {given[:40]!r}.")
    return default


PRODUCTION = env.str("MOOTHALL_ENV", default="development").strip() == "production"
if env.str("MOOTHALL_ENV", default="development").strip() not in ("development", "production"):
    wrong.append("MOOTHALL_ENV: say production or development; anything else would leave a public site undefended.")
TESTING = "pytest" in sys.modules
DEBUG = switch("DEBUG", False)
DEMO = switch("DEMO", False)
"""The site shows invented people and places, and says so on every page."""

VAR = Path(env.str("MOOTHALL_VAR", default=str(ROOT / "var")))
VAR.mkdir(parents=True, exist_ok=True)


def own_secret() -> str:
    """A secret key made on the first run and kept beside the data, outside git."""
    kept = VAR / "secret-key"
    if not kept.exists():
        mine = VAR / f"secret-key.{os.getpid()}"
        mine.touch(mode=0o600)
        mine.write_text(secrets.token_urlsafe(50))
        with contextlib.suppress(FileExistsError):
            os.link(mine, kept)  # two processes starting together agree on whichever came first
        mine.unlink()
    return kept.read_text().strip()


SECRET_KEY = env.str("SECRET_KEY", default="") or ("" if PRODUCTION else own_secret())
SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS", default=[])
"""Keys the site had before: slips on paper, apps and sessions made with them still work."""
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=[] if PRODUCTION else ["localhost", "127.0.0.1", "[::1]"])
SITE_URL = env.str(
    "SITE_URL",
    default=f"https://{ALLOWED_HOSTS[0].lstrip('.')}" if PRODUCTION and ALLOWED_HOSTS else "http://localhost:8000",
).rstrip("/")
"""Where residents find the site: written in messages, feeds and on posters."""

if not SITE_URL.startswith(("http://", "https://")):
    wrong.append("SITE_URL: begin it with https://, as people would type it.")
COUNCIL_NAME = env.str("COUNCIL_NAME", default="Thornbridge District Council" if DEMO else "The council")
"""Who publishes and who funds, in the files anyone may take."""
COUNCIL_ORG_ID = env.str("COUNCIL_ORG_ID", default="")
"""The council's number at org-id.guide, such as GB-LAE-BUC."""
GRANTS_PREFIX = env.str(
    "GRANTS_PREFIX",
    default="360G-ThornbridgeDC" if DEMO else "moothall-" + SITE_URL.partition("://")[2].replace(":", "-"),
)
"""The publisher's prefix that 360Giving gave: every grant's id begins with it, so it never changes once used."""

if PRODUCTION:
    if len(SECRET_KEY) < 50 or len(set(SECRET_KEY)) < 5 or SECRET_KEY.startswith("django-insecure"):
        wrong.append("SECRET_KEY: set a long random value of your own (50 characters or more).")
    if DEBUG:
        wrong.append("DEBUG: turn it off; it shows the site's insides to everyone.")
    if not ALLOWED_HOSTS or "*" in ALLOWED_HOSTS:
        wrong.append("ALLOWED_HOSTS: name the hosts this site answers to, with commas between, and not *.")
    if DEMO:
        wrong.append("DEMO: turn it off; it shows everyone's mail, sign-in codes included.")
    if switch("DRILLS", False):
        wrong.append("DRILLS: turn it off; it lets invented voters in.")

# The rooms, from the roof down: HOUSE_STYLE's order.
ROOMS = [
    "cms",
    "engagement.outcomes",
    "engagement.funding",
    "engagement.polls",
    "engagement.surveys",
    "engagement.ideas",
    "engagement.conversations",
    "engagement.activities",
    "engagement.evidence",
    "engagement.moderation",
    "engagement.notifications",
    "boards.people",
    "boards.places",
    "components",
]
INSTALLED_APPS = [
    "moothall",
    *ROOMS,
    "wagtail.contrib.settings",
    "wagtail.embeds",
    "wagtail.sites",
    "wagtail.users",
    "wagtail.documents",
    "wagtail.images",
    "wagtail.search",
    "wagtail.admin",
    "wagtail",
    "modelcluster",
    "taggit",
    "ninja",
    "django_filters",
    "django_tasks",
    "django_tasks_db",
    "django_structlog",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.usersessions",
    "django_htmx",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.forms",
]
OPENID_PROVIDER_URL = env.str("OPENID_PROVIDER_URL", default="")
if OPENID_PROVIDER_URL:
    INSTALLED_APPS.append("allauth.socialaccount.providers.openid_connect")

MIDDLEWARE = [
    "moothall.middleware.OddRequests",
    "django.middleware.security.SecurityMiddleware",
    "moothall.middleware.SecurityHeaders",
    "django_permissions_policy.PermissionsPolicyMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "moothall.page_cache.PageCache",
    "django_structlog.middlewares.RequestMiddleware",
    "moothall.middleware.OutageAnswer",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "moothall.middleware.SameOriginOrToken",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
    "boards.people.middleware.DeskDoor",
    "boards.people.equal_posts.EqualPosts",
    "cms.middleware.DeskScope",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]
ROOT_URLCONF = "moothall.urls"
WSGI_APPLICATION = "moothall.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [SITE_DIR / "templates", SITE_DIR.parent],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "moothall.context.site",
                "cms.context.brand",
            ],
        },
    },
]

# Data. CONN_MAX_AGE: a reconnect costs more than the vote (TECH_NOTES).
DATABASE_URL = env.str("DATABASE_URL", default="") or f"sqlite:///{VAR / 'moothall.sqlite3'}"
try:
    DATABASES = {"default": environ.Env.db_url_config(DATABASE_URL)}
    if DATABASES["default"]["ENGINE"].rpartition(".")[2] not in ("sqlite3", "postgresql"):
        raise ValueError
except (KeyError, ValueError, ImproperlyConfigured):
    wrong.append("DATABASE_URL: write it as postgres://user:password@host:5432/name, or sqlite:////path/to/file.")
    DATABASES = {"default": environ.Env.db_url_config("sqlite:///:memory:")}
DATABASES["default"]["CONN_MAX_AGE"] = number("CONN_MAX_AGE", 600)
DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        # FULL: an acknowledged vote survives a power cut. Loading the demo needs no such care, nor do tests.
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous="
        + env.str("SQLITE_SYNCHRONOUS", default="OFF" if TESTING else "FULL")
        + ";",
    }
    DATABASES["default"]["TEST"] = {"NAME": env.str("TEST_SQLITE_NAME", default=str(VAR / "test.sqlite3"))}
else:
    INSTALLED_APPS.append("django.contrib.postgres")
    DATABASES["default"].setdefault("OPTIONS", {})["connect_timeout"] = 5
    # For boards.people.asked_often alone: Django's own questions are never prepared.
    DATABASES["default"]["OPTIONS"]["prepare_threshold"] = number("PREPARE_THRESHOLD", 5) or None
    if test_name := env.str("TEST_PG_NAME", default=""):
        DATABASES["default"]["TEST"] = {"NAME": test_name}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

REDIS_URL = env.str("REDIS_URL", default="")
if REDIS_URL and not REDIS_URL.startswith(("redis://", "rediss://", "unix://")):
    wrong.append("REDIS_URL: write it as redis://host:6379/0.")
if REDIS_URL:
    CACHES = {"default": {"BACKEND": "django_redis.cache.RedisCache", "LOCATION": REDIS_URL}}
    SESSION_ENGINE = "django.contrib.sessions.backends.cached_db"
else:
    # Shared by the threads of one process, which is how the site runs without Redis.
    CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
    SESSION_ENGINE = "django.contrib.sessions.backends.db"
PAGE_CACHE_SECONDS = number("PAGE_CACHE_SECONDS", 0 if TESTING else 30)
PROCESSES = number("PROCESSES", 2 if REDIS_URL else 1, least=1)
"""Server processes. More than one needs REDIS_URL, or each would count tries and keep pages by itself."""

if PRODUCTION and PROCESSES > 1 and not REDIS_URL:
    wrong.append("PROCESSES: more than one needs REDIS_URL, or each would count tries by itself.")

TASKS = {
    "default": {
        "BACKEND": "django_tasks.backends.immediate.ImmediateBackend" if TESTING else "django_tasks_db.DatabaseBackend"
    }
}

# Mail
try:
    EMAIL_CONFIG = env.email_url("EMAIL_URL", default="consolemail://")
except (ImproperlyConfigured, ValueError, KeyError):
    wrong.append("EMAIL_URL: write it as smtp+tls://user:password@host:587.")
    EMAIL_CONFIG = {}
vars().update(EMAIL_CONFIG)
if DEMO and not env.str("EMAIL_URL", default=""):
    EMAIL_BACKEND = "moothall.demo.mail.DemoMail"
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="Moothall <boards@localhost>")
EMAIL_TIMEOUT = 10

# Files
STATIC_URL = "/static/"
STATIC_ROOT = ROOT / "staticfiles"
STATICFILES_DIRS = [SITE_DIR.parent / "static"]
MEDIA_URL = "/media/"
MEDIA_ROOT = VAR / "media"
WHITENOISE_USE_FINDERS = not PRODUCTION
WHITENOISE_AUTOREFRESH = DEBUG or TESTING  # else each test's client would list every static file first
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if PRODUCTION
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
if bucket := env.str("S3_BUCKET", default=""):
    STORAGES["default"] = {
        "BACKEND": "storages.backends.s3.S3Storage",
        "OPTIONS": {
            "bucket_name": bucket,
            "endpoint_url": env.str("S3_ENDPOINT_URL", default=None),
            "region_name": env.str("S3_REGION", default=None),
            "access_key": env.str("S3_ACCESS_KEY", default=None),
            "secret_key": env.str("S3_SECRET_KEY", default=None),
            "file_overwrite": False,
        },
    }
DATA_UPLOAD_MAX_NUMBER_FIELDS = 10_000
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
FILE_UPLOAD_PERMISSIONS = 0o640

# Language and time
LANGUAGE_CODE = "en-gb"
KNOWN_LANGUAGES = [("en-gb", _("English")), ("cy", _("Welsh")), ("ar", _("Arabic"))]
WHOLE_LANGUAGES = ["en-gb"]
"""The languages whose every phrase is translated. A page may only call itself Welsh when it is (docs/decisions/0006)."""
SITE_LANGUAGES = env.list(
    "SITE_LANGUAGES", default=[code for code, _name in KNOWN_LANGUAGES] if TESTING else WHOLE_LANGUAGES
)
LANGUAGES = [(code, name) for code, name in KNOWN_LANGUAGES if code in SITE_LANGUAGES] or KNOWN_LANGUAGES[:1]
LOCALE_PATHS = [ROOT / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Europe/London"

# People
AUTH_USER_MODEL = "people.Person"
AUTHENTICATION_BACKENDS = [
    "boards.people.backends.RolesBackend",
    "boards.people.backends.SignInBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/me/"
LOGOUT_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "boards.people.adapter.AccountAdapter"
ACCOUNT_FORMS = {
    "login": "boards.people.sign_in.CodeLoginForm",
    "request_login_code": "boards.people.sign_in.CodeRequestForm",
}
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*"]
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = 15 * 60
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = True
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_RATE_LIMITS = {
    "login": "60/m/ip",
    "login_failed": "10/m/ip,5/5m/key",
    "signup": "30/m/ip",
    "request_login_code": "60/m/ip,5/5m/key",
    "confirm_email": "5/5m/key",
    "reset_password": "20/m/ip,5/5m/key",
    "manage_email": "10/m/user",
    "change_password": "5/m/user",
    "reauthenticate": "10/m/user",
}
RATE_LIMITS_TIMES = number("RATE_LIMITS_TIMES", 1, least=1)
"""For load tests only: every limit on tries is this many times higher, and the log says so at every start."""
if RATE_LIMITS_TIMES > 1:
    ACCOUNT_RATE_LIMITS = {
        name: ",".join(
            f"{int(rule.partition('/')[0]) * RATE_LIMITS_TIMES}/{rule.partition('/')[2]}" for rule in rules.split(",")
        )
        for name, rules in ACCOUNT_RATE_LIMITS.items()
    }
DRILLS = switch("DRILLS", False)
"""Lets `make_voters` invent voters with sign-in links, for drills and load tests. Never on a real site."""
ALLAUTH_TRUSTED_PROXY_COUNT = number("TRUSTED_PROXIES", 0)
MFA_ADAPTER = "boards.people.adapter.SecondFactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not PRODUCTION
MFA_TOTP_ISSUER = "Moothall"
USERSESSIONS_TRACK_ACTIVITY = False
SOCIALACCOUNT_PROVIDERS = {}
if OPENID_PROVIDER_URL:
    SOCIALACCOUNT_PROVIDERS["openid_connect"] = {
        "APPS": [
            {
                "provider_id": "council",
                "name": env.str("OPENID_NAME", default="Council sign-in"),
                "client_id": env.str("OPENID_CLIENT_ID", default=""),
                "secret": env.str("OPENID_SECRET", default=""),
                "settings": {"server_url": OPENID_PROVIDER_URL},
            }
        ]
    }
SECOND_FACTOR_REQUIRED = switch("SECOND_FACTOR_REQUIRED", PRODUCTION)
"""Whoever may see unpublished words must show a passkey or an authenticator app in each session."""

if OPENID_PROVIDER_URL and not SOCIALACCOUNT_PROVIDERS["openid_connect"]["APPS"][0]["client_id"]:
    wrong.append("OPENID_CLIENT_ID: OPENID_PROVIDER_URL is set, so set this and OPENID_SECRET too.")

# Cookies and headers
SECURE_COOKIES = switch("SECURE_COOKIES", PRODUCTION)
SESSION_COOKIE_NAME = "__Host-session" if SECURE_COOKIES else "session"
CSRF_COOKIE_NAME = "__Host-csrf" if SECURE_COOKIES else "csrf"
LANGUAGE_COOKIE_NAME = "__Host-language" if SECURE_COOKIES else "language"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = SECURE_COOKIES
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = LANGUAGE_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = LANGUAGE_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = int(timedelta(days=14).total_seconds())
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "strict-origin-when-cross-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
if PRODUCTION:
    SECURE_SSL_REDIRECT = switch("SECURE_SSL_REDIRECT", True)
    SECURE_HSTS_SECONDS = 365 * 24 * 3600
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    SECURE_HSTS_PRELOAD = True
    if ALLAUTH_TRUSTED_PROXY_COUNT:
        SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
PERMISSIONS_POLICY: dict[str, list[str]] = {
    name: []
    for name in [
        *("accelerometer", "camera", "display-capture", "geolocation", "gyroscope"),
        *("magnetometer", "microphone", "midi", "payment", "usb"),
    ]
}

SILENCED_SYSTEM_CHECKS = [
    "security.W002",  # moothall.middleware.SecurityHeaders sets X-Frame-Options, the desk's differently
    "security.W003",  # moothall.middleware.SameOriginOrToken is Django's own, and judges public posts by origin
]

# The desk (Wagtail)
WAGTAIL_SITE_NAME = "Moothall desk"
WAGTAILADMIN_BASE_URL = SITE_URL
WAGTAILADMIN_LOGIN_URL = "account_login"
WAGTAIL_FRONTEND_LOGIN_URL = "/account/login/"
WAGTAIL_GRAVATAR_PROVIDER_URL = None
WAGTAIL_ENABLE_UPDATE_CHECK = False
WAGTAIL_ENABLE_WHATS_NEW_BANNER = False
WAGTAIL_PASSWORD_MANAGEMENT_ENABLED = False
WAGTAIL_PASSWORD_RESET_ENABLED = False
WAGTAIL_EMAIL_MANAGEMENT_ENABLED = False
WAGTAIL_USAGE_COUNT_ENABLED = True
WAGTAIL_WORKFLOW_ENABLED = False
WAGTAILADMIN_COMMENTS_ENABLED = False
WAGTAIL_I18N_ENABLED = False
WAGTAILSEARCH_BACKENDS = {"default": {"BACKEND": "wagtail.search.backends.database", "AUTO_UPDATE": True}}
WAGTAILIMAGES_IMAGE_MODEL = "cms.Picture"
WAGTAILIMAGES_IMAGE_FORM_BASE = "cms.forms.PictureForm"
WAGTAILIMAGES_MAX_UPLOAD_SIZE = 10 * 1024 * 1024
# Opened whole, a picture of this size takes 100 MB; a telephone makes 12 million.
WAGTAILIMAGES_MAX_IMAGE_PIXELS = 25_000_000
WAGTAILIMAGES_EXTENSIONS = ["avif", "gif", "jpg", "jpeg", "png", "webp"]
WAGTAILDOCS_EXTENSIONS = ["csv", "docx", "odt", "ods", "pdf", "pptx", "rtf", "txt", "xlsx"]
WAGTAILDOCS_MAX_UPLOAD_SIZE = 10 * 1024 * 1024

# What stands before the identifier of a group that is on no register: the prefix 360Giving gave this publisher.
ORG_ID_PREFIX = env.str("ORG_ID_PREFIX", default="360G-moothall")
WAGTAILDOCS_CONTENT_TYPES = {"pdf": "application/pdf"}
WAGTAILDOCS_INLINE_CONTENT_TYPES: list[str] = []
WAGTAILEMBEDS_FINDERS: list[str] = []
WAGTAILADMIN_EXTERNAL_LINK_CONVERSION = "exact"

# Logs: one JSON record a line. No form contents, ever.
import structlog  # noqa: E402

from moothall.logged import without_codes  # noqa: E402

LOG_LEVEL = env.str("LOG_LEVEL", default="WARNING" if not PRODUCTION else "INFO").strip().upper()
if LOG_LEVEL not in ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"):
    wrong.append("LOG_LEVEL: say DEBUG, INFO, WARNING, ERROR or CRITICAL.")
    LOG_LEVEL = "INFO"
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "json": {
            "()": structlog.stdlib.ProcessorFormatter,
            "processors": [
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                without_codes,
                structlog.processors.format_exc_info,  # the whole cause of a fault, not only its name
                structlog.processors.JSONRenderer(),
            ],
        }
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "json"}},
    "root": {"handlers": ["console"], "level": LOG_LEVEL},
}
DJANGO_STRUCTLOG_STATUS_START_LOG_LEVEL = logging.DEBUG  # one line a request: the one that says how it ended
DJANGO_STRUCTLOG_IP_LOGGING_ENABLED = False
DJANGO_STRUCTLOG_USER_ID_FIELD = None
structlog.configure(
    processors=[
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.filter_by_level,
        without_codes,
        structlog.processors.TimeStamper(fmt="iso"),
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.processors.format_exc_info,
        structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
    ],
    logger_factory=structlog.stdlib.LoggerFactory(),
    cache_logger_on_first_use=True,
)

if wrong:
    raise ImproperlyConfigured(
        ("This site will not start in production yet." if PRODUCTION else "This site will not start yet.")
        + "\n- "
        + "\n- ".join(wrong)
    )
