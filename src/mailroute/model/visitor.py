"""Somebody who has signed in to our pages, as they are known at this moment."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from mailroute.model.access import Viewer
from mailroute.model.ticket import Party


class VisitorKind(StrEnum):
    """Which pages they have: a customer's own ones, the desk, or the desk with what administrators look after."""

    CUSTOMER = "customer"
    STAFF = "staff"
    ADMINISTRATOR = "administrator"


@dataclass(frozen=True, slots=True)
class Visitor:
    """Who is there. `party` is how tickets know them; its address is folded and was proved by the link they followed.

    `viewer` says what a customer sees; for staff it is None, they see all of their organisation.
    """

    organisation: str
    kind: VisitorKind
    party: Party
    language: str
    viewer: Viewer | None = None

    @property
    def address(self) -> str:
        """The address they signed in with, folded."""
        return self.party.address

    @property
    def is_staff(self) -> bool:
        """Whether they work here."""
        return self.kind is not VisitorKind.CUSTOMER

    @property
    def is_administrator(self) -> bool:
        """Whether they look after the rules and grants."""
        return self.kind is VisitorKind.ADMINISTRATOR
