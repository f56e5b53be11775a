"""What a decision may know of other organisations of this installation: the ticket at the other end, and who is asked next."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy import Connection

from mailroute.model.facts import Facts, Neighbour
from mailroute.store.absences import absences
from mailroute.store.facts import gather_for_ticket
from mailroute.store.gathering import turns
from mailroute.store.numbers import free_number
from mailroute.store.tickets import ticket


def with_neighbours(conn: Connection, facts: Facts, asks: Sequence[str]) -> Facts:
    """The facts of a ticket with those of its parent or child; `asks` are the organisations that may be asked next.

    Of a child nothing but the ticket itself: what its organisation has noted there is not ours to know.
    """
    about = facts.ticket
    if about is None:
        return facts
    elsewhere = None
    if about.parent is not None:
        elsewhere = gather_for_ticket(conn, about.parent.organisation, about.parent.number)
    elif about.child is not None:
        child = ticket(conn, about.child.organisation, about.child.number)
        elsewhere = Facts(ticket=child, away=absences(conn, about.child.organisation))
    return replace(facts, elsewhere=elsewhere, neighbours=tuple(_neighbour(conn, one) for one in asks))


def _neighbour(conn: Connection, org: str) -> Neighbour:
    return Neighbour(org, free_number(conn, org), absences(conn, org), turns(conn, org, ()))
