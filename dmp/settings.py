"""Every setting of every process; what differs between machines comes from the environment."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from celery.schedules import crontab
from csp.constants import NONE, SELF

from dmp import environment, our_forms


BASE_DIR = Path(__file__).resolve().parent.parent

# --- Who we are -----------------------------------------------------------------------------

# The demonstration: invented people, documented passwords, plain http. Never with real people.
DMP_DEMO = environment.flag("DMP_DEMO", default=False)
# Who to call, on leaflets and the page of help; the demonstration's is a number kept for fiction.
DMP_HELP_PHONE = environment.phone("DMP_HELP_PHONE", "01 99 00 00 10" if DMP_DEMO else "")
# Which of the three database roles this process takes.
DMP_PROCESS = environment.choice("DMP_PROCESS", ["web", "worker", "owner"])
# False only where the person's browser speaks plain http: demonstration, development, tests.
DMP_HTTPS = environment.flag("DMP_HTTPS", default=not DMP_DEMO)
# Under which system national numbers are kept: that of real people, or of invented ones.
DMP_INS_SYSTEM = environment.ins_system("DMP_INS_SYSTEM", demo=DMP_DEMO, https=DMP_HTTPS)
# The padlock is French law (CSP L1111-16); off, it answers EHDS article 8 (March 2029).
DMP_PADLOCK = environment.flag("DMP_PADLOCK", default=True)

DEBUG = False
SECRET_KEY = environment.text("DMP_SECRET_KEY", example="50 random characters or more")
# Wraps the key of each record; without it no file and no identifier can be read again.
DMP_MASTER_KEY = environment.key("DMP_MASTER_KEY")
# Makes the keyed hashes by which a record is found from an identifier.
DMP_INDEX_KEY = environment.key("DMP_INDEX_KEY")
# Where encrypted files are kept.
DMP_FILES_DIR = Path(environment.text("DMP_FILES_DIR", example="a folder"))

ALLOWED_HOSTS = environment.names(
    "DMP_HOSTS",
    *([["localhost", "127.0.0.1", "[::1]"]] if DMP_DEMO else []),
    example="the names the site answers to, separated by commas",
)

INSTALLED_APPS = [
    "dmp.apps.WiringConfig",
    "access",
    "records",
    "imports",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "dmp.apps.SiteFilesConfig",
    "django.contrib.postgres",
    "django.forms",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "guardian",
    "pghistory",
    "pgtrigger",
    "csp",
    "django_htmx",
    "rest_framework",
    "drf_spectacular",
]

MIDDLEWARE = [
    "dmp.logs.RequestIdMiddleware",
    "dmp.health.HealthMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    # Every address asks for a signed-in person unless its view says otherwise.
    "access.coming_back.SignInFirstMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "access.idle.IdleMiddleware",
    # Opens the transaction and tells the database who is looking, until when.
    "access.binding.BindingMiddleware",
    "access.see_as.SeeAsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]

ROOT_URLCONF = "dmp.urls"
WSGI_APPLICATION = "dmp.wsgi.application"

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "dmp.demo.banner",
                "access.shell.shell",
            ],
        },
    },
]

# Every form is drawn with the product's components (templates/components/form/).
FORM_RENDERER = "dmp.forms.FormRenderer"

# --- Database: three roles, one database ----------------------------------------------------

_URLS = {"web": "DATABASE_APP_URL", "worker": "DATABASE_WORKER_URL", "owner": "DATABASE_URL"}
DATABASES = {"default": environment.database(_URLS[DMP_PROCESS])}
if environment.text("DATABASE_URL", ""):  # in production, only the process that migrates has it
    DATABASES["owner"] = {**environment.database("DATABASE_URL"), "CONN_MAX_AGE": 0}
    # The tests' one database is made by the owner and reached by both.
    DATABASES["default"]["TEST"] = {"MIRROR": "owner"}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- Shared cache and queue -----------------------------------------------------------------

CELERY_BROKER_URL, _cache_url = environment.redis("REDIS_URL")
CACHES = {
    "default": {
        # Rate limits need one cache for all processes.
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": _cache_url,
    },
}

CELERY_TIMEZONE = "Europe/Paris"
CELERY_TASK_IGNORE_RESULT = True  # the state row is the truth; there is no result to keep
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_SERIALIZER = "json"
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True  # without it a killed child loses its task
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_WORKER_SEND_TASK_EVENTS = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {
    # A message whose worker died comes back after this many seconds, looked for every second.
    "visibility_timeout": 10,
    "unacked_restore_interval": 1,
    "unacked_restore_throttle": 1,
}
# What the beat process sends, by name; the work itself is a state row that waits.
CELERY_BEAT_SCHEDULE: dict[str, dict[str, Any]] = {
    # A round that was not made in time is not owed: the next one sees the same. Whatever else
    # waits goes first (the broker takes 0 before 9): rounds may follow one another for an hour.
    "imports.sweep": {
        "task": "imports.sweep",
        "schedule": 1.0,
        "options": {"expires": 3, "priority": 9},
    },
    "imports.roll": {"task": "imports.roll", "schedule": crontab(hour="2", minute="30")},
    "imports.tidy": {"task": "imports.tidy", "schedule": crontab(hour="4", minute="15")},
    "access.sweep": {"task": "access.sweep", "schedule": crontab(minute="5")},
    "access.tidy": {"task": "access.tidy", "schedule": crontab(hour="4", minute="30")},
    "access.send_waiting": {
        "task": "access.send_waiting",
        "schedule": 20.0,
        "options": {"expires": 40},
    },
    "access.look_out": {"task": "access.look_out", "schedule": 60.0, "options": {"expires": 60}},
    "access.remind": {"task": "access.remind", "schedule": crontab(hour="7", minute="30")},
    "records.destroy": {"task": "records.destroy", "schedule": crontab(minute="*/10")},
}

# --- People -----------------------------------------------------------------------------------

AUTH_USER_MODEL = "access.User"
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
SESSION_ENGINE = "django.contrib.sessions.backends.db"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = DMP_HTTPS
LANGUAGE_COOKIE_SAMESITE = "Lax"
SESSION_EXPIRE_AT_BROWSER_CLOSE = True

# --- Sign-in (django-allauth) -----------------------------------------------------------------

ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_ADAPTER = "access.adapter.Adapter"
ACCOUNT_FORMS = our_forms.ACCOUNT
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_REAUTHENTICATION_TIMEOUT = 300
ACCOUNT_RATE_LIMITS = {"login_failed": "20/m/ip,5/5m/key", "reset_password": "10/m/ip,3/h/key"}
# Limits are by address: everybody would share the proxy's. Each of ours adds the one it heard.
ALLAUTH_TRUSTED_PROXY_COUNT = environment.number("DMP_PROXIES", int(DMP_HTTPS), low=0, high=9)
# Who works on shared machines is never remembered by one.
ACCOUNT_SESSION_REMEMBER = False
MFA_ADAPTER = "access.adapter.SecondFactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_TOTP_ISSUER = "Dossier médical partagé"
# A passkey opens without a password: the device asks for a finger, a face or its own code.
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_WEBAUTHN_USER_VERIFICATION = "required"
MFA_FORMS = our_forms.MFA
# Two for each entry, and a whole surgery comes from one address. There is no secret to guess.
MFA_RATE_LIMITS = {"webauthn_login": "60/m/ip"}
# The dotted path of the installation's sender of SMS: called with to= and text=.
DMP_SMS_SENDER = environment.text("DMP_SMS_SENDER", "")
# And of its sender of letters, to the address the fund holds: called with nir=, name= and text=.
DMP_LETTER_SENDER = environment.text("DMP_LETTER_SENDER", "")

# --- Object permissions and row history -------------------------------------------------------

ANONYMOUS_USER_NAME = None
GUARDIAN_MONKEY_PATCH_USER = False
# The gate reads guardian's rows itself; `has_perm` is never asked.
SILENCED_SYSTEM_CHECKS = ["guardian.W001"]

# --- The API ----------------------------------------------------------------------------------

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["rest_framework.authentication.SessionAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
}
SPECTACULAR_SETTINGS = {"TITLE": "Dossier médical partagé", "VERSION": "1"}

# --- Language and time ------------------------------------------------------------------------

LANGUAGE_CODE = "fr"
LANGUAGES = [("fr", "Français"), ("en", "English")]
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = "Europe/Paris"
USE_TZ = True

# --- Files of the site, mail, security headers, logs ------------------------------------------

# What anybody may send, and what a patient deposits, is in clear on no disk.
FILE_UPLOAD_HANDLERS = ["records.pages.uploading.BoundedUploadHandler"]
STATIC_URL = "static/"
STATIC_ROOT = Path(environment.text("DMP_STATIC_ROOT", str(BASE_DIR / "staticfiles")))
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}

vars().update(environment.mail("DMP_MAIL_URL"))
DEFAULT_FROM_EMAIL = environment.text("DMP_MAIL_FROM", f"ne-pas-repondre@{ALLOWED_HOSTS[0]}")
if DMP_DEMO:  # invented people get no real mail
    EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    EMAIL_FILE_PATH = DMP_FILES_DIR.parent / "mail"

SECURE_SSL_REDIRECT = DMP_HTTPS
SECURE_HSTS_SECONDS = 365 * 24 * 60 * 60 if DMP_HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = DMP_HTTPS
SECURE_REFERRER_POLICY = "same-origin"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    },
}

LOGGING_CONFIG = "dmp.logs.configure"
LOGGING: dict[str, Any] = {"level": environment.log_level()}
