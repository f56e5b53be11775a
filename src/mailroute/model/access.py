"""What the grants of an organisation say about one mail, as facts of its decision."""

from __future__ import annotations

from dataclasses import dataclass

from mailroute.model.directory import Contract
from mailroute.model.grant import Grant


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
