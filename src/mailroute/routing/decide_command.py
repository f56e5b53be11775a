"""What staff say by replying, by the command line or the page: each verb, in order, with one clear answer each time.

A command counts only with a valid token, the token's own address as sender, and aligned authentication where a border
is configured (reliability §4, decision table). Everything that fails, fails closed: kept as a note, nothing sent.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import assert_never

from mailroute.model import command as c
from mailroute.model.command import Command
from mailroute.model.decision import Assurance, Decision, Disposition, Routing, Sender, Station, TimerKind
from mailroute.model.facts import Facts
from mailroute.model.letter import HELP, Line, Notice, Template
from mailroute.model.message import Automatic
from mailroute.model.ruleset import Staff
from mailroute.model.ticket import (
    AT_PARTNER,
    Closed,
    Corrected,
    Noted,
    Reopened,
    Status,
    Unchanged,
)
from mailroute.routing.absence import note_out_of_office, presence
from mailroute.routing.answers import answer, answer_also, send_draft
from mailroute.routing.calling_off import call_off
from mailroute.routing.commands import parse_commands
from mailroute.routing.correct import correct
from mailroute.routing.desk import Desk, accept_by_acting, is_closed, not_mine
from mailroute.routing.external import external
from mailroute.routing.follow_up import follow_up
from mailroute.routing.handover import move
from mailroute.routing.internal_words import repeats_something_internal
from mailroute.routing.parent import follow, give_back, refuse_in_child
from mailroute.routing.partners import refuse_at_partner
from mailroute.routing.presence import as_of
from mailroute.routing.screen import Screened
from mailroute.routing.splitting import separate, split
from mailroute.routing.undo import undo
from mailroute.routing.waiting import start_waiting
from mailroute.routing.work import Mail, Rules, Work, place_in_words, staff_party

SAID_CHARS = 200


def decide_reply_of_staff(
    mail: Mail, facts: Facts, work: Work, sender: Sender, screened: Screened
) -> Decision:
    """A colleague answered one of our letters with their own token: do what the first lines say."""
    routing = Routing(sender, None, None, None, None)
    actor = work.ruleset.staff_by_id(sender.party.id)
    assert actor is not None
    message, intake = mail.message, mail.envelope.intake_id
    # No person's mail program sends with the null return path, and whatever does is never answered (RFC 3834 §2).
    if message.automatic is not Automatic.PERSON or mail.envelope.mail_from == "":
        work.change(Noted(message.new_text, intake, why="automatic reply"))
        work.explain(Station.COMMAND, "noted", f"an automatic reply of {actor.name} is never a command")
        if message.automatic is Automatic.AUTO_REPLIED and sender.assurance is Assurance.TOKEN:
            note_out_of_office(work, facts.away, actor, message)
        return work.decision(Disposition.APPEND, routing)
    if sender.assurance is not Assurance.TOKEN:
        _unconfirmed(mail, facts, work, actor)
        return work.decision(Disposition.APPEND, routing)
    desk = Desk(work, facts, actor, intake, mail)
    run(desk, parse_commands(message.new_text, work.ruleset.spellings), message.message_id)
    return work.decision(Disposition.COMMAND, routing)


def decide_command(
    ticket_facts: Facts, commands: Sequence[Command], actor: Staff, rules: Rules, now: datetime
) -> Decision:
    """The same verbs from the command line or the page, where the login is the proof."""
    assert ticket_facts.ticket is not None
    work = Work(
        as_of(rules, ticket_facts.away, now), ticket_facts.ticket.organisation, staff_party(actor), now
    )
    work.about(ticket_facts.ticket)
    run(Desk(work, ticket_facts, actor, None), commands, None)
    return work.decision(Disposition.COMMAND)


def run(desk: Desk, commands: Sequence[Command], message_id: str | None) -> None:
    """Carry out the commands in order and answer with one transcript (design §7)."""
    before = desk.ticket
    lines = [line for one in commands if (line := _written_down(desk, one)) is not None]
    _gather_changes(desk)
    call_off(desk.work, desk.facts, before)
    for line in lines:
        desk.work.explain(Station.COMMAND, line.said, line.did)
    if not lines:
        return
    preview = next((one for one in desk.work.notices if one.template is Template.PREVIEW), None)
    if preview is not None:
        # One letter, not two: the preview also says what was done.
        desk.work.notices[desk.work.notices.index(preview)] = replace(preview, lines=tuple(lines))
        return
    desk.work.tell(
        Notice(
            template=Template.RECEIPT,
            to=staff_party(desk.actor),
            language=desk.actor.language,
            ticket=desk.ticket,
            place=place_in_words(desk.facts.place[0], desk.facts.place[1]),
            lines=tuple(lines),
            reason=HELP if any(isinstance(one, c.Help) for one in commands) else "",
            in_reply_to=message_id,
            references=(message_id,) if message_id else (),
        )
    )


def _written_down(desk: Desk, command: Command) -> Line | None:
    """Carry one out, and write down also that it changed nothing: every act is in the log (REQ-D18)."""
    before = len(desk.work.changes)
    line = _answer_to(desk, command)
    if line is not None and len(desk.work.changes) == before and not isinstance(command, c.Help):
        desk.work.change(Unchanged(line.said[:SAID_CHARS], line.did[:SAID_CHARS]))
    return line


def _gather_changes(desk: Desk) -> None:
    """Notes and corrections by whoever does not have the ticket are for whoever has it when the notice leaves."""
    told_of = any(isinstance(one, Noted | Corrected) for one in desk.work.changes)
    if told_of and not desk.is_assignee:
        others = [one.at for one in desk.facts.untold if one.by.id != desk.ticket.assignee]
        desk.work.tell_of_changes(min([*others, desk.work.now]))


def _unconfirmed(mail: Mail, facts: Facts, work: Work, actor: Staff) -> None:
    work.change(Noted(mail.message.new_text, mail.envelope.intake_id, why="unconfirmed"))
    work.explain(Station.COMMAND, "not executed", f"nothing proves that {actor.name} sent it; kept as a note")
    desk = Desk(work, facts, actor, mail.envelope.intake_id)
    link = f"/desk/tickets/{desk.ticket.number}/confirm/{mail.envelope.intake_id}"
    desk.tell(Template.UNCONFIRMED, staff_party(actor), actor.language, text=mail.message.new_text, link=link)


def _answer_to(desk: Desk, command: Command) -> Line | None:
    """While a partner is asked or has the ticket, staff can do little (REQ-D7); else the command is done."""
    refused = refuse_at_partner(desk, command) if desk.ticket.status in AT_PARTNER else None
    if desk.ticket.parent is None:
        return refused or _carry_out(desk, command)
    return _in_child(desk, command)


def _in_child(desk: Desk, command: Command) -> Line | None:
    """Another organisation asked us: what is done here is done there too."""
    refused = refuse_in_child(desk, command)
    if refused is not None:
        return refused
    if isinstance(command, c.Reject) and (given_back := give_back(desk, command)) is not None:
        return given_back
    before = len(desk.work.changes)
    line = _carry_out(desk, command)
    if len(desk.work.changes) > before:
        follow(desk, _files(desk))
    return line


def _files(desk: Desk) -> tuple[int, ...]:
    """This mail, if it brought files."""
    has_files = desk.mail is not None and bool(desk.mail.message.attachments)
    return (desk.intake,) if has_files and desk.intake is not None else ()


def _carry_out(desk: Desk, command: Command) -> Line | None:  # noqa: C901 - one branch for each command
    """Do one command; the line of the transcript, or None where the answer speaks for itself."""
    match command:
        case c.Accept() | c.Take() | c.Reject() | c.Assign() | c.Revoke():
            return move(desk, command)
        case c.Note():
            desk.work.change(Noted(command.text, desk.intake))
            desk.work.explain(Station.COMMAND, "noted", "an internal note never leaves the house")
            return None
        case c.Close():
            return _close(desk, command)
        case c.Reopen():
            return _reopen(desk, command)
        case c.CorrectType() | c.CorrectProperty() | c.Pick():
            return correct(desk, command)
        case c.Split():
            return (
                is_closed(desk, command.said) if desk.ticket.status is Status.CLOSED else split(desk, command)
            )
        case c.Separate():
            return separate(desk, command)
        case c.External() | c.ExternalChanges() | c.Document():
            return external(desk, command)
        case c.FollowUp():
            return follow_up(desk, command)
        case c.BeAway() | c.BeBack():
            return presence(desk.work, desk.facts.away, desk.actor, command)
        case c.Undo():
            return undo(desk, command)
        case c.Help():
            did = desk.words(
                "Die Liste steht unten in dieser Nachricht.", "The list is at the end of this message."
            )
            return Line(command.said, did, True)
        case c.Send():
            return send_draft(desk, command)
        case c.Answer():
            return answer(desk, command.text, held_back=None)
        case c.AnswerAlso():
            return answer_also(desk, command)
        case c.NearMiss():
            return answer(desk, command.text, held_back=command.did_you_mean)
        case c.Empty():
            return _empty(desk)
        case _:
            assert_never(command)


def _close(desk: Desk, command: c.Close) -> Line:
    if desk.ticket.status is Status.CLOSED:
        done = desk.words("Der Vorgang war bereits abgeschlossen.", "The ticket was closed already.")
        return Line(command.said, done, True)
    if not desk.is_assignee:
        return not_mine(desk, command.said)
    accept_by_acting(desk)
    tells = "closing-letter" in desk.work.ruleset.organisation.features
    # The words behind `erledigt:` leave the house here, so they are held to what holds for an answer.
    internal = repeats_something_internal(command.text, desk.facts.internal_texts)
    text = command.text if tells and not internal else ""
    desk.work.change(Closed(command.text, told=text))
    desk.work.cancel_timers(*TimerKind)
    if tells:
        desk.tell(Template.CLOSED, desk.ticket.reporter, desk.ticket.language, text=text)
        for one in desk.facts.further:
            # What was written to the first reporter may name them.
            desk.tell(Template.CLOSED, one.party, desk.ticket.language)
    return Line(command.said, desk.words("Der Vorgang ist abgeschlossen.", "The ticket is closed."), True)


def _reopen(desk: Desk, command: c.Reopen) -> Line:
    if not desk.work.may(Reopened):
        return Line(
            command.said, desk.words("Der Vorgang ist bereits offen.", "The ticket is open already."), True
        )
    last = desk.work.ruleset.staff_by_id(desk.ticket.assignee)
    to = last if last is not None and last.active else desk.actor
    desk.work.change(Reopened(to.id))
    promised = start_waiting(desk.work, desk.ticket.case_type, to.id, desk.work.now)
    if to.id == desk.actor.id:
        accept_by_acting(desk)
        return Line(
            command.said, desk.words("Der Vorgang ist wieder offen.", "The ticket is open again."), True
        )
    desk.hand_over(Template.REOPENED, to, due=promised.accept_by)
    did = desk.words(
        f"Der Vorgang ist wieder offen (zuständig: {to.name}).",
        f"The ticket is open again, with {to.name}.",
    )
    return Line(command.said, did, True)


def _empty(desk: Desk) -> Line:
    desk.work.change(Noted("", desk.intake, why="empty reply"))
    return Line(
        "",
        desk.words(
            "Ihre Antwort enthielt keinen neuen Text; nichts wurde versendet. Anhänge liegen beim Vorgang.",
            "Your reply had no new text; nothing was sent. Attachments are kept with the ticket.",
        ),
        False,
    )
