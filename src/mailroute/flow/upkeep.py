"""What the calendar brings without a timer: absences end, tickets go to whoever stands in and come back.

Asked at every tick and cheap when nothing is to do; each ticket is a transaction of its own, and a tick that is
missed is made up by the next one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime

from mailroute import log
from mailroute.clock import Clock
from mailroute.errors import Conflict
from mailroute.flow.one_by_one import one_by_one
from mailroute.flow.process import letters_of
from mailroute.flow.site import Office, Site
from mailroute.model.decision import Decision
from mailroute.model.facts import Facts
from mailroute.model.letter import Letter
from mailroute.routing.presence import as_of
from mailroute.routing.standing_in import (
    decide_absences_over,
    decide_lend,
    decide_lend_back,
    goes,
    lends,
    returns,
)
from mailroute.routing.work import Rules, local_day
from mailroute.store.absences import absences
from mailroute.store.apply import Applied, apply
from mailroute.store.codec import dumps
from mailroute.store.engine import Connection, Store
from mailroute.store.facts import gather_for_ticket
from mailroute.store.tickets import lent_tickets, tickets

# One tick does not move more: the next one goes on.
BATCH = 100
_KIND = "stand-in"
_OF_ONE_PERSON = 10_000

Decide = Callable[[Facts, Rules, datetime], Decision | None]


def keep_up(store: Store, site: Site, *, clock: Clock) -> int:
    """Do what is to do, at most BATCH tickets an organisation. Returns how much. Raises TryLater if the store is gone."""
    return one_by_one(
        site.offices.values(),
        lambda office: _keep_up(store, site, office, clock),
        lambda _: (_KIND, "-"),
    )


def _keep_up(store: Store, site: Site, office: Office, clock: Clock) -> int:
    now = clock()
    organisation = office.ruleset.organisation.id
    with store.read() as conn:
        said = absences(conn, organisation)
        wanted = list(_wanted(conn, organisation, as_of(office.rules, said, now), now))[:BATCH]
    over = decide_absences_over(organisation, said, office.rules, now)
    if over.absences:
        _write(store, over, (), f"d{now:%Y%m%d}", "", now)
    return one_by_one(
        wanted,
        lambda one: _move(store, site, office, *one, clock),
        lambda one: (_KIND, f"T-{one[0]}"),
    )


def _wanted(conn: Connection, organisation: str, rules: Rules, now: datetime) -> Iterator[tuple[int, Decide]]:
    """Which tickets may have to move, and what decides about them."""
    ruleset, day = rules.ruleset, local_day(rules.ruleset, now)
    for staff in lends(ruleset, day):
        for one in tickets(conn, organisation, assignee=staff, open_only=True, limit=_OF_ONE_PERSON):
            if goes(one, ruleset, day):
                yield one.number, decide_lend
    for one in lent_tickets(conn, organisation):
        if returns(one, ruleset, day):
            yield one.number, decide_lend_back


def _move(store: Store, site: Site, office: Office, number: int, decide: Decide, clock: Clock) -> int:
    """Decide about one ticket and write it; 1 if it has moved."""
    now = clock()
    organisation = office.ruleset.organisation.id
    with store.read() as conn:
        facts = gather_for_ticket(conn, organisation, number)
        decision = decide(facts, office.rules, now)
        if decision is None or facts.ticket is None:
            return 0
        cause = f"k{number}-{facts.ticket.version}"
        letters = letters_of(conn, decision, office, site, cause=cause, now=now)
    try:
        _write(store, decision, letters, cause, dumps(facts, Facts), now)
    except Conflict:
        # Somebody acted at the same moment; the next tick looks again.
        log.emit("conflict", ticket=f"T-{number}")
        return 0
    log.emit("timer", kind=_KIND, ticket=f"T-{number}")
    return 1


def _write(
    store: Store, decision: Decision, letters: tuple[Letter, ...], cause: str, note: str, now: datetime
) -> None:
    def work(tx: Connection) -> Applied:
        return apply(tx, decision, letters, cause=cause, intake=None, timer=None, facts_note=note, now=now)

    store.write(work).result()
