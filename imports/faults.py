"""What went wrong, without what it was about: a database's message may quote somebody's care."""

from __future__ import annotations

import traceback


def described(error: BaseException) -> str:
    """Return the kind of an error and where it was raised, and nothing of its message."""
    frames = traceback.extract_tb(error.__traceback__)
    places = " < ".join(f"{frame.filename}:{frame.lineno}" for frame in reversed(frames[-4:]))
    return f"{type(error).__module__}.{type(error).__name__} at {places}"
