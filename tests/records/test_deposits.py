"""Deposit: who may, what is kept, what is told; nothing by halves."""

from __future__ import annotations

import dataclasses
import datetime as dt
import uuid
from pathlib import Path

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile

from access import policy
from access.binding import binding
from access.models import Delegation, JournalEvent, Mask, Notice
from access.policy import NotVisible, Refused
from records import deposits
from records.deposits import Flags
from records.deposits.depositing import family_may_know
from records.models import Document, DocumentFile, DocumentVersion, Record
from tests.access import cast
from tests.access.cast import NOON
from tests.jeanne import circle_period
from tests.records.contents.making import a_pdf, a_photo, a_png
from tests.records.depositing import TEXT, deposit, kept, sees
from tests.records.test_every_viewer import address
from tests.records.test_reading import words


ODD = (
    "Ce texte contient un caractère invisible qui change l'ordre des lettres. Effacez ce texte et"
    " tapez-le de nouveau, sans le copier."
)


def test_the_same_sent_again_is_the_same_press_and_what_differs_is_another(jeanne):
    """Pressed twice, or sent again after « back »: a flag, a title or a byte makes another."""
    first = deposit(jeanne, "petit")
    before = kept(jeanne)

    assert deposit(jeanne, "petit").id == first.id
    assert kept(jeanne) == before
    others = [
        deposit(jeanne, "petit", flags=Flags(masked=True)),
        deposit(jeanne, "petit", flags=Flags(unannounced=True)),
        deposit(jeanne, "petit", title="Lettre"),
        deposit(jeanne, "petit", data=TEXT + b"."),
        deposit(jeanne, "martin"),
    ]
    assert len({one.id for one in (first, *others)}) == 6
    assert deposit(jeanne, "petit", flags=Flags(masked=True)).id == others[0].id
    with jeanne.as_("petit") as by:
        deposits.replace(by=by, record_id=jeanne.record.id, document_id=first.id, data=TEXT)
    assert DocumentVersion.objects.filter(document=first).count() == 1


# --- deposit ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "media_type", "has_preview"),
    [(a_pdf(), "application/pdf", True), (a_photo(), "image/jpeg", True),
     (a_png(), "image/png", True), (TEXT, "text/plain", False)],
    ids=["pdf", "jpeg", "png", "text"],
)  # fmt: skip
def test_a_deposit_keeps_what_was_given_and_says_who_gave_it(
    jeanne, data, media_type, has_preview
):
    made = deposit(jeanne, "martin", data=data)

    row = Document.objects.get(id=made.id)
    assert (row.type_code, row.class_code, row.title) == ("11488-4", "10", "Compte rendu")
    assert (row.author_name, row.author_structure_name) == (
        "Dr Alix Martin",
        "Cabinet du Dr Martin",
    )
    assert row.author_id == jeanne.professionals["martin"].id
    assert row.author_person_id is None
    assert (row.secret, row.about_another, row.unannounced_until) == (False, False, None)
    file = DocumentFile.objects.get(version__document=row)
    assert file.media_type == media_type
    assert bool(file.preview_stored_as) is has_preview
    assert jeanne.events() == [("deposited", "professional")]
    event = JournalEvent.objects.get(record_id=jeanne.record.id)
    assert (event.door, event.element_id) == ("circle", row.id)
    assert b"Madame Morel" not in b"".join(
        path.read_bytes()
        for path in (Path(settings.DMP_FILES_DIR) / "records").rglob("*")
        if path.is_file()
    )


def test_the_holder_is_told_without_a_word_of_what_it_is(jeanne):
    deposit(jeanne, "martin", title="Dépression sévère")

    [notice] = Notice.objects.filter(record_id=jeanne.record.id, person_id=jeanne.holder.id)
    assert notice.body == "Une nouveauté dans votre dossier."


def test_what_waits_is_not_given_away_by_a_message(jeanne):
    deposit(jeanne, "martin", flags=Flags(unannounced=True))

    assert not Notice.objects.filter(record_id=jeanne.record.id).exists()


def test_secret_care_is_told_to_the_holder_alone_and_never_by_post(jeanne, as_owner):
    with as_owner():
        Record.objects.filter(id=jeanne.record.id).update(notify_by="post")
        episode = uuid.uuid4()
        facts = {"by": jeanne.professionals["martin"], "episodes": [episode]}
        cast.document(jeanne.record, secret=True, **facts)
        same = cast.document(jeanne.record, **facts)
        other = cast.document(jeanne.record, by=jeanne.professionals["martin"])
    made = deposit(jeanne, "martin", flags=Flags(secret=True))

    [notice] = Notice.objects.filter(record_id=jeanne.record.id)
    assert (notice.person_id, notice.channel, notice.state) == (jeanne.holder.id, "site", "site")
    assert sees(jeanne, "guardian", made) is None
    with jeanne.as_("martin"):
        assert not family_may_know(same)
        assert family_may_know(other)


def test_each_flag_says_who_must_not_see(jeanne):
    masked = deposit(jeanne, "martin", flags=Flags(masked=True))
    assert sees(jeanne, "petit", masked) == ("padlock",)
    assert sees(jeanne, "martin", masked) == ()  # the author
    assert sees(jeanne, "pharmacist", masked) is None
    assert sees(jeanne, "jeanne", masked) == ()

    waits = deposit(jeanne, "martin", flags=Flags(unannounced=True))
    assert waits.unannounced_until == dt.date(2026, 7, 15)
    assert sees(jeanne, "jeanne", waits) is None
    assert sees(jeanne, "pharmacist", waits) == ("not announced",)

    secret = deposit(jeanne, "martin", flags=Flags(secret=True))
    assert sees(jeanne, "guardian", secret) is None
    assert sees(jeanne, "delegate", secret) is None
    assert sees(jeanne, "jeanne", secret) == ()

    other = deposit(jeanne, "martin", flags=Flags(about_another=True))
    assert sees(jeanne, "guardian", other) is None
    assert sees(jeanne, "jeanne", other) == ()


def test_masked_and_not_announced_are_refused_together(jeanne):
    before = kept(jeanne)
    with pytest.raises(Refused) as refused:
        deposit(jeanne, "martin", flags=Flags(masked=True, unannounced=True))

    assert refused.value.reason == (
        "Un document ne peut pas être à la fois masqué aux professionnels "
        "et non visible du patient. Choisissez l'un ou l'autre."
    )
    assert kept(jeanne) == before
    assert Mask.objects.filter(record=jeanne.record, set_by_kind="professional").count() == 0


def test_the_family_sets_no_flag_at_deposit(jeanne):
    made = deposit(
        jeanne,
        "jeanne",
        type_code="DOCPAT03",
        flags=Flags(True, True, True, True),  # noqa: FBT003
    )

    assert (made.secret, made.about_another, made.unannounced_until) == (False, False, None)
    assert sees(jeanne, "martin", made) == ()


@pytest.mark.parametrize(
    ("facts", "sentence"),
    [
        ({"title": "  \n "}, "Donnez un titre à ce document."),
        ({"title": "a" * 201}, "Ce titre a 201 caractères. Limite : 200. Écrivez-le plus court."),
        ({"title": "Radio \u202eetiord"}, ODD),
        (
            {"type_code": "DOCPAT03"},
            "Ce type de document n'est pas de ceux que vous pouvez déposer.",
        ),
        ({"type_code": "REMB"}, "Ce type de document n'est pas de ceux que vous pouvez déposer."),
        ({"type_code": "SYNTH"}, "Ce type de document n'est pas de ceux que vous pouvez déposer."),
        ({"type_code": "zzz"}, "Ce type de document n'est pas de ceux que vous pouvez déposer."),
        (
            {"occurred_on": dt.date(2026, 6, 16)},
            "Cette date n'est pas encore venue. Donnez la date du soin.",
        ),
        (
            {"occurred_on": dt.date(1899, 12, 31)},
            "Cette date est trop ancienne. Donnez la date du soin.",
        ),
    ],
)
def test_what_cannot_be_is_refused_with_its_sentence_and_leaves_nothing(jeanne, facts, sentence):
    before = kept(jeanne)
    with pytest.raises(Refused) as refused:
        deposit(jeanne, "martin", **facts)

    assert refused.value.reason == sentence
    assert kept(jeanne) == before


def test_a_title_is_one_line(jeanne):
    assert deposit(jeanne, "martin", title="  Radio \n du\tgenou ").title == "Radio du genou"


def test_a_psychiatrists_letter_is_of_a_sensitive_category_whatever_its_type(jeanne, as_owner):
    garnier = jeanne.professionals["garnier"]
    with as_owner():
        circle_period(
            jeanne.record, "circle", professional=garnier.professional, user=garnier.user
        )
    made = deposit(jeanne, "garnier")

    assert made.author_specialty == "33"
    assert made.categories == 1  # mental health
    assert deposit(jeanne, "martin").categories == 0


@pytest.mark.parametrize("who", ["jeanne", "guardian", "delegate"])
def test_the_family_adds_documents_of_its_own_types(jeanne, who):
    made = deposit(jeanne, who, type_code="DOCPAT05")

    kinds = {"jeanne": "holder", "guardian": "representative", "delegate": "delegate"}
    assert made.author_kind == kinds[who]
    assert made.author_id is None
    assert made.author_person_id == jeanne.viewers[who].person_id
    with pytest.raises(Refused):
        deposit(jeanne, who, type_code="11488-4")


def test_a_doctor_writes_in_their_own_record_as_the_person_they_are(jeanne, as_owner):
    with as_owner():
        user = jeanne.users["martin"]
        user.person_id = jeanne.holder.id
        user.save()
    as_doctor = dataclasses.replace(jeanne.viewers["martin"], person_id=jeanne.holder.id)
    with binding(as_doctor, at=NOON):
        made = deposits.deposit(
            by=as_doctor, record_id=jeanne.record.id, title="Mon carnet", type_code="DOCPAT03",
            occurred_on=dt.date(2026, 6, 1), data=TEXT,
        )  # fmt: skip
    assert (made.author_kind, made.author_id) == ("holder", None)


@pytest.mark.parametrize(
    ("facts", "types", "entries"),
    [
        ({"can_write": False}, None, False),
        ({"can_write": True, "everything": False, "kinds": ["results"]},
         {"DOCPAT04", "DOCPAT05"}, False),
        ({"can_write": True, "everything": False, "kinds": ["entries"]},
         {"EXPPAT_1", "EXPPAT_2", "EXPPAT_3"}, True),
        ({"can_write": True, "ended_at": NOON - dt.timedelta(hours=1)}, None, False),
    ],
)  # fmt: skip
def test_a_delegate_writes_within_their_scope_and_while_they_may(
    jeanne, as_owner, facts, types, entries
):
    with as_owner():
        Delegation.objects.filter(record=jeanne.record).update(**facts)
        Delegation.objects.create(
            record=jeanne.record, person_id=jeanne.viewers["delegate"].person_id,
            everything=True, since=NOON - dt.timedelta(days=9), until=NOON + dt.timedelta(days=9),
        )  # fmt: skip
    with jeanne.as_("delegate"):
        standing = policy.standing_on(jeanne.record.id)
        if types is None:
            with pytest.raises(Refused) as refused:
                deposits.pen_of(standing)
            assert refused.value.reason == "Vous pouvez lire ce dossier, pas y écrire."
            return
        pen = deposits.pen_of(standing)
        assert {kind.code for kind in deposits.types_for(pen)} == types
        assert pen.writes_entries is entries


def test_who_is_nobody_to_a_record_does_not_learn_that_it_exists_by_depositing(jeanne):
    for who in ("agent", "administrator", "nobody"):
        with pytest.raises(NotVisible):
            deposit(jeanne, who)
    form = {"title": "x", "type_code": "11488-4"}
    for who in ("stranger", "garnier", "agent"):
        browser = jeanne.browser(who)
        assert browser.post(address(jeanne, "deposit"), form).status_code == 404


def test_a_deposit_answers_the_same_whatever_rule_will_cover_it(jeanne, as_owner):
    """A holder's rule covers it silently: not a word, not a status differs (policy section 3)."""
    form = {"title": "Bilan", "type_code": "11488-4", "occurred_on": "01/06/2026"}
    browser = jeanne.browser("martin")

    def posted():
        file = SimpleUploadedFile("a.txt", TEXT)
        return browser.post(address(jeanne, "deposit"), {**form, "file": file}, follow=True)

    free = posted()
    with as_owner():
        Mask.objects.create(
            record=jeanne.record, target="everything", audience="everyone",
            since=NOON - dt.timedelta(days=1),
        )  # fmt: skip
    covered = posted()
    assert free.status_code == covered.status_code == 200
    assert words(free.content.decode()) == words(covered.content.decode())


# --- the page ---------------------------------------------------------------------------------


def send(world, who, data, name="lettre.pdf", **facts):
    form = {
        "title": "Lettre", "type_code": "11488-4", "occurred_on": "01/06/2026",
        "file": SimpleUploadedFile(name, data),
    }  # fmt: skip
    return world.browser(who).post(address(world, "deposit"), form | facts)


@pytest.mark.parametrize(
    ("data", "name", "sentence"),
    [
        (b"", "vide.pdf", "Ce fichier est vide (0 octet). Choisissez-en un autre."),
        (
            b"%PDF-" + b"0" * (10 * 1024 * 1024), "gros.pdf",
            "Ce fichier fait 10,1 Mo. Limite : 10 Mo. Conseil : envoyez une photo par page.",
        ),
        (
            b"<html><script>alert(1)</script></html>", "note.txt",
            "Ce type de fichier n'est pas accepté.",
        ),
        (b"MZ\x90", "lettre.pdf", "Ce type de fichier n'est pas accepté."),
        (b"%PDF-1.7 abc", "abime.pdf", "Ce PDF est abîmé : il ne s'ouvre pas."),
    ],
    ids=["empty", "too large", "html named txt", "program named pdf", "damaged"],
)  # fmt: skip
def test_a_wrong_file_is_told_beside_its_field_and_nothing_is_stored(jeanne, data, name, sentence):
    before = kept(jeanne)
    response = send(jeanne, "martin", data, name)

    said = words(response.content.decode()).replace("&#x27;", "'")
    assert response.status_code == 422
    assert said.count(sentence) == 2  # in the summary and beside the field
    assert 'value="Lettre"' in response.content.decode()  # what was typed is still there
    assert kept(jeanne) == before


def test_a_missing_answer_is_asked_for_in_words(jeanne):
    response = jeanne.browser("martin").post(address(jeanne, "deposit"), {})
    said = words(response.content.decode()).replace("&#x27;", "'")

    assert response.status_code == 422
    for sentence in (
        "Choisissez un fichier.", "Donnez un titre à ce document.",
        "Choisissez le type de document.",
    ):  # fmt: skip
        assert sentence in said
    wrong = send(jeanne, "martin", TEXT, title="a" * 250, occurred_on="31/02/2026", type_code="zz")
    said = words(wrong.content.decode()).replace("&#x27;", "'")
    assert "Ce titre a 250 caractères. Limite : 200. Écrivez-le plus court." in said
    assert "Cette date n'existe pas." in said
    assert "Choisissez un type de la liste." in said


def test_a_professional_is_offered_flags_and_the_patient_is_not(jeanne):
    doctor = jeanne.browser("martin").get(address(jeanne, "deposit")).content.decode()
    patient = jeanne.browser("jeanne").get(address(jeanne, "deposit")).content.decode()

    assert 'name="unannounced"' in doctor
    assert 'name="secret"' not in doctor  # Jeanne is of age
    assert "checked" not in doctor
    for flag in ("masked", "unannounced", "secret", "about_another"):
        assert f'name="{flag}"' not in patient
    assert "DOCPAT03" in patient
    assert "11488-4" not in patient


def test_after_a_deposit_one_reads_what_was_deposited(jeanne):
    response = send(jeanne, "martin", a_pdf())

    made = Document.objects.filter(record=jeanne.record).latest("id")
    assert response["Location"] == address(jeanne, "documents") + f"{made.id}/"
    page = jeanne.browser("martin").get(response["Location"]).content.decode()
    assert "Déposer une nouvelle version" in page
    assert "Retirer ce document" in page
