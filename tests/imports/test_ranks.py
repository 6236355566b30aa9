"""Care sent under an insured parent's number and a rank fills one record, nobody else's."""

from __future__ import annotations

import dataclasses
import datetime as dt
import uuid

import pytest

from access.policy import Refused
from imports import filling
from imports.models import PersonAlias
from records.identifiers import nir_key
from records.keys import unseal_with_master
from records.models import DoctorProposal, Filling, Record, RecordIdentifier
from records.opening import Identity
from records.traits import Traits
from tests.imports.persons import LOAD, claim, declared_doctor, illness, key, lines_of
from tests.records.opening.conftest import (
    ELODIE,
    ELODIE_NIR,
    FAMILY_CARD,
    JULES,
    JULES_NIR,
    counter,
    noon,
    opening,
    pharmacist,
)
from tests.records.opening.desk import compare, create, put_in


pytestmark = pytest.mark.django_db
__all__ = ["counter", "noon", "opening", "pharmacist"]

PARENT = Identity(ELODIE_NIR, ELODIE, "cni", ranked=f"{ELODIE_NIR}:1")
RECENT = dt.date(2026, 10, 2)


def child(order, first, born_on, rank):
    body = f"1{born_on:%y%m}29084{order:03d}"
    traits = Traits("TANGUY", first, "M", born_on, "29084")
    return Identity(body + nir_key(body), traits, "family_book", ranked=f"{ELODIE_NIR}:{rank}")


TWINS_BORN = dt.date(2020, 5, 5)
CHILDREN = {
    "elder": child(101, "Jules Malo", dt.date(2018, 10, 12), 1),
    "first twin": child(102, "Ewen", TWINS_BORN, 1),
    "second twin": child(103, "Erwan", TWINS_BORN, 2),
}


@pytest.fixture
def family(opening):
    """The parent and three children, each with a record opened from the one card."""
    made = {"parent": opening(identity=PARENT).record_id}
    for name, identity in CHILDREN.items():
        made[name] = opening(identity=identity, representative=PARENT).record_id
    return made


def send(name, rank, born_on, section="MED"):
    """One line of the fund's file, under the parent's number and a rank."""
    claim(
        name, key(f"{ELODIE_NIR}:{rank}", "nir:rank"), birth_date=born_on, care_start=RECENT,
        section=section,
    )  # fmt: skip


def filled(family):
    return {name: set(lines_of(record)) for name, record in family.items() if filling.fill(record)}


def test_each_of_the_card_gets_their_own_care_and_nobody_else_s(family, as_owner):
    with as_owner():
        send("of the parent", 1, ELODIE.born_on)
        send("of the elder", 1, CHILDREN["elder"].traits.born_on)
        send("of the first twin", 1, TWINS_BORN)
        send("of the second twin", 2, TWINS_BORN)
        send("of a child without record", 1, dt.date(2023, 1, 1))
        send("of a second twin without record", 2, dt.date(2023, 1, 1))
        claim("under their own", key(CHILDREN["elder"].nir), care_start=RECENT,
              birth_date=CHILDREN["elder"].traits.born_on)  # fmt: skip

        assert filled(family) == {
            "parent": {"of the parent"},
            "elder": {"of the elder", "under their own"},
            "first twin": {"of the first twin"},
            "second twin": {"of the second twin"},
        }


def test_care_before_the_window_is_counted_for_whose_it_is(family, as_owner):
    with as_owner():
        claim("old", key(f"{ELODIE_NIR}:1", "nir:rank"), birth_date=ELODIE.born_on,
              care_start=dt.date(2020, 6, 1))  # fmt: skip
        filled(family)

        assert [
            name for name, record in family.items()
            if Filling.objects.get(record_id=record).older_lines
        ] == ["parent"]  # fmt: skip


def test_what_is_sent_without_a_birth_date_is_nobody_s_under_a_shared_number(family, as_owner):
    """Long-term illnesses and declared doctors name no birth date: whose they are isn't known."""
    shared = key(f"{ELODIE_NIR}:1", "nir:rank")
    with as_owner():
        PersonAlias.objects.create(pseudonym_key=key("P1", "psa"), person_key=shared, load_id=LOAD)
        for person in (shared, key("P1", "psa")):
            illness("F20", dt.date(2024, 1, 1), person)
            declared_doctor("10100997245", dt.date(2024, 1, 1), person)
        illness("E11", dt.date(2024, 1, 1), key(ELODIE_NIR))

        assert filled(family) == {
            "parent": {"E11|2024-01-01"}, "elder": set(), "first twin": set(), "second twin": set()
        }  # fmt: skip
        assert not DoctorProposal.objects.exists()


def test_a_pseudonym_of_a_shared_number_is_taken_with_the_birth_date(family, as_owner):
    with as_owner():
        shared = key(f"{ELODIE_NIR}:1", "nir:rank")
        PersonAlias.objects.create(pseudonym_key=key("P1", "psa"), person_key=shared, load_id=LOAD)
        claim("A", key("P1", "psa"), birth_date=TWINS_BORN, care_start=RECENT)

        found = filled(family)

        assert [name for name, lines in found.items() if lines] == ["first twin"]


def test_the_rank_is_kept_sealed_beside_the_child_s_own_number(family):
    for name, identity in CHILDREN.items():
        kept = {
            row.system: (bytes(row.digest), opened(row))
            for row in RecordIdentifier.objects.filter(record_id=family[name], until=None)
        }
        assert kept == {
            "1.2.250.1.213.1.4.10": (key(identity.nir), identity.nir),
            "nir:rank": (key(identity.ranked, "nir:rank"), identity.ranked),
        }


def opened(row):
    return unseal_with_master(bytes(row.value_sealed), about=row.id.bytes).decode()


def test_two_children_that_nothing_tells_apart_are_the_fund_s_to_sort(family, opening):
    before = Record.objects.count()
    third = child(104, "Tugdual", TWINS_BORN, 2)

    with pytest.raises(Refused) as refused:
        opening(identity=third, representative=PARENT)

    assert "vérifiée par la caisse" in refused.value.reason
    assert Record.objects.count() == before


def test_a_rank_found_at_a_reopening_is_kept_once(opening):
    plain = dataclasses.replace(CHILDREN["elder"], ranked="")
    made = opening(identity=plain, representative=PARENT)
    for _ in range(2):
        Record.objects.filter(id=made.record_id).update(status="closed")
        opening(identity=CHILDREN["elder"], representative=PARENT, attempt=uuid.uuid4())

    ranks = RecordIdentifier.objects.filter(record_id=made.record_id, system="nir:rank")
    assert ranks.count() == 1


def test_the_counter_takes_the_rank_from_the_card(counter, noon):
    page = put_in(counter, FAMILY_CARD)
    page = counter.post("/ouvrir/personne/", {"person": "1"}, follow=True)
    page = compare(counter, page, f"{JULES.born_on:%d/%m/%Y}", "family_book")
    create(counter, page, consent="0")

    kept = RecordIdentifier.objects.get(system="nir:rank")
    assert opened(kept) == f"{ELODIE_NIR}:1"
    assert kept.record.holder.born_on == JULES.born_on
    assert kept.record_id == RecordIdentifier.objects.get(digest=key(JULES_NIR)).record_id
