"""Who sees one element of a record, and why, for its holder or a representative.

The gate is asked as each person: there is no second body of the rule here. What is told is
computed from what the asker may know (policy section 7).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _

from access import naming
from access.binding import PARIS
from access.circle.periods import last_day_of
from access.elements import key_of
from access.masks.hiding import live_masks_known_to
from access.models import MaskAudience, MaskTarget
from access.seeing.asking import Asked, ask
from access.seeing.candidates import Candidate, candidates_for
from dmp.templatetags.wording import day
from records.dossier.entrance import enter


if TYPE_CHECKING:
    import uuid

    from access.models import Mask
    from access.viewer import Viewer
    from records.dossier.entrance import Dossier
    from records.models import Element


@dataclass(frozen=True, slots=True)
class PersonWhoSees:
    """One person or structure: whether they see the element, why, and what the asker can change.

    ``hide_url`` opens a page; ``show_url`` is pressed and takes effect at once (it posts).
    ``rules_url`` leads to a wider rule, taken back where it is listed; ``share_url`` to showing
    them this one element all the same.
    """

    name: str
    why: str
    sees: bool
    hide_url: str = ""
    hide_label: str = ""
    show_url: str = ""
    show_label: str = ""
    rules_url: str = ""
    share_url: str = ""
    since: str = ""
    everyone: bool = False


def who_sees(*, by: Viewer, record_id: uuid.UUID, element: Element) -> list[PersonWhoSees]:
    """Return everyone who might see an element, each with the gate's answer and its reason.

    Empty for whoever may not decide: professionals and delegates learn nothing of one another.
    """
    dossier = enter(by=by, record_id=record_id)
    if not dossier.may_decide:
        return []
    exact = _exact_masks(dossier, element)
    answers = ask(dossier.standing, element, candidates_for(dossier, element))
    people = [_person(dossier, element, answer, exact) for answer in answers]
    return [*people, _everyone(dossier, element, exact)]


def _everyone(
    dossier: Dossier, element: Element, exact: dict[tuple[str, uuid.UUID | None], Mask]
) -> PersonWhoSees:
    """The last line: every professional at once, those who will have a door later included."""
    mask = exact.get((MaskAudience.EVERYONE, None))
    about = urlencode({"e": str(key_of(element)), "from": MaskAudience.EVERYONE.value})
    hide, show = (reverse(f"access:{name}", args=[dossier.record_id]) for name in ("hide", "show"))
    why = _("aussi ceux qui auront accès plus tard ; sauf le médecin traitant et l'auteur")
    return PersonWhoSees(
        name=_("Tous les professionnels"),
        why=why if mask is None else _why_masked(dossier, mask),
        sees=mask is None,
        hide_url=f"{hide}?{about}" if mask is None else "",
        hide_label=_("Masquer à tous"),
        show_url=f"{show}?{about}" if mask else "",
        show_label=_("Ne plus masquer à tous"),
        everyone=True,
    )


def _exact_masks(dossier: Dossier, element: Element) -> dict[tuple[str, uuid.UUID | None], Mask]:
    """The masks that name exactly this element, by whom they are aimed at."""
    masks = live_masks_known_to(dossier.standing).filter(
        target=MaskTarget.ELEMENT, target_id=key_of(element)
    )
    return {(mask.audience, mask.audience_id): mask for mask in masks.order_by("-since", "id")}


def _person(
    dossier: Dossier,
    element: Element,
    answer: Asked,
    exact: dict[tuple[str, uuid.UUID | None], Mask],
) -> PersonWhoSees:
    one = answer.candidate
    mask = exact.get((one.kind, one.id))
    about = urlencode({"e": str(key_of(element)), "from": f"{one.kind}:{one.id}"})
    if answer.sees:
        hideable = answer.rule in {"6", "9", "14", "15"} and not one.wrote
        hideable = hideable and one.kind != "representative"
        by_share = answer.rule == "10" and one.share_id is not None
        return PersonWhoSees(
            name=one.name,
            why=_why_sees(dossier, answer),
            since=_since(element, answer),
            sees=True,
            hide_url=f"{reverse('access:hide', args=[dossier.record_id])}?{about}"
            if hideable
            else "",
            hide_label=_("Masquer %(to_name)s") % {"to_name": naming.hidden_from(one.name)},
            show_url=reverse("access:doctor_end", args=[dossier.record_id, one.share_id])
            if by_share
            else "",
            show_label=_("Ne plus montrer %(to_name)s") % {"to_name": naming.given_to(one.name)},
        )
    hidden = answer.rule in {"6", "9", "12", "14"}
    undone = hidden and mask is not None
    return PersonWhoSees(
        name=one.name,
        why=_why_not(dossier, answer, mask),
        sees=False,
        show_url=f"{reverse('access:show', args=[dossier.record_id])}?{about}" if undone else "",
        show_label=_("Montrer %(to_name)s") % {"to_name": naming.given_to(one.name)},
        rules_url=reverse("access:who_can_see", args=[dossier.record_id])
        if answer.rule == "12" and mask is None
        else "",
        share_url=_share_url(dossier, element, one) if _may_be_shown(answer, undone) else "",
    )


def _may_be_shown(answer: Asked, undone: bool) -> bool:  # noqa: FBT001  # read right above
    """A share passes wider masks and the matrix; what one press undoes needs none."""
    professional = answer.candidate.kind == MaskAudience.PROFESSIONAL
    return professional and answer.rule in {"11", "12", "13"} and not undone


def _share_url(dossier: Dossier, element: Element, one: Candidate) -> str:
    about = urlencode({"e": str(key_of(element)), "whom": str(one.id)})
    return f"{reverse('access:share_new', args=[dossier.record_id])}?{about}"


def _since(element: Element, answer: Asked) -> str:
    """Since when they see it: never before the element was there."""
    one = answer.candidate
    given = one.shared_since if answer.rule == "10" else one.since
    if answer.rule == "9" and one.wrote:
        given = element.created_at
    if given is None:
        return ""
    return day(max(given, element.created_at).astimezone(PARIS).date())


def _why_sees(dossier: Dossier, answer: Asked) -> str:  # noqa: PLR0911  # a line each
    """The line of the policy in plain words."""
    one = answer.candidate
    if one.treating_gp and answer.rule == "8":
        words = _("votre médecin traitant voit tout")
        if not dossier.by_holder:
            words = _("médecin traitant, voit tout")
        return _("l'a écrit ; %(words)s") % {"words": words} if one.wrote else words
    if answer.rule == "9":
        return _("l'a écrit") if one.wrote else _("l'équipe qui l'a écrit")
    if answer.rule == "10":
        return _("vous lui avez montré cet élément")
    if one.kind == MaskAudience.DELEGATE:
        helps = naming.helps(you=dossier.by_holder)
        return _("%(given)s, %(until)s") % {"given": helps, "until": _until(one)}
    if one.kind == "representative":
        return naming.represents(you=dossier.by_holder, guardian=one.is_guardian)
    if one.emergency or one.regulation:
        return _("accès d'urgence ouvert en ce moment")
    return _why_door(dossier, one)


def _why_door(dossier: Dossier, one: Candidate) -> str:
    if one.in_presence and dossier.by_holder:
        given = _("accès donné en votre présence")
    else:
        given = _("a accès")
    return _("%(given)s, %(until)s") % {"given": given, "until": _until(one)}


def _until(one: Candidate) -> str:
    last = last_day_of(one.until)
    return _("sans date de fin") if last is None else _("jusqu'au %(day)s") % {"day": day(last)}


def _why_not(  # noqa: PLR0911  # a line of the policy each
    dossier: Dossier, answer: Asked, mask: Mask | None
) -> str:
    one = answer.candidate
    if answer.rule == "7":
        return _("bloqué par vous") if dossier.by_holder else _("bloqué")
    if mask is not None:
        return _why_masked(dossier, mask)
    if answer.rule == "12":
        return _("une de vos règles le lui masque")
    if answer.rule == "13":
        return _("sa profession ne lit pas ce type d'information")
    if answer.rule == "14":
        return _("s'appuie sur un élément qui lui est masqué")
    if one.kind == MaskAudience.DELEGATE:
        return _("vous ne lui avez pas ouvert ce type de soins")
    if one.kind == "representative":
        return _("ne lui est pas montré")
    return _("n'a pas accès à votre dossier en ce moment")


def _why_masked(dossier: Dossier, mask: Mask) -> str:
    since = day(mask.since.astimezone(PARIS).date())
    if mask.set_by_kind == "professional":
        return _("masqué au dépôt, le %(day)s") % {"day": since}
    if dossier.by_holder and mask.set_by_kind == "holder":
        return _("masqué par vous le %(day)s") % {"day": since}
    return _("masqué le %(day)s") % {"day": since}
