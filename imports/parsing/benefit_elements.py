"""What stands in an element of a FHIR resource, whatever stands there; knows no resource."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any


if TYPE_CHECKING:
    from collections.abc import Iterator

    Element = dict[str, Any]


def text(element: object, name: str) -> str:
    """Return a value as text; nothing for what is a list or an object, or is not there."""
    found = element.get(name) if isinstance(element, dict) else None
    if isinstance(found, bool) or found is None or isinstance(found, (dict, list)):
        return ""
    return str(found)


def one(element: object, name: str) -> Element:
    """Return an element; an empty one for anything else."""
    found = element.get(name) if isinstance(element, dict) else None
    return found if isinstance(found, dict) else {}


def many(element: object, name: str) -> list[Any]:
    """Return the elements of a list; one alone is a list of one."""
    found = element.get(name) if isinstance(element, dict) else None
    if isinstance(found, list):
        return found
    return [found] if isinstance(found, dict) else []


def first(element: object, name: str) -> Element:
    """Return the first element of a list; an empty one without it."""
    found = many(element, name)
    return found[0] if found and isinstance(found[0], dict) else {}


def identified(holder: Element) -> str:
    """Return by which identifier something is named."""
    return text(one(holder, "identifier"), "value")


def modifiers(element: object, path: str) -> Iterator[tuple[str, str]]:
    """Yield where the first modifier inside an element is, if there is one, and its name.

    A modifier changes what everything beside it means: nobody may pass it over.
    """
    left = [(path, element)]  # how deep it goes is the sender's choice
    while left:
        at, each = left.pop()
        if isinstance(each, list):
            left += [(at, inside) for inside in each]
        elif isinstance(each, dict):
            if "modifierExtension" in each:
                yield f"{at}modifierExtension", text(first(each, "modifierExtension"), "url")
                return
            left += [(f"{at}{name}.", inside) for name, inside in each.items()]
