"""When a letter to a colleague may leave: outside their calendar only emergencies, what is not urgent once a day.

A receipt for what somebody has just done themselves is never held back: they are at work.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from mailroute.model.letter import Gathered, Notice, Template
from mailroute.model.matter import is_emergency
from mailroute.model.ruleset import Ruleset, Staff
from mailroute.model.ticket import PartyKind

# A letter like these can wait for the digest where its ticket is not urgent.
_CAN_WAIT = frozenset({Template.REMINDER, Template.CHANGES, Template.INFORMED, Template.TAKEN})
# Whoever was called at night is told at night that they need not go.
_AT_ONCE = frozenset({Template.ALL_CLEAR})
_ANSWERS = frozenset({Template.RECEIPT, Template.PREVIEW, Template.UNCONFIRMED, Template.GENERAL_RECEIPT})
_URGENT = 2


@dataclass(frozen=True, slots=True)
class Arranged:
    """What is sent, perhaps later, and what waits for somebody's digest."""

    notices: tuple[Notice, ...]
    gathered: tuple[Gathered, ...]


def arrange(notices: Sequence[Notice], ruleset: Ruleset, now: datetime) -> Arranged:
    """Hold back what its reader has asked not to get now."""
    sent: list[Notice] = []
    gathered: list[Gathered] = []
    for one in notices:
        staff = ruleset.staff_by_id(one.to.id) if one.to.kind is PartyKind.STAFF else None
        if staff is None or one.template in _ANSWERS | _AT_ONCE or is_emergency(one.ticket, ruleset):
            sent.append(one)
        elif staff.digest and one.ticket is not None and _can_wait(one):
            gathered.append(Gathered(staff.id, one.ticket.number, one.template, _words(one)))
        else:
            sent.append(_in_quiet_hours(one, staff, ruleset, now))
    return Arranged(tuple(sent), tuple(gathered))


def _can_wait(notice: Notice) -> bool:
    return notice.template in _CAN_WAIT and notice.ticket is not None and notice.ticket.urgency > _URGENT


def _words(notice: Notice) -> str:
    """What a digest says of a letter that was not sent: the lines of what others did."""
    return "; ".join(f"{line.said}: {line.did}" for line in notice.lines)


def _in_quiet_hours(notice: Notice, staff: Staff, ruleset: Ruleset, now: datetime) -> Notice:
    if not staff.quiet_hours:
        return notice
    calendar = ruleset.calendar(staff.calendar)
    earliest = calendar.next_open(max(now, notice.not_before or now))
    return notice if earliest <= now else replace(notice, not_before=earliest)
