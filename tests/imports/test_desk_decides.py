"""What the fund's desk decides of a file: load it, explain it, pause, undo it, correct it."""

from __future__ import annotations

import datetime as dt
import gzip
import io
import re

import pytest
import time_machine
from django.urls import reverse

from access.binding import binding
from imports import files, loading, tidying
from imports.loading import desk as reading
from imports.models import Load
from tests.imports.at_the_desk import drop, rejects, words
from tests.imports.loads import (
    BOX,
    DESK,
    counts,
    line,
    lines,
    load as load_at_once,
    store,
)  # fmt: skip
from tests.imports.persons import NIR, make_record, rows


pytestmark = pytest.mark.django_db

SLIP = "scheme;period;lines;paid_cents;reimbursed_cents\n"


def post(client, name, load, **fields):
    return client.post(reverse(f"imports:{name}", args=[load.id]), fields)


def page_of(client, load):
    return words(client.get(reverse("imports:load", args=[load.id]))).replace("&#x27;", "'")


def held(as_owner):
    """The store whole, but for the load that last wrote each line."""
    with as_owner():
        return rows("SELECT to_jsonb(c) FROM imports_claimline c ORDER BY person_key, line_id")


def test_totals_that_differ_hold_a_load_back_until_somebody_says_why(desk, checker, loader):
    drop(desk, (SLIP + "general;2026-04;3;3000;1950\n").encode(), "bordereau.csv")
    loader()
    drop(desk, lines(line("A"), line("B")))
    load = checker()
    assert "Pourquoi les totaux diffèrent" in page_of(desk, load)
    assert 'href="#totaux"' in page_of(desk, load)

    for said in ("", "parce que", "parce que\x00\x00\x00"):
        answer = post(desk, "load_proceed", load, reason=said)
        assert answer.status_code == 422
        assert "Écrivez pourquoi les totaux diffèrent" in words(answer)
        load.refresh_from_db()
        assert load.state == "checked"

    assert post(desk, "load_proceed", load, reason="une ligne suivra\x00demain").status_code == 302
    checker()

    load.refresh_from_db()
    assert (load.state, load.rows_created) == ("done", 2)
    assert "une ligne suivra demain" in page_of(desk, load)


def test_a_file_loaded_at_once_stops_before_it_writes_when_its_totals_differ(as_owner):
    with as_owner():
        load_at_once((SLIP + "general;2026-04;3;3000;1950\n").encode())

        stopped = load_at_once(lines(line("A")))

        assert (stopped.state, store()) == ("checked", [])
        assert load_at_once(lines(line("A")), totals_reason="la suite demain").state == "done"


def test_a_load_that_waits_is_paused_and_resumed(desk, checker):
    drop(desk, lines(line("A")))
    load = Load.objects.get()
    post(desk, "load_pause", load)
    assert "En pause" in page_of(desk, load)
    assert "Rien n'est chargé : le travail attend" in page_of(desk, load)
    assert not loading.run(load.id)

    post(desk, "load_resume", load)
    checker()

    load.refresh_from_db()
    assert load.state == "checked"


def test_a_pause_asked_as_the_check_ends_does_not_hold_what_is_decided_next(desk, checker):
    drop(desk, lines(line("A")))
    load = Load.objects.get()
    Load.objects.filter(id=load.id).update(state="checking")
    post(desk, "load_pause", load)
    checker()
    post(desk, "load_proceed", load)

    load.refresh_from_db()
    assert (load.state, load.pause_asked) == ("waiting", False)


def test_the_time_left_counts_no_time_that_a_load_waited_for_somebody(desk, checker):
    drop(desk, lines(line("A")))
    load = checker()
    now, days, minute = dt.datetime.now(dt.UTC), dt.timedelta(days=3), dt.timedelta(minutes=1)
    Load.objects.filter(id=load.id).update(started_at=now - days, finished_at=now - days)

    post(desk, "load_proceed", load)
    Load.objects.filter(id=load.id).update(
        state="loading",
        chunks=10,
        chunk=5,
        chunks_merged=bytes(2),
        merging_since=now - 10 * minute,
    )
    assert "Temps restant : 10 minutes" in page_of(desk, load)

    paused = {
        "state": "paused",
        "merging_since": now - days - 10 * minute,
        "heartbeat": now - days,
    }
    Load.objects.filter(id=load.id).update(**paused, staged_rows=9)
    assert "Ce qui est chargé le reste : 4 lignes sur 9." in page_of(desk, load)
    post(desk, "load_resume", load)
    assert "Temps restant : 10 minutes" in page_of(desk, load)


def test_another_file_is_not_blamed_for_the_time_that_somebody_took_to_decide(desk, checker):
    drop(desk, lines(line("A")))
    load = checker()
    hour = dt.datetime.now(dt.UTC) - dt.timedelta(hours=1)
    times = {"uploaded_at": hour, "started_at": hour, "finished_at": hour}
    Load.objects.filter(id=load.id).update(**times)

    post(desk, "load_proceed", load)
    assert "Il commence dans un instant." in page_of(desk, load)
    Load.objects.filter(id=load.id).update(started_at=hour)
    assert "Un autre fichier se charge" in page_of(desk, load)

    Load.objects.filter(id=load.id).update(state="paused")
    post(desk, "load_resume", load)
    assert "Il commence dans un instant." in page_of(desk, load)


def test_a_check_that_nobody_decided_upon_says_that_nothing_was_loaded(desk, checker, as_owner):
    drop(desk, lines(line("A")))
    load = checker()
    long_ago = dt.datetime.now(dt.UTC) - dt.timedelta(days=31)
    Load.objects.filter(id=load.id).update(finished_at=long_ago)
    with as_owner():
        tidying.tidy()

    assert "Rien n'a été chargé." in page_of(desk, load)


def test_a_load_paused_and_forgotten_is_not_kept_for_ever(desk, as_owner):
    drop(desk, lines(line("A")))
    load = Load.objects.get()
    post(desk, "load_pause", load)
    with as_owner():
        tidying.tidy()
        assert Load.objects.get().state == "paused"
        Load.objects.update(uploaded_at=dt.datetime.now(dt.UTC) - dt.timedelta(days=31))

        tidying.tidy()

    assert "Rien n'a été chargé." in page_of(desk, load)
    with pytest.raises(files.MissingError):
        files.KeptFile(load.id)


def test_a_file_loaded_by_error_is_taken_back_and_each_line_is_as_before(desk, loader, as_owner):
    with as_owner():
        make_record(waits=False)
    drop(desk, lines(line("A"), line("B", quantity="1"), line("C"), line("D")))
    loader()
    before = held(as_owner)
    wrong = lines(
        line("A"),
        line("B", quantity="9", flow_date="2026-05-05"),
        line("C", care_start="2026-03-09", flow_date="2026-05-05"),
        line("D", flow_date="2026-05-05"),
        line("E", operation="CANCEL"),
        line("F", person_system="dcir", person_value="p1"),
    )
    drop(desk, wrong)
    load = loader()
    assert held(as_owner) != before
    with as_owner():
        rows("DELETE FROM records_filling RETURNING 1")
    assert "Retirer ce chargement" in page_of(desk, load)
    assert "redeviennent ce qu'elles étaient" in words(
        desk.get(reverse("imports:load_undo", args=[load.id]))
    ).replace("&#x27;", "'")

    assert post(desk, "load_undo", load).status_code == 302
    with as_owner():
        assert loading.run(load.id)

    assert held(as_owner) == before
    load.refresh_from_db()
    assert load.state == "undone"
    assert "Ce chargement a été retiré." in page_of(desk, load)
    with as_owner():
        assert rows("SELECT count(*) FROM records_filling") == [(1,)]
        left = "SELECT count(*) FROM imports_previousline WHERE load_id = %s"
        assert rows(left, load.id) == [(0,)]
    assert desk.get(reverse("imports:load_undo", args=[load.id])).status_code == 404


def test_what_a_corrected_line_was_is_kept_when_it_can_no_longer_be_taken_back(
    desk, loader, as_owner
):
    drop(desk, lines(line("A", quantity="1")))
    loader()
    drop(desk, lines(line("A", quantity="2", flow_date="2026-05-05")))
    corrected = loader()
    drop(desk, lines(line("Z")))
    loader()
    long_ago = dt.datetime.now(dt.UTC) - dt.timedelta(days=40)
    Load.objects.filter(id=corrected.id).update(finished_at=long_ago)
    with as_owner():
        tidying.tidy()
        corrected.refresh_from_db()
        assert corrected.undo_ended
        before = "SELECT row->>'quantity' FROM imports_previousline WHERE load_id = %s"
        assert [float(one) for (one,) in rows(before, corrected.id)] == [1]


def test_a_load_can_be_undone_until_the_next_of_its_scheme(desk, loader, as_owner):
    drop(desk, lines(line("A")))
    first = loader()
    drop(desk, lines(line("A", scheme="agricole")))
    loader()
    # However long the next takes to come, what undoing needs is there until then.
    long_ago = dt.datetime.now(dt.UTC) - dt.timedelta(days=40)
    Load.objects.filter(id=first.id).update(finished_at=long_ago)
    with as_owner():
        tidying.tidy()
    assert desk.get(reverse("imports:load_undo", args=[first.id])).status_code == 200
    drop(desk, lines(line("Z")))
    loader()

    with as_owner():
        tidying.tidy()
        left = "SELECT count(*) FROM imports_touchedpersons WHERE load_id = %s"
        assert rows(left, first.id) == [(0,)]
    assert desk.get(reverse("imports:load_undo", args=[first.id])).status_code == 404
    assert post(desk, "load_undo", first).status_code == 404
    assert "Retirer ce chargement" not in page_of(desk, first)


def may_be_undone(desk, load):
    return desk.get(reverse("imports:load_undo", args=[load.id])).status_code == 200


def test_the_same_file_once_more_takes_no_undo_away(desk, loader):
    content = lines(line("A"))
    drop(desk, content)
    first = loader()

    for same in (content, gzip.compress(content)):
        drop(desk, same)
        assert counts(loader()) == {"read": 1, "identical": 1}
        assert may_be_undone(desk, first)

    # Another one brings the line too, although it changes nothing.
    drop(desk, lines(line("A"), line("B", code="x")))
    assert counts(loader()) == {"read": 2, "identical": 1, "refused": 1}
    assert not may_be_undone(desk, first)


def test_a_file_taken_back_is_not_said_to_be_there_when_it_comes_again(desk, loader, as_owner):
    content = lines(line("A"))
    drop(desk, content)
    first = loader()
    drop(desk, content)
    assert counts(loader()) == {"read": 1, "identical": 1}
    second = Load.objects.order_by("uploaded_at").last()
    assert "partent aussi" in words(desk.get(reverse("imports:load_undo", args=[first.id])))
    assert "ne sont plus là" not in page_of(desk, second)
    assert post(desk, "load_undo", first).status_code == 302
    with as_owner():
        assert loading.run(first.id)
    assert held(as_owner) == []
    assert "ne sont plus là" in page_of(desk, second)
    assert not may_be_undone(desk, second)

    drop(desk, content)
    again = loader()
    assert "ne sont plus là" not in page_of(desk, second)

    assert counts(again) == {"read": 1, "created": 1}
    assert "déjà chargé" not in page_of(desk, again)
    drop(desk, content)
    assert "déjà chargé" in page_of(desk, loader())


def test_a_file_that_comes_while_it_is_taken_back_waits(desk, loader, checker, as_owner):
    content = lines(line("A"))
    drop(desk, content)
    first = loader()
    drop(desk, content)
    loader()
    assert post(desk, "load_undo", first).status_code == 302

    drop(desk, content)
    again = checker()
    post(desk, "load_proceed", again)

    with as_owner():
        assert not loading.run(again.id)
        assert loading.run(first.id)
        assert loading.run(again.id)
    again.refresh_from_db()
    assert counts(again) == {"read": 1, "created": 1}


@pytest.mark.parametrize("state", ["undoing", "failed"])
def test_no_load_is_undone_under_another_that_is_not_gone(desk, loader, state):
    drop(desk, lines(line("A", quantity="1")))
    first = loader()
    drop(desk, lines(line("A", quantity="2", flow_date="2026-05-05")))
    second = loader()

    Load.objects.filter(id=second.id).update(state=state)

    assert not may_be_undone(desk, first)


def test_loads_are_taken_back_one_after_the_other(desk, loader, as_owner):
    before = held(as_owner)
    loads = []
    for quantity, flow in (("1", "2026-04-05"), ("2", "2026-05-05"), ("3", "2026-06-05")):
        drop(desk, lines(line("A", quantity=quantity, flow_date=flow)))
        loads.append(loader())

    for load in reversed(loads):
        assert post(desk, "load_undo", load).status_code == 302
        with as_owner():
            assert loading.run(load.id)

    assert held(as_owner) == before


@pytest.mark.parametrize(
    ("today", "late"),
    [("2026-05-05", False), ("2026-05-06", True)],
    ids=["the fifth", "after"],
)
def test_a_scheme_that_sent_files_of_late_is_expected_by_the_fifth(desk, loader, today, late):
    drop(desk, lines(line("A", flow_date="2026-03-05"), line("B", scheme="agricole")))
    load = loader()
    Load.objects.filter(id=load.id).update(finished_at="2026-04-06T10:00:00Z")

    # Asked as the desk, without its session, which is not of that day.
    with time_machine.travel(f"{today}T10:00:00Z", tick=False), binding(DESK):
        (file,) = reading.read_expected(by=DESK)

    assert (file.scheme, file.month, file.due) == (
        "general", dt.date(2026, 4, 1), dt.date(2026, 5, 5),
    )  # fmt: skip
    assert file.late is late


def test_what_is_missing_is_on_the_desk(desk, loader):
    drop(desk, lines(line("A")))
    loader()

    found = words(desk.get(reverse("imports:loads"))).replace("\xa0", " ")

    assert "Fichiers attendus" in found
    assert "régime général, " in found
    assert "Attendu le 5 " in found


def test_refused_rows_come_back_corrected_and_only_they_are_checked(desk, loader, as_owner):
    name = "'=HYPERLINK(1);-2"
    quoted = line("B", care_start="31/12/2025", performer_name="NAME").replace("NAME", f'"{name}"')
    drop(desk, lines(line("A"), quoted, line("C", paid_cents="12,50")))
    first = loader()
    header, *found = rejects(desk, first)
    at = header.index("care_start"), header.index("paid_cents")
    assert all(not cell.startswith("=") for row in found for cell in row)
    found[0][at[0]] = "2025-12-31"  # the other is still wrong
    corrected = "\n".join(
        ";".join(f'"{cell}"' for cell in row) for row in (header, *found)
    ).encode("utf-8-sig")

    answer = desk.post(
        reverse("imports:load_correct", args=[first.id]),
        {"file": io.BytesIO(corrected)},
    )
    second = loader()

    assert answer.status_code == 302
    assert counts(second) == {"read": 2, "created": 1, "refused": 1}
    assert second.corrects == first.id
    assert "déposées de nouveau" in page_of(desk, first)
    assert "corrige des lignes refusées" in page_of(desk, second)
    assert "n'est pas du format" not in page_of(desk, second)
    with as_owner():
        assert rows("SELECT performer_name FROM imports_claimline WHERE line_id = 'B'") == [
            (name,)
        ]
    again, row = rejects(desk, second)
    assert again == header
    assert dict(zip(again, row, strict=True))["rejet_code"] == "cents_format"


def test_corrected_rows_without_our_columns_are_read_as_they_were_and_twice_refused(desk, loader):
    drop(desk, lines(line("0012", paid_cents="12,50")))
    first = loader()
    header, row = rejects(desk, first)
    row[header.index("paid_cents")] = "1250"

    bare = "\n".join(";".join(each[:-4]) for each in (header, row, row)).encode()
    desk.post(reverse("imports:load_correct", args=[first.id]), {"file": io.BytesIO(bare)})

    again, *twice = rejects(desk, loader())
    assert [(each[0], each[again.index("rejet_code")]) for each in twice] == [
        ("'0012", "duplicate_in_file")
    ] * 2


def test_a_whole_file_brought_as_a_correction_is_held_against_the_slip(desk, loader, checker):
    drop(desk, lines(line("A"), line("B", code="x")))
    first = loader()
    drop(desk, f"{SLIP}general;2026-04;2;2000;1300\n".encode())
    loader()

    header, row = rejects(desk, first)
    row[header.index("code")] = BOX["code"]
    corrected = "\n".join(map(";".join, (header, row))).encode()

    for content, differs in ((lines(line("B", paid_cents="999")), True), (corrected, False)):
        upload = {"file": io.BytesIO(content)}
        desk.post(reverse("imports:load_correct", args=[first.id]), upload)
        asked = "Les totaux diffèrent du bordereau de la caisse." in page_of(desk, checker())
        assert asked is differs


def test_only_a_file_with_refused_rows_can_be_corrected(desk, loader):
    drop(desk, lines(line("A")))
    load = loader()

    assert post(desk, "load_correct", load).status_code == 422
    upload = {"file": io.BytesIO(lines(line("B")))}
    assert desk.post(reverse("imports:load_correct", args=[load.id]), upload).status_code == 404
    assert Load.objects.count() == 1


def test_the_first_lines_are_shown_without_the_person_nor_their_care(desk, checker):
    sent = [line(f"L{n}", quantity="7", rate_pct="x" if n == 2 else "65") for n in range(15)]
    drop(desk, lines(*sent))

    page = page_of(desk, checker())

    table = page.partition("Les premières lignes")[2].partition("</table>")[0]
    shown = re.findall(r"<td[^>]*>([^<]*)</td>", table)
    assert shown[:8] == [
        "2", "general", "•••••••••••••63", "2026-03-02", "1000", "650", "UPSERT", "2026-04-05",
    ]  # fmt: skip
    assert shown[::8] == ["2", "3", "5", "6", "7", "8", "9", "10", "11", "12"]
    for hidden in (NIR, BOX["code"], BOX["label"], BOX["atc"], "MED", "Pharmacie", "1985"):
        assert hidden not in page
    assert "SHA-256" in page
    assert "prescribed_on" not in page  # every column is there


@pytest.mark.parametrize("name", ["load_pause", "load_resume", "load_undo", "load_proceed"])
def test_what_does_not_exist_is_not_decided_upon(desk, name):
    address = reverse(f"imports:{name}", args=["00000000-0000-7000-8000-000000000000"])

    assert desk.post(address).status_code == 404
