"""What a file is stands on its page while the rest of it is read: no load ends with it."""

from __future__ import annotations

import gzip
import re

import pytest
from django.db import OperationalError, connection
from django.urls import reverse

from imports import loading, tidying
from imports.loading import merging, recognising, staging
from imports.loading.heartbeat import Heartbeat
from imports.models import Load
from tests.imports.at_the_desk import drop, words
from tests.imports.held import soon
from tests.imports.loads import line, lines, load as load_at_once, receive
from tests.imports.parsing.tables import BENEFIT, PHA, PRS, another, archive, ndjson
from tests.imports.persons import NIR


pytestmark = pytest.mark.django_db(transaction=True)

MANY = lines(*(line(f"L{n}", performer_name="Pharmacie du Marché") for n in range(40)))
HEAD, *REST = MANY.decode().splitlines()
STRANGE = "\n".join((f"{HEAD};caisse", *(f"{row};Finistère" for row in REST), "")).encode("cp1252")
NOTHING = ("", "", "", "", [], {})


def page_of(desk, load):
    return words(desk.get(reverse("imports:load", args=[load.id]))).replace("&#x27;", "'")


def progress_of(desk, load, seen=""):
    address = reverse("imports:load_progress", args=[load.id])
    return words(desk.get(address + seen)).replace("&#x27;", "'")


def noted(load_id):
    load = Load.objects.get(id=load_id)
    return tuple(getattr(load, name) for name in recognising.COLUMNS)


def dropped(desk, content):
    drop(desk, content)
    return Load.objects.latest("id")


def found_by(held_worker, load):
    """Read the first batch of a file, and wait until that is on its row."""
    held_worker.start(load.id)
    soon(lambda: Load.objects.get(id=load.id).recognised)


def test_what_a_file_is_is_shown_before_the_rest_of_it_is_read(desk, held_worker, as_owner):
    load = dropped(desk, STRANGE)
    before = progress_of(desk, load)
    assert "Les premières lignes" not in before

    found_by(held_worker, load)
    page = page_of(desk, load)

    load.refresh_from_db()
    assert (load.state, load.staged_rows) == ("checking", None)
    for said in (
        "Étape 1 sur 2", "Rien n'est écrit à cette étape.", "Lu au début du fichier",
        "Remboursements", "Latin-1 (Windows-1252)", "point-virgule", "caisse",
        "Les premières lignes", "mettez en pause", load.file_sha256[:10],
    ):  # fmt: skip
        assert said in page
    assert NIR not in page
    assert NIR[-2:] in page
    # A page that showed nothing gets it with how far it is, once.
    (first,) = re.findall(r'avancement/(\?vu=[-\d]+)"', before)
    moved = progress_of(desk, load, first)
    assert re.search(r'<div id="reconnaissance" [^>]*hx-swap-oob="true">', moved)
    assert "Latin-1 (Windows-1252)" in moved
    assert NIR not in moved
    (then,) = re.findall(r'avancement/(\?vu=[-\d]+)"', moved)
    assert then in page
    assert "reconnaissance" not in progress_of(desk, load, then)

    held_worker.go_on()
    page = page_of(desk, load)
    assert "Charger 40 lignes" in page
    assert "Lu au début du fichier" not in page
    # The same file in peace ends the same.
    with as_owner():
        peaceful = load_at_once(STRANGE, only_check=True)
    assert noted(load.id) == noted(peaceful.id)
    assert noted(load.id)[0] == "lines"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (
            archive(
                ER_PRS_F=[another(PRS, n) for n in range(600)],
                ER_PHA_F=[another(PHA, n) for n in range(600)],
            ),
            ("tables du DCIR", "ER_PHA_F 2 (ER_PRS_F 2)"),
        ),
        (
            ndjson(*(BENEFIT | {"identifier": [{"value": f"E-{n}"}]} for n in range(600))),
            ("FHIR R4, un ExplanationOfBenefit par ligne", "1 item[0]"),
        ),
    ],
    ids=["dcir", "fhir"],
)
def test_other_formats_show_what_their_first_batch_says(desk, held_worker, content, said):
    load = dropped(desk, content)

    found_by(held_worker, load)

    page = page_of(desk, load)
    assert "Les premières lignes" in page
    for each in said:
        assert each in page


def test_a_file_refused_at_its_end_leaves_nothing_of_what_its_beginning_showed(desk, held_worker):
    load = dropped(desk, gzip.compress(MANY * 3)[:-9])
    found_by(held_worker, load)
    assert "Les premières lignes" in page_of(desk, load)
    # Killed, then begun again.
    held_worker.kill()
    assert "Les premières lignes" in page_of(desk, load)
    held_worker.start(load.id)

    held_worker.go_on()

    assert Load.objects.get().state == "refused"
    assert noted(load.id) == NOTHING
    page = page_of(desk, load)
    assert "Les premières lignes" not in page
    assert "Rien n'a été chargé." in page


def test_a_first_pass_killed_and_begun_again_ends_as_if_it_had_not_been(
    desk, held_worker, checker, as_owner
):
    load = dropped(desk, STRANGE)
    found_by(held_worker, load)
    held_worker.kill()

    checker()

    assert "Lu au début du fichier" not in page_of(desk, load)
    with as_owner():
        peaceful = load_at_once(STRANGE, only_check=True)
    assert noted(load.id) == noted(peaceful.id)


def test_what_comes_later_is_said_in_the_end(desk, held_worker):
    """The encoding of a file is settled by the first letter that only one of them has."""
    plain = [line(f"L{n}", label="Doliprane") for n in range(9_000)]
    load = dropped(desk, lines(*plain, line("last", performer_name="Pharmacie du Marché")))

    found_by(held_worker, load)
    assert "ASCII" in page_of(desk, load)

    held_worker.go_on()
    page = page_of(desk, load)
    assert "UTF-8" in page
    assert "ASCII" not in page


def test_a_file_paused_keeps_what_it_showed_until_it_is_forgotten(desk, held_worker, as_owner):
    load = dropped(desk, STRANGE)
    found_by(held_worker, load)
    desk.post(reverse("imports:load_pause", args=[load.id]))
    beat = Load.objects.get().heartbeat
    soon(lambda: Load.objects.get().heartbeat > beat)

    held_worker.go_on()

    page = page_of(desk, load)
    assert Load.objects.get().state == "paused"
    assert "Les premières lignes" in page
    assert "Lu au début du fichier" in page
    assert "Rien n'est chargé : le travail attend que vous le repreniez." in page
    assert "mettez en pause" not in page
    Load.objects.update(heartbeat=load.uploaded_at.replace(year=2020))
    with as_owner():
        tidying.tidy()
    assert (Load.objects.get().state, noted(load.id)) == ("failed", NOTHING)


@pytest.fixture
def told(monkeypatch, as_owner):
    """What is given to be written, by a worker of this process."""
    given = []
    monkeypatch.setattr(Heartbeat, "tell", lambda _self, found: given.append(found))
    with as_owner():
        yield given


def test_it_is_written_once_and_again_only_while_rows_to_show_are_few(told, monkeypatch):
    load_at_once(MANY * 50)
    assert len(told) == 1

    told.clear()
    wrong = [line(f"W{n}", care_start="31/02/2026") for n in range(9_000)]
    load_at_once(lines(*wrong, *(line(f"R{n}") for n in range(9_000))))
    assert [len(found["recognised"]["sample"]) for found in told] == [0, 10]


def test_a_file_that_begins_as_one_that_was_loaded_shows_it_before_it_is_gone_through(told):
    first = load_at_once(MANY)
    told.clear()

    again = load_at_once(gzip.compress(MANY))

    (found,) = told
    assert (again.staged_rows, found["compression"]) == (None, "gzip")
    assert found["recognised"]["sample"] == first.recognised["sample"]
    assert "so_far" not in again.recognised


def test_a_load_whose_staged_rows_are_lost_says_no_less_than_before(told, monkeypatch):
    merge = merging.merge
    monkeypatch.setattr(merging, "merge", lambda *_a, **_o: 1 / 0)
    load_id = receive(MANY)
    with pytest.raises(ZeroDivisionError):
        loading.run(load_id)
    whole = noted(load_id)
    staging.drop(load_id)
    told.clear()
    monkeypatch.setattr(merging, "merge", merge)

    assert loading.run(load_id)

    assert told == []
    assert noted(load_id) == whole


FOUND = {"file_kind": "lines", "warnings": [], "recognised": {"sample": [["é"]]}}


@pytest.mark.parametrize(
    ("since", "written"),
    [({}, True), ({"staged_rows": 3}, False), ({"state": "refused"}, False)],
    ids=["in time", "the pass is over", "the file is refused"],
)
def test_what_is_told_too_late_undoes_no_last_word(as_owner, since, written):
    load_id = receive(MANY)
    Load.objects.update(**{"state": "checking"} | since)
    heartbeat = Heartbeat(load_id)
    heartbeat.tell(FOUND)

    with as_owner():
        heartbeat._beat()
        assert (noted(load_id) != NOTHING) is written
        Load.objects.update(recognised={})
        heartbeat._beat()

    assert Load.objects.get().recognised == {}


def test_what_a_missed_beat_could_not_write_is_written_by_the_next():
    load_id = receive(MANY)
    Load.objects.update(state="checking")
    heartbeat = Heartbeat(load_id)
    heartbeat.tell(FOUND)

    def fail(*_):
        raise OperationalError

    with connection.execute_wrapper(fail):
        heartbeat._beat()
    assert Load.objects.get().recognised == {}
    heartbeat._beat()

    assert Load.objects.get().recognised == FOUND["recognised"]
