"""What a further reporter sees of the ticket in which their report was gathered: their own words and how the matter stands.

Neither the first reporter nor anybody else of those who wrote of it is shown, nor what they were answered.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from mailroute.errors import Broken
from mailroute.message.parse import parse
from mailroute.model.readable import readable
from mailroute.model.thread import Said, Saying, Thread
from mailroute.model.ticket import Place, Ticket
from mailroute.model.visitor import Visitor
from mailroute.routing.contact_form import is_for_the_named
from mailroute.store.engine import Connection
from mailroute.store.further import own_subjects
from mailroute.store.mails import content_of_intake
from mailroute.store.portal import own_threads


@dataclass(frozen=True, slots=True)
class GatheredReport:
    """A report of theirs: `ticket` holds only what is theirs or for everybody."""

    ticket: Ticket
    thread: Thread


def gathered_reports(conn: Connection, who: Visitor, tickets: Sequence[Ticket]) -> dict[int, GatheredReport]:
    """Their reports that were gathered in these tickets, by the number; those without one are missing."""
    subjects = own_subjects(conn, who.organisation, who.address, [one.number for one in tickets])
    threads = own_threads(conn, who.organisation, who.address, list(subjects))
    return {
        one.number: GatheredReport(
            _as_theirs(one, subjects[one.number], threads[one.number], who), threads[one.number]
        )
        for one in tickets
        if one.number in subjects
    }


def _as_theirs(one: Ticket, subject: str, thread: Thread, who: Visitor) -> Ticket:
    """As if they alone had reported it."""
    begun = thread.said[0].at if thread.said else one.opened_at
    return replace(one, subject=subject, reporter=who.party, place=Place(), opened_at=begun)


def with_words(conn: Connection, own: GatheredReport) -> Iterator[Said]:
    """The thread with the words and files of their mails, which stand in no event: everybody else would read them there."""
    first = True
    for one in own.thread.said:
        if one.what is Saying.MESSAGE and one.intake is not None and one.text is None:
            yield _opened(conn, own.ticket.organisation, one, first=first)
            first = False
        else:
            yield one


def _opened(conn: Connection, organisation: str, one: Said, *, first: bool) -> Said:
    assert one.intake is not None
    try:
        content = content_of_intake(conn, organisation, one.intake)
    except Broken:
        return one  # the page says that the words are only in the mail
    message = parse(content)
    if not is_for_the_named(message):
        return one
    kept = readable(message, first=first)
    return replace(one, text=kept.text, files=kept.files)
