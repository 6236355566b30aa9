"""A desk, and the worker's turns, for the tests of its pages."""

from __future__ import annotations

import pytest
from django.db import connection, connections
from django.urls import reverse

from tests.imports.at_the_desk import run, sign_in
from tests.imports.held import Held


@pytest.fixture
def desk(client, as_owner):
    """A client signed in as an administrator of the fund."""
    sign_in(client, as_owner)
    return client


@pytest.fixture
def checker(as_owner):
    """The worker's turn: as the owner, who may do what the worker may."""
    return lambda: run(as_owner)


@pytest.fixture
def loader(checker, client):
    """The worker's turn, the desk's « Charger », and the worker's turn again."""

    def check_and_load():
        load = checker()
        load.refresh_from_db()
        if load.state == "checked":
            client.post(reverse("imports:load_proceed", args=[load.id]))
            checker()
            load.refresh_from_db()
        return load

    return check_and_load


@pytest.fixture
def held_worker(transactional_db):
    """A worker of its own process, held after the first batch of a file."""
    found = Held()
    yield found
    found.kill()


@pytest.fixture
def as_the_worker(monkeypatch, transactional_db):
    """Every connection of this process takes the worker's role, those of other threads too."""
    for options in (
        connection.settings_dict["OPTIONS"],
        connections.settings["default"]["OPTIONS"],
    ):
        monkeypatch.setitem(options, "options", "-c role=dmp_worker")
    connection.close()
    yield
    connection.close()
