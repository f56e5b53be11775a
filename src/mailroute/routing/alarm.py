"""Whoever is told of an emergency that nobody has accepted: their telephones ring too, wherever the ticket comes from.

Asked once for each decision, when all is said: a new mail, a correction, a ticket handed on, a reminder, a question of
another organisation. Nothing here recognises an emergency (`routing.emergency`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from mailroute.model.letter import Notice, Template
from mailroute.model.matter import is_emergency
from mailroute.model.ruleset import Ruleset
from mailroute.model.ticket import Alarmed, Party, PartyKind, Status, Ticket, allows

PHONES_SHOWN = 2
# What the letter to those says who are told because of it.
NOBODY_ON_CALL = "nobody on call"
# Letters that say: act now. What a firm has done is one of them where the ticket is back with the house by it.
_CALLS = frozenset(
    {
        Template.NOTIFICATION, Template.TRIAGE, Template.ASSIGNED, Template.RETURNED, Template.REOPENED,
        Template.STAND_IN, Template.LENT_BACK, Template.REMINDER, Template.ESCALATION, Template.PARTNER_OFFER,
        Template.PARTNER_NEWS,
    }
)  # fmt: skip


def alarms(
    notices: Sequence[Notice], ticket: Ticket | None, ruleset: Ruleset, phones: tuple[str, ...]
) -> Iterator[Notice]:
    """A short plain text to the alarm address of staff.yaml of everybody who must act; `ticket` is as it is by now.

    `phones` are the numbers of the reporter: whoever is called at night calls back.
    """
    for one in notices if ticket is not None and is_emergency(ticket, ruleset) else ():
        staff = ruleset.staff_by_id(one.to.id) if one.to.kind is PartyKind.STAFF else None
        if staff is None or not staff.alarm or not _calls(one, ticket):
            continue
        yield replace(
            one,
            template=Template.ALARM,
            to=Party(PartyKind.STAFF, staff.id, staff.name, staff.alarm),
            language=staff.language,
            ticket=ticket,
            text="",
            reason=", ".join(phones[:PHONES_SHOWN]),
            why=(),
            candidates=(),
            passes_on=(),
            attach=(),
        )


def alarmed(notices: Sequence[Notice], ticket: Ticket | None, ruleset: Ruleset) -> Alarmed | None:
    """Who of staff reads in these letters that the ticket is an emergency; None where nobody does."""
    if ticket is None or not is_emergency(ticket, ruleset):
        return None
    told = [one.to.id for one in notices if one.to.kind is PartyKind.STAFF and _tells(one, ticket)]
    to = tuple(dict.fromkeys(one for one in told if one is not None))
    return Alarmed(to) if to else None


def _calls(notice: Notice, ticket: Ticket | None) -> bool:
    """Whether the letter says: act now. Once somebody is on the way none does, but where nobody was on call; and none does
    once the ticket is closed.
    """
    if notice.template is Template.INFORMED:
        return notice.reason == NOBODY_ON_CALL and ticket is not None and allows(ticket.status, Alarmed)
    return notice.template in _CALLS and _waits(ticket)


def _tells(notice: Notice, ticket: Ticket) -> bool:
    return _calls(notice, ticket) or (notice.template is Template.INFORMED and _waits(ticket))


def _waits(ticket: Ticket | None) -> bool:
    return ticket is not None and ticket.status in (Status.TRIAGE, Status.OFFERED)
