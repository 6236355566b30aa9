"""The words that would give away what a patient hid: names, substances, specialties.

Pure: facts in, words out. The treating GP alone is told of them, before free text is published.

A word is compared under its key: without accents, capitals, plural or the endings that make an
adjective of a specialty, so that « psychiatrique » meets « Psychiatrie ». Facts say more than
their own words: a medicine says its substance, its brands and its class; a specialty its short
forms. In doubt a word is told: the doctor is asked once more, which costs less than a secret.
"""

from __future__ import annotations

import re
import unicodedata
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from records import reference
from records.reference import tables


if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_LETTERS: Final = re.compile(r"[^\W\d_]+")
# What may stand between the two halves of one word: a hyphen, spaces, the end of a line.
_BETWEEN: Final = re.compile(r"[\s\-\u2010\u2011\u2013]+")
_LIGATURES: Final = str.maketrans({"œ": "oe", "Œ": "OE", "æ": "ae", "Æ": "AE"})
_LONG: Final = 4  # letters of a word that tells something by itself
_SHORT: Final = 2  # letters of the shortest family names
_BEFORE_E: Final = 6  # letters of a word whose last « e » says only a gender
_SUBSTANCE: Final = 7  # characters of an ATC code, level 5
_CLASSES: Final = (3, 4, 5)  # characters: « N06A » antidepressants, « N06AB » of one sort

# Words of every record: alone they name nothing. Under their keys.
_COMMON_WORDS: Final = """
    consultation visite medecin medecine medical docteur general generaliste specialiste reconnu
    hopital clinique cabinet pharmacie laboratoire centre maison sante officine hospitalier
    hospitalisation etablissement professionnel professionnelle liberal equipe soignant infirmier
    sage femme enfant adolescent adulte homme urgence nucleaire physique publique social legal
    expertise clinicien communique ordre diplome
    compte rendu lettre document resultat ordonnance traitement courrier bilan rapport certificat
    comprime gelule boite solution injectable sachet flacon sirop buvable pommade creme gouttes
    teva arrow biogaran mylan viatris sandoz zentiva cristers zydus
    seance acte soin suivi controle examen pour avec sans dans chez depuis entre apres avant
    sous cette leur plus tres bien deux trois quatre cinq dont comme aussi mais puis vers tout tous
    toute toutes autre autres certain
    sang dosage analyse transport ambulance taxi patient date jour mois annee matin soir
    inhibiteur antagoniste agoniste analogue derive association associe preparation substance
    medicament systeme systemique agent produit groupe action usage utilise local prolonge
    exclu exclue inclu incluse voie orale oral trouble maladie affection selectif topique contre
    acide alpha contenant modifiant sequence classe direct obstructif syndrome agissant generation
    dispersible orodispersible gastroresistant effervescent pellicule secable enrobe liberation
    suspension poudre tube almus krka ranbaxy stylo seringue capsule patch suppositoire
    sucre dose unidose nasal ophtalmique collyre inhaler flexpen vitamine nourrisson quotidien
"""
# Short words that begin a sentence or stand in a name without being one.
_PARTICLE_WORDS: Final = """
    a ai an as au aux bel ben ce ces ci de del des di dr du elle el en est et eu eux il ils j je l
    la las le les leur lui ma me mes mm mme mr mlle m n na ne nee ni non nos nous ok on ont or ou
    par pas pr pro puis qu que qui rdv sa se ses si son st ste sur ta te tes ton tu un une va van
    vit von vos vu y the of and mai mg ml kg cm fin bon mal ras
"""
_PARTICLES: Final = frozenset(_PARTICLE_WORDS.split())
_TITLES: Final = frozenset({"dr", "docteur", "pr", "professeur", "m", "mme", "mr", "mlle", "me"})


def _fold(text: str) -> str:
    """Return a text without accents, ligatures or invisible signs; its capitals stay."""
    plain = unicodedata.normalize("NFKD", text.translate(_LIGATURES))
    return "".join(
        sign
        for sign in plain
        if not unicodedata.combining(sign) and unicodedata.category(sign) != "Cf"
    )


_ENDINGS: Final = (
    (re.compile(r"olog(?:ie|ue|iste|ique)$"), "olog"),
    (re.compile(r"iatr(?:ie|e|ique)$"), "iatr"),
    (re.compile(r"chirurg(?:ie|ien|ienne|ical|icale|icau)$"), "chirurg"),
    (re.compile(r"orthoped(?:ie|ique|iste)$"), "orthoped"),
    (re.compile(r"icien(?:ne)?$"), "iqu"),
    (re.compile(r"ique$"), "iqu"),
    (re.compile(r"euse$"), "eu"),
    (re.compile(r"(?:au|ale|al)$"), "al"),
    (re.compile(r"(?:ive|if)$"), "iv"),
)


def _ending(word: str) -> str:
    """Return a folded word in small letters under its key: one for all its forms."""
    if len(word) > _LONG and word[-1] in "sx":
        word = word[:-1]
    if len(word) < _BEFORE_E:
        return word
    for found, kept in _ENDINGS:
        short, many = found.subn(kept, word)
        if many:
            return short
    return word.rstrip("e")


_COMMON: Final = frozenset(_ending(word) for word in _COMMON_WORDS.split())


def _tells(key: str) -> bool:
    return len(key) >= _LONG and key not in _COMMON


def _short_of(word: str) -> Iterable[str]:
    """The keys of a word of two or three letters: of a name, of letters that stand for words."""
    small = word.lower()
    if not _SHORT <= len(word) < _LONG or small in _PARTICLES:
        return
    if word[0].isupper():
        yield f"^{small}"
    if len(word) > _SHORT:
        yield f"={small}"


# --- What is written ----------------------------------------------------------------------------


def words_written(lines: Sequence[str]) -> list[dict[str, str]]:
    """Return, for each line of a text, what may tell something: its key and how it is written.

    A word cut in two, by a hyphen or by the end of a line, counts on both lines.
    """
    found: list[dict[str, str]] = [{} for _line in lines]
    before: tuple[int, str] | None = None
    for number, line in enumerate(lines):
        folded = _fold(line)
        end = 0
        for met in _LETTERS.finditer(folded):
            word = met.group()
            gap = folded[end : met.start()]
            for key in _keys_written(word):
                found[number].setdefault(key, word.lower())
            if before is not None and (_BETWEEN.fullmatch(gap) or (not gap and not end)):
                _join(found, before, (number, word))
            before, end = (number, word), met.end()
        if folded[end:] and not _BETWEEN.fullmatch(folded[end:]):
            before = None
    return found


def _keys_written(word: str) -> Iterable[str]:
    key = _ending(word.lower())
    if _tells(key):
        yield key
    yield from _short_of(word)


def _join(found: list[dict[str, str]], one: tuple[int, str], other: tuple[int, str]) -> None:
    whole = _ending((one[1] + other[1]).lower())
    if _tells(whole):
        for number in {one[0], other[0]}:
            found[number].setdefault(whole, f"{one[1]}-{other[1]}".lower())


# --- What an element says -----------------------------------------------------------------------


def keys_of_words(text: str) -> frozenset[str]:
    """Return the keys of a title or a label: its telling words, and letters such as « VIH »."""
    keys: set[str] = set()
    for part in re.split(r"[\s'’]+", _fold(text)):  # both apostrophes
        words = _LETTERS.findall(part)
        for word in words:
            key = _ending(word.lower())
            if _tells(key):
                keys.add(key)
            elif word.isupper():
                keys |= {short for short in _short_of(word) if short[0] == "="}
        whole = _ending("".join(words).lower())
        if len(words) > 1 and _tells(whole):
            keys.add(whole)
    return frozenset(keys)


def keys_of_person(name: str) -> frozenset[str]:
    """Return the keys of a person's name: the family's; a given name alone names nobody."""
    words = [word for word in _LETTERS.findall(_fold(name)) if word.lower() not in _TITLES]
    capitals = [word for word in words if word.isupper() and len(word) > 1]
    if capitals and len(capitals) < len(words):
        words = capitals
    elif len(words) > 1 and not capitals:
        words = words[1:]
    keys: set[str] = set()
    for word in words:
        key = _ending(word.lower())
        if len(key) >= _LONG:
            keys.add(key)
        keys |= {short for short in _short_of(word.capitalize()) if short[0] == "^"}
    keys |= {_ending(one + other) for one, other in _pairs(words)}
    return frozenset(keys)


def _pairs(words: Sequence[str]) -> Iterable[tuple[str, str]]:
    small = [word.lower() for word in words]
    return pairwise(small)


@tables.remembered
def keys_of_specialty(value: str) -> frozenset[str]:
    """Return the keys of a specialty, by its code or its name: also « psy » and « cardio »."""
    keys = set(keys_of_words(reference.specialty_label(value, "fr")))
    for key in list(keys):
        if "psych" in key:
            keys.add("=psy")
        if key.endswith("psychiatr"):
            keys.add("psychiatr")
        elif key.endswith("olog"):
            short = key.removesuffix("log")
            keys.add(short if len(short) >= _LONG else f"={short}")
    return frozenset(keys)


@tables.remembered
def keys_of_medicine(code: str, atc: str) -> frozenset[str]:
    """Return the keys of a medicine by its box or its ATC code: substance, brands, class."""
    box = reference.medicine(code) if code else None
    atc = atc or (box.atc if box else "")
    keys: set[str] = set()
    if box is not None:
        keys |= keys_of_words(box.name) | keys_of_words(box.substance)
    if len(atc) >= _SUBSTANCE:
        keys |= _keys_of_substance(atc)
    for length in _CLASSES:
        if len(atc) >= length:
            keys |= keys_of_words(reference.atc_label(atc[:length], "fr"))
    return frozenset(keys)


@tables.remembered
def _keys_of_substance(atc: str) -> frozenset[str]:
    keys = set(keys_of_words(reference.atc_label(atc, "fr")))
    for one in reference.medicines():
        if one.atc == atc:
            # The brand is the first word; the rest is a strength and a form.
            brand = one.name.split(" ", 1)[0]
            keys |= (
                keys_of_words(brand) | keys_of_words(one.substance) | {*_short_of(_fold(brand))}
            )
    return frozenset(keys)
