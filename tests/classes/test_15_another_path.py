"""Class 15: the thing is shut, and its trash, history, old versions, notes, links or mails aren't.

paperless-ngx gave trash, notes and links of documents one may not see (#7118, #3903, 2.20.13);
HAPI gave old versions of what one could no longer read (#6127).
"""

from __future__ import annotations

import pytest

from records.models import Document, DocumentVersion, SynthesisLine
from tests.access.cast import NOON
from tests.classes.asking import every_address, some
from tests.classes.hidden import WORD, add_hidden
from tests.interference.values import Keys
from tests.jeanne import add_file, hide


#: The holder, the treating GP who is made its author, and somebody of the circle.
ALL = ("jeanne", "petit")


def paths_that_say(scene, who, one, words):
    """Every door and method that says one of these words to somebody, answers and effects."""
    keys, found = Keys(scene, who), {}
    for address in every_address():
        if address.declared.before or address.of_account or not address.open_to(scene, who):
            continue
        names = address.filled(keys, scene.record_of(who).id)
        for ask in address.asks(keys, **names):
            held = one.answer(ask).holds(*words)
            if held:
                found[f"{ask.method} {address.name}"] = held
    return found


def test_what_is_hidden_has_no_other_path(scene, asker, as_owner):
    """A letter with two versions, quoted by the synthesis, journalled, shared, then hidden."""
    with as_owner():
        added = add_hidden(scene)
        second = DocumentVersion.objects.create(
            record_id=scene.records["jeanne"].id, document=added["letter"], number=2,
            deposited_at=NOON,
        )  # fmt: skip
        add_file(added["letter"], f"{WORD} encore".encode(), "text/plain")
    words = [WORD, *(each.id for each in added.values()), second.id]
    for who in some("martin", "pharmacist"):
        assert not paths_that_say(scene, who, asker(who), words), who
    shown = paths_that_say(scene, "jeanne", asker("jeanne"), words)
    assert len(shown) > 5
    assert {"GET records:documents", "POST records:take_away"} <= set(shown)


@pytest.mark.parametrize("who", some(*ALL, "nurse"))
def test_what_is_withdrawn_is_in_no_list_history_archive_nor_synthesis(
    who, scene, asker, as_owner
):
    """For everybody, its author and the treating GP too; that it was withdrawn is told."""
    with as_owner():
        added = add_hidden(scene, "mask")
        letter = added["letter"]
        Document.objects.filter(id=letter.id).update(
            withdrawn_at=NOON, withdrawn_reason="mistake", author_id=scene.world.professionals[
                "petit"].id,
        )  # fmt: skip
        SynthesisLine.objects.filter(id=added["said"].id).update(text="Ligne qui cite")
        for other in ("line", "pill", "entry"):
            type(added[other]).objects.filter(id=added[other].id).delete()
    words = [f"{WORD} dans le titre", f"{WORD} dans le texte", letter.id]
    if who != "petit":  # the line goes back to the treating GP, who sees it (sections 2 and 5)
        words.append("Ligne qui cite")
    said = paths_that_say(scene, who, asker(who), words)
    # The GP's desk carries what a line said until they decide about it (section 5).
    assert set(said) <= ({"GET records:synthesis_draft", "POST records:synthesis_draft",
                          "GET records:synthesis_changes"}
                         if who == "petit" else set())  # fmt: skip


def test_an_older_version_is_no_more_open_than_the_last(scene, asker, as_owner):
    letter = scene.elements["jeanne"]["letter"]
    with as_owner():
        first = scene.world.file_of("letter")
        DocumentVersion.objects.create(
            record_id=scene.records["jeanne"].id, document=letter, number=2, deposited_at=NOON
        )
        add_file(letter, b"La seconde.", "text/plain")
    words = {"record_id": scene.records["jeanne"].id, "document_id": letter.id,
             "file_id": first.id}  # fmt: skip
    assert asker("nurse").get("records:document_file", **words).shown
    with as_owner():
        hide(scene.records["jeanne"], letter)
    assert asker("nurse").get("records:document_file", **words).status == 404
    assert asker("nurse").get("fhir:binary", file_id=first.id).status == 404
