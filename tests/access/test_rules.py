"""Rules wider than an element: chosen, weighed by the gate itself, set, and taken back."""

from __future__ import annotations

import datetime as dt
import re
import uuid

import pytest
from django.test import Client
from django.urls import reverse

from access import circle, masks, policy
from access.binding import binding, frozen_clock
from access.elements import KINDS
from access.masks import Audience, Target
from access.models import Mask, MaskAudience, MaskTarget
from access.policy import NotVisible, Refused
from access.viewer import Role
from tests.access import cast
from tests.access.cast import NOON


MENTAL_HEALTH = 1


@pytest.fixture
def shown(world, as_owner):
    """Three doors, and care of three sorts: mental health, Dr Garnier's, and the rest."""
    with binding(world.jeanne, at=NOON):
        for give in ({"professional_id": world.martin.id}, {"structure_id": world.pharmacy.id}):
            circle.authorise(by=world.jeanne, record_id=world.record.id, **give)
        circle.declare_treating_gp(
            by=world.jeanne, record_id=world.record.id, professional_id=world.petit.id
        )
    world.episode = uuid.uuid4()
    of_garnier = {"performer_id": world.garnier.id, "episodes": [world.episode]}
    with as_owner():
        world.delegate = cast.person("Paul")
        cast.delegate(world.record, world.delegate)
        world.letter = cast.document(
            world.record, by=world.garnier, categories=MENTAL_HEALTH, episodes=[world.episode]
        )
        cast.line(world.record, label="Consultation", categories=MENTAL_HEALTH, **of_garnier)
        cast.line(world.record, label="Radio")
        cast.document(world.record, title="De sa main", by=world.martin, categories=MENTAL_HEALTH)
    return world


def targets(world):
    return {
        "everything": Target(MaskTarget.EVERYTHING),
        "category": Target(MaskTarget.CATEGORY, categories=MENTAL_HEALTH),
        "professional": Target(MaskTarget.PROFESSIONAL, world.garnier.id),
        "episode": Target(MaskTarget.EPISODE, world.episode),
    }


def audiences(world):
    return {
        "everyone": Audience(MaskAudience.EVERYONE),
        "profession": Audience(MaskAudience.PROFESSION, profession="10"),
        "professional": Audience(MaskAudience.PROFESSIONAL, world.martin.id),
        "structure": Audience(MaskAudience.STRUCTURE, world.pharmacy.id),
        "delegate": Audience(MaskAudience.DELEGATE, world.delegate.id),
    }


def weigh(world, target, audience, by=None):
    by = by or world.jeanne
    with binding(by, at=NOON):
        return masks.weigh_rule(by=by, record_id=world.record.id, target=target, audience=audience)


def seen(world, viewer):
    with binding(viewer, at=NOON):
        standing = policy.standing_on(world.record.id)
        return sum(policy.visible(model, standing).count() for model in KINDS.values())


def test_what_a_rule_is_said_to_change_is_what_it_changes_whatever_it_aims_at(shown):
    viewers = {
        "Le Dr Martin": shown.martin.viewer,
        "La Pharmacie du Port": shown.pharmacist.viewer,
        "Paul Morel": cast.family_viewer(shown.delegate, Role.DELEGATE),
    }
    told = 0
    for target in targets(shown).values():
        for audience in audiences(shown).values():
            view = weigh(shown, target, audience)
            assert not Mask.objects.filter(ended_at=None).exists(), "nothing is written yet"
            before = {one.name: seen(shown, viewers[one.name]) for one in view.people}
            with binding(shown.jeanne, at=NOON):
                done = masks.hide(
                    by=shown.jeanne, record_id=shown.record.id, others=[target],
                    audience=audience, gesture=uuid.uuid4(),
                )  # fmt: skip
            for one in view.people:
                assert one.today == before[one.name]
                assert one.after == seen(shown, viewers[one.name]), (target, audience, one)
                told += one.after < one.today
            with binding(shown.jeanne, at=NOON):
                masks.show(by=shown.jeanne, record_id=shown.record.id, gesture=done.gesture)
    assert told >= 20, "most rules change something for somebody"


def test_the_author_and_the_treating_gp_are_said_to_see_all_the_same(shown):
    view = weigh(shown, targets(shown)["category"], audiences(shown)["everyone"])

    assert view.covered == 3
    assert [one.name for one in view.people] == ["Le Dr Martin", "La Pharmacie du Port"]
    assert view.still_see == (
        "le Dr Petit, votre médecin traitant",
        "chaque professionnel, pour ce qu'il a écrit lui-même",
    )
    with pytest.raises(Refused):
        weigh(
            shown, targets(shown)["everything"],
            Audience(MaskAudience.PROFESSIONAL, shown.petit.id),
        )  # fmt: skip


def test_a_representative_learns_nothing_by_weighing_of_a_door_the_minor_gave(world, as_owner):
    with as_owner():
        lou = cast.person("Lou", born=dt.date(2010, 1, 5))
        world.record = cast.record(lou)
        mother = cast.person("Marie")
        cast.represent(world.record, mother)
        minor = cast.family_viewer(lou)
        marie = cast.family_viewer(mother, Role.REPRESENTATIVE)
        cast.document(world.record, by=world.garnier)
    rule = Target(MaskTarget.EVERYTHING), Audience(MaskAudience.PROFESSIONAL, world.martin.id)
    before = weigh(world, *rule, by=marie)
    with binding(minor, at=NOON):
        circle.authorise(by=minor, record_id=world.record.id, professional_id=world.martin.id)

    assert weigh(world, *rule, by=marie) == before
    assert [one.today for one in weigh(world, *rule, by=minor).people] == [1]


def test_an_address_never_says_which_subject_and_is_of_one_record(shown):
    mental = targets(shown)["category"]
    key = mental.key(shown.record.id)

    assert re.fullmatch(r"subject:[0-9a-f]{12}", key)
    assert Target.parse(key, shown.record.id) == mental
    assert key != mental.key(uuid.uuid4())
    for bad in (mental.key(uuid.uuid4()), "category:1", "element:x", "professional:x", ""):
        with pytest.raises(NotVisible):
            Target.parse(bad, shown.record.id)


@pytest.fixture
def browser(shown):
    client = Client()
    client.force_login(cast.User.objects.get(id=shown.jeanne.user_id))
    session = client.session
    session["capacity"], session["second_factor"] = f"patient:{shown.record.id}", "totp"
    session.save()
    with frozen_clock(NOON):
        yield client


def test_a_rule_is_chosen_weighed_set_listed_and_undone(shown, browser):
    new = reverse("access:rule_new", args=[shown.record.id])
    page = browser.get(new)
    assert "Santé mentale" in page.content.decode()
    missing = browser.get(new, {"next": "1", "what": "professional", "whom": "profession"})
    said = missing.content.decode()
    assert "Choisissez le soignant dont vous voulez masquer les soins." in said
    assert "Choisissez la profession à qui vous voulez le masquer." in said

    mental = targets(shown)["category"].key(shown.record.id)
    martin = f"professional:{shown.martin.id}"
    leads = browser.get(new, {"next": "1", "what": mental, "whom": martin})
    asked = browser.get(leads.url)
    said = asked.content.decode()
    for tag in ("title", "h1"):
        assert "mentale" not in re.search(f"<{tag}.*?</{tag}>", said, re.DOTALL).group()
    assert "La règle couvre 3 éléments de ce que vous voyez." in said
    assert not Mask.objects.exists()

    gesture = asked.context["form"]["gesture"].value()
    done = browser.post(leads.url, {"gesture": gesture, "lasting": "always"}, follow=True)
    assert "Le Dr Martin ne voit plus ce que cette règle couvre" in done.content.decode()
    rules = browser.get(reverse("access:who_can_see", args=[shown.record.id]))
    [(rule, undo)] = rules.context["rules"]
    assert rule.words == ("Santé mentale",)
    browser.post(undo)
    assert not Mask.objects.filter(ended_at=None).exists()
    said = browser.get(reverse("access:who_looked", args=[shown.record.id])).content.decode()
    assert "posé une règle qui masque au Dr" in said
    assert "levé une règle qui masquait au Dr" in said
    assert "mentale" not in said


def test_somebody_who_has_no_access_is_found_by_name(shown, browser):
    new = reverse("access:rule_new", args=[shown.record.id])
    page = browser.get(new, {"q": "garnier", "what": "everything"})
    said = page.content.decode()
    assert f'value="professional:{shown.garnier.id}"' in said
    assert re.search(r'value="everything"[^>]* checked', said)
    assert "Personne d'autre pour" in browser.get(new, {"q": "zzzz"}).content.decode()
