"""What people hear of a loop or a storm: once that it is one, and afterwards where it has led."""

from __future__ import annotations

from mailroute.model.decision import Station, TimerKind, rule_of
from mailroute.model.facts import Facts
from mailroute.model.letter import Notice, Template
from mailroute.model.mail import Envelope
from mailroute.model.message import Message
from mailroute.model.readable import readable
from mailroute.model.ticket import MessageAdded, Party, Ticket
from mailroute.routing.storms import Flow, Verdict, tells_of_message
from mailroute.routing.work import Work, passed_on, place_in_words, staff_party


def collect(
    work: Work,
    facts: Facts,
    envelope: Envelope,
    message: Message,
    author: Party,
    storm: tuple[Ticket, Verdict],
) -> None:
    """Add a mail to the ticket that its sender opened first in this hour: they open more of them than people do."""
    ticket, verdict = storm
    work.about(ticket)
    words = readable(message, first=False)
    added = MessageAdded(
        envelope.intake_id, author, message.message_id, len(message.attachments), readable=words
    )
    ticket = work.change(added)
    work.explain(
        Station.MATCH,
        ticket.label,
        f"{author.address} opens too many tickets in an hour: this one collects them",
        rule_of(work.ruleset.organisation.source_of("storms")),
    )
    if verdict.flow is Flow.FULL:
        tell_muted(work, facts, verdict, message.new_text or message.text)
    else:
        sum_up_later(work, verdict)


def of_message(work: Work, facts: Facts, number: int, *, emergency: bool) -> bool:
    """Whether the assignee hears of one more message in a ticket; if not, they get a summary later."""
    verdict = tells_of_message(work, facts, number, emergency=emergency)
    if verdict.flow is Flow.FULL:
        tell_muted(work, facts, verdict, "")
    if verdict.flow is Flow.MUTED:
        sum_up_later(work, verdict)
    return verdict.flow is not Flow.MUTED


def tell_muted(work: Work, facts: Facts, verdict: Verdict, text: str) -> None:
    """Say once to the assignee that no letter will follow for each mail, why, and until when."""
    ticket = work.ticket
    assert ticket is not None
    staff = work.ruleset.staff_by_id(ticket.assignee)
    if staff is None:
        return
    work.tell(
        Notice(
            template=Template.MUTED,
            to=staff_party(staff),
            language=staff.language,
            ticket=ticket,
            place=place_in_words(facts.place[0], facts.place[1]),
            text=text,
            author=ticket.reporter,
            reason=verdict.scope.value,
            due=verdict.until,
        )
    )


def sum_up_later(work: Work, verdict: Verdict) -> None:
    """Let the assignee hear of what came without a letter, as soon as anything is told of again."""
    work.set_timer(TimerKind.MUTED, verdict.until)


def sum_up(work: Work, facts: Facts, ticket: Ticket) -> None:
    """The window is over: show the assignee what came meanwhile, of many mails the last ones."""
    staff = work.ruleset.staff_by_id(ticket.assignee)
    assert staff is not None
    work.explain(
        Station.TIMER,
        "summary",
        f"{staff.name} hears of what came while letters were muted",
        rule_of(staff.source),
    )
    work.tell(
        Notice(
            template=Template.UNMUTED,
            to=staff_party(staff),
            language=staff.language,
            ticket=ticket,
            place=place_in_words(facts.place[0], facts.place[1]),
            author=ticket.reporter,
            passes_on=passed_on(facts.messages),
        )
    )
