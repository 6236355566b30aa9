"""The pages of doors and masks, asked as a browser asks; hidden and missing are one answer."""

from __future__ import annotations

import datetime as dt
import re
import uuid
from html import unescape

import pytest
from django.urls import reverse

from access import circle, masks
from access.binding import binding, frozen_clock
from access.masks import Audience
from access.models import Authorisation, JournalEvent, Mask, MaskAudience
from access.viewer import Role
from records.models import DoctorProposal
from tests.access import cast
from tests.access.boxes import told_of_the_boxes
from tests.access.cast import NOON


pytestmark = pytest.mark.usefixtures("_at_noon")


@pytest.fixture
def _at_noon():
    with frozen_clock(NOON):
        yield


@pytest.fixture
def sign_in(client):
    """Sign in as one of the cast, in their capacity, with a second factor."""

    def enter(viewer, record=None):
        client.force_login(cast.User.objects.get(id=viewer.user_id))
        session = client.session
        about = viewer.practice.id if viewer.practice else record.id
        session["capacity"] = f"{viewer.role.value}:{about}"
        session["second_factor"] = "totp"
        session.save()
        return client

    return enter


@pytest.fixture
def shown(world, as_owner):
    with binding(world.jeanne, at=NOON):
        circle.authorise(
            by=world.jeanne, record_id=world.record.id, professional_id=world.martin.id
        )
        circle.declare_treating_gp(
            by=world.jeanne, record_id=world.record.id, professional_id=world.petit.id
        )
    with as_owner():
        world.letter = cast.document(world.record, title="Lettre du Dr Garnier", by=world.garnier)
        world.visit = cast.line(
            world.record,
            label="Consultation chez le psychiatre",
            performer_id=world.garnier.id,
            performer_name="Dr Alix Garnier",
        )
    return world


def texts(response):
    html = re.sub(r"<(script|style)[^>]*>.*?</\1>", "", response.content.decode(), flags=re.DOTALL)
    said = re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", html)))
    return re.sub(r" ([.,])", r"\1", said)


def acts(record):
    rows = JournalEvent.objects.filter(record_id=record.id).order_by("seq")
    return list(rows.values_list("act", flat=True))


def page(name, world, *more):
    return reverse(f"access:{name}", args=[world.record.id, *more])


def hide_address(world, element, who):
    return f"{page('hide', world)}?e={element.id}&from=professional:{who.id}"


def test_from_a_document_hiding_takes_two_presses(shown, sign_in):
    browser = sign_in(shown.jeanne, shown.record)
    document = browser.get(reverse("records:document", args=[shown.record.id, shown.letter.id]))
    [first] = re.findall(
        r'href="([^"]*masquer[^"]*)"[^>]*>\s*Masquer au Dr Martin', document.content.decode()
    )
    asked = browser.get(first.replace("&amp;", "&"))
    assert "Masquer ces éléments au Dr Martin ?" in texts(asked)
    form = asked.content.decode()
    ticked = re.findall(r'name="e"\s+value="([^"]+)"\s+id="[^"]+"\s+checked', form)
    gesture = re.search(r'name="gesture" value="([^"]+)"', form)[1]
    assert sorted(ticked) == sorted([str(shown.letter.id), str(shown.visit.id)])
    assert re.search(r'<input[^>]*name="and_what_comes"[^>]*checked', form)

    answer = browser.post(
        first.replace("&amp;", "&"), {"e": ticked, "gesture": gesture, "lasting": "always"}
    )
    proof = browser.get(answer.url)
    assert "Le Dr Martin ne voit plus ces 2 éléments, ni qu'ils existent." in texts(proof)
    assert re.search(r"Reçu n° [0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}", texts(proof))
    assert Mask.objects.filter(record=shown.record, ended_at=None).count() == 2


def test_after_hiding_the_doctor_gets_the_answer_of_a_document_that_does_not_exist(shown, sign_in):
    with binding(shown.jeanne, at=NOON):
        masks.hide(
            by=shown.jeanne,
            record_id=shown.record.id,
            element_ids=[shown.letter.id, shown.visit.id],
            audience=Audience(MaskAudience.PROFESSIONAL, shown.martin.id),
            gesture=uuid.uuid4(),
        )
    browser = sign_in(shown.martin.viewer)
    for name, element in (("document", shown.letter), ("care_event", shown.visit)):
        hidden = browser.get(reverse(f"records:{name}", args=[shown.record.id, element.id]))
        missing = browser.get(reverse(f"records:{name}", args=[shown.record.id, uuid.uuid4()]))
        assert hidden.status_code == missing.status_code == 404
        assert without_token(hidden) == without_token(missing)
        assert headers(hidden) == headers(missing)
    for name in ("home", "documents", "care"):
        listed = browser.get(reverse(f"records:{name}", args=[shown.record.id]))
        assert listed.status_code == 200
        assert "Garnier" not in listed.content.decode()
        assert "psychiatre" not in listed.content.decode()


def without_token(response):
    return re.sub(rb'name="csrfmiddlewaretoken" value="[^"]+"', b"", response.content)


def headers(response):
    return {name: value for name, value in response.headers.items() if name != "X-Request-ID"}


def test_the_treating_gp_reads_it_with_a_padlock_that_never_says_from_whom(shown, sign_in):
    with binding(shown.jeanne, at=NOON):
        masks.hide(
            by=shown.jeanne,
            record_id=shown.record.id,
            element_ids=[shown.letter.id],
            audience=Audience(MaskAudience.PROFESSIONAL, shown.martin.id),
            gesture=uuid.uuid4(),
        )
    browser = sign_in(shown.petit.viewer)
    answer = browser.get(reverse("records:document", args=[shown.record.id, shown.letter.id]))
    assert answer.status_code == 200
    assert "masqué" in texts(answer)
    assert "Martin" not in texts(answer)


def test_the_consequences_say_who_still_sees_and_nothing_is_written(shown, sign_in):
    browser = sign_in(shown.jeanne, shown.record)
    before = len(acts(shown.record))
    answer = browser.get(hide_address(shown, shown.letter, shown.martin))

    said = texts(answer)
    assert "le Dr Petit, votre médecin traitant" in said
    assert "le Dr Garnier, qui l'a écrit" in said
    assert re.search(r'name="opens_in_emergency"(?![^>]*checked)', answer.content.decode())
    assert not Mask.objects.exists()
    assert acts(shown.record)[before:] == ["list_read"]


def test_hiding_from_the_author_says_that_it_has_no_effect(shown, sign_in):
    browser = sign_in(shown.jeanne, shown.record)
    answer = browser.get(hide_address(shown, shown.letter, shown.garnier))
    assert "Le Dr Garnier l'a écrit : on ne peut pas cacher" in texts(answer)


def test_hiding_from_the_treating_gp_is_refused_with_a_sentence(shown, sign_in):
    browser = sign_in(shown.jeanne, shown.record)
    answer = browser.get(hide_address(shown, shown.letter, shown.petit))
    assert answer.status_code == 403
    assert "Le Dr Petit est votre médecin traitant : la loi lui permet de tout voir" in texts(
        answer
    )


@pytest.mark.parametrize(
    ("sent", "sentence"),
    [
        ({"lasting": "always"}, "Cochez au moins un élément à masquer."),
        ({"lasting": "day", "e": "{letter}"}, "Écrivez le dernier jour, par exemple"),
        (
            {"lasting": "day", "last_day": "14/06/2026", "e": "{letter}"},
            "Cette date est passée. Écrivez un jour à venir.",
        ),
        (
            {"lasting": "day", "last_day": "31/02/2027", "e": "{letter}"},
            "Cette date n'existe pas.",
        ),
        (
            {"lasting": "day", "last_day": "01/01/9000", "e": "{letter}"},
            "Cette année est trop lointaine.",
        ),
        ({"lasting": "forever", "e": "{letter}"}, "Choisissez l'une des durées proposées."),
    ],
)
def test_a_wrong_answer_gets_one_sentence_and_hides_nothing(shown, sign_in, sent, sentence):
    browser = sign_in(shown.jeanne, shown.record)
    given = {name: value.format(letter=shown.letter.id) for name, value in sent.items()}
    answer = browser.post(
        hide_address(shown, shown.letter, shown.martin),
        {"gesture": str(uuid.uuid4())} | given,
    )
    assert answer.status_code == 200
    assert sentence in texts(answer)
    assert not Mask.objects.exists()


def test_with_nothing_ticked_the_boxes_say_so_and_no_number_is_told(shown, sign_in):
    browser = sign_in(shown.jeanne, shown.record)
    address = hide_address(shown, shown.letter, shown.martin)
    assert "Le Dr Martin ne saura" in texts(browser.get(address))
    answer = browser.post(address, {"gesture": str(uuid.uuid4()), "lasting": "always"})
    assert told_of_the_boxes(answer) == "Cochez au moins un élément à masquer."
    said = texts(answer)
    assert "Masquer ce qui est coché" in said
    assert not re.search(r"Masquer (ces )?\d", said)
    assert "Le Dr Martin ne saura" not in said


@pytest.mark.parametrize(
    "query",
    [
        "", "?e=&from=everyone", "?e=zzz&from=everyone", "?e={letter}", "?e={letter}&from=nobody",
        "?e={letter}&from=professional:zzz", "?e={letter}&from=professional:{letter}",
        "?e={letter}&from=profession:99999", "?e={letter}&from=delegate:{letter}",
    ],
)  # fmt: skip
def test_an_address_that_names_nothing_is_not_found(shown, sign_in, query):
    browser = sign_in(shown.jeanne, shown.record)
    answer = browser.get(page("hide", shown) + query.format(letter=shown.letter.id))
    assert answer.status_code == 404


def test_who_can_see_says_each_rule_and_undoes_it_in_one_press(shown, sign_in):
    with binding(shown.jeanne, at=NOON):
        masks.hide(
            by=shown.jeanne,
            record_id=shown.record.id,
            element_ids=[shown.letter.id, shown.visit.id],
            audience=Audience(MaskAudience.PROFESSIONAL, shown.martin.id),
            gesture=uuid.uuid4(),
        )
    browser = sign_in(shown.jeanne, shown.record)
    address = page("who_can_see", shown)
    answer = browser.get(address)
    assert "2 éléments masqués au Dr Martin" in texts(answer)
    assert "reste masqué, sauf ce que vous avez ouvert aux urgences." in texts(answer)
    [undo] = re.findall(r'action="([^"]*gesture=[^"]*)"', answer.content.decode())
    answer = browser.post(undo, {"next": address}, follow=True)
    assert "C'est fait. 2 éléments sont de nouveau montrés." in texts(answer)
    assert "Vous n'avez rien masqué." in texts(answer)
    assert not Mask.objects.filter(ended_at=None).exists()


def test_hidden_twice_and_shown_once_it_is_said_to_be_hidden_still(shown, sign_in):
    for _tab in range(2):
        with binding(shown.jeanne, at=NOON):
            done = masks.hide(
                by=shown.jeanne, record_id=shown.record.id, element_ids=[shown.letter.id],
                audience=Audience(MaskAudience.PROFESSIONAL, shown.martin.id),
                gesture=uuid.uuid4(),
            )  # fmt: skip
    undo = f"{page('show', shown)}?gesture={done.gesture}"
    answer = sign_in(shown.jeanne, shown.record).post(undo, follow=True)
    assert "une autre de vos règles cache encore 1 élément aux mêmes personnes" in texts(answer)
    assert "de nouveau montré" not in texts(answer)


def test_the_proof_of_a_rule_leads_to_eyes_and_an_ended_one_promises_nothing_more(shown, sign_in):
    with binding(shown.jeanne, at=NOON):
        done = masks.hide(
            by=shown.jeanne, record_id=shown.record.id, element_ids=[],
            others=[masks.Target.parse("everything", shown.record.id)],
            audience=Audience(MaskAudience.EVERYONE), gesture=uuid.uuid4(),
        )  # fmt: skip
    browser = sign_in(shown.jeanne, shown.record)
    proof = browser.get(page("hidden", shown, done.receipt_id))
    assert f'href="{page("see_as", shown)}"' in proof.content.decode()
    undo = f"{page('show', shown)}?gesture={done.gesture}"
    said = texts(browser.post(undo, {"next": page("hidden", shown, done.receipt_id)}, follow=True))
    assert "C'est fait. Ce masque est levé." in said
    assert "Ce masque n'a plus d'effet" in said
    assert "Pour toujours" not in said
    assert "Il datait du" in said


def test_a_button_leads_back_to_our_pages_only(shown, sign_in):
    browser = sign_in(shown.jeanne, shown.record)
    door = Authorisation.objects.get(kind="circle", record=shown.record)
    answer = browser.post(page("doctor_end", shown, door.id), {"next": "//ailleurs.test/"})
    assert answer.url == page("doctors", shown)


def test_my_doctors_are_found_and_given_a_door(shown, sign_in):
    browser = sign_in(shown.jeanne, shown.record)
    answer = browser.get(page("doctors", shown), {"q": "garnier"})
    assert "Dr Alix Garnier" in texts(answer)
    give = page("doctor_authorise", shown, shown.garnier.id)
    assert give in answer.content.decode()
    answer = browser.post(give, {"lasting": "day", "last_day": "20/06/2026"}, follow=True)
    assert "Le Dr Garnier peut lire le dossier" in texts(answer)
    assert "accès jusqu'au 20\xa0juin 2026".replace("\xa0", " ") in texts(answer)


def test_before_declaring_one_reads_how_many_hidden_elements_will_be_seen(shown, sign_in):
    with binding(shown.jeanne, at=NOON):
        masks.hide(
            by=shown.jeanne,
            record_id=shown.record.id,
            element_ids=[shown.letter.id, shown.visit.id],
            audience=Audience(MaskAudience.EVERYONE),
            gesture=uuid.uuid4(),
        )
    browser = sign_in(shown.jeanne, shown.record)
    address = page("doctor_declare", shown, shown.martin.id)
    assert "2 éléments que vous masquez" in texts(browser.get(address))
    answer = browser.post(address, follow=True)
    assert "Le médecin traitant voit maintenant tout le dossier." in texts(answer)
    assert "Le Dr Martin" in texts(answer)


def test_the_fund_proposes_a_doctor_and_never_sets_one(shown, sign_in, as_owner):
    with as_owner():
        proposal = DoctorProposal.objects.create(
            record=shown.record,
            professional_id=shown.martin.id,
            rpps=shown.martin.professional.rpps,
            since=dt.date(2024, 1, 1),
            flow_date=dt.date(2026, 7, 1),
        )
    browser = sign_in(shown.jeanne, shown.record)
    answer = browser.get(page("doctors", shown))
    assert "La caisse indique le Dr Martin comme médecin traitant" in texts(answer)
    browser.post(page("proposal_dismiss", shown, proposal.id))
    answer = browser.get(page("doctors", shown))
    assert "La caisse indique" not in texts(answer)
    assert Authorisation.objects.get(kind="treating_gp").professional_id == shown.petit.id


def test_what_the_fund_sent_before_another_doctor_was_chosen_is_no_longer_proposed(
    shown, sign_in, as_owner
):
    with as_owner():
        DoctorProposal.objects.create(
            record=shown.record, professional_id=shown.petit.id, since=dt.date(2024, 1, 1),
            rpps=shown.petit.professional.rpps, flow_date=dt.date(2026, 5, 1),
        )  # fmt: skip
    browser = sign_in(shown.jeanne, shown.record)
    browser.post(page("doctor_declare", shown, shown.garnier.id))
    said = texts(browser.get(page("doctors", shown)))
    assert "Le Dr Garnier" in said
    assert "La caisse indique" not in said
    gp = Authorisation.objects.get(kind="treating_gp", ended_at=None)
    browser.post(page("doctor_end", shown, gp.id))
    assert "La caisse indique le Dr Petit" in texts(browser.get(page("doctors", shown)))


def test_who_is_a_helper_and_a_doctor_is_said_to_lose_no_more_than_they_do(
    shown, sign_in, as_owner
):
    with as_owner():
        paul = cast.person("Paul")
        cast.User.objects.filter(id=shown.martin.viewer.user_id).update(person=paul)
        helps = cast.delegate(shown.record, paul)
    browser = sign_in(shown.jeanne, shown.record)
    answer = browser.post(page("doctor_block", shown, shown.martin.id), follow=True)
    assert "Comme soignant, cette personne ne peut plus rien voir." in texts(answer)
    answer = browser.post(page("delegate_end", shown, helps.id), follow=True)
    assert "Comme aidant, cette personne ne voit plus rien" in texts(answer)


def test_a_delegate_is_refused_with_a_sentence_on_every_page(shown, sign_in, as_owner):
    with as_owner():
        paul = cast.person("Paul")
        cast.delegate(shown.record, paul)
        viewer = cast.family_viewer(paul, Role.DELEGATE)
    browser = sign_in(viewer, shown.record)
    for address in (
        page("doctors", shown),
        page("who_can_see", shown),
        page("who_looked", shown),
        hide_address(shown, shown.letter, shown.martin),
        page("doctor_declare", shown, shown.martin.id),
    ):
        answer = browser.get(address)
        assert answer.status_code == 403, address
        assert "Seule la personne à qui est ce dossier" in texts(answer)
    home = browser.get(reverse("records:home", args=[shown.record.id])).content.decode()
    assert reverse("records:documents", args=[shown.record.id]) in home
    assert page("doctors", shown) not in home


def test_a_representative_reads_of_the_person_s_life_and_not_of_their_own(jeanne):
    theirs = jeanne.browser("guardian")
    hiding = reverse("access:hide", args=[jeanne.record.id])
    before = texts(theirs.get(hiding, {"e": str(jeanne.letter.id), "from": "everyone"}))
    rule = texts(theirs.get(hiding, {"what": "everything", "from": "everyone"}))
    who = texts(theirs.get(reverse("access:who_can_see", args=[jeanne.record.id])))
    assert "Sauf si sa vie est en danger" in before
    assert "Sauf si sa vie est en danger" in rule
    assert not re.search(r"\b(?:ma|votre) vie\b|vous s(?:oigner|uivent)", before + rule + who)


def test_a_professional_and_a_stranger_get_the_answer_of_a_page_that_is_not_there(
    shown, sign_in, as_owner
):
    with as_owner():
        stranger = cast.person("Inconnue")
        theirs = cast.record(stranger)
        viewer = cast.family_viewer(stranger)
    for who, own in ((shown.martin.viewer, None), (viewer, theirs)):
        browser = sign_in(who, own)
        for name in ("doctors", "who_can_see", "who_looked"):
            other = uuid.uuid4()
            here = browser.get(page(name, shown))
            nowhere = browser.get(reverse(f"access:{name}", args=[other]))
            assert here.status_code == nowhere.status_code == 404
            # The way to other pages of what was asked for says the key that was asked for.
            said = without_token(nowhere).replace(str(other).encode(), b"key")
            assert without_token(here).replace(str(shown.record.id).encode(), b"key") == said


def test_my_patients_lists_live_doors_treating_gp_first(world, sign_in, as_owner):
    with as_owner():
        others = [cast.record(cast.person(first)) for first in ("Zoé", "Ahmed", "Line", "Bloc")]
        holders = [cast.family_viewer(record.holder) for record in others]
    for record, viewer in zip(others, holders, strict=True):
        with binding(viewer, at=NOON):
            circle.authorise(by=viewer, record_id=record.id, professional_id=world.martin.id)
    with binding(holders[0], at=NOON):
        circle.declare_treating_gp(
            by=holders[0], record_id=others[0].id, professional_id=world.martin.id
        )
    with binding(holders[2], at=NOON):
        door = Authorisation.objects.get(record=others[2], kind="circle")
        circle.end_authorisation(by=holders[2], record_id=others[2].id, authorisation_id=door.id)
    with binding(holders[3], at=NOON):
        circle.block(by=holders[3], record_id=others[3].id, professional_id=world.martin.id)
    answer = sign_in(world.martin.viewer).get(reverse("access:patients"))
    assert re.findall(r"(Zoé|Ahmed|Line|Bloc) Morel", texts(answer)) == ["Zoé", "Ahmed"]
    assert "2 patients" in texts(answer)
    answer = sign_in(world.martin.viewer).get(reverse("access:patients"), {"q": "ahm"})
    assert re.findall(r"(Zoé|Ahmed) Morel", texts(answer)) == ["Ahmed"]


def test_my_patients_shows_shared_elements_and_deposits_without_their_titles(shown, sign_in):
    with binding(shown.jeanne, at=NOON):
        circle.share(
            by=shown.jeanne,
            record_id=shown.record.id,
            element_id=shown.visit.id,
            professional_id=shown.garnier.id,
        )
    browser = sign_in(shown.garnier.viewer)
    answer = browser.get(reverse("access:patients"))
    said = texts(answer)
    assert "Partagé avec moi" in said
    assert "Mes dépôts" in said
    assert "Personne ne vous donne accès à son dossier pour l'instant" in said
    assert "Lettre" not in said
    assert "psychiatre" not in said
    for name, element in (("document", shown.letter), ("care_event", shown.visit)):
        address = reverse(f"records:{name}", args=[shown.record.id, element.id])
        assert address in answer.content.decode()
        assert browser.get(address).status_code == 200


def test_a_record_of_ones_own_is_no_patient(world, sign_in, as_owner):
    with as_owner():
        martin = world.martin
        martin.user.person = cast.person("Alix", "Martin")
        martin.user.save()
        record = cast.record(martin.user.person)
        own = cast.family_viewer(martin.user.person, account=martin.user)
    with binding(own, at=NOON):
        circle.authorise(by=own, record_id=record.id, professional_id=martin.id)
    answer = sign_in(martin.viewer).get(reverse("access:patients"))
    assert "Personne ne vous donne accès à son dossier pour l'instant" in texts(answer)
