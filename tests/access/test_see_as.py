"""Seeing as somebody: their real pages, of what the asker sees too; the act is the asker's."""

from __future__ import annotations

import re

import pytest
from django.urls import reverse

from access.models import Authorisation, Block, Delegation, JournalEvent, Notice
from records.models import Representation, SynthesisSource
from records.uuid7 import uuid7
from tests.access import cast
from tests.jeanne import add_document, circle_period
from tests.records.test_every_viewer import address


PAGES = (
    ("home",), ("care",), ("care_sections",), ("care_event", "visit"), ("care_event", "therapy"),
    ("treatments",),
    ("documents",),
    ("document", "letter"), ("document", "hidden"), ("document", "waits"), ("entries",),
    ("entry", "blood"), ("entry", "wish"), ("synthesis",), ("synthesis_line", "said"),
    ("synthesis_line", "withheld"),
)  # fmt: skip


def page_as(world, browser, who):
    return browser.post(reverse("access:see_as", args=[world.record.id]), {"who": who})


def key_of(world, who):
    if who == "pharmacist":
        return f"structure:{world.pharmacy.id}"
    if who in {"delegate", "guardian"}:
        kind = {"delegate": "delegate", "guardian": "representative"}[who]
        return f"{kind}:{world.viewers[who].person_id}"
    return f"professional:{world.professionals[who].id}"


def looking(world, who, asker="jeanne"):
    browser = world.browser(asker)
    assert page_as(world, browser, key_of(world, who)).status_code == 302
    return browser


def bare(response):
    """A page without its frame and its tokens."""
    html = response.content.decode()
    html = re.sub(r'<body class="dmp-see-as">', "<body>", html)
    html = re.sub(r'<div class="dmp-see-as__bar".*?</div>', "", html, flags=re.DOTALL)
    html = re.sub(r'name="csrfmiddlewaretoken" value="[^"]*"', "", html)
    return re.sub(r"\s+", " ", html)


@pytest.mark.parametrize("who", ["martin", "pharmacist", "petit"])
def test_the_pages_are_theirs_byte_for_byte_when_the_asker_sees_everything(jeanne, as_owner, who):
    with as_owner():  # nothing waits to be announced: Jeanne sees all there is
        type(jeanne.waits).objects.filter(id=jeanne.waits.id).update(unannounced_until=None)
    browser, theirs = looking(jeanne, who), jeanne.browser(who)

    for page in PAGES:
        seen, real = (one.get(address(jeanne, *page)) for one in (browser, theirs))
        assert seen.status_code == real.status_code, page
        assert bare(seen) == bare(real), page


def test_a_delegates_pages_are_theirs(jeanne, as_owner):
    with as_owner():
        Delegation.objects.update(everything=False, kinds=["letters"])
        type(jeanne.waits).objects.filter(id=jeanne.waits.id).update(unannounced_until=None)
    browser, theirs = looking(jeanne, "delegate"), jeanne.browser("delegate")

    for page in PAGES:
        seen, real = (one.get(address(jeanne, *page)) for one in (browser, theirs))
        assert (seen.status_code, bare(seen)) == (real.status_code, bare(real)), page


@pytest.mark.parametrize("page", [("home",), ("documents",), ("document", "waits")])
def test_what_the_asker_may_not_see_is_not_shown_through_anybodys_eyes(jeanne, page):
    real = jeanne.browser("petit").get(address(jeanne, *page)).content.decode()
    seen = looking(jeanne, "petit").get(address(jeanne, *page))

    assert "Biopsie" in real
    assert "Biopsie" not in seen.content.decode()
    assert page != ("document", "waits") or seen.status_code == 404


def test_a_representative_sees_no_secret_through_the_doctors_eyes(jeanne, as_owner):
    with as_owner():
        add_document(jeanne.record, title="Contraception", by=jeanne.professionals["petit"],
                     secret=True)  # fmt: skip
    seen = looking(jeanne, "petit", asker="guardian")

    listed = seen.get(address(jeanne, "documents")).content.decode()

    assert "Lettre du cardiologue" in listed
    assert "Contraception" not in listed


def test_what_a_person_was_told_is_not_shown_through_their_eyes(jeanne, as_owner):
    guardian = jeanne.viewers["guardian"]
    with as_owner():
        Notice.objects.create(
            record_id=jeanne.record.id, person_id=guardian.person_id, kind="new_door",
            channel="site", body="x", made_at=cast.NOON, due_at=cast.NOON,
        )  # fmt: skip
    said = "quelqu&#x27;un peut le lire, ou le demande"

    assert said in jeanne.browser("guardian").get(address(jeanne, "home")).content.decode()
    assert said not in looking(jeanne, "guardian").get(address(jeanne, "home")).content.decode()


def test_what_is_hidden_and_what_does_not_exist_are_one_answer_in_the_frame(jeanne):
    browser = looking(jeanne, "martin")

    hidden = browser.get(address(jeanne, "document", "hidden"))
    nobody = uuid7()
    missing = browser.get(reverse("records:document", args=[jeanne.record.id, nobody]))

    assert hidden.status_code == missing.status_code == 404
    assert "Quitter cette vue" in hidden.content.decode()
    pages = [bare(hidden).replace(str(jeanne.hidden.id), ""), bare(missing)]
    pages[1] = pages[1].replace(str(nobody), "")
    assert pages[0] == pages[1]


def test_masks_hold_for_a_doctor_in_an_emergency_whom_nobody_knows(jeanne, as_owner):
    browser = jeanne.browser("jeanne")
    page_as(jeanne, browser, "emergency")
    assert browser.get(address(jeanne, "document", "letter")).status_code == 200
    with as_owner():
        type(jeanne.record).objects.filter(id=jeanne.record.id).update(emergency_refused=True)
    assert browser.get(address(jeanne, "home")).status_code == 404


def test_each_page_is_written_down_as_the_askers_and_nothing_as_theirs(jeanne):
    browser = looking(jeanne, "martin")
    before = JournalEvent.objects.count()

    for page in (("documents",), ("document", "letter"), ("care",)):
        browser.get(address(jeanne, *page))
    browser.get(address(jeanne, "document", "hidden"))

    events = list(JournalEvent.objects.order_by("-seq")[: JournalEvent.objects.count() - before])
    assert [one.act for one in events] == ["seen_as"] * 3
    assert {one.actor_role for one in events} == {"patient"}
    assert {one.reason for one in events} == {key_of(jeanne, "martin")}
    assert {one.element_id for one in events} == {None}
    browser.post(reverse("access:see_as_leave", args=[jeanne.record.id]))
    journal = browser.get(reverse("access:who_looked", args=[jeanne.record.id])).content.decode()
    assert "regardé le dossier comme le Dr" in journal


def test_nothing_is_changed_through_anybodys_eyes_and_no_page_of_theirs_is_shown(jeanne):
    browser = looking(jeanne, "petit")
    record = jeanne.record.id
    file = jeanne.file_of("scan")
    scan = reverse("records:document_file", args=[record, jeanne.scan.id, file.id])
    asked = [
        browser.post(reverse("records:withdraw", args=[record, jeanne.scan.id])),
        browser.get(reverse("records:synthesis_draft", args=[record])),
        browser.get(reverse("access:patients")),
        browser.get(reverse("access:who_looked", args=[record])),
        browser.get(reverse("records:deposit", args=[record])),
        browser.get(scan),
        browser.get("/"),
    ]  # fmt: skip

    assert {one.status_code for one in asked} == {403}
    assert all("Quittez d'abord cette vue" in one.content.decode().replace("&#x27;", "'")
               for one in asked)  # fmt: skip


def test_leaving_gives_ones_own_eyes_back_on_the_same_page(jeanne):
    browser = looking(jeanne, "martin")
    page = address(jeanne, "document", "hidden")

    answer = browser.post(reverse("access:see_as_leave", args=[jeanne.record.id]), {"next": page})

    assert answer.headers["Location"] == page
    assert browser.get(page).status_code == 200


def test_another_record_is_not_reached_through_the_frame(jeanne, as_owner):
    with as_owner():
        other = cast.record(cast.person("Rose", "Le Goff"))
    browser = looking(jeanne, "petit")

    assert browser.get(reverse("records:home", args=[other.id])).status_code == 403
    away = browser.post(
        reverse("access:see_as_leave", args=[jeanne.record.id]), {"next": "https://x.test/"}
    )
    assert away.headers["Location"] == reverse("records:home", args=[jeanne.record.id])


@pytest.mark.parametrize("who", ["delegate", "petit", "martin", "stranger", "agent", "anonymous"])
def test_only_the_holder_and_who_represents_them_look_through_others_eyes(jeanne, who):
    page = reverse("access:see_as", args=[jeanne.record.id])
    browser = jeanne.browser(who)

    answers = [browser.get(page), browser.post(page, {"who": key_of(jeanne, "petit")})]

    assert {one.status_code for one in answers} <= {302, 404}
    assert "see_as" not in browser.session


@pytest.mark.parametrize("who", ["stranger", "nobody", "", "structure:", "professional:\x00"])
def test_who_has_no_way_to_the_record_has_no_eyes_on_it(jeanne, who):
    key = key_of(jeanne, who) if who == "stranger" else who

    refused = page_as(jeanne, jeanne.browser("jeanne"), key)

    assert refused.status_code == 403
    assert "n&#x27;en voit rien" in refused.content.decode()


def test_who_was_shown_one_element_begins_where_they_read_it(jeanne, as_owner):
    """They have no first page of the record: « page not found » would look like our failure."""
    stranger = jeanne.professionals["stranger"]
    shown = (
        ("scan", address(jeanne, "documents")), ("visit", address(jeanne, "care")),
        ("blood", address(jeanne, "entries")), ("said", address(jeanne, "synthesis_line", "said")),
    )  # fmt: skip
    for name, page in shown:
        with as_owner():
            Authorisation.objects.filter(kind="share").delete()
            SynthesisSource.objects.all().delete()  # what a line rests on would hide it
            circle_period(
                jeanne.record, "share", professional=stranger.professional, user=stranger.user,
                element_id=jeanne.elements[name].id,
            )  # fmt: skip
        browser = jeanne.browser("jeanne")
        answer = page_as(jeanne, browser, key_of(jeanne, "stranger"))
        assert answer["Location"] == page
        assert browser.get(page).status_code == 200


@pytest.mark.parametrize("why", ["blocked", "refused"])
def test_who_comes_to_nothing_is_said_to_and_no_frame_is_left_open(jeanne, as_owner, why):
    martin, record = jeanne.professionals["martin"].professional, jeanne.record
    with as_owner():
        Block.objects.create(record=record, professional=martin, since=cast.LONG_AGO)
        type(record).objects.filter(id=record.id).update(emergency_refused=True)
    browser = jeanne.browser("jeanne")
    answer = page_as(
        jeanne, browser, {"blocked": key_of(jeanne, "martin"), "refused": "emergency"}[why]
    )
    assert answer.status_code == 403
    assert "n&#x27;en voit rien" in answer.content.decode()
    assert "see_as" not in browser.session


def test_the_frame_closes_by_itself_when_the_asker_may_not_look_any_more(jeanne, as_owner):
    browser = looking(jeanne, "petit", asker="guardian")
    with as_owner():
        Representation.objects.update(until=cast.LONG_AGO)

    assert browser.get(address(jeanne, "home")).status_code == 404
    assert "see_as" not in browser.session


def missing_of(world):
    return reverse("access:see_as_missing", args=[world.record.id])


def test_what_is_missing_from_their_pages_is_told_to_who_decides(jeanne):
    browser = looking(jeanne, "martin")

    bar = browser.get(address(jeanne, "documents"))
    told = browser.get(missing_of(jeanne)).content.decode()

    assert missing_of(jeanne) in bar.content.decode()
    assert "Dr Martin ne voit pas ces" in told
    assert jeanne.hidden.title in told
    assert jeanne.letter.title not in told
    assert "Biopsie" not in told  # not announced yet: the asker doesn't see it either
    # It is the asker's reading, in their own name.
    event = JournalEvent.objects.filter(record_id=jeanne.record.id).order_by("-seq").first()
    assert event.actor_user_id == jeanne.viewers["jeanne"].user_id


def test_nothing_is_missing_from_the_treating_gps_pages(jeanne):
    told = looking(jeanne, "petit").get(missing_of(jeanne)).content.decode()

    assert "voit tout ce que vous voyez" in told


def test_a_representative_is_told_of_no_secret_that_is_missing(jeanne, as_owner):
    with as_owner():
        add_document(jeanne.record, title="Contraception", by=jeanne.professionals["petit"],
                     secret=True)  # fmt: skip

    told = looking(jeanne, "martin", asker="guardian").get(missing_of(jeanne)).content.decode()

    assert jeanne.hidden.title in told
    assert "Contraception" not in told


def test_without_a_frame_there_is_nothing_to_miss(jeanne):
    answers = {who: jeanne.browser(who).get(missing_of(jeanne)) for who in ("jeanne", "martin")}

    assert answers["jeanne"]["Location"] == address(jeanne, "home")
    assert answers["martin"].status_code == 404
