"""An emergency opening of a minor's record: what their parent reads of it, and of its end."""

from __future__ import annotations

import datetime as dt
import re

from django.urls import reverse

from access.binding import frozen_clock
from access.models import Opening
from records.identifiers import INS_TEST, identifier_digest
from records.models import Person, Record, RecordIdentifier
from tests.access.cast import NOON
from tests.access.test_activation_pages import choices
from tests.access.test_emergency import TEXT, acts, ask, status
from tests.access.test_see_as import looking, page_as
from tests.jeanne import NIR
from tests.records.test_every_viewer import address
from tests.records.test_reading import answer


def test_a_parent_reads_no_words_a_doctor_typed_nor_that_the_minor_ended_it(jeanne, as_owner):
    roche = jeanne.browser("stranger")
    with as_owner():
        born = dt.date(2010, 3, 4)
        Person.objects.filter(id=jeanne.holder.id).update(born_on=born)
    nir = number_of_2010()
    with as_owner():
        _number_is(jeanne, nir)
    assert ask(roche, nir=nir, born_on="04/03/2010").status_code == 302
    page = reverse("access:who_looked", args=[jeanne.record.id])
    parent = jeanne.browser("guardian")
    before = parent.get(page).content.decode()
    end = reverse("access:emergency_end", args=[jeanne.record.id, Opening.objects.get().id])
    jeanne.browser("jeanne").post(end)
    after = parent.get(page).content.decode()

    assert "Raison donnée : sa vie était en danger<" in before
    assert TEXT not in before
    assert "Encore ouvert" in after
    assert status(jeanne, roche, "home") == 404
    hers = jeanne.browser("jeanne").get(page).content.decode()
    assert f"Raison donnée : votre vie était en danger – « {TEXT} »" in hers
    assert "Encore ouvert" not in hers
    through = looking(jeanne, "stranger", asker="guardian").get(address(jeanne, "home"))
    assert "dmp-strip--danger" in through.content.decode()
    # Ended by the parent too, it stops on their page: that it had stopped before isn't told.
    for _press in range(2):
        parent.post(end)
    assert "Encore ouvert" not in parent.get(page).content.decode()
    assert len(acts(jeanne.record.id, "emergency_ended")) == 2


def test_what_a_minor_answers_alone_their_parent_neither_reads_nor_displaces(jeanne, as_owner):
    with as_owner():
        Person.objects.filter(id=jeanne.holder.id).update(born_on=dt.date(2010, 3, 4))
    choices(jeanne, "guardian", emergency="yes", notify_by="post")
    parents = [
        lambda: choices(jeanne, "guardian"),
        lambda: jeanne.browser("guardian").get(address(jeanne, "home") + "qui-peut-voir/"),
        lambda: page_as(jeanne, jeanne.browser("guardian"), "emergency"),
    ]
    before = [answer(page()) for page in parents]
    choices(jeanne, "jeanne", emergency="no", notify_by="email")

    assert [answer(page()) for page in parents] == before
    assert said_to(jeanne, "jeanne") == {"emergency": "no", "notify_by": "email"}
    # The parent's own answers are kept for the parent; where the minor said nothing they hold.
    choices(jeanne, "guardian", emergency="yes", regulation="no")
    parent = {"emergency": "yes", "regulation": "no", "notify_by": "post"}
    assert said_to(jeanne, "guardian") == parent
    record = Record.objects.get(id=jeanne.record.id)
    assert (record.emergency_refused, record.regulation_refused) == (True, True)
    assert record.notify_by == "email"
    with as_owner():  # of age, what one says is said to whoever represents one then
        Person.objects.filter(id=jeanne.holder.id).update(born_on=dt.date(2000, 3, 4))
    assert said_to(jeanne, "guardian") == parent | {"emergency": "no", "notify_by": "email"}


def test_a_minor_who_answers_as_their_parent_did_is_not_displaced_either(jeanne, as_owner):
    with as_owner():
        Person.objects.filter(id=jeanne.holder.id).update(born_on=dt.date(2010, 3, 4))
    for who in ("guardian", "jeanne"):
        choices(jeanne, who, emergency="no")
    choices(jeanne, "guardian", emergency="yes")
    assert said_to(jeanne, "guardian") == {"emergency": "yes"}
    assert said_to(jeanne, "jeanne") == {"emergency": "no"}
    assert Record.objects.get(id=jeanne.record.id).emergency_refused is True


def test_a_parents_refusal_stops_on_their_page_what_runs_whatever_the_minor_answered(
    jeanne, as_owner
):
    roche = jeanne.browser("stranger")
    with as_owner():
        Person.objects.filter(id=jeanne.holder.id).update(born_on=dt.date(2010, 3, 4))
        nir = number_of_2010()
        _number_is(jeanne, nir)
    assert ask(roche, nir=nir, born_on="04/03/2010").status_code == 302
    page = reverse("access:who_looked", args=[jeanne.record.id])
    choices(jeanne, "jeanne", emergency="no")
    assert "Encore ouvert" in jeanne.browser("guardian").get(page).content.decode()
    choices(jeanne, "guardian", emergency="no")
    assert "Encore ouvert" not in jeanne.browser("guardian").get(page).content.decode()
    # The minor lets doctors come again; their parent ends one that came, as by the button.
    with frozen_clock(NOON + dt.timedelta(hours=1)):
        choices(jeanne, "jeanne", emergency="yes")
        assert ask(roche, nir=nir, born_on="04/03/2010").status_code == 302
        choices(jeanne, "guardian", emergency="no")
        assert "Encore ouvert" not in jeanne.browser("guardian").get(page).content.decode()
        assert status(jeanne, roche, "home") == 404
    assert Record.objects.get(id=jeanne.record.id).emergency_refused is False


def number_of_2010():
    nir = f"2{10:02d}{NIR[3:13]}"
    return f"{nir}{97 - int(nir) % 97:02d}"


def said_to(world, who):
    page = choices(world, who).content.decode()
    tags = re.findall(r"<input[^>]* checked[^>]*>", page)
    return {
        re.search(r'name="(\w+)"', tag)[1]: re.search(r'value="(\w+)"', tag)[1] for tag in tags
    }


def _number_is(jeanne, nir):
    RecordIdentifier.objects.filter(record=jeanne.record).update(
        digest=identifier_digest(INS_TEST, nir)
    )
