"""Deny by default: an address declares its rule, or is one of the few named here with a reason."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, get_resolver


# Doors that are not ours: each shows nothing of any record.
OTHERS = {
    "set_language": "changes a cookie",
}


def patterns(resolver, namespace=""):
    for entry in resolver.url_patterns:
        if isinstance(entry, URLResolver):
            yield from patterns(entry, entry.namespace or namespace)
        elif isinstance(entry, URLPattern):
            yield namespace, entry


def test_every_address_declares_who_may_come():
    undeclared = []
    for namespace, pattern in patterns(get_resolver()):
        view = pattern.callback
        declared = getattr(view, "door", None) or getattr(getattr(view, "cls", None), "door", None)
        name = pattern.name or getattr(view, "__name__", "")
        allauth = view.__module__.startswith("allauth.")
        if not declared and name not in OTHERS and not allauth:
            undeclared.append(f"{namespace}:{name} {pattern.pattern}")

    assert not undeclared


def test_the_walk_sees_our_addresses():
    names = {f"{namespace}:{pattern.name}" for namespace, pattern in patterns(get_resolver())}

    assert "access:start" in names
