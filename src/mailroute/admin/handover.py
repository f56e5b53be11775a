"""`mailroute staff handover A B`: every open ticket of somebody who leaves goes to a colleague, who gets one letter."""

from __future__ import annotations

from datetime import datetime

from mailroute.admin.impossible import Impossible
from mailroute.clock import Clock
from mailroute.errors import Conflict
from mailroute.flow.process import letters_of
from mailroute.flow.site import Office, Site
from mailroute.model.agenda import Task
from mailroute.model.decision import Decision, Disposition, SetTimer, Station
from mailroute.model.letter import Notice, Template
from mailroute.model.ruleset import Staff
from mailroute.model.ticket import CLOCK, Assigned, Party, PartyKind, allows
from mailroute.routing.colleagues import find_staff
from mailroute.routing.daily import item
from mailroute.routing.presence import as_of
from mailroute.routing.waiting import start_waiting
from mailroute.routing.work import Rules, Work, staff_party
from mailroute.store.absences import absences
from mailroute.store.agenda import tasks
from mailroute.store.apply import apply
from mailroute.store.engine import Connection, Store

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
        moved = [_assigned(one, to, rules, now) for one in theirs]
        moment = int(now.timestamp() * 1_000_000)
        told = _told(leaving, to, moved, rules, now)
        letters = letters_of(conn, told, office, site, cause=f"h{moment}", now=now)

    def work(tx: Connection) -> None:
        for decision, _ in moved:
            cause = f"h{decision.number}-{decision.expects_version}"
            apply(tx, decision, (), cause=cause, intake=None, timer=None, now=now)
        apply(tx, told, letters, cause=f"h{moment}", intake=None, timer=None, now=now)

    store.write(work).result()
    return [f"{task.ticket.label} is with {to.id} now" for _, task in moved]


def _leaving(name: str, conn: Connection, rules: Rules) -> Party:
    """Whose tickets they are: somebody of staff.yaml, also one who is inactive, or an id that tickets still name."""
    staff = rules.ruleset.staff_by_id(name) or next(iter(find_staff(name, rules.ruleset)), None)
    if staff is not None:
        return staff_party(staff)
    if tasks(conn, rules.ruleset.organisation.id, name):
        return Party(PartyKind.STAFF, name, name, "")
    raise Impossible(f"nobody is called {name}, and no open ticket is theirs")


def _assigned(task: Task, to: Staff, rules: Rules, now: datetime) -> tuple[Decision, Task]:
    work = Work(rules, task.ticket.organisation, CLOCK, now)
    work.about(task.ticket)
    ticket = work.change(Assigned(to.id))
    promised = start_waiting(work, ticket.case_type, to.id, now)
    work.explain(Station.ASSIGN, to.id, f"handed over from {task.ticket.assignee} by the administrators")
    decision = work.decision(Disposition.COMMAND)
    due = next((one.due_at for one in decision.timers if isinstance(one, SetTimer)), promised.accept_by)
    return decision, Task(ticket, promised.accept_by or due)


def _told(
    leaving: Party, to: Staff, moved: list[tuple[Decision, Task]], rules: Rules, now: datetime
) -> Decision:
    work = Work(rules, rules.ruleset.organisation.id, CLOCK, now)
    work.tell(
        Notice(
            template=Template.HANDED_OVER,
            to=staff_party(to),
            language=to.language,
            ticket=None,
            author=leaving,
            items=tuple(item(task, to, rules.ruleset, now) for _, task in moved),
        )
    )
    return work.decision(Disposition.COMMAND)
