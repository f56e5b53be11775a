"""`an: x@y`: whoever answers names further readers of this one answer (REQ-B7). They become no members of anything.

A colleague, a partner and our own inboxes are none: for them there are verbs that also say who is to act.
"""

from __future__ import annotations

from dataclasses import replace

from mailroute.model import command as c
from mailroute.model.letter import Line, Notice
from mailroute.model.ticket import Answered, Party, PartyKind
from mailroute.routing.desk import Desk

ALSO_MOST = 5


def why_not_also(desk: Desk, command: c.AnswerAlso) -> Line | None:
    """Why the answer cannot go to these addresses, or None."""
    ruleset, most = desk.work.ruleset, ALSO_MOST
    if desk.ticket.parent is not None:
        return _not_sent(desk, command, f"der Vorgang kommt von {desk.ticket.reporter.name}, die Antwort geht nur über dort",
                         f"the ticket came from {desk.ticket.reporter.name}, answers leave through them alone")  # fmt: skip
    inboxes = {inbox.address for inbox in ruleset.organisation.inboxes}
    if len(command.addresses) > most:
        return _not_sent(desk, command, f"mehr als {most} Adressen", f"more than {most} addresses")
    for address in command.addresses:
        staff, partner = ruleset.staff_by_address(address), ruleset.partner_by_address(address)
        if staff is not None:
            de, en = f"weiter an: {staff.id}", f"assign: {staff.id}"
            return _not_sent(desk, command, f"{staff.name} arbeitet hier; „{de}“ gibt den Vorgang weiter",
                             f"{staff.name} works here; “{en}” hands the ticket on")  # fmt: skip
        if partner is not None:
            return _not_sent(desk, command, f"{address} ist ein Partner; „extern an: {address}“ erteilt einen Auftrag",
                             f"{address} is a partner; “external: {address}” gives an order")  # fmt: skip
        if address in inboxes:
            return _not_sent(
                desk, command, f"{address} ist unser eigenes Postfach", f"{address} is our own inbox"
            )
    return None


def _not_sent(desk: Desk, command: c.AnswerAlso, de: str, en: str) -> Line:
    return Line(command.said, desk.words(f"Nicht gesendet: {de}.", f"Not sent: {en}."), False)


def without_text(desk: Desk, command: c.AnswerAlso) -> Line:
    """There is nothing to send."""
    did = desk.words(
        "Nicht gesendet: Schreiben Sie Ihre Antwort unter diese Zeile.",
        "Not sent: write your answer below this line.",
    )
    return Line(command.said, did, False)


def goes_also(desk: Desk, command: c.AnswerAlso) -> Line | None:
    """The line of the transcript; None where the answer was held back, and its preview says so."""
    if not any(isinstance(one, Answered) for one in desk.work.changes):
        return None
    to = ", ".join(command.addresses)
    return Line(
        command.said, desk.words(f"Die Antwort geht auch an {to}.", f"The answer also goes to {to}."), True
    )


def tell_also(desk: Desk, answer: Notice, also: tuple[str, ...]) -> None:
    """The same answer to each of them: outside the reporter's thread, whose Message-IDs are not theirs to see."""
    known = {one.address: one for one in desk.facts.participants}
    for address in also:
        party = known.get(address, Party(PartyKind.UNKNOWN, None, "", address))
        desk.work.tell(replace(answer, to=party, in_reply_to=None, references=()))
