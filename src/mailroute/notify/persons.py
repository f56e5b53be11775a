"""People as letters name them."""

from __future__ import annotations

from dataclasses import dataclass

from mailroute.model.ruleset import Ruleset
from mailroute.model.ticket import Party, PartyKind
from mailroute.notify import words
from mailroute.notify.headers import NAME_CHARS, clean


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody: `called` in a sentence ("Frau Petra Huber", else the address), `name` without salutation.

    `kind` is what they are to the organisation, in words ("Mietpartei").
    """

    name: str
    address: str
    kind: str
    called: str


NOBODY = Person("", "", "", "")


def known_name(party: Party) -> str:
    """The name that we know, not the one that a stranger wrote into their From."""
    return clean(party.name, NAME_CHARS) if party.id is not None else ""


def person(party: Party, language: str) -> Person:
    """Somebody as a letter names them."""
    name, address = clean(party.name, NAME_CHARS), clean(party.address, 254)
    return Person(words.without_salutation(name), address, words.kind(party.kind, language), name or address)


def staff_person(ruleset: Ruleset, staff_id: str, language: str) -> Person:
    """A colleague by their id, which stands for itself where nobody is called so any more."""
    staff = ruleset.staff_by_id(staff_id)
    if staff is None:
        return Person("", "", "", staff_id)
    name = words.without_salutation(staff.name)
    return Person(name, staff.address, words.kind(PartyKind.STAFF, language), staff.name)
