"""A reply to a letter that belongs to no ticket: a digest, a receipt, a message to the administrators.

Only what concerns the person and no ticket can be done here; everything else gets one clear answer and does nothing.
Nothing said here ever reaches a customer.
"""

from __future__ import annotations

from collections.abc import Sequence

from mailroute.model import command as c
from mailroute.model.command import Command
from mailroute.model.decision import Assurance, Decision, Disposition, Routing, Sender, Station
from mailroute.model.facts import Facts
from mailroute.model.letter import Line, Notice, Template
from mailroute.model.message import Automatic
from mailroute.model.ruleset import Staff
from mailroute.routing.absence import note_out_of_office, presence
from mailroute.routing.commands import parse_commands
from mailroute.routing.work import Mail, Work, staff_party


def decide_reply_to_general(mail: Mail, facts: Facts, work: Work, sender: Sender) -> Decision:
    """A colleague answered a letter that belongs to no ticket, with the token that was made for them."""
    routing = Routing(sender, None, None, None, None)
    actor = work.ruleset.staff_by_id(sender.party.id)
    assert actor is not None
    if mail.message.automatic is not Automatic.PERSON or mail.envelope.mail_from == "":
        work.explain(Station.COMMAND, "ignored", f"an automatic reply of {actor.name} is never a command")
        if mail.message.automatic is Automatic.AUTO_REPLIED and sender.assurance is Assurance.TOKEN:
            note_out_of_office(work, facts.away, actor, mail.message)
        return work.decision(Disposition.COMMAND if work.absences else Disposition.IGNORE, routing)
    if sender.assurance is not Assurance.TOKEN:
        work.explain(Station.COMMAND, "not executed", f"nothing proves that {actor.name} sent it")
        _answer(work, actor, mail, (_unproven(actor),))
        return work.decision(Disposition.COMMAND, routing)
    _run(work, facts, actor, mail, parse_commands(mail.message.new_text, work.ruleset.spellings))
    return work.decision(Disposition.COMMAND, routing)


def _run(work: Work, facts: Facts, actor: Staff, mail: Mail, commands: Sequence[Command]) -> None:
    lines = tuple(_carry_out(work, facts, actor, one) for one in commands)
    for line in lines:
        work.explain(Station.COMMAND, line.said, line.did)
    _answer(work, actor, mail, lines)


def _answer(work: Work, actor: Staff, mail: Mail, lines: tuple[Line, ...]) -> None:
    message_id = mail.message.message_id
    work.tell(
        Notice(
            template=Template.GENERAL_RECEIPT,
            to=staff_party(actor),
            language=actor.language,
            ticket=None,
            lines=lines,
            in_reply_to=message_id,
            references=(message_id,) if message_id else (),
            inbox=mail.envelope.inbox,
        )
    )


def _carry_out(work: Work, facts: Facts, actor: Staff, command: Command) -> Line:
    match command:
        case c.BeAway() | c.BeBack():
            return presence(work, facts.away, actor, command)
        case c.Help():
            did = (
                "Die Liste steht unten in dieser Nachricht.",
                "The list is at the end of this message.",
            )
            return Line(command.said, _in(actor, *did), True)
        case c.Empty():
            return Line("", _in(actor, *_EMPTY), False)
        case c.Answer():
            return Line(command.text.splitlines()[0], _in(actor, *_NO_TICKET), False)
        case _:
            return Line(command.said, _in(actor, *_NO_TICKET), False)


_EMPTY = (
    "Ihre Antwort enthielt keinen neuen Text.",
    "Your reply had no new text.",
)
_NO_TICKET = (
    (
        "Nicht ausgeführt: Die Nachricht, auf die Sie antworten, gehört zu keinem Vorgang. Nichts wurde "
        "versendet. Antworten Sie auf eine Nachricht des Vorgangs, den Sie meinen."
    ),
    (
        "Not done: the message you replied to belongs to no ticket. Nothing was sent. "
        "Reply to a message of the ticket that you mean."
    ),
)


def _unproven(actor: Staff) -> Line:
    did = _in(
        actor,
        "Nicht ausgeführt: Es ließ sich nicht prüfen, ob diese Mail wirklich von Ihnen ist. Nichts wurde versendet. "
        "War es Ihre, dann antworten Sie bitte direkt auf diese Nachricht; war sie es nicht, müssen Sie nichts tun.",
        "Not done: nothing proves that this mail is really yours. Nothing was sent. "
        "If it was, please reply to this message; if it was not, there is nothing you need to do.",
    )
    return Line("", did, False)


def _in(actor: Staff, de: str, en: str) -> str:
    return en if actor.language == "en" else de
