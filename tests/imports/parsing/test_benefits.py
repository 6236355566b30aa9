"""FHIR ExplanationOfBenefit, one a line: an item is a line, what has no place here is refused."""

from __future__ import annotations

import copy
import gzip
import json
import os

import pytest

from imports.parsing import Fault, copy_fields, sentence
from tests.imports.parsing.files import (
    LINE,
    NIR,
    RPPS,
    codes,
    csv,
    opened,
    peak_memory,
    read,
    refused_at_once,
)
from tests.imports.parsing.tables import BENEFIT, CNAM, ITEM, ndjson


def changed(path, value, resource=BENEFIT):
    """The resource with one element replaced, or taken away by None; a path of names."""
    made = copy.deepcopy(resource)
    *way, last = path
    at = made
    for name in way:
        at = at[name]
    if value is None:
        del at[last]
    else:
        at[last] = value
    return made


ADJUDICATION = {"category": {"coding": [{"code": "benefit"}]}, "amount": {"value": 1}}


RATE = {"category": {"coding": [{"code": "eligpercent"}]}}
RELATED = [{"claim": {"identifier": {"value": "E-70"}}}]


def related(how):
    return RELATED[0] | {"relationship": {"coding": [{"code": how}]}}


BESIDE = {"relationship": {"coding": [{"code": "associated"}]}}
RPPS_OF = {"system": "https://rpps.esante.gouv.fr", "value": RPPS}
FINESS_OF = {"system": "https://finess.esante.gouv.fr", "value": "750051211"}


def inside(name, resource):
    """The resource with another of its own inside, that one of its references names."""
    contained = [*BENEFIT["contained"], resource | {"id": "here"}]
    return BENEFIT | {"contained": contained, name: {"reference": "#here"}, "careTeam": []}


def team(*providers, responsible=None):
    members = [
        {"sequence": n, "provider": provider, "responsible": n == responsible}
        for n, provider in enumerate(providers)
    ]
    return BENEFIT | {"careTeam": members, "item": [ITEM | {"careTeamSequence": []}]}


def item(**elements):
    return changed(["item"], [ITEM | elements])


def one(resource):
    (row,) = read(ndjson(resource))
    return row


def test_a_resource_that_says_what_a_line_of_the_fund_says_is_the_same_line():
    expected = LINE | {
        "line_id": "E-77/1", "care_end": "2026-10-05", "prescribed_on": "",
        "prescriber_finess": "",
    }  # fmt: skip

    assert copy_fields(one(BENEFIT)) == tuple(expected.values())


def coded(system, code, **elements):
    coding = {"coding": [{"system": f"{CNAM}{system}", "code": code}]}
    return item(productOrService=coding, **elements)


@pytest.mark.parametrize(
    ("resource", "said"),
    [
        (coded("3.3", "C"), {"section": "CARE", "code": "C"}),
        (coded("3.4", "ZBQK002", category={"coding": [{"code": "RADIO"}]}), {"section": "RADIO"}),
        (coded("4.1", "552"), {"section": "BIO", "code": "0552"}),
        (coded("3.1", "1234"), {"section": "HOSP"}),
        (
            item(productOrService={"coding": [
                {"system": "http://www.whocc.no/atc", "code": "J07BB02"},
                {"system": f"{CNAM}1.1.1", "code": LINE["code"]}]}),
            {"section": "VAC", "atc": "J07BB02"},
        ),
        (item(servicedPeriod={"start": "2026-10-01", "end": "2026-10-03"}, servicedDate=""),
         {"care_start": "2026-10-01", "care_end": "2026-10-03"}),
        (changed(["billablePeriod"], {"start": "2026-10-02"}, item(servicedDate=None)),
         {"care_start": "2026-10-02"}),
        (changed(["patient"], {"identifier": {"system": "urn:oid:1.2.250.1.213.1.4.8",
                                              "value": NIR}}),
         {"person_system": "1.2.250.1.213.1.4.8", "birth_date": "None"}),
        (changed(["patient"], {"reference": "Patient/p-9/_history/2"}),
         {"person_system": "fhir", "person_value": "p-9"}),
        # Another server's patient of that name is somebody else.
        (changed(["patient"], {"reference": "https://x.example/Patient/p-9"}),
         {"person_system": "fhir", "person_value": "https://x.example/Patient/p-9"}),
        (changed(["status"], "entered-in-error"), {"operation": "CANCEL"}),
        (
            changed(["related"], RELATED,
                    item(net={"value": 0}, quantity={"value": 0},
                         adjudication=[ADJUDICATION | {"amount": {"value": -1}}])),
            {"reverses_line_id": "E-70/1", "paid_cents": "0", "reimbursed_cents": "-100"},
        ),
        (
            changed(["related"], RELATED,
                    item(net={"value": -12.5}, quantity={"value": -2}, adjudication=[])),
            {"reverses_line_id": "E-70/1", "paid_cents": "-1250", "quantity": "-2"},
        ),
        (changed(["related"], RELATED, changed(["status"], "cancelled")),
         {"operation": "CANCEL", "reverses_line_id": "E-70/1"}),
        (
            changed(["related"], RELATED,
                    changed(["status"], "cancelled", item(net={"value": -12.5}))),
            {"operation": "CANCEL", "reverses_line_id": ""},
        ),
        (changed(["related"], [related("associated")]), {"reverses_line_id": ""}),
        (changed(["related"], [related("associated")], changed(["status"], "cancelled")),
         {"operation": "CANCEL", "reverses_line_id": ""}),
        (
            changed(["related"],
                    [{"claim": {"identifier": {"value": "E-1"}}} | BESIDE, related("prior")],
                    item(net={"value": -12.5}, quantity={"value": -2}, adjudication=[])),
            {"reverses_line_id": "E-70/1"},
        ),
        (item(adjudication=[RATE | {"value": 65.0}]), {"rate_pct": "65"}),
        (item(adjudication=[RATE | {"value": None}], quantity={"value": None}),
         {"rate_pct": "None", "quantity": "None"}),
        (changed(["insurer"], {"reference": "Organization/agricole"}), {"scheme": "agricole"}),
        (changed(["insurer"], {"display": "general"}), {"scheme": "general"}),
        (changed(["careTeam"], None),
         {"performer_name": "Pharmacie du Marché", "performer_kind": "structure"}),
        (changed(["careTeam", 1, "provider"], {"reference": "Practitioner/1"}),
         {"performer_kind": "person"}),
        (item(careTeamSequence=[2]), {"prescriber_rpps": ""}),
        (item(quantity={"value": 3, "unit": "Boîtes"}), {"quantity": "3"}),
        (item(quantity={"value": 3, "unit": "boxes of 30", "code": "1"}), {"quantity": "3"}),
        (changed(["prescription"], {"reference": "MedicationRequest/5"}),
         {"prescription_ref": "MedicationRequest/5"}),
        (changed(["prescription"], {"reference": "#rx"}), {"prescription_ref": ""}),
        # Midnight in France, as a server in another zone tells it; and what is no instant.
        (changed(["created"], "2026-10-31T23:30:00Z"), {"flow_date": "2026-11-01"}),
        (item(servicedDate="", servicedPeriod={"start": "2026-10-04T22:00:00.000Z",
                                               "end": "2026-10-05T24:99:00Z"}),
         {"care_start": "2026-10-05", "care_end": "2026-10-05"}),
        # What stands in the same line is read where it is named.
        (inside("insurer", {"resourceType": "Organization", "identifier": [{"value": "general"}]}),
         {"scheme": "general"}),
        (inside("insurer", {"resourceType": "Organization", "name": "agricole"}),
         {"scheme": "agricole"}),
        (
            inside("provider", {
                "resourceType": "Organization", "name": "Clinique du Parc",
                "identifier": [{"system": "urn:x", "value": "7"}, FINESS_OF]}),
            {"performer_finess": "750051211", "performer_name": "Clinique du Parc",
             "performer_kind": "structure"},
        ),
        (
            inside("provider", {
                "resourceType": "Practitioner", "name": [{"family": "NOËL", "given": ["Luc"]}],
                "identifier": [{"system": "urn:oid:1.2.250.1.71.4.2.1", "value": RPPS}]}),
            {"performer_rpps": RPPS, "performer_name": "NOËL Luc", "performer_kind": "person"},
        ),
        # One of a team, whole: never the number of one under the name of another.
        (team({"identifier": RPPS_OF, "display": "A"}, {"display": "B"}),
         {"performer_rpps": RPPS, "performer_name": "A"}),
        (team({"identifier": RPPS_OF, "display": "A"}, {"display": "B"}, responsible=1),
         {"performer_rpps": "", "performer_name": "B"}),
        (
            changed(["provider"], {"identifier": RPPS_OF, "display": "A"}, team({"display": "B"})),
            {"performer_rpps": "", "performer_name": "B"},
        ),
    ],
)  # fmt: skip
def test_each_element_has_its_column(resource, said):
    line = one(resource)

    assert {name: str(getattr(line, name)) for name in said} == said


@pytest.mark.parametrize(
    ("resource", "column", "found"),
    [
        (changed(["resourceType"], "Bundle"), "resourceType", "Bundle"),
        (changed(["use"], "preauthorization"), "use", "preauthorization"),
        (changed(["status"], "draft"), "status", "draft"),
        (changed(["modifierExtension"], [{"url": "urn:not"}]), "modifierExtension", "urn:not"),
        (item(modifierExtension=[{"url": "urn:not"}]), "item.modifierExtension", "urn:not"),
        (item(detail=[{"sequence": 1}]), "item.detail", ""),
        (item(productOrService={"coding": [{"system": "http://loinc.org", "code": "1"}]}),
         "item.productOrService.coding.system", "http://loinc.org"),
        (item(productOrService={"text": "Une boîte"}),
         "item.productOrService.coding.system", "Une boîte"),
        (item(net={"value": 12.5, "currency": "CHF"}), "item.net.currency", "CHF"),
        (item(quantity={"value": 500, "unit": "mg"}), "item.quantity.unit", "mg"),
        (item(quantity={"value": 2, "unit": "boîtes", "code": "{tablet}"}),
         "item.quantity.code", "{tablet}"),
        (item(quantity={"value": 2, "comparator": "<"}), "item.quantity.comparator", "<"),
        (changed(["patient"], {"reference": "RelatedPerson/9"}), "person_value", ""),
        (item(quantity={"value": 1.5}), "quantity", "1.5"),
        (item(net={"value": 12.505}), "paid_cents", "12.505"),
        (item(net={"value": 1e30}), "paid_cents", "1E+30"),
        (item(net={"value": "12"}), "item.net.value", "12"),
        (item(adjudication=[ADJUDICATION, ADJUDICATION]), "item.adjudication", "benefit"),
        (changed(["related"], [RELATED[0], related("prior")]), "related.relationship", "prior"),
        (changed(["outcome"], "queued"), "outcome", "queued"),
        (changed(["addItem"], [ITEM]), "addItem", ""),
        (changed(["implicitRules"], "urn:not"), "implicitRules", "urn:not"),
        (changed(["careTeam", 0, "modifierExtension"], [{"url": "urn:not"}]),
         "careTeam.modifierExtension", "urn:not"),
        (changed(["identifier"], []), "line_id", ""),
        # Somebody's number, of a list that says nothing here.
        (changed(["contained", 0, "identifier"], [{"system": "urn:x", "value": "9"}]),
         "person_value", ""),
        (changed(["created"], "hier"), "flow_date", "hier"),
        (changed(["item"], []), "item", ""),
    ],
)  # fmt: skip
def test_what_has_no_place_here_is_refused_by_its_name(resource, column, found):
    row = one(resource)

    assert [(each.column, each.found) for each in row] == [(column, found)]
    place = "1" if column == "item" else "1 item[0]"
    assert sentence(row[0]).startswith(f"{place}, colonne {column} : attendu ")


def test_every_item_of_a_list_is_a_row_in_its_place():
    resource = changed(["item"], ["x", ITEM, None])

    first, second, third = read(ndjson(resource))

    assert second.line_id == "E-77/1"
    assert [sentence(each) for (each,) in (first, third)] == [
        f"1 item[{at}], colonne item : attendu un élément item, rien trouvé. "
        "Complétez la ressource, puis déposez le fichier de nouveau."
        for at in (0, 2)
    ]


@pytest.mark.parametrize(
    ("line", "code"),
    [
        (b'{"a": 1, "a": 2}', "json_unreadable"),
        (b'{"a": NaN}', "json_number"),
        (b'{"a": ' + b"9" * 41 + b"}", "json_number"),
        # Figures that nobody wrote would take all the memory there is.
        (b'{"item": [{"quantity": {"value": 1e5000}}]}', "json_number"),
        (b'{"item": [{"net": {"value": 1e9999999}}]}', "json_number"),
        (b'{"a": 1e-999999999}', "json_number"),
        (b'{"a": 1e99999999999999999999}', "json_number"),
        # Half of a character: it could neither be kept nor handed back.
        (b'{"use": "\\ud800"}', "json_half_character"),
        (b'{"\\uDFFF": [1.5]}', "json_half_character"),
        (b'{"use": "\\ud83d\\ude00 \\u0000"}', "element_unknown"),
        (b"[1]", "json_unreadable"),
        (b'{"a": ' + b"[" * 100_000, "json_too_deep"),
        (b'{"a": "\0"}', "nul_byte"),
        (b'{"a": "' + b"x" * 2**20 + b'"}', "line_too_long"),
        (json.dumps(BENEFIT | {"item": [{}] * 1001}).encode(), "items_too_many"),
        (b'{"item": 5, "contained": [7], "careTeam": 1}', "element_unknown"),
    ],
)
def test_a_hostile_line_costs_itself_only(line, code):
    first, refused, last = read(ndjson(BENEFIT) + line + b"\n\n" + ndjson(BENEFIT))

    assert refused[0].code == code
    assert sentence(refused[0]).startswith("2")
    assert (first.line_id, last.number) == ("E-77/1", 3)


def test_items_are_numbered_through_the_file_which_says_what_it_is():
    two = changed(["item"], [ITEM, ITEM | {"sequence": 2}])
    reading = opened(gzip.compress(b"\xef\xbb\xbf" + ndjson(two, two)))
    (batch,) = reading.batches()

    assert (list(batch.numbers), reading.summary.last_line) == ([1, 2, 3, 4], 2)
    known = reading.recognised
    assert (known.format, known.compression, known.byte_order_mark) == ("fhir", "gzip", True)


def test_json_over_several_lines_is_refused_as_a_whole():
    (refusal,) = refused_at_once(json.dumps(BENEFIT, indent=2).encode())

    assert refusal.code == "json_not_by_line"
    assert opened(b" \n {").summary.rows == 0


def test_an_item_refused_by_who_saw_the_whole_file_keeps_its_place_and_its_values():
    reading = opened(ndjson(BENEFIT))
    reading.refuse({1: ("line_id", Fault("duplicate_in_file", parameters=(("other", 3),)))})

    (batch,) = reading.batches()

    (row,) = batch.refused
    assert not batch.numbers
    assert row.values[:2] == ("1 item[0]", "E-77/1")
    assert [(each.code, dict(each.parameters)) for each in row.refusals] == [
        ("duplicate_in_file", {"other": 3, "place": "1 item[0]"})
    ]


def test_an_item_that_is_wrong_already_is_told_of_that_besides_and_says_which_one_it_is():
    reading = opened(ndjson(item(net={"value": 12.5, "currency": "CHF"})))
    reading.refuse({1: ("line_id", Fault("duplicate_in_file", parameters=(("other", 3),)))})

    (batch,) = reading.batches()

    (row,) = batch.refused
    assert [each.code for each in row.refusals][-1] == "duplicate_in_file"
    assert len(row.refusals) == 2
    assert row.identity[2:] == ("general", "E-77/1")


def test_what_no_column_says_is_refused_again_until_somebody_says_that_it_is_right():
    """A row that comes back holds no currency, no unit, no detail: unchanged it looks right."""
    reading = opened(
        ndjson(item(net={"value": 12.5, "currency": "CHF"}), item(quantity={"value": 1.5}))
    )
    (batch,) = reading.batches()
    swiss, half = (
        dict(zip(reading.recognised.columns, row.values, strict=True))
        | {
            "rejet_ligne": str(row.line), "rejet_explication": "x", "rejet_correction": "",
            "rejet_code": " | ".join(["date_format", *(each.code for each in row.refusals)]),
        }
        for row in batch.refused
    )  # fmt: skip
    half |= {"quantity": "2"}

    first, second = read(csv(swiss, half))

    assert [(each.column, each.code) for each in first] == [("", "still_refused")]
    assert "rejet_code vide" in sentence(first[0])
    assert second.quantity == 2
    again, right = read(csv(swiss | {"rejet_code": "still_refused"}, swiss | {"rejet_code": ""}))
    assert (again[0].code, right.paid_cents) == ("still_refused", 1250)


@pytest.mark.parametrize(
    "where", [["item", 0, "productOrService", "coding", 0, "display"], ["use"]]
)
def test_endless_values_are_refused_and_not_held_by_the_hundred(where):
    endless = "".join(os.urandom(100).hex() for _ in range(1500))
    data = "\n".join(
        json.dumps(changed(where, f"{n}{endless}") | {"identifier": [{"value": f"E-{n}"}]})
        for n in range(300)
    ).encode()

    with peak_memory() as peak:
        told = [code for _, _, code in codes(data)]
        most = peak()

    assert len(told) == 300
    assert most < 24 * 1024**2
