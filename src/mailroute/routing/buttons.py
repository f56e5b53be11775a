"""What the buttons of the desk mean: each builds the commands that a reply with its verb would. Pure.

A button decides nothing: which of them are shown is a convenience, what they do is decided as for a mail. The words of
a field are never read for verbs, only those of an answer are, so that nothing that was meant as one reaches a customer.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from enum import StrEnum

from mailroute.model import command as c
from mailroute.model.command import Command
from mailroute.model.facts import Facts, Offer
from mailroute.model.ruleset import Ruleset, Staff
from mailroute.model.ticket import AT_PARTNER, Answered, Choice, Noted, Status, Ticket
from mailroute.routing.commands import parse_commands


class Button(StrEnum):
    """What can be pressed beside a ticket; the value stands in its form."""

    ACCEPT = "accept"
    TAKE = "take"
    REJECT = "reject"
    ASSIGN = "assign"
    REVOKE = "revoke"
    NOTE = "note"
    ANSWER = "answer"
    SEND = "send"
    FOLLOW_UP = "follow-up"
    CLOSE = "close"
    REOPEN = "reopen"
    TYPE = "type"
    PROPERTY = "property"
    PICK = "pick"
    SPLIT = "split"
    SEPARATE = "separate"
    UNDO = "undo"


# What means nothing without words.
NEEDS_WORDS = frozenset(
    {
        Button.ASSIGN,
        Button.NOTE,
        Button.ANSWER,
        Button.FOLLOW_UP,
        Button.TYPE,
        Button.PROPERTY,
        Button.PICK,
        Button.SEPARATE,
    }
)
# At the triage desk these say where a ticket belongs: who presses one there without having it takes it over.
_SORTS = frozenset({Button.ASSIGN, Button.TYPE, Button.PROPERTY, Button.PICK})


# What the organisation that asked us decides: in a child these are refused.
_OF_THE_PARENT = frozenset({Button.REOPEN, Button.SPLIT, Button.SEPARATE})
# What is there to say before we have taken a child on, beside what always is.
_BEFORE_THE_YES = frozenset(
    {Button.ACCEPT, Button.TAKE, Button.REVOKE, Button.REJECT, Button.ASSIGN, Button.NOTE, Button.UNDO}
)


def shown(ticket: Ticket, actor: Staff) -> frozenset[Button]:
    """The buttons that can lead to something for `actor`, as the ticket is."""
    found = _by_status(ticket, actor)
    if ticket.parent is None:
        return found
    return (found & _BEFORE_THE_YES if ticket.partner_due is not None else found) - _OF_THE_PARENT


def _by_status(ticket: Ticket, actor: Staff) -> frozenset[Button]:
    mine = ticket.assignee == actor.id
    back = {Button.REVOKE} if ticket.assigner == actor.id and not mine else set()
    always = {Button.NOTE, Button.UNDO}
    if ticket.status is Status.CLOSED:
        return frozenset({*always, Button.REOPEN})
    if ticket.status in AT_PARTNER:
        return frozenset({*always, Button.REVOKE} if mine else always)
    if not mine:
        sorting = _SORTS - {Button.PICK} if ticket.status is Status.TRIAGE else frozenset()
        return frozenset({*always, *sorting, *(back or {Button.TAKE})})
    apart = {Button.SPLIT, Button.SEPARATE} if ticket.joined else {Button.SPLIT}
    at_work = {Button.FOLLOW_UP} if ticket.status is Status.ACCEPTED else {Button.ACCEPT, Button.FOLLOW_UP}
    return frozenset(
        {
            *always,
            *at_work,
            *apart,
            Button.REJECT,
            Button.ASSIGN,
            Button.ANSWER,
            Button.CLOSE,
            Button.TYPE,
            Button.PROPERTY,
        }
    )


def commands_of(
    button: Button, words: str, facts: Facts, actor: Staff, ruleset: Ruleset
) -> tuple[Command, ...]:
    """What pressing it says, with the words of its field. Total: what cannot be done is refused where it is decided."""
    command = _built(button, words.strip(), facts, actor, ruleset)
    ticket = facts.ticket
    foreign = ticket is not None and ticket.status is Status.TRIAGE and ticket.assignee != actor.id
    return (c.Take(_said(Button.TAKE, "", actor)), command) if foreign and button in _SORTS else (command,)


def is_repeated(button: Button, words: str, said: Iterable[Answered | Noted]) -> bool:
    """Whether this is what they have `said` since the page was shown: a second click, a page sent anew.

    Other buttons pressed twice are refused where they are decided, or do no harm.
    """
    kind = {Button.ANSWER: Answered, Button.NOTE: Noted}.get(button)
    return kind is not None and any(
        isinstance(one, kind) and one.text.split() == words.split() for one in said
    )


_VERBS = {
    Button.ACCEPT: ("annehmen", "accept"),
    Button.TAKE: ("übernehmen", "take"),
    Button.REJECT: ("ablehnen", "reject"),
    Button.ASSIGN: ("weiter an", "assign"),
    Button.REVOKE: ("widerrufen", "revoke"),
    Button.NOTE: ("notiz", "note"),
    Button.SEND: ("senden", "send"),
    Button.FOLLOW_UP: ("frist", "follow up"),
    Button.CLOSE: ("erledigt", "close"),
    Button.REOPEN: ("wieder öffnen", "reopen"),
    Button.TYPE: ("typ", "type"),
    Button.PROPERTY: ("objekt", "property"),
    Button.UNDO: ("rückgängig", "undo"),
    Button.SPLIT: ("teilen", "split"),
    Button.SEPARATE: ("trennen", "separate"),
}
_ALONE: dict[Button, Callable[[str], Command]] = {
    Button.ACCEPT: c.Accept,
    Button.TAKE: c.Take,
    Button.REVOKE: c.Revoke,
    Button.REOPEN: c.Reopen,
    Button.UNDO: c.Undo,
    Button.SEND: c.Send,
}
_WITH_WORDS: dict[Button, Callable[[str, str], Command]] = {
    Button.REJECT: c.Reject,
    Button.ASSIGN: c.Assign,
    Button.NOTE: c.Note,
    Button.FOLLOW_UP: c.FollowUp,
    Button.CLOSE: c.Close,
    Button.TYPE: c.CorrectType,
    Button.PROPERTY: c.CorrectProperty,
    Button.SPLIT: c.Split,
    Button.SEPARATE: c.Separate,
}


def _built(button: Button, words: str, facts: Facts, actor: Staff, ruleset: Ruleset) -> Command:
    if button is Button.ANSWER:
        return _answer(words, ruleset)
    if button is Button.PICK:
        return _pick(words, facts.offer)
    if button in _ALONE:
        return _ALONE[button](_said(button, "", actor))
    return _WITH_WORDS[button](_said(button, words, actor), words)


def _answer(words: str, ruleset: Ruleset) -> Command:
    """The answer to the customer, held back if a reply with these words were anything else (it fails closed)."""
    first, *further = parse_commands(words, ruleset.spellings)
    if not further and isinstance(first, c.Answer | c.AnswerAlso | c.NearMiss | c.Empty):
        return first
    line = words.splitlines()[0].strip()
    return c.NearMiss(line, line, words)


def _pick(words: str, offer: Offer | None) -> c.Pick:
    """The number that a choice ("property:lindenweg-5") has in the list as it is now; 0, which no list has, if none."""
    what, _, name = words.partition(":")
    choices = offer.choices if offer is not None else ()
    choice = Choice(what, name)
    number = choices.index(choice) + 1 if choice in choices else 0
    return c.Pick(words, number)


def _said(button: Button, words: str, actor: Staff) -> str:
    """How a transcript quotes it: the verb and the first line of its words."""
    verb = _VERBS[button][actor.language == "en"]
    return f"{verb}: {words.splitlines()[0]}" if words else verb
