"""Boxes given to somebody they aren't for: stated apart from the generator's own rule."""

from __future__ import annotations

import re
from datetime import date

from records import reference


# Codeine and tramadol, fluoroquinolones, mucolytics, benzodiazepines: from what age.
FROM_AGE = {"N02AJ": 12, "J01M": 18, "R05C": 2, "N05BA": 18, "N05CF": 18}


def misgiven(lines):
    """The age and name of every box of these rows given too young or too old."""
    found = []
    for line in lines:
        if line["code_system"] != "CIP13":
            continue
        born, on = date.fromisoformat(line["birth_date"]), date.fromisoformat(line["care_start"])
        age = on.year - born.year - ((on.month, on.day) < (born.month, born.day))
        name = reference.medicine(line["code"]).name
        child = re.search(r"enfant|nourrisson|pédiatr", name, re.IGNORECASE)
        adult = re.search(r"adulte", name, re.IGNORECASE)
        least = max(
            (least for atc, least in FROM_AGE.items() if line["atc"].startswith(atc)), default=0
        )
        if (child and age >= 15) or (adult and age < 15) or age < least:
            found.append((age, name))
    return found
