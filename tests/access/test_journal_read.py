"""Who has looked, in sentences: by visit, silent on what the reader may not know."""

from __future__ import annotations

import datetime as dt
import re
import uuid
from html import unescape

import pytest

from access import circle, masks
from access.binding import binding, note
from access.journal import Action
from access.masks import Audience
from access.models import JournalEvent, MaskAudience
from access.policy import Refused
from access.reading_journal import last_visit, read_journal
from access.viewer import WORKER, Role
from records.dossier.entrance import enter
from records.models import SynthesisLine
from tests.access import cast
from tests.access.cast import NOON, PARIS
from tests.jeanne import add_synthesis


TUESDAY = dt.datetime(2026, 6, 16, 14, 10, tzinfo=PARIS)
LATER = dt.datetime(2026, 6, 18, 9, 0, tzinfo=PARIS)


def look(viewer, record, *elements, at=TUESDAY, door="treating_gp", action=Action.ELEMENT_READ):
    with binding(viewer, at=at):
        for kind, key in elements:
            note(action, record.id, by=viewer, door=door, element_kind=kind, element_id=key)


def read(world, by=None, at=LATER, page=1):
    by = by or world.jeanne
    with binding(by, at=at):
        return read_journal(by=by, record_id=world.record.id, page=page)


def sentences(visits):
    return [plain(visit.sentence) for visit in visits]


def plain(sentence):
    said = unescape(re.sub(r"<[^>]+>", "", sentence))
    return said.replace("\xa0", " ")


@pytest.fixture
def letters(world, as_owner):
    with as_owner():
        world.letters = [
            cast.document(world.record, title=f"Lettre {number}") for number in (1, 2, 3)
        ]
    return world


def test_a_visit_is_one_sentence_with_who_what_and_when(letters):
    look(
        letters.petit.viewer,
        letters.record,
        *[("document", letter.id) for letter in letters.letters],
        ("document", letters.letters[0].id),
    )
    [visit] = read(letters).visits
    assert plain(visit.sentence) == (
        "Le Dr Alix Petit, votre médecin traitant, a ouvert 3 documents"
        " mardi 16 juin 2026 à 14 h 10."
    )
    assert visit.titles == ("Lettre 1", "Lettre 2", "Lettre 3")
    assert visit.why == "Médecin · Maison de santé des Lices"


def test_what_was_done_several_times_is_counted_as_people_count(letters):
    written = [("document", letter.id) for letter in letters.letters[:2]]
    look(letters.petit.viewer, letters.record, *written, action=Action.DEPOSITED)
    eyes = [("", None)] * 2
    look(letters.petit.viewer, letters.record, *eyes, action=Action.EXISTENCE_ASKED)
    [visit] = read(letters).visits
    assert " a déposé 2 documents et vérifié si le dossier existe (2 fois) mardi" in plain(
        visit.sentence
    )


def test_two_days_are_two_visits_and_the_latest_comes_first(letters):
    viewer = letters.petit.viewer
    look(viewer, letters.record, ("document", letters.letters[0].id))
    look(
        viewer,
        letters.record,
        ("document", letters.letters[1].id),
        at=TUESDAY + dt.timedelta(days=1),
    )
    days = [re.search(r"(mardi|mercredi)", said)[1] for said in sentences(read(letters).visits)]
    assert days == ["mercredi", "mardi"]


def test_a_not_announced_element_shows_who_came_and_when_and_nothing_else(letters, as_owner):
    with as_owner():
        hidden = cast.document(
            letters.record,
            title="Résultat grave",
            created_at=NOON,
            unannounced_until=dt.date(2026, 7, 15),
        )
    look(letters.petit.viewer, letters.record, ("document", hidden.id))
    look(letters.petit.viewer, letters.record, ("document", hidden.id), action=Action.DEPOSITED)
    [visit] = read(letters).visits
    assert plain(visit.sentence) == (
        "Le Dr Alix Petit, votre médecin traitant, a ouvert le dossier"
        " mardi 16 juin 2026 à 14 h 10."
    )
    assert visit.titles == ()

    after = dt.datetime(2026, 7, 15, 8, tzinfo=PARIS)
    [visit] = read(letters, at=after).visits
    assert "a déposé un document et ouvert 1 document" in plain(visit.sentence)
    assert visit.titles == ("Résultat grave",)


def test_a_deposit_says_which_document_to_whoever_sees_it(letters, as_owner):
    first, second, third = letters.letters
    with as_owner():
        third.withdrawn_at = TUESDAY
        third.save()
    for letter, act in ((first, Action.DEPOSITED), (second, Action.REPLACED)):
        look(letters.petit.viewer, letters.record, ("document", letter.id), action=act)
    look(letters.petit.viewer, letters.record, ("document", third.id), action=Action.DEPOSITED)

    [visit] = read(letters).visits

    assert "a déposé un document et déposé une nouvelle version d'un document" in plain(
        visit.sentence
    )
    assert "ouvert" not in plain(visit.sentence)
    assert visit.titles == ("Lettre 1", "Lettre 2")


def test_the_number_a_list_showed_is_not_said(letters):
    viewer = letters.petit.viewer
    with binding(viewer, at=TUESDAY):
        note(
            Action.LIST_READ, letters.record.id, by=viewer, door="treating_gp",
            element_kind="document", shown=12,
        )  # fmt: skip
    [said] = sentences(read(letters).visits)
    assert "a parcouru la liste des documents mardi" in said
    assert "12" not in said


def test_reading_the_journal_leaves_one_event_that_is_not_news(letters):
    read(letters)
    read(letters)
    acts = JournalEvent.objects.filter(record_id=letters.record.id)
    assert list(acts.values_list("act", flat=True)) == ["journal_read", "journal_read"]
    view = read(letters)
    assert (view.visits, view.mine) == ((), ())


def test_ones_own_passages_and_the_systems_are_apart(letters):
    look(letters.jeanne, letters.record, ("document", letters.letters[0].id), door="holder")
    with binding(WORKER, at=TUESDAY):
        note(Action.FILLED, letters.record.id, by=WORKER, shown=312)
    view = read(letters)
    assert view.visits == ()
    assert sentences(view.mine) == ["Vous avez ouvert 1 document mardi 16 juin 2026 à 14 h 10."]
    assert sentences(view.automatic) == [
        "Vos remboursements ont été mis à jour mardi 16 juin 2026 à 14 h 10."
    ]


def test_emergencies_come_apart_with_the_word(letters):
    viewer = letters.martin.viewer
    look(viewer, letters.record, ("document", letters.letters[0].id), door="emergency")
    view = read(letters)
    assert view.visits == ()
    [visit] = view.emergencies
    assert visit.emergency
    assert "accès d'urgence" in visit.why


def test_the_hour_of_an_emergency_is_the_opening_s_whatever_was_read_before(letters):
    viewer = letters.martin.viewer
    look(viewer, letters.record, ("document", letters.letters[0].id), door="author")
    opened = TUESDAY.replace(hour=18)
    look(viewer, letters.record, ("document", letters.letters[1].id), at=opened, door="emergency")
    [visit] = read(letters).emergencies
    assert "à 18 h 10" in plain(visit.sentence)


def test_a_visit_that_lasts_is_said_from_when_to_when(letters):
    viewer = letters.martin.viewer
    for minutes, when in (
        (0, "à 14 h 10"), (9, "à 14 h 10"), (10, "entre 14 h 10 et 14 h 20"),
        (95, "entre 14 h 10 et 15 h 45"),
    ):  # fmt: skip
        at = TUESDAY + dt.timedelta(minutes=minutes)
        look(viewer, letters.record, ("document", letters.letters[0].id), at=at)
        [said] = sentences(read(letters).visits)
        assert said.endswith(f"mardi 16 juin 2026 {when}.")


def test_the_first_page_says_all_of_a_long_visit(letters):
    viewer = letters.martin.viewer
    for minutes in range(70):
        letter = letters.letters[0 if minutes < 5 else 1]
        at = TUESDAY + dt.timedelta(minutes=minutes)
        look(viewer, letters.record, ("document", letter.id), at=at)
    with binding(letters.jeanne, at=LATER):
        looked = last_visit(
            enter(by=letters.jeanne, record_id=letters.record.id), by=letters.jeanne
        )

    said = plain(looked.sentence)
    assert "a ouvert 2 documents" in said
    assert said.endswith("mardi 16 juin 2026 entre 14 h 10 et 15 h 19.")


def test_what_one_decided_is_said_with_names(letters):
    with binding(letters.jeanne, at=TUESDAY):
        circle.authorise(
            by=letters.jeanne, record_id=letters.record.id, professional_id=letters.martin.id
        )
        masks.hide(
            by=letters.jeanne,
            record_id=letters.record.id,
            element_ids=[letters.letters[0].id],
            audience=Audience(MaskAudience.PROFESSIONAL, letters.martin.id),
            gesture=uuid.uuid4(),
        )
    [said] = sentences(read(letters).mine)
    assert said.startswith("Vous avez donné accès au Dr Martin et masqué un élément au Dr Martin")


def test_a_delegate_does_not_read_the_journal(letters, as_owner):
    with as_owner():
        paul = cast.person("Paul")
        cast.delegate(letters.record, paul)
        viewer = cast.family_viewer(paul, Role.DELEGATE)
    with binding(viewer, at=LATER), pytest.raises(Refused):
        read_journal(by=viewer, record_id=letters.record.id)


@pytest.fixture
def minor(world, as_owner):
    with as_owner():
        lou = cast.person("Lou", born=dt.date(2010, 1, 5))
        world.record = cast.record(lou)
        mother = cast.person("Marie")
        cast.represent(world.record, mother)
        world.lou = cast.family_viewer(lou)
        world.marie = cast.family_viewer(mother, Role.REPRESENTATIVE)
        world.open = cast.document(world.record, title="Vaccin")
        world.secret = cast.document(world.record, title="Planning familial", secret=True)
    return world


def test_a_representative_sees_no_line_that_rests_on_a_secret(minor):
    look(minor.garnier.viewer, minor.record, ("document", minor.secret.id), door="circle")
    look(minor.petit.viewer, minor.record, ("document", minor.open.id))
    look(minor.lou, minor.record, ("document", minor.open.id), door="holder")
    with binding(minor.lou, at=TUESDAY):
        circle.authorise(by=minor.lou, record_id=minor.record.id, professional_id=minor.garnier.id)
    said = sentences(read(minor, by=minor.marie).visits)
    assert len(said) == 1
    assert said[0].startswith("Le Dr Alix Petit, médecin traitant, a ouvert 1 document")

    told = read(minor, by=minor.lou)
    assert any("Dr Alix Garnier" in line for line in sentences(told.visits))
    assert any("donné accès au Dr Garnier" in line for line in sentences(told.mine))


def test_a_representative_does_not_read_when_reimbursements_came(minor):
    """They may be of nothing but what is secret: the day would tell."""
    with binding(WORKER, at=TUESDAY):
        note(Action.FILLED, minor.record.id, by=WORKER, shown=1)
    assert len(read(minor, by=minor.lou).automatic) == 1
    assert read(minor, by=minor.marie).automatic == ()


def test_a_synthesis_that_differs_by_a_secret_alone_is_not_said_to_be_published(minor, as_owner):
    """To the mother both versions are one, of the first day: a second would say what changed."""
    times = (TUESDAY, TUESDAY + dt.timedelta(days=1))
    said = [("Asthme", None)], [("Asthme", None), ("Contraception", minor.secret)]
    for number, (at, lines) in enumerate(zip(times, said, strict=True), start=1):
        with as_owner():
            add_synthesis(minor.record, minor.petit, number, at, lines)
        signed = {"element_kind": "synthesis_line", "door": "treating_gp", "shown": len(lines)}
        with binding(minor.petit.viewer, at=at):
            note(Action.SYNTHESIS_SIGNED, minor.record.id, by=minor.petit.viewer, **signed)

    def published(by):
        told = read(minor, by=by, at=times[1] + dt.timedelta(hours=1))
        assert len(told.visits) == len(times), "that they came is no secret"
        return ["publié la synthèse" in line for line in sentences(told.visits)]

    assert published(minor.lou) == [True, True]
    assert published(minor.marie) == [False, True]


def test_that_a_synthesis_was_undone_is_told_to_its_holder_alone(minor):
    with binding(minor.petit.viewer, at=TUESDAY):
        note(
            Action.SYNTHESIS_UNDONE, minor.record.id, by=minor.petit.viewer, door="treating_gp",
            element_kind="synthesis_line",
        )  # fmt: skip
    for by, told in ((minor.lou, True), (minor.marie, False)):
        [said] = sentences(read(minor, by=by).visits)
        assert ("défait la synthèse" in said) is told


def test_a_representative_reads_of_nobody_who_came_by_a_door_a_minor_gave_alone(minor, as_owner):
    with binding(minor.lou, at=NOON):
        circle.authorise(by=minor.lou, record_id=minor.record.id, professional_id=minor.garnier.id)
    listed = {"action": Action.LIST_READ, "door": "circle"}
    look(minor.garnier.viewer, minor.record, ("document", None), **listed)
    look(minor.martin.viewer, minor.record, ("document", None), **listed)

    [said] = sentences(read(minor, by=minor.marie).visits)
    assert "Dr Alix Martin" in said
    assert len(read(minor, by=minor.lou).visits) == 2

    # Known to her once a door of hers is there too.
    with binding(minor.marie, at=TUESDAY):
        circle.authorise(
            by=minor.marie, record_id=minor.record.id, professional_id=minor.garnier.id
        )
    later = TUESDAY + dt.timedelta(hours=1)
    look(minor.garnier.viewer, minor.record, ("document", None), at=later, **listed)
    assert len(read(minor, by=minor.marie).visits) == 2


def test_a_visit_is_not_cut_by_more_than_a_page_of_events(letters):
    viewer = letters.petit.viewer
    for number in range(160):
        look(
            viewer,
            letters.record,
            ("document", letters.letters[0].id),
            at=TUESDAY + dt.timedelta(hours=number),
        )
    view = read(letters, at=TUESDAY + dt.timedelta(days=30))
    assert view.pages == 2
    older = read(letters, at=TUESDAY + dt.timedelta(days=30), page=2)
    assert len(view.visits) + len(older.visits) >= 7
    assert read(letters, at=TUESDAY + dt.timedelta(days=30), page=99).page == 2


def test_a_synthesis_prepared_step_by_step_is_said_once(letters):
    step = ("", None)
    look(letters.petit.viewer, letters.record, step, step, action=Action.SYNTHESIS_DRAFTED)

    [said] = sentences(read(letters).visits)

    assert "a préparé une synthèse médicale mardi" in said


def test_what_was_done_of_one_synthesis_is_named_once(letters, as_owner):
    """« A préparé la synthèse, publié la synthèse et lu la synthèse » says one thing thrice."""
    petit, letter = letters.petit.viewer, letters.letters[0]
    with as_owner():
        add_synthesis(letters.record, letters.petit, 1, TUESDAY, [("Asthme", None)])
    line = ("synthesis_line", SynthesisLine.objects.get().id)
    look(petit, letters.record, ("", None), action=Action.SYNTHESIS_DRAFTED)
    look(petit, letters.record, line, ("document", letter.id))
    [said] = sentences(read(letters).visits)
    assert "a lu la synthèse médicale, préparé la suivante et ouvert 1 document mardi" in said

    look(petit, letters.record, ("", None), action=Action.SYNTHESIS_SIGNED)
    [said] = sentences(read(letters).visits)
    assert "a lu, préparé et publié la synthèse médicale et ouvert 1 document mardi" in said
