"""Letters that come once a day walk the same path: read → decide → compose → apply, with the note that they were written.

The note and the letter are one transaction: a crash in between writes both again or neither, and two daemons write
one letter.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import assert_never

from mailroute import log
from mailroute.clock import Clock
from mailroute.errors import Conflict
from mailroute.flow.one_by_one import one_by_one
from mailroute.flow.process import letters_of
from mailroute.flow.site import Office, Site
from mailroute.model.decision import Decision
from mailroute.model.ruleset import Staff
from mailroute.routing.daily import Daily, decide_digest, decide_holes, due_today, holes
from mailroute.routing.presence import as_of
from mailroute.routing.work import Rules, local_day
from mailroute.store.absences import absences
from mailroute.store.agenda import tasks
from mailroute.store.apply import apply
from mailroute.store.daily import done_today, finish_daily, waiting_lines
from mailroute.store.directory import all_properties
from mailroute.store.engine import Connection, Store


def write_daily(store: Store, site: Site, *, clock: Clock) -> int:
    """Write what is due and not written yet today. Returns how many letters. Raises TryLater if the store is gone."""
    return one_by_one(
        site.offices.values(),
        lambda office: _of_office(store, site, office, clock),
        lambda _: ("daily", "-"),
    )


def _of_office(store: Store, site: Site, office: Office, clock: Clock) -> int:
    now = clock()
    organisation = office.ruleset.organisation.id
    with store.read() as conn:
        rules = as_of(office.rules, absences(conn, organisation), now)
        day = local_day(rules.ruleset, now)
        due = list(due_today(rules.ruleset, now))
        done = done_today(conn, organisation, day) if due else frozenset()
    wanted = [(name, staff) for name, staff in due if (name.value, staff.id) not in done]
    return one_by_one(
        wanted,
        lambda one: _write(store, site, office, rules, *one, day, clock),
        lambda one: (one[0].value, "-"),
    )


def _write(
    store: Store, site: Site, office: Office, rules: Rules, name: Daily, staff: Staff, day: date, clock: Clock
) -> int:
    def decide(conn: Connection) -> tuple[Decision, tuple[int, ...]]:
        return _decide(conn, name, staff, rules, clock)

    return write_once(store, site, office, (name.value, staff.id, day), decide, clock())


def write_once(
    store: Store,
    site: Site,
    office: Office,
    letter: tuple[str, str, date],
    decide: Callable[[Connection], tuple[Decision, Sequence[int]]],
    now: datetime,
) -> int:
    """Write a letter of the day (which one, whose, of which day) and that it was written. Commits; how many were written.

    `decide` says what is in it, and which waiting lines are told with it.
    """
    name, reader, day = letter
    organisation = office.ruleset.organisation.id
    # What names the reader may hold what no Message-ID can.
    cause = f"{name}{day:%Y%m%d}-{hashlib.sha256(reader.encode()).hexdigest()[:8]}"
    with store.read() as conn:
        decision, lines = decide(conn)
        letters = letters_of(conn, decision, office, site, cause=cause, now=now)

    def work(tx: Connection) -> None:
        finish_daily(tx, organisation, name, reader, day, lines)
        if letters:
            apply(tx, decision, letters, cause=cause, intake=None, timer=None, now=now)

    try:
        store.write(work).result()
    except Conflict:
        # Another daemon was quicker.
        return 0
    if letters:
        log.emit("timer", kind=name, ticket="-")
    return len(letters)


def _decide(
    conn: Connection, name: Daily, staff: Staff, rules: Rules, clock: Clock
) -> tuple[Decision, tuple[int, ...]]:
    """What is said, and the rows of the lines that are told with it."""
    now, organisation = clock(), rules.ruleset.organisation.id
    match name:
        case Daily.DIGEST:
            lines = waiting_lines(conn, organisation, staff.id)
            told = [one.what for one in lines]
            decision = decide_digest(staff, tasks(conn, organisation, staff.id), told, rules, now)
            return decision, tuple(one.id for one in lines)
        case Daily.HOLES:
            houses = all_properties(conn, organisation)
            found = list(holes(rules.ruleset, houses, local_day(rules.ruleset, now)))
            return decide_holes(staff, found, rules, now), ()
        case _:
            assert_never(name)
