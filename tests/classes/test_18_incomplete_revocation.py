"""Class 18: a right is taken back, and some door goes on as if it weren't.

Nextcloud let a shared file outlive the share (CVE-2026-45543), Blue Button renewed an expired
grant (PR #1163), Papra never looked at the end of a key (CVE-2026-35462).
"""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest
from django.utils import timezone

from access import tokens
from access.models import (
    AccessToken,
    Authorisation,
    Block,
    Delegation,
    Opening,
    Practice,
    Professional,
    RecordUserGrant,
    User,
)
from records.models import Record, Representation
from tests.access.cast import NOON
from tests.classes.asking import every_address
from tests.interference.questions import WHOLE
from tests.interference.values import Keys
from tests.interference.walking import Ask


JUST_NOW = NOON - dt.timedelta(seconds=1)


#: Every kind of right, who lives by it, and how it goes.
REVOKED = {
    "circle": ("nurse", lambda s: Authorisation.objects.filter(
        professional_id=s.world.professionals["nurse"].id).update(ended_at=JUST_NOW)),
    "guardian's row": ("nurse", lambda s: RecordUserGrant.objects.filter(
        user=s.world.users["nurse"]).delete()),
    "last day": ("nurse", lambda s: Authorisation.objects.filter(
        professional_id=s.world.professionals["nurse"].id).update(until=JUST_NOW)),
    "block": ("nurse", lambda s: Block.objects.create(
        record=s.records["jeanne"], professional=s.world.professionals["nurse"].professional,
        since=JUST_NOW)),
    "structure": ("pharmacist", lambda s: Authorisation.objects.filter(
        structure=s.world.pharmacy).update(ended_at=JUST_NOW)),
    "place of work": ("pharmacist", lambda s: Practice.objects.filter(
        id=s.viewers["pharmacist"].practice.id).update(until=JUST_NOW)),
    "register": ("emergency", lambda s: Professional.objects.filter(
        id=s.viewers["emergency"].professional_id).update(registration_ended_at=JUST_NOW)),
    "share": ("shared", lambda _s: Authorisation.objects.filter(kind="share").update(
        ended_at=JUST_NOW)),
    "emergency": ("emergency", lambda _s: Opening.objects.filter(kind="emergency").update(
        ended_at=JUST_NOW)),
    "regulation": ("samu", lambda _s: Opening.objects.filter(kind="regulation").update(
        until=JUST_NOW)),
    "delegation": ("delegate", lambda _s: Delegation.objects.update(ended_at=JUST_NOW)),
    "delegation's day": ("helper", lambda _s: Delegation.objects.update(until=JUST_NOW)),
    "representation": ("guardian", lambda _s: Representation.objects.update(until=JUST_NOW)),
    "suspension": ("mother", lambda _s: Representation.objects.update(suspended_at=JUST_NOW)),
    "account": ("petit", lambda s: User.objects.filter(
        id=s.world.users["petit"].id).update(is_active=False)),
    "account of the holder": ("jeanne", lambda s: User.objects.filter(
        id=s.world.users["jeanne"].id).update(is_active=False)),
    "closed": ("nurse", lambda _s: Record.objects.update(status="closed")),
    "suspended": ("pharmacist", lambda _s: Record.objects.update(status="suspended")),
    "died": ("jeanne", lambda _s: Record.objects.update(died_on=NOON.date())),
}  # fmt: skip


OPEN = {}


def asked_of_a_record(scene, who, keys):
    """Every door that is read, about a record or by the key of something in one."""
    for address in every_address():
        about = "record_id" in address.words or {"document_id", "file_id"} & set(address.words)
        if not about or address.declared.before or not address.open_to(scene, who):
            continue
        asks = address.asks(keys, **address.filled(keys, scene.record_of(who).id))
        yield from (ask for ask in asks if ask.method == "GET")


@pytest.mark.parametrize("right", sorted(REVOKED))
def test_every_door_that_was_open_is_shut_at_the_next_request(right, scene, asker, as_owner):
    """In the same session, with the same addresses, at each of them."""
    who, revoke = REVOKED[right]
    keys, one, own = Keys(scene, who), asker(who), scene.record_of(who).id
    if (who, own) not in OPEN:  # the scene and its keys are the same in every test
        OPEN[who, own] = [
            ask for ask in asked_of_a_record(scene, who, keys) if one.answer(ask).shown
        ]
    open_before = OPEN[who, own]
    assert open_before
    with as_owner():
        revoke(scene)
    # Each right at some of the doors, all of them among the rights.
    step = 1 if WHOLE else max(1, len(open_before) // 8)
    for ask in open_before[sorted(REVOKED).index(right) % step :: step]:
        answer = one.answer(ask)
        assert not answer.shown, f"{right}: {ask}"
        others = [key for key in keys.seen if key not in ask.address]
        names = () if who == "jeanne" else ("Jeanne", "Léo")  # her own is on every page
        assert not answer.holds(*names, *others), f"{right}: {ask}"
        assert not answer.acts or right == "died"


@pytest.mark.parametrize("how", ["ended", "expired", "user", "place"])
def test_a_machines_key_is_looked_at_each_time(how, scene, asker, as_owner):
    user, practice = scene.world.users["nurse"], scene.viewers["nurse"].practice
    with as_owner():
        token = tokens.make_token(user=user, capacity=f"professional:{practice.id}")
    letter = scene.elements["jeanne"]["scan"].id
    one = asker("anonymous")
    ask = Ask("fhir:document", f"/fhir/DocumentReference/{letter}",
              headers=(("Authorization", f"Bearer {token}"),))  # fmt: skip
    assert one.answer(ask).shown
    with as_owner():
        if how == "ended":
            AccessToken.objects.update(ended_at=timezone.now())
        elif how == "expired":
            AccessToken.objects.update(expires_at=timezone.now())
        elif how == "user":
            User.objects.filter(id=user.id).update(is_active=False)
        else:
            Practice.objects.filter(id=practice.id).update(until=JUST_NOW)
    without = one.answer(replace(ask, headers=(("Authorization", "Bearer nothing"),)))
    answer = one.answer(ask)
    assert not answer.shown
    assert how == "place" or not answer.unlike(without)
