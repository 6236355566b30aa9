"""Reading the official files over the seed."""

from __future__ import annotations

import pytest
from django.core.management import CommandError, call_command

from records import reference
from records.reference import official


BOXES = (
    "60000001\t1\tboîte de 28\tPrésentation active\tcommercialisée\t01/01/2010\t3400934034190"
    "\toui\t65%\t7,10\t8,12\t1,02\t\n"
    "60000002\t2\t3 plaquette(s) aluminium de 28  comprimé(s) - 1 plaquette de 6 comprimé(s)"
    "\tPrésentation active\tcommercialisée\t01/01/2010\t3400930000019"
    "\toui\t100%\t1,234,56\t1,235,58\t1,02\t\n"
)
SUBSTANCES = (
    "60000001\tgélule\t1\tCHLORHYDRATE DE SERTRALINE\t50 mg\tune gélule\tSA\t1\t\n"
    "60000002\tcomprimé\t2\tMÉSILATE DE TRIMIPRAMINE\t5 mg\tun comprimé\tSA\t1\t\n"
)
ATC = "ATC5;Libellé ATC5\nN06AA06;TRIMIPRAMINE\n"
LABORATORY = (
    "BIO_PRS_IDE;BIO_INF_LIB;BIO_SUP_DAT;BIO_TAR_COF\n"
    "1104;HEMOGRAMME;;26.00\n1505;EXAMEN  DES URINES;;30.00\n900;ANCIEN;01JAN2000;5.00\n"
)


@pytest.fixture
def published(tmp_path):
    folder = tmp_path / "published"
    (folder / "medicines").mkdir(parents=True)
    (folder / "medicines" / official.PRESENTATIONS).write_text(BOXES, encoding="cp1252")
    (folder / "medicines" / official.COMPOSITIONS).write_text(SUBSTANCES, encoding="cp1252")
    (folder / official.ATC_NAMES).write_text(ATC, encoding="utf-8")
    (folder / official.NABM).write_text(LABORATORY, encoding="utf-8-sig")
    return folder


@pytest.fixture
def loaded(published, tmp_path, settings):
    settings.DMP_FILES_DIR = tmp_path / "files"
    call_command("load_reference", str(published), verbosity=0)
    yield tmp_path / "reference"
    reference.use_overrides(None)


def test_the_command_says_what_it_read(published, tmp_path, settings, capsys):
    settings.DMP_FILES_DIR = tmp_path / "files"
    call_command("load_reference", str(published))
    reference.use_overrides(None)
    assert capsys.readouterr().out == (
        "medicines: 2 codes from CIS_CIP_bdpm.txt\nlaboratory: 2 codes from IR_BIO_R.csv\n"
    )


def test_the_official_files_are_used_before_the_seed(loaded):
    assert reference.label("NABM", "1505") == "Examen des urines"
    assert reference.label("NABM", "900") == ""
    box = reference.medicine("3400930000019")
    assert (box.price_cents, box.rate_pct, box.atc) == (123_456, 100, "N06AA06")
    assert box.units == 90
    assert reference.sensitive_categories(code_system="CIP13", code="3400930000019") == 1


@pytest.mark.parametrize(
    ("packed", "held"),
    [
        ("plaquette(s) PVC PVDC aluminium de 90 comprimé(s)", "90"),
        ("84 plaquette(s) thermoformée(s) PVC aluminium de 1 gélule(s)", "84"),
        ("1 flacon(s) polyéthylène de 120 comprimé(s)", "120"),
        ("100 comprimé(s)", "100"),
        ("plaquette(s) de 12 comprimés blancs et 4 comprimés bleus", "16"),
        ("12 sachet(s) polyester aluminium de 250 mg", ""),
        ("1 tube(s) aluminium de 30 g", ""),
        ("", ""),
    ],
)
def test_tablets_and_capsules_of_a_pack_are_counted(packed, held):
    assert official.units(packed) == held


def test_a_code_of_the_seed_keeps_its_readable_name_and_takes_the_new_price(loaded):
    assert reference.label("NABM", "1104", "en") == "Full blood count"
    box = reference.medicine("3400934034190")
    assert (box.name, box.atc) == ("Zoloft 50 mg gélule, boîte de 28", "N06AB06")
    assert box.price_cents == 710


def test_what_the_official_files_lack_is_still_found_in_the_seed(loaded):
    assert reference.label("CCAM", "HBJD001") == "Détartrage et polissage des dents"
    assert reference.label("NABM", "552") == "Glycémie"


def test_without_overrides_the_seed_answers_alone(loaded):
    reference.use_overrides(None)
    assert reference.label("NABM", "1505") == ""
    assert reference.medicine("3400934034190").price_cents == 693


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        (official.PRESENTATIONS, "not;tabs\n", "CIS_CIP_bdpm.txt, line 1: 1 columns found"),
        (official.NABM, "A;B\n1;2\n", "IR_BIO_R.csv: no column named BIO_PRS_IDE, BIO_INF_LIB"),
    ],
)
def test_a_file_that_is_not_what_its_name_says_changes_nothing(
    tmp_path, settings, name, content, sentence
):
    settings.DMP_FILES_DIR = tmp_path / "files"
    folder = tmp_path / "published"
    folder.mkdir()
    (folder / name).write_text(content, encoding="utf-8")
    with pytest.raises(CommandError, match=sentence):
        call_command("load_reference", str(folder))
    assert not (tmp_path / "reference").exists()


def test_an_empty_folder_and_a_missing_one_get_a_sentence(tmp_path):
    with pytest.raises(CommandError, match="no official file was found"):
        call_command("load_reference", str(tmp_path))
    with pytest.raises(CommandError, match="isn't a folder"):
        call_command("load_reference", str(tmp_path / "nowhere"))
