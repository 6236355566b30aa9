"""Opening one's own record from home: number, card, a code sent where the fund knows, an account.

Whoever isn't known gets the same answers, and a code that never comes.
"""

from __future__ import annotations

import hashlib
import hmac
import logging
import secrets
from typing import TYPE_CHECKING

from django.conf import settings
from django.utils.translation import gettext as _

from access import accounts, codes
from access.binding import note, now, use_case
from access.journal import Action
from access.policy import Refused
from access.viewer import Role, Viewer
from records.cards import fund_directory
from records.identifiers import normalise_nir
from records.models import Record, RecordStatus
from records.opening.checking import FUND_CODE, record_of
from records.opening.codes import retire_codes


if TYPE_CHECKING:
    from access.models import User
    from records.cards import Beneficiary
    from records.opening.facts import Identity


log = logging.getLogger(__name__)

PURPOSE = "connect"


def _subject(nir: str, serial: str) -> str:
    """Return what a code is for: this number with this card. A keyed hash, nothing readable."""
    message = f"connect|{normalise_nir(nir)}|{''.join(serial.split())}".encode()
    return hmac.new(settings.DMP_INDEX_KEY, message, hashlib.sha256).hexdigest()


def is_offered() -> bool:
    """Tell whether this installation reaches a fund that sends codes."""
    return fund_directory() is not None


@use_case
def ask_code(*, nir: str, serial: str) -> str:
    """Have the fund send a code to the person of a number and a card, if both are right.

    Returns what the demonstration shows on the page; nothing elsewhere. For a person the fund
    doesn't know, the same is written and shown, and no code is ever right. Raises ``Refused``
    past six codes an hour for one number and card.
    """
    directory = fund_directory()
    if directory is None:
        raise Refused(
            _("Ce service n'est pas ouvert ici. Votre pharmacie peut ouvrir le dossier.")
        )
    code = codes.make_code(purpose=PURPOSE, subject=_subject(nir, serial))
    if directory.find(nir, serial) is not None:
        try:
            directory.send_code(nir, code)
        except Exception as error:  # noqa: BLE001  # whatever the fund's adapter raises
            # A refusal here alone would tell that the fund knows the person: to them as to a
            # stranger, no code comes.
            log.warning("The fund sent no code: %s.", type(error).__name__)
    else:
        code = _another_than(code)
    return code if settings.DMP_DEMO else ""


def _another_than(code: str) -> str:
    """Return a code that looks like one and is not."""
    number = (int(code) + 1 + secrets.randbelow(10**codes.DIGITS - 1)) % 10**codes.DIGITS
    return f"{number:0{codes.DIGITS}d}"


def use_code(*, nir: str, serial: str, code: str) -> tuple[Beneficiary | None, str]:
    """Return the person whose code came back, or the sentence that says what is wrong.

    Not a use case: a wrong try is counted even though nothing else is written.
    """
    directory = fund_directory()
    problem = codes.check_code(purpose=PURPOSE, subject=_subject(nir, serial), code=code)
    if problem or directory is None:
        return None, problem
    return directory.find(nir, serial), ""


def signs_in_already(identity: Identity) -> bool:
    """Tell whether the person has an account: a mother came by her child's leaflet first.

    Asked once their code has come back: it tells them of nobody but themselves.
    """
    record = record_of(identity)
    return record is not None and accounts.has_account(record.holder_id)


@use_case
def make_account(*, identity: Identity, email: str, password: str) -> tuple[User, Record]:
    """Create the account of somebody whose identity the fund's code has proved, once.

    Their record is then activated and the leaflet's code, if one was printed, stops. Raises
    ``Refused`` where there is an account already: one signs in, or recovers one's access.
    """
    record = record_of(identity)
    if record is not None:
        # Two tabs send their last screen together: the second finds the account of the first.
        record = Record.objects.select_for_update(of=("self",), no_key=True).get(id=record.id)
    if record is None or record.status != RecordStatus.OPEN or record.activated_at is not None:
        raise Refused(_("Vous avez déjà un compte : connectez-vous."))
    user = accounts.create_for_person(person_id=record.holder_id, email=email, password=password)
    retire_codes(record)
    Record.objects.filter(id=record.id).update(activated_at=now())
    by = Viewer(
        user_id=user.id,
        person_id=record.holder_id,
        role=Role.PATIENT,
        active=True,
        second_factor=FUND_CODE,
        name=record.holder.full_name,
    )
    note(Action.ACTIVATED, record.id, by=by, door="holder")
    return user, record
