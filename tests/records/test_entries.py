"""The medical profile: what may be said, by whom, and that what is hidden stays hidden."""

from __future__ import annotations

import datetime as dt

import pytest
from django.urls import reverse

from access import policy
from access.models import Delegation, Opening
from access.policy import NotVisible, Refused
from records import entries
from records.models import Entry
from records.odd_letters import odd_letters_said
from tests.access.cast import NOON
from tests.jeanne import add_entry, hide
from tests.records.test_every_viewer import address
from tests.records.test_reading import words


def write(world, who, kind, entry_id=None, on_emergency_card=False, **content):  # noqa: FBT002
    with world.as_(who) as by:
        return entries.write(
            by=by, record_id=world.record.id, kind=kind, content=content, entry_id=entry_id,
            seen=None, on_emergency_card=on_emergency_card,
        )  # fmt: skip


def opened(browser, address):
    """Open a form: what it was made from."""
    page = browser.get(address)
    assert page.status_code == 200
    return page.context["seen"]


def shown(page):
    """What a page of one entry says it was made from."""
    return {name: page.context[name] for name in ("seen", "shown")}


def said(world, kind, who="jeanne"):
    with world.as_(who):
        standing = policy.standing_on(world.record.id)
        rows = policy.visible_entries(standing).filter(kind=kind).order_by("created_at", "id")
        return [row.content for row in rows]


@pytest.mark.parametrize(
    ("kind", "content"),
    [
        ("blood_group", {"value": "O-"}),
        ("allergy", {"answer": "known", "text": "Arachide"}),
        ("treatment", {"text": "Vitamine D"}),
        ("history", {"text": "Fracture du poignet en 2011"}),
        ("contact", {"name": "Luc Morel", "relation": "fils", "phone": "06 12 34 56 78"}),
        ("trusted_person", {"name": "Luc Morel", "phone": "+33 6 12 34 56 78"}),
        ("wishes", {"text": "Don d'organes : oui"}),
    ],
)
def test_the_holder_says_each_kind_of_thing(jeanne, kind, content):
    made = write(jeanne, "jeanne", kind, **content)

    assert made.content == content
    assert (made.type_code, made.author_kind) == ("EXPPAT_2", "holder")
    assert made.occurred_on == dt.date(2026, 6, 15)
    assert content in said(jeanne, kind)
    assert jeanne.events() == [("entry_written", "patient")]


@pytest.mark.parametrize(
    ("kind", "content", "sentence"),
    [
        ("blood_group", {"value": "C+"}, "Choisissez un groupe sanguin dans la liste."),
        ("blood_group", {}, "Choisissez un groupe sanguin dans la liste."),
        (
            "allergy", {"text": "Arachide"},
            "Dites s'il y a une allergie : choisissez une réponse.",
        ),
        ("allergy", {"answer": "known", "text": "  "}, "Dites à quoi vous êtes allergique."),
        ("treatment", {"text": ""}, "Écrivez quelques mots."),
        ("wishes", {}, "Écrivez quelques mots."),
        ("history", {"text": "Allergie : \u2066non\u2069"}, odd_letters_said()),
        ("contact", {"name": "Luc\x07", "phone": "06 12 34 56 78"}, odd_letters_said()),
        (
            "history", {"text": "a" * 1001},
            "Ce texte a 1001 caractères. Limite : 1000. Écrivez-le plus court.",
        ),
        ("contact", {"name": "Luc"}, "Donnez le nom et le téléphone de cette personne."),
        ("contact", {"phone": "0612345678"}, "Donnez le nom et le téléphone de cette personne."),
        (
            "contact", {"name": "Luc", "phone": "06 12 34 56 7"},
            "Ce numéro de téléphone est trop court : il a 9 chiffres sur 10.",
        ),
        (
            "contact", {"name": "Luc", "phone": "luc@exemple.fr"},
            "Ce numéro n'est pas un numéro de téléphone. Exemple : 06 12 34 56 78.",
        ),
        (
            "contact", {"name": "L" * 101, "phone": "0612345678"},
            "Ce nom est trop long. Limite : 100 caractères.",
        ),
        ("vaccination", {"text": "DTP"}, "Ce type d'information n'existe pas."),
        ("nothing", {"text": "x"}, "Ce type d'information n'existe pas."),
    ],
)  # fmt: skip
def test_what_is_missing_is_told_and_nothing_is_written(jeanne, kind, content, sentence):
    before = Entry.objects.filter(record=jeanne.record).count()
    with pytest.raises(Refused) as refused:
        write(jeanne, "jeanne", kind, **content)

    assert refused.value.reason == sentence
    assert Entry.objects.filter(record=jeanne.record).count() == before
    assert jeanne.events() == []


def test_an_entry_holds_nothing_its_kind_does_not_ask(jeanne):
    made = write(jeanne, "jeanne", "treatment", text="Vitamine D", value="O-", admin="yes")
    none = write(jeanne, "jeanne", "allergy", answer="none", text="Pénicilline")

    assert made.content == {"text": "Vitamine D"}
    assert none.content == {"answer": "none"}


def test_none_known_takes_the_place_of_known_allergies_and_known_of_none(jeanne):
    write(jeanne, "jeanne", "allergy", answer="known", text="Arachide")
    assert len(said(jeanne, "allergy")) == 2
    write(jeanne, "jeanne", "allergy", answer="none")
    assert said(jeanne, "allergy") == [{"answer": "none"}]
    write(jeanne, "jeanne", "allergy", answer="not_asked")
    assert said(jeanne, "allergy") == [{"answer": "not_asked"}]
    write(jeanne, "jeanne", "allergy", answer="known", text="Latex")
    write(jeanne, "jeanne", "allergy", answer="known", text="Arachide")
    assert said(jeanne, "allergy") == [
        {"answer": "known", "text": "Latex"}, {"answer": "known", "text": "Arachide"},
    ]  # fmt: skip
    gone = Entry.objects.filter(record=jeanne.record, kind="allergy").exclude(withdrawn_at=None)
    assert set(gone.values_list("withdrawn_reason", flat=True)) == {"replaced"}


def test_there_is_one_blood_group_and_a_mask_on_it_holds_when_it_changes(jeanne, as_owner):
    with as_owner():
        hide(jeanne.record, jeanne.blood)
    made = write(jeanne, "jeanne", "blood_group", value="O-")

    assert made.id == jeanne.blood.id
    assert said(jeanne, "blood_group") == [{"value": "O-"}]
    assert said(jeanne, "blood_group", "martin") == []


def test_what_is_written_anew_stays_hidden_from_whom_it_was(jeanne):
    made = write(jeanne, "jeanne", "wishes", entry_id=jeanne.wish.id, text="Autre volonté")

    assert made.id == jeanne.wish.id
    assert said(jeanne, "wishes") == [{"text": "Autre volonté"}]
    assert said(jeanne, "wishes", "martin") == []
    assert said(jeanne, "wishes", "petit") == [{"text": "Autre volonté"}]


def test_an_entry_does_not_change_its_kind(jeanne):
    with pytest.raises(NotVisible):
        write(jeanne, "jeanne", "history", entry_id=jeanne.wish.id, text="x")


@pytest.mark.parametrize("who", ["petit", "martin", "pharmacist"])
def test_a_professional_never_writes_in_the_profile(jeanne, who):
    with pytest.raises(Refused) as refused:
        write(jeanne, who, "treatment", text="x")
    assert refused.value.reason == "Seul le patient écrit dans son profil médical."
    browser = jeanne.browser(who)
    assert browser.get(address(jeanne, "entry_edit", "blood")).status_code == 403
    assert browser.post(address(jeanne, "entry_withdraw", "blood")).status_code == 403
    new = reverse("records:entry_new", args=[jeanne.record.id, "allergy"])
    assert browser.get(new).status_code == 403
    assert "Ajouter" not in words(browser.get(address(jeanne, "entries")).content.decode())
    assert [act for act, _role in jeanne.events()] == ["list_read"]


@pytest.mark.parametrize("who", ["stranger", "agent", "nobody"])
def test_without_a_door_the_profile_is_missing(jeanne, who):
    with jeanne.as_(who) as by:
        for attempt in (
            lambda: entries.write(by=by, record_id=jeanne.record.id, kind="allergy",
                                  content={"answer": "none"}, seen=None),
            lambda: entries.withdraw(by=by, record_id=jeanne.record.id, entry_id=jeanne.blood.id,
                                     seen=()),
        ):  # fmt: skip
            with pytest.raises(NotVisible):
                attempt()


def test_a_delegate_writes_if_the_scope_says_so_and_takes_back_only_their_own(jeanne, as_owner):
    made = write(jeanne, "delegate", "treatment", text="Vitamine D")
    assert made.author_kind == "delegate"
    with jeanne.as_("delegate") as by, pytest.raises(Refused) as refused:
        entries.withdraw(by=by, record_id=jeanne.record.id, entry_id=jeanne.blood.id, seen=())
    assert refused.value.reason == "Vous ne pouvez retirer que ce que vous avez écrit."
    with jeanne.as_("jeanne") as by:
        seen = [entries.digest_of(made)]
        entries.withdraw(by=by, record_id=jeanne.record.id, entry_id=made.id, seen=seen)
    assert said(jeanne, "treatment") == []
    with as_owner():
        Delegation.objects.filter(record=jeanne.record).update(can_write=False)
    with pytest.raises(Refused):
        write(jeanne, "delegate", "treatment", text="Vitamine D")
    page = jeanne.browser("delegate").get(address(jeanne, "entries")).content.decode()
    assert "Ajouter" not in words(page)


def test_a_representative_writes_as_one_and_is_named_so(jeanne):
    made = write(jeanne, "guardian", "history", text="Opérée de l'appendicite")
    html = jeanne.browser("martin").get(
        reverse("records:entry", args=[jeanne.record.id, made.id])
    ).content.decode()  # fmt: skip
    assert "Saisi au titre de la représentation légale le 15 juin 2026" in words(html)


def test_what_is_on_the_emergency_card_is_read_in_an_emergency_whatever_is_masked(
    jeanne, as_owner
):
    stranger = jeanne.professionals["stranger"]
    with as_owner():
        for one in (jeanne.allergy, jeanne.blood):
            hide(jeanne.record, one)
        Opening.objects.create(
            record=jeanne.record, professional=stranger.professional, kind="emergency",
            since=NOON - dt.timedelta(hours=1), until=NOON + dt.timedelta(hours=7),
        )  # fmt: skip
    assert said(jeanne, "allergy", "stranger") == [{"answer": "known", "text": "Pénicilline"}]
    assert said(jeanne, "blood_group", "stranger") == []


def test_a_profile_of_500_entries_is_full(jeanne, as_owner):
    with as_owner():
        for at in range(497):
            add_entry(jeanne.record, jeanne.holder, "history", content={"text": f"Fait {at}"})
    with pytest.raises(Refused) as refused:
        write(jeanne, "jeanne", "history", text="De trop")
    assert refused.value.reason == "Ce profil est plein : retirez d'abord une information."
    assert write(jeanne, "jeanne", "blood_group", value="O+").content == {"value": "O+"}


def test_the_pages_write_change_and_take_back_with_one_event_each(jeanne):
    browser = jeanne.browser("jeanne")
    new = reverse("records:entry_new", args=[jeanne.record.id, "contact"])
    assert "<h1>Ajouter une personne à prévenir</h1>" in browser.get(new).content.decode()
    wrong = browser.post(new, {"name": "Luc Morel", "phone": "06 12"})
    assert wrong.status_code == 422
    assert "trop court : il a 4 chiffres sur 10" in wrong.content.decode()
    assert browser.post(new, {"name": "Luc Morel", "phone": "06 12 34 56 78"}).status_code == 302
    edit = address(jeanne, "entry_edit", "wish")
    assert "<h1>Modifier les volontés</h1>" in browser.get(edit).content.decode()
    changed = browser.post(edit, {"text": "Rien de plus", "seen": opened(browser, edit)})
    assert changed["Location"] == address(jeanne, "entries")
    blood = shown(browser.get(address(jeanne, "entry", "blood")))
    assert browser.post(address(jeanne, "entry_withdraw", "blood"), blood).status_code == 302
    assert [act for act, _role in jeanne.events()] == [
        "entry_written", "element_read", "element_read", "entry_written", "element_read",
        "entry_withdrawn",
    ]  # fmt: skip
    html = words(browser.get(address(jeanne, "entries")).content.decode())
    assert "Rien de plus" in html
    assert "Luc Morel · 06 12 34 56 78" in html
    assert "A+" not in html


@pytest.mark.parametrize(("who", "whose"), [("jeanne", "you"), ("guardian", "the patient")])
def test_english_says_to_whom_a_contact_is_related(jeanne, who, whose):
    new = reverse("records:entry_new", args=[jeanne.record.id, "contact"])
    browser = jeanne.browser(who)
    for page in (browser.get, browser.post):  # empty, and told what is missing
        said_ = words(page(new, headers={"accept-language": "en"}).content.decode())
        assert f"How they are related to {whose}" in said_


def test_an_unknown_kind_is_missing(jeanne):
    new = reverse("records:entry_new", args=[jeanne.record.id, "measure"])
    assert jeanne.browser("jeanne").get(new).status_code == 404


def test_a_form_sent_empty_asks_its_questions(jeanne):
    browser = jeanne.browser("jeanne")
    for kind, sentence in (
        ("blood_group", "Choisissez un groupe sanguin dans la liste."),
        ("allergy", "Dites s'il y a une allergie : choisissez une réponse."),
        ("treatment", "Écrivez quelques mots."),
    ):
        new = reverse("records:entry_new", args=[jeanne.record.id, kind])
        response = browser.post(new, {})
        assert response.status_code == 422
        assert sentence in response.content.decode().replace("&#x27;", "'")
        assert "checked" not in browser.get(new).content.decode()


def test_a_delegate_neither_writes_over_nor_contradicts_what_the_holder_said(jeanne):
    for attempt in (
        lambda: write(jeanne, "delegate", "allergy", answer="none"),
        lambda: write(jeanne, "delegate", "blood_group", value="O-"),
        lambda: write(jeanne, "delegate", "wishes", jeanne.wish.id, text="Autre chose"),
    ):
        with pytest.raises(Refused) as refused:
            attempt()
        assert refused.value.reason == "Vous ne pouvez retirer que ce que vous avez écrit."
    assert said(jeanne, "allergy") == [{"answer": "known", "text": "Pénicilline"}]
    assert said(jeanne, "blood_group") == [{"value": "A+"}]
    edit = jeanne.browser("delegate").get(address(jeanne, "entry_edit", "blood"))
    assert edit.status_code == 403


def test_a_second_tab_does_not_write_over_what_the_first_wrote(jeanne):
    browser = jeanne.browser("jeanne")
    edit = address(jeanne, "entry_edit", "wish")
    seen = opened(browser, edit)
    assert browser.post(edit, {"text": "Premier onglet", "seen": seen}).status_code == 302
    # The page that told of something else to correct still knows what it was made from.
    empty = browser.post(edit, {"text": " ", "seen": seen})
    kept = browser.post(edit, {"text": "Second onglet", "seen": empty.context["seen"]})

    assert kept.status_code == 422
    html = words(kept.content.decode())
    assert "Ce profil a changé pendant que vous écriviez." in html
    assert "Premier onglet" in html
    assert "Second onglet" in html
    assert said(jeanne, "wishes") == [{"text": "Premier onglet"}]
    again = browser.post(edit, {"text": "Second onglet", "seen": kept.context["seen"]})
    assert again.status_code == 302
    assert said(jeanne, "wishes") == [{"text": "Second onglet"}]
    # What changes nothing of what was written since is no loss; a page that carries nothing is.
    assert browser.post(edit, {"text": "Second onglet", "seen": seen}).status_code == 302
    assert browser.post(edit, {"text": "Autre chose"}).status_code == 422


def test_another_answer_does_not_take_the_place_of_what_was_said_meanwhile(jeanne):
    browser = jeanne.browser("jeanne")
    new = reverse("records:entry_new", args=[jeanne.record.id, "allergy"])
    seen = opened(browser, new)
    latex = {"answer": "known", "text": "Latex", "seen": seen}
    assert browser.post(new, latex).status_code == 302
    assert browser.post(new, {**latex, "text": "Arachide"}).status_code == 302
    before = len(jeanne.events())

    told = browser.post(new, {"answer": "none", "seen": seen})

    assert [view.text for view in told.context["since"]] == ["Latex", "Arachide"]
    assert len(said(jeanne, "allergy")) == 3
    assert jeanne.events()[before:] == [("list_read", "patient")]
    read = {"answer": "none", "seen": told.context["seen"]}
    assert browser.post(new, read).status_code == 302
    assert said(jeanne, "allergy") == [{"answer": "none"}]


def test_a_blood_group_given_meanwhile_is_not_written_over(jeanne):
    browser = jeanne.browser("jeanne")
    new = reverse("records:entry_new", args=[jeanne.record.id, "blood_group"])
    seen = opened(browser, new)
    assert browser.post(new, {"value": "B+", "seen": seen}).status_code == 302

    assert browser.post(new, {"value": "O-", "seen": seen}).status_code == 422
    assert said(jeanne, "blood_group") == [{"value": "B+"}]


def test_what_is_typed_of_an_entry_withdrawn_meanwhile_is_kept_and_can_be_a_new_one(jeanne):
    browser = jeanne.browser("jeanne")
    edit = address(jeanne, "entry_edit", "wish")
    form = {"text": "Mes mots", **shown(browser.get(edit))}
    one = shown(browser.get(address(jeanne, "entry", "wish")))
    assert browser.post(address(jeanne, "entry_withdraw", "wish"), one).status_code == 302

    told = browser.post(edit, form)

    html = words(told.content.decode())
    assert told.status_code == 422
    assert "Cette information a été retirée pendant que vous écriviez." in html
    assert "Mes mots" in html
    assert said(jeanne, "wishes") == []
    new = reverse("records:entry_new", args=[jeanne.record.id, "wishes"])
    assert f'action="{new}"' in told.content.decode()
    assert browser.post(new, {"text": "Mes mots", **shown(told)}).status_code == 302
    assert said(jeanne, "wishes") == [{"text": "Mes mots"}]
    # « Retirer » on a page left open says so too, and takes nothing else away.
    again = browser.post(address(jeanne, "entry_withdraw", "wish"), one, follow=True)
    assert "déjà plus dans ce profil" in words(again.content.decode())
    assert len(said(jeanne, "wishes")) == 1


def test_who_was_never_shown_an_entry_learns_nothing_of_one_that_is_gone(jeanne, as_owner):
    form = {"text": "x", **shown(jeanne.browser("jeanne").get(address(jeanne, "entry", "wish")))}
    with as_owner():
        hide(jeanne.record, jeanne.wish, audience="delegate",
             audience_id=jeanne.viewers["delegate"].person_id)  # fmt: skip
    for name in ("entry_edit", "entry_withdraw"):
        hidden = address(jeanne, name, "wish")
        missing = hidden.replace(str(jeanne.wish.id), str(jeanne.record.id))
        for sent in (form, {"text": "x", "shown": "wishes.é"}, {"text": "x"}):
            assert jeanne.browser("delegate").post(hidden, sent).status_code == 404
        # The proof is of one entry, and of one of them.
        assert jeanne.browser("jeanne").post(missing, form).status_code == 404


def test_an_entry_hidden_meanwhile_is_not_called_withdrawn(jeanne, as_owner):
    made = write(jeanne, "delegate", "wishes", text="Dit par Anne")
    edit = reverse("records:entry_edit", args=[jeanne.record.id, made.id])
    browser = jeanne.browser("delegate")
    form = {"text": "Mes mots", **shown(browser.get(edit))}
    with as_owner():
        hide(jeanne.record, made, audience="delegate",
             audience_id=jeanne.viewers["delegate"].person_id)  # fmt: skip

    html = words(browser.post(edit, form).content.decode())

    assert "plus dans ce profil." in html
    assert "retirée" not in html
    assert "Mes mots" in html


def test_an_entry_that_changed_meanwhile_is_not_withdrawn_unread(jeanne):
    browser = jeanne.browser("jeanne")
    one, take = address(jeanne, "entry", "wish"), address(jeanne, "entry_withdraw", "wish")
    read = shown(browser.get(one))
    write(jeanne, "jeanne", "wishes", entry_id=jeanne.wish.id, text="Autre volonté")
    before = len(jeanne.events())

    told = browser.post(take, read)

    assert told.status_code == 422
    html = words(told.content.decode())
    assert "Cette information a changé" in html
    assert "Autre volonté" in html
    assert said(jeanne, "wishes") == [{"text": "Autre volonté"}]
    assert jeanne.events()[before:] == [("element_read", "patient")]
    assert browser.post(take, shown(told)).status_code == 302
    assert said(jeanne, "wishes") == []
