"""The messages on one value, in French, by code."""

from __future__ import annotations

from typing import Final

from imports.parsing.messages.wording import Message, marked as _


_ISO: Final = _("une date AAAA-MM-JJ, par exemple 2026-11-05")
_SAVE_AS_TEXT: Final = _(
    "Dans le tableur, mettez la colonne au format texte avant d'exporter, "
    "puis déposez le fichier de nouveau."
)
_CHECK_NUMBER: Final = _("Un chiffre est faux : reprenez le numéro à la source.")
_CHECK_CODE: Final = _("Vérifiez le code et le nom de sa liste dans code_system.")
_CHECK_DATES: Final = _("Vérifiez les deux dates à la source.")

OF_VALUES: Final = {
    # A value
    "missing_value": Message(
        _("Valeur obligatoire absente"),
        _("une valeur"),
        _("Complétez la colonne : sans elle, la ligne ne peut être rattachée."),
    ),
    "control_character": Message(
        _("Caractères invisibles"),
        _("un texte sans caractère invisible ni saut de ligne"),
        _("Retirez-les de la valeur."),
    ),
    "text_too_long": Message(
        _("Textes trop longs"),
        _("%(limit)s caractères au plus"),
        _("Raccourcissez le texte, ou vérifiez que les colonnes ne sont pas décalées."),
    ),
    "date_format": Message(
        _("Dates à réécrire"), _ISO, _("Réécrivez la date dans cet ordre, avec des tirets.")
    ),
    "date_not_real": Message(
        _("Dates qui n'existent pas"),
        _ISO,
        _("Ce jour n'est pas au calendrier : reprenez la date à la source."),
    ),
    "date_implausible": Message(
        _("Dates hors du possible"),
        _("une année entre %(low)s et %(high)s"),
        _("Reprenez la date à la source ; laissez vide une date facultative inconnue."),
    ),
    "date_in_future": Message(
        _("Dates dans le futur"),
        _("une date jusqu'au %(latest)s"),
        _("Reprenez la date de flux à la source."),
    ),
    "care_end_before_start": Message(
        _("Soins finis avant d'avoir commencé"),
        _("une fin à partir du %(start)s, début des soins"),
        _CHECK_DATES,
    ),
    "flow_before_care": Message(
        _("Flux antérieurs aux soins"),
        _("une date de flux à partir du %(start)s, début des soins"),
        _CHECK_DATES,
    ),
    "birth_after_care": Message(
        _("Naissances après les soins"),
        _("une naissance au plus tard le %(start)s, début des soins"),
        _(
            "Vérifiez que la ligne est celle de la bonne personne : un enfant et son parent, "
            "par exemple."
        ),
    ),
    "until_before_since": Message(
        _("Périodes qui finissent avant de commencer"),
        _("une fin à partir du %(start)s"),
        _CHECK_DATES,
    ),
    "period_format": Message(
        _("Mois à réécrire"),
        _("un mois AAAA-MM, par exemple 2026-11"),
        _("Réécrivez le mois ainsi."),
    ),
    "integer_format": Message(
        _("Nombres à réécrire"),
        _("un nombre entier, sans virgule ni espace"),
        _("Réécrivez le nombre ainsi."),
    ),
    "cents_format": Message(
        _("Montants à convertir en centimes"),
        _("un montant en centimes, sans virgule (12,50 € s'écrit 1250)"),
        _(
            "Convertissez le montant en centimes. Si la colonne est en euros, convertissez-la "
            "toute : un montant rond, écrit sans virgule, y est lu comme des centimes."
        ),
    ),
    "rate_format": Message(
        _("Taux à réécrire"),
        _("un taux entier de 0 à 100, sans signe %%"),
        _("Réécrivez le taux ainsi."),
    ),
    "number_out_of_range": Message(
        _("Nombres hors du possible"),
        _("un nombre de %(low)s à %(high)s"),
        _("Vérifiez le nombre, et que les colonnes ne sont pas décalées."),
    ),
    "flag_format": Message(
        _("Oui et non à réécrire"), _("1 pour oui, 0 pour non"), _("Réécrivez la valeur ainsi.")
    ),
    "choice_unknown": Message(
        _("Mots hors de la liste"),
        _("l'un de ces mots : %(choices)s"),
        _("Remplacez la valeur par le mot de la liste."),
    ),
    "scheme_shape": Message(
        _("Codes de régime illisibles"),
        _("le code du régime : 20 lettres, chiffres ou tirets au plus"),
        _("Écrivez le code du régime, par exemple general."),
    ),
    # A person
    "person_system_unknown": Message(
        _("Types d'identifiant inconnus"),
        _("INS-NIR, INS-NIA, nir:rank, leur OID, ou le nom d'un pseudonyme"),
        _("Indiquez de quel type est l'identifiant de la colonne suivante."),
    ),
    "nir_shape": Message(
        _("Numéros de sécurité sociale mal formés"),
        _("13 caractères et une clé de 2 chiffres"),
        _("Reprenez le numéro à la source, clé comprise."),
    ),
    "nir_key_missing": Message(
        _("Numéros de sécurité sociale sans clé"),
        _("13 caractères et une clé de 2 chiffres"),
        _("Ajoutez la clé : les 2 derniers chiffres de la carte Vitale."),
    ),
    "nir_key": Message(
        _("Numéros de sécurité sociale dont la clé est fausse"),
        _("une clé qui correspond aux 13 premiers caractères"),
        _CHECK_NUMBER,
    ),
    "nir_spreadsheet": Message(
        _("Numéros de sécurité sociale abîmés par un tableur"),
        _("13 caractères et une clé de 2 chiffres"),
        _SAVE_AS_TEXT,
    ),
    "number_spreadsheet": Message(
        _("Numéros abîmés par un tableur"),
        _("le numéro en entier, sans exposant ni apostrophe"),
        _SAVE_AS_TEXT,
    ),
    "rank_shape": Message(
        _("Numéros sans rang"),
        _("le numéro, deux-points et le rang de naissance"),
        _("Ajoutez le rang après le numéro, séparé par deux-points."),
    ),
    "pseudonym_shape": Message(
        _("Pseudonymes mal formés"),
        _("128 caractères au plus, sans espace ni accent"),
        _("Reprenez le pseudonyme dans le fichier de correspondance."),
    ),
    # A professional or a structure
    "rpps_shape": Message(
        _("Numéros RPPS mal formés"),
        _("un numéro RPPS de 11 chiffres"),
        _("Un numéro Adeli ne convient pas : laissez vide si le RPPS n'est pas connu."),
    ),
    "rpps_key": Message(
        _("Numéros RPPS dont la clé est fausse"),
        _("un numéro RPPS dont le dernier chiffre est la clé"),
        _CHECK_NUMBER,
    ),
    "finess_shape": Message(
        _("Numéros FINESS mal formés"),
        _("un numéro FINESS de 9 caractères (2A ou 2B en Corse)"),
        _("Un zéro au début se perd dans un tableur : mettez la colonne au format texte."),
    ),
    "finess_key": Message(
        _("Numéros FINESS dont la clé est fausse"),
        _("un numéro FINESS dont le dernier chiffre est la clé"),
        _CHECK_NUMBER,
    ),
    # A code of care
    "cip_shape": Message(
        _("Codes CIP13 mal formés"), _("13 chiffres qui commencent par 3400"), _CHECK_CODE
    ),
    "cip_key": Message(
        _("Codes CIP13 dont la clé est fausse"),
        _("un code dont le dernier chiffre est la clé"),
        _CHECK_NUMBER,
    ),
    "ucd_shape": Message(
        _("Codes UCD mal formés"), _("7 chiffres, ou 13 qui commencent par 34008"), _CHECK_CODE
    ),
    "ucd_key": Message(
        _("Codes UCD dont la clé est fausse"),
        _("un code dont le dernier chiffre est la clé"),
        _CHECK_NUMBER,
    ),
    "lpp_shape": Message(_("Codes LPP mal formés"), _("7 chiffres"), _CHECK_CODE),
    "ghs_shape": Message(
        _("Numéros de GHS mal formés"),
        _("2 à 5 chiffres"),
        _("Un code de GHM (lettres et chiffres) ne convient pas : indiquez le GHS."),
    ),
    "ccam_shape": Message(
        _("Codes CCAM mal formés"), _("4 lettres et 3 chiffres, comme HBMD053"), _CHECK_CODE
    ),
    "ngap_shape": Message(
        _("Lettres-clés NGAP mal formées"), _("une lettre-clé, comme G ou AMI"), _CHECK_CODE
    ),
    "nabm_shape": Message(_("Codes NABM mal formés"), _("4 chiffres, comme 1208"), _CHECK_CODE),
    "atc_shape": Message(
        _("Classes ATC mal formées"),
        _("une classe ATC de 1, 3, 4, 5 ou 7 caractères, comme N02BE01"),
        _("Corrigez la classe, ou laissez vide."),
    ),
    "icd10_shape": Message(
        _("Codes CIM-10 mal formés"),
        _("un code CIM-10, comme E11 ou E11.9"),
        _("Reprenez le code à la source."),
    ),
    # Reversals
    "reverses_itself": Message(
        _("Lignes qui s'annulent elles-mêmes"),
        _("l'identifiant d'une autre ligne"),
        _("Indiquez la ligne d'origine, ou l'opération CANCEL."),
    ),
    "negative_without_original": Message(
        _("Régularisations sans ligne d'origine"),
        _("l'identifiant de la ligne que ce montant négatif reprend"),
        _("Indiquez la ligne d'origine dans reverses_line_id."),
    ),
    "reversal_not_negative": Message(
        _("Régularisations sans montant négatif"),
        _("un montant ou une quantité négative, ou l'opération CANCEL"),
        _("Mettez le signe moins, ou videz reverses_line_id."),
    ),
}
