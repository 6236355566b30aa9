"""My patients: the list and the door agree, whatever the door; names only; one statement."""

from __future__ import annotations

import datetime as dt
from importlib import import_module
from pathlib import Path

import pytest
from django.db import connection
from django.urls import reverse

from access import circle, policy
from access.auditing.moments import NOON
from access.auditing.rows import read_cases
from access.auditing.worlds import build_world
from access.binding import binding
from access.models import JournalEvent
from access.policy import NotVisible
from access.worklist import read_worklist
from records.dossier.entrance import door_of
from tests.access import cast
from tests.clients import StrictClient
from tests.jeanne import BACKEND, add_synthesis, circle_period
from tests.records.test_reading import words


made = import_module("access.migrations.0017_work_list")
FACTS = ("role", "also", "representation", "gp", "circle", "blocked", "record", "account")

with (Path(__file__).parent / "cases.csv").open(encoding="utf-8") as stream:
    CASES = {
        tuple(case[name] for name in FACTS): case
        for case in read_cases(stream)
        if case["role"] in {"professional", "treating_gp"}
    }


@pytest.mark.parametrize("case", CASES.values(), ids=lambda case: case.name)
def test_a_record_is_in_the_list_when_its_door_is_open(case, as_owner):
    with as_owner():
        world = build_world(case)
    with binding(world.viewer, at=NOON):
        door = door_of(policy.standing_on(world.record.id))
        if not world.viewer.admitted:
            with pytest.raises(NotVisible):
                read_worklist(by=world.viewer)
            return
        rows = read_worklist(by=world.viewer).rows
    listed = [row.record_id for row in rows]
    assert listed == ([world.record.id] if door in {"treating_gp", "circle"} else [])
    assert [row.treating_gp for row in rows] == [door == "treating_gp" for _row in rows]
    assert [row.due is not None for row in rows] == [door == "treating_gp" for _row in rows]


def test_the_list_is_one_statement_however_long(world, as_owner, django_assert_num_queries):
    for deposits, name in enumerate(("Ahmed", "Zoé", "Line")):
        with as_owner():
            record = cast.record(cast.person(name))
            viewer = cast.family_viewer(record.holder)
            for _deposit in range(deposits):
                cast.document(record, by=world.martin)
        with binding(viewer, at=cast.NOON):
            circle.authorise(by=viewer, record_id=record.id, professional_id=world.martin.id)
    # The list; the shares; the deposits, what he is to their records, whose they are; openings.
    with binding(world.martin.viewer, at=cast.NOON), django_assert_num_queries(6):
        view = read_worklist(by=world.martin.viewer)
    assert view.total == 3
    names = sorted(one.name for one in view.deposits)
    assert names == ["Line Morel", "Line Morel", "Zoé Morel"]


def treated(world, name, *, kind="treating_gp"):
    """A patient of Dr Petit's, as rows."""
    record = cast.record(cast.person(name))
    circle_period(record, kind, professional_id=world.petit.id, user=world.petit.user)
    return record


@pytest.fixture
def practice(world, as_owner):
    """Zoé has no synthesis; Bruno's record changed; Ahmed's didn't; Clara's is empty."""
    signed, since = cast.NOON - dt.timedelta(days=20), cast.NOON - dt.timedelta(days=3)
    with as_owner():
        never = treated(world, "Zoé")
        cast.line(never)
        cast.document(never)
        changed = treated(world, "Bruno")
        cast.line(changed)
        add_synthesis(
            changed, world.martin, 1, signed - dt.timedelta(days=200), [("Asthme", None)]
        )
        add_synthesis(changed, world.petit, 2, signed, [("Diabète", None)])
        cast.line(changed, label="Ordonnance rare", created_at=since)
        cast.line(changed, created_at=since, withdrawn_at=since)
        cast.document(changed, title="Lettre rare", created_at=since)
        cast.document(changed, created_at=since, archived_at=since)
        same = treated(world, "Ahmed")
        cast.line(same)
        add_synthesis(same, world.petit, 1, signed, [("Asthme", None)])
        empty = treated(world, "Clara")
        around = treated(world, "Aline", kind="circle")
        cast.line(around, created_at=since)
        add_synthesis(around, world.martin, 1, signed, [("Asthme", None)])
    return [never, changed, same, empty, around]


def test_ready_drafts_come_first_and_only_where_they_treat(world, practice):
    with binding(world.petit.viewer, at=cast.NOON):
        view = read_worklist(by=world.petit.viewer)
        found = [row.due and (row.due.signed_at is not None, row.due.arrived) for row in view.rows]
    assert [row.record_id for row in view.rows] == [record.id for record in practice]
    assert found == [(False, 1), (True, 2), (True, 0), (False, 0), None]
    assert view.ready == 2
    assert view.first == view.rows[0]
    assert not JournalEvent.objects.exists()


def test_the_list_says_what_waits_and_opens_the_first(world, practice):
    browser = StrictClient()
    browser.force_login(world.petit.user, backend=BACKEND)
    session = browser.session
    session["second_factor"] = "totp"
    session["capacity"] = f"professional:{world.petit.practice.id}"
    session.save()

    page = browser.get(reverse("access:patients")).content.decode()
    said = words(page)

    for sentence in (
        "2 brouillons de synthèse sont prêts à relire.",
        "Pas encore de synthèse Brouillon prêt",
        "2 changements depuis la synthèse du 26 mai 2026 Brouillon prêt",
        "Synthèse du 26 mai 2026",
    ):
        assert sentence in said
    assert f'href="{reverse("records:synthesis_draft", args=[practice[0].id])}"' in page
    assert said.count("Brouillon prêt") == 2
    draft = reverse("records:synthesis_draft", args=[practice[0].id])
    assert browser.get(reverse("access:next_draft")).url == draft
    # How much arrived, never what.
    for private in ("rare", "Diabète", "Asthme", "Consultation"):
        assert private not in said


@pytest.mark.parametrize(
    ("asked", "one", "index"),
    [
        (made.DOCUMENTS, cast.document, "document_by_arrival"),
        (made.LINES, cast.line, "_record_id_created_at_idx"),
    ],
)
def test_what_arrived_is_found_by_its_index(asked, one, index, world, as_owner):
    among = "(select %s::uuid as record_id) mine, (select %s::timestamptz as at) signed"
    with as_owner(), connection.cursor() as cursor:
        # Of an empty table any way costs the same.
        made_here = [one(world.record) for _ in range(150)]
        cursor.execute(f"analyze {made_here[0]._meta.db_table}")
        explain = f"explain (costs off) select (select exists ({asked})) from {among}"  # noqa: S608  # constants
        cursor.execute(explain, [world.record.id, cast.NOON])
        plan = "\n".join(line for (line,) in cursor.fetchall())
    assert index in plan
    assert "Seq Scan" not in plan
