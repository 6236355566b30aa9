"""Class 2: whose record it is comes from what the request says, not from who asks.

OpenEMR's portal saved payments under the patient number the form carried (CVE-2026-25147).
"""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from tests.classes.asking import NOWHERE, every_address, some
from tests.interference.values import Keys


#: Names under which other systems take somebody's key.
NAMES = (
    "patient", "patient_id", "pid", "record", "record_id", "dossier", "person", "person_id",
    "holder", "holder_id", "user", "user_id", "viewer", "professional", "professional_id",
    "practice", "structure", "role", "capacity_id", "on_behalf_of", "as", "subject", "id",
)  # fmt: skip
#: The names of machines' questions, which FHIR R4 gives: the gate decides on what they name.
BY_FHIR = {"patient", "_id", "subject", "identifier"}


def somebody_else(scene):
    """The same answer to every name: another record, its holder, its author."""
    record = scene.records["foreign"]
    author = scene.elements["foreign"]["document"].author_id
    people = {"person", "person_id", "holder", "holder_id", "user", "user_id", "viewer"}
    pros = {"professional", "professional_id", "practice", "structure"}
    return {
        name: str(
            record.holder_id if name in people else author if name in pros
            else "patient" if name == "role" else record.id
        )
        for name in NAMES
    }  # fmt: skip


@pytest.mark.parametrize("who", some("jeanne", "administrator", "martin", "agent", first=2))
def test_a_name_that_a_door_does_not_declare_changes_nothing(who, scene, asker):
    """Said in the address, in a header and in the form, all at once."""
    keys, one, asked = Keys(scene, who), asker(who), 0
    said = somebody_else(scene)
    for address in every_address():
        declared = {*address.declared.query, *address.declared.form}
        if address.of_account or not address.open_to(scene, who):
            continue
        extra = tuple((name, value) for name, value in said.items() if name not in declared)
        headers = tuple((f"X-{name.title().replace('_', '-')}", value) for name, value in extra)
        # A machine is told, by name, what its question said and nobody reads.
        query = () if address.name.startswith("fhir:") else extra
        for ask in address.asks(keys, **address.filled(keys, scene.record_of(who).id)):
            if ask.before and who != "agent":
                continue  # the counter's screens are the same to whoever stands there
            more = replace(
                ask, query=(*ask.query, *query), headers=(*ask.headers, *headers),
                form=(*ask.form, *extra) if ask.method == "POST" else (),
            )  # fmt: skip
            plain, loaded = one.answer(ask), one.answer(more)
            asked += 1
            assert told(plain) == told(loaded), str(ask)
            assert plain.written == loaded.written, str(ask)
    assert asked > 5


#: What keeps the whole address, to come back to it in the other language or after signing in.
BACK = re.compile(rb'name="next" value="[^"]*"|next=[^"\s]*')


def told(answer):
    return [(status, BACK.sub(b"", body)) for status, _headers, body in answer.heard.hops]


def test_only_machines_name_a_record_elsewhere_than_in_the_address():
    named = {
        (address.name, word)
        for address in every_address()
        for word, kind in (*address.declared.query.items(), *address.declared.form.items())
        if kind in {"patient", "capacity", "account"} or word in NAMES
    }
    assert {word for name, word in named if name.startswith("fhir:")} <= BY_FHIR
    assert {name for name, _word in named if not name.startswith("fhir:")} == {
        "access:capacity",  # who one comes as, among one's own: checked against the account
        "access:demo",  # invented people, where the demonstration is on
        "records:counter_person",  # which of the people on the card that is in the reader
        "records:presence_person",  # likewise
        "records:emergency",  # somebody sought by number and traits, never by a key
        "records:regulation",
        "access:offers_aside",  # a sensitive subject, not a person
    }


@pytest.mark.parametrize("who", ["martin", "petit", "jeanne"])
def test_a_machine_that_names_another_record_learns_what_it_would_of_none(who, scene, asker):
    keys, one = Keys(scene, who), asker(who)
    patients = keys.values("patient")
    foreign = patients[2]
    nobody = foreign.replace(str(scene.records["foreign"].id), NOWHERE)
    for address in every_address():
        if "patient" not in address.declared.query:
            continue
        for ask in address.asks(keys):
            theirs, none = (
                one.answer(replace(ask, query=(*(p for p in ask.query if p[0] not in BY_FHIR),
                                               ("patient", value))))
                for value in (foreign, nobody)
            )  # fmt: skip
            assert not theirs.unlike(none, **{foreign.split("/")[1]: nobody.split("/")[1]})
