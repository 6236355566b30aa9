"""Made-up claims: the same bytes again, identifiers that hold, frequencies that are believable."""

from __future__ import annotations

import csv
import hashlib
import itertools
import os
import subprocess
import sys
from collections import Counter, defaultdict
from datetime import date
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from stdnum import ean, luhn
from stdnum.fr import nir

from imports.generating import files
from imports.generating.days import Calendar
from imports.generating.ledger import Totals
from imports.parsing import Kind, open_stream
from records import reference
from tests.imports.ages import misgiven


UNTIL = date(2026, 11, 23)
PEOPLE = 1500
ROOT = Path(__file__).resolve().parents[2]
TEST_SYSTEM = "1.2.250.1.213.1.4.10"


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    out = tmp_path_factory.mktemp("claims")
    calendar = Calendar(UNTIL)
    totals = Totals(calendar)
    made = files.generate(people=PEOPLE, seed=7, calendar=calendar, totals=totals)
    files.write(out, made, totals)
    return out


def rows_of(folder, name):
    with (folder / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter=";"))


@pytest.fixture(scope="module")
def lines(folder):
    return rows_of(folder, "lines")


@pytest.fixture(scope="module")
def by_person(lines):
    found = defaultdict(list)
    for line in lines:
        found[line["person_value"]].append(line)
    return found


def made_in_another_process(hash_seed, *, people=40, seed=3):
    program = (
        "import sys; from datetime import date; from imports.generating import files;"
        "from imports.generating.days import Calendar;"
        "from imports.generating.ledger import Totals;"
        f"c = Calendar(date(2026, 11, 23)); t = Totals(c);"
        f"made = files.generate(people={people}, seed={seed}, calendar=c, totals=t);"
        "sys.stdout.writelines(l for one in made for l in one.lines + one.illnesses);"
        "sys.stdout.writelines(t.rows())"
    )
    environment = {**os.environ, "PYTHONHASHSEED": hash_seed, "PYTHONUTF8": "1"}
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, env=environment, check=True, capture_output=True
    )
    return hashlib.sha256(done.stdout).hexdigest(), done.stdout.count(b"\n")


def test_the_same_arguments_give_the_same_bytes_in_any_process():
    first, count = made_in_another_process("1")
    assert count > 1000
    assert made_in_another_process("2") == (first, count)
    assert made_in_another_process("1", seed=4)[0] != first


def test_it_needs_neither_django_nor_a_database():
    program = (
        "import sys; import imports.generating.stories;"
        "sys.exit(any(m.split('.')[0] in ('django', 'celery') for m in sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, check=False)
    assert done.returncode == 0


def test_people_are_made_one_at_a_time():
    calendar = Calendar(UNTIL)
    made = files.generate(people=10_000_000, seed=1, calendar=calendar, totals=Totals(calendar))
    assert len(list(itertools.islice(made, 3))) == 3


def test_a_person_is_the_same_alone_and_among_others_of_their_areas():
    calendar = Calendar(UNTIL)
    many = list(files.generate(people=6, seed=2, calendar=calendar, totals=Totals(calendar)))
    last = next(
        files.generate(people=1, seed=2, calendar=calendar, totals=Totals(calendar), first=5)
    )
    assert last.lines == many[5].lines


def test_more_people_than_numbers_are_refused():
    calendar = Calendar(UNTIL)
    made = files.generate(people=10**9, seed=1, calendar=calendar, totals=Totals(calendar))
    with pytest.raises(files.TooManyPeopleError, match="at most"):
        next(made)


@pytest.mark.parametrize("name", ["lines", "illnesses", "declared_doctors", "slip"])
def test_every_row_passes_the_checks_of_a_load(folder, name):
    with (folder / f"{name}.csv").open("rb") as file:
        reading = open_stream(file)
        refused = [row for batch in reading.batches() for row in batch.refused]
        assert refused == []
        assert reading.recognised.kind is Kind(name)
        assert reading.summary.stopped is None
        assert reading.summary.accepted == len(rows_of(folder, name)) > 0


def test_the_slip_gives_the_totals_of_the_lines_to_the_cent(folder, lines):
    expected = defaultdict(lambda: [0, 0, 0])
    for line in lines:
        totals = expected[line["scheme"], line["flow_date"][:7]]
        totals[0] += 1
        totals[1] += int(line["paid_cents"])
        totals[2] += int(line["reimbursed_cents"])
    found = {
        (row["scheme"], row["period"]): [
            int(row["lines"]), int(row["paid_cents"]), int(row["reimbursed_cents"])
        ]
        for row in rows_of(folder, "slip")
    }  # fmt: skip
    assert found == expected


def test_every_national_number_holds_and_is_a_test_one(by_person, lines):
    assert {line["person_system"] for line in lines} == {TEST_SYSTEM}
    for number, own in by_person.items():
        assert nir.is_valid(number), number
        assert {line["birth_date"] for line in own} == {own[0]["birth_date"]}
        assert number[1:3] == own[0]["birth_date"][2:4]
        # A commune that doesn't exist: the number can be nobody's.
        assert int(number[7:10]) >= 950
    corsicans = [number for number in by_person if number[5:7] in {"2A", "2B"}]
    assert 5 <= len(corsicans) <= 0.05 * len(by_person)


def test_no_two_people_share_a_number():
    calendar = Calendar(UNTIL)
    made = files.generate(people=PEOPLE, seed=7, calendar=calendar, totals=Totals(calendar))
    owners = [{line.split(";", 4)[3] for line in one.lines} for one in made]
    assert all(len(numbers) <= 1 for numbers in owners)
    numbers = [number for found in owners for number in found]
    assert len(numbers) == len(set(numbers)) > 0.97 * PEOPLE


def test_every_number_of_a_professional_or_a_structure_holds(lines):
    rpps = {line[f"{role}_rpps"] for line in lines for role in ("prescriber", "performer")} - {""}
    finess = {line[f"{role}_finess"] for line in lines for role in ("prescriber", "performer")}
    assert len(rpps) > 30
    assert all(len(number) == 11 and luhn.is_valid(number) for number in rpps)
    digits = [number for number in finess if number.isdigit()]
    assert digits
    assert all(len(number) == 9 and luhn.is_valid(number) for number in digits)
    for line in lines:
        assert (line["performer_kind"] == "person") == bool(line["performer_rpps"])


def test_every_code_has_a_name_in_the_reference(lines):
    for system, code in {(line["code_system"], line["code"]) for line in lines}:
        assert reference.label(system, code), (system, code)
        if system == "CIP13":
            assert ean.is_valid(code)
    for line in lines:
        if line["code_system"] == "CIP13":
            assert line["atc"] == reference.medicine(line["code"]).atc
            assert line["section"] == ("VAC" if line["atc"].startswith("J07") else "MED")


def test_no_medicine_is_given_at_an_age_it_is_not_for(lines):
    assert misgiven(lines) == []
    # The rule leaves medicines for children to children, and for adults to adults.
    named = " ".join({reference.medicine(one["code"]).name for one in lines if one["atc"]})
    assert " enfant " in named
    assert " adulte " in named


def test_every_specialty_and_illness_has_a_name_in_the_reference(lines, folder):
    for line in lines:
        for role in ("prescriber", "performer"):
            words = line[f"{role}_specialty"]
            assert words == "" or reference.specialty(words) is not None, words
    illnesses = rows_of(folder, "illnesses")
    assert 0.05 * PEOPLE < len({row["person_value"] for row in illnesses}) < 0.25 * PEOPLE
    for row in illnesses:
        assert reference.illness(row["icd10"]).fr == row["label"]


def test_lines_are_about_sixty_a_person_with_a_heavy_tail(by_person, lines):
    sizes = sorted(len(own) for own in by_person.values())
    assert 45 <= len(lines) / PEOPLE <= 85
    median, high = sizes[len(sizes) // 2], sizes[int(len(sizes) * 0.99)]
    assert high > 6 * median
    assert sizes[0] < 10


def test_each_section_has_its_share(lines):
    shares = {
        name: n / len(lines) for name, n in Counter(line["section"] for line in lines).items()
    }
    bounds = {
        "MED": (0.35, 0.65), "CARE": (0.15, 0.4), "BIO": (0.06, 0.2), "DM": (0.02, 0.12),
        "RADIO": (0.008, 0.06), "VAC": (0.003, 0.03), "HOSP": (0.002, 0.03),
        "TRANSP": (0.0005, 0.03),
    }  # fmt: skip
    assert set(shares) == set(bounds)
    for name, (low, high) in bounds.items():
        assert low <= shares[name] <= high, (name, shares[name])


def test_care_is_of_the_last_26_months_and_the_fund_has_processed_it(lines):
    assert min(line["care_start"] for line in lines) >= "2024-09-23"
    assert max(line["flow_date"] for line in lines) <= "2026-11-23"
    for line in lines:
        assert line["birth_date"] <= line["care_start"] <= line["flow_date"]
        assert line["care_end"] == "" or line["care_start"] <= line["care_end"]
    months = Counter(line["care_start"][:7] for line in lines)
    full = [months[f"2025-{month:02d}"] for month in range(1, 13)]
    assert min(full) > 0.6 * max(full)


def test_some_lines_come_late_and_almost_all_within_six_months(lines):
    first = [
        line for line in lines if line["operation"] == "UPSERT" and not line["reverses_line_id"]
    ]
    waits = [
        (date.fromisoformat(line["flow_date"]) - date.fromisoformat(line["care_start"])).days
        for line in first
        if line["care_start"] < "2025-11-01"
    ]
    assert 0.01 < sum(wait > 60 for wait in waits) / len(waits) < 0.08
    assert sum(wait > 183 for wait in waits) / len(waits) < 0.02


def test_a_line_taken_back_names_the_one_it_nets(lines):
    by_id = {line["line_id"]: line for line in lines}
    assert len(by_id) == len(lines)
    back = [line for line in lines if line["reverses_line_id"]]
    assert {line["operation"] for line in back} == {"UPSERT", "CANCEL"}
    assert 0.001 < len(back) / len(lines) < 0.02
    for line in back:
        original = by_id[line["reverses_line_id"]]
        for column in ("person_value", "care_start", "section", "code", "performer_finess"):
            assert line[column] == original[column]
        for column in ("quantity", "paid_cents", "base_cents", "reimbursed_cents"):
            assert int(line[column]) == -int(original[column])
        assert line["flow_date"] > original["flow_date"]


def test_a_dispensing_bears_the_reference_of_the_visit_that_prescribed_it(lines):
    visits = {
        (line["prescription_ref"], line["care_start"], line["performer_rpps"])
        for line in lines
        if line["section"] == "CARE" and line["prescription_ref"] and not line["prescriber_rpps"]
    }
    boxes = [line for line in lines if line["section"] == "MED"]
    assert all(line["prescription_ref"] and line["prescribed_on"] for line in boxes)
    assert all(line["prescribed_on"] <= line["care_start"] for line in boxes)
    tied = sum(
        (line["prescription_ref"], line["prescribed_on"], line["prescriber_rpps"]) in visits
        for line in boxes
    )
    # The others were prescribed at a hospital, or at a visit the fund has not processed.
    assert tied / len(boxes) > 0.9


def test_chronic_treatments_are_given_every_month(by_person):
    followed = 0
    for own in by_person.values():
        days = defaultdict(set)
        for line in own:
            if line["section"] == "MED" and line["operation"] == "UPSERT":
                days[line["code"]].add(date.fromisoformat(line["care_start"]))
        for found in days.values():
            ordered = sorted(found)
            gaps = [(b - a).days for a, b in itertools.pairwise(ordered)]
            if len(ordered) >= 12 and sorted(gaps)[len(gaps) // 2] in range(26, 35):
                followed += 1
                break
    assert followed > 0.15 * PEOPLE


def test_stays_have_acts_inside_and_care_after(lines, by_person):
    stays = [
        line for line in lines if line["code_system"] == "GHS" and line["operation"] == "UPSERT"
    ]
    assert stays
    assert any(line["care_end"] > line["care_start"] for line in stays)
    inside = 0
    for stay in stays:
        for line in by_person[stay["person_value"]]:
            if line["code_system"] == "CCAM" and (
                stay["care_start"]
                <= line["care_start"]
                <= (stay["care_end"] or stay["care_start"])
            ):
                inside += 1
                break
    assert inside / len(stays) > 0.6


def test_every_sensitive_category_that_claims_can_show_is_there(lines):
    seen = 0
    facts = ("code_system", "code", "atc", "performer_specialty")
    for system, code, atc, specialty in {tuple(line[name] for name in facts) for line in lines}:
        seen |= reference.sensitive_categories(
            code_system=system, code=code, atc=atc, specialty=specialty
        )
    # Mental health, sexual health, pregnancy, addictions.
    assert seen & 15 == 15


def test_the_declared_doctor_is_a_general_practitioner_of_the_file(folder, lines):
    gps = {
        line["performer_rpps"] for line in lines
        if line["performer_specialty"] == "Médecine générale"
    }  # fmt: skip
    doctors = rows_of(folder, "declared_doctors")
    assert len(doctors) > 0.5 * PEOPLE
    known = sum(row["rpps"] in gps for row in doctors)
    assert known == len(doctors)


def test_the_command_writes_the_same_files_twice(tmp_path, capsys):
    for name in ("a", "b"):
        call_command(
            "make_claims", people=30, seed=5, out=tmp_path / name, until="2026-11-23", stories=True
        )
    out = capsys.readouterr().out
    assert "of 41 people, until 2026-11-23" in out
    for name in ("lines", "illnesses", "declared_doctors", "slip"):
        first = (tmp_path / "a" / f"{name}.csv").read_bytes()
        assert first == (tmp_path / "b" / f"{name}.csv").read_bytes()


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"people": 0}, "--people: expected"),
        ({"people": 5, "seed": -1}, "--seed: expected"),
        ({"people": 5, "until": "23/11/2026"}, "--until: '23/11/2026' isn't a date"),
        ({"people": 5, "until": "1980-01-01"}, "--until: expected a date from"),
        ({"people": 10**9}, "--people: 1000000000 people were asked for"),
    ],
)
def test_the_command_refuses_with_a_sentence(tmp_path, options, sentence):
    with pytest.raises(CommandError, match=sentence):
        call_command("make_claims", out=tmp_path / "out", **options)


def test_the_command_refuses_to_write_over_a_file(tmp_path):
    (tmp_path / "taken").write_text("mine")
    with pytest.raises(CommandError, match="is a file; name a folder"):
        call_command("make_claims", people=1, out=tmp_path / "taken")
    assert (tmp_path / "taken").read_text() == "mine"
