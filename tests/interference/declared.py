"""Every address of the product, with what its door reads: parameters, fields, ways to ask.

An address that isn't here fails the build, and so does a door that reads a name it doesn't
declare. Each name says its kind of value; ``values`` says which values of a kind are asked.
"""

# ruff: noqa: S106 - names of fields
from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final


@dataclass(frozen=True)
class Declared:
    """What one door reads, and the screens that come before it."""

    query: dict[str, str] = field(default_factory=dict)
    form: dict[str, str] = field(default_factory=dict)
    posts: bool = False
    gets: bool = True
    headers: tuple[dict[str, str], ...] = ()
    before: str = ""
    # The same view behind another address: its parameters are asked there.
    twin: bool = False


NOTHING: Final = Declared()


def reads(**query: str) -> Declared:
    """A door that is only read."""
    return Declared(query=query)


def asks(*, before: str = "", query: dict[str, str] | None = None, **form: str) -> Declared:
    """A door that shows a form and takes it."""
    return Declared(query=query or {}, form=form, posts=True, before=before)


def takes(*, query: dict[str, str] | None = None, **form: str) -> Declared:
    """A door that takes a press and shows nothing."""
    return Declared(query=query or {}, form=form, posts=True, gets=False)


_LASTING: Final = {"lasting": "lasting", "last_day": "day"}
_SCOPE: Final = {"what": "scope", "kinds": "care", "writing": "writing", **_LASTING}
_FILES: Final = (
    {"Range": "bytes=0-9"},
    {"If-None-Match": '"0"'},
    {"If-Modified-Since": "Mon, 15 Jun 2026 10:00:00 GMT"},
)
_LIVE: Final = ({"HX-Request": "true"},)
_ENTRY: Final = {
    "value": "blood_group", "answer": "allergy", "name": "words", "relation": "words",
    "phone": "mobile", "text": "words", "on_emergency_card": "tick",
    "seen": "entries", "shown": "nothing",
}  # fmt: skip
_CONSENT: Final = {"consent": "tick", "emergency": "yes_no", "regulation": "yes_no"}
_SOUGHT: Final = {
    "nir": "sought_nir", "birth_name": "sought_name", "born_on": "sought_birth",
    "card": "no_card", "without": "nothing", "attempt": "nothing", "person": "no_card",
}  # fmt: skip
_ACCOUNT: Final = {"email": "email", "password": "password"}
_FHIR: Final = (
    {"Accept": "application/fhir+json"},
    {"Accept": "application/xml"},
    {"Prefer": "handling=strict"},
)
_PATIENT: Final = {
    "identifier": "ins", "family": "family", "birthdate": "birthdate", "_format": "format",
}  # fmt: skip
_DOCUMENTS: Final = {
    "patient": "patient", "patient.identifier": "ins", "status": "status", "type": "type_token",
    "category": "class_token", "date": "instant", "_count": "count", "after": "cursor",
    "_format": "format",
}  # fmt: skip
_SEARCH: Final = "application/x-www-form-urlencoded"

DOORS: Final[dict[str, Declared]] = {
    # Where one arrives
    "access:start": reads(),
    "access:demo": asks(query={"next": "path"}, account="account", next="path"),
    "access:capacity": asks(query={"next": "path"}, capacity="capacity", next="path"),
    "access:second_factor": asks(query={"next": "path"}, kind="channel", code="code", next="path"),
    "access:activate": asks(query={"code": "leaflet"}, code="leaflet", born_on="day"),
    "access:activate_account": asks(**_ACCOUNT),
    "access:activate_code": asks(code="code"),
    "access:choices": asks(emergency="yes_no", regulation="yes_no", notify_by="channel"),
    "access:help": reads(),
    "access:help_topic": reads(),
    "access:accessibility": reads(),
    "set_language": takes(next="path", language="language"),
    # A professional's list; the people around a record
    "access:patients": reads(q="search", page="page"),
    "access:next_draft": reads(),
    "access:doctors": reads(q="search"),
    "access:doctor_declare": asks(),
    "access:doctor_authorise": asks(**_LASTING),
    "access:structure_authorise": asks(**_LASTING),
    "access:doctor_block": asks(),
    "access:doctor_unblock": takes(next="path"),
    "access:doctor_end": takes(next="path"),
    "access:doctor_confirm": takes(),
    "access:gp_confirm": takes(),
    "access:doctor_refuse": takes(),
    "access:proposal_dismiss": takes(),
    "access:relatives": reads(),
    "access:delegate_invite": asks(
        name="words", channel="channel", email="email", mobile="mobile", **_SCOPE
    ),
    "access:delegate_change": asks(**_SCOPE),
    "access:delegate_end": takes(),
    "access:invitation_again": takes(),
    "access:invitation_end": takes(),
    "access:coming_of_age": asks(),
    "access:invitation": asks(code="leaflet", born_on="sought_birth"),
    "access:invitation_answer": asks(before="invited", answer="yes_no"),
    # Masks; who sees and who looked
    "access:rule_new": reads(
        what="target", author="professional", whom="audience", profession="profession",
        q="search", next="tick",
    ),
    "access:offers_aside": takes(subject="subject"),
    "access:hide": asks(
        query={"e": "element", "from": "audience", "what": "target"}, e="element",
        gesture="gesture", opens_in_emergency="tick", and_what_comes="tick", **_LASTING,
    ),
    "access:hidden": reads(imprimer="tick"),
    "access:shown": reads(imprimer="tick"),
    "access:show": takes(
        query={"gesture": "gesture", "rule": "mask", "e": "element", "from": "audience"},
        next="path",
    ),
    "access:who_can_see": reads(),
    "access:share_new": asks(
        query={"e": "element", "whom": "professional", "q": "search"}, **_LASTING
    ),
    "access:ask": asks(wanted="wanted", since="since", attempt="attempt"),
    "access:question": asks(e="element", close="nothing", **_LASTING),
    "access:see_as": asks(query={"next": "path"}, who="eyes", next="path"),
    "access:see_as_missing": reads(next="path"),
    "access:see_as_leave": takes(next="path"),
    "access:who_looked": reads(page="page"),
    "access:unknown_visitor": asks(pause_gp="tick"),
    "access:case": reads(),
    "access:case_take_back": takes(),
    "access:cases_desk": reads(page="page"),
    "access:case_answer": asks(outcome="outcome", text="words"),
    # Openings without authorisation: refused here, since what one opens is another world to see
    "access:emergency_end": takes(next="path"),
    "access:emergency_seen": takes(),
    "records:emergency": asks(**_SOUGHT, reason="why", text="reason_text"),
    "records:regulation": asks(**_SOUGHT, reference="words"),
    "records:emergency_card": reads(medicaments="tick"),
    # The counter, and opening one's own record
    "records:counter": asks(card="card"),
    "records:counter_manual": asks(
        nir="nir", document="identity", birth_name="family", given_names="given", sex="sex",
        born_on="birth", birthplace="place",
    ),
    "records:counter_person": asks(before="family card", person="number"),
    "records:counter_identity": asks(
        before="card", attempt="attempt", traits="traits", document="identity", born_on="birth",
    ),
    "records:counter_stop": reads(),
    "records:counter_consent": asks(
        before="unknown person", attempt="attempt", refuse="nothing", mobile="mobile",
        by_post="nothing", email="email", language="language", **_CONSENT,
    ),
    "records:counter_existing": asks(
        before="known person", attempt="attempt", own="yes_no", mobile="mobile"
    ),
    "records:counter_done": Declared(before="opened"),
    "records:counter_progress": Declared(before="opened", headers=_LIVE),
    "records:counter_doctor": Declared(query={"q": "search"}, before="known person"),
    "records:counter_doctor_declare": asks(before="known person", attempt="attempt"),
    "records:leaflet": Declared(before="opened"),
    "records:leaflet_pdf": Declared(before="opened"),
    "records:connect": asks(nir="nir", serial="serial"),
    "records:connect_code": asks(before="asked a code", code="code"),
    "records:connect_identity": asks(before="code came back", born_on="birth"),
    "records:connect_consent": asks(before="identity checked", **_CONSENT),
    "records:connect_account": asks(**_ACCOUNT),
    "records:connect_known": reads(),
    "records:presence": asks(card="card"),
    "records:presence_person": asks(
        before="patient's card", attempt="attempt", person="number"
    ),
    "records:presence_manual": asks(
        nir="nir", document="identity", birth_name="family", given_names="given", sex="sex",
        born_on="birth", birthplace="place",
    ),
    "records:presence_access": asks(
        before="patient there", attempt="attempt", ask="presence", lasting="presence_lasting",
        code="code",
    ),
    "records:presence_done": Declared(before="access asked"),
    "records:presence_doctor": asks(before="access opened", attempt="attempt"),
    "records:deposit_by_number": asks(
        nir="nir", birth_name="family", born_on="birth", file="file", title="words",
        type_code="type_code", occurred_on="day", masked="tick", unannounced="nothing",
        secret="nothing", about_another="tick",
    ),
    "records:decision": asks(
        child_nir="nir", born_on="birth", parent_nir="nir", decided="decided", reference="words"
    ),
    "records:renumber": asks(former="nir", born_on="birth", number="nir", given_names="words"),
    # A record
    "records:home": reads(),
    "records:take_away": asks(),
    "records:close": asks(),
    "records:reopen": asks(),
    "records:erase": takes(),
    "records:keep": takes(),
    "records:receipt": reads(),
    "records:care": reads(
        kind="care_kind", year="year", who="party", news="news", page="page"
    ),
    "records:care_months": reads(kind="care_kind", who="party"),
    "records:care_sections": reads(),
    "records:care_arriving": Declared(headers=_LIVE),
    "records:care_event": reads(),
    "records:treatments": reads(),
    "records:treatment_stop": takes(treatment="treatment"),
    "records:travel_sheet": reads(),
    "records:documents": Declared(
        query={"class": "class_code", "q": "search", "page": "page"},
        headers=({"Accept-Language": "en"},),
    ),
    "records:deposit": asks(
        file="file", title="words", type_code="type_code", occurred_on="day", masked="tick",
        unannounced="nothing", secret="nothing", about_another="tick",
    ),
    "records:document": reads(),
    "records:deposit_version": asks(file="file"),
    "records:withdraw": takes(reason="reason"),
    "records:release": takes(),
    "records:document_file": Declared(headers=_FILES),
    "records:document_preview": Declared(headers=_FILES),
    "records:entries": reads(),
    "records:entry_new": asks(**_ENTRY),
    "records:entry": reads(),
    "records:entry_edit": asks(**_ENTRY),
    "records:entry_withdraw": takes(seen="entries", shown="nothing"),
    "records:synthesis": reads(),
    "records:synthesis_draft": asks(
        shown="proposed", keep="proposed", again="question", allergies="allergy",
        allergy_text="words", attention="words", added="words", despite="tick",
        **{"answer:": "yes_no"},
    ),
    "records:synthesis_changes": Declared(headers=_LIVE),
    "records:synthesis_review": asks(seen="words"),
    "records:synthesis_consent": takes(word="words"),
    "records:synthesis_undo": takes(),
    "records:synthesis_ask": takes(),
    "records:consent_take_back": takes(),
    "records:synthesis_version": reads(),
    "records:synthesis_line": reads(),
    # The fund's desk
    "imports:loads": asks(
        query={"page": "page"}, file="claims", **{"file-clear": "tick"}
    ),
    "imports:load": reads(),
    "imports:load_progress": Declared(headers=_LIVE),
    "imports:load_proceed": takes(reason="words"),
    "imports:load_pause": takes(),
    "imports:load_resume": takes(),
    "imports:load_undo": asks(),
    "imports:load_correct": takes(file="claims", **{"file-clear": "tick"}),
    "imports:load_refusals": Declared(headers=_FILES),
    # Machines
    "fhir:metadata": Declared(query={"_format": "format"}, headers=_FHIR),
    "fhir:openapi": reads(lang="language", version="words", format="format"),
    "fhir:patient_search": Declared(query=_PATIENT, headers=_FHIR),
    "fhir:patient_search_post": Declared(form=_PATIENT, posts=True, twin=True),
    "fhir:patient": Declared(query={"_format": "format"}, headers=_FHIR),
    "fhir:document_search": Declared(query=_DOCUMENTS, headers=_FHIR),
    "fhir:document_search_post": Declared(form=_DOCUMENTS, posts=True, twin=True),
    "fhir:document": Declared(query={"_format": "format"}, headers=_FHIR),
    "fhir:binary": Declared(headers=(*_FHIR, *_FILES)),
    "fhir:base": Declared(query={"_format": "format"}),
    "fhir:not_here": Declared(query={"_format": "format"}),
    # The account: allauth's own screens, which know no record
    "account_login": asks(
        query={"next": "path"}, login="email", password="password", remember="tick", next="path"
    ),
    "mfa_authenticate": asks(query={"next": "path"}, code="code"),
    "account_logout": asks(query={"next": "path"}, next="path"),
    "account_reauthenticate": asks(query={"next": "path"}, password="password", next="path"),
    "mfa_reauthenticate": asks(query={"next": "path"}, code="code", next="path"),
    "account_change_password": asks(
        query={"next": "path"}, oldpassword="password", password1="password",
        password2="password",
    ),
    "account_reset_password": asks(query={"next": "path"}, email="email"),
    "account_reset_password_done": reads(next="path"),
    "account_reset_password_from_key": asks(
        query={"next": "path"}, password1="password", password2="password"
    ),
    "account_reset_password_from_key_done": reads(next="path"),
    "account_inactive": reads(next="path"),
    "account_signup": asks(query={"next": "path"}, **_ACCOUNT),
    "mfa_index": reads(),
    "mfa_login_webauthn": asks(query={"next": "path"}, credential="credential", next="path"),
    "mfa_reauthenticate_webauthn": asks(
        query={"next": "path"}, credential="credential", next="path"
    ),
    "mfa_add_webauthn": asks(
        query={"next": "path"}, name="words", passwordless="tick", credential="credential"
    ),
    "mfa_edit_webauthn": asks(name="words"),
    "mfa_remove_webauthn": asks(),
    "mfa_activate_totp": asks(code="code"),
    "mfa_deactivate_totp": asks(),
    "mfa_view_recovery_codes": reads(),
    "mfa_generate_recovery_codes": asks(),
    "mfa_download_recovery_codes": reads(),
}  # fmt: skip
