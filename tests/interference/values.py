"""What each kind of parameter is asked with: valid, empty, somebody else's, malformed.

Keys of hidden elements are among the valid ones: in the second world they are nobody's.
"""

from __future__ import annotations

import re
import uuid
from typing import TYPE_CHECKING, Any, Final

from django.core.files.uploadedfile import SimpleUploadedFile

from access.masks.subjects import subject_key
from access.models import (
    Authorisation,
    Case,
    Delegation,
    Invitation,
    JournalEvent,
    Mask,
    Opening,
    Receipt,
    User,
)
from records.entries import digest_of
from records.fhir import asking
from records.identifiers import INS_TEST
from records.models import (
    DoctorProposal,
    Document,
    DocumentFile,
    Entry,
    ReimbursementLine,
    Synthesis,
    SynthesisConsent,
    SynthesisLine,
)
from tests.interference.facts import seen_by
from tests.interference.scene import FOREIGN_NIR, ONLY_HIDDEN
from tests.interference.traces import INVITATION
from tests.jeanne import NIR
from tests.records.opening.conftest import ELODIE_NIR, FAMILY_CARD


if TYPE_CHECKING:
    from collections.abc import Callable

    from records.models import Record
    from tests.interference.scene import Scene


Value = Any
BAD: Final = "\u00e9%_'\"<z>"
MISSING: Final = uuid.UUID("01900000-0000-7000-8000-00000000dead")
CODE: Final = re.compile(r"(?<!\d)(\d{3}) ?(\d{3})(?!\d)")


class Keys:
    """The keys of one viewer's record and of somebody else's, hidden or not, before any goes."""

    def __init__(self, scene: Scene, who: str) -> None:
        self.scene, self.who = scene, who
        self.own, self.foreign = scene.record_of(who), scene.records["foreign"]
        world = scene.world
        self.pros = world.professionals
        self.pharmacy = world.pharmacy
        viewer = scene.viewers.get(who)
        self.seen = {str(key) for key in seen_by(viewer, self.own)} if viewer else set()
        self.of = {
            name: (self._few(self._ids(model, self.own)), self._ids(model, self.foreign))
            for name, model in (
                ("document_id", Document), ("line_id", ReimbursementLine), ("entry_id", Entry),
                ("version_id", Synthesis), ("synthesis_line_id", SynthesisLine),
                ("authorisation_id", Authorisation), ("proposal_id", DoctorProposal),
                ("receipt_id", Receipt), ("mask_id", Mask), ("case_id", Case),
                ("event_id", JournalEvent), ("opening_id", Opening),
                ("delegation_id", Delegation), ("invitation_id", Invitation),
                ("consent_id", SynthesisConsent),
            )
        }  # fmt: skip
        some = {key for mine, others in (self.of["document_id"],) for key in (*mine, *others)}
        self.files = [
            (str(document), str(file))
            for record in (self.own, self.foreign)
            for document, file, preview in DocumentFile.objects.filter(record_id=record.id)
            .order_by("id").values_list("version__document_id", "id", "preview_stored_as")
            if str(document) in some or (preview and str(document) in self.seen)
        ]  # fmt: skip
        self.receipts = [
            number
            for record in (self.own, self.foreign)
            for number in Receipt.objects.filter(record=record)
            .order_by("id").values_list("number", flat=True)
        ]  # fmt: skip
        self.questions = [
            str(key)
            for record in (self.own, self.foreign)
            for key in JournalEvent.objects.filter(record_id=record.id, act="asked_to_see")
            .order_by("seq").values_list("id", flat=True)
        ]  # fmt: skip
        self.gestures = [
            str(key)
            for record in (self.own, self.foreign)
            for key in Mask.objects.filter(record=record, gesture__isnull=False)
            .order_by("id").values_list("gesture", flat=True)
        ]  # fmt: skip

    def _few(self, keys: list[str]) -> list[str]:
        """One that this viewer sees, and three that they don't, the last among them."""
        shown = [key for key in keys if key in self.seen]
        hidden = [key for key in keys if key not in self.seen]
        return [*shown[:1], *hidden[:2], *hidden[2:][-1:]]

    @staticmethod
    def _ids(model: Any, record: Record) -> list[str]:
        # Of versions that are equal for a viewer the older one is read: its lines come first.
        order = ("synthesis__number", "position") if model is SynthesisLine else ("id",)
        rows = model.objects.filter(record_id=record.id).order_by(*order)
        return [str(key) for key in rows.values_list("id", flat=True)]

    def path(self, word: str, door: str) -> list[Value]:
        """The values of a word of a path: all of one's own, one of somebody else's, nobody's."""
        if word == "line_id" and door == "records:synthesis_line":
            word = "synthesis_line_id"
        if word in self.of:
            own, foreign = self.of[word]
            return [*own, *foreign[:1], str(MISSING)]
        pros = [str(self.pros[name].id) for name in ("martin", "stranger", "midwife")]
        return {
            "professional_id": [*pros, str(MISSING)],
            "structure_id": [str(self.pharmacy.id), str(MISSING)],
            "load_id": [str(self.scene.keys["load"]), str(self.scene.keys["checked"]),
                        str(MISSING)],
            "number": [*self.receipts, "K7M4-PQ9X-R3TA"],
            "kind": ["allergy", "blood_group", "contact", "history", "nothing"],
            "passkey_id": [str(MISSING)],
            "question_id": [*self.questions, str(MISSING)],
            "topic": ["masquer", "rien"],
            "uidb36": ["1"],
            "key": ["zzz"],
            "rest": ["Observation"],
        }[word]  # fmt: skip

    def elements(self) -> list[str]:
        """One key of each kind and of each state, a foreign one, and a bad one."""
        names = ("document_id", "line_id", "entry_id", "synthesis_line_id")
        own = [self.of["document_id"][0][0]]
        own += [key for name in names for key in self.of[name][0][1:3]]
        return [*own, "", self.of["document_id"][1][0], "zzz"]

    def values(self, kind: str) -> list[Value]:
        """The values a parameter of this kind is asked with."""
        made = _VALUES[kind]
        return made(self) if callable(made) else list(made)


def _party(keys: Keys) -> list[str]:
    names = ("Alix Garnier", "Dr Alix Garnier", "Pharmacie du Port", "Laboratoire du Port")
    return [*(uuid.uuid5(keys.own.id, name).hex[:12] for name in names), "", "zzz"]


def _cursor(keys: Keys) -> list[str]:
    rows = Document.objects.filter(record_id=keys.own.id).order_by("-created_at", "-id")
    made = [asking.cursor(row.created_at, row.id) for row in rows]
    foreign = uuid.UUID(keys.of["document_id"][1][0])
    others = [asking.cursor(rows[0].created_at, key) for key in (MISSING, foreign)]
    return [*made, "", *others, BAD]


def _audience(keys: Keys) -> list[str]:
    martin, petit = keys.pros["martin"].id, keys.pros["petit"].id
    delegate = keys.scene.viewers["delegate"].person_id
    return [
        f"professional:{martin}", "everyone", "profession:10", f"structure:{keys.pharmacy.id}",
        f"delegate:{delegate}", f"professional:{petit}", "", f"delegate:{MISSING}", "zzz",
    ]  # fmt: skip


def _target(keys: Keys) -> list[str]:
    record, garnier = keys.own.id, keys.pros["garnier"].id
    episodes = ReimbursementLine.objects.filter(record_id=record).order_by("id")
    cares = [row.episodes[0] for row in episodes if row.episodes]
    subjects = [f"subject:{subject_key(record, bit)}" for bit in (1, 4)]
    return [
        "everything", *subjects, f"professional:{garnier}", f"professional:{MISSING}",
        *(f"episode:{key}" for key in (*cares[:1], *cares[-1:])), "", f"episode:{MISSING}",
        "zzz",
    ]  # fmt: skip


def _eyes(keys: Keys) -> list[str]:
    names = ("garnier", "petit", "martin", "midwife")
    pros = [f"professional:{keys.pros[name].id}" for name in names]
    return [*pros, "emergency", "", f"professional:{MISSING}", "zzz"]


def _capacity(keys: Keys) -> list[str]:
    viewer = keys.scene.viewers.get(keys.who)
    place = viewer.practice.id if viewer and viewer.practice else ""
    return [f"professional:{place}", "", f"patient:{keys.foreign.id}", "zzz"]


def _addresses(keys: Keys) -> list[str]:
    """Where somebody has an account: the holder of the record that is walked in."""
    held = User.objects.filter(person_id=keys.own.holder_id).order_by("id")
    return list(held.values_list("email", flat=True)[:1])


def _entries(keys: Keys) -> list[str]:
    """What a form of the profile was made from."""
    held = Entry.objects.filter(record_id=keys.own.id).order_by("id")
    return [" ".join(map(digest_of, held)), "", "zzz"]


def _file(_keys: Keys) -> list[Value]:
    return [
        SimpleUploadedFile("a.txt", ONLY_HIDDEN.encode(), "text/plain"),
        "",
        SimpleUploadedFile("d.txt", "Cher confrère".encode(), "text/plain"),
        SimpleUploadedFile("b.txt", b"", "text/plain"),
        SimpleUploadedFile("c.pdf", b"%PDF-1.4 zzz", "application/pdf"),
    ]


def _claims(_keys: Keys) -> list[Value]:
    return [
        SimpleUploadedFile("lignes.csv", b"a;b\n1;2\n", "text/csv"),
        "",
        SimpleUploadedFile("vide.csv", b"", "text/csv"),
    ]


def attempt_of(page: str) -> str:
    """The attempt that a screen of the counter carries."""
    found = re.search(r'name="attempt" value="(\w+)"', page)
    return found.group(1) if found else ""


def code_on(page: str) -> str:
    """The code that the demonstration shows on its page."""
    found = CODE.search(re.sub(r"<[^>]+>", " ", page))
    return "".join(found.groups()) if found else ""


_SYSTEM: Final = f"urn:oid:{INS_TEST}"
_VALUES: Final[dict[str, list[Value] | Callable[[Keys], list[Value]]]] = {
    "account": lambda keys: [str(MISSING), "", str(keys.own.holder_id), "zzz"],
    "allergy": ["none", "", "known", "not_asked", "zzz"],
    "attempt": [attempt_of, "", uuid.UUID(int=7).hex, "zzz"],
    "audience": _audience,
    "birth": ["04/03/1958", "", "03/04/1988", "31/02/2026"],
    "birthdate": ["1958-03-04", "", "1990-01-02", "zzz"],
    "blood_group": ["A+", "", "zzz"],
    "capacity": _capacity,
    "care": ["medicines", "", "letters", "zzz"],
    "card": [FAMILY_CARD, "", "8025000000000000009", "zzz"],
    "care_kind": ["pharmacy", "visit", "laboratory", "", "zzz"],
    "channel": ["email", "mobile", "", "zzz"],
    "claims": _claims,
    "class_code": ["10", "11", "31", "42", "", "99", BAD],
    "class_token": ["10", "31", "", "99", "http://loinc.org|10", "|"],
    "code": ["000000", "", "12", "zzz"],
    "count": ["0", "1", "2", "", "500", "zzz"],
    "cursor": _cursor,
    "credential": ["{}", "", '{"id": "AAAA", "type": "public-key"}', "zzz"],
    "day": ["15/06/2026", "", "14/06/2026", "31/02/2026", "zzz"],
    "element": lambda keys: keys.elements(),
    "entries": _entries,
    "decided": ["suspend", "", "restore", "zzz"],
    "email": lambda keys: ["quelquun@exemple.test", "", *_addresses(keys), "zzz"],
    "eyes": _eyes,
    "family": ["MOREL", "", "LAMBERT", BAD],
    "file": _file,
    "format": ["json", "", "xml", "zzz"],
    "gesture": lambda keys: [*keys.gestures, "", str(MISSING), "zzz"],
    "given": ["Jeanne", "", "Zoé", BAD],
    "identity": ["cni", "", "none", "zzz"],
    "ins": [*(f"{_SYSTEM}|{each}" for each in (NIR, ELODIE_NIR, FOREIGN_NIR)), "", "zzz"],
    "instant": ["ge2026-05-01", "lt2026-06-01", "2026-06", "", "zz2026"],
    "language": ["en", "", "fr", "zzz"],
    "lasting": ["always", "year", "day", "", "zzz"],
    "leaflet": [INVITATION, "", "zzz"],
    "mask": lambda keys: [*keys.of["mask_id"][0], *keys.of["mask_id"][1][:1], "", "zzz"],
    "mobile": ["06 12 34 56 78", "", "12", BAD],
    "nir": [NIR, "", ELODIE_NIR, FOREIGN_NIR, "zzz"],
    "no_card": ["", "0", "zzz"],
    "nothing": ["", "on"],
    "outcome": ["explained", "", "not_explained", "zzz"],
    "number": ["0", "", "9", "zzz"],
    "page": ["1", "2", "99999", "", "zzz"],
    "party": _party,
    "password": ["une phrase assez longue", "", "court"],
    "path": lambda keys: [f"/dossiers/{keys.own.id}/", "", "//ailleurs.test/", "zzz"],
    "patient": lambda keys: [f"Patient/{keys.own.id}", "", f"Patient/{keys.foreign.id}", BAD],
    "place": ["75115", "", "99999", "zzz"],
    "presence": ["wait", "", "send", "zzz"],
    "presence_lasting": ["day", "", "year", "zzz"],
    "profession": ["10", "", "21", "zzz"],
    "professional": lambda keys: [str(keys.pros["garnier"].id), "", str(MISSING), "zzz"],
    "proposed": lambda keys: [keys.of["line_id"][0][0], "", keys.of["line_id"][1][0], "zzz"],
    "question": ["question:E11", "", "zzz"],
    "reason_text": ["Trouvée inconsciente, seule.", "", "Vite.", "x" * 5000, BAD],
    "reason": ["mistake", "", "wrong person", "zzz"],
    "scope": ["everything", "", "some", "zzz"],
    "search": ["psychiatre", "garnier", "lettre", "biopsie", "jeanne", "leo", "", "ab", BAD],
    "serial": [FAMILY_CARD, "", "8025000000000000001", "zzz"],
    "sex": ["F", "", "M", "zzz"],
    # Of somebody who refuses, then of Jeanne under another's name: both are nobody's.
    "sought_birth": ["02/01/1990", "", "04/03/1958", "31/02/2026"],
    "sought_name": ["LAMBERT", "", "ROUX", BAD],
    "sought_nir": [FOREIGN_NIR, "", NIR, ELODIE_NIR, "zzz"],
    "status": ["current", "", "superseded", "|"],
    "since": ["year", "", "always", "zzz"],
    "subject": lambda keys: [
        *(subject_key(keys.own.id, bit) for bit in (1, 2)), "", subject_key(keys.foreign.id, 1),
        "zzz",
    ],
    "target": _target,
    "tick": ["on", ""],
    "news": ["1", "", "zzz"],
    "traits": ["same", "", "differ", "zzz"],
    "treatment": ["A10BA02", "N06AB06", "", "zzz"],
    "type_code": ["11488-4", "DOCPAT03", "", "60591-5", "zzz"],
    "type_token": ["11488-4", "60568-3", "http://loinc.org|18748-4", "", "zzz|", "zzz"],
    "wanted": ["results", "", "other", "zzz"],
    "why": ["life", "", "silent", "zzz"],
    "words": ["Pénicilline psychiatre", "", "x" * 5000, BAD],
    "writing": ["read", "", "write", "zzz"],
    "year": ["2026", "2025", "2024", "", "zzz"],
    "yes_no": ["yes", "", "no", "zzz"],
}  # fmt: skip
