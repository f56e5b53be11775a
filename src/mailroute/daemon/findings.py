"""What `doctor` and `probe` say: one line about one thing, with a remedy where it is wrong."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class State(StrEnum):
    """How bad it is."""

    OK = "ok"
    WARN = "warn"
    FAIL = "fail"
    # The world is not ready; nothing is known to be wrong here.
    LATER = "later"


@dataclass(frozen=True, slots=True)
class Finding:
    """One line: what was looked at, what was found, and what to do about it."""

    check: str
    state: State
    found: str
    remedy: str = ""
