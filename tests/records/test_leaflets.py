"""The leaflet: an A5 in two languages, a code and a receipt, no health data and no number."""

from __future__ import annotations

import datetime as dt
import io
import re

import pypdfium2
import pytest
from django.template.loader import render_to_string

from records import leaflets
from records.traits import Traits


ELODIE = Traits("GUILLOU", "Élodie Soizic", "F", dt.date(1988, 4, 3), "22016", "TANGUY")
JULES = Traits("TANGUY", "Jules Malo", "M", dt.date(2018, 10, 12), "29084")
A5 = (419.5, 595.3)  # points


def leaflet(
    traits=ELODIE, code="6T39UKPF3", where="Pharmacie des Remparts de la Rance", *, letter=False
):
    return leaflets.leaflet_for(
        traits,
        code=code,
        receipt="MPKA-V667-PYUJ",
        day=dt.date(2026, 11, 23),
        where=where,
        site="https://dossier.exemple.fr",
        path="/activation/",
        letter=letter,
    )


def sides(made, *, is_demo=True):
    page = render_to_string("records/leaflet.html", {"leaflet": made, "is_demo": is_demo})
    pdf = pypdfium2.PdfDocument(io.BytesIO(leaflets.pdf_of(page)))
    try:
        return [
            (side.get_size(), " ".join(side.get_textpage().get_text_range().split()))
            for side in pdf
        ]
    finally:
        pdf.close()


def test_it_says_who_to_call_where_the_installation_says_so(settings):
    settings.DMP_HELP_PHONE = "01 99 00 00 42"
    french, english = sides(leaflet())

    assert "Une question ? 01 99 00 00 42" in french[1]
    assert "01 99 00 00 42" in english[1]
    settings.DMP_HELP_PHONE = ""
    assert "Une question" not in sides(leaflet())[0][1]


@pytest.mark.parametrize("letter", [False, True], ids=["alone", "with a letter"])
@pytest.mark.parametrize("traits", [ELODIE, JULES], ids=["adult", "child"])
def test_it_is_one_side_of_an_a5_in_each_language(traits, letter, settings):
    settings.DMP_HELP_PHONE = "01 99 00 00 42"
    french, english = sides(leaflet(traits, letter=letter))

    for size, _words in (french, english):
        assert size == pytest.approx(A5, abs=1)
    assert "Qui voit quoi" in french[1]
    assert "Who sees what" in english[1]


@pytest.mark.parametrize("side", [0, 1], ids=["French", "English"])
def test_each_side_has_the_code_in_threes_the_short_address_and_the_receipt(side):
    words = sides(leaflet())[side][1]

    assert "6T3 9UK PF3" in words
    assert "dossier.exemple.fr/activation" in words
    assert "MPKA-V667-PYUJ" in words
    assert "2026" in words


def test_it_carries_no_number_no_birth_date_and_no_family_name():
    words = " ".join(words for _size, words in sides(leaflet()))

    assert not re.search(r"GUILLOU|TANGUY|1988|22016|\d{13}", words, re.IGNORECASE)
    assert "Élodie T." in words


def test_without_a_code_it_sends_to_the_sign_in():
    words = sides(leaflet(code=""))[0][1]

    assert "comme avant" in words
    assert "Tapez ce code" not in words


def test_a_childs_leaflet_speaks_to_the_parent():
    words = sides(leaflet(JULES))[0][1]

    assert "Le dossier de Jules est ouvert" in words
    assert "sa date de naissance" in words


def test_the_qr_is_a_path_without_style_or_script():
    drawn = str(leaflet().qr)

    assert drawn.startswith("<svg ")
    assert drawn.count("<path") == 1
    assert not re.search(r"style=|<script|data:| id=", drawn)


def test_a_longer_address_makes_another_qr():
    assert leaflet().qr != leaflet(code="6T39UKPF4").qr


@pytest.mark.parametrize(
    "path", ["/etc/passwd", "https://exemple.fr/static/dmp/tokens.css", "/dossiers/", ""]
)
def test_nothing_is_fetched_but_the_sites_own_files(path):
    with pytest.raises(ValueError, match="static files"):
        leaflets.static_file(path)


def test_a_static_path_does_not_climb():
    with pytest.raises(Exception, match=r"(?i)outside|not found|suspicious|denied|directory"):
        leaflets.static_file("/static/../dmp/settings.py")
