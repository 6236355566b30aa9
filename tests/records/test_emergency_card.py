"""The emergency card on paper: what was put on it, and medicines where they are asked for."""

from __future__ import annotations

from django.urls import reverse

from records.models import ReimbursementLine
from tests.jeanne import hide


def test_the_card_is_what_was_put_on_it_and_the_family_s_to_print(jeanne):
    page = reverse("records:emergency_card", args=[jeanne.record.id])
    html = jeanne.browser("jeanne").get(page).content.decode()
    card = html.partition('class="dmp-wallet"')[2]

    assert "Pénicilline" in card
    assert "A+" not in card
    assert "Petit" in card
    assert "<svg" in card
    assert str(jeanne.record.id) not in card
    for who, code in (("guardian", 200), ("delegate", 200), ("petit", 404), ("stranger", 404)):
        assert jeanne.browser(who).get(page).status_code == code, who


def test_medicines_are_printed_when_asked_and_never_those_that_are_masked(jeanne, as_owner):
    page = reverse("records:emergency_card", args=[jeanne.record.id])
    hers = jeanne.browser("jeanne")
    assert "Metformine" not in hers.get(page).content.decode()
    shown = hers.get(page, {"medicaments": "on"}).content.decode()
    assert "Metformine" in shown
    with as_owner():
        for line in ReimbursementLine.objects.filter(record=jeanne.record, atc="A10BA02"):
            hide(jeanne.record, line)

    masked = hers.get(page, {"medicaments": "on"}).content.decode()
    assert "Metformine" not in masked
    # A delegate would learn of masks by it.
    theirs = jeanne.browser("delegate").get(page, {"medicaments": "on"}).content.decode()
    assert "Médicaments en cours" not in theirs
