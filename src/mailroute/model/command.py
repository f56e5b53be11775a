"""What staff and partners say by replying (made by `routing.commands`, from the web page and the command line too)."""

from __future__ import annotations

from dataclasses import dataclass

from mailroute.model.outside import Stage


@dataclass(frozen=True, slots=True)
class Accept:
    """annehmen, accept"""

    said: str


@dataclass(frozen=True, slots=True)
class Take:
    """übernehmen, take"""

    said: str


@dataclass(frozen=True, slots=True)
class Reject:
    """ablehnen: Grund, reject: reason"""

    said: str
    reason: str


@dataclass(frozen=True, slots=True)
class Assign:
    """weiter an: Name, assign: name"""

    said: str
    name: str


@dataclass(frozen=True, slots=True)
class Revoke:
    """widerrufen, revoke"""

    said: str


@dataclass(frozen=True, slots=True)
class Note:
    """notiz: …, note: …"""

    said: str
    text: str


@dataclass(frozen=True, slots=True)
class Close:
    """erledigt: Text, close: text"""

    said: str
    text: str


@dataclass(frozen=True, slots=True)
class Reopen:
    """wieder öffnen, reopen"""

    said: str


@dataclass(frozen=True, slots=True)
class CorrectType:
    """typ: Heizung, type: heating"""

    said: str
    name: str


@dataclass(frozen=True, slots=True)
class CorrectProperty:
    """objekt: Goethestraße 5, property: …"""

    said: str
    name: str


@dataclass(frozen=True, slots=True)
class Pick:
    """2: the second of an offered list; `1, 3` picks a property and a matter (`also`) together"""

    said: str
    number: int
    also: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Split:
    """teilen, split; teilen: Heizung names the second matter"""

    said: str
    name: str


@dataclass(frozen=True, slots=True)
class Separate:
    """trennen: Name, separate: name"""

    said: str
    name: str


@dataclass(frozen=True, slots=True)
class FollowUp:
    """frist Freitag, follow up …: `when` in the words of whoever wrote it"""

    said: str
    when: str


@dataclass(frozen=True, slots=True)
class External:
    """extern an: auftrag@firma.de, external: …: an order by mail; `text` are the words below it"""

    said: str
    address: str
    text: str


@dataclass(frozen=True, slots=True)
class ExternalChanges:
    """extern änderungen, external changes"""

    said: str


@dataclass(frozen=True, slots=True)
class Document:
    """extern termin 2026-12-03, external appointment …: a step of the firm; `words` are day and remark"""

    said: str
    stage: Stage
    words: str


@dataclass(frozen=True, slots=True)
class Undo:
    """rückgängig, undo"""

    said: str


@dataclass(frozen=True, slots=True)
class BeAway:
    """abwesend 1.12.–14.12. Vertretung Schmidt, away …, krank: `when` is the words that say from when to when"""

    said: str
    when: str


@dataclass(frozen=True, slots=True)
class BeBack:
    """zurück, abwesend aufheben, back"""

    said: str


@dataclass(frozen=True, slots=True)
class Help:
    """hilfe, help"""

    said: str


@dataclass(frozen=True, slots=True)
class Send:
    """senden, send: confirms the answer that was shown as a preview"""

    said: str


@dataclass(frozen=True, slots=True)
class Answer:
    """Any other text: the answer to the customer."""

    text: str


@dataclass(frozen=True, slots=True)
class NearMiss:
    """A first line that looks like a verb but is none: `did_you_mean` is the spelling it resembles."""

    said: str
    did_you_mean: str
    text: str


@dataclass(frozen=True, slots=True)
class Empty:
    """Nothing new was written (perhaps only attachments)."""


# What concerns the person and no ticket.
Presence = BeAway | BeBack
# What says who has it.
Move = Accept | Take | Reject | Assign | Revoke


@dataclass(frozen=True, slots=True)
class AnswerAlso:
    """an: x@y, to: x@y – the text below it is the answer to the customer, and goes to these addresses too (REQ-B7)"""

    said: str
    addresses: tuple[str, ...]
    text: str


# What says what it is about.
Correction = CorrectType | CorrectProperty | Pick

# What makes two of one ticket.
Division = Split | Separate
# What concerns firms outside.
Outside = External | ExternalChanges | Document

Command = (
    Move | Correction | Division | Presence | Outside | Note | Close | Reopen | FollowUp | Undo | Help | Send | Answer | AnswerAlso
    | NearMiss
    | Empty
)  # fmt: skip


def said_in(command: Command) -> str:
    """The words of the command; of an answer the beginning."""
    match command:
        case Empty():
            return ""
        case Answer():
            return command.text.strip().splitlines()[0][:60]
        case _:
            return command.said
