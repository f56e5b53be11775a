"""Who has it: taken, handed on, given back, taken back. Exactly one person is responsible after each (REQ-D1…D5)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import assert_never

from mailroute.model import command as c
from mailroute.model.letter import Line, Template
from mailroute.model.matter import is_emergency
from mailroute.model.names import oblique
from mailroute.model.ruleset import Partner, Staff
from mailroute.model.ticket import AT_PARTNER, Assigned, Rejected, Revoked, Status, Taken
from mailroute.routing.assign import escalate_to, find_staff, suggest_staff, triage_desk
from mailroute.routing.desk import Desk, accept_by_acting, is_closed, not_mine, previous_holder
from mailroute.routing.external import cannot_take_back_order, offer_external
from mailroute.routing.offered import pass_list_on
from mailroute.routing.partners import ask_by_hand, find_partners, revoke_by_hand
from mailroute.routing.waiting import start_waiting, start_working
from mailroute.routing.work import local_day, staff_party


def move(desk: Desk, command: c.Move) -> Line:
    """Carry out a verb that says who has it."""
    match command:
        case c.Accept():
            return accept(desk, command)
        case c.Take():
            return take(desk, command)
        case c.Reject():
            return reject(desk, command)
        case c.Assign():
            return hand_on(desk, command)
        case c.Revoke():
            return revoke(desk, command)
        case _:
            assert_never(command)


def accept(desk: Desk, command: c.Accept) -> Line:
    """It is mine."""
    if desk.ticket.status is Status.CLOSED:
        return is_closed(desk, command.said)
    if not desk.is_assignee:
        return not_mine(desk, command.said)
    if desk.ticket.status is Status.ACCEPTED:
        return Line(
            command.said, desk.words("Sie haben den Vorgang bereits.", "You have the ticket already."), True
        )
    accept_by_acting(desk)
    return Line(command.said, desk.words("Der Vorgang liegt jetzt bei Ihnen.", "The ticket is yours."), True)


def take(desk: Desk, command: c.Take) -> Line:
    """I take it over from a colleague. Who gave it to them takes it back instead: that is all they can do (REQ-D3)."""
    if desk.ticket.status is Status.CLOSED:
        return is_closed(desk, command.said)
    if desk.is_assignee:
        return accept(desk, c.Accept(command.said))
    if desk.ticket.assigner == desk.actor.id:
        return not_mine(desk, command.said)
    before = desk.work.ruleset.staff_by_id(desk.ticket.assignee)
    desk.work.change(Taken(desk.actor.id))
    start_working(desk.work, desk.ticket)
    if before is not None:
        desk.tell(Template.TAKEN, staff_party(before), before.language)
    return Line(
        command.said, desk.words("Sie haben den Vorgang übernommen.", "You have taken the ticket over."), True
    )


def reject(desk: Desk, command: c.Reject) -> Line:
    """Not mine: it returns to whoever had it before, to the triage desk if nobody had (REQ-D5); an emergency to the next
    one on call, for at night nobody sits at that desk.
    """
    if desk.ticket.status is Status.CLOSED:
        return is_closed(desk, command.said)
    if not desk.is_assignee:
        return not_mine(desk, command.said)
    previous = previous_holder(desk) or _next_on_call(desk)
    to_triage = previous is None
    to = previous or triage_desk(desk.work.ruleset, local_day(desk.work.ruleset, desk.work.now))
    if to.id == desk.actor.id:
        return Line(
            command.said,
            desk.words(
                "Nicht ausgeführt: Sie sind die Stelle für ungeklärte Vorgänge. Geben Sie ihn mit „weiter an: Name“ weiter.",
                "Not done: you are the triage desk. Hand the ticket on with “assign: name”.",
            ),
            False,
        )
    desk.work.change(Rejected(to.id, to_triage, command.reason))
    promised = start_waiting(desk.work, desk.ticket.case_type, to.id, desk.work.now)
    desk.hand_over(Template.RETURNED, to, reason=command.reason, due=promised.accept_by)
    did = desk.words(
        f"Zurückgegeben an {oblique(to.name)}. Sie müssen hier nichts mehr tun.",
        f"Given back to {to.name}. There is nothing more you need to do.",
    )
    return Line(command.said, did, True)


def _next_on_call(desk: Desk) -> Staff | None:
    if not is_emergency(desk.ticket, desk.work.ruleset):
        return None
    day = local_day(desk.work.ruleset, desk.work.now)
    found = escalate_to(desk.ticket, desk.facts, desk.work.ruleset, day)
    return desk.work.ruleset.staff_by_id(found[1]) if found is not None else None


def hand_on(desk: Desk, command: c.Assign) -> Line:
    """It goes to a colleague, if exactly one is meant (REQ-D2)."""
    if desk.ticket.status is Status.CLOSED:
        return is_closed(desk, command.said)
    if not desk.is_assignee:
        return not_mine(desk, command.said)
    found = find_staff(command.name, desk.work.ruleset)
    partners = () if found else find_partners(command.name, desk.work.ruleset)
    if len(partners) == 1:
        return ask_by_hand(desk, command, partners[0])
    if partners:
        return _which_partner(desk, command, partners)
    if len(found) != 1:
        return _which_one(desk, command, found)
    to = found[0]
    if to.id == desk.actor.id:
        return accept(desk, c.Accept(command.said))
    desk.work.change(Assigned(to.id))
    promised = start_waiting(desk.work, desk.ticket.case_type, to.id, desk.work.now)
    desk.hand_over(Template.ASSIGNED, to, due=promised.accept_by)
    did = desk.words(
        f"Weitergegeben an {oblique(to.name)}. Sie müssen hier nichts mehr tun.",
        f"Handed on to {to.name}. There is nothing more you need to do.",
    )
    return Line(command.said, did, True)


def revoke(desk: Desk, command: c.Revoke) -> Line:
    """Whoever gave it away takes it back, until it is closed (REQ-D4; requirements, ambiguities 18 and 19)."""
    if desk.ticket.status is Status.CLOSED:
        return is_closed(desk, command.said)
    if desk.ticket.status in AT_PARTNER:
        return revoke_by_hand(desk, command)
    if desk.is_assignee and desk.ticket.orders:
        return cannot_take_back_order(desk, command.said)
    if desk.is_assignee:
        did = desk.words(
            "Nichts zu tun: Der Vorgang liegt bei Ihnen.", "Nothing to do: the ticket is with you."
        )
        return Line(command.said, did, True)
    if desk.ticket.assigner != desk.actor.id:
        return not_mine(desk, command.said)
    before = desk.work.ruleset.staff_by_id(desk.ticket.assignee)
    desk.work.change(Revoked(desk.actor.id))
    start_working(desk.work, desk.ticket)
    pass_list_on(desk.work, desk.facts.offer, desk.actor)
    if before is not None:
        desk.tell(Template.REVOKED, staff_party(before), before.language)
    did = desk.words("Der Vorgang liegt wieder bei Ihnen.", "The ticket is yours again.")
    return Line(command.said, did, True)


def _which_one(desk: Desk, command: c.Assign, found: Sequence[Staff]) -> Line:
    near = () if found else suggest_staff(command.name, desk.work.ruleset)
    names = ", ".join(
        f"{one.name} ({one.id})" for one in found or near or desk.work.ruleset.staff if one.active
    )
    if near:
        did = desk.words(
            f"Nicht ausgeführt: Meinten Sie {names}? Schreiben Sie „weiter an: {near[0].id}“.",
            f"Not done: did you mean {names}? Reply “assign: {near[0].id}”.",
        )
    elif found:
        did = desk.words(f"Nicht ausgeführt: Wen meinen Sie? {names}", f"Not done: whom do you mean? {names}")
    else:
        did = desk.words(
            f"Nicht ausgeführt: „{command.name}“ arbeitet nicht hier. Sie können weitergeben an: {names}.",
            f"Not done: nobody called “{command.name}” works here. You can assign to: {names}.",
        )
        did = f"{did} {offer_external(desk, command.name)}"
    return Line(command.said, did, False)


def _which_partner(desk: Desk, command: c.Assign, partners: Sequence[Partner]) -> Line:
    names = ", ".join(f"{one.name} ({one.id})" for one in partners)
    did = desk.words(f"Nicht ausgeführt: Wen meinen Sie? {names}", f"Not done: whom do you mean? {names}")
    return Line(command.said, did, False)
