"""How often somebody may do something: counts in the shared cache. Must not know what it is."""

from __future__ import annotations

import hashlib

from django.core.cache import cache


def too_often(what: str, who: str, *, limit: int, seconds: int) -> bool:
    """Count one more ``what`` by ``who``; tell whether more than ``limit`` came in a window.

    The window begins with the first and lasts ``seconds``. ``who`` is never written as it is.
    """
    digest = hashlib.sha256(f"{what}|{who}".encode()).hexdigest()[:32]
    key = f"rate:{what}:{digest}"
    if cache.add(key, 1, timeout=seconds):
        return limit < 1
    try:
        return cache.incr(key) > limit
    except ValueError:  # the window ended in between
        cache.add(key, 1, timeout=seconds)
        return limit < 1
