"""Who an ExplanationOfBenefit (FHIR R4) is about, and who took part, in the fund's own columns.

Must not know what an item is of.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from imports.parsing.benefit_elements import first, many, one, text
from imports.parsing.persons import INS_ROOT


if TYPE_CHECKING:
    Element = dict[str, Any]


PSEUDONYMS: Final = "fhir"
"""Under which patients are kept that are named by a reference only; an alias file joins them."""
_OID: Final = "urn:oid:"
_PATIENT: Final = "Patient/"
_VERSION: Final = "/_history/"
_RPPS: Final = frozenset({"urn:oid:1.2.250.1.71.4.2.1", "https://rpps.esante.gouv.fr"})
_FINESS: Final = frozenset({"urn:oid:1.2.250.1.71.4.2.2", "https://finess.esante.gouv.fr"})
_PERFORMER: Final = "performer"
_PRESCRIBING: Final = frozenset({"prescriber", "prescribing", "referring", "referrer"})


class People:
    """Everybody whom one resource names, looked up once however many items it has."""

    def __init__(self, benefit: Element) -> None:
        self._benefit = benefit
        self._inside: dict[str, Element] = {}
        for each in many(benefit, "contained"):
            if isinstance(each, dict):
                self._inside.setdefault(f"#{text(each, 'id')}", each)
        # Who is responsible first: one for each role counts.
        members = sorted(many(benefit, "careTeam"), key=lambda each: not _is_responsible(each))
        self._team = [(text(each, "sequence"), _role(each), each) for each in members]

    def patient(self) -> dict[str, str]:
        """Return whom it is about: by a national number, or by what a reference calls them.

        A reference with an address is a name only with it: every server has a patient 1.
        """
        named = one(self._benefit, "patient")
        inside = self._named(named)
        born = text(inside, "birthDate")
        for holder in (named, inside):
            for identifier in many(holder, "identifier"):
                system = text(identifier, "system").removeprefix(_OID)
                if system.startswith(INS_ROOT):
                    value = text(identifier, "value")
                    return {"person_system": system, "person_value": value, "birth_date": born}
        reference = text(named, "reference").partition(_VERSION)[0]
        if reference.startswith("#") or (_PATIENT not in reference and "/" in reference):
            reference = ""
        pseudonym = reference.removeprefix(_PATIENT)
        return {"person_system": PSEUDONYMS, "person_value": pseudonym, "birth_date": born}

    def insurer(self) -> str:
        """Return the fund that sends."""
        named = one(self._benefit, "insurer")
        inside = self._named(named)
        return (
            text(_identifier(named), "value")
            or text(_identifier(inside), "value")
            or text(inside, "name")
            or text(named, "reference").partition(_VERSION)[0].rpartition("/")[2]
            or text(named, "display")
        )

    def provider(self) -> dict[str, str]:
        """Return who sent the claim: they gave the care, unless the team says who did."""
        return self._professional(_PERFORMER, one(self._benefit, "provider"), {})

    def team(self, item: Element) -> dict[str, str]:
        """Return whom the item names of those who took part, or of all when it names nobody.

        One for each role, whole: who is responsible, or stands first.
        """
        wanted = {str(each) for each in many(item, "careTeamSequence")}
        chosen: dict[str, Element] = {}
        for sequence, role, member in self._team:
            if not wanted or sequence in wanted:
                chosen.setdefault(role, member)
        found: dict[str, str] = {}
        for role, member in chosen.items():
            qualification = one(member, "qualification")
            found |= self._professional(role, one(member, "provider"), qualification)
        return found

    def _named(self, named: Element) -> Element:
        """Return the resource of the same line that a reference names; an empty one without it."""
        return self._inside.get(text(named, "reference"), {})

    def _professional(self, role: str, named: Element, qualification: Element) -> dict[str, str]:
        found = {}
        inside = self._named(named)
        identifier = _identifier(named) or _identifier(inside)
        system, value = text(identifier, "system"), text(identifier, "value")
        if system in _RPPS:
            found[f"{role}_rpps"] = value
        elif system in _FINESS:
            found[f"{role}_finess"] = value
        if name := text(named, "display") or _name(inside):
            found[f"{role}_name"] = name
        coding = first(qualification, "coding")
        if specialty := text(coding, "code") or text(qualification, "text"):
            found[f"{role}_specialty"] = specialty
        if role == _PERFORMER:
            kind = text(inside, "resourceType") or text(named, "reference") or text(named, "type")
            found["performer_kind"] = _kind(system, kind)
        return found


def _is_responsible(member: object) -> bool:
    return isinstance(member, dict) and member.get("responsible") is True


def _role(member: object) -> str:
    codes = {text(each, "code") for each in many(one(member, "role"), "coding")}
    return "prescriber" if codes & _PRESCRIBING else _PERFORMER


def _identifier(holder: Element) -> Element:
    """Return the identifier by which somebody is known here, of those they have."""
    known = _RPPS | _FINESS
    listed = [each for each in many(holder, "identifier") if isinstance(each, dict)]
    return next(
        (each for each in listed if text(each, "system") in known), first(holder, "identifier")
    )


def _name(resource: Element) -> str:
    """Return what somebody is called: a structure by a text, a person by the parts of one."""
    if said := text(resource, "name"):
        return said
    human = first(resource, "name")
    given = [str(each) for each in many(human, "given") if isinstance(each, str)]
    return text(human, "text") or " ".join(filter(None, (text(human, "family"), *given)))


def _kind(system: str, said: str) -> str:
    if system in _FINESS or said.startswith("Organization"):
        return "structure"
    return "person" if system in _RPPS or said.startswith("Practitioner") else ""
