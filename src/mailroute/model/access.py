"""What the grants of an organisation say about one mail, and about one who looks: facts, no decisions."""

from __future__ import annotations

from dataclasses import dataclass

from mailroute.model.directory import Contract
from mailroute.model.grant import Grant
from mailroute.model.ticket import PartyKind, Ticket


@dataclass(frozen=True, slots=True)
class Access:
    """What the grants of an organisation say about one mail; None in its place where there are no grants at all.

    `grants` are those of the sender and those of whoever reported the tickets that the mail may be for, with the
    members whose address is known or confirmed. `contracts` are those that the grants of the sender may show.
    """

    grants: tuple[Grant, ...] = ()
    contracts: tuple[Contract, ...] = ()

    def of(self, address: str) -> tuple[Grant, ...]:
        """The grants that an address (folded) is a member of, the main grant first."""
        mine = [one for one in self.grants if one.has(address)]
        return tuple(sorted(mine, key=lambda one: (not one.main, one.id)))


@dataclass(frozen=True, slots=True)
class Viewer:
    """Somebody who looks at tickets as a customer does. `address` is folded, `person` their kind and id if known.

    `grants` are those they are a member of, `contracts` those that these may show them.
    """

    address: str
    person: tuple[PartyKind, str] | None = None
    grants: tuple[Grant, ...] = ()
    contracts: tuple[Contract, ...] = ()


@dataclass(frozen=True, slots=True)
class TicketFilter:
    """`routing.sharing.sees` as data: the store turns it into a condition. A ticket passes if one of these holds.

    It was reported from `address` or by `person`; it is no damage report and was reported from one of
    `shared_with`; it is one (`damages`) and was reported from one of `damages_shared_with` or is about one of
    `contracts`.
    """

    address: str
    person: tuple[PartyKind, str] | None
    shared_with: frozenset[str]
    damages: frozenset[str]
    damages_shared_with: frozenset[str]
    contracts: frozenset[str]

    def passes(self, ticket: Ticket) -> bool:
        """What the condition in the database says about one ticket."""
        reporter = ticket.reporter
        if reporter.address == self.address or self.person == (reporter.kind, reporter.id):
            return True
        if ticket.case_type in self.damages:
            return reporter.address in self.damages_shared_with or ticket.place.contract in self.contracts
        return reporter.address in self.shared_with
