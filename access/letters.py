"""The letter of somebody whose mobile can't be reached: a second code, posted by their fund.

The leaflet and a birth date are in many hands; the letter is in the hands of who lives there.
Its code is made from the leaflet's row, so that nobody keeps it: the database holds its keyed
hash, its day and its tries. Knows no element and no postal address: the fund does.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import logging
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from access import channels, codes
from access.binding import now, use_case
from access.codes import Trial
from access.policy import Refused
from dmp.templatetags.wording import day
from records.leaflets import CODE_LIFE_DAYS


if TYPE_CHECKING:
    import uuid


log = logging.getLogger(__name__)
PURPOSE = "letter"
A_DAY = 24 * 60 * 60
LETTERS_A_DAY = 3


def _code_of(leaflet_id: uuid.UUID) -> str:
    message = f"letter|{leaflet_id.hex}".encode()
    digest = hmac.new(settings.DMP_INDEX_KEY, message, hashlib.sha256).digest()
    return f"{int.from_bytes(digest) % 10**codes.DIGITS:0{codes.DIGITS}d}"


@use_case
def post_letter(
    *, leaflet_id: uuid.UUID, record_id: uuid.UUID, nir: str, name: str, language: str
) -> None:
    """Have the letter of one leaflet posted; the letter of the leaflet before stops with it.

    It leaves once what it goes with is kept; where it couldn't, ``was_posted`` says so. Raises
    ``Refused`` past three letters a day for a record.
    """
    if not codes.count(PURPOSE, str(record_id), limit=LETTERS_A_DAY, seconds=A_DAY):
        raise Refused(
            _("Trois lettres sont déjà parties aujourd'hui pour cette personne. Attendez demain.")
        )
    code = codes.make_code(
        purpose=PURPOSE,
        subject=str(leaflet_id),
        code=_code_of(leaflet_id),
        days=CODE_LIFE_DAYS,
    )
    with translation.override(language):
        text = _wording(code)
    # A function with a name: it is said in the log if it fails.
    transaction.on_commit(lambda: _leave(leaflet_id, nir=nir, name=name, text=text), robust=True)


def _leave(leaflet_id: uuid.UUID, *, nir: str, name: str, text: str) -> None:
    """Hand a letter over, after its transaction: a sender that says no undoes its code alone."""
    try:
        channels.post(nir=nir, name=name, text=text)
    except channels.NoChannel as error:
        # No address and no text in the log: the class says what it was.
        said = type(error.__cause__ or error).__name__
        log.warning("letter of leaflet %s: %s", leaflet_id, said)
        codes.put_aside(purpose=PURPOSE, subject=str(leaflet_id))


def _wording(code: str) -> str:
    until = now() + dt.timedelta(days=CODE_LIFE_DAYS)
    return "\n\n".join(
        [
            _("Bonjour,"),
            _("Au comptoir, vous avez reçu une feuille avec un code. Voici le second : %(code)s.")
            % {"code": f"{code[:3]} {code[3:]}"},
            _("Allez à l'adresse écrite sur la feuille : les deux codes vous seront demandés."),
            _("Ce code est valable jusqu'au %(day)s. Ne le donnez à personne.")
            % {"day": day(until)},
            _("Vous n'avez rien demandé ? Appelez votre caisse d'assurance maladie."),
        ]
    )


def was_posted(leaflet_id: uuid.UUID) -> bool:
    """Tell whether a letter left for a leaflet."""
    return codes.was_made(purpose=PURPOSE, subject=str(leaflet_id))


def was_written(leaflet_id: uuid.UUID) -> bool:
    """Tell whether a letter goes with a leaflet, also one that couldn't leave."""
    return codes.was_made(purpose=PURPOSE, subject=str(leaflet_id), or_put_aside=True)


def shown(leaflet_id: uuid.UUID) -> str:
    """Return what the demonstration shows, where nothing is posted; nothing elsewhere."""
    return _code_of(leaflet_id) if settings.DMP_DEMO and was_posted(leaflet_id) else ""


def check_letter(*, leaflet_id: uuid.UUID, code: str, keeps: bool = False) -> str:
    """Use the letter's code up; return an empty text, or the sentence that says what is wrong.

    ``keeps`` leaves a right one for the activation to use up. Not a use case: a wrong try is
    counted even though nothing else is written.
    """
    sentences = {
        Trial.RIGHT: "",
        Trial.WRONG: _("Ce n'est pas le code de la lettre. Relisez-le."),
        Trial.WRONG_AGAIN: _(
            "Ce n'est pas le code de la lettre, trois fois. Retournez au comptoir avec la feuille"
            " : une autre lettre partira."
        ),
    }
    tried = codes.try_code(purpose=PURPOSE, subject=str(leaflet_id), code=code, keeps=keeps)
    return sentences.get(
        tried,
        _(
            "Cette lettre ne marche plus. Retournez au comptoir avec la feuille : une autre lettre"
            " partira."
        ),
    )
