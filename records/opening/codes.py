"""The leaflet's code: nine characters, fourteen days, three tries; kept as a keyed hash only.

Whoever has no mobile that can be reached is posted a second code with it.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from access import activation, channels, letters
from access.accounts import has_account
from access.binding import note, now, today, use_case
from access.journal import Action
from access.models import ActivationCode
from access.policy import Refused
from records.leaflet_codes import code_digest, code_of
from records.models import Person, Record, RecordStatus
from records.opening.checking import may_open, record_of
from records.opening.contacts import keep_contact
from records.opening.facts import Contact, Document, Opened, Outcome
from records.traits import MAJORITY


if TYPE_CHECKING:
    import uuid

    from access.viewer import Viewer
    from records.opening.facts import Identity


LIFE = dt.timedelta(days=14)
TRIES = 3
OWN_SIGN_IN_FROM = 15  # years: policy section 4


def has_own_sign_in(age: int) -> bool:
    """Tell whether somebody of this age, a minor, may have a sign-in of their own."""
    return OWN_SIGN_IN_FROM <= age < MAJORITY


def is_of(record: Record, attempt: uuid.UUID) -> bool:
    """Tell whether a record's code is the one this attempt made: the same button, again."""
    return _row_of(record, attempt) is not None


def _row_of(record: Record, attempt: uuid.UUID) -> ActivationCode | None:
    return ActivationCode.objects.filter(
        record=record, digest=code_digest(code_of(attempt)), replaced_at=None, used_at=None
    ).first()


def has_letter(record: Record, attempt: uuid.UUID) -> bool:
    """Tell whether a letter goes with the code of one attempt, as its first press was told.

    Whether it could leave is another question, ``letter_left``: asked for each page.
    """
    row = _row_of(record, attempt)
    return row is not None and letters.was_written(row.id)


def letter_left(record_id: uuid.UUID, attempt: uuid.UUID) -> bool:
    """Tell the counter, once all is kept, whether the letter of what it printed left."""
    rows = ActivationCode.objects.filter(record_id=record_id, digest=code_digest(code_of(attempt)))
    return any(letters.was_posted(row.id) for row in rows.order_by("id"))


def post_letter(record: Record, attempt: uuid.UUID, nir: str) -> bool:
    """Have a second code posted to whoever will activate, if no mobile of theirs is reached.

    Tells whether a letter leaves. None leaves where nobody posts any: the activation says so.
    """
    row, who = _row_of(record, attempt), activation.who_activates(record)
    if (
        row is None
        or who is None
        or not channels.reaches("post")
        or activation.reachable_mobile(who[0])
    ):
        return False
    person = Person.objects.get(id=who[0])
    letters.post_letter(
        leaflet_id=row.id,
        record_id=record.id,
        nir=nir,
        name=person.full_name,
        language=person.language,
    )
    return True


def give_code(record: Record, attempt: uuid.UUID, *, for_holder: bool = False) -> str:
    """Write a new code for a record; those before it stop working. Returns it, to be printed.

    ``for_holder`` is a minor's own: a parent's code that waits goes on working beside it.
    """
    code = code_of(attempt)
    waiting = ActivationCode.objects.filter(
        record=record, used_at=None, replaced_at=None, for_holder=for_holder
    )
    waiting.update(replaced_at=now())
    ActivationCode.objects.create(
        record=record,
        digest=code_digest(code),
        made_at=now(),
        expires_at=now() + LIFE,
        tries_left=TRIES,
        for_holder=for_holder,
    )
    return code


def retire_codes(record: Record) -> None:
    """Stop every code of a record."""
    ActivationCode.objects.filter(record=record, used_at=None, replaced_at=None).update(
        replaced_at=now()
    )


@use_case
def renew_code(*, by: Viewer, identity: Identity, attempt: uuid.UUID) -> Opened:
    """Print another code for a record that was never activated; its letter is posted again.

    Raises ``Refused`` for any other: recovery goes by a channel the holder gave, never by a
    counter.
    """
    may_open(by)
    record = _held(identity)
    if record is None or record.status != RecordStatus.OPEN or record.activated_at is not None:
        raise Refused(_no_code_here())
    if not is_of(record, attempt):
        give_code(record, attempt)
        post_letter(record, attempt, identity.nir)
        note(Action.CODE_RENEWED, record.id, by=by, door="counter")
    letter = has_letter(record, attempt)
    return Opened(record.id, Outcome.ALREADY, code=code_of(attempt), letter=letter)


@use_case
def give_own_code(*, by: Viewer, identity: Identity, attempt: uuid.UUID, mobile: str) -> Opened:
    """Print a code for the sign-in of a minor of fifteen or more, who is there; once a press.

    The second code goes to their own mobile, never by post: a letter is opened at home. No
    representative knows of it. Raises ``Refused`` for anybody else, or without an identity
    document, before anybody is looked at; then in one sentence for no open record and for a
    sign-in there already: who knows that the record is open reads there that they have one.
    """
    may_open(by)
    age = identity.traits.age_on(today())
    if not has_own_sign_in(age) or identity.document == Document.NONE or not mobile:
        raise Refused(_("Il faut avoir 15 ans, une pièce d'identité et son propre portable."))
    record = _held(identity)
    if record is None or record.status != RecordStatus.OPEN or has_account(record.holder_id):
        raise Refused(_no_code_here())
    if not is_of(record, attempt):
        keep_contact(record.holder, Contact(mobile=mobile))
        give_code(record, attempt, for_holder=True)
        note(Action.CODE_RENEWED, record.id, by=by, door="counter", rests_on_secret=True)
    return Opened(record.id, Outcome.ALREADY, code=code_of(attempt))


def _held(identity: Identity) -> Record | None:
    """Return their record, held: two presses at once print once, and no code for an account."""
    record = record_of(identity)
    if record is not None:
        record.refresh_from_db(from_queryset=Record.objects.select_for_update(no_key=True))
    return record


def _no_code_here() -> str:
    return _(
        "Aucun code ne peut être imprimé ici. La personne retrouve son accès depuis la page de"
        " connexion."
    )
