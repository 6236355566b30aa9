"""Limits are by the address of who tries, behind the installation's own proxy too."""

from __future__ import annotations

import pytest

from tests.clients import StrictClient


pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _behind_a_proxy(settings):
    settings.DMP_DEMO = True
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1


def press(page, form, heard):
    client = StrictClient(headers={"X-Forwarded-For": heard}, REMOTE_ADDR="10.0.0.1")
    return client.post(page, form)


def a_wrong_leaflet(heard, _number):
    answer = press("/activation/", {"code": "CCCCCCCCC", "born_on": "04/03/1958"}, heard)
    return "Trop d&#x27;essais" in answer.content.decode()


def a_card(heard, number):
    card = {"nir": "2 79 03 51 215 189 89", "serial": f"80250000000000{number:05d}"}
    return press("/mon-dossier/ouvrir/", card, heard).status_code == 429


@pytest.mark.parametrize(("is_stopped", "limit"), [(a_wrong_leaflet, 10), (a_card, 20)])
def test_one_address_is_stopped_whatever_it_says_of_itself_and_no_other(is_stopped, limit):
    """In IPv6 one line is given a whole network; what a client writes comes before the truth."""
    stopped = [is_stopped(f"2001:db8:1:2::{number}", number) for number in range(limit)]

    assert stopped == [False] * limit
    assert is_stopped("2001:db8:1:2::ffff", limit)
    assert is_stopped("198.51.100.7, 2001:db8:1:2::1", limit + 1)
    assert not is_stopped("2001:db8:1:3::1", limit + 2)
    assert not is_stopped("198.51.100.7", limit + 3)
