"""Class 3: a key in what is posted turns "make a new one" into "write over that one".

OpenEMR took a message's id from the form it was posted with, and saved over somebody else's row
(CVE-2026-25744).
"""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from django.apps import apps

from tests.classes.asking import every_address, some
from tests.interference.absence import THOUGHT_OF
from tests.interference.values import Keys


#: What no person decides by a form: keys, owners, states and rights of rows.
NEVER = {
    "pk", "id", "uuid", "is_staff", "is_superuser", "is_active", "fund_role", "password_hash",
    "user_permissions", "groups", "status", "created_at", "since", "set_by", "set_by_kind",
    "given_by", "given_at", "confirmed_at", "ended_at", "author_id", "author_person_id",
    "author_kind", "released_at", "withdrawn_at", "secret_until", "_method", "_state",
}  # fmt: skip


def columns():
    """Every key that some row of ours has to another."""
    found = set(NEVER)
    for model in apps.get_models():
        if model._meta.db_table in THOUGHT_OF:
            for field in model._meta.concrete_fields:
                if field.is_relation or field.name.endswith("_id"):
                    found |= {field.name, field.attname}
    assert {"record_id", "document_id", "author_id", "version_id"} <= found
    return sorted(found)


@pytest.mark.parametrize("who", some("jeanne", "petit", "administrator"))
def test_what_is_posted_beside_the_form_writes_nothing_else(who, scene, asker):
    keys, one, wrote = Keys(scene, who), asker(who), set()
    foreign = scene.elements["foreign"]["document"]
    extra = tuple((name, str(foreign.id)) for name in columns())
    for address in every_address():
        if not address.declared.posts or address.of_account or not address.open_to(scene, who):
            continue
        declared = address.declared.form
        beside = tuple(pair for pair in extra if pair[0] not in declared)
        for ask in address.asks(keys, **address.filled(keys, scene.record_of(who).id)):
            if ask.method == "POST":
                plain = one.answer(ask)
                loaded = one.answer(replace(ask, form=(*ask.form, *beside)))
                assert plain.written == loaded.written, str(ask)
                assert not loaded.unlike(plain), str(ask)
                wrote |= plain.wrote
    # Rows were written indeed: by each of them some, by the holder a mask.
    assert wrote
    assert who != "jeanne" or "access_mask" in wrote


@pytest.mark.parametrize("who", some("jeanne", "petit"))
def test_a_body_of_another_form_is_no_form(who, scene, asker):
    """JSON with every key right writes nothing: no door of pages reads it."""
    one, asked = asker(who), 0
    keys = Keys(scene, who)
    body = json.dumps({
        "record_id": str(scene.records["foreign"].id), "title": "x", "e": keys.elements()[0],
        "id": str(scene.elements["foreign"]["document"].id),
    })  # fmt: skip
    for address in every_address():
        if address.declared.posts and address.open_to(scene, who) and not address.declared.before:
            words = address.filled(keys, scene.record_of(who).id)
            ask = next(a for a in address.asks(keys, **words) if a.method == "POST")
            with one.sending_json(body):
                said = one.answer(replace(ask, form=()))
            nothing = one.answer(replace(ask, form=()))
            asked += 1
            assert said.written in ([], nothing.written), str(ask)
    assert asked > 10
