"""The settings, with what a test needs otherwise; each line says why."""

from __future__ import annotations

from dmp.settings import *  # noqa: F403, TID251 - the tests run the real settings


# The manifest is made by collectstatic, which a test run does not wait for.
STORAGES = {
    **STORAGES,  # noqa: F405
    "staticfiles": {"BACKEND": "tests.statics.RememberingStorage"},
}
WHITENOISE_AUTOREFRESH = True
WHITENOISE_USE_FINDERS = True

# Argon2 is slow on purpose; tests/house checks that it comes first in the real settings.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher", *PASSWORD_HASHERS]  # noqa: F405

# Each test has its own cache, in every thread: the prefix is drawn in conftest.py.
cache_prefix = "none"


def cache_key(key: str, key_prefix: str, version: int) -> str:
    """Put the running test's prefix before every key."""
    return f"{cache_prefix}:{key_prefix}:{version}:{key}"


CACHES["default"]["KEY_FUNCTION"] = cache_key  # type: ignore[index]  # noqa: F405
