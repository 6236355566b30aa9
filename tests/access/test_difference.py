"""What a rule is said to change: of what the asker knows, for whom it aims at, and no one else."""

from __future__ import annotations

import datetime as dt

from django.urls import reverse

from access import masks, policy
from access.binding import frozen_clock
from access.elements import KINDS
from access.masks import Audience, Target
from access.models import Authorisation, Mask, MaskAudience, MaskTarget
from tests.access import cast
from tests.access.cast import LONG_AGO, NOON
from tests.jeanne import circle_period


EVERYTHING = Target(MaskTarget.EVERYTHING)
MINUTE = dt.timedelta(minutes=1)


def weigh(jeanne, target=EVERYTHING, audience=None, by="jeanne"):
    with jeanne.as_(by) as viewer:
        return masks.weigh_rule(
            by=viewer, record_id=jeanne.record.id, target=target,
            audience=audience or Audience(MaskAudience.EVERYONE),
        )  # fmt: skip


def seen(jeanne, who):
    with jeanne.as_(who):
        standing = policy.standing_on(jeanne.record.id)
        return {row.id for model in KINDS.values() for row in policy.visible(model, standing)}


def test_what_the_asker_does_not_see_is_in_no_count(jeanne, as_owner):
    """Jeanne doesn't know of what waits to be announced; Dr Martin sees it, and would not."""
    martin = Audience(MaskAudience.PROFESSIONAL, jeanne.professionals["martin"].id)
    both = seen(jeanne, "martin") & seen(jeanne, "jeanne")
    assert jeanne.waits.id in seen(jeanne, "martin") - both

    everything = weigh(jeanne, audience=martin)
    assert [one.today for one in everything.people] == [len(both)]
    # What he wrote himself, he keeps.
    assert [one.after for one in everything.people] == [1]
    assert everything.covered == len(seen(jeanne, "jeanne"))
    assert not Mask.objects.filter(target="everything").exists()
    nothing = Target(MaskTarget.CATEGORY, categories=8)
    with as_owner():  # where the database itself would hold nothing back
        assert weigh(jeanne, audience=martin).people == everything.people
        [reach] = weigh(jeanne, nothing, audience=martin).people
    assert (reach.today, reach.after) == (len(both), len(both))


def test_many_people_are_told_of_by_their_number(jeanne, as_owner):
    with as_owner():
        for number in range(14):
            someone = cast.pro(f"Un{number:02}", account=False)
            circle_period(jeanne.record, "circle", structure=None, user=jeanne.users["martin"],
                          professional=someone.professional)  # fmt: skip
    found = weigh(jeanne)
    # Beside these fourteen: Dr Martin and the pharmacy.
    assert len(found.people) == 12
    assert found.unnamed == 4


def test_of_a_profession_only_those_who_practise_it_are_told_and_as_they_do(jeanne, as_owner):
    """A doctor at the pharmacy sees more than the pharmacists: the rule isn't about them."""
    with as_owner():
        cast.pro("Autre", place=jeanne.pharmacy)
        cast.document(jeanne.record, type_code="68599-0", class_code="11")
    pharmacists = Audience(MaskAudience.PROFESSION, profession="21")
    both = seen(jeanne, "pharmacist") & seen(jeanne, "jeanne")
    told = [(one.name, one.today) for one in weigh(jeanne, audience=pharmacists).people]
    assert told == [("La Pharmacie du Port", len(both))]


def test_what_a_rule_covers_is_counted_whatever_is_hidden_already(jeanne):
    garnier = jeanne.professionals["garnier"].id
    found = weigh(jeanne, Target(MaskTarget.PROFESSIONAL, garnier))
    hidden_already = Mask.objects.filter(record=jeanne.record).values_list("target_id", flat=True)
    assert jeanne.wish.id in hidden_already
    # A letter, a visit and three boxes.
    assert found.covered == 5
    assert weigh(jeanne, Target(MaskTarget.CATEGORY, categories=8)).covered == 0


def test_what_was_shown_on_purpose_counts_for_somebody_without_an_account(jeanne, as_owner):
    """Only what is shown now: confirmed, not over, to them, of this record."""
    with as_owner():
        someone, other = (cast.pro(name, account=False).professional for name in ("Un", "Deux"))
        holds = {"professional": someone, "kind": "share", "since": LONG_AGO, "given_at": LONG_AGO}
        for element, facts in (
            (jeanne.letter, {"confirmed_at": NOON}),
            (jeanne.scan, {"confirmed_at": NOON + MINUTE}),
            (jeanne.blood, {"confirmed_at": LONG_AGO, "ended_at": NOON}),
            (jeanne.visit, {"confirmed_at": None}),
            (jeanne.mine, {"confirmed_at": LONG_AGO, "professional": other}),
        ):
            Authorisation.objects.create(
                record=jeanne.record, element_id=element.id, **(holds | facts)
            )
    audience = Audience(MaskAudience.PROFESSIONAL, someone.id)
    [reach] = weigh(jeanne, audience=audience).people
    # A share passes any mask.
    assert (reach.today, reach.after) == (1, 1)


def test_what_is_covered_is_what_is_lost_kept_and_not_seen_already(jeanne):
    """A rule that covers 14 and takes 13 away says what becomes of the other one."""
    letter = jeanne.letter.author_id
    everyone = Audience(MaskAudience.EVERYONE)
    author = Audience(MaskAudience.PROFESSIONAL, jeanne.professionals["martin"].id)
    told = set()
    for target in (EVERYTHING, Target(MaskTarget.PROFESSIONAL, letter)):
        for audience in (everyone, author):
            found = weigh(jeanne, target, audience)
            for one in found.people:
                assert one.kept + one.already + one.today - one.after == found.covered, one
                told |= {key for key in ("kept", "already") if getattr(one, key)}
    assert told == {"kept", "already"}

    page = reverse("access:hide", args=[jeanne.record.id])
    with frozen_clock(NOON):
        html = jeanne.browser("jeanne").get(
            page, {"what": "everything", "from": f"professional:{author.id}"}
        ).content.decode()  # fmt: skip
    [reach] = weigh(jeanne, audience=author).people
    said = " ".join(html.split())
    assert f"garde {reach.kept} élément couvert par la règle : de sa main" in said
    assert f"ne voit déjà pas {reach.already} éléments couverts" in said
