"""From one version to the next: what was said is said again, sent back, or listed as gone."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from access import circle
from access.binding import binding
from records.models import (
    Document,
    ReimbursementLine,
    SynthesisDraft,
    SynthesisLine,
    SynthesisSource,
)
from tests.access.cast import NOON
from tests.jeanne import add_medicine, hide


QUESTION = "Hypothyroïdie"


@pytest.fixture
def thyroid(jeanne, as_owner):
    """Three boxes that raise a question."""
    with as_owner():
        for month in (3, 4, 5):
            add_medicine(
                jeanne.record, dt.date(2026, month, 14), cip13="3400934783579",
                label="Lévothyroxine", atc="H03AA01", by=jeanne.professionals["petit"],
            )  # fmt: skip


def test_a_line_by_hand_goes_on_under_its_key_in_its_place_until_it_is_dropped(desk):
    desk.write(added="Appendicectomie\nFracture du poignet", attention="Vit seule")
    first = desk.signed("Fracture du poignet")
    desk.write()
    second = desk.signed("Fracture du poignet")

    assert first.id != second.id
    assert first.key == second.key
    said = desk.read("martin")
    assert said.index("Appendicectomie") < said.index("Fracture du poignet")
    assert "Vit seule" in said
    assert "par le Dr Alix Petit" in desk.line("Vit seule").history
    assert "15\xa0juin 2026" in desk.line("Vit seule").history

    desk.save(drop=("Fracture du poignet",))
    review = desk.get("synthesis_review").content.decode()
    assert "Ne sera plus dit" in review
    assert review.index("Ne sera plus dit") < review.index("Fracture du poignet")
    desk.sign()
    assert "Fracture du poignet" not in desk.read("martin")
    assert desk.line("Fracture du poignet") is None


@pytest.fixture
def titled(jeanne, as_owner):
    """Letters whose titles say something of her: only these are proposed as history."""
    with as_owner():
        for letter, title in (
            (jeanne.letter, "Fibrillation, lettre du cardiologue"),
            (jeanne.hidden, "Dépression, lettre du psychiatre"),
        ):
            Document.objects.filter(id=letter.id).update(title=title)


def test_what_a_line_rests_on_is_written_at_once(desk, thyroid):
    desk.save()
    with CaptureQueriesContext(connection) as asked:
        assert desk.sign().status_code == 302
    lines, sources = (
        sum(f'INSERT INTO "records_{table}"' in one["sql"] for one in asked)
        for table in ("synthesisline", "synthesissource")
    )
    cited = SynthesisSource.objects.count()
    assert 0 < sources <= lines
    assert cited > sources


def test_what_is_typed_again_is_said_once(desk):
    desk.write(added="Appendicectomie")
    desk.write(added="Appendicectomie\n Appendicectomie ")
    assert desk.read("martin").count("Appendicectomie") == 1


def test_a_question_answered_yes_stays_said_when_nothing_raises_it_any_more(
    desk, thyroid, as_owner
):
    line = desk.line(QUESTION)
    assert not line.kept
    assert desk.desk().questions == 1
    desk.write(**{f"answer:{line.key}": "yes"})
    assert QUESTION in desk.read("martin")
    assert desk.desk().questions == 0
    assert desk.line(QUESTION).kept

    desk.at += dt.timedelta(days=300)
    carried = desk.line(QUESTION)
    assert carried.kept
    assert carried.question == ""
    desk.write()
    assert QUESTION in desk.read("martin")


@pytest.mark.parametrize(("answer", "asked_again"), [("no", True), ("never", False)])
def test_a_question_refused_waits_for_nobody_and_one_put_aside_is_gone(
    desk, thyroid, answer, asked_again
):
    key = desk.line(QUESTION).key
    desk.write(**{f"answer:{key}": answer})
    for _version in range(2):
        found = desk.line(QUESTION)
        assert (found is not None) == asked_again
        assert found is None or not found.kept
        assert desk.desk().questions == 0
        assert QUESTION not in desk.read("martin")
        desk.write()
    if answer == "never":
        assert "Hypothyroïdie ?" in desk.get("synthesis_draft").content.decode()
        desk.save(again=["hypothyroidism"])
        assert desk.line(QUESTION) is not None


def test_a_line_refused_once_is_not_ticked_again(desk):
    treatment = desk.line("Metformine")
    assert treatment.kept
    desk.write(drop=(treatment.text,))
    assert not desk.line(treatment.text).kept
    desk.write()
    assert not desk.line(treatment.text).kept
    desk.write(keep=(treatment.text,))
    assert desk.line(treatment.text).kept


def test_a_line_whose_source_is_taken_back_goes_back_to_the_gp(desk, titled, as_owner):
    letter = next(one for one in desk.desk().lines if "lettre du cardiologue" in one.text)
    desk.write(keep=(letter.text,))
    assert letter.text in desk.read("pharmacist")
    with as_owner():
        Document.objects.filter(id=desk.world.letter.id).update(
            withdrawn_at=NOON, withdrawn_reason="mistake"
        )
    back = desk.line(letter.text)
    assert (back.kept, back.note, back.sources) == (False, "source_gone", ())
    assert letter.text not in desk.read("pharmacist")
    assert letter.text in desk.desk().removed
    # Kept, it is the GP's own.
    desk.write(keep=(letter.text,))
    assert letter.text in desk.read("pharmacist")
    assert desk.signed(letter.text).key.startswith("hand:")


def test_taken_back_and_still_hidden_it_is_not_said_without_consent(desk, titled, as_owner):
    letter = next(one for one in desk.desk().lines if "lettre du psychiatre" in one.text)
    desk.write(keep=(letter.text,))
    with as_owner():
        Document.objects.filter(id=desk.world.hidden.id).update(withdrawn_at=NOON)
    desk.save(keep=(letter.text,))
    assert "psychiatre" in {hit.word for hit in desk.desk().leaks}
    assert desk.sign().status_code == 422


def test_hidden_after_it_was_signed_then_taken_back_it_is_not_said_without_consent(
    desk, titled, as_owner
):
    letter = next(one for one in desk.desk().lines if "lettre du cardiologue" in one.text)
    desk.write(keep=(letter.text,))
    with as_owner():
        hide(desk.world.record, desk.world.letter)
        Document.objects.filter(id=desk.world.letter.id).update(withdrawn_at=NOON)
    desk.save(keep=(letter.text,))
    assert "cardiologue" in {hit.word for hit in desk.desk().leaks}
    assert desk.sign().status_code == 422


def test_what_a_rule_no_longer_shows_is_asked_not_dropped(desk, as_owner):
    treatment = desk.line("Metformine")
    desk.write()
    desk.at += dt.timedelta(days=400)
    line = next(one for one in desk.desk().lines if one.key == treatment.key)
    assert (line.kept, line.note) == (False, "not_proposed")
    assert treatment.text in desk.desk().removed


def test_a_successor_finds_what_was_signed_and_not_what_was_only_thought(desk, thyroid):
    key = desk.line(QUESTION).key
    desk.write(added="Appendicectomie", **{f"answer:{key}": "never"})
    world = desk.world
    with binding(world.viewers["jeanne"], at=desk.at):
        circle.declare_treating_gp(
            by=world.viewers["jeanne"], record_id=world.record.id,
            professional_id=world.professionals["martin"].id,
        )  # fmt: skip
    assert desk.get("synthesis_draft").status_code == 404
    desk.who = "martin"
    line = desk.line("Appendicectomie")
    assert line.kept
    assert "Dr Alix Petit" in line.history
    assert desk.line(QUESTION) is not None
    desk.write()
    assert "Appendicectomie" in desk.read("pharmacist")


@pytest.mark.parametrize(
    ("field", "text", "sentence"),
    [
        ("attention", "a" * 501, "501 caractères, 500 au plus"),
        ("added", "\n".join(map(str, range(31))), "31 lignes, 30 au plus"),
        ("allergy_text", "a" * 501, "501 caractères, 500 au plus"),
    ],
)
def test_what_is_too_long_is_named_and_kept_whole(desk, field, text, sentence):
    response = desk.save(allergies="known", **{field: text})
    page = response.content.decode()
    assert response.status_code == 422
    assert sentence in page.replace("\xa0", " ")
    assert text in page
    assert getattr(desk.desk().choices, field) == text
    assert desk.sign().status_code == 422


def test_an_allergy_kept_and_denied_is_asked_about(desk):
    desk.write(allergies="known", allergy_text="Pénicilline")
    assert desk.desk().allergies == "known"
    assert desk.save(allergies="none").status_code == 422
    assert desk.save(allergies="none", drop=("Pénicilline",)).status_code == 302
    assert "Pénicilline" in desk.desk().removed


def test_no_allergy_is_not_said_against_what_the_patient_wrote_without_a_second_look(
    desk, jeanne, as_owner
):
    body = {"allergies": "none"}
    asked = desk.get("synthesis_draft").content.decode()
    assert "Pénicilline" in asked
    assert "Une réponse est nécessaire." in asked
    assert "govuk-form-group--error" not in asked
    refused = desk.post("synthesis_draft", **body)
    assert refused.status_code == 422
    said = refused.content.decode()
    assert "Le patient a écrit une allergie : Pénicilline." in said
    # The answer is marked like any field that is wrong, and asked for once.
    assert "govuk-form-group--error" in said
    assert "Une réponse est nécessaire." not in said
    assert desk.sign().status_code == 422
    assert desk.post("synthesis_draft", **body, despite="on").status_code == 302
    assert desk.post("synthesis_draft", allergies="not_asked").status_code == 302

    with as_owner():
        type(jeanne.allergy).objects.filter(id=jeanne.allergy.id).update(withdrawn_at=NOON)
    assert desk.post("synthesis_draft", **body).status_code == 302


def test_an_empty_answer_on_allergies_is_asked_for(desk):
    response = desk.save(allergies="")
    assert response.status_code == 422
    said = "Dites si le patient a des allergies."
    assert response.content.decode().count(said) == 2  # in the summary, and at the answer


@pytest.mark.parametrize(
    ("answer", "french", "english"),
    [
        ("none", "Aucune allergie connue", "No known allergy"),
        ("not_asked", "Allergies : non recherché", "Allergies: not asked yet"),
    ],
)
def test_the_ticked_answer_on_allergies_is_said_in_the_language_of_who_reads(
    desk, answer, french, english
):
    desk.write(allergies=answer)
    line = SynthesisLine.objects.get(text=french)
    martin = desk.world.browser("martin")
    pages = [
        reverse("records:home", args=[desk.world.record.id]),
        reverse("records:synthesis", args=[desk.world.record.id]),
        reverse("records:synthesis_line", args=[desk.world.record.id, line.id]),
    ]
    for page in pages:
        assert french in martin.get(page).content.decode()
        said = martin.get(page, headers={"accept-language": "en"}).content.decode()
        assert english in said
        assert french not in said
    assert "Répondu par le médecin." in martin.get(pages[-1]).content.decode()
    # Named among others: what this doctor added lately.
    named_in = reverse("access:who_looked", args=[desk.world.record.id])
    holder = desk.world.browser("jeanne")
    assert french in holder.get(named_in).content.decode()
    assert english in holder.get(named_in, headers={"accept-language": "en"}).content.decode()


def test_what_was_signed_is_what_was_read(desk, as_owner):
    desk.save(added="Appendicectomie")
    seen = desk.desk().seen
    with as_owner():
        ReimbursementLine.objects.filter(record_id=desk.world.record.id).update(withdrawn_at=NOON)
    refused = desk.post("synthesis_review", seen=seen)
    assert refused.status_code == 422
    assert "a changé depuis que vous" in refused.content.decode()
    assert "Appendicectomie" not in desk.read("martin")


def test_pressed_twice_it_is_signed_once(desk):
    desk.save(added="Appendicectomie")
    seen = desk.desk().seen
    assert desk.post("synthesis_review", seen=seen).status_code == 302
    assert desk.post("synthesis_review", seen=seen).status_code == 422
    assert SynthesisLine.objects.filter(text="Appendicectomie").count() == 1


def test_signed_the_gp_goes_on_and_takes_the_text_to_their_own_software(desk):
    desk.save(added="Appendicectomie")
    desk.sign()
    page = desk.get("synthesis").content.decode()
    taken = re.search(r'<pre[^>]*id="texte">(.*?)</pre>', page, re.DOTALL)
    assert "Pathologies en cours et antécédents\n" in taken.group(1)
    assert "Appendicectomie" in taken.group(1)
    assert reverse("access:next_draft") in page
    assert 'id="texte"' not in desk.get("synthesis", who="martin").content.decode()


def test_undone_within_ten_minutes_nobody_reads_it_and_the_draft_is_as_before(desk):
    before = desk.read("martin")
    desk.save(added="Appendicectomie")
    desk.sign()
    assert "Appendicectomie" in desk.read("martin")
    assert "Défaire" in desk.get("synthesis").content.decode()
    assert "Défaire" not in desk.get("synthesis", who="martin").content.decode()
    version = desk.signed("Appendicectomie").synthesis_id
    assert desk.post("synthesis_undo", version, who="martin").status_code == 403
    desk.at += dt.timedelta(minutes=9)
    assert desk.post("synthesis_undo", version).status_code == 302
    assert desk.read("martin") == before
    assert desk.desk().choices.added == "Appendicectomie"
    assert desk.world.events()[-2][0] in {"synthesis_undone", "synthesis_read"}
    desk.sign()
    assert "Appendicectomie" in desk.read("martin")
    desk.at += dt.timedelta(minutes=10)
    assert "Défaire" not in desk.get("synthesis").content.decode()
    version = desk.signed("Appendicectomie").synthesis_id
    assert desk.post("synthesis_undo", version).status_code == 403


def test_undone_by_a_second_press_it_is_undone_once_and_the_version_before_stays(desk):
    desk.save(added="Appendicectomie")
    desk.sign()
    desk.at += dt.timedelta(minutes=3)
    first = desk.signed("Appendicectomie").synthesis_id
    desk.save(added="Hernie")
    desk.sign()
    second = desk.signed("Hernie").synthesis_id

    assert desk.post("synthesis_undo", first).status_code == 403
    for _press in range(2):
        assert desk.post("synthesis_undo", second).status_code == 302

    assert "Appendicectomie" in desk.read("martin")
    assert "Hernie" not in desk.read("martin")


def test_what_changed_is_counted_for_the_gp_alone(desk, thyroid):
    desk.write()
    key = desk.line(QUESTION).key
    desk.write(**{f"answer:{key}": "no"})
    sentence = "depuis votre synthèse"
    desk.save(added="Appendicectomie")
    assert desk.address("synthesis_changes") in desk.get("home").content.decode()
    assert sentence not in desk.get("synthesis_changes").content.decode()
    desk.at += dt.timedelta(days=400)
    assert sentence in desk.get("synthesis_changes").content.decode()
    assert desk.get("synthesis_changes", who="martin").status_code == 403
    assert desk.get("synthesis_changes", who="jeanne").status_code == 404


def test_nothing_typed_is_readable_in_the_draft_row(desk):
    desk.save(added="Appendicectomie")
    [row] = SynthesisDraft.objects.all()
    assert b"Appendicectomie" not in bytes(row.body_sealed)


def test_the_desk_asks_the_database_as_often_for_a_long_record(desk, as_owner):
    desk.write(added="Appendicectomie")
    with CaptureQueriesContext(connection) as few:
        desk.get("synthesis_draft")
    desk.write(added="\n".join(f"Ligne {n}" for n in range(20)))
    with as_owner():
        for day in range(1, 20):
            add_medicine(
                desk.world.record, dt.date(2026, 2, day), cip13="3400934783579",
                label="Lévothyroxine", atc="H03AA01", by=desk.world.professionals["martin"],
            )  # fmt: skip
    with CaptureQueriesContext(connection) as many:
        desk.get("synthesis_draft")
    assert len(many) == len(few)
