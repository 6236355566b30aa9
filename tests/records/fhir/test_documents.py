"""DocumentReference and Binary: what each reader finds, page after page, true to the bytes."""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import json
import uuid

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from access.models import JournalEvent, Mask
from records import deposits
from records.identifiers import INS_TEST
from tests.access.cast import NOON
from tests.jeanne import NIR, add_document, circle_period
from tests.records.contents.making import a_pdf
from tests.records.fhir.checking import read, refusal, titles


SEARCH = "/fhir/DocumentReference"
LETTER, SCAN, HIDDEN = "Lettre du cardiologue", "Radio du genou droit", "Lettre du psychiatre"
WAITS, MINE = "Biopsie du sein", "Mon carnet de tension"


def search(world, who, *, headers=None, **asked):
    given = {"patient": f"Patient/{world.record.id}", "status": "current"} | asked
    return world.browser(who).get(SEARCH, given, headers=headers or {})


def found(world, who, **asked):
    return titles(read(search(world, who, **asked)))


def test_each_reader_finds_what_they_see_and_the_total_counts_nothing_else(jeanne):
    sees = {
        "petit": {LETTER, SCAN, HIDDEN, WAITS, MINE},
        "martin": {LETTER, SCAN, WAITS, MINE},
        "jeanne": {LETTER, SCAN, HIDDEN, MINE},
        "guardian": {LETTER, SCAN, HIDDEN, MINE},
        "delegate": {LETTER, SCAN, HIDDEN, MINE},
    }
    for who, expected in sees.items():
        bundle = read(search(jeanne, who))
        assert set(titles(bundle)) == expected, who
        assert bundle["total"] == len(expected), who
    events = JournalEvent.objects.filter(record_id=jeanne.record.id).order_by("seq")
    assert [(e.act, e.shown) for e in events] == [
        ("list_read", len(expected)) for expected in sees.values()
    ]


def test_a_document_says_what_it_is_and_is_valid(jeanne):
    bundle = read(search(jeanne, "petit", type="18748-4"))
    [entry] = bundle["entry"]
    scan = entry["resource"]

    assert entry["fullUrl"] == f"http://testserver/fhir/DocumentReference/{jeanne.scan.id}"
    assert scan["status"] == "current"
    assert scan["subject"] == {"reference": f"Patient/{jeanne.record.id}"}
    assert scan["type"]["coding"][0]["code"] == "18748-4"
    assert scan["type"]["coding"][0]["system"] == "http://loinc.org"
    assert scan["category"][0]["coding"][0]["code"] == "31"
    assert scan["context"]["period"]["start"] == "2026-04-02"
    names = {one["id"]: one for one in scan["contained"]}
    assert names["author"]["resourceType"] == "Practitioner"
    assert names["author"]["name"] == [{"text": "Dr Alix Petit"}]
    file = scan["content"][0]["attachment"]
    assert (file["contentType"], file["language"]) == ("application/pdf", "fr-FR")
    [link] = [one for one in bundle["link"] if one["relation"] == "self"]
    assert link["url"].startswith("http://testserver/fhir/DocumentReference?")


def test_the_treating_gp_reads_the_marks_as_labels_and_nobody_else_does(jeanne):
    def labels(who):
        return {
            one["resource"]["content"][0]["attachment"]["title"]: {
                label["coding"][0]["code"] for label in one["resource"]["securityLabel"]
            }
            for one in read(search(jeanne, who))["entry"]
        }

    petit = labels("petit")
    assert petit[LETTER] == {"N"}
    assert petit[HIDDEN] == {"N", "MASQUE_PS"}
    assert petit[WAITS] == {"N", "INVISIBLE_PATIENT"}
    assert set(map(frozenset, labels("jeanne").values())) == {frozenset({"N"})}
    assert labels("martin")[WAITS] == {"N", "INVISIBLE_PATIENT"}


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({"type": "18748-4"}, [SCAN]),
        ({"type": "18748-4,DOCPAT03"}, [SCAN, MINE]),
        ({"type": ["18748-4", "DOCPAT03"]}, []),
        ({"type": "http://loinc.org|18748-4"}, [SCAN]),
        ({"type": "http://elsewhere|18748-4"}, []),
        ({"type": "zzz"}, []),
        ({"type": ""}, [LETTER, SCAN, HIDDEN, MINE]),
        ({"category": "31"}, [SCAN]),
        ({"category": "99"}, []),
        ({"date": "2027"}, []),
        ({"date": "ge2026-06-01"}, []),
        ({"date": ["ge2026-05-01", "lt2026-06-01"]}, [LETTER, SCAN, HIDDEN, MINE]),
        ({"status": "superseded"}, []),
        ({"status": "current,superseded"}, [LETTER, SCAN, HIDDEN, MINE]),
        ({"status": "http://hl7.org/fhir/document-reference-status|current"},
         [LETTER, SCAN, HIDDEN, MINE]),
        ({"status": "nothing"}, []),
    ],
)  # fmt: skip
def test_searches_narrow_what_is_seen(jeanne, asked, expected):
    assert sorted(found(jeanne, "jeanne", **asked)) == sorted(expected)


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        ({"status": ""}, "status est obligatoire : current."),
        ({"patient": ""}, "patient ou patient.identifier est obligatoire."),
        ({"patient": "a b"}, "patient s'écrit Patient/identifiant."),
        ({"patient": "", "patient.identifier": NIR}, "patient.identifier s'écrit système|valeur."),
        ({"date": "hier"}, "date : date attendue, AAAA-MM-JJ."),
        ({"type": "a|"}, "type s'écrit système|valeur."),
        ({"_count": "x"}, "_count : un nombre de 0 à 50."),
        ({"after": "x"}, "after : reprenez le lien donné par la page."),
        ({"type:not": "18748-4"}, "type:not : ce modificateur n'est pas pris en charge."),
    ],
)  # fmt: skip
def test_a_wrong_value_is_told_to_everybody_alike(jeanne, asked, sentence):
    for who in ("petit", "stranger"):
        assert refusal(search(jeanne, who, **asked), 400) == sentence
    assert jeanne.events() == []


def test_the_patient_is_found_by_a_national_identifier_too(jeanne):
    asked = {"patient": "", "patient.identifier": f"urn:oid:{INS_TEST}|{NIR}"}
    assert len(found(jeanne, "petit", **asked)) == 5
    for wrong in (f"urn:oid:{INS_TEST}|258031234567814", f"urn:oid:1.2.3|{NIR}"):
        assert found(jeanne, "petit", **{**asked, "patient.identifier": wrong}) == []


def test_no_door_no_record_and_nothing_found_are_one_answer(jeanne):
    browser = jeanne.browser("stranger")
    nowhere = uuid.uuid4()

    def asked(key):
        response = browser.get(SEARCH, {"patient": str(key), "status": "current"})
        return response.status_code, response.content.replace(str(key).encode(), b""), {
            name: value for name, value in response.headers.items() if name != "X-Request-ID"
        }  # fmt: skip

    assert asked(jeanne.record.id) == asked(nowhere)
    assert read(browser.get(SEARCH, {"patient": str(nowhere), "status": "current"}))["total"] == 0
    assert jeanne.events() == []


def test_an_author_without_a_door_finds_what_they_wrote(jeanne):
    assert found(jeanne, "garnier") == [HIDDEN]


def test_pages_stay_stable_while_documents_are_added(jeanne, as_owner):
    petit = jeanne.professionals["petit"]
    browser = jeanne.browser("martin")
    asked = {"patient": str(jeanne.record.id), "status": "current", "_count": "2"}

    def add(number, when):
        with as_owner():
            for at in range(number):
                add_document(
                    jeanne.record, title=f"Lettre {number}.{at}", by=petit,
                    created_at=NOON - dt.timedelta(minutes=when + at),
                )  # fmt: skip

    add(3, 30)
    first = read(browser.get(SEARCH, asked))
    assert first["total"] == 7
    add(4, 1)
    seen, page = titles(first), first
    while "next" in {link["relation"] for link in page["link"]}:
        [following] = [one["url"] for one in page["link"] if one["relation"] == "next"]
        page = read(browser.get(following.removeprefix("http://testserver")))
        assert page["total"] == 11
        seen += titles(page)
    assert len(seen) == len(set(seen)) == 7
    assert not any(title.startswith("Lettre 4") for title in seen)


def test_documents_of_one_instant_are_paged_without_loss(jeanne, as_owner):
    with as_owner():
        for at in range(5):
            add_document(jeanne.record, title=f"Lot {at}", created_at=NOON)
    browser = jeanne.browser("jeanne")
    page = read(search(jeanne, "jeanne", _count="2"))
    seen = titles(page)
    while any(link["relation"] == "next" for link in page["link"]):
        [following] = [one["url"] for one in page["link"] if one["relation"] == "next"]
        page = read(browser.get(following.removeprefix("http://testserver")))
        seen += titles(page)
    assert len(seen) == len(set(seen)) == 9


def test_a_count_of_zero_gives_the_total_alone(jeanne):
    bundle = read(search(jeanne, "martin", _count="0"))
    assert bundle["total"] == 4
    assert "entry" not in bundle
    assert [link["relation"] for link in bundle["link"]] == ["self"]


def test_an_unknown_parameter_is_a_warning_or_for_who_asks_an_error(jeanne):
    bundle = read(search(jeanne, "martin", colour="blue"))
    assert len(titles(bundle)) == 4
    [warning] = [e["resource"] for e in bundle["entry"] if e["search"]["mode"] == "outcome"]
    assert warning["issue"][0]["severity"] == "warning"
    assert warning["issue"][0]["diagnostics"] == "Paramètre ignoré : colour."
    strict = {"Prefer": "handling=strict"}
    assert refusal(search(jeanne, "martin", colour="blue", headers=strict), 400) == (
        "Paramètre inconnu : colour."
    )
    read(search(jeanne, "martin", headers=strict, _format="json"))


def test_a_search_may_be_posted_so_that_no_identifier_is_in_an_address(jeanne):
    response = jeanne.browser("martin").post(
        f"{SEARCH}/_search",
        f"patient.identifier=urn%3Aoid%3A{INS_TEST}%7C{NIR}&status=current&_count=1",
        content_type="application/x-www-form-urlencoded",
    )
    bundle = read(response)
    assert bundle["total"] == 4
    assert refusal(jeanne.browser("martin").get(f"{SEARCH}/_search"), 405)
    wrong = jeanne.browser("martin").post(f"{SEARCH}/_search", "{}", content_type="text/plain")
    refusal(wrong, 415)


def test_one_document_is_read_and_a_hidden_one_is_missing(jeanne):
    one = read(jeanne.browser("martin").get(f"{SEARCH}/{jeanne.letter.id}"),
               kind="DocumentReference")  # fmt: skip
    assert one["id"] == str(jeanne.letter.id)
    hidden = jeanne.browser("martin").get(f"{SEARCH}/{jeanne.hidden.id}")
    missing = jeanne.browser("martin").get(f"{SEARCH}/{uuid.uuid4()}")
    assert refusal(hidden, 404) == "Rien à cette adresse."
    assert hidden.content == missing.content
    assert jeanne.events() == [("element_read", "professional")]


def test_size_and_hash_are_true_to_the_bytes_served(jeanne):
    for data in (a_pdf(pages=2), b"Une lettre."):
        with jeanne.as_("martin") as by:
            made = deposits.deposit(
                by=by, record_id=jeanne.record.id, title="Bilan", type_code="11488-4",
                occurred_on=dt.date(2026, 6, 1), data=data,
            )  # fmt: skip
        browser = jeanne.browser("jeanne")
        told = read(browser.get(f"{SEARCH}/{made.id}"), kind="DocumentReference")
        file = told["content"][0]["attachment"]
        url = file["url"].removeprefix("http://testserver")
        served = browser.get(url, headers={"Accept": file["contentType"]})
        assert served["Content-Type"] == file["contentType"]
        assert len(served.content) == file["size"]
        assert hashlib.sha1(served.content).digest() == base64.b64decode(file["hash"])  # noqa: S324
        assert "no-store" in served["Cache-Control"]
        resource = read(
            browser.get(url, headers={"Accept": "application/fhir+json"}), kind="Binary"
        )
        assert base64.b64decode(resource["data"]) == served.content
        assert resource["contentType"] == file["contentType"]


def test_a_file_in_a_form_that_is_not_taken_is_not_read(jeanne):
    url = f"/fhir/Binary/{jeanne.file_of('scan').id}"
    hidden = f"/fhir/Binary/{jeanne.file_of('hidden').id}"
    browser = jeanne.browser("martin")
    wants = {"Accept": "image/png"}

    assert refusal(browser.get(url, headers=wants), 406) == (
        "Ce fichier est servi en application/pdf."
    )
    assert refusal(browser.get(hidden, headers=wants), 404) == "Rien à cette adresse."
    assert (
        browser.get(f"/fhir/Binary/{uuid.uuid4()}", headers=wants).content
        == browser.get(hidden).content
    )
    assert jeanne.events() == []
    assert browser.get(url).status_code == 200
    assert jeanne.events() == [("downloaded", "professional")]


@pytest.mark.parametrize("accept", ["application/fhir+xml", "text/html"])
def test_only_json_is_given_out(jeanne, accept):
    response = search(jeanne, "martin", headers={"Accept": accept})
    assert refusal(response, 406) == "Seul application/fhir+json est servi ici."
    assert refusal(search(jeanne, "martin", _format="xml"), 406)
    assert jeanne.events() == []


def test_a_share_gives_the_version_it_was_given_for(jeanne, as_owner):
    stranger = jeanne.professionals["stranger"]
    with as_owner():
        circle_period(
            jeanne.record, "share", professional=stranger.professional, user=stranger.user,
            element_id=jeanne.letter.id, given_at=NOON - dt.timedelta(days=1),
            since=NOON - dt.timedelta(days=1),
        )  # fmt: skip
    before = read(jeanne.browser("stranger").get(f"{SEARCH}/{jeanne.letter.id}"),
                  kind="DocumentReference")  # fmt: skip
    with jeanne.as_("martin") as by:
        deposits.replace(
            by=by, record_id=jeanne.record.id, document_id=jeanne.letter.id, data=b"Nouvelle"
        )
    after = jeanne.browser("stranger").get(f"{SEARCH}/{jeanne.letter.id}")
    assert json.loads(after.content) == before
    newest = f"/fhir/Binary/{jeanne.file_of('letter').id}"
    assert jeanne.browser("stranger").get(newest).status_code == 404
    assert jeanne.browser("petit").get(newest).content == b"Nouvelle"


def test_hidden_documents_change_nothing_of_what_is_found(jeanne, as_owner):
    browser = jeanne.browser("martin")
    asked = {"patient": str(jeanne.record.id), "status": "current", "_count": "2"}
    before = browser.get(SEARCH, asked).content
    with as_owner():
        for at in range(3):
            letter = add_document(jeanne.record, title=f"Cachée {at}", created_at=NOON)
            Mask.objects.create(
                record=jeanne.record, target="element", target_id=letter.id,
                audience="everyone", since=NOON - dt.timedelta(days=1),
            )  # fmt: skip
    assert browser.get(SEARCH, asked).content == before


def test_a_search_asks_the_database_the_same_for_3_and_40(jeanne, as_owner):
    browser = jeanne.browser("martin")
    asked = {"patient": str(jeanne.record.id), "status": "current", "_count": "50"}

    def counted():
        with CaptureQueriesContext(connection) as queries:
            assert browser.get(SEARCH, asked).status_code == 200
        return len(queries)

    counted()
    few = counted()
    with as_owner():
        for at in range(37):
            add_document(jeanne.record, title=f"Lettre {at}")
    assert counted() == few
