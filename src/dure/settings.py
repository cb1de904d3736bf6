"""All settings are environment variables, and everything works with none set.

Outside a demo no secret has a default: without `DURE_SECRET_KEY` one is made and kept in the data folder.
"""

import os
import secrets
from pathlib import Path
from typing import Any

from psycopg.conninfo import conninfo_to_dict

from dure import postgres

HERE = Path(__file__).parent
DATA = Path(os.environ.get("DURE_DATA", "data")).resolve()


def _yes(name: str, default: str = "") -> bool:
    return os.environ.get(name, default).lower() in {"1", "yes", "true", "on"}


def _list(name: str) -> list[str]:
    """by commas"""
    return [each.strip() for each in os.environ.get(name, "").split(",") if each.strip()]


def _pairs(name: str) -> dict[str, str]:
    """channel=address, by commas"""
    given = os.environ.get(name, "")
    return {key.strip(): value.strip() for key, _, value in (p.partition("=") for p in given.split(",") if "=" in p)}


def _secret(name: str = "DURE_SECRET_KEY", file: str = "secret") -> str:
    if given := os.environ.get(name):
        return given
    kept = DATA / file
    if not kept.exists():
        kept.parent.mkdir(parents=True, exist_ok=True)
        with open(os.open(kept, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as made:
            made.write(secrets.token_urlsafe(48))
    return kept.read_text()


# Nobody holds the database up: a page that asks for too long, a transaction that was forgotten (for the queues' sake).
FORGOTTEN = "-c idle_in_transaction_session_timeout=60s"
LIMITS = {"owner": "", "engine": FORGOTTEN, "app": f"{FORGOTTEN} -c statement_timeout=60s"}


def _database(role: str) -> dict[str, Any]:
    """How this process connects: as the owner (migrations), the app (web) or the engine (watch, sender, jobs)."""
    own = {"owner": "DATABASE_OWNER_URL", "engine": "DATABASE_ENGINE_URL", "app": "DATABASE_URL"}[role]
    url = os.environ.get(own) or postgres.url(DATA / "postgres", f"dure_{role}")
    parts = conninfo_to_dict(url)
    known = {"dbname": "NAME", "user": "USER", "password": "PASSWORD", "host": "HOST", "port": "PORT"}
    rest = {k: v for k, v in parts.items() if k not in known}
    return {
        "ENGINE": "django.db.backends.postgresql",
        **{known[k]: str(v) for k, v in parts.items() if k in known},
        "OPTIONS": {"connect_timeout": 5, **rest, "options": f"{LIMITS[role]} {rest.get('options', '')}".strip()},
        "CONN_MAX_AGE": 600,
        "CONN_HEALTH_CHECKS": True,
    }


SECRET_KEY = _secret()
SECRET_KEY_FALLBACKS = _list("DURE_SECRET_KEY_BEFORE")  # earlier ones: what was sealed or signed with them still holds
# What tells of an illness or opens a door is sealed with the first one; all of them read (docs/decisions/0009).
DURE_FIELD_KEYS = [each.strip() for each in _secret("DURE_FIELD_KEYS", "field-keys").split(",") if each.strip()]
DEBUG = _yes("DURE_DEBUG")
ALLOWED_HOSTS = os.environ.get("DURE_HOSTS", "localhost,127.0.0.1,[::1]").split(",")
CSRF_TRUSTED_ORIGINS = [o for o in os.environ.get("DURE_ORIGINS", "").split(",") if o]
DURE_ROLE = os.environ.get("DURE_ROLE", "app")
DATABASES = {"default": _database(DURE_ROLE)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django_htmx",
    "procrastinate.contrib.django",
    *(
        ".".join(("dure", *box.relative_to(HERE).parts))
        for box in sorted([*HERE.iterdir(), *(HERE / "care").iterdir()])  # care's nouns: docs/decisions/0005
        if any((box / part).exists() for part in ("models.py", "management", "templates", "locale"))
    ),
]
AUTH_USER_MODEL = "people.Person"
AUTHENTICATION_BACKENDS = ["dure.people.signing_in.ByName"]
MIDDLEWARE = [
    "dure.middleware.security_headers",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "dure.middleware.acting_for_the_signed_in",
    "dure.middleware.notice_proxies",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "dure.middleware.record_looks",
    "dure.middleware.say_refusals",
    "dure.middleware.hold_back_haste",
]
ROOT_URLCONF = "dure.urls"
WSGI_APPLICATION = "dure.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "dure.desk.frame.frame",
            ],
        },
    }
]
LOGIN_URL = "/login/"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "/login/"
SESSION_COOKIE_HTTPONLY = True
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.ScryptPasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ["username", "name", "phone"]},
    },
]
SESSION_COOKIE_AGE = 60 * int(os.environ.get("DURE_IDLE_MINUTES", "30"))
SESSION_SAVE_EVERY_REQUEST = False
# Signing in: docs/decisions/0008-signing-in.md
DURE_SIGN_IN_HOURS = int(os.environ.get("DURE_SIGN_IN_HOURS", "16"))  # then anew, but for who is on shift
DURE_TRIES = int(os.environ.get("DURE_TRIES", "5"))  # wrong passwords per name and address, wrong codes per name
DURE_LOCKED_MINUTES = int(os.environ.get("DURE_LOCKED_MINUTES", "30"))
DURE_GIVEN_DAYS = int(os.environ.get("DURE_GIVEN_DAYS", "7"))  # a password given by somebody else holds so long
DURE_SECOND_FACTOR = os.environ.get("DURE_SECOND_FACTOR", "")  # always: of invented offices too
DURE_OFFICE_NETWORKS = _list("DURE_OFFICE_NETWORKS")  # CIDR; none: every network is outside
DURE_PROXIES = _list("DURE_PROXIES")  # CIDR of our own proxies: only what they say of an address is believed
# Field phones: docs/decisions/0010-phones.md
DURE_HAND_IN_HOURS = int(os.environ.get("DURE_HAND_IN_HOURS", "48"))  # of a phone that was taken away
DURE_PIN_DIGITS = int(os.environ.get("DURE_PIN_DIGITS", "6"))  # at least so many
DURE_SMS_NUMBER = os.environ.get("DURE_SMS_NUMBER", "")  # takes urgent reports as text messages, see docs/gateway.md
DURE_PHONE_LOCK_MINUTES = int(os.environ.get("DURE_PHONE_LOCK_MINUTES", "10"))  # unused, then the PIN again
DURE_MOST = {  # in ten minutes: dure.signing.limits. The first three per person (20 × per address), then per address
    kind: int(os.environ.get(f"DURE_MOST_{kind.upper()}", most))
    for kind, most in {
        "searches": 600, "downloads": 120, "uploads": 300, "codes": 20, "links": 60, "signatures": 300,
    }.items()
}  # fmt: skip
HTTPS = _yes("DURE_HTTPS")
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = [("__Host-" if HTTPS else "") + name for name in ("sessionid", "csrftoken")]
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True  # pages carry the token themselves
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
DURE_LAN = os.environ.get("DURE_LAN", "")  # a trial with phones in the same Wi-Fi: 1, or addresses of this machine
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if HTTPS and not DURE_LAN else 0  # a trial is over soon
X_FRAME_OPTIONS = "DENY"

LANGUAGE_CODE = os.environ.get("DURE_LANGUAGE", "ko")
LANGUAGES = [("ko", "한국어"), ("en", "English")]
TIME_ZONE = os.environ.get("DURE_ZONE", "Asia/Seoul")
USE_TZ = True

STATIC_URL = "/static/"
STATIC_ROOT = DATA / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
WHITENOISE_USE_FINDERS = True

# Messages: one carrier per way of reaching a person (file | smtp | gateway | solapi), see dure.outbox.carriers
DURE_CARRIERS = {
    "sms": os.environ.get("DURE_SMS", "file"),
    "email": os.environ.get("DURE_EMAIL", "file"),
}
DURE_SMTP = os.environ.get("DURE_SMTP", "")  # smtp://user:password@host:587
DURE_MAIL_FROM = os.environ.get("DURE_MAIL_FROM", "dure@localhost")
DURE_GATEWAY_URL = os.environ.get("DURE_GATEWAY_URL", "")  # takes messages as JSON, see docs/gateway.md
DURE_GATEWAY_KEY = os.environ.get("DURE_GATEWAY_KEY", "")  # signs what goes there and what comes back
DURE_REPLIES = _yes("DURE_REPLIES")  # answers to text messages come back: urgent ones say what to reply
DURE_SOLAPI = {
    "url": os.environ.get("DURE_SOLAPI_URL", "https://api.solapi.com").rstrip("/"),
    "key": os.environ.get("DURE_SOLAPI_KEY", ""),
    "secret": os.environ.get("DURE_SOLAPI_SECRET", ""),
    "from": os.environ.get("DURE_SOLAPI_FROM", ""),  # a sender number registered there
    "channel": os.environ.get("DURE_SOLAPI_CHANNEL", ""),  # 알림톡: pfId and templateId; both or neither
    "template": os.environ.get("DURE_SOLAPI_TEMPLATE", ""),
    "webhook": os.environ.get("DURE_SOLAPI_WEBHOOK", ""),  # the secret of the webhook that reports delivery
}
DURE_CANARY_TO = _pairs("DURE_CANARY_TO")  # sms=010…,email=…: trial messages every hour; else only into the file
DURE_CANARY_DAILY_TO = _pairs("DURE_CANARY_DAILY_TO")  # likewise, once a day at nine
DURE_URL = os.environ.get("DURE_URL", "").rstrip("/")  # under which people reach the pages: for links in messages
DURE_OUTSIDE_URL = os.environ.get("DURE_OUTSIDE_URL", "")  # told of faults that nobody inside may see in time
DURE_WATCHED = os.environ.get("DURE_WATCHED", "watch,sender,jobs").replace(" ", "").split(",")  # these must live
DURE_SECURITY_CONTACT = os.environ.get("DURE_SECURITY_CONTACT", "")  # mailto:… or https://…: in security.txt
DURE_METRICS_TOKEN = os.environ.get("DURE_METRICS_TOKEN", "")  # else /metrics answers this machine alone
DURE_STOPPED_CALL = os.environ.get("DURE_STOPPED_CALL", "")  # whom to call then

DURE_BACKUPS = os.environ.get("DURE_BACKUPS") or str(DATA / "backups")
DURE_BACKUPS_KEPT = int(os.environ.get("DURE_BACKUPS_KEPT", "14"))
DURE_BACKUPS_DAYS = int(os.environ.get("DURE_BACKUPS_DAYS", "35"))  # older ones go, whatever their number
DURE_BACKUP_KEY = os.environ.get("DURE_BACKUP_KEY", "")  # else one is made and kept in the data folder

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"quiet": {"()": "dure.health.quiet.Quiet"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "quiet"}},
    "root": {"handlers": ["console"], "level": os.environ.get("DURE_LOG", "WARNING")},
}
