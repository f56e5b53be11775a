"""A mail for an existing ticket from anybody but staff with their own token: it is added, and the assignee hears of it.

It never executes a command and never reaches a customer: whoever forwards or copies one of our letters hands over
no rights (reliability §4).
"""

from __future__ import annotations

from dataclasses import replace

from mailroute.model.decision import Decision, Disposition, Routing, Sender, Station, rule_of
from mailroute.model.facts import Facts
from mailroute.model.letter import Notice, Template, Written
from mailroute.model.message import Automatic
from mailroute.model.readable import readable
from mailroute.model.ruleset import Partner
from mailroute.model.ticket import MessageAdded, PartyKind, Reopened, Status, Ticket
from mailroute.routing.asked import answers_question, settle
from mailroute.routing.assign import triage_desk
from mailroute.routing.emergency import is_emergency
from mailroute.routing.lookalike import imitated
from mailroute.routing.muting import of_message
from mailroute.routing.participation import (
    about_co_member,
    copy_message,
    is_co_member,
    is_readable,
    mark_read,
    proof_in_words,
    reads_along,
    says_read,
)
from mailroute.routing.partners import partner_by_id, tell_partner
from mailroute.routing.screen import Screened
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


def decide_reply(mail: Mail, facts: Facts, work: Work, sender: Sender, screened: Screened) -> Decision:
    """Add the mail to its ticket. A human's word reopens a closed one; a machine's does not (reliability §3)."""
    ticket = work.ticket
    assert ticket is not None
    assignee_before = ticket.assignee
    message = mail.message
    sender = _known_as_firm(facts, sender)
    by_machine = message.automatic is not Automatic.PERSON
    alarm = not by_machine and is_emergency(mail, work, sender, reply=True)
    if not by_machine and says_read(message) and reads_along(facts, work, sender, ticket):
        mark_read(mail, facts, work, sender, ticket)
        return work.decision(Disposition.COMMAND, Routing(sender, None, None, None, None))
    proof = proof_in_words(sender, mail) if is_co_member(facts, sender, ticket) else ""
    added = MessageAdded(
        mail.envelope.intake_id,
        sender.party,
        message.message_id,
        len(message.attachments),
        proof=proof,
        readable=readable(message, first=False) if is_readable(mail, facts, work, sender) else None,
    )
    ticket = work.change(added)
    if ticket.status is Status.CLOSED and not by_machine:
        ticket = _reopen(work, ticket)
    settled = settle(mail, facts, work, sender) if answers_question(mail, facts, ticket, sender) else None
    if by_machine and sender.party.kind is PartyKind.STAFF:
        work.explain(
            Station.NOTIFY, "nobody is told", "an automatic reply of a colleague is kept with the ticket"
        )
    elif settled is not None and settled.told:
        work.explain(Station.NOTIFY, "told", "the new assignee has the whole matter")
    elif not of_message(work, facts, ticket.number, emergency=alarm):
        work.explain(Station.NOTIFY, "nobody is told", "very many messages come; a summary follows")
    elif (partner := _who_has_it(work, ticket, sender)) is not None:
        tell_partner(work, facts, partner, mail, sender)
        copy_message(mail, facts, work, sender)
    else:
        left = settled.left if settled is not None else ()
        knows_it = ticket.assignee == assignee_before
        _tell_assignee(mail, facts, work, sender, ticket, knows_it=knows_it, candidates=left)
        copy_message(mail, facts, work, sender)
    return work.decision(Disposition.APPEND, Routing(sender, None, None, None, None))


def _known_as_firm(facts: Facts, sender: Sender) -> Sender:
    """A firm outside answers our order: whatever it writes are a firm's words, never a command (REQ-D12)."""
    to = facts.proof.recipient if facts.proof is not None else None
    if to is None or to.kind is not PartyKind.PARTNER or to.address != sender.party.address:
        return sender
    return replace(sender, party=replace(sender.party, kind=PartyKind.PARTNER))


def _who_has_it(work: Work, ticket: Ticket, sender: Sender) -> Partner | None:
    """The partner who has accepted reads what customers write; what firms or colleagues write is for the house."""
    by_customer = sender.party.kind not in (PartyKind.PARTNER, PartyKind.STAFF)
    if ticket.status is not Status.WITH_PARTNER or not by_customer:
        return None
    return partner_by_id(work.ruleset, ticket.partner)


def _reopen(work: Work, ticket: Ticket) -> Ticket:
    """It goes to the last assignee while they are there, else to the triage desk's holder by assignment (design §7)."""
    staff = work.ruleset.staff_by_id(ticket.assignee)
    there = staff is not None and staff.active
    to = ticket.assignee if there else triage_desk(work.ruleset, local_day(work.ruleset, work.now)).id
    work.explain(
        Station.ASSIGN,
        to,
        "a closed ticket was answered: it is open again" + ("" if there else ", at triage"),
        work.where_is(to),
    )
    ticket = work.change(Reopened(to))
    start_waiting(work, ticket.case_type, to, work.now)
    return ticket


def _tell_assignee(
    mail: Mail,
    facts: Facts,
    work: Work,
    sender: Sender,
    ticket: Ticket,
    *,
    knows_it: bool,
    candidates: tuple[str, ...],
) -> None:
    staff = work.ruleset.staff_by_id(ticket.assignee)
    if staff is None:
        return
    stranger = _stranger_reason(facts, sender)
    work.explain(
        Station.NOTIFY, staff.id, stranger or "the assignee hears of every new message", rule_of(staff.source)
    )
    notice = Notice(
        template=Template.FOLLOW_UP,
        to=staff_party(staff),
        language=staff.language,
        ticket=ticket,
        place=place_in_words(facts.place[0], facts.place[1]),
        text=mail.message.new_text or mail.message.text,
        author=sender.party,
        reason=stranger,
        imitates=imitated(sender.party, work.ruleset),
        why=about_co_member(facts, work, sender, mail, staff.language),
        attach=(mail.envelope.intake_id,) if mail.message.attachments else (),
        candidates=candidates,
    )
    work.tell(notice if knows_it else _from_the_beginning(notice, mail, facts, work))


def _from_the_beginning(notice: Notice, mail: Mail, facts: Facts, work: Work) -> Notice:
    """The same for somebody who never had the ticket: the new words alone would tell them nothing."""
    nth = facts.messages[-1].nth + 1 if facts.messages else 1
    author = notice.author or work.actor
    new = Written(mail.envelope.intake_id, author, work.now, nth, len(mail.message.attachments))
    messages = passed_on((*facts.messages, new))
    return replace(
        notice,
        template=Template.REOPENED,
        text="",
        passes_on=messages,
        attach=intakes_with_files(messages),
    )


def _stranger_reason(facts: Facts, sender: Sender) -> str:
    """What to warn the assignee of: the letter that was answered had been written to somebody else."""
    if facts.proof is None:
        return ""
    recipient = facts.proof.recipient
    party = sender.party
    same_person = party.id is not None and (party.kind, party.id) == (recipient.kind, recipient.id)
    if same_person or recipient.address == sender.party.address:
        return ""
    return f"{recipient.name or recipient.address}"
