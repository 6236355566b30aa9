"""Two rows of one key in a file: both refused, both named, also where one is wrong besides."""

from __future__ import annotations

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings, strategies as st

from access.binding import binding
from imports import loading
from imports.loading import duplicates
from imports.loading.heartbeat import Heartbeat
from imports.loading.refused import Refusals
from imports.loading.targets import TARGETS
from imports.models import Load, RefusedRow
from imports.parsing.rows import IDENTITY, Kind
from tests.imports.loads import DESK, counts, line, lines, load, receive, store
from tests.imports.parsing.tables import BENEFIT, ITEM, PHA, PRS, another, archive, ndjson
from tests.imports.persons import INS_TEST, NIR, OTHER_NIR, rows


pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("as_worker")]


def why():
    return rows(
        "SELECT line, code, params->>'other', original_sealed IS NOT NULL"
        " FROM imports_refusedrow ORDER BY line, id"
    )


def test_a_row_whose_key_a_refused_one_has_is_refused_and_each_names_the_other():
    found = load(lines(line("A"), line("B"), line("A", care_start="31/02/2026"), line("C")))

    assert counts(found) == {"read": 4, "created": 2, "refused": 2}
    assert [row[1] for row in store()] == ["B", "C"]
    assert why() == [
        (2, "duplicate_in_file", "4", True),
        (4, "date_not_real", None, True),
        (4, "duplicate_in_file", "2", False),
    ]
    assert {(each["code"], each["count"]) for each in found.refusal_groups} == {
        ("date_not_real", 1),
        ("duplicate_in_file", 2),
    }
    assert [total["lines"] for total in found.totals] == [2]


@pytest.mark.parametrize(
    "wrong",
    [
        {"scheme": "a b"},
        {"person_value": NIR[:-2]},
        {"person_system": ""},
    ],
    ids=lambda wrong: next(iter(wrong)),
)
def test_a_row_that_does_not_say_which_one_it_is_takes_none_with_it(wrong):
    found = load(lines(line("A"), line("A", **wrong)))

    assert counts(found) == {"read": 2, "created": 1, "refused": 1}


def test_neither_does_one_of_another_person_or_scheme():
    other = {"person_value": OTHER_NIR, "birth_date": "1970-05-02"}
    found = load(
        lines(
            line("A"),
            line("A", section="X", scheme="agricultural"),
            line("A", section="X", **other),
        )
    )

    assert counts(found) == {"read": 3, "created": 1, "refused": 2}


def test_several_right_rows_beside_a_wrong_one_are_all_refused():
    found = load(lines(line("A"), line("A", section="X"), line("A", quantity="2"), line("B")))

    assert counts(found) == {"read": 4, "created": 1, "refused": 3}
    assert why() == [
        (2, "duplicate_in_file", "3", True),
        (3, "choice_unknown", None, True),
        (3, "duplicate_in_file", "2", False),
        (4, "duplicate_in_file", "3", True),
    ]


ILLNESSES = f"""person_system;person_value;icd10;label;since;until;flow_date
{INS_TEST};{NIR};E11.9;a;2020-01-01;;2026-04-05
{INS_TEST};{NIR};E11.9;a;2020-01-01;2019-01-01;2026-04-05
"""
DOCTORS = f"""person_system;person_value;rpps;since;until;flow_date
{INS_TEST};{NIR};10001234565;2020-01-01;;2026-04-05
{INS_TEST};{NIR};10001234565;2020-01-01;;x
"""
ALIASES = f"""pseudonym;person_system;person_value
abc;{INS_TEST};{NIR}
abc;{INS_TEST};1
"""
SLIP = """scheme;period;lines;paid_cents;reimbursed_cents
general;2026-04;1;1000;650
general;2026-04;1;1000;x
"""


@pytest.mark.parametrize(
    "content",
    [ILLNESSES, DOCTORS, ALIASES, SLIP],
    ids=["illnesses", "doctors", "aliases", "slip"],
)
def test_it_is_so_in_each_of_the_fund_s_files(content):
    found = load(content.encode())

    assert counts(found) == {"read": 2, "refused": 2}
    assert [(row[0], row[2]) for row in why() if row[1] == "duplicate_in_file"] == [
        (2, "3"),
        (3, "2"),
    ]


def test_and_in_the_other_formats_at_their_places():
    wrong = ITEM | {"category": {"coding": [{"code": "?"}]}, "modifierExtension": [{"url": "x"}]}
    found = load(ndjson(BENEFIT, BENEFIT | {"item": [wrong]}))
    assert counts(found) == {"read": 2, "refused": 2}
    places = "SELECT params->>'other' FROM imports_refusedrow WHERE code = 'duplicate_in_file'"
    assert {row for (row,) in rows(places)} == {"1 item[0]", "2 item[0]"}

    RefusedRow.objects.all().delete()
    found = load(archive(ER_PRS_F=[PRS, another(PRS, 2)], ER_PHA_F=[PHA, another(PHA, 2)]))
    assert counts(found)["read"] == 2


def test_nothing_is_left_of_what_the_refused_rows_were_known_by():
    load(lines(line("A"), line("A", section="X")))

    assert rows("SELECT 1 FROM pg_tables WHERE schemaname = 'imports_staging'") == []


FILES = st.lists(
    st.tuples(st.sampled_from("ABC"), st.sampled_from(["general", "agricole"]), st.booleans()),
    min_size=1,
    max_size=9,
)


@given(FILES)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40)
def test_what_is_loaded_is_each_right_row_whose_key_is_in_the_file_once(file):
    content = lines(
        *(
            line(name, scheme=scheme, **({} if right else {"section": "X"}))
            for name, scheme, right in file
        )
    )
    keys = [(scheme, name) for name, scheme, _ in file]
    once = {
        key
        for key, (_, _, right) in zip(keys, file, strict=True)
        if right and keys.count(key) == 1
    }
    # Each right row of a key that is there twice says so; a wrong one beside a right one, too.
    twice = {
        at
        for at, (name, scheme, right) in enumerate(file, 2)
        for place, (other, its, ok) in enumerate(file, 2)
        if at != place and (name, scheme) == (other, its) and (right or ok)
    }
    with transaction.atomic():
        found = load(content)

        assert [row[:2] for row in store()] == sorted(once)
        assert found.rows_read == found.rows_created + found.rows_refused == len(file)
        told = RefusedRow.objects.filter(load=found, code="duplicate_in_file")
        assert set(told.values_list("line", flat=True)) == twice
        transaction.set_rollback(True)


def test_a_row_is_told_apart_by_the_same_columns_in_its_file_and_in_the_store():
    for kind, target in TARGETS.items():
        said = [name for name in IDENTITY[kind] if not name.startswith("person_")]
        assert said == list(target.identity) or (kind, said) == (Kind.ALIASES, ["pseudonym"])


def test_rows_that_name_each_others_place_are_not_held_until_all_are_known(monkeypatch):
    done = []
    read, add = duplicates.open_stream, Refusals.add

    def reading(*given):
        found = read(*given)
        batches = found.batches()
        found.batches = lambda: (done.append("read") or batch for batch in batches)
        return found

    def adding(refusals, refused):
        done.append("told")
        add(refusals, refused)

    monkeypatch.setattr(duplicates, "open_stream", reading)
    monkeypatch.setattr(Refusals, "add", adding)
    resources = [BENEFIT | {"identifier": [{"value": f"E-{n}"}]} for n in range(300)]

    found = load(ndjson(*resources, *resources))

    assert counts(found) == {"read": 600, "refused": 600}
    first = done.index("read")
    assert done[first:].index("told") < len(done) - done[::-1].index("read") - 1 - first
    places = "SELECT params->>'place', params->>'other' FROM imports_refusedrow ORDER BY line"
    assert [rows(places)[at] for at in (0, -1)] == [
        ("1 item[0]", "301 item[0]"), ("600 item[0]", "300 item[0]"),
    ]  # fmt: skip


def test_places_are_named_without_reading_each_row_for_each_other():
    """A file written twice into one has a hundred thousand of them: no minute was enough."""
    plans = []

    def explained(execute, sql, params, many, context):
        if "AS told" in sql:
            execute(f"EXPLAIN {sql}", params, many, context)
            plans.append("\n".join(line for (line,) in context["cursor"].fetchall()))
        return execute(sql, params, many, context)

    resources = [BENEFIT | {"identifier": [{"value": f"E-{n}"}]} for n in range(20)]
    with connection.execute_wrapper(explained):
        load(ndjson(*resources, *resources))

    assert len(plans) == 1
    assert "Hash Join" in plans[0] or "Merge Join" in plans[0]
    assert "Nested Loop" not in plans[0]


def test_a_pause_while_rows_that_share_their_key_are_named_is_heard(monkeypatch):
    """The file is read once more for them: its figures move, beyond those of the first time."""
    once = lines(*(line(f"L{n}") for n in range(500)))
    file = once + once.partition(b"\n")[2]
    load_id = receive(file)
    shown = []
    with monkeypatch.context() as patched:
        patched.setattr(Heartbeat, "show", lambda _self, **figures: shown.append(figures))
        patched.setattr(
            Heartbeat,
            "paused",
            lambda _self: bool(shown) and shown[-1]["bytes_read"] > len(file),
        )
        rows("UPDATE imports_load SET pause_asked = true RETURNING 1")
        assert loading.run(load_id)
    load = Load.objects.get()
    assert (load.state, load.staged_rows) == ("paused", None)
    assert rows("SELECT count(*) FROM imports_refusedrow") == [(0,)]

    with binding(DESK):
        loading.resume(by=DESK, load_id=load_id)
    assert loading.run(load_id)

    assert counts(Load.objects.get()) == {"read": 1000, "refused": 1000}
