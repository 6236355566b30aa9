"""PDF files: opened by a program apart, and what it found said in a sentence."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Final

from django.utils.translation import gettext as _

from records.contents.content import PDF, Content, WrongContent
from records.contents.pictures import PREVIEW_WIDTH


_PROGRAM: Final = Path(__file__).with_name("pdf_apart.py")
#: What it may take of a processor and of memory; and how long, on a machine that is busy.
SECONDS: Final = 10
MEMORY: Final = 1024**3
_LONGEST: Final = 60


def read_pdf(data: bytes) -> Content:
    """Return a PDF as it will be kept. Raises ``WrongContent``.

    What a file unpacks to, and how long it takes to draw, is known to whoever made it: it is
    opened where it can fill no memory and hold up nobody, and where there is nothing to steal.
    """
    answer, ended_well = _asked(data)
    head, _line, rest = answer.partition(b"\n")
    try:
        told = json.loads(head)
    except ValueError as error:
        raise _refused("heavy", 0) from error
    if told["why"] or len(rest) < told["size"]:
        raise _refused(told["why"] or "heavy", told["pages"])
    drawn = rest[told["size"] :] if ended_well else b""
    return Content(rest[: told["size"]], PDF, told["pages"], drawn)


def _asked(data: bytes) -> tuple[bytes, bool]:
    """Return what the program wrote, however it ended, and whether it ended by itself."""
    program = subprocess.Popen(  # noqa: S603  # ours, and the file is its input
        [sys.executable, "-I", _PROGRAM, *map(str, (SECONDS, MEMORY, PREVIEW_WIDTH))], env={},
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    with program:
        try:
            answer = program.communicate(data, timeout=_LONGEST)[0]
        except subprocess.TimeoutExpired:
            program.kill()
            answer = program.communicate()[0]
    return answer, program.returncode == 0


def _refused(why: str, pages: int) -> WrongContent:
    sentences = {
        "active": _(
            "Ce PDF contient un programme ou une pièce jointe cachée. "
            "Imprimez-le en PDF, puis déposez la copie."
        ),
        "damaged": _("Ce PDF est abîmé : il ne s'ouvre pas. Enregistrez-le de nouveau."),
        "heavy": _(
            "Ce PDF demande trop de mémoire ou de temps pour être ouvert. "
            "Imprimez-le en PDF, puis déposez la copie."
        ),
        "locked": _("Ce PDF est protégé par un mot de passe. Enregistrez-le sans protection."),
        "pages": _("Ce PDF a %(pages)d pages. Limite : 200. Déposez-le en plusieurs."),
    }
    said = sentences[why]
    return WrongContent(said % {"pages": pages} if why == "pages" else said)
