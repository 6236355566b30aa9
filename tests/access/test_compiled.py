"""SQL made once and bound for each viewer: two who stand alike never get each other's answer."""

from __future__ import annotations

import datetime as dt
from dataclasses import fields, replace
from uuid import uuid4
from weakref import WeakKeyDictionary

import pytest
from django.db import connection
from django.db.models import Count, Exists, OuterRef, Q
from django.test.utils import CaptureQueriesContext

from access import compiled, policy, prepared, stand_in
from access.binding import binding, moment_of
from access.models import Mask
from access.policy import Reading
from access.standing import Standing
from access.viewer import PracticeFacts, Viewer
from records.models import Document, Entry, Synthesis, SynthesisLine, SynthesisSource
from tests.access import cast
from tests.access.cast import LONG_AGO, NOON


TITLES = Reading(Document, columns=("title",), order=("title",))


def titles(viewer, record, *, at=NOON, reading=TITLES):
    with binding(viewer, at=at):
        return [row.title for row in policy.listed(reading, policy.standing_on(record.id))]


@pytest.fixture
def shelves(world, as_owner):
    """Two professionals of two structures, each the author of one document of each record."""
    with as_owner():
        other = cast.record(cast.person("Paul", "Durand"))
        for record, name in ((world.record, "Jeanne"), (other, "Paul")):
            cast.document(record, title=f"{name}, Petit", by=world.petit)
            cast.document(record, title=f"{name}, Martin", by=world.martin)
    return other


def test_two_viewers_who_stand_alike_each_see_their_own(world, shelves):
    assert titles(world.petit.viewer, world.record) == ["Jeanne, Petit"]
    kept = compiled._compile.cache_info().misses

    assert titles(world.martin.viewer, world.record) == ["Jeanne, Martin"]
    assert titles(world.martin.viewer, shelves) == ["Paul, Martin"]
    assert compiled._compile.cache_info().misses == kept, "asked of the gate's ladder again"


def test_whatever_a_stand_in_keeps_tells_two_who_stand_apart():
    practice = PracticeFacts(id=uuid4(), professional_id=uuid4(), profession="10",
                             structure_id=uuid4())  # fmt: skip
    viewer = Viewer(user_id=uuid4(), person_id=uuid4(), second_factor="totp", practice=practice)
    one = Standing(viewer=viewer, record_id=uuid4(), moment=moment_of(NOON))
    known = stand_in.stand_in(one)

    def but(kind, **new):
        if kind is PracticeFacts:
            return but(Viewer, practice=replace(practice, **new))
        return (
            but(Standing, viewer=replace(viewer, **new)) if kind is Viewer else replace(one, **new)
        )

    assert stand_in.stand_in(but(PracticeFacts, id=uuid4())) is known
    assert stand_in.stand_in(but(Viewer, user_id=uuid4(), second_factor="sms")) is known
    for kind, faces in stand_in._FACES.items():
        for each in fields(kind):
            if each.name not in faces:
                assert stand_in.stand_in(but(kind, **{each.name: "x"})) != known, each.name
    for kind, gone in (
        (Standing, {"shared": (uuid4(),)}), (Viewer, {"user_id": None}),
        (Viewer, {"person_id": None}), (Viewer, {"second_factor": ""}),
        (Viewer, {"practice": None}), (PracticeFacts, {"structure_id": None}),
    ):  # fmt: skip
        assert stand_in.stand_in(but(kind, **gone)) != known, gone


def test_the_clock_is_the_asker_s(world, shelves, as_owner):
    with as_owner():
        cast.document(
            world.record,
            title="À annoncer",
            unannounced_until=dt.date(2026, 7, 1),
        )
    seen = titles(world.jeanne, world.record)
    later = titles(world.jeanne, world.record, at=NOON + dt.timedelta(days=20))

    assert seen == ["Jeanne, Martin", "Jeanne, Petit"]
    assert later == ["Jeanne, Martin", "Jeanne, Petit", "À annoncer"]


def test_a_mask_saved_is_in_force_at_the_next_reading(world, shelves, as_owner):
    with as_owner():
        cast.delegate(world.record, helper := cast.person("Luc", "Morel"))
        viewer = cast.family_viewer(helper, role=cast.Role.DELEGATE)
    assert titles(viewer, world.record) == ["Jeanne, Martin", "Jeanne, Petit"]
    with as_owner():
        hidden = Document.objects.get(title="Jeanne, Petit")
        Mask.objects.create(
            record=world.record,
            target="element",
            target_id=hidden.id,
            audience="delegate",
            audience_id=helper.id,
            since=LONG_AGO,
        )

    assert titles(viewer, world.record) == ["Jeanne, Martin"]


def test_a_row_s_values_have_the_form_their_field_gives_them(world, as_owner):
    with as_owner():
        Entry.objects.create(
            record=world.record,
            type_code="EXPPAT_2",
            kind="allergy",
            content={"text": "100 % laine, 5 %s"},
            author_kind="holder",
            occurred_on=NOON.date(),
            created_at=LONG_AGO,
        )
    reading = Reading(Entry, columns=("content", "kind"), order=("id",), where=~Q(kind="5 %s"))
    with binding(world.jeanne, at=NOON):
        [row] = policy.listed(reading, policy.standing_on(world.record.id))

    assert row.content == {"text": "100 % laine, 5 %s"}


def test_sql_that_still_asks_about_the_stand_in_is_refused(world, shelves):
    trace = str(stand_in._RECORD)
    wrong = Reading(Document, columns=("title",), order=("title",), where=Q(title__contains=trace))

    with pytest.raises(stand_in.LeftOver):
        titles(world.jeanne, world.record, reading=wrong)


def test_a_statement_is_planned_once_per_connection_and_sent_whole_behind_a_pooling_proxy(
    world, shelves, monkeypatch
):
    def plans():
        with connection.cursor() as cursor:
            cursor.execute("select count(*) from pg_prepared_statements")
            return cursor.fetchone()[0]

    # Other tests of this process may have left no room.
    with connection.cursor() as cursor:
        cursor.execute("deallocate all")
    prepared._prepared.pop(connection.connection, None)

    first = titles(world.martin.viewer, world.record)
    planned = plans()
    with CaptureQueriesContext(connection) as asked:
        second = titles(world.martin.viewer, world.record)
    assert first == second == ["Jeanne, Martin"]
    assert plans() == planned > 0
    assert [sql["sql"].split()[0] for sql in asked if "records_document" in sql["sql"]] == []

    monkeypatch.setitem(connection.settings_dict, "DISABLE_SERVER_SIDE_CURSORS", 1)
    with CaptureQueriesContext(connection) as asked:
        assert titles(world.martin.viewer, world.record) == first
    assert len([sql for sql in asked if "records_document" in sql["sql"]]) == 1
    assert plans() == planned


def test_beyond_a_hundred_plans_a_connection_keeps_no_more(world, shelves, monkeypatch):
    monkeypatch.setattr(prepared, "MOST_PREPARED", 0)
    monkeypatch.setattr(prepared, "_prepared", WeakKeyDictionary())
    with CaptureQueriesContext(connection) as asked:
        assert titles(world.martin.viewer, world.record) == ["Jeanne, Martin"]
    assert len([sql for sql in asked if "records_document" in sql["sql"]]) == 1


def test_a_list_asks_the_database_at_most_four_times(world, shelves):
    titles(world.martin.viewer, world.record)
    with CaptureQueriesContext(connection) as asked:
        titles(world.martin.viewer, world.record)
    sent = [sql["sql"].split("; ")[-1] for sql in asked]
    selects = [sql for sql in sent if sql.lower().startswith(("select", "execute"))]
    assert len(selects) == 2, selects  # what they are to the record, the list


def test_what_is_visible_stays_so_inside_another_question(world, shelves, as_owner):
    """A line of the synthesis is shown only with its sources, also in a question's inner part."""
    with as_owner():
        synthesis = Synthesis.objects.create(
            record=world.record, number=1, author_id=world.petit.id, author_name="Dr Petit",
            signed_at=LONG_AGO,
        )  # fmt: skip
        for position, source in enumerate(("Jeanne, Petit", "Jeanne, Martin"), start=1):
            line = SynthesisLine.objects.create(
                record=world.record, synthesis=synthesis, section="problems", position=position,
                text=source, type_code="SYNTH", occurred_on=NOON.date(), created_at=LONG_AGO,
            )  # fmt: skip
            SynthesisSource.objects.create(
                record_id=world.record.id, line=line, kind="document",
                element_id=Document.objects.get(title=source).id,
            )  # fmt: skip
        Document.objects.filter(title="Jeanne, Martin").update(
            unannounced_until=dt.date(2026, 7, 1)
        )
    with binding(world.jeanne, at=NOON):
        standing = policy.standing_on(world.record.id)
        lines = policy.visible_synthesis_lines(standing)
        outer = Synthesis.objects.filter(Exists(lines.filter(synthesis_id=OuterRef("id"))))
        inner = SynthesisLine.objects.filter(id__in=lines.values("id"))
        documents = policy.visible_documents(standing)
        same = Document.objects.filter(Exists(documents.filter(id=OuterRef("id"))))

        assert [line.text for line in lines] == ["Jeanne, Petit"]
        assert outer.count() == 1
        assert [line.text for line in inner] == ["Jeanne, Petit"]
        assert [document.title for document in same] == ["Jeanne, Petit"]
        counted = lines.filter(mark_padlock=False).values("section").annotate(n=Count("id"))
        assert list(counted) == [{"section": "problems", "n": 1}]
