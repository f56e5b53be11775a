"""What can happen to a ticket whose mail holds more than one matter, or that came from another ticket."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class ConcernFound:
    """Its mail holds a second matter, of `case_type`; `to` was told, and that it can be split off."""

    case_type: str
    to: str
    intake: int
    kind: Literal["concern-found"] = "concern-found"


@dataclass(frozen=True, slots=True)
class Linked:
    """Ticket `other` came from this one, or this one from it; `how` says what happened."""

    other: int
    how: Literal[
        "split-into", "split-from", "separated-into", "separated-from", "emergency-of", "emergency-in"
    ]
    kind: Literal["linked"] = "linked"
