"""Who must act on what by when: what the agenda, digests and hand-overs show of open tickets."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from mailroute.model.ticket import Ticket


@dataclass(frozen=True, slots=True)
class Task:
    """An open ticket and when it asks for an act the next time; `due` None: nothing asks."""

    ticket: Ticket
    due: datetime | None
