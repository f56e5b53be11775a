"""Who is not there, as they said it themselves: kept in the database beside what `absences.yaml` says (REQ-E11)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Literal


class Half(StrEnum):
    """Which half of each day somebody is away; None elsewhere means the whole day. Noon divides them."""

    MORNING = "morning"
    AFTERNOON = "afternoon"


class Origin(StrEnum):
    """How we know: they told us, or their mail program did."""

    COMMAND = "command"
    OUT_OF_OFFICE = "out-of-office"


@dataclass(frozen=True, slots=True)
class Away:
    """`staff` is not there from the first to the last day, both included, local days of the organisation.

    `until` None: until they say that they are back. `deputy` None: the next holder of the role stands in.
    `open_tickets`: what they have goes to whoever stands in, and back afterwards. `id` is the row, 0 for a new one.
    """

    staff: str
    since: date
    until: date | None
    deputy: str | None = None
    half: Half | None = None
    open_tickets: bool = False
    origin: Origin = Origin.COMMAND
    id: int = 0

    def overlaps(self, other: Away) -> bool:
        """Whether there is a day on which both say that somebody is away."""
        return (other.until is None or self.since <= other.until) and (
            self.until is None or other.since <= self.until
        )

    def covers(self, day: date) -> bool:
        """Whether the day is one of it."""
        return self.since <= day and (self.until is None or day <= self.until)


@dataclass(frozen=True, slots=True)
class AwaySet:
    """Somebody is away."""

    away: Away
    kind: Literal["away-set"] = "away-set"


@dataclass(frozen=True, slots=True)
class AwayEnded:
    """An absence is over: they are back, said something else, or its last day has passed."""

    away: Away
    kind: Literal["away-ended"] = "away-ended"


AbsenceChange = AwaySet | AwayEnded
