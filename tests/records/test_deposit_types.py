"""The list of types on the page that deposits: the profession's own first, no replaced code."""

from __future__ import annotations

import re

import pytest
from django.urls import reverse

from records import reference
from records.deposits import types_for
from records.deposits.pens import Pen
from records.models import AuthorKind


def groups(page):
    """The list as (name of the group, its codes), in order; choices outside any group left out."""
    select = re.search(r'<select name="type_code".*?</select>', page.content.decode(), re.DOTALL)
    return [
        (name, re.findall(r'<option value="([^"]+)"', inside))
        for name, inside in re.findall(
            r'<optgroup label="([^"]+)">(.*?)</optgroup>', select.group(), re.DOTALL
        )
    ]


@pytest.mark.parametrize(
    ("who", "first"), [("martin", "11488-4"), ("pharmacist", "78601-2")], ids=["doctor", "chemist"]
)
def test_the_usual_types_of_a_profession_come_first_and_each_type_once(jeanne, who, first):
    page = jeanne.browser(who).get(reverse("records:deposit", args=[jeanne.record.id]))
    found = groups(page)

    assert found[0][0] == "Les plus courants"
    assert found[0][1][0] == first
    assert 2 <= len(found[0][1]) <= 7
    names = [name for name, _codes in found[1:]]
    assert names == sorted(names)
    assert {"Compte rendu", "Prescription"} <= set(names)
    codes = [code for _name, inside in found for code in inside]
    offered = {kind.code for kind in types_for(Pen(AuthorKind.PROFESSIONAL)) if not kind.replaced}
    assert len(codes) == len(set(codes))
    assert set(codes) == offered


def test_no_replaced_code_is_offered_and_each_is_still_read():
    old = {kind.code for kind in reference.document_types() if "ancien code" in kind.fr}

    assert old
    assert {kind.code for kind in reference.document_types() if kind.replaced} == old
    assert all(reference.document_type_label(code) for code in old)


def test_a_patient_has_no_usual_types_of_a_profession(jeanne):
    page = jeanne.browser("jeanne").get(reverse("records:deposit", args=[jeanne.record.id]))

    assert "Les plus courants" not in page.content.decode()
    assert "DOCPAT03" in page.content.decode()
