"""Words that name what the patient hid: withheld by what they rest on, or said by consent."""

from __future__ import annotations

import datetime as dt

import pytest

from access import masks
from access.binding import binding
from access.models import JournalEvent, Mask, MaskAudience, Notice
from access.reading_journal import read_journal
from records.models import Document, SynthesisConsent, SynthesisSource
from tests.access.cast import NOON
from tests.jeanne import add_document, hide


HIDING = "Suivie pour une dépression par Dr Garnier, sous Zoloft"


def consented(desk, *words):
    return desk.post("synthesis_consent", word=list(words))


def leaks(desk):
    return {hit.word for hit in desk.desk().leaks}


def unhide_all(desk, as_owner):
    """Lift the masks of Jeanne's world."""
    with as_owner():
        Mask.objects.filter(record=desk.world.record).update(ended_at=NOON - dt.timedelta(days=1))


def test_each_word_is_agreed_to_by_its_name_and_another_is_asked_again(desk):
    assert desk.save(attention=HIDING).status_code == 302
    assert leaks(desk) == {"depression", "garnier", "zoloft"}
    review = desk.get("synthesis_review").content.decode()
    assert 'value="garnier"' in review
    assert "Signer et publier" not in review
    assert desk.sign().status_code == 422

    consented(desk, "garnier", "metformine", "anything")
    assert leaks(desk) == {"depression", "zoloft"}
    assert desk.sign().status_code == 422

    desk.save(attention="Suivie par Dr Garnier")
    assert desk.sign().status_code == 302
    assert "Suivie par Dr Garnier" in desk.read("martin")

    # Another word, later, wasn't agreed to.
    desk.at += dt.timedelta(days=1)
    desk.save(attention="Voir la psychiatre")
    assert leaks(desk) == {"psychiatre"}
    assert desk.sign().status_code == 422
    assert "psychiatre" not in " ".join(desk.read("martin"))


def test_a_consent_is_kept_sealed_told_and_journalled_without_the_word(desk):
    desk.save(attention="Suivie par Dr Garnier")
    before = JournalEvent.objects.count()
    consented(desk, "garnier")
    [consent] = SynthesisConsent.objects.all()
    assert b"garnier" not in bytes(consent.covers_sealed).lower()
    assert consent.recorded_by == desk.world.professionals["petit"].id
    [event] = JournalEvent.objects.filter(act="consent_recorded")
    assert "garnier" not in repr({**event.__dict__}).lower()
    assert JournalEvent.objects.count() == before + 1
    [notice] = Notice.objects.filter(record_id=desk.world.record.id, kind="consent")
    assert "arnier" not in notice.body
    with binding(desk.world.viewers["jeanne"], at=desk.at + dt.timedelta(hours=1)):
        page = read_journal(by=desk.world.viewers["jeanne"], record_id=desk.world.record.id)
    assert any("noté un accord" in visit.sentence for visit in page.visits)


@pytest.mark.parametrize("who", ["martin", "jeanne", "pharmacist"])
def test_only_the_treating_gp_records_a_consent(desk, who):
    desk.save(attention="Suivie par Dr Garnier")
    desk.post("synthesis_consent", who=who, word=["garnier"])
    assert SynthesisConsent.objects.count() == 0


def test_taken_back_the_word_is_hidden_again_in_every_version(desk):
    desk.save(attention="Suivie par Dr Garnier")
    consented(desk, "garnier")
    desk.write()
    desk.write()
    assert "Suivie par Dr Garnier" in desk.read("martin")
    [consent] = SynthesisConsent.objects.all()
    page = desk.get("synthesis", who="jeanne").content.decode()
    assert "Reprendre mon accord" in page
    assert "Reprendre mon accord" not in desk.get("synthesis", who="guardian").content.decode()
    for who in ("petit", "martin", "guardian", "delegate"):
        assert desk.post("consent_take_back", consent.id, who=who).status_code in {403, 404}
    for _time in range(2):
        assert desk.post("consent_take_back", consent.id, who="jeanne").status_code == 302
    assert not desk.says("martin", "Suivie par Dr Garnier")
    assert "Suivie par Dr Garnier" in desk.read("jeanne")
    assert JournalEvent.objects.filter(act="consent_ended").count() == 1
    assert (desk.line("Suivie par Dr Garnier").kept, leaks(desk)) == (False, set())
    desk.save(keep=("Suivie par Dr Garnier",))
    assert leaks(desk) == {"garnier"}
    # Agreed to anew, it is read anew.
    consented(desk, "garnier")
    desk.write()
    assert "Suivie par Dr Garnier" in desk.read("martin")


def test_a_line_by_hand_is_withheld_once_what_it_names_is_hidden(desk, as_owner):
    unhide_all(desk, as_owner)
    desk.write(attention=HIDING)
    assert HIDING in desk.read("martin")
    with as_owner():
        for one in (desk.world.hidden, desk.world.therapy, desk.world.pill):
            hide(
                desk.world.record, one, audience="professional",
                audience_id=desk.world.professionals["martin"].id, since=desk.at,
            )  # fmt: skip
        Mask.objects.create(
            record=desk.world.record, target="category", target_categories=1, since=desk.at,
            audience="professional", audience_id=desk.world.professionals["martin"].id,
        )  # fmt: skip
    assert not desk.says("martin", HIDING)
    assert HIDING in desk.read("jeanne")
    line = desk.line(HIDING)
    assert (line.kept, line.note) == (False, "hidden_since")
    assert HIDING in desk.desk().removed
    # Signed again without it, nothing more is said; with it, only by consent.
    desk.save(keep=(HIDING,))
    assert leaks(desk) == {"depression", "garnier", "zoloft"}
    assert desk.sign().status_code == 422


def test_what_an_open_element_says_too_is_asked_of_nobody(desk, as_owner):
    desk.save(attention="Lettre du Dr Garnier")
    assert leaks(desk) == {"garnier"}
    with as_owner():
        add_document(
            desk.world.record, title="Certificat", by=desk.world.professionals["garnier"],
            occurred_on=dt.date(2026, 6, 1),
        )  # fmt: skip
    assert leaks(desk) == set()


def test_what_waits_to_be_announced_is_not_told_to_the_patient_by_hand(desk):
    text = "Biopsie mammaire en attente"
    desk.write(attention=text)
    assert text in desk.read("martin")
    assert not desk.says("jeanne", text)
    assert not desk.says("guardian", text)
    desk.at += dt.timedelta(days=30)
    assert text in desk.read("jeanne")


def test_a_secret_named_by_hand_stays_from_representatives(desk, as_owner):
    with as_owner():
        add_document(
            desk.world.record, title="Sérologie VIH", by=desk.world.professionals["martin"],
            secret=True, occurred_on=dt.date(2026, 6, 1),
        )  # fmt: skip
    desk.write(attention="VIH : charge virale indétectable")
    assert "VIH : charge virale indétectable" in desk.read("martin")
    assert not desk.says("guardian", "charge virale")


def test_an_allergy_rests_on_nothing_that_is_open(desk):
    desk.write(allergies="known", allergy_text="Metformine : éruption")
    line = desk.signed("Metformine : éruption")
    assert not SynthesisSource.objects.filter(line=line).exists()
    other = desk.save(attention="Metformine : mal supportée")
    assert other.status_code == 302
    desk.sign()
    line = desk.signed("Metformine : mal supportée")
    assert SynthesisSource.objects.filter(line=line).exists()


def test_without_a_padlock_what_is_hidden_is_withheld_and_nothing_is_asked(desk, settings):
    """The doctor can't know what is hidden: asking would tell, and nobody publishes it."""
    settings.DMP_PADLOCK = False
    wish = next(value for value in desk.world.wish.content.values() if len(value) > 10)
    said = (HIDING, "Zoloft : éruption", wish)
    desk.write(
        attention=f"{HIDING}\n{wish}", allergies="known",
        allergy_text="Zoloft : éruption\nMetformine : éruption",
    )  # fmt: skip

    for text in said:
        assert not desk.says("martin", text)
        assert text in desk.read("petit")
    assert "Metformine : éruption" in desk.read("martin")
    # Nor once what a line rests on is taken back.
    assert leaks(desk) == set()


def test_a_mask_on_a_line_goes_with_it_into_the_next_version(desk):
    desk.write(attention="Vit séparée de son mari")
    jeanne = desk.world.viewers["jeanne"]
    martin = masks.Audience(MaskAudience.PROFESSIONAL, desk.world.professionals["martin"].id)
    line = desk.signed("Vit séparée de son mari")
    with binding(jeanne, at=desk.at):
        masks.hide(
            by=jeanne, record_id=desk.world.record.id, element_ids=[line.id],
            audience=martin, gesture=line.id,
        )  # fmt: skip
    desk.write()
    desk.write()
    assert not desk.says("martin", "Vit séparée")
    assert "Vit séparée de son mari" in desk.read("pharmacist")
    # Typed anew, it is still what was hidden.
    desk.save(drop=("Vit séparée de son mari",), added="Mari séparé depuis un an")
    assert leaks(desk) == {"mari", "separe"}
    with binding(jeanne, at=desk.at + dt.timedelta(hours=1)):
        masks.show(by=jeanne, record_id=desk.world.record.id, gesture=line.id)
    desk.at += dt.timedelta(hours=2)
    assert "Vit séparée de son mari" in desk.read("martin")


def test_a_masked_document_older_than_the_archive_still_gives_its_words(desk, as_owner):
    with as_owner():
        Document.objects.filter(id=desk.world.hidden.id).update(archived_at=NOON)
    desk.save(attention="Voir la psychiatre")
    assert leaks(desk) == {"psychiatre"}
