"""Which numbered list of a ticket waits for a pick: followed through its events, in their order."""

from __future__ import annotations

from dataclasses import dataclass

from mailroute.model.ticket import Change, Corrected, Offered, Undone


@dataclass(slots=True)
class WaitingList:
    """`offered` is the list that waits, None for none: whoever says what it is about answers it, also without a number."""

    offered: Offered | None = None
    _answered: Offered | None = None

    def follow(self, change: Change) -> None:
        """Let the next event happen."""
        match change:
            case Offered():
                self.offered = change
            case Corrected():
                self._answered, self.offered = self.offered, None
            case Undone(what=what) if "corrected" in what:
                # Whoever picked the wrong number picks again.
                self.offered = self._answered
            case _:
                pass
