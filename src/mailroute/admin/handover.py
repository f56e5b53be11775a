"""`mailroute staff handover A B`: every open ticket of somebody who leaves goes to a colleague, who gets one letter about all
of them; an emergency rings at once and has a letter of its own.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from mailroute.admin.impossible import Impossible
from mailroute.clock import Clock
from mailroute.errors import Conflict
from mailroute.flow.process import letters_of
from mailroute.flow.site import Office, Site
from mailroute.model.agenda import Task
from mailroute.model.decision import Decision, Disposition, SetTimer, Station
from mailroute.model.facts import Facts
from mailroute.model.letter import Letter, Notice, Template
from mailroute.model.matter import is_emergency
from mailroute.model.ruleset import Staff
from mailroute.model.ticket import CLOCK, Assigned, Party, PartyKind, Ticket, allows
from mailroute.routing.because import lines_for_next
from mailroute.routing.colleagues import find_staff
from mailroute.routing.daily import item
from mailroute.routing.offered import pass_list_on
from mailroute.routing.presence import as_of
from mailroute.routing.waiting import start_waiting
from mailroute.routing.work import (
    Rules,
    Work,
    intakes_with_files,
    local_day,
    passed_on,
    place_in_words,
    staff_party,
)
from mailroute.store.absences import absences
from mailroute.store.agenda import tasks
from mailroute.store.apply import apply
from mailroute.store.engine import Connection, Store
from mailroute.store.facts import gather_for_ticket

_TRIES = 5


def hand_over(
    leaving: str, receiver: str, office: Office, store: Store, site: Site, clock: Clock
) -> list[str]:
    """Assign all open tickets of one to another, in one transaction. Raises Impossible with a sentence."""
    to = _receiver(receiver, office)
    for _ in range(_TRIES):
        try:
            return _once(leaving, to, store, site, office, clock())
        except Conflict:
            continue
    raise Impossible("somebody else is changing one of these tickets at the moment; try again")


@dataclass(frozen=True, slots=True)
class _Moved:
    """A ticket that changes hands, with the lines of the list that goes along and the letters of its own."""

    decision: Decision
    letters: tuple[Letter, ...]
    task: Task
    choices: tuple[str, ...]


def _receiver(name: str, office: Office) -> Staff:
    found = find_staff(name, office.ruleset)
    if len(found) != 1:
        known = ", ".join(one.id for one in office.ruleset.staff if one.active)
        which = "several people are called" if found else "nobody active is called"
        raise Impossible(f"{which} {name}; hand over to one of: {known}")
    return found[0]


def _once(before: str, to: Staff, store: Store, site: Site, office: Office, now: datetime) -> list[str]:
    organisation = office.ruleset.organisation.id
    with store.read() as conn:
        rules = as_of(office.rules, absences(conn, organisation), now)
        leaving = _leaving(before, conn, rules)
        if leaving.id == to.id:
            raise Impossible(f"{to.id} has these tickets already")
        # What a partner has comes back to somebody who is there.
        theirs = [one for one in tasks(conn, organisation, leaving.id) if allows(one.ticket.status, Assigned)]
        if not theirs:
            return [f"{leaving.id} has no open tickets"]
        decided = [_assigned(conn, one, leaving, to, rules, now) for one in theirs]
        moved = [
            _Moved(one, letters_of(conn, one, office, site, cause=_cause(one), now=now), task, choices)
            for one, task, choices in decided
        ]
        moment = int(now.timestamp() * 1_000_000)
        told = _told(leaving, to, moved, rules, now)
        letters = letters_of(conn, told, office, site, cause=f"h{moment}", now=now)

    def work(tx: Connection) -> None:
        for one in moved:
            apply(tx, one.decision, one.letters, cause=_cause(one.decision), intake=None, timer=None, now=now)
        apply(tx, told, letters, cause=f"h{moment}", intake=None, timer=None, now=now)

    store.write(work).result()
    return [f"{one.task.ticket.label} is with {to.id} now" for one in moved]


def _cause(decision: Decision) -> str:
    return f"h{decision.number}-{decision.expects_version}"


def _leaving(name: str, conn: Connection, rules: Rules) -> Party:
    """Whose tickets they are: somebody of staff.yaml, also one who is inactive, or an id that tickets still name."""
    staff = rules.ruleset.staff_by_id(name) or next(iter(find_staff(name, rules.ruleset)), None)
    if staff is not None:
        return staff_party(staff)
    if tasks(conn, rules.ruleset.organisation.id, name):
        return Party(PartyKind.STAFF, name, name, "")
    raise Impossible(f"nobody is called {name}, and no open ticket is theirs")


def _assigned(
    conn: Connection, task: Task, leaving: Party, to: Staff, rules: Rules, now: datetime
) -> tuple[Decision, Task, tuple[str, ...]]:
    """The hand-over of one ticket, the line for the list of all, and the list that waits in it."""
    facts = gather_for_ticket(conn, task.ticket.organisation, task.ticket.number)
    work = Work(rules, task.ticket.organisation, CLOCK, now)
    work.about(task.ticket)
    ticket = work.change(Assigned(to.id))
    promised = start_waiting(work, ticket.case_type, to.id, now)
    left = pass_list_on(work, facts.offer, to)
    work.explain(Station.ASSIGN, to.id, f"handed over from {task.ticket.assignee} by the administrators")
    if is_emergency(ticket, rules.ruleset):
        work.tell(
            replace(
                _calling(work, facts, ticket, to), author=leaving, due=promised.accept_by, candidates=left
            )
        )
    decision = work.decision(Disposition.COMMAND)
    due = next((one.due_at for one in decision.timers if isinstance(one, SetTimer)), promised.accept_by)
    return decision, Task(work.ticket or ticket, promised.accept_by or due), left


def _calling(work: Work, facts: Facts, ticket: Ticket, to: Staff) -> Notice:
    """What a colleague who hands it on would have sent: whoever is told of an emergency in such a letter is rung, too."""
    messages = passed_on(facts.messages)
    day = local_day(work.ruleset, work.now)
    return Notice(
        template=Template.ASSIGNED,
        to=staff_party(to),
        language=to.language,
        ticket=ticket,
        place=place_in_words(facts.place[0], facts.place[1]),
        passes_on=messages,
        attach=intakes_with_files(messages),
        why=lines_for_next(ticket, facts, work.ruleset, to.language, None, day),
    )


def _told(leaving: Party, to: Staff, moved: list[_Moved], rules: Rules, now: datetime) -> Decision:
    work = Work(rules, rules.ruleset.organisation.id, CLOCK, now)
    work.tell(
        Notice(
            template=Template.HANDED_OVER,
            to=staff_party(to),
            language=to.language,
            ticket=None,
            author=leaving,
            items=tuple(
                replace(item(one.task, to, rules.ruleset, now), choices=one.choices) for one in moved
            ),
        )
    )
    return work.decision(Disposition.COMMAND)
