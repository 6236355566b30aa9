"""How a hand goes through the screens of the counter, for the tests of each."""

from __future__ import annotations

import re

from tests.records.opening.conftest import JEANNE_CARD


def body(response):
    return response.content.decode()


def text(response):
    bare = re.sub(r"<[^>]+>", " ", body(response))
    return " ".join(bare.replace("&#x27;", "'").replace("&nbsp;", " ").split())


def attempt(response):
    return re.search(r'name="attempt" value="(\w+)"', body(response)).group(1)


def put_in(counter, card):
    return counter.post("/ouvrir/", {"card": card}, follow=True)


def compare(counter, page, born_on, document="cni", traits="same"):
    told = {"document": document, "born_on": born_on, "traits": traits, "attempt": attempt(page)}
    return counter.post("/ouvrir/identite/", told, follow=True)


def at_consent(counter):
    """Come to the screen of the agreement, for Jeanne."""
    return compare(counter, put_in(counter, JEANNE_CARD), "14/03/1955")


AGREED = {"consent": "on", "mobile": "06 39 98 00 01", "language": "fr"}


def create(counter, page, **different):
    told = AGREED | {"attempt": attempt(page)} | different
    return counter.post("/ouvrir/accord/", told, follow=True)
