"""What an address carries of a mask, there and back; anything else is nobody and nothing."""

from __future__ import annotations

import datetime as dt
import uuid

import pytest

from access import policy
from access.binding import binding
from access.circle.deciding import may_decide
from access.masks.aims import (
    Audience,
    Target,
    check_audience,
    check_targets,
    hidden_from,
    name_of,
    target_words,
)
from access.models import MaskAudience, MaskTarget
from access.policy import NotVisible, Refused
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
        Audience(MaskAudience.PROFESSION, profession="10"): "à toute une profession (Médecin)",
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


# --- what may be aimed at ---


def aiming(jeanne, check):
    """Ask as Jeanne: « check » raises, or nothing."""
    with binding(jeanne.viewers["jeanne"], at=NOON):
        check(may_decide(by=jeanne.viewers["jeanne"], record_id=jeanne.record.id))


def test_only_a_live_delegate_is_hidden_from(jeanne, as_owner):
    with as_owner():
        gone = cast.person("Ana", "Ruiz")
        cast.delegate(jeanne.record, gone, until=NOON - dt.timedelta(days=1))
    paul = jeanne.viewers["delegate"].person_id
    aiming(jeanne, lambda by: check_audience(Audience(MaskAudience.DELEGATE, paul), by))
    with pytest.raises(NotVisible):
        aiming(jeanne, lambda by: check_audience(Audience(MaskAudience.DELEGATE, gone.id), by))


def test_nothing_is_hidden_from_the_treating_gp_by_name(jeanne):
    martin, petit = (
        Audience(MaskAudience.PROFESSIONAL, jeanne.professionals[name].id)
        for name in ("martin", "petit")
    )
    aiming(jeanne, lambda by: check_audience(martin, by))
    with pytest.raises(Refused, match="Le Dr Petit est votre médecin traitant"):
        aiming(jeanne, lambda by: check_audience(petit, by))


def test_what_has_no_key_is_no_element(jeanne):
    with pytest.raises(NotVisible):
        aiming(jeanne, lambda by: check_targets([Target(MaskTarget.ELEMENT)], by.dossier.standing))


def test_a_care_is_hidden_by_who_sees_something_of_it(jeanne, as_owner):
    with as_owner():
        type(jeanne.letter).objects.filter(id=jeanne.letter.id).update(episodes=[KEY])
        waits = uuid.UUID(int=9)
        type(jeanne.waits).objects.filter(id=jeanne.waits.id).update(episodes=[waits])
    aiming(jeanne, lambda by: check_targets([TARGETS[1]], by.dossier.standing))
    for unseen in (waits, uuid.UUID(int=10)):
        target = Target(MaskTarget.EPISODE, unseen)
        with pytest.raises(NotVisible):
            aiming(jeanne, lambda by: check_targets([target], by.dossier.standing))  # noqa: B023


def test_a_professional_is_aimed_at_who_wrote_or_did_something_or_exists(jeanne, as_owner):
    unknown, author, performer, prescriber = (uuid.UUID(int=number) for number in range(20, 24))
    with as_owner():
        cast.document(jeanne.record, author_id=author)
        cast.line(jeanne.record, performer_id=performer)
        cast.line(jeanne.record, prescriber_id=prescriber)
    stranger = jeanne.professionals["stranger"].id
    for known in (author, performer, prescriber, stranger):
        target = Target(MaskTarget.PROFESSIONAL, known)
        aiming(jeanne, lambda by: check_targets([target], by.dossier.standing))  # noqa: B023
    for nobody in (unknown, None):
        target = Target(MaskTarget.PROFESSIONAL, nobody)
        with pytest.raises(NotVisible):
            aiming(jeanne, lambda by: check_targets([target], by.dossier.standing))  # noqa: B023


@pytest.mark.parametrize("categories", [0, -1, 128, 129])
def test_a_subject_is_one_of_the_seven_or_several(jeanne, categories):
    both, none = (Target(MaskTarget.CATEGORY, categories=bits) for bits in (127, categories))
    aiming(jeanne, lambda by: check_targets([both], by.dossier.standing))
    with pytest.raises(NotVisible):
        aiming(jeanne, lambda by: check_targets([none], by.dossier.standing))


def test_what_is_aimed_at_is_said_in_words(jeanne, as_owner):
    garnier = jeanne.professionals["garnier"]
    with as_owner():
        type(jeanne.letter).objects.filter(id=jeanne.letter.id).update(episodes=[KEY])
        type(jeanne.scan).objects.filter(id=jeanne.scan.id).update(
            episodes=[uuid.UUID(int=6), KEY], occurred_on=dt.date(2026, 1, 1)
        )
        # Whatever its key, what came later isn't what a care began with.
        cast.document(jeanne.record, id=uuid.UUID(int=1), episodes=[KEY],
                      occurred_on=dt.date(2026, 5, 6))  # fmt: skip
    said = {
        Target(MaskTarget.EVERYTHING): "Tout le dossier",
        Target(MaskTarget.EPISODE, KEY): (
            "Tout ce qui va avec : Lettre du cardiologue, 4\xa0mai 2026"
        ),
        Target(MaskTarget.EPISODE, uuid.UUID(int=5)): "Tous les éléments d'un même soin",
        Target(MaskTarget.CATEGORY, categories=1 | 8): "Santé mentale, Addictions",
        Target(MaskTarget.PROFESSIONAL, garnier.id): (
            "Tout ce que le Dr Garnier a fait ou prescrit"
        ),
        Target(MaskTarget.PROFESSIONAL, KEY): "Tout ce qu'un professionnel a fait ou prescrit",
        Target(MaskTarget.PROFESSIONAL): "",
        Target(MaskTarget.ELEMENT): "",
        Target(MaskTarget.ELEMENT, jeanne.letter.id): "Lettre du cardiologue",
        Target(MaskTarget.ELEMENT, jeanne.waits.id): "",
    }
    with binding(jeanne.viewers["jeanne"], at=NOON):
        standing = policy.standing_on(jeanne.record.id)
        found = {target: target_words(target, standing) for target in said}
    assert found == said
