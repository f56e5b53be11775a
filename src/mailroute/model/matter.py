"""What a ticket is about, in words: a kind that is only feared says so, wherever it is shown."""

from __future__ import annotations

from mailroute.model.ruleset import Ruleset
from mailroute.model.ticket import Ticket


def matter_in_words(ticket: Ticket, ruleset: Ruleset, language: str) -> str:
    """The case type for people, `Notfall?` where it is only feared; "" while it is unclear or gone from the rules."""
    case_type = ruleset.case_type(ticket.case_type)
    if case_type is None:
        return ""
    return f"{case_type.name.in_language(language)}{'?' if ticket.feared else ''}"


def is_emergency(ticket: Ticket | None, ruleset: Ruleset) -> bool:
    """Whether the ticket is treated as an emergency, be it only feared."""
    case_type = ruleset.case_type(ticket.case_type) if ticket is not None else None
    return case_type is not None and case_type.emergency
