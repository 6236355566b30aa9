"""Replace, withdraw, release: who may, what is told; nothing by halves."""

from __future__ import annotations

from html import unescape

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from access.models import Delegation, JournalEvent, Notice
from access.policy import NotVisible, Refused
from records import deposits
from records.contents import WrongContent
from records.models import DocumentVersion
from tests.records.depositing import TEXT, deposit, kept, sees
from tests.records.test_every_viewer import address


def change(world, who, what, name="letter", **facts):
    with world.as_(who) as by:
        return getattr(deposits, what)(
            by=by, record_id=world.record.id, document_id=world.elements[name].id, **facts
        )


def test_a_new_version_takes_the_place_of_the_old_which_stays_readable(jeanne):
    change(jeanne, "martin", "replace", data=b"Lettre corrigee")
    html = jeanne.browser("petit").get(address(jeanne, "document", "letter")).content.decode()

    assert "Lettre corrigee" in html
    assert "Versions précédentes" in html
    assert "tout va bien" not in html
    versions = DocumentVersion.objects.filter(document=jeanne.letter).order_by("number")
    assert [row.number for row in versions] == [1, 2]
    assert jeanne.events()[0] == ("replaced", "professional")


def test_flags_and_masks_hold_for_a_new_version_too(jeanne):
    change(jeanne, "garnier", "replace", "hidden", data=b"Suite")
    change(jeanne, "petit", "replace", "waits", data=b"Suite")

    assert sees(jeanne, "martin", jeanne.hidden) is None
    assert sees(jeanne, "jeanne", jeanne.waits) is None


@pytest.mark.parametrize("what", ["replace", "withdraw"])
@pytest.mark.parametrize("who", ["petit", "pharmacist", "jeanne", "guardian", "delegate"])
def test_only_the_author_replaces_or_withdraws(jeanne, who, what):
    facts = {"data": TEXT} if what == "replace" else {"reason": "mistake"}
    before = kept(jeanne)
    with pytest.raises(Refused) as refused:
        change(jeanne, who, what, **facts)

    assert refused.value.reason == ("Seul l'auteur d'un document peut le remplacer ou le retirer.")
    assert kept(jeanne) == before


@pytest.mark.parametrize("what", ["replace", "withdraw", "release"])
def test_what_one_does_not_see_cannot_be_changed_and_is_missing(jeanne, what):
    facts = {"replace": {"data": TEXT}, "withdraw": {"reason": "mistake"}}.get(what, {})
    for who in ("martin", "stranger"):
        with pytest.raises(NotVisible):
            change(jeanne, who, what, "hidden", **facts)


def test_the_holder_withdraws_what_the_family_put_in_their_record(jeanne):
    made = deposit(jeanne, "delegate", type_code="DOCPAT03")
    jeanne.elements["made"] = made
    with pytest.raises(Refused):
        change(jeanne, "guardian", "withdraw", "made", reason="mistake")
    change(jeanne, "jeanne", "withdraw", "made", reason="mistake")

    assert sees(jeanne, "jeanne", made) is None


def test_a_delegate_who_may_no_longer_write_changes_nothing_of_theirs(jeanne, as_owner):
    jeanne.elements["made"] = deposit(jeanne, "delegate", type_code="DOCPAT03")
    with as_owner():
        Delegation.objects.filter(record=jeanne.record).update(can_write=False)
    with pytest.raises(Refused):
        change(jeanne, "delegate", "withdraw", "made", reason="mistake")


def test_withdrawn_is_gone_for_everybody_and_the_holder_is_told(jeanne):
    change(jeanne, "martin", "withdraw", reason="wrong person")

    for who in ("jeanne", "petit", "martin", "guardian", "pharmacist"):
        assert sees(jeanne, who, jeanne.letter) is None
        assert jeanne.browser(who).get(address(jeanne, "document", "letter")).status_code == 404
    event = JournalEvent.objects.get(record_id=jeanne.record.id, act="withdrawn")
    assert (event.actor_name, event.reason) == ("Dr Alix Martin", "wrong person")
    [notice] = Notice.objects.filter(record_id=jeanne.record.id, person_id=jeanne.holder.id)
    assert notice.body == "Quelque chose a été retiré par son auteur dans votre dossier."


COPY = "vous pouvez lui demander une copie de ce qui a été retiré"


@pytest.mark.parametrize(
    ("reason", "why", "copy"),
    [
        ("mistake", "retiré un document (déposé par erreur)", True),
        ("wrong person", "retiré un document (il est à quelqu'un d'autre)", False),
        ("replaced elsewhere", "retiré un document (un autre le remplace)", True),
    ],
)
def test_the_holder_reads_who_took_it_back_and_why_and_may_ask_for_a_copy(
    jeanne, reason, why, copy
):
    change(jeanne, "martin", "withdraw", reason=reason)

    page = jeanne.browser("jeanne").get(f"/dossiers/{jeanne.record.id}/qui-a-regarde/")
    said = unescape(page.content.decode()).replace("\xa0", " ")
    assert why in said
    assert (COPY in said) is copy


def test_nothing_is_said_of_what_was_taken_back_before_it_was_announced(jeanne):
    jeanne.elements["made"] = deposit(jeanne, "martin", flags=deposits.Flags(unannounced=True))
    change(jeanne, "martin", "withdraw", "made", reason="mistake")

    page = jeanne.browser("jeanne").get(f"/dossiers/{jeanne.record.id}/qui-a-regarde/")
    said = unescape(page.content.decode())
    assert "Dr Martin" in said
    assert "retiré un document" not in said
    assert COPY not in said


def test_a_withdrawal_says_why(jeanne):
    for reason in ("", "because"):
        with pytest.raises(Refused) as refused:
            change(jeanne, "martin", "withdraw", reason=reason)
        assert refused.value.reason == "Dites pourquoi vous retirez ce document."
    response = jeanne.browser("martin").post(address(jeanne, "withdraw", "letter"), {})
    assert response.status_code == 422
    assert "Dites pourquoi vous retirez ce document." in response.content.decode()
    assert sees(jeanne, "martin", jeanne.letter) == ()


def test_what_was_not_announced_is_shown_once_explained(jeanne):
    change(jeanne, "martin", "release", "waits")

    assert sees(jeanne, "jeanne", jeanne.waits) == ()
    assert sees(jeanne, "petit", jeanne.waits) == ()
    change(jeanne, "petit", "release", "waits")
    assert [act for act, _role in jeanne.events()] == ["released"]
    assert Notice.objects.filter(person_id=jeanne.holder.id).count() == 1


@pytest.mark.parametrize("who", ["jeanne", "guardian", "delegate"])
def test_nobody_releases_to_themselves(jeanne, who):
    with pytest.raises(NotVisible):
        change(jeanne, who, "release", "waits")
    assert jeanne.browser(who).post(address(jeanne, "release", "waits")).status_code == 404


def test_a_new_version_that_is_refused_keeps_the_old_and_says_why(jeanne):
    browser = jeanne.browser("martin")
    page = address(jeanne, "deposit_version", "letter")
    before = DocumentVersion.objects.filter(document=jeanne.letter).count()
    for data, sentence in ((b"MZ\x90", "pas accepté"), (b"", "vide (0 octet)")):
        response = browser.post(page, {"file": SimpleUploadedFile("a.pdf", data)})
        assert response.status_code == 422
        assert sentence in response.content.decode()
    assert "Choisissez un fichier." in browser.post(page, {}).content.decode()
    assert DocumentVersion.objects.filter(document=jeanne.letter).count() == before
    with pytest.raises(WrongContent):
        change(jeanne, "martin", "replace", data=b"")


def test_each_step_leaves_one_event_and_a_refusal_none(jeanne):
    browser = jeanne.browser("martin")
    page = address(jeanne, "deposit_version", "letter")
    browser.get(page)
    browser.post(page, {"file": SimpleUploadedFile("a.txt", b"Suite")})
    browser.get(address(jeanne, "deposit"))
    browser.post(address(jeanne, "withdraw", "letter"), {"reason": "mistake"})
    assert [act for act, _role in jeanne.events()] == ["element_read", "replaced", "withdrawn"]
    before = jeanne.events()
    other = jeanne.browser("pharmacist")
    assert other.get(address(jeanne, "deposit_version", "scan")).status_code == 403
    assert (
        other.post(address(jeanne, "withdraw", "scan"), {"reason": "mistake"}).status_code == 403
    )
    assert other.post(address(jeanne, "deposit_version", "scan"), {}).status_code == 403
    assert jeanne.events() == before
