"""Class 4: the page is guarded, and the file behind it has a door of its own that isn't.

paperless-ngx gave previews of documents one may not see (#3172), papermerge to who wasn't even
signed in (#57), carlos by a guessed name (#152); Medplum keeps files apart for this reason.
"""

from __future__ import annotations

from dataclasses import replace

import pytest
from django.urls import reverse

from records.models import DocumentFile
from tests.classes.asking import NOWHERE, every_address, some
from tests.interference.declared import _FILES
from tests.interference.facts import seen_by
from tests.interference.values import Keys
from tests.interference.walking import Ask
from tests.jeanne import hide


#: Ways to ask a file: whole, in part, and what an old browser still holds.
WAYS = [("GET", {}), ("HEAD", {}), *(("GET", headers) for headers in _FILES),
        ("GET", {"If-Range": '"0"', "Range": "bytes=0-0"})]  # fmt: skip


#: Of each sort one: a shut door needs no second pair of eyes.
VIEWERS = some(
    "nurse", "shared", "stranger", "jeanne", "guardian", "delegate", "mother", "martin",
    "pharmacist", "colleague", "emergency", "blocked", "agent", "anonymous", first=4,
)  # fmt: skip


def doors_of_files():
    """Every address that gives the bytes of a document's file."""
    found = [one for one in every_address() if "file_id" in one.words]
    assert {one.name for one in found} >= {"records:document_file", "fhir:binary"}
    return found


def paths(scene, who):
    """Each file of the viewer's record at each of its doors: (path, of nobody, document, file)."""
    record = scene.record_of(who)
    for file in DocumentFile.objects.filter(record_id=record.id).select_related("version"):
        document = file.version.document_id
        for address in doors_of_files():
            words = {"record_id": record.id, "document_id": document, "file_id": file.id}
            asked = {word: words[word] for word in address.words}
            nobody = reverse(address.name, kwargs=asked | {"file_id": NOWHERE})
            yield address, reverse(address.name, kwargs=asked), nobody, document, file


@pytest.mark.parametrize("who", VIEWERS)
def test_a_file_is_given_to_whom_the_oracle_shows_its_document_and_to_no_other(
    who, scene, asker, as_owner
):
    viewer = scene.viewers.get(who)
    with as_owner():
        seen = seen_by(viewer, scene.record_of(who)) if viewer else set()
        files = list(paths(scene, who))
    one, given = asker(who), set()
    for address, path, nobody, document, file in files:
        hidden = document not in seen
        for method, headers in WAYS[::3] if hidden else WAYS:
            ask = Ask(address.name, path, method, headers=tuple(headers.items()))
            answer = one.answer(ask)
            if document in seen and (file.preview_stored_as or "preview" not in address.name):
                # A share covers the versions that were there when it was given.
                late = who == "shared" and file.version.number > 1
                assert answer.shown is not late, f"{who} {ask}"
                if answer.shown:
                    given.add(document)
                continue
            missing = one.answer(replace(ask, path=nobody))
            assert not answer.shown, f"{who} {ask}"
            assert not answer.unlike(missing, **{str(file.id): NOWHERE}), f"{who} {ask}"
    assert given <= seen
    assert bool(given) is bool(seen & {document for *_way, document, _file in files})


def test_an_address_kept_from_before_gives_nothing_once_it_is_hidden(scene, asker, as_owner):
    """Not even « not modified », to who still holds the tag of what they had."""
    record, letter = scene.records["jeanne"], scene.elements["jeanne"]["letter"]
    # Somebody of the circle who didn't write it.
    one, keys = asker("nurse"), Keys(scene, "nurse")
    held = [
        (address, path, one.answer(Ask(address.name, path)))
        for address, path, _nobody, document, file in paths(scene, "nurse")
        if document == letter.id and (file.preview_stored_as or "preview" not in address.name)
    ]
    assert held
    assert all(answer.shown for _address, _path, answer in held)
    with as_owner():
        hide(record, letter)
    for address, path, before in held:
        tags = {"If-None-Match": before.headers.get("etag", "*"),
                "If-Modified-Since": before.headers.get("last-modified", "")}  # fmt: skip
        for headers in (*tags.items(), ("Range", "bytes=0-1"), ("X-None", "")):
            answer = one.answer(Ask(address.name, path, headers=(headers,)))
            assert answer.status == 404, f"{path} {headers}"
    assert keys.who == "nurse"
