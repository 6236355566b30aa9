"""The committed tables of codes: complete, valid, small, each with its source."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import pytest

import records.reference


SEED = Path(records.reference.__file__).parent / "seed"
TABLES = {path.stem for path in SEED.glob("*.csv")}


def table(name):
    with (SEED / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter=";"))


def codes(name, key="code"):
    return [row[key] for row in table(name)]


def ean13_holds(code):
    return sum(int(d) * (1, 3)[i % 2] for i, d in enumerate(code)) % 10 == 0


def test_the_seed_weighs_at_most_300_kilobytes():
    assert sum(path.stat().st_size for path in SEED.iterdir()) <= 300_000


def test_each_table_has_its_source_and_licence():
    readme = (SEED / "README.md").read_text(encoding="utf-8")
    lines = [line for line in readme.splitlines() if line.startswith("| `")]
    for name in TABLES:
        line = next(line for line in lines if f"`{name}.csv`" in line)
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        assert len(cells) == 4
        assert all(cells)


@pytest.mark.parametrize("name", sorted(TABLES - {"medicines", "sensitive"}))
def test_each_code_is_there_once_with_a_name(name):
    rows = table(name)
    assert len({row["code"] for row in rows}) == len(rows)
    assert all(row["fr"].strip() for row in rows)
    assert all(value == value.strip() for row in rows for value in row.values())


@pytest.mark.parametrize(
    "name",
    [
        "document_types", "classes", "professions", "specialties", "ngap", "ccam",
        "laboratory", "devices", "stays", "illnesses", "atc",
    ],
)  # fmt: skip
def test_each_name_has_its_english(name):
    assert [row["code"] for row in table(name) if not row["en"].strip()] == []


def test_the_types_are_those_of_the_national_table_with_their_classes():
    rows = table("document_types")
    inside = [row for row in rows if row["in_matrix"] == "1"]
    outside = [row for row in rows if row["in_matrix"] == "0"]
    assert (len(inside), len(outside)) == (102, 12)
    # Counted by hand in the table of types and classes of 23/02/2024.
    per_class = {"10": 35, "11": 20, "31": 4, "42": 14, "43": 2, "44": 6, "45": 1,
                 "52": 7, "60": 1, "90": 4, "95": 8}  # fmt: skip
    found = {}
    for row in inside:
        found[row["class_code"]] = found.get(row["class_code"], 0) + 1
    assert found == per_class
    assert {row["class_code"] for row in outside} == {""}


def test_loinc_codes_have_their_shape_and_check_digit():
    for row in table("document_types"):
        if row["system"] == "LOINC":
            body, key = re.fullmatch(r"(\d{1,6})-(\d)", row["code"]).groups()
            # Mod 10 of LOINC: odd positions from the right are read together, doubled.
            odd = int(body[::-2][::-1]) * 2
            total = sum(map(int, body[-2::-2][::-1] + str(odd)))
            assert int(key) == -total % 10, row["code"]
        else:
            assert row["system"] == "A05"


def test_every_cip13_has_its_check_digit():
    found = codes("medicines", "cip13")
    assert len(set(found)) == len(found) >= 400
    assert [code for code in found if not re.fullmatch(r"3400\d{9}", code)] == []
    assert [code for code in found if not ean13_holds(code)] == []


def test_every_medicine_has_a_name_a_substance_a_class_and_a_price_in_cents():
    for row in table("medicines"):
        assert row["name"]
        assert row["substance"]
        assert re.fullmatch(r"[A-Z](\d\d[A-Z][A-Z]?(\d\d)?)", row["atc"]), row
        assert row["price_cents"] == "" or 20 <= int(row["price_cents"]) < 500_000
        assert row["rate_pct"] in {"0", "15", "30", "65", "100"}


_FRENCH_ENDINGS = ("cilline", "mycine", "statine", "oxacine", "parine", "profene", "gliptine")


def test_the_english_of_a_medicine_is_no_french():
    for row in table("atc"):
        assert row["en"].isascii(), row
        words = set(re.findall(r"[a-z]+", row["en"].lower()))
        assert not words & {
            "de",
            "du",
            "des",
            "et",
            "le",
            "la",
            "les",
            "acide",
            "vaccin",
            "autres",
        }
        # Endings that a name of a substance has in French only.
        assert not [word for word in words if word.endswith(_FRENCH_ENDINGS)], row


def test_every_box_of_the_seed_reads_in_english():
    for box in records.reference.medicines():
        assert records.reference.atc_label(box.atc, "en").isascii()
        assert records.reference.atc_label(box.atc, "en") in {row["en"] for row in table("atc")}


def test_every_family_of_medicines_has_plain_words():
    families = {code for code in codes("atc") if len(code) == 3}
    assert set(codes("medicine_families")) == families
    assert records.reference.plain_family("N06AB06").startswith("Médicaments de la dépression")
    assert records.reference.plain_family("n06ab06", "en").startswith("Medicines for depression")
    assert records.reference.plain_family("Z") == ""


def test_every_level_of_every_atc_code_has_a_name():
    named = set(codes("atc"))
    for row in table("medicines"):
        for length in (1, 3, 4, 5, 7):
            if len(row["atc"]) >= length:
                assert row["atc"][:length] in named


@pytest.mark.parametrize(
    ("name", "shape", "least"),
    [
        ("ngap", r"[A-Z][A-Z0-9]{0,3}", 60),
        ("ccam", r"[A-Z]{4}\d{3}", 150),
        ("laboratory", r"[1-9]\d{1,3}", 120),
        ("devices", r"\d{7}", 60),
        ("stays", r"[1-9]\d{1,4}", 60),
        ("illnesses", r"[A-Z]\d\d", 100),
        ("professions", r"\d{2,3}", 35),
        ("specialties", r"\d{1,2}", 70),
    ],
)
def test_codes_have_their_shape(name, shape, least):
    found = codes(name)
    assert len(found) >= least
    assert [code for code in found if not re.fullmatch(shape, code)] == []


def test_the_thirty_long_term_illnesses_are_all_there():
    assert {row["group"] for row in table("illnesses")} == {str(n) for n in range(1, 31)}


def test_each_medicine_people_speak_of_is_in_the_seed():
    substances = " ".join(row["substance"] for row in table("medicines"))
    for one in (
        "sertraline", "paracétamol", "metformine", "lévothyroxine", "méthadone", "buprénorphine",
        "emtricitabine, ténofovir", "lévonorgestrel", "amoxicilline", "vaccin grippe", "apixaban",
    ):  # fmt: skip
        assert one in substances


def test_every_sensitive_row_has_a_category_and_a_reason_and_names_something():
    known = {"mental_health", "sexual_health", "pregnancy", "addictions", "genetics", "violence",
             "gender_identity", "-"}  # fmt: skip
    rows = table("sensitive")
    assert {row["category"] for row in rows} == known
    for row in rows:
        assert row["kind"] in {"atc", "substance", "act", "icd10", "specialty", "type"}
        assert len(row["reason"]) > 2
    keys = {(row["kind"], row["system"], row["key"], row["category"]) for row in rows}
    assert len(keys) == len(rows)
    assert {row["key"] for row in rows if row["kind"] == "type"} <= set(codes("document_types"))
    assert {row["key"] for row in rows if row["kind"] == "specialty"} <= set(codes("specialties"))
