"""Odd letters find nothing and break nothing; a page that names somebody is kept by nobody."""

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


def test_no_page_that_names_who_is_signed_in_is_kept(jeanne):
    """Help, a page that isn't there and a refusal have the same head as any other."""
    browser = jeanne.browser("jeanne")
    others = reverse("records:home", args=[jeanne.record.id]).replace("a", "b")
    somebody = reverse(
        "access:doctor_declare", args=[jeanne.record.id, jeanne.professionals["pharmacist"].id]
    )
    pages = ["/", "/aide/", "/aide/masquer/", "/compte/verification/", "/nulle-part/", others]

    kept = [page for page in pages if "no-store" not in browser.get(page).get("Cache-Control", "")]
    refused = browser.post(somebody)

    assert kept == []
    assert (refused.status_code, refused["Cache-Control"]) == (403, "private, no-store")


@pytest.mark.django_db
@pytest.mark.parametrize("page", ["activate", "activate_account", "activate_code"])
def test_no_page_of_an_activation_is_kept(client, page):
    answer = client.get(reverse(f"access:{page}"))

    assert "no-store" in answer.get("Cache-Control", "")
