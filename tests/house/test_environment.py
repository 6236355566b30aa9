"""Every variable the product reads is written down, and nothing reads one behind our back."""

from __future__ import annotations

import ast
import re
from itertools import pairwise
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from dmp import environment


ROOT = Path(__file__).resolve().parents[2]
APPS = ("dmp", "access", "records", "imports")
EXAMPLE = (ROOT / ".env.example").read_text()
COMPOSE = (ROOT / "docker-compose.yml").read_text()

# Given to the children or to Django by name, before any setting is read.
READERS = {
    "dmp/environment.py",
    "dmp/embedded.py",
    "dmp/layout.py",
    "dmp/celery.py",
    "dmp/wsgi.py",
    "dmp/management/commands/dev.py",
    "dmp/management/commands/reset.py",
}


def sources():
    for app in APPS:
        for path in sorted((ROOT / app).rglob("*.py")):
            yield path.relative_to(ROOT).as_posix(), ast.parse(path.read_text())


def read_variables():
    """Names in the place of a variable's name, anywhere in the product."""
    pattern = re.compile(r"(?:DMP_[A-Z_]+|DATABASE_[A-Z_]*URL|REDIS_URL|PORT|DATA_DIR)")
    return {
        node.value
        for path, tree in sources()
        if path.startswith("dmp/")
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and pattern.fullmatch(node.value)
    }


def written_variables():
    return set(re.findall(r"^([A-Z_]+)=", EXAMPLE, re.MULTILINE))


def test_every_variable_read_is_in_the_example():
    assert {"DMP_DEMO", "DATABASE_APP_URL", "REDIS_URL", "PORT"} <= read_variables()
    assert read_variables() - written_variables() == set()


def test_every_variable_of_the_example_is_read_here_or_by_compose():
    compose = set(re.findall(r"\$\{([A-Z_]+)", COMPOSE))
    assert written_variables() - read_variables() - compose == set()


def test_every_variable_of_the_example_says_what_it_is():
    lines = EXAMPLE.splitlines()
    silent = [
        line
        for before, line in pairwise(lines)
        if re.match(r"[A-Z_]+=", line) and not before.startswith("#") and "=" not in before
    ]
    assert silent == []


def test_the_environment_is_read_in_one_place():
    readers = set()
    for path, tree in sources():
        # `{**os.environ, ...}` hands everything on to a child: that is not reading.
        handed = {
            id(value)
            for node in ast.walk(tree)
            if isinstance(node, ast.Dict)
            for key, value in zip(node.keys, node.values, strict=True)
            if key is None
        }
        readers |= {
            path
            for node in ast.walk(tree)
            if isinstance(node, ast.Attribute)
            and node.attr in {"environ", "getenv"}
            and id(node) not in handed
        }
    assert readers - READERS == set()


@pytest.mark.parametrize(
    ("read", "value", "sentence"),
    [
        (lambda: environment.text("X"), None, "X is missing: set it to a value"),
        (lambda: environment.key("X"), "c2hvcnQ=", "X must be exactly 32 bytes in base64."),
        (lambda: environment.key("X"), "not base64!", "X must be exactly 32 bytes in base64."),
        (lambda: environment.flag("X", default=False), "maybe", "X must be 1 or 0, not 'maybe'."),
        (
            lambda: environment.number("X", 1, low=1, high=9),
            "10",
            "X must be a whole number from 1 to 9, not '10'.",
        ),
        (lambda: environment.choice("X", ["a", "b"]), "c", "X must be one of a, b, not 'c'."),
        (lambda: environment.database("X"), "mysql://u@h/n", "X is not understood"),
        (lambda: environment.database("X"), "postgres://u@h:99999/n", "X is not understood"),
        (lambda: environment.database("X"), "postgres://h/n", "X names no user or no database"),
        (lambda: environment.redis("X"), "http://h", "X is not understood"),
        (lambda: environment.redis("X"), "redis://h/3", "X must not name a database"),
        (lambda: environment.phone("X", ""), "call us", "X must be a telephone number like"),
        (lambda: environment.phone("X", ""), "3646\u0663", "X must be a telephone number like"),
        (lambda: environment.mail("X"), "http://mail", "X is not understood"),
    ],
)
def test_a_wrong_variable_is_one_sentence_that_names_it(monkeypatch, read, value, sentence):
    if value is None:
        monkeypatch.delenv("X", raising=False)
    else:
        monkeypatch.setenv("X", value)
    with pytest.raises(ImproperlyConfigured) as error:
        read()
    said = str(error.value)
    assert said.startswith(sentence)
    assert "\n" not in said


NIR, NIA, TEST, DEMONSTRATION = (f"1.2.250.1.213.1.4.{last}" for last in (8, 9, 10, 11))
REAL = "the system of real people, and DMP_DEMO is 1: a demonstration has invented ones"
INVENTED = "the system of invented people, and DMP_DEMO is 0: real people need"


@pytest.mark.parametrize(
    ("value", "demo", "https", "found"),
    [
        ("", True, False, TEST),
        ("", False, True, NIR),
        (NIA, False, True, NIA),
        (DEMONSTRATION, True, True, DEMONSTRATION),
        (TEST, False, False, TEST),  # the tests, on this machine
    ],
)
def test_the_system_of_identifiers_has_a_safe_default(monkeypatch, value, demo, https, found):
    monkeypatch.setenv("X", value)
    assert environment.ins_system("X", demo=demo, https=https) == found


@pytest.mark.parametrize(
    ("value", "demo", "https", "sentence"),
    [
        (NIR, True, False, REAL),
        (NIA, True, True, REAL),
        (TEST, False, True, INVENTED),
        (DEMONSTRATION, False, True, INVENTED),
    ],
)
def test_real_people_and_invented_ones_never_share_a_system(
    monkeypatch, value, demo, https, sentence
):
    monkeypatch.setenv("X", value)
    with pytest.raises(ImproperlyConfigured) as error:
        environment.ins_system("X", demo=demo, https=https)
    assert str(error.value).startswith(f"X is {value}, {sentence}")


def test_an_unknown_system_of_identifiers_is_answered_with_those_there_are(monkeypatch):
    monkeypatch.setenv("X", "1.2.250.1.213.1.4.2")
    with pytest.raises(ImproperlyConfigured) as error:
        environment.ins_system("X", demo=False, https=True)
    assert all(oid in str(error.value) for oid in (NIR, NIA, TEST, DEMONSTRATION))


def test_a_refused_address_does_not_repeat_its_password(monkeypatch):
    monkeypatch.setenv("X", "mysql://user:hunter2@host/name")
    with pytest.raises(ImproperlyConfigured) as error:
        environment.database("X")
    assert "hunter2" not in str(error.value)


def test_an_address_gives_its_parts(monkeypatch):
    monkeypatch.setenv(
        "X", "postgres://u%40x:p%2Fw@h:5433/a%20b?options=-c%20role%3Dr&sslmode=require"
    )
    found = environment.database("X")
    assert (found["USER"], found["PASSWORD"], found["NAME"]) == ("u@x", "p/w", "a b")
    assert (found["HOST"], found["PORT"]) == ("h", "5433")
    assert found["OPTIONS"]["options"] == "-c role=r"
    assert found["OPTIONS"]["sslmode"] == "require"

    monkeypatch.setenv("X", "postgres://u@/n?host=%2Ftmp%2Fa%20folder")
    assert environment.database("X")["HOST"] == "/tmp/a folder"


def test_a_broker_has_one_database_for_the_queue_and_one_for_the_cache(monkeypatch):
    monkeypatch.setenv("X", "rediss://:pw@h:1?ssl_cert_reqs=required")
    assert environment.redis("X") == (
        "rediss://:pw@h:1/0?ssl_cert_reqs=required",
        "rediss://:pw@h:1/1?ssl_cert_reqs=required",
    )
    monkeypatch.setenv("X", "unix:///run/redis.sock")
    assert environment.redis("X") == (
        "redis+socket:///run/redis.sock?virtual_host=0",
        "unix:///run/redis.sock?db=1",
    )
