"""Row security by itself: raw SQL, nobody bound, another record, the worker, writes, the schema.

That it agrees with the gate and the oracle is proved on the policy's rows and on random worlds.
"""

from __future__ import annotations

import datetime as dt
import re
import uuid

import pytest
from django.apps import apps
from django.contrib.auth.models import Permission
from django.db import ProgrammingError, connection, transaction

from access import narrow_ways, policy
from access.binding import binding, turn_to, turn_to_all
from access.matrix import readable_types
from access.models import Authorisation, Mask, RecordUserGrant
from access.viewer import WORKER
from dmp import roles
from records import reference
from records.models import Document, DocumentFile, DocumentVersion, Entry
from tests.access import cast
from tests.access.cast import LONG_AGO, NOON
from tests.jeanne import add_synthesis
from tests.roles import TABLES_UNDER_POLICIES, role


pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("row_security")]

# What the records app keeps beside elements: who it is about, what waits, groups of care; what
# the holder agreed to, which is sealed.
NOT_CLINICAL = {
    "records_person", "records_contactpoint", "records_record", "records_recordidentifier",
    "records_representation", "records_consentrefusals", "records_filling",
    "records_doctorproposal", "records_episode", "records_destruction",
    "records_synthesisconsent",
}  # fmt: skip
# A child is shown with its parent: the one reading of a table under policies that a policy makes.
PARENTS = {
    ("records_documentversion", "records_document"),
    ("records_documentfile", "records_documentversion"),
    ("records_synthesissource", "records_synthesisline"),
    ("records_synthesis", "records_synthesisline"),
}


def sql(statement, *values):
    with connection.cursor() as cursor:
        cursor.execute(statement, values or None)
        return cursor.fetchall()


def under_policies():
    return {table for (table,) in sql(TABLES_UNDER_POLICIES)}


def titles(table="records_document"):
    return sorted(title for (title,) in sql(f"SELECT title FROM {table}"))  # noqa: S608


@pytest.fixture
def shelves(world, as_owner):
    """Dr Petit and Dr Martin each wrote a letter to Jeanne and to Paul; Dr Petit is let in."""
    with as_owner():
        other = cast.record(cast.person("Paul", "Durand"))
        for record, name in ((world.record, "Jeanne"), (other, "Paul")):
            cast.document(record, title=f"{name}, Petit", by=world.petit)
            letter = cast.document(record, title=f"{name}, Martin", by=world.martin)
            version = DocumentVersion.objects.get(document=letter)
            DocumentFile.objects.create(
                record_id=record.id, version=version, media_type="text/plain", size=1,
                sha1=b"1" * 20, stored_as="x",
            )  # fmt: skip
        cast.line(world.record)
        Entry.objects.create(
            record=world.record, type_code="EXPPAT_2", kind="allergy", author_kind="holder",
            occurred_on=NOON.date(), created_at=LONG_AGO,
        )  # fmt: skip
        Authorisation.objects.create(
            record=world.record, kind="circle", professional=world.petit.professional,
            given_at=LONG_AGO, confirmed_at=LONG_AGO, since=LONG_AGO,
        )  # fmt: skip
        RecordUserGrant.objects.create(
            user=world.petit.user,
            permission=Permission.objects.get(codename="consult_record"),
            content_object=world.record,
        )
    return other


# --- Nobody, nothing -----------------------------------------------------------------------------


def test_nothing_is_shown_while_nobody_is_bound(world, shelves):
    assert {table: sql(f"SELECT count(*) FROM {table}") for table in under_policies()} == {  # noqa: S608
        table: [(0,)] for table in under_policies()
    }
    with binding(world.jeanne, at=NOON):
        policy.standing_on(world.record.id)
        assert titles() == ["Jeanne, Martin", "Jeanne, Petit"]
    assert titles() == [], "what was bound stayed after the binding"
    sql("SELECT set_config('dmp.record', %s, true)", str(world.record.id))
    assert titles() == []
    sql("SELECT set_config('dmp.admitted', 'yes', true)")
    assert titles() == []


def test_nothing_is_shown_while_no_record_is_asked_about(world, shelves):
    with binding(world.jeanne, at=NOON):
        assert titles() == []
    with binding(world.martin.viewer, at=NOON):
        assert titles() == []


def test_a_binding_inside_another_gives_it_back(world, shelves):
    with binding(world.jeanne, at=NOON):
        with binding(world.martin.viewer, at=NOON):
            policy.standing_on(world.record.id)
            assert titles() == ["Jeanne, Martin"]
        assert titles() == []
        policy.standing_on(world.record.id)
        assert titles() == ["Jeanne, Martin", "Jeanne, Petit"]


def test_another_record_named_by_hand_shows_what_the_viewer_may_see_of_it(world, shelves):
    with binding(world.petit.viewer, at=NOON):
        policy.standing_on(world.record.id)
        assert titles() == ["Jeanne, Martin", "Jeanne, Petit"]
        sql("SELECT set_config('dmp.record', %s, true)", str(shelves.id))
        assert titles() == ["Paul, Petit"]
        assert titles() == titles("records_document WHERE true OR title <> ''")


def test_a_child_is_shown_with_its_parent(world, shelves):
    with binding(world.martin.viewer, at=NOON):
        turn_to(world.record.id)
        assert titles() == ["Jeanne, Martin"]
        assert DocumentVersion.objects.count() == DocumentFile.objects.count() == 1
    with binding(world.garnier.viewer, at=NOON):
        turn_to(world.record.id)
        assert DocumentVersion.objects.count() == DocumentFile.objects.count() == 0


def test_a_share_shows_the_versions_filed_before_it(world, shelves, as_owner):
    with as_owner():
        letter = Document.objects.get(title="Jeanne, Petit")
        DocumentVersion.objects.create(
            record_id=world.record.id, document=letter, number=2, deposited_at=NOON
        )
        Authorisation.objects.create(
            record=world.record, kind="share", professional=world.martin.professional,
            element_id=letter.id, given_at=NOON - dt.timedelta(days=1), since=LONG_AGO,
            confirmed_at=LONG_AGO,
        )  # fmt: skip
        RecordUserGrant.objects.create(
            user=world.martin.user,
            permission=Permission.objects.get(codename="receive_share"),
            content_object=world.record,
        )
    for viewer, shown in ((world.martin.viewer, 1), (world.petit.viewer, 2), (world.jeanne, 2)):
        with binding(viewer, at=NOON):
            policy.standing_on(world.record.id)
            assert DocumentVersion.objects.filter(document=letter).count() == shown


def test_a_mask_hides_from_raw_sql_at_the_next_reading(world, shelves, as_owner):
    with as_owner():
        letter = Document.objects.get(title="Jeanne, Martin")
        Mask.objects.create(
            record=world.record, target="element", target_id=letter.id, audience="everyone",
            since=LONG_AGO,
        )  # fmt: skip
    with binding(world.petit.viewer, at=NOON):
        policy.standing_on(world.record.id)
        assert titles() == ["Jeanne, Petit"]
        assert sql("SELECT count(*) FROM records_document WHERE id = %s", letter.id) == [(0,)]


# --- Writing -------------------------------------------------------------------------------------


def test_what_is_hidden_can_t_be_changed_nor_another_record_written(world, shelves):
    with binding(world.martin.viewer, at=NOON):
        turn_to(world.record.id)
        with connection.cursor() as cursor:
            cursor.execute("UPDATE records_document SET title = 'Changed'")
            assert cursor.rowcount == 1
        with pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic():
            cast.document(shelves, title="Elsewhere", by=world.martin)
    with role("dmp_owner"):
        assert not Document.objects.filter(title="Elsewhere").exists()
        assert Document.objects.filter(title="Changed").count() == 1


def test_only_the_author_withdraws(world, shelves):
    with role("dmp_owner"):
        letter = Document.objects.get(title="Jeanne, Martin")
    with binding(world.petit.viewer, at=NOON):
        policy.standing_on(world.record.id)
        assert policy.can_see(Document, policy.standing_on(world.record.id), letter.id)
        assert not narrow_ways.withdraw_document(letter.id, "error")
    with binding(world.martin.viewer, at=NOON):
        policy.standing_on(world.record.id)
        assert narrow_ways.withdraw_document(letter.id, "error")
        assert titles() == []
    with role("dmp_owner"):
        letter.refresh_from_db()
    assert (letter.withdrawn_at, letter.withdrawn_reason) == (NOON, "error")


def test_an_element_hidden_from_its_depositor_enters_an_episode_and_leaves_none(world, shelves):
    care, other = uuid.uuid4(), uuid.uuid4()
    with role("dmp_owner"):
        mine, theirs = (
            Document.objects.get(title=f"Jeanne, {one}") for one in ("Martin", "Petit")
        )
        elsewhere = Document.objects.get(title="Paul, Petit")
    every = {one.id: [care] for one in (mine, theirs, elsewhere)}
    with binding(world.martin.viewer, at=NOON):
        assert narrow_ways.enter_episodes(every) == 0
        turn_to(world.record.id)
        assert narrow_ways.enter_episodes(every) == 2
        assert narrow_ways.enter_episodes({theirs.id: [], mine.id: [other]}) == 0
    assert narrow_ways.enter_episodes({theirs.id: [care, other]}) == 0
    with role("dmp_owner"):
        found = Document.objects.filter(id__in=every).values_list("id", "episodes")
        assert dict(found) == every | {elsewhere.id: []}


def test_what_passes_row_security_answers_only_whom_it_is_for(world, shelves):
    with role("dmp_owner"):
        letter = Document.objects.get(title="Jeanne, Martin").id
        by_martin = add_synthesis(world.record, world.martin, 1, LONG_AGO, [("Asthme", None)])
    for viewer, said in ((world.jeanne, 1), (world.petit.viewer, 0), (world.martin.viewer, 0)):
        with binding(viewer, at=NOON):
            turn_to(world.record.id)
            assert len(narrow_ways.synthesis_lines_said()) == said
            assert narrow_ways.under_a_mask([letter]) == set()
            assert narrow_ways.withdraw_version(by_martin.id, "undone") == 0
            assert not narrow_ways.version_is_gone(by_martin.id, "undone")
            assert sql("SELECT * FROM dmp_syntheses_due()") == []
            arrived = "SELECT * FROM dmp_arrived_since_synthesis(%s::uuid[])"
            assert sql(arrived, [[world.record.id]]) == []
    assert narrow_ways.synthesis_lines_said() == []
    assert narrow_ways.documents_near(NOON.date(), 3) == []


# --- The worker ----------------------------------------------------------------------------------


def test_the_worker_reads_what_it_fills_of_the_record_it_fills(world, shelves, as_worker):
    def counts():
        tables = ("records_document", "records_reimbursementline", "records_entry")
        return [sql(f"SELECT count(*) FROM {table}")[0][0] for table in tables]  # noqa: S608

    with binding(WORKER, at=NOON):
        assert counts() == [0, 0, 0]
        turn_to(world.record.id)
        assert counts() == [2, 1, 0]
        assert titles() == ["Jeanne, Martin", "Jeanne, Petit"]
        turn_to(shelves.id)
        assert titles() == ["Paul, Martin", "Paul, Petit"]
        turn_to_all([world.record.id, shelves.id])
        both = ["Jeanne, Martin", "Jeanne, Petit", "Paul, Martin", "Paul, Petit"]
        assert sorted(titles()) == both
        turn_to(world.record.id)
        assert titles() == ["Jeanne, Martin", "Jeanne, Petit"]


# --- The schema ----------------------------------------------------------------------------------


def test_every_clinical_table_is_under_policies():
    tables = {
        model._meta.db_table
        for model in apps.get_app_config("records").get_models()
        if not model._meta.db_table.endswith("event")
    }
    assert under_policies() == tables - NOT_CLINICAL
    assert len(under_policies()) == 9


def test_they_hold_for_whoever_does_not_own_the_tables():
    enabled = sql(
        "SELECT relname::text, relrowsecurity FROM pg_class"
        " WHERE relnamespace = 'public'::regnamespace AND relname = ANY(%s)",
        sorted(under_policies()),
    )
    assert dict(enabled) == dict.fromkeys(under_policies(), True)


def test_policies_read_no_table_under_policies_but_their_parent():
    read = sql(
        "SELECT p.polrelid::regclass::text, d.refobjid::regclass::text FROM pg_depend d"
        " JOIN pg_policy p ON p.oid = d.objid"
        " WHERE d.classid = 'pg_policy'::regclass AND d.refclassid = 'pg_class'::regclass"
        " AND d.refobjid <> p.polrelid"
    )
    assert {pair for pair in read if pair[1] in under_policies()} == PARENTS
    named = re.compile(r"\b(?:" + "|".join(under_policies()) + r")\b")
    functions = sql(
        "SELECT proname, prosecdef, prosrc FROM pg_proc"
        " WHERE pronamespace = 'public'::regnamespace AND proname LIKE 'dmp\\_%'"
    )
    reading = {name for name, _, source in functions if named.search(source)}
    passing = {name for name, definer, _ in functions if definer}
    assert reading <= passing == set(roles.FUNCTIONS)


def test_functions_with_their_owner_s_rights_say_where_names_are_looked_up():
    loose = sql("SELECT proname FROM pg_proc WHERE prosecdef AND proconfig IS NULL")
    assert loose == []


def test_the_matrix_is_the_same_in_sql():
    named = "10 21 26 28 40 41 50 60 70 71 80 81 82 83 84 85 91 92 93 94 95 96 98 330 unknown"
    professions = [*named.split(), ""]
    types = [kind.code for kind in reference.document_types()] + ["UNKNOWN"]
    for profession in professions:
        [(listed, by_key)] = sql(
            "SELECT dmp_readable_types(%s), array(SELECT jsonb_object_keys(dmp_readable(%s)))",
            profession, profession,
        )  # fmt: skip
        assert tuple(sorted(listed)) == tuple(sorted(readable_types(profession))), profession
        assert sorted(by_key) == sorted(listed)
        assert set(listed) <= set(types)


def test_permissions_are_known_by_their_number_and_none_is_no_door(world, shelves):
    def known():
        return [one for (one,) in sql("SELECT dmp_permission(unnest(array['circle', 'other']))")]

    [(number,)] = sql("SELECT id FROM auth_permission WHERE codename = 'consult_record'")
    assert known() == [number, None]
    with role("dmp_owner"), connection.cursor() as cursor:
        cursor.execute("UPDATE auth_permission SET codename = 'other' WHERE id = %s", [number])
        cursor.execute("SELECT dmp_number_permissions()")
    assert known() == [None, None]
    with binding(world.petit.viewer, at=NOON):
        turn_to(world.record.id)
        assert titles() == ["Jeanne, Petit"]


def test_who_the_viewer_is_is_asked_once_per_question_and_rows_come_by_an_index(world, shelves):
    with binding(world.petit.viewer, at=NOON):
        policy.standing_on(world.record.id)
        sql("SELECT set_config('enable_seqscan', 'off', true)")
        asked = sql("EXPLAIN (VERBOSE, COSTS OFF) SELECT id FROM records_document")
    plan = "\n".join(line for (line,) in asked)
    assert re.search(r"Index Cond: \(\(?(?:records_document\.)?record_id = ", plan), plan
    # What a row is compared with is read by one function, of which nothing comes from the row:
    # it is called once, and read again for each row.
    calls = re.findall(r"Function Call: (.*)", plan)
    assert calls == ["dmp_sight('document'::text)"], plan
    assert "dmp_sight" not in "".join(line for line in plan.splitlines() if "Filter" in line)
