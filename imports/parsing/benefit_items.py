"""An ExplanationOfBenefit (FHIR R4) to the columns of the fund's own file, an item a line.

What has no column here is refused by its name when leaving it out would change the meaning:
another use, a currency, a list of codes, sub-details, a modifier extension. Must not know files.
"""

from __future__ import annotations

import json
import re
from contextlib import suppress
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final
from zoneinfo import ZoneInfo

from imports.parsing.benefit_elements import first, identified, many, modifiers, one, text
from imports.parsing.benefit_people import People
from imports.parsing.gathering import Found
from imports.parsing.refusals import Fault
from imports.parsing.rows import CodeSystem, Section


if TYPE_CHECKING:
    from collections.abc import Iterator

    Element = dict[str, Any]
    Wrong = tuple[str, str, Fault]


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
_STATES: Final = {"active": "UPSERT", "cancelled": "CANCEL", "entered-in-error": "CANCEL"}
_OUTCOMES: Final = ("complete", "partial")
"""Of a claim that was worked on: another one has no amounts yet, or wrong ones."""
_UNMAPPED: Final = ("addItem", "implicitRules")
"""What would be lines of their own, and what changes the meaning of all others."""
_ASSOCIATED: Final = "associated"
_AMOUNTS: Final = {"eligible": "base_cents", "benefit": "reimbursed_cents"}
_SIGNED: Final = ("quantity", "paid_cents", *_AMOUNTS.values())
_EURO: Final = "EUR"
_UNITS: Final = (
    "1", "boîte", "boite", "box", "pack", "unité", "unite", "unit", "acte", "séance", "session",
)  # fmt: skip
"""What a quantity may be of; a measure, or what a box holds, is another number."""
_DATE: Final = re.compile(r"(\d{4}-\d\d-\d\d)(?:T.{0,40}?(Z|[+-]\d\d:\d\d)?)?", re.ASCII)
_FRANCE: Final = ZoneInfo("Europe/Paris")


def items(line: int, benefit: Element) -> Iterator[Found]:
    """Yield the lines of a resource; what is wrong with the whole of it is told of each item."""
    listed = many(benefit, "item")
    wrong = list(_refused_whole(benefit))
    missing = ("item", "", Fault("element_missing", parameters=(("name", "item"),)))
    if not listed:
        yield Found(0, str(line), faults=(*wrong, missing))
    people = People(benefit)
    common = _of_benefit(benefit, people)
    for position, item in enumerate(listed):
        place = f"{line} item[{position}]"
        if not isinstance(item, dict):
            yield Found(0, place, faults=(*wrong, missing))
            continue
        values, faults = _of_item(benefit, item, people, dict(common))
        yield Found(0, place, values, (*wrong, *faults))


def _refused_whole(benefit: Element) -> Iterator[Wrong]:
    kind, use, state = (text(benefit, name) for name in ("resourceType", "use", "status"))
    if kind != "ExplanationOfBenefit":
        yield _unknown("resourceType", kind, "ExplanationOfBenefit")
    if use != "claim":
        yield _unknown("use", use, "claim")
    if state not in _STATES:
        yield _unknown("status", state, ", ".join(_STATES))
    outcome = text(benefit, "outcome")
    if outcome and outcome not in _OUTCOMES:
        yield _unknown("outcome", outcome, ", ".join(_OUTCOMES))
    for name in _UNMAPPED:
        if benefit.get(name):
            yield _unknown(name, text(benefit, name), "")
    around = {name: each for name, each in benefit.items() if name != "item"}
    yield from (_unknown(path, url, "") for path, url in modifiers(around, ""))


def _unknown(path: str, found: str, known: str) -> Wrong:
    code = "element_unknown" if known else "element_unmapped"
    return path[:60], found, Fault(code, parameters=(("name", path[:60]), ("choices", known)))


def _of_benefit(benefit: Element, people: People) -> dict[str, str]:
    period = one(benefit, "billablePeriod")
    prescription = one(benefit, "prescription")
    return {
        "scheme": people.insurer(),
        "care_start": _date(text(period, "start")),
        "care_end": _date(text(period, "end")),
        "prescription_ref": identified(prescription) or _elsewhere(prescription),
        "operation": _STATES.get(text(benefit, "status"), text(benefit, "status")),
        "flow_date": _date(text(benefit, "created")),
        **people.patient(),
        **people.provider(),
    }


def _of_item(
    benefit: Element, item: Element, people: People, values: dict[str, str]
) -> tuple[dict[str, str], list[Wrong]]:
    wrong = [_unknown(path, url, "") for path, url in modifiers(item, "item.")]
    if "detail" in item:
        wrong.append(_unknown("item.detail", "", ""))
    sequence = text(item, "sequence")
    own = identified({"identifier": first(benefit, "identifier")})
    values["line_id"] = f"{own}/{sequence}" if own and sequence else ""
    served = one(item, "servicedPeriod")
    start = text(item, "servicedDate") or text(served, "start")
    if start:
        values["care_start"] = _date(start)
        values["care_end"] = _date(text(served, "end"))
    wrong += _code(item, values)
    wrong += _quantity(item, values)
    wrong += _money(item, values)
    members = people.team(item)
    if members.keys() & {"performer_rpps", "performer_name"}:
        # Another person than who sent the claim: nothing of theirs but the place.
        values |= dict.fromkeys(("performer_rpps", "performer_name"), "")
    values |= members
    negative = any(values.get(name, "").startswith("-") for name in _SIGNED)
    cancels = values["operation"] == "CANCEL"
    if negative is not cancels:  # a regularisation that is cancelled takes nothing back
        earlier = next((identified(one(each, "claim")) for each, _ in _earlier(benefit)), "")
        values["reverses_line_id"] = f"{earlier}/{sequence}" if earlier else ""
    elif not cancels:
        # One that takes the place of another, by another name, would be counted beside it.
        codes = (code for _, code in _earlier(benefit) if code)
        wrong += [_unknown("related.relationship", code, _ASSOCIATED) for code in codes][:1]
    return values, wrong


def _earlier(benefit: Element) -> Iterator[tuple[Element, str]]:
    """Yield the claims that this one comes after, and how: one beside it is none of them."""
    for related in many(benefit, "related"):
        codes = [text(each, "code") for each in many(one(related, "relationship"), "coding")]
        others = [code for code in codes if code != _ASSOCIATED]
        if others or not codes:
            yield related, "".join(others[:1])


def _code(item: Element, values: dict[str, str]) -> Iterator[Wrong]:
    concept = one(item, "productOrService")
    codings = [each for each in many(concept, "coding") if isinstance(each, dict)]
    for coding in codings:
        if text(coding, "system") in _ATC:
            values["atc"] = text(coding, "code")
    known = next((each for each in codings if text(each, "system") in _LISTS), None)
    if known is None:
        found = text(codings[0], "system") if codings else text(concept, "text")
        yield _unknown("item.productOrService.coding.system", found, ", ".join(CodeSystem))
        unknown = codings[0] if codings else {}
        values["code_system"], values["code"] = text(unknown, "system"), text(unknown, "code")
        values["label"] = text(unknown, "display") or text(concept, "text")
        return
    system = _LISTS[text(known, "system")]
    values |= {
        "code_system": system.value,
        "code": text(known, "code"),
        "label": text(known, "display") or text(concept, "text"),
        "section": _SECTIONS[system].value,
    }
    if system is CodeSystem.CIP13 and values.get("atc", "").startswith(_VACCINES):
        values["section"] = Section.VACCINE.value
    told = {text(each, "code") for each in many(one(item, "category"), "coding")}
    values["section"] = next((each.value for each in Section if each in told), values["section"])


def _quantity(item: Element, values: dict[str, str]) -> Iterator[Wrong]:
    quantity = one(item, "quantity")
    if "value" in quantity:
        values["quantity"] = _whole(quantity["value"])
    if text(quantity, "comparator"):
        yield _unknown("item.quantity.comparator", text(quantity, "comparator"), "")
    name = "code" if "code" in quantity else "unit"
    unit = text(quantity, name)
    if unit and unit.casefold().removesuffix("s") not in _UNITS:
        yield _unknown(f"item.quantity.{name}", unit, ", ".join(_UNITS))


def _whole(number: object) -> str:
    """Return a number as we write whole ones; what is none is left to the check."""
    if isinstance(number, Decimal) and number == number.to_integral_value():
        number = int(number)
    return "" if number is None else str(number)[:60]


def _money(item: Element, values: dict[str, str]) -> Iterator[Wrong]:
    amounts = [("paid_cents", "item.net", item.get("net"))]
    told: set[str] = set()
    for adjudication in many(item, "adjudication"):
        codes = {text(each, "code") for each in many(one(adjudication, "category"), "coding")}
        for code in sorted(told & codes):
            twice = Fault("element_twice", parameters=(("name", f"item.adjudication {code}"),))
            yield "item.adjudication", code, twice
        told |= codes & {*_AMOUNTS, "eligpercent"}
        for code, name in _AMOUNTS.items():
            if code in codes:
                amounts.append((name, "item.adjudication.amount", adjudication.get("amount")))
        if "eligpercent" in codes:
            rate = _whole(adjudication.get("value"))
            values["rate_pct"] = f"{values['rate_pct']} / {rate}" if "rate_pct" in values else rate
    for name, path, money in amounts:
        if text(money, "currency") not in {"", _EURO}:
            yield _unknown(f"{path}.currency", text(money, "currency"), _EURO)
        at, number = (
            (f"{path}.value", money.get("value")) if isinstance(money, dict) else (path, money)
        )
        if number is None:
            continue
        said = _cents(number) if at != path else ""
        if not said:  # a text: of euros or of cents, who knows
            # As JSON writes it, no check lets it through when the row comes back.
            said = json.dumps(number, ensure_ascii=False, default=str)[:60]
            yield at, str(number)[:60], Fault("element_not_number", parameters=(("name", at),))
        # Of two, nobody knows which: both go out, and are refused until one is left.
        values[name] = f"{values[name]} / {said}" if name in values else said


def _cents(number: object) -> str:
    """Return euros in cents, as they are if no whole number of them; nothing for no number."""
    if not isinstance(number, Decimal):
        return ""
    cents = number.scaleb(2)
    whole = cents == cents.to_integral_value() if cents.adjusted() < 18 else False  # noqa: PLR2004 - within 8 bytes
    return str(int(cents)) if whole else str(number)


def _elsewhere(named: Element) -> str:
    """Return a reference that says the same in every line: not to what stands in this one."""
    reference = text(named, "reference")
    return "" if reference.startswith("#") else reference


def _date(text: str) -> str:
    """Return the day, in France if the instant is told: midnight is the day before elsewhere."""
    match = _DATE.fullmatch(text)
    if match is None:
        return text
    if match[2]:
        with suppress(ValueError, OverflowError):
            return datetime.fromisoformat(text).astimezone(_FRANCE).date().isoformat()
    return match[1]
