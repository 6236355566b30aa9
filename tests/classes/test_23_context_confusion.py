"""Class 23: opening one person's page in a second tab changes whose page the first one saves.

OpenEMR keeps "the patient" in the session: two tabs, and a form of one is saved for the other
(CVE-2026-27943, #13965, and a warning in its manual).
"""

from __future__ import annotations

import pytest
from django.db import connection
from django.urls import reverse

from access.models import Delegation
from tests.access.cast import LONG_AGO, NOON
from tests.classes.asking import every_address, some
from tests.interference.traces import give_door
from tests.interference.values import Keys
from tests.interference.walking import Ask
from tests.jeanne import circle_period


GESTURE = "01900000-0000-7000-8000-000000000001"


def two_records(scene, who):
    """The record of the first tab and another that this person may open as well."""
    first, second = scene.record_of(who), scene.records["foreign"]
    if who == "jeanne":
        Delegation.objects.create(
            record=second, person=scene.world.holder, everything=True, can_write=True,
            since=LONG_AGO, until=NOON.replace(year=2027),
        )  # fmt: skip
    elif who == "petit":
        pro = scene.world.professionals[who]
        circle_period(second, "treating_gp", professional=pro.professional, user=pro.user)
    else:
        give_door(second, scene.world.professionals[who])
    return first, second


@pytest.mark.parametrize("who", some("petit", "jeanne", "martin"))
def test_a_form_is_saved_for_the_record_of_its_address(who, scene, asker, as_owner):
    """Between the form and its press, pages of another record are opened in the session."""
    with as_owner():
        first, second = two_records(scene, who)
    keys, one, wrote = Keys(scene, who), asker(who), set()
    others = [
        reverse(f"records:{page}", kwargs={"record_id": second.id}) for page in ("home", "entries")
    ]
    for address in every_address():
        if "record_id" not in address.words or not address.declared.posts:
            continue
        if not address.open_to(scene, who):
            continue
        for ask in address.asks(keys, **address.filled(keys, first.id)):
            if ask.method != "POST":
                continue
            alone = one.answer(ask)
            with one.after(others):
                between = one.answer(ask)
            wrote |= alone.wrote
            mine = [(sql, said) for sql, said in between.written if str(second.id) not in said]
            assert [sql for sql, _said in alone.written] == [sql for sql, _said in mine], str(ask)
            for sql, said in between.written:
                if str(second.id) in said:  # that the other record was read is journalled
                    assert "journal" in sql, f"{ask}: {sql}"
            assert between.status == alone.status, str(ask)
    assert wrote


def test_a_capacity_taken_in_a_second_tab_is_not_mixed_with_the_first(scene, as_owner):
    """A doctor who is also a patient: their own record's form, pressed as a doctor, is refused."""
    world, record = scene.world, scene.records["jeanne"]
    with as_owner():
        user = world.users["jeanne"]
        user.professional = world.professionals["garnier"].professional
        user.save()
    client = scene.browser("jeanne")
    path = reverse("access:hide", kwargs={"record_id": record.id})
    letter = scene.elements["jeanne"]["letter"].id
    about = f"{path}?e={letter}&from=everyone"
    assert client.get(about).status_code == 200
    practice = world.professionals["garnier"].practice.id
    other = client.post(reverse("access:capacity"), {"capacity": f"professional:{practice}"})
    assert other.status_code == 302
    assert client.get(about).status_code == 404
    pressed = client.post(
        about, {"e": str(letter), "gesture": GESTURE,
                "lasting": "always"},
    )  # fmt: skip
    assert pressed.status_code == 404
    with as_owner(), connection.cursor() as cursor:
        cursor.execute("select count(*) from access_mask where gesture = %s", [GESTURE])
        assert cursor.fetchone() == (0,)


def test_while_one_looks_through_other_eyes_nothing_is_written(scene, asker):
    """The frame is the session's: in another tab every form is refused, for any record."""
    one, keys, pressed = asker("jeanne_as_petit"), Keys(scene, "jeanne_as_petit"), 0
    for address in every_address():
        writes = address.declared.posts and "record_id" in address.words
        if not writes or address.name in {"access:see_as", "access:see_as_leave"}:
            continue
        for ask in address.asks(keys, **address.filled(keys, scene.records["jeanne"].id)):
            if ask.method == "POST" and address.open_to(scene, "jeanne"):
                answer = one.answer(ask)
                pressed += 1
                assert not {name for name in answer.wrote if "journal" not in name}, str(ask)
    assert pressed > 10


def test_the_address_alone_says_whose_page_it_is(scene, asker):
    """Nothing of one record on a page of another, whatever was opened before."""
    petit = asker("petit")
    leo, jeanne = scene.records["leo"], scene.records["jeanne"]
    with petit.after([f"/dossiers/{leo.id}/", f"/dossiers/{leo.id}/documents/"]):
        page = petit.answer(Ask("records:documents", f"/dossiers/{jeanne.id}/documents/"))
    assert page.shown
    assert b"Jeanne" in page.body
    assert not page.holds("Léo", "Vidal", leo.id)
