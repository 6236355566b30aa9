"""The documents of the stories: what they are, who wrote them and when; their text is in letters/.

The command that fills the demonstration deposits them; nothing here knows how.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Final

from imports.generating.stories.cast import person, professional


LETTERS: Final = Path(__file__).parent / "letters"
HOLDER: Final = "holder"


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A document to deposit. ``author`` is a professional's key, or `HOLDER`.

    ``secret`` is invisible to the minor's representatives; ``unannounced`` waits for a doctor to
    explain it.
    """

    key: str
    person: str
    title: str
    type_code: str
    author: str
    days_ago: int
    structure: str = ""
    secret: bool = False
    unannounced: bool = False

    def written_on(self, until: date) -> date:
        """Return its date, for a demonstration that ends on ``until``."""
        return until - timedelta(days=self.days_ago)


DOCUMENTS: Final = (
    Document(
        key="jeanne-cardiology", person="jeanne", title="Consultation de cardiologie",
        type_code="11488-4", author="roux", structure="clinique_lices", days_ago=120,
    ),
    Document(
        key="jeanne-laboratory", person="jeanne", title="Résultat de la prise de sang",
        type_code="11502-2", author="cadiou", structure="laboratoire_port", days_ago=5,
    ),
    Document(
        key="jeanne-knee", person="jeanne", title="Radio du genou droit", type_code="18748-4",
        author="vallon", structure="imagerie_lices", days_ago=21,
    ),
    Document(
        key="jeanne-prescription", person="jeanne", title="Ordonnance du Dr Petit",
        type_code="57833-6", author="petit", structure="msp_port", days_ago=11,
    ),
    Document(
        key="jeanne-discharge", person="jeanne", title="Sortie du Centre hospitalier de la Rance",
        type_code="11490-0", author="benali", structure="hopital", days_ago=514,
    ),
    Document(
        key="jeanne-wishes", person="jeanne", title="Mes directives anticipées",
        type_code="EXPPAT_3", author=HOLDER, days_ago=200,
    ),
    Document(
        key="salome-midwife", person="salome", title="Consultation du sixième mois",
        type_code="11488-4", author="morvan", structure="msp_port", days_ago=30,
    ),
    Document(
        key="salome-ultrasound", person="salome", title="Échographie du deuxième trimestre",
        type_code="18748-4", author="vallon", structure="imagerie_lices", days_ago=48,
    ),
    Document(
        key="thomas-letter", person="thomas", title="Lettre du Dr Garnier, psychiatre",
        type_code="11488-4", author="garnier", structure="cabinet_garnier", days_ago=45,
    ),
    Document(
        key="thomas-prescription", person="thomas", title="Ordonnance du Dr Garnier",
        type_code="57833-6", author="garnier", structure="cabinet_garnier", days_ago=45,
    ),
    Document(
        key="thomas-emergency", person="thomas", title="Passage aux urgences : cheville",
        type_code="15507-7", author="benali", structure="hopital", days_ago=400,
    ),
    Document(
        key="lina-contraception", person="lina", title="Consultation de contraception",
        type_code="11488-4", author="morvan", structure="msp_port", days_ago=60, secret=True,
    ),
    Document(
        key="lina-vaccine", person="lina", title="Vaccination papillomavirus",
        type_code="87273-9", author="petit", structure="msp_port", days_ago=249,
    ),
    Document(
        key="noe-check-up", person="noe", title="Examen de la neuvième année",
        type_code="59283-2", author="petit", structure="msp_port", days_ago=180,
    ),
    Document(
        key="marcel-stay", person="marcel", title="Séjour en néphrologie", type_code="34112-3",
        author="marchand", structure="hopital", days_ago=145,
    ),
    Document(
        key="marcel-scan", person="marcel", title="Scanner abdominal", type_code="18748-4",
        author="vallon", structure="imagerie_lices", days_ago=3, unannounced=True,
    ),
)  # fmt: skip

_MONTHS: Final = (
    "janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre",
    "octobre", "novembre", "décembre",
)  # fmt: skip


def french_date(day: date) -> str:
    """Return a date in words, as a letter bears it."""
    return f"{'1er' if day.day == 1 else day.day} {_MONTHS[day.month - 1]} {day.year}"


def body(document: Document, until: date) -> str:
    """Return the text of a document, in French, one page, with its names and dates."""
    written = document.written_on(until)
    who = person(document.person)
    author = who.name if document.author == HOLDER else professional(document.author).name
    text = (LETTERS / f"{document.key}.txt").read_text(encoding="utf-8")
    return text.format(
        date=french_date(written),
        person=who.name,
        born=french_date(who.born),
        author=author,
        next=french_date(written + timedelta(days=28)),
    )
