"""The suite itself: what it promises to catch, it catches."""

from __future__ import annotations

import random
import socket

import pytest
from celery import current_app
from django.conf import settings
from django.contrib.auth.models import Permission
from django.core.cache import cache
from django.db import DatabaseError, connection, connections, transaction
from django.template import Context, Template, engines
from pytest_socket import SocketConnectBlockedError

from tests.clients import complaints


@pytest.mark.django_db
def test_rows_without_an_order_come_in_any_order():
    random.seed(1)
    seen = {tuple(Permission.objects.order_by().values_list("pk", flat=True)) for _ in range(5)}
    assert len(seen) > 1
    ordered = {tuple(Permission.objects.order_by("pk").values_list("pk", flat=True)) for _ in "ab"}
    assert len(ordered) == 1


@pytest.mark.parametrize(
    ("html", "found"),
    [
        ('<button onclick="x()">', "an inline event handler"),
        ("<script>x()</script>", "an inline script"),
        ('<p style="color:red">', "an inline style"),
        ("<style>p{}</style>", "an inline style"),
        ('<a href="javascript:x()">', "a javascript: address"),
        ('<img src="data:image/png;base64,AA">', "a data: address"),
        ("<p>{{ name }}</p>", "an unrendered template"),
        ("<p>{% if %}</p>", "an unrendered template"),
    ],
)
def test_the_client_complains_about(html, found):
    assert [said.partition(":")[0] for said in complaints(html)] == [found.partition(":")[0]]


def test_the_client_does_not_complain_about_our_ways():
    assert complaints('<script src="/static/a.js" defer></script><svg class="x"></svg>') == []
    assert complaints('<script type="application/json" id="x">{}</script>') == []
    assert complaints("<p>on vous l'a dit = oui</p>") == []


def test_a_page_that_tests_a_name_nobody_passed_fails():
    engine = engines["django"].engine
    template = Template("{% if nobody.here %}x{% endif %}", engine=engine)
    template.origin.name = f"{settings.BASE_DIR}/templates/made_up.html"
    with pytest.raises(pytest.fail.Exception, match="the view passes no such name"):
        template.render(Context({}))
    template.origin.name = f"{settings.BASE_DIR}/templates/_made_up.html"
    assert template.render(Context({})) == ""


def test_the_outside_is_closed():
    # It warns, which is an error here, before it raises.
    with pytest.raises((SocketConnectBlockedError, UserWarning), match=r"192\.0\.2\.1"):
        socket.create_connection(("192.0.2.1", 80), timeout=1)


def test_each_test_has_its_own_cache():
    assert cache.get("left") is None
    cache.set("left", "by another test")
    assert cache.get("left") == "by another test"


test_no_test_sees_what_another_left = test_each_test_has_its_own_cache


@pytest.mark.django_db
def test_a_test_is_the_web_and_may_become_the_worker(as_worker):
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user")
        assert cursor.fetchone() == ("dmp_worker",)


@pytest.mark.django_db
def test_the_web_cannot_read_the_claims_store():
    with (
        pytest.raises(DatabaseError, match="permission denied"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute("SELECT FROM imports_claimline")


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("time", ["once", "again"])
def test_what_a_test_commits_is_gone_with_its_database(time):
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM django_session")
        assert cursor.fetchone() == (0,)
        cursor.execute("INSERT INTO django_session VALUES ('k', 'v', now())")
    connections.close_all()
    with connection.cursor() as cursor:
        cursor.execute("SELECT session_key, current_user FROM django_session")
        assert cursor.fetchone() == ("k", "dmp_app")


@pytest.mark.slow
def answers():
    """How many workers say they are there; asked again, as one may not listen yet to questions."""
    asked = (current_app.control.ping(timeout=1, limit=1) for _ in range(10))
    return next((len(found) for found in asked if found), 0)


def test_the_worker_is_a_process_that_answers_and_can_be_killed(worker):
    assert answers() == 1
    worker.kill()
    assert current_app.control.ping(timeout=1) == []
    worker.start()
    assert answers() == 1


@pytest.mark.browser
def test_the_browser_reaches_the_live_server_and_nothing_else(page):
    page.goto("/healthz")
    assert page.inner_text("body") == "ok"
    with pytest.raises(Exception, match="ERR_"):
        page.goto("http://192.0.2.1/")
