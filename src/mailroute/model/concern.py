"""What can happen to a ticket whose mail holds more than one matter, came from another ticket, or is an emergency."""

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


@dataclass(frozen=True, slots=True)
class Alarmed:
    """These of staff, by their ids, were told that the ticket is an emergency."""

    to: tuple[str, ...]
    kind: Literal["alarmed"] = "alarmed"


@dataclass(frozen=True, slots=True)
class CalledOff:
    """The ticket is no emergency after all, and these, who had been alarmed, are so no more: who has read it was told."""

    to: tuple[str, ...]
    kind: Literal["called-off"] = "called-off"
