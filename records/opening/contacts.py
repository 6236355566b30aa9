"""Addresses people gave, sealed: written, read back, shown with only their ends readable."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from access.binding import now
from records.keys import seal_with_master, unseal_with_master
from records.models import ContactKind, ContactPoint
from records.uuid7 import uuid7


if TYPE_CHECKING:
    from records.models import Person
    from records.opening.facts import Contact


def keep_contact(person: Person, contact: Contact) -> None:
    """Write the addresses somebody gave. None is confirmed: it receives nothing but the code.

    By post means the address the fund holds: it isn't ours to copy.
    """
    given = [
        (ContactKind.MOBILE, contact.mobile),
        (ContactKind.EMAIL, contact.email),
        (ContactKind.POST, "fund" if contact.by_post else ""),
    ]
    rows = []
    for kind, value in given:
        if value:
            key = uuid7()
            sealed = seal_with_master(value.encode(), about=key.bytes)
            rows.append(
                ContactPoint(id=key, person=person, kind=kind, value_sealed=sealed, given_at=now())
            )
    ContactPoint.objects.bulk_create(rows)


def address_of(point: ContactPoint) -> str:
    """Return an address in clear."""
    return unseal_with_master(bytes(point.value_sealed), about=point.id.bytes).decode()


def masked(address: str) -> str:
    """Return an address of which only the ends are readable: 06 •• •• •• 42, j•••@exemple.fr."""
    if "@" in address:
        name, _, domain = address.partition("@")
        return f"{name[:1]}•••@{domain}"
    digits = re.sub(r"\D", "", address)
    return f"{digits[:2]} •• •• •• {digits[-2:]}"
