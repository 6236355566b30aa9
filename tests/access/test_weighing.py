"""Before hiding: what goes together, what may still be guessed, who sees all the same.

And what a rule may aim at: what the asker sees, the people they know of, every profession.
"""

from __future__ import annotations

import copy
import datetime as dt
import uuid

import pytest

from access import masks
from access.masks import Audience, Target
from access.models import (
    Authorisation,
    Block,
    JournalEvent,
    Mask,
    MaskAudience,
    MaskTarget,
    Professional,
)
from access.policy import NotVisible, Refused
from access.viewer import Role
from records.models import Document, ReimbursementLine
from tests.access import cast
from tests.access.cast import LONG_AGO, NOON
from tests.jeanne import a_visit, circle_period, hide


MINUTE = dt.timedelta(minutes=1)
EVERYONE = Audience(MaskAudience.EVERYONE)
EVERYTHING = Target(MaskTarget.EVERYTHING)


def of_one(jeanne, name):
    return Audience(MaskAudience.PROFESSIONAL, jeanne.professionals[name].id)


def weigh(jeanne, *elements, audience=EVERYONE, by="jeanne"):
    with jeanne.as_(by) as viewer:
        return masks.weigh(
            by=viewer, record_id=jeanne.record.id, element_ids=[one.id for one in elements],
            audience=audience,
        )  # fmt: skip


def weigh_rule(jeanne, target=EVERYTHING, audience=EVERYONE, by="jeanne"):
    with jeanne.as_(by) as viewer:
        return masks.weigh_rule(
            by=viewer, record_id=jeanne.record.id, target=target, audience=audience
        )


def choices(jeanne, by="jeanne", **asked):
    with jeanne.as_(by) as viewer:
        return masks.read_rule_choices(by=viewer, record_id=jeanne.record.id, **asked)


def keys(found):
    return {uuid.UUID(key) for choice in found for key in choice.value.split()}


def last_event(jeanne):
    event = JournalEvent.objects.filter(record_id=jeanne.record.id).order_by("seq").last()
    return event.act, event.door, event.shown, event.rests_on_secret


@pytest.fixture
def clear(jeanne, as_owner):
    """Jeanne's world, with nothing hidden."""
    with as_owner():
        Mask.objects.all().delete()
    return jeanne


@pytest.fixture
def lou(clear, as_owner):
    """The same record, of a girl of sixteen, with a mother."""
    with as_owner():
        type(clear.holder).objects.filter(id=clear.holder.id).update(born_on=dt.date(2010, 1, 5))
        mother = cast.person("Marie")
        cast.represent(clear.record, mother)
    clear.viewers["mother"] = cast.family_viewer(mother, Role.REPRESENTATIVE)
    return clear


# --- hiding elements ---


def test_what_hiding_would_do_is_said_of_one_and_of_everyone(clear):
    from_martin = weigh(clear, clear.letter, clear.scan, audience=of_one(clear, "martin"))
    assert (from_martin.name, from_martin.subject, from_martin.from_whom) == (
        "Dr Martin", "Le Dr Martin", "au Dr Martin",
    )  # fmt: skip
    assert (from_martin.plural, weigh(clear, clear.letter).plural) == (False, True)
    doctors = Audience(MaskAudience.PROFESSION, profession="10")
    assert not weigh(clear, clear.letter, audience=doctors).plural
    # Back to the earliest of what was chosen.
    assert from_martin.back == clear.scan.id
    assert from_martin.count == len(keys(from_martin.together)) == 2
    assert from_martin.audience == of_one(clear, "martin")
    assert last_event(clear) == ("list_read", "holder", 1, False)


def test_each_element_told_is_counted_in_the_journal_of_what_was_read(clear):
    found = weigh(clear, clear.pill, audience=EVERYONE)
    told = keys(found.together) | keys(found.guesses)
    assert keys(found.guesses)
    assert last_event(clear) == ("list_read", "holder", len(told), False)


def test_what_the_audience_does_not_see_is_no_guess_of_theirs(clear, as_owner):
    """Boxes of one medicine, and a letter on its subject, beside the box that is hidden."""
    first, second, third = ReimbursementLine.objects.filter(atc="N06AB06").order_by("occurred_on")
    martin = of_one(clear, "martin")
    with as_owner():
        letter = cast.document(clear.record, by=clear.professionals["petit"], categories=1,
                               occurred_on=dt.date(2026, 1, 3))  # fmt: skip
    assert keys(weigh(clear, third, audience=martin).guesses) == {first.id, second.id, letter.id}
    with as_owner():
        for element in (second, letter):
            hide(clear.record, element, audience="professional", audience_id=martin.id)
    assert keys(weigh(clear, third, audience=martin).guesses) == {first.id}
    # Everybody else has it all before them.
    assert keys(weigh(clear, third).guesses) == {first.id, second.id, letter.id}


def test_somebody_without_a_way_to_the_record_is_taken_to_see_what_the_asker_does(clear):
    stranger = of_one(clear, "stranger")
    whole = keys(weigh(clear, clear.pill).guesses)
    assert whole
    assert keys(weigh(clear, clear.pill, audience=stranger).guesses) == whole


def test_a_medicine_is_unknown_to_them_once_no_box_is_left(clear, as_owner):
    boxes = list(ReimbursementLine.objects.filter(atc="N06AB06").order_by("occurred_on"))
    assert not weigh(clear, boxes[0], audience=EVERYONE).takes_medicine
    assert weigh(clear, *boxes, audience=EVERYONE).takes_medicine
    assert not weigh(clear, clear.letter, audience=EVERYONE).takes_medicine
    # Another medicine of the same subject tells nothing of this one.
    with as_owner():
        cast.line(
            clear.record, section="MED", code_system="CIP13", code="3400932088539",
            atc="N05BB01", categories=1, occurred_on=dt.date(2026, 1, 8), pays_for="60593-1",
        )  # fmt: skip
    found = weigh(clear, *boxes, audience=EVERYONE)
    assert (len(found.guesses), found.takes_medicine) == (1, True)
    # A prescription of that subject may name it.
    with as_owner():
        cast.document(clear.record, by=clear.professionals["petit"], categories=1,
                      type_code="57833-6", occurred_on=dt.date(2026, 1, 3))  # fmt: skip
    assert not weigh(clear, *boxes, audience=EVERYONE).takes_medicine


def test_who_took_part_is_not_said_to_know_nothing_of_it(clear, as_owner):
    martin, pharmacy = of_one(clear, "martin"), Audience(MaskAudience.STRUCTURE, clear.pharmacy.id)
    with as_owner():
        given, prescribed, theirs = (
            cast.line(clear.record, **{who: martin.id}, occurred_on=dt.date(2026, 1, number))
            for number, who in enumerate(("performer_id", "prescriber_id", "author_id"), start=1)
        )
    for element in (given, prescribed, theirs):
        assert weigh(clear, element, audience=martin).took_part
        assert not weigh(clear, element, audience=of_one(clear, "garnier")).took_part
        assert not weigh(clear, element, audience=EVERYONE).took_part
    assert not weigh(clear, clear.blood, audience=martin).took_part
    assert not weigh(clear, clear.blood, audience=pharmacy).took_part
    assert weigh_rule(clear, Target(MaskTarget.EVERYTHING), martin).took_part
    assert not weigh_rule(clear, Target(MaskTarget.CATEGORY, categories=8), martin).took_part


def test_who_sees_all_the_same_is_named_once_the_treating_gp_first(clear, as_owner):
    others = cast_pros(as_owner, "Caro", "Abel", "Brun")
    with as_owner():
        theirs = [
            cast.document(clear.record, title="Bilan", by=one)
            for one in (clear.professionals["garnier"], *others)
        ]
    chosen = (clear.letter, clear.scan, *theirs, clear.visit)
    gp = "le Dr Petit, votre médecin traitant"
    *rest, martin = (
        f"le Dr {name}, qui l'a écrit" for name in ("Abel", "Brun", "Caro", "Garnier", "Martin")
    )
    assert weigh(clear, *chosen).still_see == (gp, *rest, martin)
    # Of whom it is hidden from, another sentence says that it hides nothing.
    found = weigh(clear, *chosen, audience=of_one(clear, "martin"))
    assert found.still_see == (gp, *rest)
    assert "Le Dr Martin l'a écrit" in found.without_effect
    place = Audience(MaskAudience.STRUCTURE, clear.pharmacy.id)
    assert weigh(clear, *chosen, audience=place).without_effect == ""
    assert weigh(clear, *chosen, by="guardian").still_see[0] == "le Dr Petit, médecin traitant"
    with as_owner():
        Authorisation.objects.filter(kind="treating_gp").update(ended_at=NOON)
    assert weigh(clear, clear.visit).still_see == ()


def test_of_a_rule_each_author_is_said_to_keep_what_they_wrote_but_to_a_delegate(clear):
    gp, each = (
        "le Dr Petit, votre médecin traitant",
        "chaque professionnel, pour ce qu'il a écrit lui-même",
    )
    paul = Audience(MaskAudience.DELEGATE, clear.viewers["delegate"].person_id)
    assert weigh_rule(clear).still_see == (gp, each)
    assert weigh_rule(clear, audience=of_one(clear, "martin")).still_see == (gp, each)
    assert weigh_rule(clear, audience=paul).still_see == (gp,)


def test_a_minor_is_told_that_their_representatives_see_what_is_hidden_from_every_professional(
    lou,
):
    parents = "les représentants légaux"
    assert weigh(lou, lou.letter).still_see[-1] == parents
    assert weigh_rule(lou).still_see[-1] == parents
    assert parents not in weigh(lou, lou.letter, audience=of_one(lou, "martin")).still_see
    assert last_event(lou)[3] is True
    weigh(lou, lou.letter, by="mother")
    assert last_event(lou)[1:] == ("representative", 1, False)
    weigh_rule(lou)
    assert last_event(lou)[3] is True
    choices(lou)
    assert last_event(lou)[3] is True


def test_an_adult_is_not(clear):
    assert "les représentants légaux" not in weigh(clear, clear.letter).still_see


def test_a_share_of_this_element_to_this_one_is_said_to_go_on(clear, as_owner):
    martin = clear.professionals["martin"].professional
    given = {"kind": "share", "professional": martin, "since": LONG_AGO, "given_at": LONG_AGO,
             "confirmed_at": LONG_AGO, "element_id": clear.scan.id}  # fmt: skip
    audience = of_one(clear, "martin")

    def said():
        return weigh(clear, clear.scan, audience=audience).without_effect

    with as_owner():
        other = cast.record(cast.person("Autre"))
        for facts in (
            {"ended_at": NOON},
            {"since": NOON + MINUTE},
            {"professional": clear.professionals["garnier"].professional},
            {"element_id": clear.letter.id},
            {"record": other},
        ):
            Authorisation.objects.create(**({"record": clear.record} | given | facts))
        circle_period(clear.record, "circle", professional=martin, user=clear.users["martin"])
    assert said() == ""
    with as_owner():
        Authorisation.objects.create(record=clear.record, **given)
    assert said().replace("\xa0", " ").startswith("Vous avez montré cet élément au Dr Martin")
    assert weigh(clear, clear.scan).without_effect == ""


def shared_with_martin(clear, element, **facts):
    given = {"kind": "share", "since": LONG_AGO, "given_at": LONG_AGO, "confirmed_at": LONG_AGO,
             "professional": clear.professionals["martin"].professional}  # fmt: skip
    return Authorisation.objects.create(
        record=clear.record, element_id=element.id, **(given | facts)
    )


def test_what_goes_along_and_they_keep_is_named_and_its_author_too(clear, as_owner):
    """A visit brings its letter: of what its performer wrote it hides nothing from them."""
    with as_owner():
        visit = a_visit(clear.record, clear.letter.occurred_on, clear.professionals["martin"])
    audience = of_one(clear, "martin")

    def said():
        return weigh(clear, visit, audience=audience).without_effect.replace("\xa0", " ")

    assert keys(weigh(clear, visit).together) == {visit.id, clear.letter.id}
    assert "le Dr Martin, qui l'a écrit" in weigh(clear, visit).still_see
    assert said().startswith("Le Dr Martin verra encore : Lettre du cardiologue. On ne peut")
    assert weigh(clear, visit, audience=of_one(clear, "garnier")).without_effect == ""
    with as_owner():
        Document.objects.filter(id=clear.letter.id).update(author_id=None)
    assert said() == ""
    with as_owner():
        shared_with_martin(clear, clear.letter)
    for name, still in (("garnier", True), ("martin", False)):
        with as_owner():
            Block.objects.create(
                record=clear.record, professional=clear.professionals[name].professional,
                since=LONG_AGO,
            )  # fmt: skip
        assert said().startswith("Le Dr Martin verra encore : Lettre du cardiologue.") is still


# --- setting a rule ---


def test_a_rule_may_aim_at_who_did_something_one_sees_by_their_name_and_trade(clear, as_owner):
    unseen, unknown = cast_pros(as_owner, "Zed", "Yvon")
    with as_owner():
        Document.objects.filter(id=clear.waits.id).update(author_id=unseen.id)
        cast.line(clear.record, performer_id=clear.professionals["stranger"].id)
        cast.line(clear.record, prescriber_id=clear.professionals["pharmacist"].id)
        cast.document(clear.record, author_id=uuid.uuid4())
    found = choices(clear)
    assert [(one.key, one.name.partition(" – ")[0]) for one in found.authors] == [
        (str(clear.professionals[name].id), said)
        for name, said in (
            ("pharmacist", "Alix Benali"), ("garnier", "Dr Alix Garnier"),
            ("martin", "Dr Alix Martin"), ("petit", "Dr Alix Petit"),
            ("stranger", "Dr Alix Roche"),
        )
    ]  # fmt: skip
    assert "Psychiatrie" in found.authors[1].name
    assert unknown.id not in {one.key for one in found.authors}
    assert last_event(clear) == ("list_read", "holder", 5, False)


def cast_pros(as_owner, *names):
    with as_owner():
        return [cast.pro(name, account=False) for name in names]


def test_a_rule_may_be_hidden_from_who_has_a_way_but_the_treating_gp(clear):
    found = choices(clear)
    paul = clear.viewers["delegate"].person_id
    assert [(one.key, one.name, one.why) for one in found.people] == [
        (of_one(clear, "martin").key, "Le Dr Martin", "a accès"),
        (f"structure:{clear.pharmacy.id}", "La Pharmacie du Port",
         "tous ceux qui y travaillent"),
        (f"delegate:{paul}", "Paul Roux", "vous aide"),
    ]  # fmt: skip
    professions = {one.key: one.name for one in found.professions}
    assert professions["10"] == "Médecin"
    assert all(professions.values())
    assert [one.bit for one in found.subjects] == [1, 2, 4, 8, 16, 32, 64]


def test_the_care_one_comes_from_is_offered_when_one_sees_something_of_it(clear, as_owner):
    care, unseen = uuid.uuid4(), uuid.uuid4()
    with as_owner():
        Document.objects.filter(id=clear.letter.id).update(episodes=[care])
        Document.objects.filter(id=clear.waits.id).update(episodes=[unseen])
    assert choices(clear).care is None
    assert choices(clear, care=f"professional:{care}").care is None
    chosen = choices(clear, care=f"episode:{care}").care
    assert chosen.key == f"episode:{care}"
    assert chosen.name.startswith("Tout ce qui va avec : Lettre du cardiologue")
    for wrong in (f"episode:{unseen}", f"episode:{uuid.uuid4()}", "episode:x"):
        with pytest.raises(NotVisible):
            choices(clear, care=wrong)


def test_what_a_rule_would_do_is_said_before_it_is_set(clear):
    garnier = Target(MaskTarget.PROFESSIONAL, clear.professionals["garnier"].id)
    found = weigh_rule(clear, garnier, of_one(clear, "martin"))

    assert (found.target, found.audience) == (garnier, of_one(clear, "martin"))
    assert found.words == "Tout ce que le Dr Garnier a fait ou prescrit"
    assert (found.name, found.subject, found.from_whom) == (
        "Dr Martin", "Le Dr Martin", "au Dr Martin",
    )  # fmt: skip
    assert (found.covered, found.untold, found.unnamed, found.plural) == (5, 0, 0, False)
    days = [one.on for one in found.told]
    assert days == sorted(days, reverse=True)
    assert (len(days), found.told[0].id) == (5, clear.pill.id)
    assert found.takes_medicine
    assert found.without_effect == ""
    assert last_event(clear) == ("list_read", "holder", 5, False)
    plural = [
        weigh_rule(clear, audience=one).plural
        for one in (EVERYONE, Audience(MaskAudience.PROFESSION, profession="10"),
                    Audience(MaskAudience.STRUCTURE, clear.pharmacy.id))
    ]  # fmt: skip
    assert plural == [True, True, False]
    itself = weigh_rule(clear, garnier, of_one(clear, "garnier"))
    assert "ne lui cachera" in itself.without_effect
    assert weigh_rule(clear).without_effect == ""
    assert not weigh_rule(clear, Target(MaskTarget.CATEGORY, categories=8)).takes_medicine


def test_what_cannot_be_hidden_is_not_weighed(clear):
    unseen = Target(MaskTarget.EPISODE, uuid.uuid4())
    with pytest.raises(NotVisible):
        weigh_rule(clear, unseen)
    with pytest.raises(NotVisible):
        weigh(clear, clear.letter, clear.waits)
    for weighed in (
        lambda petit: weigh(clear, clear.letter, audience=petit),
        lambda petit: weigh_rule(clear, audience=petit),
    ):
        with pytest.raises(Refused, match="médecin traitant"):
            weighed(of_one(clear, "petit"))


def test_a_rule_says_what_may_still_be_guessed_and_whether_a_medicine_would_be(clear, as_owner):
    """A box that another prescribed is left: the rule on the first doctor hides no medicine."""
    with as_owner():
        other = cast.line(
            clear.record, section="MED", code_system="CIP13", code="3400937016605",
            atc="N06AB06", categories=1, prescriber_id=clear.professionals["petit"].id,
            occurred_on=dt.date(2026, 1, 8), pays_for="60593-1",
        )  # fmt: skip
    garnier = Target(MaskTarget.PROFESSIONAL, clear.professionals["garnier"].id)
    found = weigh_rule(clear, garnier)
    assert keys(found.guesses) == {other.id}
    assert not found.takes_medicine
    assert last_event(clear) == ("list_read", "holder", 6, False)
    # Nobody guesses who doesn't see what is left.
    with as_owner():
        hide(clear.record, other, audience="structure", audience_id=clear.pharmacy.id)
    pharmacy = weigh_rule(clear, garnier, Audience(MaskAudience.STRUCTURE, clear.pharmacy.id))
    assert (keys(pharmacy.guesses), pharmacy.takes_medicine) == (set(), True)


def test_of_very_many_the_latest_forty_are_told_and_a_hundred_authors_offered(clear, as_owner):
    with as_owner():
        people = [
            Professional(
                id=uuid.UUID(int=number), rpps=f"{number:011}", title="Dr", given_name="Un",
                family_name=f"Aa{number:03}", profession="10",
            )
            for number in range(1, 102)
        ]  # fmt: skip
        Professional.objects.bulk_create(people)
        made = cast.line(clear.record, occurred_on=dt.date(2026, 6, 1))
        rows = [copy.copy(made) for _one in people]
        for number, (line, one) in enumerate(zip(rows, people, strict=True)):
            line.id, line.performer_id, line.line_key = uuid.uuid4(), one.id, f"{number}"
        ReimbursementLine.objects.bulk_create(rows)
    found = choices(clear).authors
    assert [one.key for one in found] == [str(one.id) for one in people[:100]]
    rule = weigh_rule(clear)
    assert (len(rule.told), rule.untold) == (40, rule.covered - 40)
    assert rule.told[0].on == max(one.on for one in rule.told)
