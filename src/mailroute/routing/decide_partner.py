"""A partner replied with their own token: yes or no first, then they work like staff, in fewer words (REQ-D7…D11).

Nothing that a partner is told before they accept says more than the offer did; what they write is kept, whatever it is.
"""

from __future__ import annotations

from dataclasses import dataclass

from mailroute.model import command as c
from mailroute.model.command import Command, said_in
from mailroute.model.decision import (
    Assurance,
    Decision,
    Disposition,
    Routing,
    Sender,
    Station,
    TimerKind,
    rule_of,
)
from mailroute.model.facts import Facts
from mailroute.model.letter import Line, Notice, Template
from mailroute.model.message import Automatic
from mailroute.model.outside import PartnerDeclined, PartnerReturned
from mailroute.model.ruleset import Partner
from mailroute.model.ticket import Noted, Reminded, Status, Ticket
from mailroute.routing.child import take_back
from mailroute.routing.commands import parse_commands
from mailroute.routing.deadlines import due, to_the_minute
from mailroute.routing.decide_reply import decide_reply
from mailroute.routing.internal_words import repeats_something_internal
from mailroute.routing.moving_on import pass_over, tell_assignee
from mailroute.routing.partners import partner_by_id, partner_party
from mailroute.routing.screen import Screened
from mailroute.routing.waiting import DONE_REMINDER_AT_LEAST, spans_of
from mailroute.routing.with_partner import accepted, answered, closed, of_the_customer, the_matter
from mailroute.routing.work import Mail, Work, passed_on, place_in_words


@dataclass(slots=True)
class Bench:
    """One partner at work on one ticket."""

    work: Work
    facts: Facts
    partner: Partner
    mail: Mail

    @property
    def ticket(self) -> Ticket:
        """The ticket as the commands so far leave it."""
        assert self.work.ticket is not None
        return self.work.ticket

    @property
    def is_theirs(self) -> bool:
        """Whether they are asked or have it."""
        return self.ticket.partner == self.partner.id

    @property
    def language(self) -> str:
        """What letters to the partner are written in."""
        return self.work.ruleset.organisation.language

    @property
    def files(self) -> tuple[int, ...]:
        """This mail, if it brought files."""
        return (self.mail.envelope.intake_id,) if self.mail.message.attachments else ()

    def words(self, de: str, en: str) -> str:
        """A sentence in the partner's language."""
        return en if self.language == "en" else de

    def keep(self, text: str, why: str) -> None:
        """What cannot be done is kept."""
        self.work.change(Noted(text, self.mail.envelope.intake_id, why=why))


def decide_reply_of_partner(
    mail: Mail, facts: Facts, work: Work, sender: Sender, screened: Screened
) -> Decision:
    """Do what the first lines say, as far as the partner may; everything else is refused in one sentence."""
    partner = partner_by_id(work.ruleset, sender.party.id or "")
    assert partner is not None
    bench = Bench(work, facts, partner, mail)
    routing = Routing(sender, None, None, None, None)
    message = mail.message
    if message.automatic is not Automatic.PERSON or mail.envelope.mail_from == "":
        bench.keep(message.new_text, "automatic reply")
        work.explain(
            Station.COMMAND, "noted", f"an automatic reply of {partner.id} is no reaction (RFC 3834)"
        )
        return work.decision(Disposition.APPEND, routing)
    if sender.assurance is not Assurance.TOKEN:
        bench.keep(message.new_text, "unconfirmed")
        work.explain(Station.COMMAND, "not executed", f"nothing proves that {partner.id} sent it")
        _receipt(bench, [_unconfirmed(bench)])
        return work.decision(Disposition.APPEND, routing)
    commands = parse_commands(message.new_text, work.ruleset.spellings)
    if not bench.is_theirs and all(
        isinstance(one, c.Answer | c.AnswerAlso | c.NearMiss | c.Empty) for one in commands
    ):
        # Not a verb: an invoice, a word of regret. Whoever has the ticket reads it.
        return decide_reply(mail, facts, work, sender, screened)
    lines = [line for one in commands if (line := _carry_out(bench, one)) is not None]
    for line in lines:
        work.explain(Station.COMMAND, line.said, line.did)
    if lines:
        _receipt(bench, lines)
    return work.decision(Disposition.COMMAND, routing)


def _unconfirmed(bench: Bench) -> Line:
    did = bench.words(
        "Nicht ausgeführt: Der Absender wurde nicht bestätigt. Bitte antworten Sie aus dem Mailprogramm Ihrer Firma.",
        "Not done: the sender was not confirmed. Please reply from your firm's own mail program.",
    )
    return Line("", did, False)


def _receipt(bench: Bench, lines: list[Line]) -> None:
    message_id = bench.mail.message.message_id
    bench.work.tell(
        Notice(
            template=Template.PARTNER_RECEIPT,
            to=partner_party(bench.partner),
            language=bench.language,
            ticket=bench.ticket,
            lines=tuple(lines),
            in_reply_to=message_id,
            references=(message_id,) if message_id else (),
        )
    )


def _carry_out(bench: Bench, command: Command) -> Line | None:
    if not bench.is_theirs:
        return _moved_on(bench, command)
    if bench.ticket.status is Status.PARTNER_ASKED:
        return _yes_or_no(bench, command)
    return _at_work(bench, command)


def _text(command: Command) -> str:
    return (
        command.text
        if isinstance(command, c.Answer | c.AnswerAlso | c.NearMiss | c.Note)
        else said_in(command)
    )


def _moved_on(bench: Bench, command: Command) -> Line:
    """Too late, or not theirs any more (REQ-D11). It says nothing of what became of it."""
    bench.keep(_text(command), "not theirs any more")
    did = bench.words(
        "Nicht ausgeführt: Diese Anfrage ist inzwischen weitergegangen. Für Sie ist nichts mehr zu tun.",
        "Not done: this request has moved on. There is nothing more you need to do.",
    )
    return Line(said_in(command), did, False)


# --- before they accept -------------------------------------------------------------------------------------


def _yes_or_no(bench: Bench, command: Command) -> Line | None:
    match command:
        case c.Accept():
            return _accept(bench, command)
        case c.Reject():
            name = bench.partner.name
            what = (f"{name} hat abgelehnt.", f"{name} has declined.")
            change = PartnerDeclined(bench.partner.id, command.reason)
            pass_over(bench.work, bench.facts, change, what, command.reason)
            did = bench.words(
                "Danke für die schnelle Antwort. Für Sie ist nichts mehr zu tun.",
                "Thank you for the quick answer. There is nothing more you need to do.",
            )
            return Line(command.said, did, True)
        case _:
            bench.keep(_text(command), "before the partner has accepted")
            did = bench.words(
                "Nicht ausgeführt: Antworten Sie bitte zuerst mit „annehmen“ oder „ablehnen: Grund“.",
                "Not done: please reply “accept” or “reject: reason” first.",
            )
            return Line(said_in(command), did, False)


def _accept(bench: Bench, command: c.Accept) -> Line | None:
    """Whether it came in time is said by when our door had it, not by when we read it."""
    ticket, work = bench.ticket, bench.work
    assert ticket.partner_due is not None
    if bench.mail.envelope.received_at > ticket.partner_due:
        return _moved_on(bench, command)
    ticket = accepted(work, bench.facts, bench.partner)
    notice = Notice(
        template=Template.PARTNER_ACCEPTED,
        to=partner_party(bench.partner),
        language=bench.language,
        ticket=ticket,
    )
    work.tell(the_matter(notice, bench.facts, ticket))
    return None


# --- afterwards ---------------------------------------------------------------------------------------------


def _at_work(bench: Bench, command: Command) -> Line | None:
    match command:
        case c.Accept() | c.Take():
            did = bench.words("Der Vorgang liegt bereits bei Ihnen.", "The ticket is yours already.")
            return Line(command.said, did, True)
        case c.Reject():
            return _give_back(bench, command)
        case c.Close():
            return _close(bench, command)
        case c.Note():
            return _tell(bench, command.said, command.text)
        case c.Answer():
            return _answer(bench, command.text)
        case c.NearMiss():
            return _tell(bench, command.said, command.text)
        case c.Help():
            did = bench.words("Die Liste steht unten in dieser Nachricht.",
                              "The list is at the end of this message.")  # fmt: skip
            return Line(command.said, did, True)
        case c.Empty():
            return _tell(bench, "", "")
        case _:
            bench.keep(_text(command), "a command that partners do not have")
            did = bench.words(
                "Nicht ausgeführt: Das kann hier nur das Team. Für Sie gibt es „erledigt: Text“, „ablehnen: Grund“, "
                "„notiz: Text“ und Ihre Antwort als einfachen Text.",
                "Not done: only the team can do that here. You have “close: text”, “reject: reason”, “note: text” "
                "and your answer as plain text.",
            )
            return Line(said_in(command), did, False)


def _give_back(bench: Bench, command: c.Reject) -> Line:
    name = bench.partner.name
    what = (f"{name} gibt den Vorgang zurück.", f"{name} gives the ticket back.")
    pass_over(
        bench.work, bench.facts, PartnerReturned(bench.partner.id, command.reason), what, command.reason
    )
    did = bench.words(
        "Der Vorgang ist zurückgegeben. Für Sie ist nichts mehr zu tun.",
        "The ticket is given back. There is nothing more you need to do.",
    )
    return Line(command.said, did, True)


def _close(bench: Bench, command: c.Close) -> Line:
    closed(bench.work, bench.facts, bench.partner, command.text, bench.files)
    did = bench.words("Der Vorgang ist abgeschlossen. Vielen Dank.", "The ticket is closed. Thank you.")
    return Line(command.said, did, True)


def _tell(bench: Bench, said: str, text: str) -> Line:
    """A note, or words of which nobody can tell for whom they are: for the house, never for the customer."""
    bench.keep(text, "" if text else "empty reply")
    name = bench.partner.name
    what = (f"{name} schreibt Ihnen zum Vorgang:", f"{name} writes to you about the ticket:")
    if text or bench.files:
        tell_assignee(bench.work, bench.facts, (what,), reason=text, attach=bench.files)
    did = bench.words(
        f"Weitergegeben an {bench.work.ruleset.organisation.name}, nicht an den Absender des Anliegens.",
        f"Passed on to {bench.work.ruleset.organisation.name}, not to whoever reported the matter.",
    )
    return Line(said, did, True)


def _answer(bench: Bench, text: str) -> Line | None:
    """To the customer, unless it would say something internal or there is nobody to answer."""
    if not bench.ticket.reporter.address or repeats_something_internal(text, bench.facts.internal_texts):
        return _tell(bench, text.strip().splitlines()[0][:60], text)
    answered(bench.work, bench.facts, bench.partner, text, bench.mail.envelope.intake_id)
    return None


# --- until it is done ---------------------------------------------------------------------------------------


def remind_partner(work: Work, facts: Facts) -> None:
    """The matter should be done by now. A partner that the rules have no more gives it back by that."""
    ticket = work.ticket
    assert ticket is not None
    partner = partner_by_id(work.ruleset, ticket.partner)
    if partner is None:
        gone = (
            f"{ticket.partner} steht nicht mehr in partners.yaml.",
            f"{ticket.partner} is no longer in partners.yaml.",
        )
        take_back(work, facts, "returned")
        pass_over(work, facts, PartnerReturned(ticket.partner, ""), gone)
        return
    count = ticket.reminders + 1
    ticket = work.change(Reminded(partner.id, count))
    spans, calendar = spans_of(work.ruleset, ticket.case_type), work.ruleset.calendar(partner.calendar)
    again = due(
        spans,
        calendar,
        work.now,
        max(spans.remind_every, DONE_REMINDER_AT_LEAST),
    )
    work.set_timer(TimerKind.DONE, again)
    moment = to_the_minute(again, calendar)
    work.explain(
        Station.TIMER,
        "reminder",
        f"the {count}. to {partner.name}; again at {moment}",
        rule_of(partner.source),
    )
    if ticket.child is not None:
        # Their own rules remind them of their own ticket.
        return
    work.tell(
        Notice(
            template=Template.PARTNER_REMINDER,
            to=partner_party(partner),
            language=work.ruleset.organisation.language,
            ticket=ticket,
            place=place_in_words(facts.place[0], facts.place[1]),
            passes_on=passed_on(of_the_customer(facts, ticket)),
        )
    )
