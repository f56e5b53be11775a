"""Labelled examples: mails with what people made of them. They are the tickets and their events themselves, read anew
each time, so that a mail that has been erased is no example any more. Only reads.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from sqlalchemy import Connection

from mailroute.model.decision import Routing
from mailroute.store.quality import content_of, opened_count, opened_tickets

# More say nothing new, and take long to read.
MOST = 10_000


@dataclass(frozen=True, slots=True)
class Example:
    """A mail and its case type of today. `told`: somebody has said it; else nobody objected until it was closed."""

    number: int
    content: bytes
    routing: Routing | None
    case_type: str
    told: bool
    property: str | None
    sender: str


def examples_at_most(conn: Connection, org: str, since: datetime, until: datetime) -> int:
    """How many `examples` may give."""
    return min(MOST, opened_count(conn, org, since, until))


def examples(conn: Connection, org: str, since: datetime, until: datetime) -> Iterator[Example]:
    """The examples of a period, oldest first, of its last MOST tickets; without those whose mail or reporter has been erased."""
    too_many = opened_count(conn, org, since, until) - MOST
    for one in islice(opened_tickets(conn, org, since, until), max(0, too_many), None):
        if one.case_type is None or not one.reporter:
            continue
        # What nobody knew, and nobody said, teaches nothing.
        if not one.told and (not one.closed or one.unclear):
            continue
        content = content_of(conn, one.intake)
        if content:
            yield Example(
                one.number, content, one.routing, one.case_type, one.told, one.property, one.reporter
            )
