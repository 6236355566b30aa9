"""The words of the fund's desk: states, kinds, numbers, and the sentence of every problem."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from django.utils.formats import number_format
from django.utils.translation import gettext as _, ngettext

from dmp.templatetags.wording import figure, month
from imports.models import LoadState
from imports.parsing import COLUMNS, MESSAGES, SHOWN, Notice, Refusal, column_name, sentence
from imports.parsing.rows import Kind
from records.dossier.late import scheme_name


if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from imports.models import Load

_KIB = 1024
_SHOWN_DIGEST = 10
_NBSP = "\N{NO-BREAK SPACE}"
number = figure  # whole numbers, as every page says them


def period(totals: Iterable[Mapping[str, Any]]) -> str:
    """Return the months a file is about: one, or the first and the last of several."""
    months = sorted({dt.date.fromisoformat(f"{total['period']}-01") for total in totals})
    if not months:
        return ""
    if len(months) == 1:
        return month(months[0])
    return _("%(first)s à %(last)s") % {"first": month(months[0]), "last": month(months[-1])}


def size(value: int) -> str:
    """Return a number of bytes in the unit that suits it."""
    amount = float(value)
    for unit in (_("octets"), _("Kio"), _("Mio")):
        if amount < _KIB:
            digits = 0 if amount == value else 1
            return f"{number_format(amount, decimal_pos=digits)}{_NBSP}{unit}"
        amount /= _KIB
    return _NBSP.join((number_format(amount, decimal_pos=1), _("Gio")))


def duration(seconds: float) -> str:
    """Return how long, to the nearest thing worth saying."""
    minute = 60
    if seconds < minute:
        return _("moins d'une minute")
    minutes = round(seconds / minute)
    if minutes < minute:
        return ngettext("%(count)s minute", "%(count)s minutes", minutes) % {"count": minutes}
    hours = round(minutes / minute)
    return ngettext("%(count)s heure", "%(count)s heures", hours) % {"count": hours}


def kind(value: str) -> str:
    """Return what a file holds."""
    words = {
        Kind.LINES: _("Remboursements"),
        Kind.ILLNESSES: _("Maladies prises en charge à 100 % (ALD)"),
        Kind.DECLARED_DOCTORS: _("Médecins traitants déclarés"),
        Kind.SLIP: _("Bordereau de contrôle"),
        Kind.ALIASES: _("Correspondance des pseudonymes"),
    }
    return words[Kind(value)] if value else ""


def state(load: Load) -> tuple[str, str, str]:
    """Return the state of a load in words, with the colour and the icon of its chip."""
    if all_refused(load):
        return _("Rien n'est chargé"), "danger", "circle-x"
    return {
        LoadState.WAITING: (_("En attente"), "waiting", "hourglass"),
        LoadState.CHECKING: (_("Vérification en cours"), "brand", "refresh-cw"),
        LoadState.CHECKED: (_("Vérifié, rien n'est écrit"), "waiting", "clipboard-check"),
        LoadState.LOADING: (_("Chargement en cours"), "brand", "refresh-cw"),
        LoadState.DONE: (_("Chargé"), "sees", "circle-check"),
        LoadState.REFUSED: (_("Fichier refusé"), "danger", "circle-x"),
        LoadState.FAILED: (_("Interrompu"), "danger", "circle-alert"),
        LoadState.PAUSED: (_("En pause"), "waiting", "hourglass"),
        LoadState.UNDOING: (_("Retrait en cours"), "brand", "refresh-cw"),
        LoadState.UNDONE: (_("Retiré"), "waiting", "circle-x"),
    }[LoadState(load.state)]


def all_refused(load: Load) -> bool:
    """Tell whether a load has ended without a row of its file being loaded: all are refused."""
    return load.state == LoadState.DONE and 0 < load.rows_refused == load.rows_read


def recognised(load: Load) -> list[tuple[str, str]]:
    """Return what was recognised of a file, as questions and answers."""
    facts: Mapping[str, Any] = load.recognised
    rows = [
        (_("Taille"), size(load.file_size)),
        (_("Empreinte (SHA-256)"), f"{load.file_sha256[:_SHOWN_DIGEST]}…"),
    ]
    if not facts:
        return rows
    # A load of before there were several formats says none.
    if said := _of_other_formats(load).get(facts.get("format", "")):
        rows.insert(0, (_("Format"), said))
        return rows + ([(_("Régime"), schemes(load.scheme))] if load.scheme else [])
    encodings = {"ascii": "ASCII", "utf-8": "UTF-8", "windows-1252": _("Latin-1 (Windows-1252)")}
    encoding = encodings.get(facts["encoding"], facts["encoding"])
    if facts["byte_order_mark"]:
        encoding = _("%(encoding)s, avec marque d'ordre des octets (BOM)") % {"encoding": encoding}
    ends = {"unix": "Unix (LF)", "windows": "Windows (CR LF)", "mac": "Mac (CR)"}
    delimiters = {";": _("point-virgule"), ",": _("virgule"), "\t": _("tabulation")}
    rows.insert(0, (_("Contenu"), kind(load.file_kind)))
    names = {column_name(name) for name in facts["columns"]}
    absent = [name for name in COLUMNS[Kind(load.file_kind)] if name not in names]
    rows += [
        (_("Codage"), encoding),
        (_("Fins de ligne"), ends.get(facts["line_end"], facts["line_end"])),
        (_("Séparateur"), delimiters.get(facts["delimiter"], facts["delimiter"])),
    ]
    if absent:
        rows.append((_("Colonnes absentes, laissées vides"), ", ".join(absent)))
    if facts["compression"]:
        rows.append((_("Compression"), facts["compression"]))
    if load.scheme:
        rows.append((_("Régime"), schemes(load.scheme)))
    return rows


def sample_heads(load: Load) -> list[str]:
    """Return the heads of the first rows of a file, in its own words: they are its columns."""
    return [_("Ligne"), *SHOWN[Kind(load.file_kind)]] if load.file_kind else []


def _of_other_formats(load: Load) -> dict[str, str]:
    """Return the formats that are not the fund's own, whose files need no more words."""
    return {
        "dcir": _("tables du DCIR, jointes sur leurs neuf clés")
        if load.file_kind == Kind.LINES
        else _("table IR_IMB_R du DCIR (ALD)"),
        "fhir": _("FHIR R4, un ExplanationOfBenefit par ligne"),
    }


def schemes(names: str) -> str:
    """Return the schemes of a load as the screen says them."""
    return ", ".join(scheme_name(name) for name in names.split(", "))


def notices(load: Load) -> list[str]:
    """Return what was recognised that the administrator should be told."""
    return [sentence(Notice(each["code"], each["params"]), _) for each in load.warnings]


def paused(load: Load) -> str:
    """Return what of a paused load is there already; nothing of one that isn't paused."""
    if load.state != LoadState.PAUSED:
        return ""
    if not load.is_writing:
        return _("Rien n'est chargé : le travail attend que vous le repreniez.")
    if load.staged_rows is None:  # its file was being read once more
        return _("Ce qui est chargé le reste. Rien n'est compté deux fois.")
    done = load.staged_rows * load.chunk // (load.chunks or 1)
    return ngettext(
        "Ce qui est chargé le reste : %(done)s ligne sur %(rows)s. Rien n'est compté deux fois.",
        "Ce qui est chargé le reste : %(done)s lignes sur %(rows)s. Rien n'est compté deux fois.",
        done,
    ) % {"done": number(done), "rows": number(load.staged_rows)}


def problem_title(load: Load) -> str:
    """Return whether anything of a file that went wrong was loaded."""
    if load.state == LoadState.FAILED and load.chunk and not load.only_check:
        return _("Le chargement s'est arrêté en route.")
    return _("Rien n'a été chargé.")


def problems(load: Load) -> list[str]:
    """Return why a file was not loaded at all, and what to do."""
    ours = {
        "file_lost": _(
            "Le fichier gardé a été abîmé ou retiré. Déposez-le de nouveau : rien ne sera compté "
            "deux fois."
        ),
        "too_many_attempts": _(
            "Le chargement s'est interrompu trop de fois. Ce qui était chargé le reste ; "
            "déposez le fichier de nouveau, rien ne sera compté deux fois."
        ),
    }
    if not load.problem_code:
        return []
    if load.problem_code in ours:
        return [ours[load.problem_code]]
    return [sentence(Refusal(**each), _) for each in load.problem_params["refusals"]]


def title(code: str) -> str:
    """Return the title of a group of refused rows."""
    return _(MESSAGES[code].title)


def reason(code: str, values: Mapping[str, Any]) -> tuple[str, str, str]:
    """Return the title of a group of refused rows, what was expected and what to do."""
    message = MESSAGES[code]
    return tuple(  # type: ignore[return-value]  # three texts in, three out
        _(text) % values if text else ""
        for text in (message.title, message.expected, message.advice)
    )


def set_aside(load: Load) -> str:
    """Say why rows are kept that reach no record, where a file of this kind may have some."""
    if load.file_kind == Kind.LINES:
        return _(
            "gardées sans arriver dans un dossier : soins de plus de 24 mois, ou pseudonyme "
            "qui attend le fichier de correspondance"
        )
    if load.file_kind in {Kind.ILLNESSES, Kind.DECLARED_DOCTORS}:
        return _(
            "gardées sans arriver dans un dossier : pseudonyme qui attend le fichier de "
            "correspondance"
        )
    return ""


def for_good(load: Load, *, overtaken: bool) -> str:
    """Say why a load can't be taken back, and how a wrong line of it is put right instead."""
    if (
        load.state not in {LoadState.CHECKED, LoadState.DONE}
        or load.rows_refused == load.rows_read
    ):
        return ""
    if load.file_kind == Kind.LINES:
        wrote = load.rows_created or load.rows_changed or load.rows_set_aside
        if not overtaken or load.state == LoadState.CHECKED or not wrote:
            return ""
        return _("Un autre fichier du même régime est arrivé depuis.")
    return {
        Kind.ILLNESSES: _(
            "Une ligne fausse se corrige par une autre du même code et du même début, de la même "
            "date de flux ou d'une plus récente. Pour arrêter une ligne, donnez-lui une date de "
            "fin. Aucune ligne ne s'efface."
        ),
        Kind.DECLARED_DOCTORS: _(
            "Une ligne fausse se corrige par une autre du même médecin et du même début, de la "
            "même date de flux ou d'une plus récente. Pour arrêter une ligne, donnez-lui une date "
            "de fin. Aucune ligne ne s'efface."
        ),
        Kind.ALIASES: _(
            "Une correspondance fausse se corrige en déposant le pseudonyme avec la bonne "
            "personne."
        ),
        Kind.SLIP: _("Un bordereau faux se corrige en déposant le bon, du même régime et mois."),
    }.get(Kind(load.file_kind), "")
