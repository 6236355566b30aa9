"""Where a counter begins, and its one number: what this place opened today."""

from __future__ import annotations

import dataclasses
import datetime as dt
import uuid

import pytest

from access.binding import PARIS, binding, frozen_clock
from access.models import User
from records.opening import Identity, open_record, opened_today
from records.opening.facts import Outcome
from tests.records.opening.conftest import (
    ANGELE,
    ANGELE_NIR,
    ELODIE,
    ELODIE_NIR,
    JEANNE,
    JEANNE_NIR,
    professional,
    sign_in,
    viewer_at,
)
from tests.records.opening.desk import text


pytestmark = pytest.mark.django_db


def opened(by, nir, traits, at):
    with frozen_clock(at), binding(by):
        told = {"attempt": uuid.uuid4(), "identity": Identity(nir, traits, "cni")}
        assert open_record(by=by, **told).outcome is Outcome.OPENED


def count(by, at):
    with frozen_clock(at), binding(by):
        return opened_today(by=by)


@pytest.mark.parametrize(("profession", "begins"), [("21", "/ouvrir/"), ("10", "/mes-patients/")])
def test_a_pharmacist_begins_at_the_counter_a_doctor_with_their_patients(profession, begins):
    user, practice = professional(profession, "pharmacy" if profession == "21" else "practice")
    chosen = sign_in(user, f"professional:{practice.id}")
    # With one capacity only there is nothing to choose.
    fresh = sign_in(user, "")

    assert chosen.get("/")["Location"].endswith(begins)
    assert fresh.get("/")["Location"].endswith(begins)


def test_the_agent_of_the_fund_begins_at_the_counter():
    agent = User.objects.create(email="accueil@exemple.test", fund_role="agent")

    assert sign_in(agent, "fund_agent:").get("/", follow=True).request["PATH_INFO"] == "/ouvrir/"


def test_a_place_counts_what_it_opened_today_and_nothing_of_others():
    user, practice = professional()
    by = viewer_at(user, practice)
    colleague = dataclasses.replace(by, user_id=uuid.uuid4(), name="Lou Roy")
    elsewhere = viewer_at(*professional(name="Pharmacie des Lices"))
    today = dt.datetime.now(PARIS)

    opened(by, JEANNE_NIR, JEANNE, today - dt.timedelta(days=1))
    assert count(by, today) == 0
    opened(colleague, ANGELE_NIR, ANGELE, today)
    opened(elsewhere, ELODIE_NIR, ELODIE, today)

    assert [count(one, today) for one in (by, colleague, elsewhere)] == [1, 1, 1]
    assert count(by, today + dt.timedelta(days=1)) == 0
    with frozen_clock(today):
        page = sign_in(user, f"professional:{practice.id}").get("/ouvrir/")
    assert "Dossiers ouverts ici aujourd'hui : 1" in text(page)
    assert not any(name in text(page) for name in ("Angèle", "PAOLETTI", "Jeanne"))
