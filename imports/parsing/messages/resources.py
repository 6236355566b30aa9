"""The messages on a FHIR resource, a line of its file, in French, by code."""

from __future__ import annotations

from typing import Final

from imports.parsing.messages.wording import ASK_AGAIN, Message, marked as _


OF_RESOURCES: Final = {
    "json_unreadable": Message(
        _("Ressources illisibles"),
        _("un objet JSON entier, chaque nom une seule fois"),
        _("Une ressource par ligne, sans retour à la ligne : refaites l'export."),
    ),
    "json_number": Message(
        _("Nombres démesurés, ou qui n'en sont pas"),
        _("des nombres de %(limit)s chiffres au plus, sans NaN ni infini"),
        _("Corrigez le nombre à la source, puis refaites l'export."),
    ),
    "json_half_character": Message(
        _("Moitiés de caractères"),
        _("des caractères entiers : les codes de D800 à DFFF vont par deux"),
        ASK_AGAIN,
    ),
    "json_too_deep": Message(
        _("Ressources trop imbriquées"), _("une ressource sans emboîtement sans fin"), ASK_AGAIN
    ),
    "items_too_many": Message(
        _("Ressources à trop d'actes"),
        _("%(limit)s éléments item au plus"),
        _("Coupez la ressource en plusieurs."),
    ),
    "element_missing": Message(
        _("Éléments obligatoires absents"),
        _("un élément %(name)s"),
        _("Complétez la ressource, puis déposez le fichier de nouveau."),
    ),
    "element_twice": Message(
        _("Éléments donnés plusieurs fois"),
        _("un seul %(name)s"),
        _("Ce qui ne peut être traduit n'est jamais deviné : corrigez à la source."),
    ),
    "element_not_number": Message(
        _("Nombres écrits comme du texte"),
        _("un nombre sans guillemets pour %(name)s"),
        _("Ce qui ne peut être traduit n'est jamais deviné : corrigez à la source."),
    ),
    "element_unknown": Message(
        _("Éléments dont la valeur n'est pas prise"),
        _("pour %(name)s, une de ces valeurs : %(choices)s"),
        _("Ce qui ne peut être traduit n'est jamais deviné : corrigez à la source."),
    ),
    "element_unmapped": Message(
        _("Éléments qui n'ont pas de place ici"),
        _("une ressource sans %(name)s"),
        _("Le laisser de côté changerait le sens de la ligne : corrigez à la source."),
    ),
}
