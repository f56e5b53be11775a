"""What happened to a ticket, and what was just done, told to staff in their language."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime

from mailroute.model.decision import Station
from mailroute.model.ruleset import Ruleset
from mailroute.model.ticket import Answered, Change, Drafted, Event, MessageAdded, Noted, PartyKind
from mailroute.store.desk import Explained
from mailroute.web.words import Say

_PEOPLE = ("to", "by", "assignee", "partner")


@dataclass(frozen=True, slots=True)
class Teller:
    """Tells changes in one language; `when` and `day` write times in the reader's zone."""

    rules: Ruleset
    language: str

    def who(self, event: Event) -> str:
        """Who did it; of a mail, who wrote it."""
        party = event.change.author if isinstance(event.change, MessageAdded) else event.actor
        if party.kind in (PartyKind.RULE, PartyKind.TIMER):
            return "mailroute"
        return party.name or party.address or "?"

    def line(self, event: Event, t: Say, when: Callable[[datetime], str], day: Callable[[date], str]) -> str:
        """The change in one line."""
        values = {
            one.name: self._in_words(one.name, getattr(event.change, one.name), when, day)
            for one in fields(event.change)
        }
        return t(f"happened.{event.change.kind}", **{**values, "who": self.who(event)})

    def _in_words(
        self, name: str, value: object, when: Callable[[datetime], str], day: Callable[[date], str]
    ) -> str:
        match value:
            case None | "":
                return "–"
            case datetime():
                return when(value)
            case date():
                return day(value)
            case str() if name in _PEOPLE:
                return self._name(value)
            case tuple() if name in _PEOPLE:
                return ", ".join(self._name(str(one)) for one in value)
            case str() if name == "case_type":
                case_type = self.rules.case_type(value)
                return case_type.name.in_language(self.language) if case_type else value
            case _:
                return str(getattr(value, "name", "") or value)

    def _name(self, one: str) -> str:
        staff = self.rules.staff_by_id(one)
        partner = next((each for each in self.rules.partners if each.id == one), None)
        return staff.name if staff else partner.name if partner else one


def own_words(change: Change) -> str:
    """What one of the house wrote."""
    match change:
        case Answered() | Noted() | Drafted():
            return change.text
        case _:
            return ""


@dataclass(frozen=True, slots=True)
class Receipt:
    """What became of a button, as the receipt by mail says it. `done`: it was carried out."""

    words: str
    done: bool


def receipts(
    events: Sequence[Event],
    decisions: Iterable[Explained],
    cause: str,
    flags: str,
    t: Say,
    *,
    held_minutes: int,
) -> tuple[Receipt, ...]:
    """What was done because of `cause`. The transcript stands at the end of the trace; `flags` say of each of its lines
    whether it was done ("10"). An answer or note that went through has no line by mail, so it gets one here.
    """
    decided = next((one for one in decisions if cause and one.cause == cause), None)
    if decided is None:
        return ()
    said = [step for step in decided.trace if step.station is Station.COMMAND]
    flags = flags[:_LINES_MOST]
    lines = said[len(said) - len(flags) :] if 0 < len(flags) <= len(said) else []
    found = [Receipt(step.because, flag == "1") for step, flag in zip(lines, flags, strict=False)]
    kinds = {one.change.kind for one in events if one.cause == cause}
    spoken = [kind for kind in _SPEAK_FOR_THEMSELVES if kind in kinds and not found]
    found += [Receipt(t(f"desk.did-{kind}", count=held_minutes), done=kind != "drafted") for kind in spoken]
    return tuple(found)


# More commands than this are never carried out together.
_LINES_MOST = 12
_SPEAK_FOR_THEMSELVES = ("answered", "drafted", "noted")
