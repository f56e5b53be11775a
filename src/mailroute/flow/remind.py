"""Due timers walk the same path as a mail: gather → decide_timer → compose → apply (design §4, step 11)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from mailroute import log
from mailroute.clock import Clock
from mailroute.errors import Conflict
from mailroute.flow.failpoints import crash_point
from mailroute.flow.one_by_one import one_by_one
from mailroute.flow.process import letters_of
from mailroute.flow.site import Site
from mailroute.model.decision import DueTimer, TimerKind
from mailroute.model.facts import Facts
from mailroute.routing.child import may_be_asked
from mailroute.routing.decide_timer import decide_timer
from mailroute.store.apply import Applied, apply
from mailroute.store.codec import dumps
from mailroute.store.engine import Connection, Store
from mailroute.store.facts import gather_for_ticket
from mailroute.store.neighbours import with_neighbours
from mailroute.store.numbers import reserve_number
from mailroute.store.timers import claim_due

LEASE = timedelta(minutes=5)
BATCH = 100


def remind_due(store: Store, site: Site, *, owner: str, clock: Clock) -> int:
    """Fire what is due, at most BATCH timers. Returns how many. Raises TryLater if the store is gone."""
    now = clock()
    due = store.write(lambda tx: claim_due(tx, owner=owner, now=now, lease=LEASE, limit=BATCH)).result()
    one_by_one(
        due,
        lambda timer: _fire(store, site, timer, clock),
        lambda timer: (timer.kind.value, f"T-{timer.number}"),
    )
    return len(due)


def _fire(store: Store, site: Site, timer: DueTimer, clock: Clock) -> int:
    """Decide about one timer and write it; 0 if somebody acted at the same moment: its lease brings it back."""
    crash_point("timer-claimed")
    now = clock()
    office = site.offices[timer.organisation]
    cause = f"t{timer.id}"
    fresh = None
    if timer.kind is TimerKind.SPLIT:
        fresh = store.write(lambda tx: reserve_number(tx, timer.organisation)).result()
    with store.read() as conn:
        facts = replace(gather_for_ticket(conn, timer.organisation, timer.number), fresh_number=fresh)
        facts = with_neighbours(conn, facts, may_be_asked(office.rules, facts.ticket))
        decision = decide_timer(timer, facts, office.rules, now)
        letters = letters_of(conn, decision, office, site, cause=cause, now=now)

    def work(tx: Connection) -> Applied:
        note = dumps(facts.own, Facts)
        applied = apply(
            tx, decision, letters, cause=cause, intake=None, timer=timer.id, facts_note=note, now=now
        )
        crash_point("timer-applied-not-committed")
        return applied

    try:
        store.write(work).result()
    except Conflict:
        log.emit("conflict", ticket=f"T-{timer.number}")
        return 0
    crash_point("timer-fired")
    log.emit("timer", kind=timer.kind.value, ticket=f"T-{timer.number}")
    return 1
