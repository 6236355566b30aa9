"""The messages on a whole row or file, in French, by code."""

from __future__ import annotations

from typing import Final

from imports.parsing.messages.wording import ASK_AGAIN, Message, marked as _


OF_FILES: Final = {
    # A row
    "column_count": Message(
        _("Lignes au mauvais nombre de colonnes"),
        _("%(count)s colonnes comme dans l'en-tête, lu %(found_count)s"),
        _(
            "Une valeur qui contient le séparateur doit être entre guillemets. Un séparateur de "
            "trop à la fin de la ligne est à retirer. Dans les lignes rendues, « ? » est ce qui "
            "manquait ; videz rejet_code quand la ligne est juste."
        ),
    ),
    "header_repeated": Message(
        _("En-têtes au milieu du fichier"),
        _("des valeurs, et non de nouveau le nom des colonnes"),
        _("Des fichiers ont été mis bout à bout : retirez cette ligne. Les autres sont lues."),
    ),
    "duplicate_in_file": Message(  # told by whoever sees the whole file: rows here pass one by one
        _("Lignes en double dans le fichier"),
        _("une seule ligne par identifiant ; la ligne %(other)s a le même"),
        _("Aucune des deux n'est chargée : gardez la bonne et déposez-la de nouveau."),
    ),
    "quote_not_closed": Message(
        _("Guillemets jamais refermés"),
        _("un guillemet fermant"),
        _("Fermez le guillemet, ou doublez-le s'il fait partie du texte."),
    ),
    "quote_misplaced": Message(
        _("Guillemets mal placés"),
        _("le séparateur après un guillemet fermant"),
        _("Doublez les guillemets qui font partie du texte."),
    ),
    "line_too_long": Message(
        _("Lignes trop longues"),
        _("%(limit)s octets au plus"),
        _("Une fin de ligne manque sans doute : refaites l'export."),
    ),
    "nul_byte": Message(_("Octets nuls"), _("du texte, sans octet nul"), ASK_AGAIN),
    "undecodable": Message(
        _("Lettres illisibles"),
        _("des lettres codées en %(encoding)s comme le reste du fichier"),
        _("Exportez tout le fichier dans un seul codage, UTF-8 de préférence."),
    ),
    # A row of the joined tables, or of a resource
    "detail_alone": Message(
        _("Détails sans prestation"),
        _("une ligne de %(name)s qui a les neuf mêmes clés"),
        _("Ajoutez à l'archive la table des prestations de la même période."),
    ),
    "nature_unknown": Message(
        _("Natures d'acte sans code"),
        _("un code dans une table de détail, ou la lettre de cette nature"),
        _("Ajoutez à l'archive la table %(name)s, qui donne les lettres des natures d'acte."),
    ),
    "not_long_term": Message(
        _("Exonérations qui ne sont pas une ALD"),
        _("le motif 41, 43 ou 45 (IMB_ETM_NAT)"),
        _("Accidents du travail et maladies professionnelles ne se chargent pas : laissez-les."),
    ),
    "still_refused": Message(
        _("Lignes à corriger à la source"),
        _("une colonne %(name)s vide : ce qui a fait refuser la ligne n'est dans aucune autre"),
        _("Corrigez-la à la source. Si elle est juste telle qu'elle est là, videz la colonne."),
    ),
    # The file
    "empty_file": Message(
        _("Ce fichier est vide."), "", _("Vérifiez l'export, puis déposez le fichier de nouveau.")
    ),
    "no_rows": Message(
        _("Ce fichier n'a qu'un en-tête, sans aucune ligne."),
        "",
        _("S'il n'y a rien à charger, il n'y a rien à faire ; sinon, refaites l'export."),
    ),
    "not_a_claims_file": Message(
        _("Ce fichier n'est pas un fichier de remboursements : format %(format)s."),
        "",
        _("Déposez le fichier CSV de la caisse, tel quel ou compressé en gzip ou zstd."),
    ),
    "json_not_by_line": Message(
        _("Ce fichier JSON n'est pas en NDJSON : une ressource entière par ligne."),
        "",
        _("Exportez les ressources ExplanationOfBenefit une par ligne, sans mise en forme."),
    ),
    "archive_damaged": Message(
        _("Cette archive est abîmée, coupée, ou son sommaire est démesuré."), "", ASK_AGAIN
    ),
    "archive_members": Message(
        _("Cette archive a plus de %(limit)s fichiers."),
        "",
        _("Gardez les tables, une fois chacune."),
    ),
    "archive_packing": Message(
        _("Le fichier %(name)s de l'archive est chiffré, ou comprimé autrement que par ZIP."),
        "",
        _("Refaites l'archive sans mot de passe, avec la compression habituelle."),
    ),
    "archive_member": Message(
        _("Le fichier %(name)s de l'archive est abîmé ou coupé."), "", ASK_AGAIN
    ),
    "archive_not_a_file": Message(
        _("Dans l'archive, %(name)s est un lien ou un fichier spécial, et non un fichier."),
        "",
        _("Refaites l'archive avec les tables elles-mêmes."),
    ),
    "table_missing": Message(
        _("Cette archive %(format)s ne contient pas la table %(name)s."),
        "",
        _("Une archive de tables du DCIR a un fichier par table, qui en porte le nom."),
    ),
    "tables_missing": Message(
        _("Cette archive %(format)s ne contient aucune table du DCIR."),
        "",
        _(
            "Enregistrez un classeur (Excel, LibreOffice) en CSV. Déposez un CSV ou un NDJSON "
            "tel quel, ou compressé en gzip ou zstd, et non dans une archive."
        ),
    ),
    "table_twice": Message(
        _("Cette archive contient plusieurs fois la table %(name)s."),
        "",
        _("Gardez-en une, ou déposez une archive par période."),
    ),
    "table_empty": Message(
        _("La table %(name)s est vide."), "", _("Sa première ligne doit nommer les colonnes.")
    ),
    "table_too_long": Message(
        _("La table %(name)s a plus de %(limit)s lignes."),
        "",
        _(
            "Gardez les lignes qui servent ; une correspondance de pseudonymes plus longue se "
            "dépose à part, comme un fichier aliases."
        ),
    ),
    "too_many_joined": Message(
        _("Les tables de cette archive ont plus de %(limit)s lignes à joindre."),
        "",
        _("Coupez-la en plusieurs archives, une par période."),
    ),
    "utf_16": Message(
        _("Ce fichier est codé en UTF-16."),
        "",
        _("Enregistrez-le en « CSV UTF-8 », puis déposez-le de nouveau."),
    ),
    "encoding_contradiction": Message(
        _(
            "Ce fichier annonce de l'UTF-8 mais la ligne %(number)s est codée autrement "
            "(Latin-1 ou Windows-1252)."
        ),
        "",
        _("Enregistrez-le de nouveau en UTF-8."),
    ),
    "header_unreadable": Message(
        _("L'en-tête de ce fichier est illisible : plus de 64 Kio ou codage abîmé."),
        "",
        _("La première ligne doit nommer les colonnes. Refaites l'export."),
    ),
    "header_unknown": Message(
        _("La première ligne ne nomme pas de colonnes connues : « %(found)s »."),
        "",
        _("Mettez l'en-tête du format en première ligne, séparé par ; ou , ou tabulation."),
    ),
    "column_missing": Message(
        _("La colonne %(name)s manque (fichier %(kind)s)."),
        "",
        _("Ajoutez-la ou renommez la colonne qui la contient."),
    ),
    "column_misspelt": Message(
        _("La colonne %(name)s manque (fichier %(kind)s) ; « %(likely)s » lui ressemble."),
        "",
        _("Renommez-la %(name)s si c'est elle."),
    ),
    "column_repeated": Message(
        _("La colonne %(name)s apparaît plusieurs fois."), "", _("Gardez-en une seule.")
    ),
    "too_many_columns": Message(
        _("Ce fichier a %(count)s colonnes ; %(limit)s au plus sont acceptées."),
        "",
        _("Gardez les colonnes du format."),
    ),
    "compressed_truncated": Message(
        _("Ce fichier compressé s'arrête avant sa fin, après la ligne %(reached)s."),
        "",
        _("Le transfert a été coupé : déposez le fichier de nouveau."),
    ),
    "compressed_corrupt": Message(
        _("Ce fichier compressé est abîmé, après la ligne %(reached)s."), "", ASK_AGAIN
    ),
    "zstd_dictionary": Message(
        _("Ce fichier zstd s'ouvre avec un dictionnaire, qu'il ne contient pas."),
        "",
        _("Compressez-le de nouveau sans l'option -D."),
    ),
    "zstd_window": Message(
        _("Ce fichier zstd demande trop de mémoire pour être ouvert."),
        "",
        _("Compressez-le de nouveau sans l'option --long ni --ultra."),
    ),
    "ratio_too_high": Message(
        _("Ce fichier gonfle plus de %(limit)s fois en se décompressant."),
        "",
        _("Un fichier de remboursements ne se comprime pas autant : vérifiez sa source."),
    ),
    "too_large": Message(
        _("Ce fichier dépasse %(limit)s octets une fois décompressé."),
        "",
        _("Coupez-le en plusieurs fichiers, un par régime et par mois."),
    ),
    "too_many_loads": Message(
        _("Ce fichier mélange plus de %(limit)s régimes et mois."),
        "",
        _("Vérifiez les colonnes scheme et flow_date, ou coupez le fichier."),
    ),
    "too_many_refused": Message(
        _("Ce fichier a plus de %(limit)s lignes refusées."),
        "",
        _("La même erreur se répète : corrigez l'export d'après les premières lignes refusées."),
    ),
    # Notices
    "table_unread": Message(
        _(
            "Le fichier %(name)s de l'archive n'est pas une table que nous joignons : "
            "il n'est pas lu."
        ),
        "",
        "",
    ),
    "illnesses_apart": Message(
        _("La table %(name)s n'est pas lue avec les remboursements."),
        "",
        _("Déposez-la à part, dans une archive avec la correspondance des pseudonymes."),
    ),
    "aliases_wrong": Message(
        _(
            "%(count)s lignes de la correspondance ne désignent personne, à partir de la ligne "
            "%(number)s."
        ),
        "",
        _("Les remboursements de ces pseudonymes sont mis à part."),
    ),
    "windows_1252": Message(
        _("Fichier codé en Latin-1 ou Windows-1252, reconnu à la ligne %(number)s."),
        "",
        _("Les lettres accentuées sont lues ainsi ; préférez l'UTF-8."),
    ),
    "letters_doubtful": Message(
        _("Les lettres accentuées de la ligne %(number)s ne sont d'aucun codage reconnu ici."),
        "",
        _("Refaites l'export en UTF-8 avant de charger : les noms seraient faux."),
    ),
    "column_unknown": Message(
        _("La colonne %(name)s n'est pas du format : elle n'est pas lue."), "", ""
    ),
    "column_misnamed": Message(
        _("La colonne %(name)s n'est pas du format : elle n'est pas lue."),
        "",
        _("Renommez-la %(likely)s si c'est elle."),
    ),
}
