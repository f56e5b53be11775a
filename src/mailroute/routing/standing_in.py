"""Tickets of somebody who is away go to whoever stands in, and come back untouched ones afterwards (REQ-E11).

The chain of deputies first, then the next holder of the role, the fallback role, triage. Pure, like every decision.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime

from mailroute.model.absence import Away, AwayEnded
from mailroute.model.decision import Decision, Disposition, Station, rule_of
from mailroute.model.facts import Facts
from mailroute.model.letter import Notice, Template
from mailroute.model.moment import day_in_words
from mailroute.model.ruleset import Absence, Ruleset, Staff
from mailroute.model.ticket import CLOCK, Lent, LentBack, Status, Ticket, allows
from mailroute.routing.assign import Roster, escalate_to
from mailroute.routing.because import lines_for_next
from mailroute.routing.offered import pass_list_on
from mailroute.routing.presence import absence_of, as_of
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


def stand_in_for(ticket: Ticket, facts: Facts, ruleset: Ruleset, day: date) -> Staff | None:
    """Who answers for the ticket while its assignee is away; None if there is nobody else."""
    holder = Roster(ruleset, day).stand_in(ticket.assignee, "")
    if holder is not None and holder.staff.id != ticket.assignee:
        return holder.staff
    found = escalate_to(ticket, facts, ruleset, day)
    return ruleset.staff_by_id(found[1]) if found else None


def goes(ticket: Ticket, ruleset: Ruleset, day: date) -> Absence | None:
    """The absence for which the ticket is to be with somebody else on that day; None if it stays.

    A ticket that rests until its assignee is back stays.
    """
    absent = absence_of(ruleset, ticket.assignee, day)
    if absent is None or not absent.open_tickets or not allows(ticket.status, Lent):
        return None
    rests = ticket.follow_up is not None and local_day(ruleset, ticket.follow_up) > absent.until
    return None if rests else absent


def returns(ticket: Ticket, ruleset: Ruleset, day: date) -> Staff | None:
    """Whom the ticket goes back to on that day; None while they are away, or once somebody has acted on it."""
    lender = ruleset.staff_by_id(ticket.lent_by)
    if lender is None or not lender.active or ticket.status is not Status.OFFERED:
        return None
    return None if absence_of(ruleset, lender.id, day) else lender


def lends(ruleset: Ruleset, day: date) -> tuple[str, ...]:
    """Whose open tickets are to be with others on that day."""
    away = (one for one in ruleset.absences if one.open_tickets and one.since <= day <= one.until)
    return tuple(dict.fromkeys(one.staff for one in away))


def decide_lend(facts: Facts, rules: Rules, now: datetime) -> Decision | None:
    """Give the ticket to whoever stands in; None where it stays."""
    ticket = facts.ticket
    rules = as_of(rules, facts.away, now)
    day = local_day(rules.ruleset, now)
    absent = goes(ticket, rules.ruleset, day) if ticket else None
    if ticket is None or absent is None:
        return None
    to = stand_in_for(ticket, facts, rules.ruleset, day)
    if to is None or to.id == ticket.assignee:
        return None
    work = Work(rules, ticket.organisation, CLOCK, now)
    work.about(ticket)
    before = rules.ruleset.staff_by_id(ticket.assignee)
    ticket = work.change(Lent(to.id))
    promised = start_waiting(work, ticket.case_type, to.id, now)
    because = f"stands in for {ticket.lent_by}, who is away ({absent.source.file})"
    work.explain(Station.ASSIGN, to.id, because, rule_of(absent.source))
    stands_in = _notice(Template.STAND_IN, to, before, facts, ticket, promised.accept_by, _until(absent, to))
    why = lines_for_next(ticket, facts, rules.ruleset, to.language, None, day)
    work.tell(replace(stands_in, candidates=pass_list_on(work, facts.offer, to), why=why))
    return work.decision(Disposition.COMMAND)


def decide_lend_back(facts: Facts, rules: Rules, now: datetime) -> Decision | None:
    """Give it back to whoever had it before they went away; None where it stays."""
    ticket = facts.ticket
    rules = as_of(rules, facts.away, now)
    to = returns(ticket, rules.ruleset, local_day(rules.ruleset, now)) if ticket else None
    if ticket is None or to is None:
        return None
    work = Work(rules, ticket.organisation, CLOCK, now)
    work.about(ticket)
    deputy = rules.ruleset.staff_by_id(ticket.assignee)
    ticket = work.change(LentBack(to.id))
    promised = start_waiting(work, ticket.case_type, to.id, now)
    work.explain(Station.ASSIGN, to.id, "is back, and nobody has worked on it meanwhile", rule_of(to.source))
    back = _notice(Template.LENT_BACK, to, deputy, facts, ticket, promised.accept_by, "")
    work.tell(replace(back, candidates=pass_list_on(work, facts.offer, to)))
    return work.decision(Disposition.COMMAND)


def decide_absences_over(organisation: str, said: tuple[Away, ...], rules: Rules, now: datetime) -> Decision:
    """End every absence whose last day has passed."""
    work = Work(rules, organisation, CLOCK, now)
    today = local_day(rules.ruleset, now)
    work.absences += [AwayEnded(one) for one in said if one.until is not None and one.until < today]
    return work.decision(Disposition.COMMAND if work.absences else Disposition.IGNORE)


def _notice(
    template: Template,
    to: Staff,
    author: Staff | None,
    facts: Facts,
    ticket: Ticket,
    due: datetime | None,
    reason: str,
) -> Notice:
    messages = passed_on(facts.messages)
    return Notice(
        template=template,
        to=staff_party(to),
        language=to.language,
        ticket=ticket,
        place=place_in_words(facts.place[0], facts.place[1]),
        author=staff_party(author) if author else None,
        reason=reason,
        due=due,
        passes_on=messages,
        attach=intakes_with_files(messages),
    )


def _until(absent: Absence, reader: Staff) -> str:
    """Until when, in words; "" for until further notice."""
    language = "en" if reader.language == "en" else "de"
    return "" if absent.until == date.max else day_in_words(absent.until, language)
