"""Reads the official files of codes and turns them into tables that are read before the seed.

Pure: folders in, tables out. Each reader knows one file as its publisher writes it. A code the
seed already knows keeps its readable name, its English and its family; what is new is taken as
it is published.
"""

from __future__ import annotations

import csv
import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from records.reference import tables
from records.reference.people import plain


if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

Row = tables.Row

PRESENTATIONS: Final = "CIS_CIP_bdpm.txt"
NAMES: Final = "CIS_bdpm.txt"
SHORT_NAMES: Final = "CIP13.csv"
COMPOSITIONS: Final = "CIS_COMPO_bdpm.txt"
ATC_NAMES: Final = "openmedic_ATC5.csv"
CCAM: Final = "IR_CCAM_V63.csv"
NABM: Final = "IR_BIO_R.csv"
LPP: Final = "NT_LPP.csv"

# Columns of the public database of medicines, which has no header.
_CIS, _PACKED, _CIP13, _RATE, _PRICE = 0, 2, 6, 8, 9
_NAME = 1
_SUBSTANCE, _NATURE = 3, 6
_ACTIVE: Final = "SA"
_LONGEST_NAME: Final = 200
# "3 plaquette(s) thermoformée(s) de 28 comprimé(s)": how many of what, each with how many.
_CONTAINERS: Final = re.compile(r"(\d+) (?!comprimé|gélule|capsule)")
_SWALLOWED: Final = re.compile(r"(\d+) (?:comprimé|gélule|capsule)")


class UnreadableFileError(ValueError):
    """A file isn't what its name says; the message says what was expected."""


@dataclass(frozen=True, slots=True)
class Table:
    """A table to write, with its columns and the file it came from."""

    name: str
    source: str
    columns: tuple[str, ...]
    rows: tuple[Row, ...]


def read_folder(folder: Path) -> list[Table]:
    """Return the tables of the official files found in ``folder`` or in a folder of it.

    A file that isn't there is left out; one that can't be read raises `UnreadableFileError`.
    """
    files = {path.name: path for path in sorted(folder.rglob("*")) if path.is_file()}
    readers: tuple[tuple[str, Callable[[dict[str, Path]], Table]], ...] = (
        (PRESENTATIONS, _medicines),
        (CCAM, _ccam),
        (NABM, _laboratory),
        (LPP, _devices),
    )
    return [reader(files) for name, reader in readers if name in files]


def write(found: list[Table], folder: Path) -> None:
    """Write tables where `tables.use_overrides` reads them, each in one step."""
    folder.mkdir(parents=True, exist_ok=True)
    for table in found:
        draft = folder / f".{table.name}.csv"
        with draft.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(
                file, table.columns, delimiter=";", lineterminator="\n", extrasaction="ignore"
            )
            writer.writeheader()
            writer.writerows(table.rows)
        draft.replace(folder / f"{table.name}.csv")


def _text(path: Path) -> str:
    """Return a file as text: the publishers use UTF-8 or Windows' Western European."""
    data = path.read_bytes()
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", errors="replace")


def _tabbed(path: Path, columns: int) -> Iterator[list[str]]:
    for number, line in enumerate(_text(path).splitlines(), 1):
        fields = line.split("\t")
        if len(fields) < columns:
            raise UnreadableFileError(
                f"{path.name}, line {number}: {len(fields)} columns found, at least {columns}"
                " expected, separated by tabs. Take the file as it is published."
            )
        yield fields


def _records(path: Path, *wanted: str, delimiter: str = ";") -> Iterator[Row]:
    reader = csv.DictReader(_text(path).splitlines(), delimiter=delimiter)
    missing = [name for name in wanted if name not in (reader.fieldnames or ())]
    if missing:
        raise UnreadableFileError(
            f"{path.name}: no column named {', '.join(missing)} in the first line."
            " Take the file as it is published."
        )
    yield from reader


def _label(text: str) -> str:
    """Return a published name on one line, in sentence case when it is all capitals."""
    text = " ".join(text.split())
    return text.capitalize() if text.isupper() else text


def _known_or(table: str, code: str, published: Row) -> Row:
    return tables.read_seed(table).get(code) or published


def _acts(table: str, path: Path, columns: tuple[str, str], closed: str, extra: str) -> Table:
    code_column, label_column = columns
    wanted = [name for name in (code_column, label_column, closed, extra) if name]
    found: dict[str, Row] = {}
    for record in _records(path, *wanted):
        code = record[code_column].strip()
        if not code or (closed and record[closed].strip()):
            continue
        published = {"code": code, "family": "", "fr": _label(record[label_column]), "en": ""}
        if extra:
            number = record[extra].strip().partition(".")[0]
            published["coefficient"] = number if number.isdigit() else "0"
        found[code] = _known_or(table, code, published)
    header = ("code", "family", "fr", "en", *(("coefficient",) if extra else ()))
    return Table(table, path.name, header, tuple(found.values()))


def _ccam(files: dict[str, Path]) -> Table:
    return _acts("ccam", files[CCAM], ("CAM_PRS_IDE_COD", "CAM_PRS_IDE_LIB"), "", "")


def _laboratory(files: dict[str, Path]) -> Table:
    columns = ("BIO_PRS_IDE", "BIO_INF_LIB")
    return _acts("laboratory", files[NABM], columns, "BIO_SUP_DAT", "BIO_TAR_COF")


def _devices(files: dict[str, Path]) -> Table:
    return _acts("devices", files[LPP], ("LPP_PRS_IDE", "LPP_RED_LIB"), "LPP_VAL_DTF", "")


def _substances(files: dict[str, Path]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    if COMPOSITIONS in files:
        for fields in _tabbed(files[COMPOSITIONS], _NATURE + 1):
            if fields[_NATURE].strip() == _ACTIVE:
                names = found.setdefault(fields[_CIS], [])
                if (name := fields[_SUBSTANCE].strip()) not in names:
                    names.append(name)
    return found


def _names(files: dict[str, Path]) -> tuple[dict[str, str], dict[str, str]]:
    by_box = {}
    by_drug = {}
    if SHORT_NAMES in files:
        for row in _records(files[SHORT_NAMES], "CIP13", "NOM COURT", delimiter=","):
            by_box[row["CIP13"]] = " ".join(row["NOM COURT"].split())
    if NAMES in files:
        for fields in _tabbed(files[NAMES], _NAME + 1):
            by_drug[fields[_CIS]] = " ".join(fields[_NAME].split())
    return by_box, by_drug


def _atc_by_substance(files: dict[str, Path]) -> dict[str, str]:
    """Return the ATC class of each substance that names exactly one, from the seed and a file.

    The database of medicines gives no ATC code; a name that two classes share decides nothing.
    """
    named: dict[str, set[str]] = {}
    for row in tables.read_seed("medicines", "cip13").values():
        named.setdefault(plain(row["substance"]), set()).add(row["atc"])
    if ATC_NAMES in files:
        for row in _records(files[ATC_NAMES], "ATC5", "Libellé ATC5"):
            named.setdefault(plain(row["Libellé ATC5"]), set()).add(row["ATC5"])
    return {name: next(iter(codes)) for name, codes in named.items() if len(codes) == 1}


def _medicines(files: dict[str, Path]) -> Table:
    substances = _substances(files)
    by_box, by_drug = _names(files)
    classes = _atc_by_substance(files)
    found: dict[str, Row] = {}
    for fields in _tabbed(files[PRESENTATIONS], _PRICE + 1):
        cip13, drug = fields[_CIP13].strip(), fields[_CIS]
        if not cip13:
            continue
        substance = ", ".join(substances.get(drug, ()))
        published = {
            "cip13": cip13,
            "name": (by_box.get(cip13) or by_drug.get(drug) or substance)[:_LONGEST_NAME],
            "substance": substance[:_LONGEST_NAME],
            "atc": _atc(substances.get(drug, ()), classes),
            "price_cents": _cents(fields[_PRICE]),
            "rate_pct": fields[_RATE].strip(" %") or "0",
            "units": units(fields[_PACKED]),
        }
        seed = tables.read_seed("medicines", "cip13").get(cip13)
        if seed:
            kept = {name: seed[name] for name in ("name", "substance", "atc")}
            published = {**published, **kept}
        found[cip13] = published
    header = ("cip13", "name", "substance", "atc", "price_cents", "rate_pct", "units")
    return Table("medicines", PRESENTATIONS, header, tuple(found.values()))


def units(packed: str) -> str:
    """Return how many tablets or capsules a presentation holds, or nothing where none is counted.

    The parts of a pack add up: 21 tablets and 7 others are 28.
    """
    found = 0
    for part in " ".join(packed.split()).split(" - "):
        containers = _CONTAINERS.match(part)
        held = sum(int(number) for number in _SWALLOWED.findall(part))
        found += (int(containers[1]) if containers else 1) * held
    return str(found) if found else ""


def _atc(substances: list[str] | tuple[()], classes: dict[str, str]) -> str:
    """Return the class of a medicine of one substance; of several, it isn't guessed.

    A salt is written around its substance ("CHLORHYDRATE DE SERTRALINE"): the longest run of
    words that names a class is the substance.
    """
    if len(substances) != 1:
        return ""
    words = plain(substances[0]).split()
    for length in range(len(words), 0, -1):
        runs = (" ".join(words[i : i + length]) for i in range(len(words) - length + 1))
        codes = Counter(classes[run] for run in runs if run in classes)
        if len(codes) == 1:
            return next(iter(codes))
    return ""


def _cents(price: str) -> str:
    """Return a price published as ``1,234,56`` or ``12,30`` euros, in cents, or nothing."""
    digits = price.replace(",", "").replace(".", "").strip()
    return str(int(digits)) if digits.isdigit() else ""
