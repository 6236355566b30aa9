"""Class 7: every kind of thing goes through the filter but one, that somebody forgot to enrol.

OpenEMR held machines to one patient's resources, and left care teams out of it (CVE-2026-24487).
"""

from __future__ import annotations

import pytest
from django.apps import apps
from django.db import connection
from django.db.models import CharField, TextField

from access import policy
from access.binding import binding
from access.elements import KINDS as NAMED
from access.models import Mask
from records.models import Element
from tests.access.cast import LONG_AGO, NOON
from tests.classes.asking import every_address
from tests.interference.absence import THOUGHT_OF
from tests.interference.facts import KINDS
from tests.interference.values import Keys


#: Tables of a record that hold no care, or none in the clear: who may know of them is decided
#: by use cases that ask what the asker is to the record.
AROUND = {
    "records_destruction", "records_synthesisconsent", "access_receipt", "access_notice",
    "access_activationcode", "access_case", "access_invitation", "records_doctorproposal",
    "records_filling", "records_episode",
    "access_delegation", "records_representation", "access_block", "access_opening",
    "access_mask", "records_synthesisdraft", "access_authorisation", "access_journalhead",
    "access_journalevent", "records_recordidentifier", "access_recordusergrant",
    "access_recordgroupgrant", "records_synthesis",
}  # fmt: skip
CANARY = "Zq"


def models_of_a_record():
    return [m for m in apps.get_models() if m._meta.db_table in THOUGHT_OF]


def test_every_kind_of_element_is_enrolled_everywhere():
    kinds = set(Element.__subclasses__()) | {
        model for one in Element.__subclasses__() for model in one.__subclasses__()
    }
    concrete = {model for model in kinds if not model._meta.abstract}
    assert concrete == set(NAMED.values()) == set(KINDS.values())
    assert {m._meta.db_table for m in concrete} <= THOUGHT_OF


def test_every_table_of_care_hangs_on_an_element():
    """A new table with words in it is an element, a part of one, or is said to be none above."""
    tables = {m._meta.db_table: m for m in models_of_a_record()}
    care = {name for name in tables if name not in AROUND}
    elements = {m._meta.db_table for m in KINDS.values()}
    parts = {"records_documentversion", "records_documentfile", "records_synthesissource"}
    assert care == elements | parts
    for name in parts:
        keys = {
            field.related_model._meta.db_table
            for field in tables[name]._meta.concrete_fields if field.is_relation
        }  # fmt: skip
        assert keys & (elements | parts), name


@pytest.mark.django_db
def test_row_security_knows_every_table_of_care():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT polrelid::regclass::text FROM pg_policy"
            " JOIN pg_class c ON c.oid = polrelid WHERE c.relrowsecurity"
        )
        under = {name for (name,) in cursor.fetchall()}
    care = {m._meta.db_table for m in models_of_a_record()} - AROUND
    assert care <= under


def canaries(scene):
    """Put a word of its own in every free text of every row of care; give them, by table."""
    record, put = scene.records["jeanne"], {}
    for model in models_of_a_record():
        table = model._meta.db_table
        if table in AROUND:
            continue
        for field in model._meta.concrete_fields:
            long_enough = isinstance(field, TextField) or (field.max_length or 0) >= 60
            free = isinstance(field, CharField | TextField) and not field.choices
            if free and long_enough and not field.unique and "stored_as" not in field.name:
                word = f"{CANARY}{len(put):02d}x"
                model.objects.filter(record_id=record.id).update(**{field.name: word})
                put[word] = table
    assert set(put.values()) >= {m._meta.db_table for m in KINDS.values()} - {"records_entry"}
    return put


@pytest.mark.parametrize("who", ["nurse", "pharmacist", "emergency"])
def test_a_mask_on_everything_leaves_nothing_of_any_table(who, scene, asker, as_owner):
    """Every text of every table of care is a word of its own: no door gives one of them."""
    record = scene.records["jeanne"]
    with as_owner():
        put = canaries(scene)
        keys = Keys(scene, who)
        ids = {
            str(key) for model in KINDS.values()
            for key in model.objects.filter(record_id=record.id).values_list("id", flat=True)
        }  # fmt: skip
    open_to = [one for one in every_address() if one.open_to(scene, who)
               and "record_id" in one.words and not one.declared.before]  # fmt: skip
    before = _told(open_to, asker(who), keys, record, put)
    assert set(before.values()) >= {"records_document", "records_reimbursementline"}
    with as_owner():
        Mask.objects.create(record=record, target="everything", audience="everyone",
                            since=LONG_AGO)  # fmt: skip
    after = _told(open_to, asker(who), keys, record, put | dict.fromkeys(ids, "key"))
    # What is on the emergency card is readable in an emergency, whatever is masked.
    card = {str(scene.elements["jeanne"]["allergy"].id)} if who == "emergency" else set()
    assert set(after) == card


def _told(addresses, one, keys, record, words):
    found = {}
    for address in addresses:
        for ask in address.asks(keys, **address.filled(keys, record.id)):
            if ask.method == "GET":
                # A page says again where it is, to come back to it in the other language.
                others = [word for word in words if word not in ask.path]
                found |= {word: words[word] for word in one.answer(ask).holds(*others)}
    return found


def test_every_kind_has_its_own_list_of_the_gate(scene):
    with binding(scene.viewers["petit"], at=NOON):
        standing = policy.standing_on(scene.records["jeanne"].id)
        for model in KINDS.values():
            assert policy.visible(model, standing).exists(), model
    with binding(scene.viewers["stranger"], at=NOON):
        standing = policy.standing_on(scene.records["jeanne"].id)
        for model in KINDS.values():
            assert not policy.visible(model, standing).exists(), model
