"""Class 5: one address, one method or one kind of file was forgotten, and nothing stood before it.

care served files whose rule was still to be written ("allowed = True", #3369); OpenEMR's document
and insurance routes had none (CVE-2026-25164, -33915), OpenMRS's module pages neither
(GHSA-4w59-mg6c-76ch, #6318, #6324, #6186).
"""

from __future__ import annotations

from dataclasses import replace
from http import HTTPStatus

import pytest
from django.urls import URLPattern, URLResolver, get_resolver

from access.viewer import Role
from tests.classes.asking import every_address, some
from tests.interference.scene import OWN_RECORD, THROUGH
from tests.interference.values import Keys
from tests.interference.walking import Ask


METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND")
#: Files of the pages themselves, health and languages: outside of any record.
OF_THE_WIRING = {"set_language", "healthz", "readyz", "static"}


def patterns(resolver):
    for entry in resolver.url_patterns:
        if isinstance(entry, URLResolver):
            yield from patterns(entry)
        elif isinstance(entry, URLPattern):
            yield entry


def test_every_address_has_a_rule_that_names_capacities_or_says_that_it_is_public():
    for address in every_address():
        door = getattr(address.pattern.callback, "door", None) or getattr(
            getattr(address.pattern.callback, "cls", None), "door", None
        )
        if address.name in OF_THE_WIRING or address.of_account:
            continue
        assert door is not None, address.name
        assert door.roles, address.name
        assert door.public or Role.ANONYMOUS not in door.roles, address.name
        assert door.public or door.second_factor or "record_id" not in address.words


def test_what_is_public_knows_no_record():
    for address in every_address():
        callback = address.pattern.callback
        door = getattr(callback, "door", None)
        if door is not None and door.public:
            assert "record_id" not in address.words, address.name
            assert not {"element", "patient"} & {*address.declared.query.values()}, address.name


@pytest.mark.parametrize("who", some("half", "nobody", "anonymous", "agent", first=2))
def test_who_has_no_business_with_a_record_gets_one_answer_at_all_its_addresses(who, scene, asker):
    """Whatever the address and the method: what one gets at an address of nothing at all."""
    keys, one, own = Keys(scene, who), asker(who), scene.records["jeanne"].id
    answers = {}
    for address in every_address():
        if "record_id" not in address.words or (address.open_to(scene, who) and who != "half"):
            continue
        path = next(address.asks(keys, **address.filled(keys, own))).path
        for method in METHODS if who == "nobody" else ("GET", "POST", "DELETE"):
            answer = one.answer(Ask(address.name, path, method))
            assert not answer.shown or answer.status == HTTPStatus.NO_CONTENT, f"{method} {path}"
            assert not answer.wrote, f"{method} {path}"
            assert not answer.acts, f"{method} {path}"
            others = [key for key in keys.seen if key not in path]
            assert not answer.holds(scene.world.holder.used_name, *others), f"{method} {path}"
            shape = answer.body.replace(path.encode(), b"")
            answers.setdefault((method, address.name.startswith("fhir:"), answer.status),
                               set()).add(len(shape))  # fmt: skip
    assert len(answers) >= 3


@pytest.mark.parametrize("who", some("jeanne", "petit", "administrator"))
def test_a_method_that_a_door_does_not_declare_does_nothing(who, scene, asker):
    keys, one, asked = Keys(scene, who), asker(who), 0
    for address in every_address():
        if address.of_account or not address.open_to(scene, who):
            continue
        [*asks] = address.asks(keys, **address.filled(keys, scene.record_of(who).id))
        form = next((ask.form for ask in asks if ask.method == "POST"), ())
        for method in ("PUT", "PATCH", "DELETE", *(() if address.declared.posts else ("POST",)),
                       *(() if address.declared.gets else ("GET",))):  # fmt: skip
            answer = one.answer(replace(asks[0], method=method, form=form if method == "POST"
                                        else (), before=""))  # fmt: skip
            asked += 1
            assert answer.status in {404, 405, 302, 400, 403, 415}, f"{method} {asks[0].path}"
            assert not answer.written, f"{method} {asks[0].path}"
    assert asked > 20


def test_every_capacity_of_the_scene_is_asked_somewhere():
    """A new role without a viewer in the scene would be walked by nobody."""
    assert set(OWN_RECORD) - set(THROUGH)
    assert len(list(patterns(get_resolver()))) == len(every_address())
