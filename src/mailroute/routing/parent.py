"""The parent: another organisation of this installation asked us, and what our staff do is the answer (REQ-D7…D11).

Whoever has the child says yes or no for the organisation; who has it is our own business. After the yes it holds the
customer's words; answers leave as a partner's do, from the inbox that the customer wrote to. A child is never passed on to
a further partner, so no ticket comes back to where it came from.
"""

from __future__ import annotations

from dataclasses import replace

from mailroute.model import command as c
from mailroute.model.command import Command, said_in
from mailroute.model.decision import Station, TimerKind
from mailroute.model.facts import Facts
from mailroute.model.letter import Line, Notice, Template
from mailroute.model.outside import GoneBack, PartnerDeclined, PartnerReturned, TakenOn
from mailroute.model.ruleset import Partner, Source
from mailroute.model.ticket import Answered, Closed, MessageAdded, Noted, Party, Status, Ticket
from mailroute.routing import with_partner
from mailroute.routing.desk import Desk, previous_holder
from mailroute.routing.moving_on import pass_over
from mailroute.routing.partners import partner_by_id, partner_party
from mailroute.routing.presence import as_of
from mailroute.routing.with_partner import of_the_customer, the_matter
from mailroute.routing.work import Work, staff_party

_ACROSS = (TakenOn, Answered, Closed, GoneBack)


def reporter_of_matter(desk: Desk) -> Party:
    """Who is answered in the ticket as the commands so far leave it."""
    return who_is_answered(desk.ticket, desk.facts)


def who_is_answered(ticket: Ticket, facts: Facts) -> Party:
    """The reporter; of a child that was taken on the parent's. Before the yes nobody knows them."""
    there = facts.elsewhere
    if ticket.parent is None or ticket.partner_due is not None or there is None or there.ticket is None:
        return ticket.reporter
    return there.ticket.reporter


def internal_texts(desk: Desk) -> tuple[str, ...]:
    """The notes that no answer may repeat: ours, and those of whoever asked us."""
    there = desk.facts.elsewhere
    theirs = there.internal_texts if desk.ticket.parent is not None and there is not None else ()
    return (*desk.facts.internal_texts, *theirs)


# --- what cannot be done ------------------------------------------------------------------------------------


def refuse_in_child(desk: Desk, command: Command) -> Line | None:
    """What the staff of a partner cannot do; None for what they can."""
    match command:
        case c.Note() | c.Help() | c.Empty() | c.BeAway() | c.BeBack():
            return None
        case c.Reopen() | c.Split() | c.Separate():
            return _belongs_to_parent(desk, command.said)
        case c.Undo() if _reached_the_parent(desk):
            return _cannot_be_undone(desk, command.said)
        case _:
            pass
    if desk.ticket.status is Status.CLOSED:
        return _over(desk, command)
    if desk.ticket.partner_due is not None:
        return _before_the_yes(desk, command)
    return None


def _before_the_yes(desk: Desk, command: Command) -> Line | None:
    """Nothing but yes, no, and who of us is to say it (REQ-D7); a yes only in time (REQ-D11)."""
    match command:
        case c.Accept() | c.Take() | c.Revoke():
            return _over(desk, command) if _is_late(desk) else None
        case c.Reject() | c.Assign() | c.Undo():
            return None
        case _:
            pass
    if isinstance(command, c.Answer | c.AnswerAlso | c.NearMiss):
        desk.work.change(Noted(command.text, desk.intake, why="before the organisation has accepted"))
    did = desk.words(
        "Nicht ausgeführt: Antworten Sie bitte zuerst mit „annehmen“ oder „ablehnen: Grund“.",
        "Not done: please reply “accept” or “reject: reason” first.",
    )
    return Line(said_in(command), did, False)


def _is_late(desk: Desk) -> bool:
    """Whether it came in time is said by when our door had it, not by when we read it."""
    said_at = desk.mail.envelope.received_at if desk.mail is not None else desk.work.now
    return desk.ticket.partner_due is not None and said_at > desk.ticket.partner_due


def _over(desk: Desk, command: Command) -> Line:
    if isinstance(command, c.Answer | c.AnswerAlso | c.NearMiss):
        desk.work.change(Noted(command.text, desk.intake, why="not theirs any more"))
    asker = desk.ticket.reporter.name
    did = desk.words(
        f"Nicht ausgeführt: Die Anfrage von {asker} ist für uns abgeschlossen. Hier ist nichts mehr zu tun.",
        f"Not done: the request of {asker} is over for us. There is nothing more to do here.",
    )
    return Line(said_in(command), did, False)


def _belongs_to_parent(desk: Desk, said: str) -> Line:
    asker = desk.ticket.reporter.name
    did = desk.words(
        f"Nicht ausgeführt: Das kann nur {asker}, von dort kommt der Vorgang.",
        f"Not done: only {asker} can do that, the ticket came from there.",
    )
    return Line(said, did, False)


def _reached_the_parent(desk: Desk) -> bool:
    act = next((one for one in desk.facts.acts if one.by == desk.actor.id), None)
    return act is not None and any(isinstance(one, _ACROSS) for one in act.changes)


def _cannot_be_undone(desk: Desk, said: str) -> Line:
    asker = desk.ticket.reporter.name
    did = desk.words(
        f"Nicht ausgeführt: {asker} hat das schon erfahren. Mit „ablehnen: Grund“ geben Sie den Vorgang zurück.",
        f"Not done: {asker} knows of it already. “reject: reason” gives the ticket back.",
    )
    return Line(said, did, False)


# --- what it means for the parent ---------------------------------------------------------------------------


def give_back(desk: Desk, command: c.Reject) -> Line | None:
    """No for the organisation: nobody of us had it before whom it could go back to. None: then it goes to them."""
    if not desk.is_assignee or desk.ticket.status is Status.CLOSED or previous_holder(desk) is not None:
        return None
    declines = desk.ticket.partner_due is not None
    asker = desk.ticket.reporter.name
    desk.work.change(GoneBack("declined" if declines else "returned"))
    desk.work.cancel_timers(*TimerKind)
    other = _at_parent(desk)
    if other is not None:
        partner = _as_partner(desk, other)
        what = (
            (f"{partner.name} hat abgelehnt.", f"{partner.name} has declined.")
            if declines
            else (f"{partner.name} gibt den Vorgang zurück.", f"{partner.name} gives the ticket back.")
        )
        change = (PartnerDeclined if declines else PartnerReturned)(partner.id, command.reason)
        pass_over(other, _facts_there(desk), change, what, command.reason)
    did = desk.words(
        f"{asker} hat den Vorgang zurück. Hier ist nichts mehr zu tun.",
        f"{asker} has the ticket back. There is nothing more to do here.",
    )
    return Line(command.said, did, True)


def follow(desk: Desk, files: tuple[int, ...]) -> None:
    """After each command: what our staff did to the child happens to the parent, in the same transaction."""
    ticket = desk.ticket
    if ticket.status is Status.ACCEPTED and ticket.partner_due is not None:
        _take_on(desk)
    elif isinstance(next(reversed(desk.work.changes), None), Closed):
        other, last = _at_parent(desk), desk.work.changes[-1]
        if other is not None and other.may(Closed) and isinstance(last, Closed):
            with_partner.closed(other, _facts_there(desk), _as_partner(desk, other), last.text, files)


def _take_on(desk: Desk) -> None:
    """We said yes: the parent is ours, and we may read what its customer wrote."""
    other = _at_parent(desk)
    desk.work.change(TakenOn())
    if other is None or other.ticket is None:
        return
    there, partner = _facts_there(desk), _as_partner(desk, other)
    ticket = with_partner.accepted(other, there, partner)
    for one in of_the_customer(there, ticket):
        desk.work.change(MessageAdded(one.intake, replace(one.author, id=None), None, one.files))
    desk.work.explain(Station.ASSIGN, "taken on", f"{desk.actor.name} has accepted in time")
    staff = desk.work.ruleset.staff_by_id(desk.ticket.assignee) or desk.actor
    english = staff.language == "en"
    name = ticket.reporter.name or ticket.reporter.address
    notice = Notice(
        template=Template.PARTNER_ACCEPTED,
        to=staff_party(staff),
        language=staff.language,
        ticket=desk.ticket,
        author=ticket.reporter,
        lines=(Line("Reported by" if english else "Gemeldet von", name, True),),
    )
    desk.work.tell(the_matter(notice, there, ticket))


def answer_for_parent(desk: Desk, text: str, intake: int | None) -> None:
    """The answer leaves from the organisation that the customer wrote to."""
    other = _at_parent(desk)
    if other is None or not other.may(Answered) or other.ticket is None:
        return
    desk.work.change(Answered(other.ticket.reporter.address, intake, text=text))
    with_partner.answered(other, _facts_there(desk), _as_partner(desk, other), text, intake)


def _at_parent(desk: Desk) -> Work | None:
    """The workbench of the parent; None where its organisation has left the installation."""
    work, parent, there = desk.work, desk.ticket.parent, desk.facts.elsewhere
    if parent is None or there is None or there.ticket is None:
        return None
    same = (
        one for one in work.beside if (one.organisation, one.number) == (parent.organisation, parent.number)
    )
    if (open_already := next(same, None)) is not None:
        return open_already
    rules = work.rules.neighbours.get(parent.organisation)
    if rules is None:
        return None
    found = partner_by_id(rules.ruleset, there.ticket.partner)
    actor = partner_party(found or _unknown(desk, there.ticket.partner))
    other = work.across(as_of(rules, there.away, work.now), parent.organisation, actor)
    other.about(there.ticket)
    return other


def _facts_there(desk: Desk) -> Facts:
    there = desk.facts.elsewhere
    assert there is not None
    return replace(there, neighbours=desk.facts.neighbours)


def _as_partner(desk: Desk, other: Work) -> Partner:
    """What we are to the parent's organisation, also if its rules name us no more."""
    found = partner_by_id(other.ruleset, other.actor.id or "")
    return found or _unknown(desk, other.actor.id or "")


def _unknown(desk: Desk, partner_id: str) -> Partner:
    ours = desk.work.ruleset.organisation
    return Partner(partner_id, ours.name, "", 0, ours.id, ours.calendar, Source("partners.yaml", 0))
