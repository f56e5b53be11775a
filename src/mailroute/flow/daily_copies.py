"""One mail a day for members who want no more: what was written in the tickets of the others since the last one.

It is made from the threads as they are that morning, so an answer that was stopped, what they have read on our pages
meanwhile, and whoever lost the grant are left out by themselves. The note and the letter are one transaction.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from mailroute.clock import Clock
from mailroute.flow.daily import write_once
from mailroute.flow.one_by_one import one_by_one
from mailroute.flow.site import Office, Site
from mailroute.flow.visiting import visitor_at
from mailroute.model.access import Viewer
from mailroute.model.decision import Decision, Disposition
from mailroute.model.grant import Copies
from mailroute.model.thread import Said, Saying
from mailroute.model.ticket import CLOCK, Ticket
from mailroute.routing.copies import decide_copies, this_morning
from mailroute.routing.doing import author_in_words
from mailroute.routing.sharing import damage_types, may_take_part
from mailroute.routing.work import Work, local_day
from mailroute.store.daily import Line, done_today, readers_of_copies, waiting_lines
from mailroute.store.engine import Connection, Store
from mailroute.store.portal import seen, threads
from mailroute.store.tickets import ticket

_NAME = "copies"
# How long after it was put into the outbox an answer has left, or never will.
_SETTLED = timedelta(minutes=5)


def write_copies(store: Store, site: Site, *, clock: Clock) -> int:
    """Write what is due and not written yet today. Returns how many letters. Raises TryLater if the store is gone."""
    return one_by_one(
        site.offices.values(),
        lambda office: _of_office(store, site, office, clock()),
        lambda _: (_NAME, "-"),
    )


def _of_office(store: Store, site: Site, office: Office, now: datetime) -> int:
    organisation, morning = office.ruleset.organisation.id, this_morning(now, office.ruleset)
    if now < morning:
        return 0
    before = morning - office.ruleset.organisation.answer_hold - _SETTLED
    with store.read() as conn:
        readers = readers_of_copies(conn, organisation, before)
        done = done_today(conn, organisation, local_day(office.ruleset, now)) if readers else frozenset()
    wanted = [one for one in readers if (_NAME, one) not in done]
    return one_by_one(
        wanted,
        lambda one: _write(store, site, office, one, before, now),
        lambda _: (_NAME, "-"),
    )


def _write(store: Store, site: Site, office: Office, reader: str, before: datetime, now: datetime) -> int:
    def decide(conn: Connection) -> tuple[Decision, list[int]]:
        waiting = waiting_lines(conn, office.ruleset.organisation.id, reader)
        lines = [one for one in waiting if one.at <= before]
        return _decide(conn, office, reader, lines, now), [one.id for one in lines]

    return write_once(store, site, office, (_NAME, reader, local_day(office.ruleset, now)), decide, now)


def _decide(conn: Connection, office: Office, reader: str, lines: Sequence[Line], now: datetime) -> Decision:
    who = visitor_at(conn, office, reader, now)
    if who is None or who.viewer is None or _reads_on_pages(who.viewer):
        return Work(office.rules, office.ruleset.organisation.id, CLOCK, now).decision(Disposition.COMMAND)
    told = tuple(_told(conn, office, who.viewer, lines))
    return decide_copies(who.party, who.language, told, office.rules, now)


def _reads_on_pages(viewer: Viewer) -> bool:
    """Whether they want no copies any more; their choice counts on the day of the letter."""
    wishes = [one.copies for grant in viewer.grants if (one := grant.member(viewer.address)) is not None]
    return all(one is Copies.WEB_ONLY for one in wishes)


def _told(
    conn: Connection, office: Office, viewer: Viewer, lines: Sequence[Line]
) -> Iterator[tuple[Ticket, Said, str]]:
    """What the others and we have said in each of the tickets since the first line about it, and they have not seen."""
    organisation, damages = office.ruleset.organisation, damage_types(office.ruleset)
    for number in dict.fromkeys(one.what.number for one in lines):
        one = ticket(conn, organisation.id, number)
        if one is None or not may_take_part(viewer, one, damages):
            continue
        since = min(line.at for line in lines if line.what.number == number)
        known = seen(conn, organisation.id, viewer.address, [one]).get(number, 0)
        for said in threads(conn, organisation.id, [one], waiting=True)[number].said:
            is_new = said.at >= since and said.seq > known and said.author.address != viewer.address
            if is_new and said.what in (Saying.MESSAGE, Saying.ANSWER):
                yield one, said, author_in_words(said, viewer, organisation.name)
