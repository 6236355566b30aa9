"""A sensitive subject is offered to be kept to oneself: to the holder alone, once, gently."""

from __future__ import annotations

import datetime as dt
import re
import uuid

import pytest
from django.test import Client
from django.urls import reverse

from access import masks
from access.binding import binding, frozen_clock
from access.masks import Audience, Target
from access.masks.subjects import subject_key
from access.models import Mask, MaskAudience, MaskTarget, Notice
from access.policy import NotVisible
from access.viewer import Role
from records.dossier.home import read_home
from tests.access import cast
from tests.access.cast import NOON


MENTAL, PREGNANCY = 1, 4


def offered(viewer, record):
    with binding(viewer, at=NOON):
        return [one.bit for one in read_home(by=viewer, record_id=record.id).offers]


def test_a_subject_is_offered_to_the_holder_alone_until_decided_or_put_aside(world, as_owner):
    asked = {"by": world.jeanne, "record_id": world.record.id}
    with as_owner():
        guardian = cast.person("Aline")
        cast.represent(world.record, guardian, ground="guardian")
        aline = cast.family_viewer(guardian, Role.REPRESENTATIVE)
        cast.document(world.record, by=world.garnier)
    assert offered(world.jeanne, world.record) == []
    with as_owner():
        cast.document(world.record, by=world.garnier, categories=MENTAL)
        cast.line(world.record, categories=PREGNANCY)
        waits = dt.date(2026, 7, 4)
        cast.document(world.record, by=world.garnier, categories=8, unannounced_until=waits)
    assert offered(world.jeanne, world.record) == [MENTAL, PREGNANCY]
    assert offered(aline, world.record) == []
    assert not Mask.objects.exists(), "off by default"

    with binding(world.jeanne, at=NOON):
        masks.hide(
            **asked, others=[Target(MaskTarget.CATEGORY, categories=PREGNANCY)],
            audience=Audience(MaskAudience.EVERYONE), gesture=uuid.uuid4(),
        )  # fmt: skip
    assert offered(world.jeanne, world.record) == [MENTAL]
    key = Target(MaskTarget.CATEGORY, categories=MENTAL).key(world.record.id)
    for _twice in range(2):
        with binding(world.jeanne, at=NOON):
            masks.put_subjects_aside(**asked, keys=[key.removeprefix("subject:")])
    assert offered(world.jeanne, world.record) == []
    [row] = Notice.objects.filter(kind="put_aside")
    assert not row.body, "nobody reads from it which subject it was"
    with binding(world.jeanne, at=NOON):
        assert read_home(**asked).told == ()
    for bad in ([], ["zzz"]):
        with binding(world.jeanne, at=NOON), pytest.raises(NotVisible):
            masks.put_subjects_aside(**asked, keys=bad)
    with binding(aline, at=NOON), pytest.raises(NotVisible):
        masks.put_subjects_aside(by=aline, record_id=world.record.id, keys=["zzz"])


def test_what_another_record_decided_or_holds_is_offered_on_its_own(world, as_owner):
    with as_owner():
        cast.document(world.record, by=world.garnier, categories=MENTAL)
        other = cast.record(cast.person("Autre"))
        cast.document(other, categories=PREGNANCY)
        Mask.objects.create(
            record=other, target="category", target_categories=MENTAL, audience="everyone",
            since=NOON,
        )  # fmt: skip
    assert offered(world.jeanne, world.record) == [MENTAL]
    with as_owner():
        # Put aside by an end too: they have thought of it.
        Mask.objects.create(
            record=world.record, target="category", target_categories=MENTAL | PREGNANCY,
            audience="everyone", since=NOON, ended_at=NOON,
        )  # fmt: skip
        cast.line(world.record, categories=PREGNANCY | 8)
    assert offered(world.jeanne, world.record) == [8]


def test_the_key_of_a_subject_outlives_a_release(settings):
    """Addresses are kept by browsers, and what was put aside is known by it."""
    settings.DMP_INDEX_KEY = bytes(range(32))
    assert subject_key(uuid.UUID(int=8), PREGNANCY) == "98c63bedea78"


def test_a_delegate_is_offered_nothing(world, as_owner):
    with as_owner():
        cast.document(world.record, by=world.garnier, categories=MENTAL)
        paul = cast.person("Paul")
        cast.delegate(world.record, paul)
        delegate = cast.family_viewer(paul, Role.DELEGATE)
    assert offered(delegate, world.record) == []
    key = Target(MaskTarget.CATEGORY, categories=MENTAL).key(world.record.id)
    bare = key.removeprefix("subject:")
    for viewer, keys in ((delegate, [bare]), (world.jeanne, [bare, "zzz"])):
        with binding(viewer, at=NOON), pytest.raises(NotVisible):
            masks.put_subjects_aside(by=viewer, record_id=world.record.id, keys=keys)
    assert not Notice.objects.exists()


def test_the_offer_is_folded_and_no_title_says_the_subject(world, as_owner):
    with as_owner():
        cast.document(world.record, by=world.garnier, categories=MENTAL)
    client = Client()
    client.force_login(cast.User.objects.get(id=world.jeanne.user_id))
    session = client.session
    session["capacity"], session["second_factor"] = f"patient:{world.record.id}", "totp"
    session.save()
    with frozen_clock(NOON):
        said = client.get(reverse("records:home", args=[world.record.id])).content.decode()
        unfolded = re.sub(r"<details.*?</details>", "", said, flags=re.DOTALL)
        assert "Santé mentale" in said
        assert "Santé mentale" not in unfolded
        key = re.search(r'name="subject" value="(\w+)"', said).group(1)
        address = reverse("access:offers_aside", args=[world.record.id])
        said = client.post(address, {"subject": key}, follow=True).content.decode()
    assert "Santé mentale" not in said
    assert "Vous pouvez toujours ajouter une règle" in said
