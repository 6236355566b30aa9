"""Deny by default: an address declares its rule, or is one of the few named here with a reason."""

from __future__ import annotations

import pytest
from django.urls import URLPattern, URLResolver, get_resolver

from access.doors import SIGNED_IN


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


@pytest.mark.parametrize(
    ("name", "public", "second_factor"),
    [
        ("account_login", True, False),
        ("mfa_authenticate", True, False),
        ("mfa_login_webauthn", True, False),
        # Asked on the way to the second factor; adding checks for itself that a code came back.
        ("mfa_reauthenticate_webauthn", False, False),
        ("mfa_add_webauthn", False, False),
        ("mfa_edit_webauthn", False, True),
        ("mfa_remove_webauthn", False, True),
        ("mfa_index", False, True),
        ("mfa_deactivate_totp", False, True),
    ],
)
def test_who_may_come_to_what_protects_an_account(name, public, second_factor):
    [view] = [p.callback for _space, p in patterns(get_resolver()) if p.name == name]

    assert (view.door.public, view.door.second_factor) == (public, second_factor)
    assert getattr(view, "login_required", True) is not public
    if not public:
        assert view.door.roles == SIGNED_IN
