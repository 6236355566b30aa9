"""The files of documents: served as they were kept, to who may see the version they are of."""

from __future__ import annotations

import datetime as dt
import hashlib

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from access import policy
from access.models import JournalEvent
from records import deposits, files
from records.dossier.files import shared_until
from tests.access.cast import NOON
from tests.disk import written_down
from tests.jeanne import circle_period
from tests.records.depositing import deposit
from tests.records.test_every_viewer import address


def test_a_file_is_served_as_it_was_kept_and_can_run_nothing(jeanne):
    file = jeanne.file_of("scan")
    keys = [jeanne.record.id, jeanne.scan.id, file.id]
    browser = jeanne.browser("martin")
    served = browser.get(reverse("records:document_file", args=keys))

    assert served.content.startswith(b"%PDF-")
    assert hashlib.sha1(served.content, usedforsecurity=False).digest() == bytes(file.sha1)
    assert served["Content-Type"] == "application/pdf"
    assert served["Content-Disposition"].startswith('attachment; filename="document-')
    assert "genou" not in served["Content-Disposition"]
    assert served["Cache-Control"] == "private, no-store"
    assert served["Accept-Ranges"] == "none"
    assert served["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in served["Content-Security-Policy"]
    preview = browser.get(reverse("records:document_preview", args=keys))
    assert preview["Content-Type"] == "image/png"
    assert preview["Content-Disposition"].startswith("inline")
    assert [act for act, _role in jeanne.events()] == ["downloaded", "previewed"]
    letter = jeanne.file_of("letter")
    none = reverse(
        "records:document_preview", args=[jeanne.record.id, jeanne.letter.id, letter.id]
    )
    assert browser.get(none).status_code == 404
    assert len(jeanne.events()) == 2


@pytest.mark.parametrize("kept", ["of a record", "for nobody"])
def test_what_a_power_cut_leaves_has_the_file_of_its_row(jeanne, monkeypatch, kept):
    """Bytes first, then the name they bear: only both on the disk are a file that is there."""
    done = written_down(monkeypatch)
    if kept == "of a record":
        files.store(jeanne.record, b"new")
    else:
        files.seal_unread(b"new", on=NOON)
    assert done == ["bytes", "name", "folder"]


def test_a_plain_text_is_read_in_the_page_as_words_only(jeanne):
    made = deposit(jeanne, "martin", data=b"Tension < 14\n\n& <b>gras</b> <img src=x onerror=y>")
    html = jeanne.browser("jeanne").get(
        reverse("records:document", args=[jeanne.record.id, made.id])
    ).content.decode()  # fmt: skip

    assert "Tension &lt; 14" in html
    assert "<b>gras</b>" not in html


def test_a_very_long_text_begins_in_the_page_and_is_whole_in_its_file(jeanne):
    made = deposit(jeanne, "martin", data=b"debut " + b"mot " * 9_000 + b"fin")
    html = jeanne.browser("jeanne").get(
        reverse("records:document", args=[jeanne.record.id, made.id])
    ).content.decode()  # fmt: skip

    assert "debut" in html
    assert "fin</p>" not in html
    assert len(html) < 60_000


def test_a_share_covers_the_versions_filed_before_it(jeanne, as_owner):
    stranger = jeanne.professionals["stranger"]
    with as_owner():
        circle_period(
            jeanne.record, "share", professional=stranger.professional, user=stranger.user,
            element_id=jeanne.letter.id, given_at=NOON - dt.timedelta(days=1),
            since=NOON - dt.timedelta(days=1),
        )  # fmt: skip
    old = jeanne.file_of("letter")
    with jeanne.as_("martin") as by:
        deposits.replace(
            by=by, record_id=jeanne.record.id, document_id=jeanne.letter.id, data=b"Nouvelle"
        )
    new = jeanne.file_of("letter")
    page = address(jeanne, "document", "letter")
    assert "Nouvelle" not in jeanne.browser("stranger").get(page).content.decode()
    assert "Nouvelle" in jeanne.browser("petit").get(page).content.decode()
    for file, status in ((old, 200), (new, 404)):
        keys = [jeanne.record.id, jeanne.letter.id, file.id]
        asked = reverse("records:document_file", args=keys)
        assert jeanne.browser("stranger").get(asked).status_code == status
    events = JournalEvent.objects.filter(record_id=jeanne.record.id, act="element_read")
    assert "share" in set(events.values_list("door", flat=True))


def test_when_shares_were_given_is_asked_once_for_all_of_them(jeanne, as_owner):
    two = [jeanne.letter.id, jeanne.scan.id]
    stranger = jeanne.professionals["stranger"]
    with as_owner():
        for days, key in enumerate(two, 1):
            circle_period(
                jeanne.record, "share", element_id=key, professional=stranger.professional,
                user=stranger.user, given_at=NOON - dt.timedelta(days=days),
            )  # fmt: skip
    asked = []
    for some in (two[:1], two):
        with jeanne.as_("stranger"):
            standing = policy.standing_on(jeanne.record.id)
            with CaptureQueriesContext(connection) as queries:
                found = shared_until(standing, some)
        assert found == {key: NOON - dt.timedelta(days=days) for days, key in enumerate(some, 1)}
        asked.append(len(queries))
    assert asked[0] == asked[1]


def test_an_author_who_was_given_another_element_still_opens_their_own(jeanne, as_owner):
    garnier = jeanne.professionals["garnier"]
    with as_owner():
        circle_period(
            jeanne.record, "share", professional=garnier.professional, user=garnier.user,
            element_id=jeanne.letter.id,
        )  # fmt: skip
    page = jeanne.browser("garnier").get(address(jeanne, "document", "hidden")).content.decode()
    assert "Télécharger" in page
