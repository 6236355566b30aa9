"""A file of the fund into the store: the newest wins, the same changes nothing, all counted."""

from __future__ import annotations

import gzip

import pytest

from access.binding import binding
from imports import files, loading, tidying
from imports.loading import reloading, wording
from imports.models import ClaimLine, Load
from tests.imports.loads import DESK, counts, line, lines, load, receive, refused, store
from tests.imports.persons import NIR, OTHER_NIR, key, rows


pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("as_worker")]


def test_lines_reach_the_store_under_a_keyed_hash():
    found = load(lines(line("A"), line("B", quantity="", care_end="2026-03-04")))

    assert found.state == "done"
    assert counts(found) == {"read": 2, "created": 2}
    assert store() == [
        ("general", "A", "2026-03-02", 1, 1000, False, "2026-04-05"),
        ("general", "B", "2026-03-02", None, 1000, False, "2026-04-05"),
    ]
    assert {bytes(row.person_key) for row in ClaimLine.objects.all()} == {key()}
    readable = rows("SELECT count(*) FROM imports_claimline c WHERE c::text LIKE %s", f"%{NIR}%")
    assert readable == [(0,)]


def test_the_same_file_again_changes_nothing():
    content = lines(line("A"), line("B"))
    load(content)
    before = rows("SELECT xmin, ctid FROM imports_claimline ORDER BY line_id")

    again = load(content)

    assert counts(again) == {"read": 2, "identical": 2}
    assert rows("SELECT xmin, ctid FROM imports_claimline ORDER BY line_id") == before


def opened(monkeypatch):
    """Whether each load from here on reads its file."""
    read = []
    kept = files.KeptFile
    monkeypatch.setattr(files, "KeptFile", lambda load_id: read.append(load_id) or kept(load_id))
    return read


def test_a_file_known_to_the_byte_is_not_read_again_and_says_the_same(monkeypatch):
    content = lines(line("A"), line("B", care_start="2023-03-02"))
    first = load(content)
    read = opened(monkeypatch)

    again = load(content)
    checked = load(content, only_check=True)

    assert read == []
    assert counts(first) == {"read": 2, "created": 1, "set_aside": 1}
    assert counts(again) == counts(checked) == {"read": 2, "identical": 2}
    assert (again.state, checked.state) == ("done", "checked")
    same = ("totals", "recognised", "scheme", "file_kind", "paid_cents")
    assert [getattr(again, name) for name in same] == [getattr(first, name) for name in same]


MANY = lines(*(line(f"N{n}", performer_name="Pharmacie de l'Été") for n in range(40)))


@pytest.mark.parametrize(
    ("content", "facts"),
    [
        (gzip.compress(MANY), {"compression": "gzip", "encoding": "utf-8"}),
        (MANY.decode().encode("cp1252"), {"encoding": "windows-1252", "byte_order_mark": False}),
        (MANY.replace(b"\n", b"\r\n") + b"\r\n", {"line_end": "windows"}),
    ],
    ids=["gzip", "latin-1", "windows"],
)
def test_the_same_rows_in_other_bytes_are_known_and_the_file_is_told_as_it_is(content, facts):
    first = load(MANY)

    again = load(content)
    third = load(MANY)

    assert (first.staged_rows, again.staged_rows, third.staged_rows) == (40, None, None)
    assert counts(again) == counts(third) == {"read": 40, "identical": 40}
    same = ("totals", "scheme", "file_kind", "paid_cents")
    assert [getattr(again, name) for name in same] == [getattr(first, name) for name in same]
    assert again.recognised.keys() == first.recognised.keys()
    assert again.recognised["sample"] == first.recognised["sample"]
    assert {name: again.recognised[name] for name in facts} == facts
    assert wording.recognised(again)


@pytest.mark.parametrize("content", [MANY, gzip.compress(MANY)], ids=["same", "other bytes"])
def test_rows_are_known_once_the_first_of_them_are_no_longer_shown(content):
    first = load(MANY)
    Load.objects.update(finished_at=first.finished_at.replace(year=2020))
    tidying.tidy()
    assert "sample" not in Load.objects.get().recognised

    assert counts(load(content)) == {"read": 40, "identical": 40}


@pytest.mark.parametrize(
    ("sent", "found"),
    [
        (MANY.replace(b"N39;", b"N40;"), {"read": 40, "identical": 39, "created": 1}),
        (MANY[: MANY.index(b"N39;")], {"read": 39, "identical": 39}),
        (MANY + line("N39").encode(), {"read": 41, "refused": 2, "identical": 39}),
    ],
    ids=["another", "one less", "twice"],
)
def test_a_file_that_only_begins_as_another_one_is_read(sent, found):
    load(MANY)

    assert counts(load(sent)) == found


def test_the_same_rows_in_a_file_that_is_cut_short_are_refused():
    load(MANY)

    assert load(gzip.compress(MANY)[:-4]).state == "refused"


def a_refused_row(content):
    return content + line("C", rate_pct="x").encode()


def a_pseudonym(content):
    return content + line("C", person_system="dcir", person_value="p").encode()


def another_state(_):
    load(lines(line("A", quantity="9")))


def taken_back(_):
    load_id = Load.objects.get().id
    with binding(DESK):
        loading.undo(by=DESK, load_id=load_id)
    assert loading.run(load_id)


def other_rules(_):
    monkey = pytest.MonkeyPatch()
    monkey.setattr(reloading, "_sources", lambda: "as they were")
    return monkey


@pytest.mark.parametrize(
    ("content", "since", "created"),
    [
        (a_refused_row, None, 0),
        (a_pseudonym, None, 0),
        (None, another_state, 0),
        (None, taken_back, 1),
        (None, other_rules, 0),
    ],
)
def test_a_file_is_read_again_where_it_might_say_something_else(
    monkeypatch, content, since, created
):
    sent = content(lines(line("A"))) if content else lines(line("A"))
    load(sent)
    undo = since(sent) if since else None
    read = opened(monkeypatch)

    again = load(sent)

    if undo:
        undo.undo()
    assert read
    assert again.rows_created == created
    if since is another_state:
        assert (counts(again), store()[0][3]) == ({"read": 1, "changed": 1}, 1)


def test_a_newer_state_replaces_an_older_one_and_an_older_one_does_not():
    load(lines(line("A", quantity="1")))

    newer = load(lines(line("A", quantity="2", flow_date="2026-05-05")))
    older = load(lines(line("A", quantity="3", flow_date="2026-04-30")))

    assert counts(newer) == {"read": 1, "changed": 1}
    assert counts(older) == {"read": 1, "identical": 1}
    assert store() == [("general", "A", "2026-03-02", 2, 1000, False, "2026-05-05")]


def test_of_two_states_of_one_day_that_of_the_file_brought_last_counts_whichever_is_done_first():
    """A worker that was killed finds its files in another order than without the kill."""
    first, last = (receive(lines(line("A", quantity=quantity))) for quantity in "12")

    assert loading.run(last)
    assert loading.run(first)

    assert [row[3] for row in store()] == [2]
    assert counts(Load.objects.get(id=first)) == {"read": 1, "identical": 1}


def test_what_is_sent_again_unchanged_moves_its_date_forward():
    load(lines(line("A")))

    again = load(lines(line("A", flow_date="2026-05-05")))

    assert counts(again) == {"read": 1, "identical": 1}
    assert store() == [("general", "A", "2026-03-02", 1, 1000, False, "2026-05-05")]


def test_a_changed_start_of_care_replaces_the_line_of_that_person():
    load(lines(line("A"), line("A", person_value=OTHER_NIR, birth_date="1970-05-05")))

    moved = load(lines(line("A", care_start="2026-03-09", flow_date="2026-05-05")))

    assert counts(moved) == {"read": 1, "changed": 1}
    assert [row[:3] for row in store()] == [
        ("general", "A", "2026-03-02"),
        ("general", "A", "2026-03-09"),
    ]
    assert rows("SELECT care_start::text FROM imports_claimline WHERE person_key = %s", key()) == [
        ("2026-03-09",)
    ]


def test_a_cancellation_is_the_newest_state_of_its_line():
    load(lines(line("A")))

    cancelled = load(lines(line("A", operation="CANCEL", flow_date="2026-05-05")))

    assert counts(cancelled) == {"read": 1, "changed": 1}
    assert store() == [("general", "A", "2026-03-02", 1, 1000, True, "2026-05-05")]


def test_a_line_that_changes_person_is_cancelled_for_one_and_added_for_the_other():
    load(lines(line("A")))

    other = {"person_value": OTHER_NIR, "birth_date": "1970-05-05", "flow_date": "2026-05-05"}
    moved = load(lines(line("A", operation="CANCEL", flow_date="2026-05-05"), line("A", **other)))

    assert counts(moved) == {"read": 2, "created": 1, "changed": 1}
    found = rows("SELECT person_key, cancelled FROM imports_claimline")
    assert {(bytes(person), cancelled) for person, cancelled in found} == {
        (key(), True),
        (key(OTHER_NIR), False),
    }


def test_care_too_old_for_any_record_is_kept_and_counted_apart():
    old = {"care_start": "2023-03-02", "flow_date": "2023-04-05"}
    content = lines(line("A"), line("B", **old))

    assert counts(load(content)) == {"read": 2, "created": 1, "set_aside": 1}
    assert [row[1] for row in store()] == ["A", "B"]
    assert counts(load(content)) == {"read": 2, "identical": 2}


def test_a_column_written_otherwise_is_not_told_absent():
    found = load(
        lines(line("A")).replace(b"line_id;", b" Line-ID ;", 1).replace(b";unpacked", b";x")
    )

    absent = dict(wording.recognised(found))["Colonnes absentes, laissées vides"]
    assert absent == "unpacked"


def test_two_lines_of_one_key_in_a_file_are_both_refused_and_name_each_other():
    found = load(lines(line("A"), line("B"), line("A", quantity="2"), line("C")))

    assert counts(found) == {"read": 4, "created": 2, "refused": 2}
    assert [row[1] for row in store()] == ["B", "C"]
    assert refused() == [
        (2, "line_id", "duplicate_in_file", "A"),
        (4, "line_id", "duplicate_in_file", "A"),
    ]
    assert rows("SELECT line, params->>'other' FROM imports_refusedrow ORDER BY line") == [
        (2, "4"),
        (4, "2"),
    ]
    assert found.totals == [
        {
            "scheme": "general", "period": "2026-04", "lines": 2, "paid_cents": 2000,
            "reimbursed_cents": 1300,
        }
    ]  # fmt: skip


def test_a_key_met_three_times_is_refused_three_times():
    found = load(lines(line("A"), line("A"), line("A")))

    assert counts(found) == {"read": 3, "refused": 3}
    assert store() == []


def test_wrong_rows_are_refused_one_by_one_and_the_others_are_loaded():
    wrong = line("B", care_start="31/02/2026", paid_cents="12,50")
    found = load(lines(line("A"), wrong, line("C", person_value="285037511504264")))

    assert counts(found) == {"read": 3, "created": 1, "refused": 2}
    assert refused() == [
        (3, "care_start", "date_not_real", "31/02/2026"),
        (3, "paid_cents", "cents_format", "12,50"),
        (4, "person_value", "nir_key", "•" * 13 + "64"),
    ]
    assert found.refusal_groups == [
        {"code": "cents_format", "column": "paid_cents", "count": 1},
        {"code": "date_not_real", "column": "care_start", "count": 1},
        {"code": "nir_key", "column": "person_value", "count": 1},
    ]


def test_the_refused_row_as_it_was_is_kept_sealed():
    load(lines(line("A", care_start="31/02/2026")))

    assert rows("SELECT count(*) FROM imports_refusedrow r WHERE r::text LIKE %s", f"%{NIR}%") == [
        (0,)
    ]
    assert rows("SELECT octet_length(original_sealed) > 100 FROM imports_refusedrow") == [(True,)]


def test_a_pseudonym_without_alias_is_set_aside_and_joins_its_person_when_the_alias_comes():
    content = lines(line("A", person_system="dcir", person_value="aB3.x-Y"))
    found = load(content)
    assert counts(found) == {"read": 1, "set_aside": 1}

    aliases = f"pseudonym;person_system;person_value\naB3.x-Y;1.2.250.1.213.1.4.10;{NIR}\n"
    assert counts(load(aliases.encode(), "aliases.csv")) == {"read": 1, "created": 1}

    assert counts(load(content)) == {"read": 1, "identical": 1}
    assert rows("SELECT person_key FROM imports_personalias")[0][0].tobytes() == key()


def test_two_pseudonyms_that_differ_by_case_are_two_persons():
    load(
        lines(
            line("A", person_system="dcir", person_value="aB3"),
            line("A", person_system="dcir", person_value="Ab3"),
        )
    )

    assert rows("SELECT count(DISTINCT person_key) FROM imports_claimline") == [(2,)]


def test_number_and_rank_are_one_key_of_their_own():
    load(lines(line("A", person_system="nir:rank", person_value=f"{NIR}:2")))

    assert rows("SELECT person_key FROM imports_claimline")[0][0].tobytes() == key(
        f"{NIR}:2", "nir:rank"
    )


def test_illnesses_doctors_and_slips_are_loaded_and_loaded_again():
    illnesses = (
        "person_system;person_value;icd10;label;since;until;flow_date\n"
        f"INS-NIR;{NIR};E119;Diabète;2019-01-02;;2026-04-05\n"
    )
    doctors = (
        "person_system;person_value;rpps;since;until;flow_date\n"
        f"INS-NIR;{NIR};10001234567;2019-01-02;;2026-04-05\n"
    )
    slip = "scheme;period;lines;paid_cents;reimbursed_cents\ngeneral;2026-04;2;2000;1300\n"
    for content, table in (
        (illnesses, "imports_claimillness"),
        (slip, "imports_controltotal"),
    ):
        assert counts(load(content.encode())) == {"read": 1, "created": 1}
        assert counts(load(content.encode())) == {"read": 1, "identical": 1}
        assert rows(f"SELECT count(*) FROM {table}") == [(1,)]  # noqa: S608 - ours
    assert counts(load(doctors.encode())) == {"read": 1, "refused": 1}  # its key is wrong
    right = doctors.replace("10001234567", "10001234565").encode()
    assert counts(load(right)) == {"read": 1, "created": 1}
    ended = right.replace(b";;2026-04-05", b";2026-05-01;2026-05-05")
    assert counts(load(ended)) == {"read": 1, "changed": 1}
    assert rows("SELECT until::text FROM imports_claimdoctor") == [("2026-05-01",)]


def test_a_check_counts_and_writes_nothing_and_the_load_may_proceed():
    load(lines(line("A")))

    found = load(lines(line("A", quantity="2"), line("B")), only_check=True)

    assert found.state == "checked"
    assert counts(found) == {"read": 2, "created": 1, "changed": 1}
    assert len(store()) == 1

    with binding(DESK):
        loading.proceed(by=DESK, load_id=found.id)
    assert loading.run(found.id)
    found.refresh_from_db()
    assert found.state == "done"
    assert counts(found) == {"read": 2, "created": 1, "changed": 1}
    assert [row[3] for row in store()] == [2, 1]


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"   \n", "empty_file"),
        (b"%PDF-1.7 ...", "not_a_claims_file"),
        (b"a;b;c\n1;2;3\n", "header_unknown"),
        (lines(), "no_rows"),
        (gzip.compress(lines(line("A"), line("B")))[:-12], "compressed_truncated"),
        (gzip.compress(lines(line("A")) + b"0" * 40_000_000), "ratio_too_high"),
    ],
    ids=["blank", "pdf", "columns", "header only", "cut gzip", "bomb"],
)
def test_a_file_that_cannot_be_read_is_refused_whole(content, problem):
    found = load(content)

    assert (found.state, found.problem_code) == ("refused", problem)
    assert store() == []
    assert refused() == []
    assert counts(found) == {}


def test_a_line_without_end_is_refused_and_the_others_are_loaded():
    endless = line("B", label="x" * 3_000_000)

    found = load(lines(line("A"), endless, line("C")))

    assert counts(found) == {"read": 3, "created": 2, "refused": 1}
    assert refused() == [(3, "", "line_too_long", "")]


def test_a_load_that_ended_is_not_done_again():
    found = load(lines(line("A")))

    assert not loading.run(found.id)


def test_a_load_whose_file_was_altered_fails_and_writes_nothing():
    load_id = receive(lines(line("A")))
    path = files.folder() / load_id.hex
    sealed = bytearray(path.read_bytes())
    sealed[100] ^= 1
    path.write_bytes(bytes(sealed))

    loading.run(load_id)

    found = Load.objects.get()
    assert (found.state, found.problem_code) == ("failed", "file_lost")
    assert store() == []


def test_a_row_that_no_count_holds_is_a_defect(monkeypatch):
    monkeypatch.setattr("imports.loading.merging._count", lambda *_: None)

    with pytest.raises(AssertionError, match="1 rows read, 0 accounted for"):
        load(lines(line("A")))


def test_what_a_load_did_is_in_the_journal():
    load(lines(line("A")))

    assert rows(
        "SELECT act, actor_role, actor_name, reason FROM access_journalevent ORDER BY seq"
    ) == [
        ("load_started", "fund_admin", "Alix Gestion", ""),
        ("load_done", "nobody", "worker", "done"),
    ]
