"""An emergency opening of a minor's record: what their parent reads of it, and of its end."""

from __future__ import annotations

import datetime as dt

from django.urls import reverse

from access.models import Opening
from records.identifiers import INS_TEST, identifier_digest
from records.models import Person, RecordIdentifier
from tests.access.test_emergency import TEXT, acts, ask, status
from tests.access.test_see_as import looking
from tests.jeanne import NIR
from tests.records.test_every_viewer import address


def test_a_parent_reads_no_words_a_doctor_typed_nor_that_the_minor_ended_it(jeanne, as_owner):
    roche = jeanne.browser("stranger")
    with as_owner():
        born = dt.date(2010, 3, 4)
        Person.objects.filter(id=jeanne.holder.id).update(born_on=born)
    nir = f"2{10:02d}{NIR[3:13]}"
    nir += f"{97 - int(nir) % 97:02d}"
    with as_owner():
        _number_is(jeanne, nir)
    assert ask(roche, nir=nir, born_on="04/03/2010").status_code == 302
    page = reverse("access:who_looked", args=[jeanne.record.id])
    parent = jeanne.browser("guardian")
    before = parent.get(page).content.decode()
    end = reverse("access:emergency_end", args=[jeanne.record.id, Opening.objects.get().id])
    jeanne.browser("jeanne").post(end)
    after = parent.get(page).content.decode()

    assert "Sa vie est en danger" in before
    assert TEXT not in before
    assert "Encore ouvert" in after
    assert status(jeanne, roche, "home") == 404
    hers = jeanne.browser("jeanne").get(page).content.decode()
    assert TEXT in hers
    assert "Encore ouvert" not in hers
    through = looking(jeanne, "stranger", asker="guardian").get(address(jeanne, "home"))
    assert "dmp-strip--danger" in through.content.decode()
    # Ended by the parent too, it stops on their page: that it had stopped before isn't told.
    for _press in range(2):
        parent.post(end)
    assert "Encore ouvert" not in parent.get(page).content.decode()
    assert len(acts(jeanne.record.id, "emergency_ended")) == 2


def _number_is(jeanne, nir):
    RecordIdentifier.objects.filter(record=jeanne.record).update(
        digest=identifier_digest(INS_TEST, nir)
    )
