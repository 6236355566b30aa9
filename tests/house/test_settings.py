"""The settings that production runs with, read from a process of its own."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from dmp.celery import app
from tests.house.test_processes import ROOT, environment


PRINT = """
import json
from django.conf import settings
names = json.loads({names!r})
print(json.dumps({{name: getattr(settings, name) for name in names}}, default=str))
"""


def production(*names, **changes):
    """The values of these settings in a process with the tests' environment, changed."""
    done = subprocess.run(
        [sys.executable, "-c", PRINT.format(names=json.dumps(names))],
        cwd=ROOT,
        env={**environment("web"), "DJANGO_SETTINGS_MODULE": "dmp.settings", **changes},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.fixture(scope="module")
def found():
    return production(
        *("DEBUG", "PASSWORD_HASHERS", "MIDDLEWARE", "CONTENT_SECURITY_POLICY", "DATABASES"),
        *("CELERY_ACCEPT_CONTENT", "CELERY_TASK_ACKS_LATE", "CELERY_TASK_REJECT_ON_WORKER_LOST"),
        *("SESSION_COOKIE_SECURE", "CSRF_COOKIE_SECURE", "SECURE_SSL_REDIRECT", "STORAGES"),
        *("LANGUAGE_CODE", "TIME_ZONE", "ANONYMOUS_USER_NAME", "REST_FRAMEWORK"),
        DMP_HTTPS="1",
        DMP_INS_SYSTEM="",
    )


def test_nothing_is_shown_to_debug(found):
    assert found["DEBUG"] is False


def test_passwords_are_kept_with_argon2(found):
    assert found["PASSWORD_HASHERS"][0].endswith(".Argon2PasswordHasher")


def test_signed_out_people_are_asked_to_sign_in_everywhere(found):
    order = [name.rpartition(".")[2] for name in found["MIDDLEWARE"]]
    assert "SignInFirstMiddleware" in order
    # Who is looking is bound after sign-in is known, and nearest to the page.
    assert order.index("BindingMiddleware") > order.index("SignInFirstMiddleware")
    assert order[-3:] == ["BindingMiddleware", "SeeAsMiddleware", "HtmxMiddleware"]


def test_a_page_loads_from_its_own_site_only(found):
    policy = found["CONTENT_SECURITY_POLICY"]["DIRECTIVES"]
    assert policy["default-src"] == ["'self'"]
    assert policy["frame-ancestors"] == policy["object-src"] == policy["base-uri"] == ["'none'"]
    assert not any("unsafe" in source for sources in policy.values() for source in sources)


def test_cookies_travel_over_tls_only(found):
    assert found["SESSION_COOKIE_SECURE"] is True
    assert found["CSRF_COOKIE_SECURE"] is True
    assert found["SECURE_SSL_REDIRECT"] is True


def test_a_web_process_has_its_own_role_only(found):
    assert set(found["DATABASES"]) == {"default"}


def test_a_killed_worker_loses_no_task_and_a_message_runs_no_code(found):
    assert found["CELERY_TASK_ACKS_LATE"] is True
    assert found["CELERY_TASK_REJECT_ON_WORKER_LOST"] is True
    assert found["CELERY_ACCEPT_CONTENT"] == ["json"]


def test_the_api_has_no_browsable_page(found):
    renderers = found["REST_FRAMEWORK"]["DEFAULT_RENDERER_CLASSES"]
    assert not any("Browsable" in name for name in renderers)


def test_people_read_french_in_paris(found):
    assert (found["LANGUAGE_CODE"], found["TIME_ZONE"]) == ("fr", "Europe/Paris")


def test_the_demonstration_is_one_explicit_setting():
    unsaid = {"DMP_HTTPS": "", "DMP_INS_SYSTEM": ""}
    assert production("DMP_DEMO", "DMP_HTTPS", "DMP_INS_SYSTEM", DMP_DEMO="0", **unsaid) == {
        "DMP_DEMO": False,
        "DMP_HTTPS": True,
        "DMP_INS_SYSTEM": "1.2.250.1.213.1.4.8",
    }
    names = ("DMP_DEMO", "DMP_HTTPS", "DMP_INS_SYSTEM", "EMAIL_BACKEND")
    found = production(*names, DMP_DEMO="1", **unsaid)
    assert found == {
        "DMP_DEMO": True,
        "DMP_HTTPS": False,
        "DMP_INS_SYSTEM": "1.2.250.1.213.1.4.10",
        "EMAIL_BACKEND": "django.core.mail.backends.filebased.EmailBackend",
    }


def test_the_clock_asks_for_nothing_that_no_worker_knows():
    app.loader.import_default_modules()
    asked = {entry["task"] for entry in app.conf.beat_schedule.values()}

    assert {"access.send_waiting", "access.remind", "records.destroy"} <= asked
    assert asked - set(app.tasks) == set()
