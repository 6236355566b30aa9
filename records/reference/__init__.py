"""What codes mean: types, professions, medicines, acts, illnesses, what is sensitive.

Facts in plain Python, read once from the tables of `seed/` and from the official files an
operator loaded over them. It must not know records, viewers or Django.
"""

from __future__ import annotations

from records.reference.codes import (
    Act,
    Illness,
    Medicine,
    act,
    acts,
    atc_label,
    class_of_medicine,
    coefficient,
    illness,
    illnesses,
    label,
    medicine,
    medicines,
    plain_family,
)
from records.reference.documents import (
    DocumentType,
    class_label,
    document_type,
    document_type_label,
    document_types,
)
from records.reference.people import (
    Specialty,
    profession_label,
    professions,
    specialty,
    specialty_label,
)
from records.reference.sensitive import Category, care_type, sensitive_categories
from records.reference.tables import use_overrides


__all__ = [
    "Act",
    "Category",
    "DocumentType",
    "Illness",
    "Medicine",
    "Specialty",
    "act",
    "acts",
    "atc_label",
    "care_type",
    "class_label",
    "class_of_medicine",
    "coefficient",
    "document_type",
    "document_type_label",
    "document_types",
    "illness",
    "illnesses",
    "label",
    "medicine",
    "medicines",
    "plain_family",
    "profession_label",
    "professions",
    "sensitive_categories",
    "specialty",
    "specialty_label",
    "use_overrides",
]
