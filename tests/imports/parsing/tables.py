"""Archives of DCIR tables and FHIR resources, written out here, never by the code under test."""

from __future__ import annotations

import io
import json
import tarfile
import zipfile

from tests.imports.parsing.files import CIP13, NIR, RPPS


KEYS = {
    "DCT_ORD_NUM": "12", "FLX_DIS_DTD": "01/11/2026", "FLX_EMT_NUM": "7", "FLX_EMT_ORD": "0",
    "FLX_EMT_TYP": "1", "FLX_TRT_DTD": "28/10/2026", "ORG_CLE_NUM": "011A01", "PRS_ORD_NUM": "1",
    "REM_TYP_AFF": "0",
}  # fmt: skip
PRS = KEYS | {
    "BEN_NIR_PSA": "psa-1", "BEN_RNG_GEM": "1", "EXE_SOI_DTD": "05/10/2026",
    "EXE_SOI_DTF": "05/10/2026", "PRE_PRE_DTD": "04/10/2026", "PRS_NAT_REF": "3313",
    "PRS_ACT_QTE": "2", "PRS_PAI_MNT": "12.5", "BSE_REM_BSE": "12.00", "BSE_REM_MNT": "7.8",
    "RGO_REM_TAU": "65.00", "PSE_SPE_COD": "50", "PSP_SPE_COD": "01", "PFS_EXE_NUM": "61234567",
    "PFS_PRE_NUM": RPPS, "ETB_PRE_FIN": "75005819", "RGM_COD": "101",
}  # fmt: skip
PHA = KEYS | {"PHA_PRS_C13": CIP13, "PHA_ACT_QSN": "2.0", "PHA_DEC_TOP": ""}
IMB = {
    "BEN_NIR_PSA": "psa-1", "BEN_RNG_GEM": "1", "IMB_ALD_NUM": "8", "IMB_ALD_DTD": "15/01/2020",
    "IMB_ALD_DTF": "01/01/1600", "IMB_ETM_NAT": "41", "MED_MTF_COD": "E119",
    "INS_DTE": "20/01/2020", "UPD_DTE": "2026-11-02 10:15:00",
}  # fmt: skip
ALIAS = {"pseudonym": "psa-1", "person_system": "INS-NIR", "person_value": NIR}


def another(row, number, **facts):
    """The same row of another prestation."""
    return row | {"PRS_ORD_NUM": str(number)} | facts


def table(*rows, delimiter=";"):
    return "\n".join(delimiter.join(each) for each in (rows[0], *(r.values() for r in rows)))


def archive(packing=zipfile.ZIP_DEFLATED, **tables):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", packing) as packed:
        for name, content in tables.items():
            text = content if isinstance(content, str | bytes) else table(*content)
            packed.writestr(f"export/{name}.csv", text)
    return out.getvalue()


def tar(form=tarfile.PAX_FORMAT, packing="", **tables):
    """The same as tar, or as `packing` of it."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode=f"w:{packing}", format=form) as packed:
        for name, content in tables.items():
            if isinstance(content, tarfile.TarInfo):
                packed.addfile(content)
                continue
            text = content if isinstance(content, str | bytes) else table(*content)
            data = text.encode() if isinstance(text, str) else text
            info = tarfile.TarInfo(f"/export/{name}.csv")
            info.size = len(data)
            packed.addfile(info, io.BytesIO(data))
    return out.getvalue()


CNAM = "urn:oid:1.2.250.1.215.200."
ITEM = {
    "sequence": 1,
    "careTeamSequence": [1, 2],
    "productOrService": {
        "coding": [
            {"system": f"{CNAM}1.1.1", "code": CIP13, "display": "Paracétamol 1 g"},
            {"system": "http://www.whocc.no/atc", "code": "N02BE01"},
        ]
    },
    "servicedDate": "2026-10-05",
    "quantity": {"value": 2},
    "net": {"value": 12.50, "currency": "EUR"},
    "adjudication": [
        {"category": {"coding": [{"code": "eligible"}]}, "amount": {"value": 12}},
        {"category": {"coding": [{"code": "benefit"}]}, "amount": {"value": 7.8}},
        {"category": {"coding": [{"code": "eligpercent"}]}, "value": 65},
    ],
}
BENEFIT = {
    "resourceType": "ExplanationOfBenefit",
    "identifier": [{"value": "E-77"}],
    "status": "active",
    "use": "claim",
    "contained": [
        {
            "resourceType": "Patient",
            "id": "p",
            "identifier": [{"system": "urn:oid:1.2.250.1.213.1.4.10", "value": NIR}],
            "birthDate": "1979-03-12",
        }
    ],
    "patient": {"reference": "#p"},
    "created": "2026-11-02T08:00:00+01:00",
    "insurer": {"identifier": {"value": "general"}},
    "provider": {"reference": "Organization/9", "display": "Pharmacie du Marché"},
    "prescription": {"identifier": {"value": "P-77"}},
    "careTeam": [
        {
            "sequence": 1,
            "role": {"coding": [{"code": "prescriber"}]},
            "provider": {
                "identifier": {"system": "https://rpps.esante.gouv.fr", "value": RPPS},
                "display": "MARTIN Alice",
            },
            "qualification": {"text": "Médecine générale"},
        },
        {
            "sequence": 2,
            "provider": {
                "identifier": {"system": "https://finess.esante.gouv.fr", "value": "750051211"},
                "display": "Pharmacie du Marché",
            },
        },
    ],
    "item": [ITEM],
}


def ndjson(*resources):
    return "\n".join(map(json.dumps, resources)).encode() + b"\n"
