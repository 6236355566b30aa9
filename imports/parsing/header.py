"""The first line of a delimited file: its delimiter, its columns, which file it is."""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING, Final

from imports.parsing.columns import SCHEMAS
from imports.parsing.refusals import FileRefusedError, Notice, Refusal, shown
from imports.parsing.returned import ADDED, LACKING, PLACE, REASON, is_returned


if TYPE_CHECKING:
    from collections.abc import Sequence

    from imports.parsing.limits import Limits
    from imports.parsing.rows import Kind


DELIMITERS: Final = (";", ",", "\t")

_CLOSE: Final = 0.7
_LONGEST_NAME: Final = 64
_SEPARATOR_LINE: Final = re.compile(r'"?sep=([;,\t|])"?', re.IGNORECASE)

# What other files of the same trade call these columns; suggested, never taken for granted.
_OTHER_NAMES: Final = {
    "line_id": {"id", "id_ligne", "ligne", "num_ligne", "identifiant_ligne"},
    "scheme": {"regime", "régime", "caisse", "rgm_cod"},
    "person_system": {"systeme", "système", "type_identifiant"},
    "person_value": {"nir", "matricule", "ins", "num_secu", "identifiant", "ben_nir_psa"},
    "birth_date": {"date_naissance", "naissance", "ddn", "birthdate", "dob"},
    "care_start": {"date_soins", "date_debut", "debut", "début", "exe_soi_dtd"},
    "care_end": {"date_fin", "fin", "exe_soi_dtf"},
    "code_system": {"systeme_code", "type_code", "nomenclature"},
    "code": {"code_acte", "acte", "cip", "cip13", "pha_prs_c13"},
    "flow_date": {"date_flux", "flx_dis_dtd", "flux"},
    "icd10": {"cim10", "cim", "code_cim", "med_mtf_cod"},
    "rpps": {"numero_rpps", "num_rpps", "medecin"},
    "period": {"periode", "période", "mois"},
    "lines": {"lignes", "nb_lignes"},
    "pseudonym": {"pseudonyme", "pseudo"},
    "since": {"depuis", "date_debut", "imb_ald_dtd"},
}


@dataclass(frozen=True, slots=True)
class Header:
    """What the first line says. `sources` gives, per column of the kind, where it stands."""

    kind: Kind
    delimiter: str
    columns: tuple[str, ...]
    """The names as written, in the order of the file."""
    sources: tuple[int | None, ...]
    """In the order of `rows.COLUMNS`; None for a column the file does not have."""
    lines: int
    """Physical lines up to and including the header."""
    notices: tuple[Notice, ...]
    returned: bool
    """Whether this is a file of refused rows that came back."""
    reason: int | None = None
    """Where such a file says why each row was refused."""
    named: int = 0
    """How many columns there are up to the last that has a name."""
    optional: frozenset[str] = frozenset()
    """Columns that may be empty: those of a format that hadn't them, when its rows come back."""


def read_header(lines: Sequence[str], limits: Limits) -> Header:
    """Recognise the file from its first lines; raise FileRefusedError with every reason."""
    number, text, delimiter = first_text(lines)
    if not delimiter:
        # Of the three, the one that cuts out the most names; the first on a tie.
        delimiter = max(DELIMITERS, key=lambda each: len(_known(_cut(text, each))))
    columns = _cut(text, delimiter)
    if len(columns) > limits.columns:
        raise FileRefusedError(
            Refusal(
                0,
                "",
                "too_many_columns",
                parameters={"count": len(columns), "limit": limits.columns},
            )
        )
    names = [column_name(column) for column in columns]
    kind = _kind(names, text)
    _check_names(kind, names, columns)
    wanted = SCHEMAS[kind].names
    return Header(
        kind=kind,
        delimiter=delimiter,
        columns=tuple(columns),
        sources=tuple(names.index(name) if name in names else None for name in wanted),
        lines=number,
        notices=tuple(_unknown(kind, names, columns)),
        returned=is_returned(names),
        named=max(i for i, name in enumerate(names, 1) if name),
        optional=LACKING if PLACE in names and is_returned(names) else frozenset(),
        reason=names.index(REASON) if is_returned(names) else None,
    )


def first_text(lines: Sequence[str]) -> tuple[int, str, str]:
    """Return the header's line number, its text and its delimiter, empty if none is announced."""
    delimiter = ""
    for number, line in enumerate(lines, 1):
        text = line.replace("\r", " ").strip(" ")
        separator = _SEPARATOR_LINE.fullmatch(text)
        if separator:  # spreadsheets announce the delimiter in a line of its own
            delimiter = separator[1]
        elif text.strip():
            return number, text, delimiter
    raise FileRefusedError(Refusal(0, "", "empty_file"))


def _cut(text: str, delimiter: str) -> list[str]:
    return next(csv.reader([text], delimiter=delimiter), [""])


def column_name(column: str) -> str:
    """Return a column's name as ours are written: `Line-ID` is `line_id`."""
    return re.sub(r"[\s-]+", "_", column.strip().casefold())


def _known(columns: Sequence[str]) -> set[str]:
    every = {name for schema in SCHEMAS.values() for name in schema.names}
    return {name for column in columns if (name := column_name(column)) in every}


def _kind(names: Sequence[str], text: str) -> Kind:
    """Return the file whose columns these are: most of its names, then what is missing.

    A file without its header has none of them; two are asked for, as a lone `code` or `label`
    may belong to anything.
    """

    def likeness(kind: Kind) -> tuple[int, int, int]:
        schema = SCHEMAS[kind]
        missing = set(schema.required) - set(names)
        misnamed = sum(bool(_lookalike(name, names)) for name in missing)
        return len(set(names) & set(schema.names)), misnamed, -len(missing)

    best = max(SCHEMAS, key=likeness)
    if likeness(best)[0] < 2:  # noqa: PLR2004 - see above
        raise FileRefusedError(Refusal(0, "", "header_unknown", shown(text)))
    return best


def _check_names(kind: Kind, names: Sequence[str], columns: Sequence[str]) -> None:
    wanted = SCHEMAS[kind]
    refusals = [
        Refusal(0, name, "column_repeated", parameters={"name": name})
        for name in wanted.names
        if names.count(name) > 1
    ]
    strangers = [
        column for name, column in zip(names, columns, strict=True) if name not in wanted.names
    ]
    for name in wanted.required:
        if name not in names:
            likely = _lookalike(name, strangers)
            code = "column_misspelt" if likely else "column_missing"
            parameters = {"name": name, "kind": str(kind), "likely": likely}
            refusals.append(Refusal(0, name, code, parameters=parameters))
    if refusals:
        raise FileRefusedError(*refusals)


def _lookalike(name: str, strangers: Sequence[str]) -> str:
    """Return the column of the file that most likely is the one missing, as written there."""
    candidates = {
        column_name(column): column for column in strangers if len(column) <= _LONGEST_NAME
    }
    others = _OTHER_NAMES.get(name, set())
    for candidate, column in candidates.items():
        if candidate in others:
            return shown(column)
    close = get_close_matches(name, candidates, n=1, cutoff=_CLOSE)
    return shown(candidates[close[0]]) if close else ""


def _unknown(kind: Kind, names: Sequence[str], columns: Sequence[str]) -> list[Notice]:
    """Name the columns that are not read, with the one of ours each may have meant."""
    wanted = SCHEMAS[kind].names
    absent = [name for name in wanted if name not in names]
    notices = []
    for name, column in zip(names, columns, strict=True):
        if name in wanted or name in {*ADDED, PLACE} or not name:
            continue
        likely = [ours for ours in absent if _lookalike(ours, [column])]
        code = "column_misnamed" if likely else "column_unknown"
        parameters = {"name": shown(column), "likely": likely[0] if likely else ""}
        notices.append(Notice(code, parameters))
    return notices
