"""An ExplanationOfBenefit (FHIR R4) to the columns of the fund's own file, an item a line.

What has no column here is refused by its name when leaving it out would change the meaning:
another use, a currency, a list of codes, sub-details, a modifier extension. Must not know files.
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from imports.parsing.gathering import Found
from imports.parsing.persons import INS_ROOT
from imports.parsing.refusals import Fault
from imports.parsing.rows import CodeSystem, Section


if TYPE_CHECKING:
    from collections.abc import Iterator

    Element = dict[str, Any]
    Wrong = tuple[str, str, Fault]


PSEUDONYMS: Final = "fhir"
"""Under which patients are kept that are named by a reference only; an alias file joins them."""
_OID: Final = "urn:oid:"
_CNAM: Final = "urn:oid:1.2.250.1.215.200."
_LISTS: Final = {
    f"{_CNAM}1.1.1": CodeSystem.CIP13,
    f"{_CNAM}1.1.2": CodeSystem.UCD,
    f"{_CNAM}2.1": CodeSystem.LPP,
    f"{_CNAM}3.1": CodeSystem.GHS,
    f"{_CNAM}3.3": CodeSystem.NGAP,
    f"{_CNAM}3.4": CodeSystem.CCAM,
    f"{_CNAM}4.1": CodeSystem.NABM,
}
_ATC: Final = frozenset({f"{_CNAM}1.2.1", f"{_CNAM}1.2.2", "http://www.whocc.no/atc"})
_SECTIONS: Final = {
    CodeSystem.CIP13: Section.MEDICINE,
    CodeSystem.UCD: Section.MEDICINE,
    CodeSystem.LPP: Section.DEVICE,
    CodeSystem.GHS: Section.STAY,
    CodeSystem.NGAP: Section.CARE,
    CodeSystem.CCAM: Section.CARE,
    CodeSystem.NABM: Section.LABORATORY,
}
_VACCINES: Final = "J07"
_RPPS: Final = frozenset({"urn:oid:1.2.250.1.71.4.2.1", "https://rpps.esante.gouv.fr"})
_FINESS: Final = frozenset({"urn:oid:1.2.250.1.71.4.2.2", "https://finess.esante.gouv.fr"})
_STATES: Final = {"active": "UPSERT", "cancelled": "CANCEL", "entered-in-error": "CANCEL"}
_PRESCRIBING: Final = frozenset({"prescriber", "prescribing", "referring", "referrer"})
_AMOUNTS: Final = {"eligible": "base_cents", "benefit": "reimbursed_cents"}
_EURO: Final = "EUR"
_DATE: Final = re.compile(r"(\d{4}-\d\d-\d\d)(?:T.{0,40})?", re.ASCII)


def items(line: int, benefit: Element) -> Iterator[Found]:
    """Yield the lines of a resource; what is wrong with the whole of it is told of each item."""
    listed = [each for each in _many(benefit, "item") if isinstance(each, dict)]
    wrong = list(_refused_whole(benefit))
    if not listed:
        wrong.append(("item", "", Fault("element_missing", parameters=(("name", "item"),))))
        yield Found(0, str(line), faults=tuple(wrong))
    common = _of_benefit(benefit)
    for position, item in enumerate(listed):
        values, faults = _of_item(benefit, item, dict(common))
        place = f"{line} item[{position}]"
        yield Found(0, place, values, (*wrong, *faults))


def _refused_whole(benefit: Element) -> Iterator[Wrong]:
    kind, use, state = (_text(benefit, name) for name in ("resourceType", "use", "status"))
    if kind != "ExplanationOfBenefit":
        yield _unknown("resourceType", kind, "ExplanationOfBenefit")
    if use != "claim":
        yield _unknown("use", use, "claim")
    if state not in _STATES:
        yield _unknown("status", state, ", ".join(_STATES))
    yield from _modified(benefit, "")


def _modified(element: Element, path: str) -> Iterator[Wrong]:
    """A modifier changes what everything beside it means: nobody may pass it over."""
    if "modifierExtension" in element:
        first = _first(element, "modifierExtension")
        yield _unknown(f"{path}modifierExtension", _text(first, "url"), "")


def _unknown(path: str, found: str, known: str) -> Wrong:
    code = "element_unknown" if known else "element_unmapped"
    return path[:60], found, Fault(code, parameters=(("name", path[:60]), ("choices", known)))


def _of_benefit(benefit: Element) -> dict[str, str]:
    period = _one(benefit, "billablePeriod")
    insurer, prescription = _one(benefit, "insurer"), _one(benefit, "prescription")
    values = {
        "scheme": _named(insurer),
        "care_start": _date(_text(period, "start")),
        "care_end": _date(_text(period, "end")),
        "prescription_ref": _value(prescription),
        "operation": _STATES.get(_text(benefit, "status"), ""),
        "flow_date": _date(_text(benefit, "created")),
        **_person(benefit),
        **_professional("performer", _one(benefit, "provider"), {}),
    }
    values["performer_kind"] = _kind(_one(benefit, "provider"))
    return values


def _person(benefit: Element) -> dict[str, str]:
    patient = _one(benefit, "patient")
    reference = _text(patient, "reference")
    inside = next(
        (
            each
            for each in _many(benefit, "contained")
            if isinstance(each, dict) and reference == f"#{_text(each, 'id')}"
        ),
        {},
    )
    born = _text(inside, "birthDate")
    for holder in (patient, inside):
        for identifier in _many(holder, "identifier"):
            system = _text(identifier, "system").removeprefix(_OID)
            if system.startswith(INS_ROOT):
                value = _text(identifier, "value")
                return {"person_system": system, "person_value": value, "birth_date": born}
    pseudonym = reference.rpartition("/")[2] if not reference.startswith("#") else ""
    return {"person_system": PSEUDONYMS, "person_value": pseudonym, "birth_date": born}


def _of_item(
    benefit: Element, item: Element, values: dict[str, str]
) -> tuple[dict[str, str], list[Wrong]]:
    wrong = list(_modified(item, "item."))
    if "detail" in item:
        wrong.append(_unknown("item.detail", "", ""))
    sequence = _text(item, "sequence")
    own = _value({"identifier": _first(benefit, "identifier")})
    values["line_id"] = f"{own}/{sequence}" if own and sequence else ""
    served = _one(item, "servicedPeriod")
    start = _text(item, "servicedDate") or _text(served, "start")
    if start:
        values["care_start"] = _date(start)
        values["care_end"] = _date(_text(served, "end"))
    wrong += _code(item, values)
    wrong += _quantity(item, values)
    wrong += _money(item, values)
    values |= _team(benefit, item)
    negative = any(values.get(name, "").startswith("-") for name in ("quantity", "paid_cents"))
    if negative or values["operation"] == "CANCEL":
        earlier = _value(
            {"identifier": _one(_one(_first(benefit, "related"), "claim"), "identifier")}
        )
        values["reverses_line_id"] = f"{earlier}/{sequence}" if earlier else ""
    return values, wrong


def _code(item: Element, values: dict[str, str]) -> Iterator[Wrong]:
    concept = _one(item, "productOrService")
    codings = [each for each in _many(concept, "coding") if isinstance(each, dict)]
    for coding in codings:
        if _text(coding, "system") in _ATC:
            values["atc"] = _text(coding, "code")
    known = next((each for each in codings if _text(each, "system") in _LISTS), None)
    if known is None:
        found = _text(codings[0], "system") if codings else _text(concept, "text")
        yield _unknown("item.productOrService.coding.system", found, ", ".join(CodeSystem))
        return
    system = _LISTS[_text(known, "system")]
    values |= {
        "code_system": system.value,
        "code": _text(known, "code"),
        "label": _text(known, "display") or _text(concept, "text"),
        "section": _SECTIONS[system].value,
    }
    if system is CodeSystem.CIP13 and values.get("atc", "").startswith(_VACCINES):
        values["section"] = Section.VACCINE.value
    told = {_text(each, "code") for each in _many(_one(item, "category"), "coding")}
    values["section"] = next((each.value for each in Section if each in told), values["section"])


def _quantity(item: Element, values: dict[str, str]) -> Iterator[Wrong]:
    quantity = _one(item, "quantity")
    if "value" in quantity:
        number = quantity["value"]
        whole = isinstance(number, Decimal) and number == number.to_integral_value()
        values["quantity"] = str(int(number)) if whole else str(number)[:60]
    if "unit" in quantity and _text(quantity, "system"):
        yield _unknown("item.quantity.system", _text(quantity, "system"), "")


def _money(item: Element, values: dict[str, str]) -> Iterator[Wrong]:
    amounts = [("paid_cents", "item.net", _one(item, "net"))]
    for adjudication in _many(item, "adjudication"):
        codes = {_text(each, "code") for each in _many(_one(adjudication, "category"), "coding")}
        for code, name in _AMOUNTS.items():
            if code in codes:
                amounts.append((name, "item.adjudication.amount", _one(adjudication, "amount")))
        if "eligpercent" in codes:
            values["rate_pct"] = _text(adjudication, "value")
    for name, path, money in amounts:
        if money and _text(money, "currency") not in {"", _EURO}:
            yield _unknown(f"{path}.currency", _text(money, "currency"), _EURO)
        cents = money.get("value")
        if isinstance(cents, Decimal):
            cents = cents.scaleb(2)
            whole = cents == cents.to_integral_value() if cents.adjusted() < 18 else False  # noqa: PLR2004 - within 8 bytes
            values[name] = str(int(cents)) if whole else _text(money, "value")
        elif cents is not None:
            values[name] = str(cents)[:60]


def _team(benefit: Element, item: Element) -> dict[str, str]:
    """Whom the item names of those who took part, or all of them when it names nobody."""
    found: dict[str, str] = {}
    wanted = {str(each) for each in _many(item, "careTeamSequence")}
    for member in _many(benefit, "careTeam"):
        if wanted and _text(member, "sequence") not in wanted:
            continue
        roles = {_text(each, "code") for each in _many(_one(member, "role"), "coding")}
        role = "prescriber" if roles & _PRESCRIBING else "performer"
        provider = _one(member, "provider")
        found |= _professional(role, provider, _one(member, "qualification"))
        if role == "performer":
            found["performer_kind"] = _kind(provider)
    return found


def _professional(role: str, provider: Element, qualification: Element) -> dict[str, str]:
    found = {}
    identifier = _one(provider, "identifier")
    system, value = _text(identifier, "system"), _text(identifier, "value")
    if system in _RPPS:
        found[f"{role}_rpps"] = value
    elif system in _FINESS:
        found[f"{role}_finess"] = value
    if name := _text(provider, "display"):
        found[f"{role}_name"] = name
    coding = _first(qualification, "coding")
    if specialty := _text(coding, "code") or _text(qualification, "text"):
        found[f"{role}_specialty"] = specialty
    return found


def _kind(provider: Element) -> str:
    system, reference = _text(_one(provider, "identifier"), "system"), _text(provider, "reference")
    if system in _FINESS or reference.startswith("Organization/"):
        return "structure"
    return "person" if system in _RPPS or reference.startswith("Practitioner") else ""


def _named(insurer: Element) -> str:
    return (
        _value(insurer)
        or _text(insurer, "reference").rpartition("/")[2]
        or _text(insurer, "display")
    )


def _value(holder: Element) -> str:
    return _text(_one(holder, "identifier"), "value")


def _date(text: str) -> str:
    match = _DATE.fullmatch(text)
    return match[1] if match else text


def _text(element: object, name: str) -> str:
    """Return a value as text; nothing for what is a list or an object, or is not there."""
    found = element.get(name) if isinstance(element, dict) else None
    if isinstance(found, bool) or found is None or isinstance(found, (dict, list)):
        return ""
    return str(found)


def _one(element: object, name: str) -> Element:
    found = element.get(name) if isinstance(element, dict) else None
    return found if isinstance(found, dict) else {}


def _many(element: object, name: str) -> list[Any]:
    found = element.get(name) if isinstance(element, dict) else None
    if isinstance(found, list):
        return found
    return [found] if isinstance(found, dict) else []


def _first(element: object, name: str) -> Element:
    found = _many(element, name)
    return found[0] if found and isinstance(found[0], dict) else {}
