"""Who comes to the API and how: session, token, the capability statement, every problem told."""

from __future__ import annotations

import datetime as dt
import json
import uuid
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from drf_spectacular.validation import validate_schema

from access import tokens
from access.models import AccessToken, Block, JournalEvent, Practice
from records.identifiers import INS_TEST, NIR_RANK, identifier_digest
from records.models import Record, RecordIdentifier
from tests.access.cast import LONG_AGO, NOON
from tests.clients import StrictClient
from tests.jeanne import NIR
from tests.records.fhir.checking import read, refusal


def bearer(world, who, **facts):
    viewer = world.viewers[who]
    about = viewer.practice.id if viewer.practice else world.record.id
    made = tokens.make_token(
        user=world.users[who], capacity=f"{viewer.role.value}:{about}", **facts
    )
    return {"Authorization": f"Bearer {made}"}


def test_the_capability_statement_is_open_valid_and_says_only_what_is_there(client, db):
    statement = read(client.get("/fhir/metadata"), kind="CapabilityStatement")
    assert statement["fhirVersion"] == "4.0.1"
    served = {
        (one["type"], interaction["code"])
        for one in statement["rest"][0]["resource"]
        for interaction in one["interaction"]
    }
    assert served == {
        ("Patient", "read"), ("Patient", "search-type"), ("DocumentReference", "read"),
        ("DocumentReference", "search-type"), ("Binary", "read"),
    }  # fmt: skip
    refusal(client.get("/fhir/metadata", headers={"Accept": "application/xml"}), 406)


def test_the_openapi_description_is_open_and_valid(client, db):
    response = client.get("/fhir/openapi.json")
    described = json.loads(response.content)

    assert response.status_code == 200
    validate_schema(described)
    assert {
        "/fhir/metadata", "/fhir/Patient", "/fhir/DocumentReference",
        "/fhir/DocumentReference/_search", "/fhir/Binary/{file_id}",
    } <= set(described["paths"])  # fmt: skip
    types = {
        (path, kind)
        for path, served in described["paths"].items()
        for operation in served.values()
        for kind in operation["responses"]["200"]["content"]
        if path != "/fhir/openapi.json"
    }
    assert {kind for path, kind in types if "Binary" not in path} == {"application/fhir+json"}
    assert {kind for path, kind in types if "Binary" in path} == {
        "application/fhir+json", "application/octet-stream",
    }  # fmt: skip


@pytest.mark.parametrize(
    "path", ["DocumentReference", "Patient", f"Binary/{uuid.UUID(int=1)}", "nothing/here"]
)
def test_without_a_session_or_a_token_the_answer_is_401(client, db, path):
    response = client.get(f"/fhir/{path}")

    assert refusal(response, 401) == "Connectez-vous, avec votre second facteur."
    assert response["WWW-Authenticate"] == "Bearer"


def test_a_session_without_its_second_factor_opens_nothing(jeanne):
    refusal(jeanne.browser("half").get(f"/fhir/Patient/{jeanne.record.id}"), 401)


def test_a_capacity_that_reads_no_record_finds_nothing(jeanne):
    for who in ("agent", "administrator", "nobody"):
        response = jeanne.browser(who).get(f"/fhir/Patient/{jeanne.record.id}")
        assert refusal(response, 404) == "Rien à cette adresse."


def test_an_address_that_does_not_exist_is_told_in_fhir_and_so_is_a_method(jeanne):
    browser = jeanne.browser("martin")
    for place in ("Observation", ""):
        assert refusal(browser.get(f"/fhir/{place}"), 404) == "Rien à cette adresse."
    assert refusal(browser.get("/fhir/DocumentReference/42"), 404) == "Rien à cette adresse."
    deleted = browser.delete(f"/fhir/DocumentReference/{jeanne.letter.id}")
    assert refusal(deleted, 405) == "Cette méthode n'est pas servie à cette adresse."
    refusal(browser.post("/fhir/DocumentReference", {}), 405)


def test_a_token_is_its_user_in_one_capacity(jeanne):
    url = f"/fhir/DocumentReference/{jeanne.hidden.id}"
    client = StrictClient()
    assert client.get(url, headers=bearer(jeanne, "petit")).status_code == 200
    assert client.get(url, headers=bearer(jeanne, "martin")).status_code == 404
    assert client.get(url, headers=bearer(jeanne, "jeanne")).status_code == 200
    doors = JournalEvent.objects.filter(record_id=jeanne.record.id).order_by("seq")
    assert list(doors.values_list("door", flat=True)) == ["treating_gp", "holder"]


def test_the_word_bearer_is_read_in_any_case(jeanne):
    header = bearer(jeanne, "petit")["Authorization"].replace("Bearer", "bearer")
    response = StrictClient().get(
        f"/fhir/Patient/{jeanne.record.id}", headers={"Authorization": header}
    )
    assert response.status_code == 200


def test_a_token_opens_the_api_and_no_page(jeanne):
    response = StrictClient().get(
        f"/dossiers/{jeanne.record.id}/", headers=bearer(jeanne, "petit")
    )
    assert response.status_code == 302


@pytest.mark.parametrize(
    "header", ["Bearer nothing", "Bearer ", "Basic cGV0aXQ6eA==", "nothing", "Bearer \u00e9"]
)
def test_a_token_that_is_none_is_401(jeanne, header):
    response = StrictClient().get(
        "/fhir/Patient", headers={"Authorization": header.encode().decode("latin-1")}
    )
    refusal(response, 401)


def test_a_token_ends_by_itself_when_taken_back_and_with_its_account(jeanne, as_owner):
    url = f"/fhir/Patient/{jeanne.record.id}"
    client = StrictClient()
    over = bearer(jeanne, "petit", life=dt.timedelta(seconds=-1))
    refusal(client.get(url, headers=over), 401)
    live = bearer(jeanne, "petit")
    assert client.get(url, headers=live).status_code == 200
    newest = AccessToken.objects.order_by("-made_at").first()
    AccessToken.objects.filter(id=newest.id).update(ended_at=NOON)
    refusal(client.get(url, headers=live), 401)
    again = bearer(jeanne, "petit")
    with as_owner():
        jeanne.users["petit"].is_active = False
        jeanne.users["petit"].save()
    refusal(client.get(url, headers=again), 401)


def test_an_operator_takes_back_the_tokens_of_an_account_and_of_no_other(jeanne):
    url = f"/fhir/Patient/{jeanne.record.id}"
    client = StrictClient()
    taken, others = bearer(jeanne, "petit"), bearer(jeanne, "martin")
    bearer(jeanne, "petit", life=dt.timedelta(seconds=-1))
    said = StringIO()

    call_command("end_tokens", jeanne.users["petit"].email.upper(), stdout=said)

    assert said.getvalue() == "Tokens ended: 1.\n"
    refusal(client.get(url, headers=taken), 401)
    assert client.get(url, headers=others).status_code == 200
    with pytest.raises(CommandError, match="No account under"):
        call_command("end_tokens", "nobody@exemple.test")


def test_a_token_of_a_practice_that_ended_opens_nothing(jeanne, as_owner):
    header = bearer(jeanne, "petit")
    with as_owner():
        Practice.objects.filter(professional=jeanne.professionals["petit"].professional).update(
            until=NOON - dt.timedelta(days=1)
        )
    refusal(StrictClient().get(f"/fhir/Patient/{jeanne.record.id}", headers=header), 404)


def test_a_token_is_kept_as_a_hash_only(jeanne):
    made = bearer(jeanne, "petit")["Authorization"].removeprefix("Bearer ")
    row = AccessToken.objects.get()
    assert made.encode() not in bytes(row.digest)
    assert len(row.digest) == 32


# --- Patient ----------------------------------------------------------------------------------


def ask(world, who, value=NIR, **asked):
    given = {"identifier": f"urn:oid:{INS_TEST}|{value}"} | asked
    return world.browser(who).get("/fhir/Patient", given)


def test_who_comes_by_a_door_reads_the_person(jeanne):
    for who in ("jeanne", "guardian", "petit", "martin"):
        bundle = read(ask(jeanne, who))
        [entry] = bundle["entry"]
        person = entry["resource"]
        assert person["id"] == str(jeanne.record.id)
        assert person["active"] is True
        assert person["identifier"] == [
            {"use": "official", "system": f"urn:oid:{INS_TEST}", "value": NIR}
        ]
        assert person["name"][0] == {"use": "official", "family": "MOREL", "given": ["Jeanne"]}
        assert (person["gender"], person["birthDate"]) == ("female", "1958-03-04")
    assert [act for act, _role in jeanne.events()] == ["element_read"] * 4


def test_a_rank_under_a_parent_s_number_is_neither_shown_nor_searched(jeanne, as_owner):
    value = "170052A12345689:1"
    with as_owner():
        RecordIdentifier.objects.create(
            record=jeanne.record, system=NIR_RANK, digest=identifier_digest(NIR_RANK, value),
            value_sealed=b"-", status="qualified", since=LONG_AGO - dt.timedelta(days=1),
        )  # fmt: skip

    [entry] = read(ask(jeanne, "petit"))["entry"]
    assert [each["value"] for each in entry["resource"]["identifier"]] == [NIR]
    by_rank = jeanne.browser("petit").get("/fhir/Patient", {"identifier": f"{NIR_RANK}|{value}"})
    assert not by_rank.json().get("entry")


def test_a_professional_with_matching_traits_learns_only_that_a_record_is_open(jeanne, as_owner):
    traits = {"family": "Morel", "birthdate": "1958-03-04"}

    def told():
        [entry] = read(ask(jeanne, "stranger", **traits))["entry"]
        return set(entry["resource"]), entry["resource"]["active"]

    assert told() == ({"resourceType", "id", "active", "identifier"}, True)
    with as_owner():
        Block.objects.create(
            record=jeanne.record, professional=jeanne.professionals["stranger"].professional,
            since=NOON - dt.timedelta(days=1),
        )  # fmt: skip
    assert told() == ({"resourceType", "id", "active", "identifier"}, True)
    assert [act for act, _role in jeanne.events()] == ["existence_asked"] * 2


@pytest.mark.parametrize(
    "traits",
    [{}, {"family": "Morel"}, {"birthdate": "1958-03-04"},
     {"family": "Martin", "birthdate": "1958-03-04"},
     {"family": "Morel", "birthdate": "1958-03-05"}],
)  # fmt: skip
def test_without_the_right_traits_a_record_and_none_are_one_answer(jeanne, traits):
    here = read(ask(jeanne, "stranger", **traits))
    nowhere = read(ask(jeanne, "stranger", value="160057511234523", **traits))
    for bundle in (here, nowhere):
        bundle.pop("link")
    assert here == nowhere == {"resourceType": "Bundle", "type": "searchset", "total": 0}


def test_a_family_without_a_door_learns_nothing_by_traits(jeanne, as_owner):
    traits = {"family": "Morel", "birthdate": "1958-03-04"}
    for who in ("agent", "administrator"):
        refusal(ask(jeanne, who, **traits), 404)


@pytest.mark.parametrize("facts", [{"status": "closed"}, {"status": "suspended"},
                                   {"died_on": dt.date(2026, 6, 1)}])  # fmt: skip
def test_a_record_that_is_not_open_is_not_there(jeanne, as_owner, facts):
    with as_owner():
        Record.objects.filter(id=jeanne.record.id).update(**facts)
    bundle = read(ask(jeanne, "stranger", family="Morel", birthdate="1958-03-04"))
    assert bundle["total"] == 0


def test_asking_about_too_many_people_is_slowed_down_whoever_they_are(jeanne):
    traits = {"family": "Personne", "birthdate": "1960-01-01"}
    for _time in range(60):
        assert ask(jeanne, "stranger", value="160057511234523", **traits).status_code == 200
    slowed = ask(jeanne, "stranger", **traits)
    assert refusal(slowed, 429) == "Trop de questions en une heure. Recommencez plus tard."
    assert slowed["Retry-After"] == "3600"
    assert ask(jeanne, "garnier", **traits).status_code == 200


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        ({"identifier": ""}, "identifier est obligatoire."),
        ({"identifier": NIR}, "identifier s'écrit système|valeur."),
        ({"birthdate": "4 mars"}, "birthdate : date attendue, AAAA-MM-JJ."),
        (
            {"identifier:missing": "true"},
            "identifier:missing : ce modificateur n'est pas pris en charge.",
        ),
    ],
)
def test_a_wrong_question_is_told(jeanne, asked, sentence):
    assert refusal(ask(jeanne, "petit", **asked), 400) == sentence


def test_a_person_is_read_by_the_records_key_and_missing_without_a_door(jeanne):
    url = f"/fhir/Patient/{jeanne.record.id}"
    assert read(jeanne.browser("martin").get(url), kind="Patient")["birthDate"] == "1958-03-04"
    here = jeanne.browser("stranger").get(url)
    nowhere = jeanne.browser("stranger").get(f"/fhir/Patient/{uuid.uuid4()}")
    refusal(here, 404)
    assert here.content == nowhere.content


def test_a_session_left_alone_gets_401_and_not_a_page(jeanne):
    browser = jeanne.browser("petit")
    session = browser.session
    session["seen_at"] = 1
    session.save()
    refusal(browser.get(f"/fhir/Patient/{jeanne.record.id}"), 401)


@pytest.mark.parametrize("what", [
    "DocumentReference?status=current&patient.identifier=", "Patient?identifier=",
    "Patient?family=Zola&birthdate=1958-03-04&identifier=",
])  # fmt: skip
def test_as_much_is_asked_whether_or_not_a_number_has_a_record(jeanne, as_owner, what):
    """A number is easily guessed: how long an answer takes tells nothing before the traits do."""
    browser = jeanne.browser("stranger")

    def asked_about(number):
        address = f"/fhir/{what}urn:oid:{INS_TEST}|{number}"
        browser.get(address)  # what is prepared once is
        with CaptureQueriesContext(connection) as asked:
            read(browser.get(address), kind="Bundle")
        return len(asked)

    missing = asked_about("258031234567899")
    assert asked_about(NIR) == missing
    with as_owner():
        stranger = jeanne.professionals["stranger"].professional
        Block.objects.create(record=jeanne.record, professional=stranger, since=LONG_AGO)
    assert asked_about(NIR) == missing
    with as_owner():
        Record.objects.filter(id=jeanne.record.id).update(status="closed")
    assert asked_about(NIR) == missing
