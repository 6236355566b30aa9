"""The fund's desk: drop a file, see what became of each row, take back what was refused."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.urls import reverse

from access.models import FundRole
from imports import files, loading
from imports.loading import desk as reading, refused
from imports.models import Load
from imports.parsing import MESSAGES
from tests.imports.at_the_desk import drop, rejects, sign_in, words
from tests.imports.loads import COLUMNS, line, lines
from tests.imports.persons import INS_TEST, NIR, make_record, rows


pytestmark = pytest.mark.django_db


def test_an_empty_desk_says_what_to_do(desk):
    answer = desk.get(reverse("imports:loads"))

    assert "Rien ici pour l'instant" in answer.content.decode().replace("&#x27;", "'")
    assert "Vérifier ce fichier" in words(answer)


def test_a_file_is_dropped_followed_and_accounted_for(desk, checker, loader):
    answer = drop(desk, lines(line("A"), line("B", care_start="31/02/2026"), line("C")))
    load = Load.objects.get()
    assert answer.headers["Location"] == reverse("imports:load", args=[load.id])
    assert "En attente" in words(desk.get(answer.headers["Location"]))
    assert "En attente de son tour" in words(
        desk.get(reverse("imports:load_progress", args=[load.id]))
    )

    checker()

    ended = desk.get(reverse("imports:load_progress", args=[load.id]))
    assert ended.headers["HX-Refresh"] == "true"
    page = words(desk.get(reverse("imports:load", args=[load.id])))
    assert "Lignes refusées : 1" in page
    assert "Dates qui n'existent pas" in page.replace("&#x27;", "'")
    assert "<code>31/02/2026</code>" in page
    assert "pas encore reçu" in page  # no slip yet
    assert "3 lignes lues, 1 refusée" in words(desk.get(reverse("imports:loads")))


def test_what_is_kept_is_sealed_and_its_own_s_only(desk):
    drop(desk, lines(line("A")))

    load = Load.objects.get()
    path = files.folder() / load.stored_as
    assert NIR.encode() not in path.read_bytes()
    assert path.stat().st_mode & 0o077 == 0


def test_the_same_file_is_said_and_changes_nothing(desk, loader):
    for _ in range(2):
        drop(desk, lines(line("A")))
        load = loader()

    page = words(desk.get(reverse("imports:load", args=[load.id])))

    assert "C'est un fichier déjà chargé." in page.replace("&#x27;", "'")
    assert "0 ligne changée." in page


TWICE = [{"code": "duplicate_in_file", "column": "line_id", "count": 2}]


@pytest.mark.parametrize(
    ("facts", "label", "percent"),
    [
        ({"bytes_read": 50, "rows_read": 7}, "1 sur 2, vérification : 7 lignes lues", 35),
        ({"bytes_read": 0, "rows_read": 0}, "1 sur 2, vérification : 0 ligne lue", 0),
        (
            {"bytes_read": 50, "rows_read": 7, "only_check": False},
            "1 sur 2, vérification : 7 lignes lues",
            49,
        ),
        (
            {"bytes_read": 150, "rows_read": 7},
            "1 sur 2, recherche des lignes en double : 7 lignes relues",
            77,
        ),
        (
            {"staged_rows": 80, "refusal_groups": TWICE},
            "1 sur 2, vérification : 0 ligne comparée sur 80",
            85,
        ),
        (
            {"staged_rows": 80, "chunk": 2},
            "1 sur 2, vérification : 40 lignes comparées sur 80",
            84,
        ),
        (
            {"staged_rows": 80, "chunk": 0, "only_check": False, "state": "loading"},
            "2 sur 2, chargement : 0 ligne sur 80",
            0,
        ),
        (
            {"staged_rows": 80, "chunk": 2, "only_check": False, "state": "loading"},
            "2 sur 2, chargement : 40 lignes sur 80",
            49,
        ),
    ],
)
def test_which_of_two_steps_a_load_is_in_and_how_far_of_it(desk, checker, facts, label, percent):
    drop(desk, lines(line("A")))
    load = checker()
    begun = {"state": "checking", "file_size": 100, "staged_rows": None, "chunks": 4, "chunk": 0}
    Load.objects.filter(id=load.id).update(**(begun | facts))

    page = words(desk.get(reverse("imports:load", args=[load.id])))

    assert f"Étape {label}" in page
    assert f'value="{percent}"' in page


def test_a_file_refused_to_the_last_line_is_not_said_to_be_there_already(desk, loader):
    drop(desk, lines(line("A", section="XXX"), line("B", section="XXX")))
    load = loader()

    page = words(desk.get(reverse("imports:load", args=[load.id])))

    assert "0 ligne chargée." in page
    assert "0 ligne changée." not in page


def test_a_file_of_which_nothing_can_be_loaded_is_not_offered_to_be(desk, checker):
    drop(desk, lines(line("A", section="XXX")))
    load = checker()
    page = desk.get(reverse("imports:load", args=[load.id])).content.decode()

    assert "Rien à charger." in page
    assert reverse("imports:load_proceed", args=[load.id]) not in page


def test_a_scheme_is_said_in_words_and_one_we_do_not_know_as_it_came(desk, loader):
    drop(desk, lines(line("A"), line("B", scheme="marins")))
    loader()

    said = words(desk.get(reverse("imports:loads"))).replace("\xa0", " ")
    assert "Remboursements · régime général, marins · avril 2026" in said


def test_a_file_is_checked_and_nothing_is_written_until_the_desk_says_so(desk, checker, as_owner):
    drop(desk, lines(line("A"), line("B")))
    load = checker()
    page = words(desk.get(reverse("imports:load", args=[load.id])))
    assert "Charger 2 lignes" in page
    assert "Seraient ajoutées" in page
    with as_owner():
        assert rows("SELECT count(*) FROM imports_claimline") == [(0,)]

    desk.post(reverse("imports:load_proceed", args=[load.id]))
    checker()

    load.refresh_from_db()
    assert (load.state, load.rows_created) == ("done", 2)


def test_a_file_of_0_bytes_gets_its_sentence_and_leaves_nothing(desk):
    before = set(files.folder().glob("*"))

    answer = drop(desk, b"")

    assert "Ce fichier est vide (0 octet)." in words(answer)
    assert Load.objects.count() == 0
    assert set(files.folder().glob("*")) == before


def test_no_file_chosen_gets_its_sentence(desk):
    answer = desk.post(reverse("imports:loads"), {})

    assert "Choisissez un fichier." in words(answer)


def test_a_file_too_large_gets_its_sentence_and_leaves_nothing(desk, monkeypatch):
    monkeypatch.setattr(files, "MOST_BYTES", 300_000)
    before = set(files.folder().glob("*"))

    answer = drop(desk, lines(line("A")) + b" " * 400_000)

    assert "Ce fichier dépasse" in words(answer)
    assert Load.objects.count() == 0
    assert set(files.folder().glob("*")) == before


def test_an_upload_without_its_token_is_refused_and_leaves_nothing(desk):
    before = set(files.folder().glob("*"))
    desk.handler.enforce_csrf_checks = True

    answer = drop(desk, lines(line("A")))

    assert answer.status_code == 403
    assert set(files.folder().glob("*")) == before


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"%PDF-1.7\n...", "Ce fichier n'est pas un fichier de remboursements : format PDF."),
        (b"a;b\n1;2\n", "La première ligne ne nomme pas de colonnes connues"),
        (lines(), "Ce fichier n'a qu'un en-tête, sans aucune ligne."),
    ],
    ids=["pdf", "columns", "header only"],
)
def test_a_file_that_cannot_be_read_says_why(desk, loader, content, said):
    drop(desk, content)
    load = loader()

    page = words(desk.get(reverse("imports:load", args=[load.id]))).replace("&#x27;", "'")

    assert "Rien n'a été chargé." in page
    assert said in page


def test_latin_1_with_windows_ends_is_read_and_said(desk, loader):
    text = lines(line("A", performer_name="Pharmacie du Marché")).decode()
    drop(desk, text.replace("\n", "\r\n").encode("latin-1"))
    load = loader()

    page = words(desk.get(reverse("imports:load", args=[load.id])))

    assert "Latin-1 (Windows-1252)" in page
    assert "Windows (CR LF)" in page
    assert load.id
    assert rows("SELECT 1 FROM imports_load WHERE rows_created = 1") == [(1,)]


def test_a_byte_order_mark_is_said(desk, loader):
    drop(desk, b"\xef\xbb\xbf" + lines(line("A")))
    load = loader()

    page = words(desk.get(reverse("imports:load", args=[load.id])))
    assert "UTF-8, avec marque d'ordre des octets (BOM)" in page.replace("&#x27;", "'") or (
        "ASCII, avec marque" in page
    )


def test_totals_are_put_beside_the_slip(desk, checker, loader):
    slip = "scheme;period;lines;paid_cents;reimbursed_cents\n"
    drop(desk, (slip + "general;2026-04;2;2000;1300\n").encode(), "bordereau.csv")
    loader()
    drop(desk, lines(line("A"), line("B")))
    load = loader()
    assert "identique au centime" in words(desk.get(reverse("imports:load", args=[load.id])))

    drop(desk, (slip + "general;2026-04;3;1999;1300\n").encode(), "bordereau.csv")
    loader()
    page = words(desk.get(reverse("imports:load", args=[load.id]))).replace("\xa0", " ")
    assert "Il annonce 3 lignes, 19,99 € payés, 13,00 € remboursés" in page
    gap = "lignes \N{MINUS SIGN}1, payé +0,01 €, remboursé 0,00 €"
    assert f"fichier moins bordereau : {gap}" in page

    # The sign of an amount stays with it at the end of a line, where "€" comes first too.
    desk.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    page = words(desk.get(reverse("imports:load", args=[load.id])))
    assert "paid +\N{WORD JOINER}€0.01, paid back €0.00" in page


def test_the_months_of_a_scheme_are_folded_but_those_that_differ(desk, checker, loader):
    slip = "scheme;period;lines;paid_cents;reimbursed_cents\n"
    drop(desk, lines(line("A"), line("B", flow_date="2026-03-31")))
    load = loader()
    drop(desk, (slip + "general;2026-04;3;3000;1950\n").encode(), "bordereau.csv")
    loader()

    page = desk.get(reverse("imports:load", args=[load.id])).content.decode()
    totals = page[page.index('id="totaux"') :]
    seen, folded = totals.split("<details", 1)
    assert "1 reçu sur 2" in seen
    assert "Avril 2026" in seen
    assert "Mars 2026" not in seen
    assert {"Mars 2026", "Avril 2026"} <= set(re.findall(r">(\w+ 2026)</h4>", folded))


def test_refused_rows_go_back_to_who_sent_them_as_sent_and_explained(desk, loader):
    wrong = line("=HYPERLINK(1)", care_start="31/12/2025 08:00", paid_cents="-5")
    drop(desk, lines(line("A"), wrong))
    load = loader()

    header, row = rejects(desk, load)

    sent = dict(zip(header, row, strict=True))
    assert header[-4:] == ["rejet_ligne", "rejet_code", "rejet_explication", "rejet_correction"]
    assert sent["person_value"] == f"'{NIR}"  # nor turns into another number
    assert sent["line_id"] == "'=HYPERLINK(1)"  # a spreadsheet shows it and runs nothing
    assert sent["paid_cents"] == "-5"
    assert sent["rejet_ligne"] == "3"
    assert sent["rejet_code"] == "date_format | negative_without_original"
    assert sent["rejet_correction"] == "care_start = 2025-12-31"
    assert rows("SELECT act, element_kind, shown FROM access_journalevent ORDER BY seq DESC")[
        :1
    ] == [("downloaded", "load_refusals", 1)]


def test_refused_rows_are_in_clear_on_no_disk_on_their_way_out(desk, loader):
    word = "Hortense"
    wrong = [line(f"L{n}", care_start="31/12/2025 08:00", label=word * 37) for n in range(5_000)]
    drop(desk, lines(*wrong))
    load = loader()

    answer = desk.get(reverse("imports:load_refusals", args=[load.id]))
    kept = [path for path in Path("/proc/self/fd").iterdir() if path.is_file()]
    assert kept, "it is nowhere: nothing was looked at"
    assert not [path for path in kept if word.encode() in path.read_bytes()]
    content = b"".join(answer.streaming_content)

    assert len(content) == int(answer.headers["Content-Length"]) > 1_500_000
    assert content.count(word.encode()) == 5_000 * 37


def test_both_rows_of_a_key_go_back_as_they_were_sent(desk, loader):
    named = f"{NIR}-1"  # a fund may call a line by its person's number
    sent = [line("A", scheme="General"), line(named), line(named), line("A", label="x" * 300)]
    rows_of_file = [f"{row};réf {n}" for n, row in enumerate(sent, 1)]
    drop(desk, "\n".join((f"{COLUMNS};notre_ref", *rows_of_file)).encode())
    load = loader()

    _, *back = rejects(desk, load)

    assert [";".join(row[:-4]).replace(";'", ";") for row in back] == rows_of_file
    assert "la ligne 5 a le même" in back[0][-2]
    page = words(desk.get(reverse("imports:load", args=[load.id]))).replace("&#x27;", "'")
    assert NIR not in page
    for number, other in ((2, 5), (3, 4), (4, 3), (5, 2)):
        assert re.search(rf"Ligne {number} :(?:(?!Ligne).)*la ligne {other} a le même", page)


def test_a_number_in_the_name_of_a_file_is_masked(desk):
    drop(desk, lines(line("A")), f"../octobre {NIR}.csv")

    assert Load.objects.get().file_name == f"octobre {'•' * 13}{NIR[-2:]}.csv"


def test_a_file_without_a_name_can_still_be_opened_from_the_list(desk):
    drop(desk, lines(line("A")), " ")

    assert Load.objects.get().file_name == "?"


def test_reasons_of_rows_past_those_that_are_kept_are_counted(desk, loader, monkeypatch):
    monkeypatch.setattr(refused, "MOST_KEPT", 1)
    monkeypatch.setattr(reading, "MOST_KEPT", 1)
    drop(
        desk,
        lines(line("A", code="x"), line("B", rate_pct="101"), line("C", care_end="1999-01-01")),
    )
    load = loader()

    page = words(desk.get(reverse("imports:load", args=[load.id])))

    assert "Lignes refusées : 3" in page
    assert "Il n'en rend que 1 : les autres sont comptées" in page.replace("&#x27;", "'")
    assert len(rejects(desk, load)) == 2
    assert MESSAGES["number_out_of_range"].title in page


def test_nobody_else_takes_the_refused_rows(desk, loader, client, as_owner):
    drop(desk, lines(line("A", care_start="31/02/2026")))
    load = loader()
    assert len(rejects(desk, load)) == 2

    sign_in(client, as_owner, "colleague")

    page = client.get(reverse("imports:load", args=[load.id]))
    assert "Lignes refusées : 1" in words(page)
    assert "Télécharger" not in words(page)
    assert NIR not in page.content.decode()
    assert rejects(client, load) == 404


def test_refused_rows_are_given_back_for_thirty_days(desk, loader):
    drop(desk, lines(line("A", care_start="31/02/2026")))
    load = loader()
    Load.objects.filter(id=load.id).update(finished_at=load.uploaded_at.replace(year=2020))

    assert rejects(desk, load) == 404


def test_the_desk_never_learns_who_has_a_record(desk, loader, as_owner):
    content = lines(*(line(f"L{n}") for n in range(12)))
    pages = []
    for with_record in (False, True):
        if with_record:
            with as_owner():
                rows("DELETE FROM imports_claimline RETURNING 1")
                # The other world hasn't had this file: else it wouldn't be read again.
                Load.objects.update(file_sha256="-", recognised={})
                make_record(waits=False)
        drop(desk, content, "octobre.csv")
        load = loader()
        page = words(desk.get(reverse("imports:load", args=[load.id])))
        page = page.replace(str(load.id), "")
        pages.append(page.partition("Ce que chaque ligne est devenue")[2])
        desk.cookies  # noqa: B018 - one desk, two worlds

    assert pages[0] == pages[1]
    assert rows("SELECT count(*) FROM records_filling") == [(1,)]


@pytest.mark.parametrize("name", ["loads", "load", "load_progress", "load_refusals"])
def test_an_agent_at_the_counter_finds_no_such_page(client, as_owner, name):
    with as_owner():
        load = Load.objects.create(
            file_name="x", stored_as="x", file_sha256="-", file_size=1,
            uploaded_at="2026-01-01T00:00:00Z",
        )  # fmt: skip
    sign_in(client, as_owner, "agent", FundRole.AGENT)

    address = reverse(f"imports:{name}", args=[] if name == "loads" else [load.id])

    assert client.get(address).status_code == 404


def test_a_list_of_many_files_has_pages(desk, as_owner):
    with as_owner():
        Load.objects.bulk_create(
            Load(
                file_name=f"{n}.csv", stored_as="x", file_sha256="-", file_size=1,
                uploaded_at=f"2026-01-{n + 1:02d}T00:00:00Z", state="done",
            )
            for n in range(25)
        )  # fmt: skip

    assert "Page 1 sur 2" in words(desk.get(reverse("imports:loads")))
    assert ">0.csv<" in words(desk.get(reverse("imports:loads") + "?page=2"))
    assert desk.get(reverse("imports:loads") + "?page=-9x").status_code == 200


ILLNESSES = f"""person_system;person_value;icd10;label;since;until;flow_date
{INS_TEST};{NIR};E11.9;Diabète;2020-01-01;;2026-04-05
"""
DOCTORS = f"""person_system;person_value;rpps;since;until;flow_date
{INS_TEST};{NIR};10001234565;2020-01-01;;2026-04-05
"""
ALIASES = f"""pseudonym;person_system;person_value
abc;{INS_TEST};{NIR}
"""
SLIP = """scheme;period;lines;paid_cents;reimbursed_cents
general;2026-04;1;1000;650
"""


@pytest.mark.parametrize(
    ("content", "instead"),
    [
        (ILLNESSES, "du même code et du même début"),
        (DOCTORS, "du même médecin et du même début"),
        (ALIASES, "la bonne personne"),
        (SLIP, "déposant le bon"),
    ],
    ids=["illnesses", "doctors", "aliases", "slip"],
)
def test_what_cannot_be_taken_back_is_said_so_before_it_is_loaded(
    desk, checker, as_owner, content, instead
):
    drop(desk, content.encode())
    load = checker()
    page = words(desk.get(reverse("imports:load", args=[load.id])))
    assert "Une fois chargé, ce fichier ne pourra pas être retiré." in page
    assert instead in page
    # Only care is too old to reach a record.
    assert "24 mois" not in page
    assert "Chaque ligne de ce fichier est lisible." in page

    desk.post(reverse("imports:load_proceed", args=[load.id]))
    with as_owner():
        assert loading.run(load.id)
    page = words(desk.get(reverse("imports:load", args=[load.id])))
    assert "Ce chargement ne peut pas être retiré" in page
    assert instead in page
    # What was to be read before, and what is to be done of nothing, are not said.
    assert "Chaque ligne de ce fichier est lisible." not in page
    assert "à corriger puis à déposer" not in page
    assert desk.get(reverse("imports:load_undo", args=[load.id])).status_code == 404


def test_lines_are_said_to_stay_once_another_file_of_their_scheme_came(desk, loader):
    for name in "AB":
        drop(desk, lines(line(name)))
        last = loader()
    first = Load.objects.order_by("uploaded_at").first()

    for load, said in ((first, True), (last, False)):
        page = words(desk.get(reverse("imports:load", args=[load.id])))
        assert ("Un autre fichier du même régime est arrivé depuis." in page) is said
        assert ("ne pourra pas être retiré" in page) is False
    Load.objects.filter(id=first.id).update(undo_ended=True)  # forgotten since
    assert "est arrivé depuis." in words(desk.get(reverse("imports:load", args=[first.id])))
