"""Which of the facts that a case type needs does the mail not bring? Only those are asked for, and staff see them."""

from __future__ import annotations

import re

from mailroute.model.decision import Matched, Sender
from mailroute.model.facts import Facts
from mailroute.model.message import Message
from mailroute.model.need import Need
from mailroute.model.ruleset import CaseType
from mailroute.model.text import fold
from mailroute.routing.work import Mail

# What hangs in a signature is no photo of the damage.
_LOGO_BYTES = 15_000
_READING = re.compile(
    r"\b[0-9][0-9., ]*\s?(?:kwh|mwh|m3|m\^3|m³|cbm|kubikmeter|cubic met(?:er|re)s?|einheiten|units)\b"
    r"|\b(?:zaehlerstand|ablesung|stand|meter reading|reading)\b\D{0,30}[0-9]{2,}"
)
_MONTHS = (
    "januar|februar|maerz|april|mai|juni|juli|august|september|oktober|november|dezember|january|february|march|may|"
    "june|july|october|december"
)
_DATE = re.compile(
    rf"\b[0-3]?[0-9]\.\s?[01]?[0-9]\.|\b20[0-9]{{2}}-[01][0-9]-[0-3][0-9]\b|\b(?:{_MONTHS})\b"
    r"|\b(?:monatsende|quartalsende|jahresende|heute|morgen|gestern|today|tomorrow|yesterday)\b"
)


def missing(
    case_type: CaseType | None, matched: Matched, mail: Mail, facts: Facts, about: Sender
) -> tuple[Need, ...]:
    """What the case type needs and neither the mail nor the directory says, in the order of the rules."""
    if case_type is None:
        return ()
    return tuple(need for need in case_type.needs if not _is_known(need, matched, mail, facts, about))


def _is_known(need: Need, matched: Matched, mail: Mail, facts: Facts, about: Sender) -> bool:
    insured = matched.contract is not None
    match need:
        # What a contract covers is known by it: whoever reports a dent in their car is not asked for a house.
        case Need.PROPERTY:
            return insured or matched.property is not None
        case Need.UNIT:
            return insured or matched.unit is not None or _has_one_unit(matched, facts)
        case Need.CONTRACT:
            return insured
        case Need.PHONE:
            return bool(mail.keys.phones) or any(
                person.phones for person in facts.found.people if person.id == about.party.id
            )
        case Need.PHOTO:
            return any(_is_photo(one.type, one.inline, one.size) for one in mail.message.attachments)
        case Need.ATTACHMENT:
            return bool(mail.message.attachments)
        case Need.METER_READING:
            return bool(_READING.search(_text(mail.message)))
        case Need.DATE:
            return bool(_DATE.search(_text(mail.message)))


def _has_one_unit(matched: Matched, facts: Facts) -> bool:
    """A house of one unit leaves nothing to ask."""
    home = next((one for one in facts.found.properties if one.id == matched.property), None)
    return home is not None and len(home.units) == 1


def _is_photo(media_type: str, inline: bool, size_bytes: int) -> bool:
    return media_type.startswith(("image/", "video/")) and not (inline and size_bytes < _LOGO_BYTES)


def _text(message: Message) -> str:
    forwarded = message.forwarded.text if message.forwarded else ""
    return fold(f"{message.subject}\n{message.new_text}\n{forwarded}")
