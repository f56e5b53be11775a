"""Named places where a test can let the process die, to prove that a crash there loses nothing and doubles nothing.

Does nothing unless MAILROUTE_CRASH_AT is set. `tests/crash` finds the names by reading the source.
"""

from __future__ import annotations

import os

_wanted, _, _count = os.environ.get("MAILROUTE_CRASH_AT", "").partition(":")
_left = int(_count or 1)


def crash_point(name: str) -> None:
    """Die here, at once and without cleaning up, if MAILROUTE_CRASH_AT is `name` or `name:n` for the nth time."""
    global _left  # noqa: PLW0603 - counts down for the life of the process
    if name != _wanted:
        return
    _left -= 1
    if _left <= 0:
        os._exit(137)
