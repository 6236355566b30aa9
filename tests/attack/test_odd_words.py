"""A search with odd letters finds nothing and breaks nothing; sign-up pages are kept by nobody."""

from __future__ import annotations

import pytest
from django.urls import reverse


@pytest.mark.parametrize(
    ("who", "page"), [("jeanne", "access:doctors"), ("petit", "access:patients")]
)
def test_a_search_for_nothing_printable_finds_nothing(jeanne, who, page):
    about = [jeanne.record.id] if page == "access:doctors" else []
    found = jeanne.browser(who).get(reverse(page, args=about), {"q": "mar\x00tin"})

    assert found.status_code == 200


@pytest.mark.django_db
@pytest.mark.parametrize("page", ["activate", "activate_account", "activate_code"])
def test_no_page_of_an_activation_is_kept(client, page):
    answer = client.get(reverse(f"access:{page}"))

    assert "no-store" in answer.get("Cache-Control", "")
