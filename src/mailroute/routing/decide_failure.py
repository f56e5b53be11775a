"""A letter of ours came back: whoever relied on it hears of it. Without proof a bounce changes nothing."""

from __future__ import annotations

from mailroute.model.decision import Decision, Disposition, Routing, Station
from mailroute.model.facts import Facts, SentLetter
from mailroute.model.letter import Notice, Template
from mailroute.model.ruleset import Staff
from mailroute.model.ticket import Assigned, LetterFailed, PartyKind, Status, Ticket
from mailroute.routing.assign import triage_desk
from mailroute.routing.moving_on import question_came_back
from mailroute.routing.offered import pass_list_on
from mailroute.routing.standing_in import stand_in_for
from mailroute.routing.waiting import start_waiting
from mailroute.routing.work import (
    Mail,
    Work,
    intakes_with_files,
    local_day,
    passed_on,
    place_in_words,
    staff_party,
)


def decide_failure(mail: Mail, facts: Facts, work: Work, routing: Routing) -> Decision:
    """Say what a delivery report means. A delay is no failure; a report that anybody could have written is none."""
    letter, ticket = facts.bounced, facts.ticket
    bounce = mail.message.bounce
    failed = [r for r in bounce.recipients if r.action in ("failed", "")] if bounce else []
    if letter is None:
        work.explain(Station.SCREEN, "ignored", "a delivery report that speaks of no letter of ours")
    elif not letter.proven:
        work.explain(
            Station.SCREEN, "ignored", f"anybody could have written this report about letter {letter.id}"
        )
    elif bounce is not None and bounce.recipients and not failed:
        work.explain(Station.SCREEN, "ignored", f"letter {letter.id} is only delayed, or was delivered")
    elif ticket is None and letter.number is not None:
        work.explain(Station.SCREEN, "ignored", f"the ticket of letter {letter.id} is gone")
    else:
        status = failed[0].status if failed else ""
        work.explain(
            Station.SCREEN, "not delivered", f"letter {letter.id} to {letter.to.address} came back {status}"
        )
        if ticket is None:
            _tell(facts, work, None, status)
            return work.decision(Disposition.TRIAGE, routing)
        work.about(ticket)
        ticket = work.change(LetterFailed(letter.id, letter.to.address, status))
        if is_question_to_partner(letter, ticket):
            question_came_back(work, facts, status)
            return work.decision(Disposition.APPEND, routing)
        if _assignee_cannot_be_reached(work, ticket, letter):
            ticket = _pass_on(facts, work, ticket)
        _tell(facts, work, ticket, status)
        return work.decision(Disposition.APPEND, routing)
    return work.decision(Disposition.IGNORE, routing)


def is_question_to_partner(letter: SentLetter, ticket: Ticket) -> bool:
    """Whether it is the offer that a partner is to answer just now."""
    asked = ticket.status is Status.PARTNER_ASKED and letter.to.id == ticket.partner
    return asked and letter.to.kind is PartyKind.PARTNER and letter.template == Template.PARTNER_OFFER


def _assignee_cannot_be_reached(work: Work, ticket: Ticket, letter: SentLetter) -> bool:
    return letter.to.kind is PartyKind.STAFF and letter.to.id == ticket.assignee and work.may(Assigned)


def _pass_on(facts: Facts, work: Work, ticket: Ticket) -> Ticket:
    """Whoever has it does not get our letters: somebody must have it who does."""
    to = stand_in_for(ticket, facts, work.ruleset, local_day(work.ruleset, work.now))
    if to is None:
        return ticket
    before = work.ruleset.staff_by_id(ticket.assignee)
    ticket = work.change(Assigned(to.id))
    promised = start_waiting(work, ticket.case_type, to.id, work.now)
    work.explain(
        Station.ASSIGN, to.id, "the assignee's address does not take our letters", work.where_is(to.id)
    )
    messages = passed_on(facts.messages)
    work.tell(
        Notice(
            template=Template.ASSIGNED,
            to=staff_party(to),
            language=to.language,
            ticket=ticket,
            place=place_in_words(facts.place[0], facts.place[1]),
            author=staff_party(before) if before else None,
            due=promised.accept_by,
            passes_on=messages,
            attach=intakes_with_files(messages),
            candidates=pass_list_on(work, facts.offer, to),
        )
    )
    return ticket


def _tell(facts: Facts, work: Work, ticket: Ticket | None, status: str) -> None:
    letter = facts.bounced
    staff = _who_must_know(
        work, ticket, letter.to.id if letter and letter.to.kind is PartyKind.STAFF else None
    )
    if staff is None or letter is None:
        return
    work.tell(
        Notice(
            template=Template.NOT_DELIVERED if ticket else Template.LETTER_RETURNED,
            to=staff_party(staff),
            language=staff.language,
            ticket=ticket,
            place=place_in_words(facts.place[0], facts.place[1]),
            author=letter.to,
            reason=status,
        )
    )


def _who_must_know(work: Work, ticket: Ticket | None, unreachable: str | None) -> Staff | None:
    """The assignee, or the triage desk where it is a colleague who cannot be reached: never the failing address."""
    desk = triage_desk(work.ruleset, local_day(work.ruleset, work.now))
    assignee = work.ruleset.staff_by_id(ticket.assignee) if ticket and unreachable is None else None
    for staff in (assignee, desk):
        if staff is not None and staff.active and staff.id != unreachable:
            return staff
    return None
