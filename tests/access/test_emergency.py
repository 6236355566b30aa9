"""Emergency and regulation: by the clock, one refusal for all, told once, looked at after."""

from __future__ import annotations

import datetime as dt
import re
import uuid

import pytest
from django.core import mail
from django.core.cache import cache
from django.urls import reverse

from access import notices, policy
from access.binding import frozen_clock
from access.emergency import Sought, open_for_call, open_in_emergency
from access.journal import SYSTEM
from access.models import Authorisation, Block, JournalEvent, Notice, Opening, User
from access.policy import Refused
from records.models import Person, Record, RecordIdentifier
from records.pages import emergency as pages
from tests.access import cast
from tests.access.cast import NOON
from tests.access.test_see_as import bare, looking
from tests.jeanne import NIR, circle_period, hide
from tests.records.test_every_viewer import address


TEXT = "Trouvée inconsciente dans la rue, seule."
WHO = {"nir": NIR, "birth_name": "Morel", "born_on": "04/03/1958"}
WHY = {"reason": "life", "text": TEXT}
SOUGHT = Sought(NIR, "Morel", dt.date(1958, 3, 4))
SENTENCE = "Aucun dossier ne peut être ouvert en urgence pour cette personne."
HOUR = dt.timedelta(hours=1)
SECOND = dt.timedelta(seconds=1)
URGENT = reverse("records:emergency")
CALL = reverse("records:regulation")


def ask(browser, **changed):
    return browser.post(URGENT, WHO | WHY | changed)


def call(browser, **changed):
    return browser.post(CALL, WHO | {"reference": "SAMU-2026-0417"} | changed)


def status(jeanne, browser, *page, at=NOON):
    with frozen_clock(at):
        return browser.get(address(jeanne, *page)).status_code


def acts(record_id, act):
    rows = JournalEvent.objects.filter(record_id=record_id, act=act).order_by("seq")
    return [(row.actor_name, row.door, row.reason) for row in rows]


def told():
    """Whom each notice is for, and its kind."""
    rows = Notice.objects.all()
    return sorted((row.kind, str(row.professional_id or row.person_id)) for row in rows)


@pytest.fixture
def roche(jeanne):
    """The browser of Dr Roche, who has no door to Jeanne's record."""
    return jeanne.browser("stranger")


@pytest.fixture
def samu(jeanne, as_owner):
    with as_owner():
        doctor = cast.pro("Colin", place=cast.structure("SAMU 75", "samu"))
        jeanne.viewers["samu"], jeanne.users["samu"] = doctor.viewer, doctor.user
    return jeanne.browser("samu")


# --- Opening ----------------------------------------------------------------------------------


def test_eight_hours_by_the_clock_on_that_record_for_that_doctor(jeanne, roche):
    assert status(jeanne, roche, "home") == 404
    opened = ask(roche)
    assert (opened.status_code, opened["Location"]) == (302, address(jeanne, "home"))

    assert status(jeanne, roche, "home") == status(jeanne, roche, "document", "letter") == 200
    assert status(jeanne, roche, "document", "letter", at=NOON + 8 * HOUR - SECOND) == 200
    assert status(jeanne, roche, "document", "letter", at=NOON + 8 * HOUR) == 404
    assert status(jeanne, jeanne.browser("garnier"), "home") == 404


def test_one_event_with_the_door_and_the_reason_and_everybody_is_told_once(jeanne, roche):
    ask(roche)
    ask(roche)  # pressed twice

    assert Opening.objects.count() == 1
    who = jeanne.viewers["stranger"].name
    assert acts(jeanne.record.id, "emergency_opened") == [(who, "emergency", f"life|{TEXT}")]
    guardian = jeanne.viewers["guardian"].person_id
    assert told() == sorted([
        ("emergency", str(jeanne.holder.id)),
        ("emergency", str(guardian)),
        ("patient_opened", str(jeanne.professionals["petit"].id)),
    ])  # fmt: skip
    assert not any("urgence" in row.body for row in Notice.objects.all())


def test_a_new_opening_needs_a_new_reason(jeanne, roche):
    ask(roche)
    roche.post(reverse("access:emergency_end", args=[jeanne.record.id, Opening.objects.get().id]))
    assert status(jeanne, roche, "home") == 404
    assert ask(roche, text="").status_code == 422
    ask(roche, text="Elle a perdu connaissance de nouveau.")

    assert Opening.objects.count() == 2
    assert status(jeanne, roche, "home") == 200


def test_every_page_of_the_record_says_until_when_and_ends_it(jeanne, roche):
    ask(roche)
    end = reverse("access:emergency_end", args=[jeanne.record.id, Opening.objects.get().id])
    shown = {"home": "20\xa0h\xa000, encore 8 heures.", "care": "", "treatments": "",
             "documents": "", "entries": "", "synthesis": "", "deposit": ""}  # fmt: skip
    for page, words in shown.items():
        html = roche.get(reverse(f"records:{page}", args=[jeanne.record.id])).content.decode()
        assert "dmp-strip--danger" in html, page
        assert f'action="{end}"' in html, page
        assert words in html
    with frozen_clock(NOON + 7 * HOUR + dt.timedelta(minutes=20)):
        assert "encore 40 minutes" in roche.get(address(jeanne, "home")).content.decode()
    english = roche.get(address(jeanne, "home"), headers={"accept-language": "en"})
    assert "20:00, 8 hours left" in english.content.decode()
    with frozen_clock(NOON + dt.timedelta(minutes=40)):
        assert "encore 7\xa0h\xa020" in roche.get(address(jeanne, "home")).content.decode()
        english = roche.get(address(jeanne, "home"), headers={"accept-language": "en"})
    assert "20:00, 7\xa0h\xa020\xa0min left" in english.content.decode()
    # Not where there is none: the treating GP, the list, and what isn't there.
    assert b"dmp-strip--danger" not in jeanne.browser("petit").get(address(jeanne, "home")).content
    for page in (reverse("access:patients"), address(jeanne, "document", "visit")):
        assert b"dmp-strip--danger" not in roche.get(page).content


def test_seen_through_their_eyes_it_is_their_page(jeanne, roche, as_owner):
    with as_owner():  # nothing waits to be announced: Jeanne sees all there is
        type(jeanne.waits).objects.filter(id=jeanne.waits.id).update(unannounced_until=None)
    ask(roche)
    hers = looking(jeanne, "stranger")

    for page in (("home",), ("documents",), ("document", "letter")):
        assert bare(hers.get(address(jeanne, *page))) == bare(roche.get(address(jeanne, *page)))


def test_masks_hold_but_what_was_opened_to_emergencies_and_the_card_comes_first(
    jeanne, roche, as_owner
):
    doctor = jeanne.professionals["stranger"].id
    with as_owner():
        hide(jeanne.record, jeanne.letter)
        hide(jeanne.record, jeanne.scan, opens_in_emergency=True)
        hide(jeanne.record, jeanne.test, audience="professional", audience_id=doctor,
             opens_in_emergency=True)  # fmt: skip
        hide(jeanne.record, jeanne.allergy)
    ask(roche)

    assert status(jeanne, roche, "document", "letter") == 404
    assert status(jeanne, roche, "document", "scan") == 200
    assert status(jeanne, roche, "care_event", "test") == 404
    home = roche.get(address(jeanne, "home")).content.decode()
    assert home.index("Pénicilline") < home.index("Derniers soins")


def test_the_treating_gp_needs_none(jeanne, as_owner):
    with as_owner():
        Record.objects.update(emergency_refused=True)
    petit = jeanne.browser("petit")
    assert ask(petit)["Location"] == address(jeanne, "home")
    assert not Opening.objects.exists()
    assert not acts(jeanne.record.id, "emergency_opened")


def test_during_a_call_one_hour_and_masks_never_open(jeanne, samu, as_owner):
    with as_owner():
        hide(jeanne.record, jeanne.scan, opens_in_emergency=True)
        hide(jeanne.record, jeanne.allergy)
        Record.objects.update(emergency_refused=True)  # another question
    call(samu)

    [(_who, door, reason)] = acts(jeanne.record.id, "emergency_opened")
    assert (door, reason) == ("regulation", "call|SAMU-2026-0417")
    assert status(jeanne, samu, "document", "letter", at=NOON + HOUR - SECOND) == 200
    assert status(jeanne, samu, "document", "letter", at=NOON + HOUR) == 404
    assert status(jeanne, samu, "document", "scan") == 404
    assert status(jeanne, samu, "entry", "allergy") == 404
    assert "Accès centre 15" in samu.get(address(jeanne, "home")).content.decode()


# --- One refusal for all ------------------------------------------------------------------------


def _other_doctor_represents(jeanne):
    user = jeanne.users["stranger"]
    User.objects.filter(id=user.id).update(person_id=jeanne.viewers["guardian"].person_id)


def _is_the_holder(jeanne):
    user = jeanne.users["stranger"]
    User.objects.filter(id=user.id).update(person_id=jeanne.holder.id)


def _blocked(jeanne):
    whom = jeanne.professionals["stranger"].professional
    Block.objects.create(record=jeanne.record, professional=whom, since=NOON - HOUR)


REFUSALS = {
    "the holder refuses": lambda _world: Record.objects.update(emergency_refused=True),
    "closed": lambda _world: Record.objects.update(status="closed"),
    "suspended": lambda _world: Record.objects.update(status="suspended"),
    "has died": lambda _world: Record.objects.update(died_on=dt.date(2026, 6, 1)),
    "another name": lambda j: Person.objects.filter(id=j.holder.id).update(birth_name="MAREL"),
    "another day": lambda j: Person.objects.filter(id=j.holder.id).update(born_on="1958-03-05"),
    "no record": lambda _world: RecordIdentifier.objects.update(theirs=False),
    "blocked": _blocked,
    "their own record": _is_the_holder,
    "whom they represent": _other_doctor_represents,
    "no doctor": lambda _world: None,
}
UNKNOWN = {"another name", "another day", "no record"}


def heard(response):
    body = re.sub(rb'(name="csrfmiddlewaretoken" value=")[^"]+', rb"\1", response.content)
    changing = {"date", "expires", "set-cookie", "x-request-id"}  # clock and tokens
    return (
        response.status_code,
        {name: value for name, value in response.headers.items() if name.lower() not in changing},
        body,
    )


@pytest.mark.parametrize("why", REFUSALS)
def test_every_refusal_is_one_answer_and_the_holder_alone_is_told(jeanne, as_owner, why):
    who = "pharmacist" if why == "no doctor" else "stranger"
    browser = jeanne.browser(who)
    missing = heard(ask(browser, birth_name="Personne"))
    assert missing[0] == 403
    assert SENTENCE in missing[2].decode()
    with as_owner():
        REFUSALS[why](jeanne)
    before = JournalEvent.objects.count()

    assert heard(ask(browser)) == missing
    assert JournalEvent.objects.count() == before + 1
    on = SYSTEM if why in UNKNOWN else jeanne.record.id
    name, door, reason = acts(on, "emergency_refused")[-1]
    assert (name, door) == (jeanne.viewers[who].name, "emergency")
    # Of whom there is no record nothing is kept but that somebody asked.
    assert reason == ("life|" if why in UNKNOWN else f"life|{TEXT}")
    quiet = UNKNOWN | {"has died", "their own record"}
    assert told() == ([] if why in quiet else [("attempt", str(jeanne.holder.id))])
    assert not Opening.objects.exists()


@pytest.mark.parametrize("why", ["refused", "elsewhere"])
def test_during_a_call_the_refusal_is_the_same_page_too(jeanne, samu, roche, as_owner, why):
    browser = samu if why == "refused" else roche
    missing = heard(call(browser, birth_name="Personne"))
    with as_owner():
        Record.objects.update(regulation_refused=why == "refused")

    assert heard(call(browser)) == missing
    assert SENTENCE in missing[2].decode()
    assert [door for _who, door, _why in acts(jeanne.record.id, "emergency_refused")] == [
        "regulation"
    ]


def test_an_attempt_leaves_with_the_next_round_an_opening_at_once(jeanne, roche, as_owner):
    """A telephone that rings at once would tell who asked that there is a record."""
    with as_owner():
        Record.objects.update(emergency_refused=True)
    ask(roche)
    with as_owner():
        Record.objects.update(emergency_refused=None)
    ask(roche)

    due = dict(Notice.objects.filter(person_id=jeanne.holder.id).values_list("kind", "due_at"))
    assert due == {"attempt": NOON.replace(hour=18), "emergency": NOON}


def test_the_holder_alone_reads_of_an_attempt(jeanne, roche, as_owner):
    with as_owner():
        Record.objects.update(emergency_refused=True)
    ask(roche)
    page = reverse("access:who_looked", args=[jeanne.record.id])
    hers = jeanne.browser("jeanne").get(page).content.decode()

    assert "demandé un accès d&#x27;urgence, qui a été refusé" in hers
    assert TEXT in hers
    assert "Roche" not in jeanne.browser("guardian").get(page).content.decode()


def test_so_many_people_an_hour_and_no_more(jeanne, roche, monkeypatch):
    monkeypatch.setitem(pages.ASKED_AN_HOUR, "emergency", 1)
    assert ask(roche, birth_name="Personne").status_code == 403
    assert ask(roche).status_code == 429
    assert not Opening.objects.exists()
    cache.clear()


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"text": "Vite."}, "Vous en avez écrit 5."),
        ({"text": "Vite,            vite !"}, "Vous en avez écrit 12."),
        ({"text": "x" * 401}, "400"),
        ({"reason": ""}, "Choisissez une raison."),
        ({"nir": "258031234567814"}, "La clé"),
        ({"born_on": "04/04/1958"}, "ne vont pas ensemble"),
        ({"birth_name": ""}, "Recopiez le nom de naissance."),
        ({"text": f"{TEXT}\u202e"}, "un caractère invisible"),
    ],
)
def test_what_is_missing_is_said_before_anybody_is_looked_for(jeanne, roche, changed, words):
    answer = ask(roche, **changed)

    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert not JournalEvent.objects.exists()


def test_letters_that_turn_the_words_round_are_never_kept(jeanne, roche, samu):
    with jeanne.as_("stranger") as by, pytest.raises(Refused, match="caractère invisible"):
        open_in_emergency(by=by, sought=SOUGHT, reason="life", text=f"{TEXT}\u202e")
    with jeanne.as_("samu") as by, pytest.raises(Refused, match="caractère invisible"):
        open_for_call(by=by, sought=SOUGHT, reference="SAMU\u2067-1")
    assert call(samu, reference="SAMU\u2067-1").status_code == 422
    assert not JournalEvent.objects.exists()


# --- Afterwards ---------------------------------------------------------------------------------


def test_the_holder_ends_it_and_the_next_request_finds_nothing(jeanne, roche):
    ask(roche)
    end = reverse("access:emergency_end", args=[jeanne.record.id, Opening.objects.get().id])
    hers = jeanne.browser("jeanne")
    hers.post(end)
    hers.post(end)

    assert status(jeanne, roche, "home") == status(jeanne, roche, "document", "letter") == 404
    assert len(acts(jeanne.record.id, "emergency_ended")) == 1


def test_nobody_else_ends_it_nor_learns_that_it_is_there(jeanne, roche, samu):
    ask(roche)
    opening, record = Opening.objects.get(), jeanne.record.id
    for who in ("martin", "petit", "delegate", "samu", "pharmacist", "agent"):
        browser = jeanne.browser(who)
        real, none = (
            browser.post(reverse("access:emergency_end", args=[record, key]))
            for key in (opening.id, uuid.uuid4())
        )
        assert real.status_code == none.status_code in {403, 404}, who
        assert len(real.content) == len(none.content), who
    opening.refresh_from_db()
    assert opening.ended_at is None


def test_it_is_on_each_list_until_each_has_looked(jeanne, roche):
    ask(roche)
    seen = reverse("access:emergency_seen", args=[jeanne.record.id, Opening.objects.get().id])
    page = reverse("access:who_looked", args=[jeanne.record.id])
    waits = "Accès d'urgence à regarder"

    hers, his = jeanne.browser("jeanne"), jeanne.browser("guardian")
    assert "accès d'urgence à regarder" in hers.get(address(jeanne, "home")).content.decode()
    html = hers.get(page).content.decode()
    assert waits in html
    assert TEXT in html
    hers.post(seen)
    hers.post(seen)

    assert waits not in hers.get(page).content.decode()
    assert waits in his.get(page).content.decode()
    assert len(acts(jeanne.record.id, "emergency_seen")) == 1
    assert status(jeanne, roche, "home") == 200  # looked at isn't ended
    delegate = jeanne.browser("delegate").get(address(jeanne, "home")).content.decode()
    assert "à regarder" not in delegate


def test_looked_at_or_not_who_has_access_is_among_those_who_have_and_ended_from_there(
    jeanne, roche
):
    """« Qui peut voir » that leaves somebody out is untrue, and there was no way to end it."""
    ask(roche)
    opening = Opening.objects.get()
    end, seen = (
        reverse(f"access:emergency_{name}", args=[jeanne.record.id, opening.id])
        for name in ("end", "seen")
    )
    hers = jeanne.browser("jeanne")
    hers.post(seen)
    for name in ("who_can_see", "doctors"):
        page = reverse(f"access:{name}", args=[jeanne.record.id])
        for who in ("jeanne", "guardian"):
            html = jeanne.browser(who).get(page).content.decode()
            assert end in html
            assert "accès d'urgence, ouvert jusqu'au" in html
    assert hers.post(end, {"next": page}).url == page
    assert status(jeanne, roche, "home") == 404
    assert end not in hers.get(page).content.decode()


def test_the_treating_gp_has_it_on_their_list_until_they_come(jeanne, roche):
    ask(roche)
    mine = reverse("access:patients")
    petit = jeanne.browser("petit")
    later = NOON + dt.timedelta(minutes=5)
    with frozen_clock(later):
        html = petit.get(mine).content.decode()
        assert "Ouverts en urgence, à regarder" in html
        assert TEXT not in html
        assert b"en urgence" not in jeanne.browser("martin").get(mine).content
        petit.get(address(jeanne, "home"))
        assert "Ouverts en urgence" not in petit.get(mine).content.decode()


def test_blocking_ends_what_runs_for_good(jeanne, roche):
    ask(roche)
    doctor = jeanne.professionals["stranger"].id
    hers = jeanne.browser("jeanne")
    hers.post(reverse("access:doctor_block", args=[jeanne.record.id, doctor]))
    assert status(jeanne, roche, "home") == 404
    hers.post(reverse("access:doctor_unblock", args=[jeanne.record.id, doctor]))

    assert status(jeanne, roche, "home") == 404


def test_a_refusal_ends_what_runs_and_taken_back_it_stays_closed(jeanne, roche):
    ask(roche)
    choices = reverse("access:choices", args=[jeanne.record.id])
    hers = jeanne.browser("jeanne")
    hers.post(choices, {"emergency": "no"})
    assert status(jeanne, roche, "home") == 404
    hers.post(choices, {"emergency": "yes"})

    assert status(jeanne, roche, "home") == 404
    assert len(acts(jeanne.record.id, "emergency_ended")) == 1


def test_the_gp_who_came_later_is_not_told_of_what_was(jeanne, roche, as_owner):
    with as_owner():
        Authorisation.objects.filter(kind="treating_gp").update(ended_at=NOON - HOUR)
        other = jeanne.professionals["garnier"]
        circle_period(jeanne.record, "treating_gp", professional=other.professional,
                      user=other.user, since=NOON - HOUR)  # fmt: skip
    ask(roche)
    kinds = [kind for kind, _who in told()]
    assert kinds.count("patient_opened") == 1
    assert Notice.objects.get(kind="patient_opened").professional_id == other.id


@pytest.mark.parametrize("why", ["blocked", "no longer practises"])
def test_a_treating_gp_who_sees_nothing_is_told_nothing(jeanne, roche, as_owner, why):
    petit = jeanne.professionals["petit"].professional
    with as_owner():
        if why == "blocked":
            Block.objects.create(record=jeanne.record, professional=petit, since=NOON)
        else:
            petit.registration_ended_at = NOON
            petit.save()
    ask(roche)
    assert "patient_opened" not in dict(told())


def test_a_block_of_this_instant_keeps_it_shut(jeanne, as_owner):
    with jeanne.as_("stranger") as by:
        assert not policy.standing_on(jeanne.record.id).blocked
        with as_owner():
            _blocked(jeanne)
        assert open_in_emergency(by=by, sought=SOUGHT, **WHY) is None
    assert not Opening.objects.exists()


def test_the_treating_gp_is_written_to_at_work_without_a_name(jeanne, roche):
    ask(roche)
    notices.send_waiting()
    notices.send_waiting()

    [message] = mail.outbox
    assert message.to == [jeanne.users["petit"].email]
    for word in ("Morel", "Jeanne", "Roche", "urgence", str(jeanne.record.id)):
        assert word not in message.subject + message.body
    assert Notice.objects.get(kind="patient_opened").state == "sent"
