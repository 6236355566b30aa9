"""What an address carries of a mask, there and back; anything else is nobody and nothing."""

from __future__ import annotations

import uuid

import pytest

from access.binding import binding
from access.masks.aims import Audience, Target, hidden_from, name_of
from access.models import MaskAudience, MaskTarget
from access.policy import NotVisible
from tests.access import cast
from tests.access.cast import NOON


KEY = uuid.UUID(int=7)
RECORD = uuid.UUID(int=8)
AUDIENCES = (
    Audience(MaskAudience.EVERYONE),
    Audience(MaskAudience.PROFESSION, profession="70"),
    Audience(MaskAudience.PROFESSIONAL, KEY),
    Audience(MaskAudience.STRUCTURE, KEY),
    Audience(MaskAudience.DELEGATE, KEY),
)
TARGETS = (
    Target(MaskTarget.EVERYTHING),
    Target(MaskTarget.EPISODE, KEY),
    Target(MaskTarget.PROFESSIONAL, KEY),
    Target(MaskTarget.CATEGORY, categories=1),
)


@pytest.mark.parametrize("audience", AUDIENCES, ids=lambda one: one.kind.value)
def test_an_audience_comes_back_as_it_went(audience):
    assert Audience.parse(audience.key) == audience


@pytest.mark.parametrize("target", TARGETS, ids=lambda one: one.kind.value)
def test_a_target_comes_back_as_it_went(target):
    assert Target.parse(target.key(RECORD), RECORD) == target


def test_keys_say_the_kind_then_the_key():
    assert Audience(MaskAudience.STRUCTURE, KEY).key == f"structure:{KEY}"
    assert Target(MaskTarget.EPISODE, KEY).key(RECORD) == f"episode:{KEY}"


@pytest.mark.parametrize(
    "key",
    ["", "everyone:70", "profession:", "professional:", "professional:x", f"somebody:{KEY}"],
)
def test_anything_else_is_nobody(key):
    with pytest.raises(NotVisible):
        Audience.parse(key)


@pytest.mark.parametrize(
    "key",
    ["", "everything:1", "episode:", "episode:x", f"element:{KEY}", f"category:{KEY}",
     "subject:", "subject:x", f"subject:{KEY}"],
)  # fmt: skip
def test_anything_else_is_nothing(key):
    with pytest.raises(NotVisible):
        Target.parse(key, RECORD)


def test_a_subject_of_one_record_is_none_of_another():
    with pytest.raises(NotVisible):
        Target.parse(TARGETS[-1].key(RECORD), KEY)


def test_a_profession_written_by_somebody_else_is_cut():
    assert Audience.parse("profession:" + "7" * 50).profession == "7" * 10


def test_each_audience_is_said_by_its_name_and_nobody_by_none(world, as_owner):
    with as_owner():
        paul = cast.person("Paul", "Roux")
        cast.delegate(world.record, paul)
        other = cast.record(cast.person("Nadia"))
    said = {
        Audience(MaskAudience.EVERYONE): "à tous les professionnels",
        Audience(MaskAudience.PROFESSION, profession="70"): "à toute une profession",
        Audience(MaskAudience.PROFESSIONAL, world.martin.id): "au Dr Martin",
        Audience(MaskAudience.STRUCTURE, world.pharmacy.id): "à la Pharmacie du Port",
        Audience(MaskAudience.DELEGATE, paul.id): "à Paul Roux",
    }
    nobody = [
        Audience(kind, uuid.uuid4()) for kind in MaskAudience if kind is not MaskAudience.EVERYONE
    ]
    with binding(world.jeanne, at=NOON):
        for audience, words in said.items():
            assert hidden_from(audience, world.record.id).startswith(words)
        for audience in (*nobody, *(Audience(one.kind) for one in nobody)):
            with pytest.raises(NotVisible):
                name_of(audience, world.record.id)
        with pytest.raises(NotVisible):
            name_of(Audience(MaskAudience.DELEGATE, paul.id), other.id)
