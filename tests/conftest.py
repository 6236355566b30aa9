"""The suite is stricter than production: what would pass by luck fails here."""

from __future__ import annotations

import gc
import os
import random
import secrets
from typing import TYPE_CHECKING, Any

import hypothesis
import pytest
from django.apps import apps
from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.core.cache import caches
from django.db import connection, connections
from django.db.models import QuerySet
from django.template import base as template_base
from django.template.defaulttags import TemplateLiteral
from django.test.utils import setup_databases, teardown_databases
from django.utils import translation

import tests.settings
from tests.clients import StrictClient
from tests.committed import (
    _own_database,
    browser,
    copy_database,
    disconnect_all,
    drop_database,
    empty_name,
    hang_up_everywhere,
    is_committed,
    page,
    share,
    shared_name,
    turn_to,
    worker,
)
from tests.laid_once import Once, _jeanne_once, _scene_once
from tests.outside import refuse_outside_bindings
from tests.roles import close_outside_bindings, open_outside_bindings, role


if TYPE_CHECKING:
    from collections.abc import Iterator


__all__ = ["_jeanne_once", "_own_database", "_scene_once", "browser", "page", "worker"]

# How long an example takes says how busy the machine is.
# The same examples each time, so that what fails is what was changed; ANEW=1 draws others.
hypothesis.settings.register_profile(
    "untimed",
    deadline=None,
    suppress_health_check=[hypothesis.HealthCheck.too_slow],
    derandomize="ANEW" not in os.environ,
)
hypothesis.settings.load_profile("untimed")


# A tenth of the suite went into looking through what lives as long as the process: product, tests
# and items. What a test leaves is still looked through while it is young, and all when it ends.
gc.set_threshold(700, 10, 1000)


def pytest_collection_finish() -> None:
    """Leave what was loaded out of the collector's rounds."""
    gc.collect()
    gc.freeze()


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the longest: one begun last would leave the other processes idle."""
    items.sort(key=lambda item: item.get_closest_marker("slow") is None)


# --- Queries without an order -----------------------------------------------------------------

_fetch_all = QuerySet._fetch_all


def _fetch_all_shuffled(self: QuerySet[Any]) -> None:
    """Give rows asked without an order in any order, as PostgreSQL is free to do."""
    first_time = self._result_cache is None
    _fetch_all(self)
    if first_time and len(self._result_cache) > 1 and not self.ordered:
        random.shuffle(self._result_cache)


QuerySet._fetch_all = _fetch_all_shuffled  # type: ignore[method-assign]


# --- {% if undefined %} -----------------------------------------------------------------------

_eval = TemplateLiteral.eval
_OURS = str(settings.BASE_DIR / "templates")


def _eval_strictly(self: Any, context: Any) -> Any:
    """Fail on a name the view did not pass, which `--fail-on-template-vars` does not see.

    In our pages only: a partial (its name begins with "_") may have optional parameters.
    """
    template = context.render_context.template or context.template
    path = template.origin.name
    if path.startswith(_OURS) and not path.rpartition("/")[2].startswith("_"):
        value = self.value
        if value.is_var and value.var.lookups:
            try:
                value.var.resolve(context)
            except template_base.VariableDoesNotExist:
                pytest.fail(f"{{% if {self.text} %}} in {path}: the view passes no such name")
    return _eval(self, context)


TemplateLiteral.eval = _eval_strictly


# --- The database -----------------------------------------------------------------------------


@pytest.fixture(scope="session")
def django_db_setup(
    django_test_environment: None,
    django_db_modify_db_settings: None,
    django_db_blocker: Any,
) -> Iterator[None]:
    """Make the one test database: the owner migrates it, the web's role meets it.

    pytest-django's own fixture makes the databases that the tests name; ours is always made by
    the owner, whom most tests do not name.
    """
    with django_db_blocker.unblock():
        made = setup_databases(
            verbosity=0,
            interactive=False,
            aliases={"default", "owner"},
            serialized_aliases=set(),
        )
        # Fill the one cache that lives as long as the process: a test that counts queries would
        # otherwise pass or fail with the order of the tests.
        ContentType.objects.get_for_models(*apps.get_models())
        open_outside_bindings()
        connections.close_all()
        share(connections["owner"].settings_dict["NAME"])
        drop_database(empty_name())
        copy_database(shared_name(), empty_name())
    yield
    with django_db_blocker.unblock():
        turn_to(shared_name())
        hang_up_everywhere()
        drop_database(empty_name())
        disconnect_all(shared_name())
        teardown_databases(made, verbosity=0)


@pytest.hookimpl(wrapper=True)
def pytest_fixture_setup(fixturedef: Any, request: pytest.FixtureRequest) -> Any:
    """Before a test's transaction begins, name the database that has its world in it."""
    if fixturedef.argname == "_django_db_helper" and not is_committed(request):
        request.getfixturevalue("django_db_setup")
        asked = {"_jeanne_once", "_scene_once"} & set(request.fixturenames)
        worlds: list[Once] = [request.getfixturevalue(name) for name in asked]
        turn_to(worlds[0].database if worlds else shared_name())
    return (yield)


@pytest.fixture
def as_worker(db: None) -> Iterator[None]:
    """Be the worker's role until the end of the test."""
    with role("dmp_worker"):
        yield


@pytest.fixture
def as_owner(db: None) -> Any:
    """Give `with as_owner():`, to lay out a world that the web's role could not write."""
    return lambda: role("dmp_owner")


@pytest.fixture
def row_security(db: None) -> None:
    """Leave only the product's policies, which show nothing while nobody is bound."""
    close_outside_bindings()


@pytest.fixture(autouse=True)
def _bound_or_nothing() -> Iterator[None]:
    """Fail the product where it reads clinical rows while nobody is bound."""
    with connection.execute_wrapper(refuse_outside_bindings):
        yield


# --- Each test on its own ---------------------------------------------------------------------


@pytest.fixture(autouse=True)
def _own_cache(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """No test sees what another left in the shared cache."""
    monkeypatch.setattr(tests.settings, "cache_prefix", secrets.token_hex(8))
    yield
    caches.close_all()


@pytest.fixture(autouse=True)
def _in_french() -> Iterator[None]:
    """Begin each test in the product's first language, whatever the one before asked for."""
    with translation.override(settings.LANGUAGE_CODE):
        yield


@pytest.fixture
def client() -> StrictClient:
    """The strict client, in the place of pytest-django's."""
    return StrictClient()
