"""Which numbered list of a ticket waits for a pick: followed through its events, in their order."""

from __future__ import annotations

from dataclasses import dataclass, field

from mailroute.model.ticket import Change, Corrected, Offered, Undone


@dataclass(slots=True)
class WaitingList:
    """`offered` is the list that waits, None for none: whoever says what it is about answers it, also without a number.

    `_answered` is for every correction the list that it answered.
    """

    offered: Offered | None = None
    _answered: list[Offered | None] = field(default_factory=list)

    def follow(self, change: Change) -> None:
        """Let the next event happen."""
        match change:
            case Offered():
                self.offered = change
            case Corrected():
                self._answered.append(self.offered)
                self.offered = None
            case Undone(what=what) if "corrected" in what:
                # Whoever picked the wrong number picks again, from the list before all that is taken back.
                taken_back = self._answered[-what.count("corrected") :]
                del self._answered[-len(taken_back) :]
                self.offered = taken_back[0]
            case _:
                pass
