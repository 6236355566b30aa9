"""Every page as everybody: what it answers, and one event when it shows something."""

from __future__ import annotations

import re

import pytest
from django.urls import reverse

from tests.jeanne import VIEWERS, circle_period


# The pages of a record, and the element each is about.
PAGES = {
    "home": (), "care": (), "treatments": (), "documents": (), "entries": (), "synthesis": (),
    "care_event": ("visit",), "document": ("letter",), "entry": ("blood",),
    "synthesis_version": ("second",), "synthesis_line": ("said",),
}  # fmt: skip
READERS = {"jeanne", "guardian", "delegate", "petit", "martin", "pharmacist"}
# Signed in with a second factor, and come by nothing at all.
NOBODY_HERE = {"stranger", "agent", "administrator"}
# The author of one letter, without a door: that one, and the list that holds it alone.
AUTHOR = {"documents", "own"}


def address(world, page, *names):
    keys = [world.record.id, *(world.elements[name].id for name in names)]
    return reverse(f"records:{page}", args=keys)


def sent_to(who):
    return {
        "anonymous": reverse("account_login"),
        "half": reverse("access:second_factor"),
        "nobody": reverse("access:capacity"),
    }.get(who)


@pytest.mark.parametrize("who", VIEWERS)
def test_a_page_is_read_by_who_has_a_door_and_is_not_there_for_anybody_else(jeanne, who):
    browser = jeanne.browser(who)
    # To whom doesn't see what it rests on, the second version is the same: it isn't there.
    newest = "first" if who in {"martin", "pharmacist"} else "second"
    for page, names in {**PAGES, "synthesis_version": (newest,)}.items():
        before = len(jeanne.events())
        response = browser.get(address(jeanne, page, *names))
        reads = who in READERS or (who == "garnier" and page in AUTHOR)

        assert len(jeanne.events()) - before == reads, page
        if reads:
            assert response.status_code == 200, page
        elif sent_to(who):
            assert response.status_code == 302, page
            assert response["Location"].startswith(sent_to(who)), page
        else:
            assert who in NOBODY_HERE | {"garnier"}
            assert response.status_code == 404, page


def test_the_author_without_a_door_reads_their_letter_and_nothing_around_it(jeanne):
    browser = jeanne.browser("garnier")
    listed = browser.get(address(jeanne, "documents")).content.decode()
    assert "Lettre du psychiatre" in listed
    assert "Lettre du cardiologue" not in listed
    assert browser.get(address(jeanne, "document", "hidden")).status_code == 200
    assert browser.get(address(jeanne, "document", "letter")).status_code == 404


@pytest.fixture
def given(jeanne, as_owner):
    """Dr Roche, without a door, whom Jeanne showed one element of each kind."""
    stranger = jeanne.professionals["stranger"]
    with as_owner():
        for name in ("letter", "visit", "blood", "said"):
            circle_period(
                jeanne.record, "share", professional=stranger.professional, user=stranger.user,
                element_id=jeanne.elements[name].id,
            )  # fmt: skip
        # The line of the synthesis rests on it, and is shown with it.
        circle_period(
            jeanne.record, "share", professional=stranger.professional, user=stranger.user,
            element_id=jeanne.illness.id,
        )  # fmt: skip


@pytest.mark.parametrize(
    ("who", "first"),
    [
        ("garnier", [("document", "hidden"), ("documents",)]),
        ("stranger", [("document", "letter"), ("care_event", "visit"), ("entry", "blood"),
                      ("synthesis_line", "said")]),
    ],
)  # fmt: skip
def test_without_a_door_every_link_opens(jeanne, given, who, first):
    browser = jeanne.browser(who)
    inside = f"/dossiers/{jeanne.record.id}/"
    waiting = [address(jeanne, *page) for page in first]
    opened = set()
    while waiting:
        path = waiting.pop()
        if path in opened:
            continue
        opened.add(path)
        page = browser.get(path)
        assert page.status_code == 200, path
        if page["Content-Type"].startswith("text/html"):
            links = re.findall(r'(?:href|src)="([^"#?]+)', page.content.decode())
            waiting += [link for link in links if link.startswith(inside)]
    assert inside not in opened
