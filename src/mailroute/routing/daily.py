"""Letters that come once a day: somebody's digest, and to the administrators the holes in the rosters. Pure.

Each comes on its reader's working day, once it has begun, and only where there is something to say.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from mailroute.model.agenda import Task
from mailroute.model.decision import Decision, Disposition, Station, rule_of
from mailroute.model.directory import Property
from mailroute.model.letter import Gathered, Item, Line, Notice, Template
from mailroute.model.matter import matter_in_words
from mailroute.model.ruleset import Ruleset, Staff, ToRole
from mailroute.model.ticket import CLOCK, Status, Ticket
from mailroute.routing.assign import Roster, triage_desk
from mailroute.routing.presence import absence_of
from mailroute.routing.work import Rules, Work, local_day, staff_party

_TOLD_PROPERTIES = 5


class Daily(StrEnum):
    """What comes once a day; the value names it in the books."""

    DIGEST = "digest"
    HOLES = "holes"


@dataclass(frozen=True, slots=True)
class Hole:
    """A role that nobody answers for at these properties. `away`: somebody holds it, but nobody of them is there."""

    role: str
    properties: tuple[Property, ...]
    away: bool


def due_today(ruleset: Ruleset, now: datetime) -> Iterator[tuple[Daily, Staff]]:
    """Which letters are due now, and to whom; whether they were written already is the caller's to know."""
    day = local_day(ruleset, now)
    for staff in ruleset.staff:
        if staff.active and staff.digest and _works(ruleset, staff, day, now):
            yield Daily.DIGEST, staff
    for staff in administrators(ruleset, day):
        if _works(ruleset, staff, day, now):
            yield Daily.HOLES, staff


def administrators(ruleset: Ruleset, day: date) -> tuple[Staff, ...]:
    """Everybody active who holds `administrator_role` site-wide; whoever sits at the triage desk if there is nobody."""
    wanted = ruleset.organisation.administrator_role
    names = next((role.site_wide for role in ruleset.roles if role.id == wanted), ())
    found = [ruleset.staff_by_id(name) for name in names]
    return tuple(one for one in found if one is not None and one.active) or (triage_desk(ruleset, day),)


def _works(ruleset: Ruleset, staff: Staff, day: date, now: datetime) -> bool:
    return ruleset.calendar(staff.calendar).is_open(now) and absence_of(ruleset, staff.id, day) is None


# --- the digest ------------------------------------------------------------------------------------------------


def decide_digest(
    staff: Staff, tasks: Sequence[Task], gathered: Sequence[Gathered], rules: Rules, now: datetime
) -> Decision:
    """Tell somebody what is theirs, and what they would have been told of other tickets. Nothing: no letter."""
    work = Work(rules, rules.ruleset.organisation.id, CLOCK, now)
    lines = tuple(_told(one, staff) for one in gathered if one.template is not Template.REMINDER)
    if tasks or lines:
        work.explain(
            Station.NOTIFY,
            "digest",
            f"{len(tasks)} tickets of {staff.id}, {len(lines)} lines",
            rule_of(staff.source),
        )
        work.tell(
            Notice(
                template=Template.DIGEST,
                to=staff_party(staff),
                language=staff.language,
                ticket=None,
                items=tuple(item(one, staff, rules.ruleset, now) for one in tasks),
                lines=lines,
            )
        )
    return work.decision(Disposition.COMMAND)


def item(task: Task, reader: Staff, ruleset: Ruleset, now: datetime) -> Item:
    """An open ticket as a line of a list."""
    ticket = task.ticket
    matter = matter_in_words(ticket, ruleset, reader.language)
    words = ": ".join(part for part in (matter, ticket.subject) if part)
    late = ticket.reminders > 0 or (task.due is not None and task.due < now)
    return Item(ticket.label, words, _state(ticket, reader), task.due, late, ticket.number)


def _state(ticket: Ticket, reader: Staff) -> str:
    english = reader.language == "en"
    if ticket.follow_up is not None:
        return "rests" if english else "ruht"
    if ticket.status is Status.ACCEPTED:
        return "accepted" if english else "angenommen"
    return "waits for you" if english else "wartet auf Sie"


def _told(one: Gathered, reader: Staff) -> Line:
    english = reader.language == "en"
    words = {
        Template.INFORMED: "a new ticket, for your information" if english else "neuer Vorgang, zur Kenntnis",
        Template.TAKEN: "somebody took it over" if english else "jemand hat übernommen",
    }
    return Line(f"T-{one.number}", one.words or words.get(one.template, ""), True)


# --- holes -----------------------------------------------------------------------------------------------------


def holes(ruleset: Ruleset, houses: Sequence[Property], day: date) -> Iterator[Hole]:
    """Roles of case types that nobody answers for at some of the properties on that day (REQ-E8)."""
    roster = Roster(ruleset, day)
    everybody = Roster(ruleset, date.max)
    roles = dict.fromkeys(one.target.role for one in ruleset.case_types if isinstance(one.target, ToRole))
    for role in roles:
        if next(roster.holders(role, None), None) or _somebody_everywhere(roster, role):
            continue
        without = tuple(
            house
            for house in houses
            if house.validity.covers(day) and not roster.anybody(house.staff_for(role))
        )
        if without:
            held = any(everybody.anybody(house.staff_for(role)) for house in without)
            yield Hole(role, without, held)


def _somebody_everywhere(roster: Roster, role: str) -> bool:
    names = [one.id for one in roster.ruleset.staff if role in one.roles_for_new_properties]
    return roster.anybody(names)


def decide_holes(staff: Staff, found: Sequence[Hole], rules: Rules, now: datetime) -> Decision:
    """Tell an administrator of the holes; none, no letter."""
    work = Work(rules, rules.ruleset.organisation.id, CLOCK, now)
    if found:
        work.explain(
            Station.NOTIFY,
            "holes",
            f"{len(found)} roles without a person somewhere",
            rule_of(work.ruleset.organisation.source_of("administrator_role"), staff.source),
        )
        work.tell(
            Notice(
                template=Template.HOLES,
                to=staff_party(staff),
                language=staff.language,
                ticket=None,
                items=tuple(_hole(one, staff, rules.ruleset) for one in found),
            )
        )
    return work.decision(Disposition.COMMAND)


def _hole(one: Hole, reader: Staff, ruleset: Ruleset) -> Item:
    english = reader.language == "en"
    role = ruleset.role(one.role).name.in_language(reader.language)
    names = ", ".join(house.id for house in one.properties[:_TOLD_PROPERTIES])
    count = len(one.properties)
    more = f" … ({count})" if count > _TOLD_PROPERTIES else ""
    note = ""
    if one.away:
        note = "everybody who holds it is away" if english else "alle, die sie haben, sind abwesend"
    return Item(role, names + more, note)
