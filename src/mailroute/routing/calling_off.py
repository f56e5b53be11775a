"""It was no emergency: whoever was told that it is one hears so, once (`alarm` says who was told). And if that is taken
back, or a correction makes one of it again, they hear that it is one.
"""

from __future__ import annotations

from mailroute.model.decision import Assignment, Station, rule_of
from mailroute.model.facts import Act, Facts
from mailroute.model.letter import Notice, Template
from mailroute.model.matter import is_emergency
from mailroute.model.ticket import Alarmed, CalledOff, Status, Ticket
from mailroute.routing.alarm import NOBODY_ON_CALL
from mailroute.routing.desk import Desk
from mailroute.routing.work import Work, place_in_words, staff_party


def call_off(work: Work, facts: Facts, before: Ticket) -> None:
    """Give the all-clear where this decision has made something else of an emergency.

    Not to who says so, nor to whom this decision writes at once anyway, nor to whom the alarm has never come.
    """
    ticket = work.ticket
    if ticket is None or not is_emergency(before, work.ruleset) or is_emergency(ticket, work.ruleset):
        return
    if not facts.alarmed:
        return
    spared = {work.actor.id, *work.told_at_once(), *_never_heard(work, facts)}
    work.change(CalledOff(facts.alarmed))
    for staff in map(work.ruleset.staff_by_id, facts.alarmed):
        if staff is None or not staff.active or staff.id in spared:
            continue
        work.explain(
            Station.NOTIFY, staff.id, "was alarmed, and hears that it is no emergency", rule_of(staff.source)
        )
        work.tell(
            Notice(
                template=Template.ALL_CLEAR,
                to=staff_party(staff),
                language=staff.language,
                ticket=ticket,
                place=place_in_words(facts.place[0], facts.place[1]),
                author=work.actor,
            )
        )


def alarm_again(desk: Desk, act: Act) -> None:
    """Where `act`, now undone, gave the all-clear: whoever may have read that, or the ticket as something else, hears that it
    is an emergency after all, and all of them count as alarmed again.
    """
    called_off = [one for change in act.changes if isinstance(change, CalledOff) for one in change.to]
    if not called_off or not is_emergency(desk.ticket, desk.work.ruleset) or not desk.work.may(Alarmed):
        return
    heard = {one.to.id for one in act.letters if one.left and one.to.is_staff}
    heard -= {desk.actor.id, desk.ticket.assignee}
    for staff in map(desk.work.ruleset.staff_by_id, called_off):
        if staff is None or not staff.active or staff.id not in heard:
            continue
        desk.work.explain(
            Station.NOTIFY,
            staff.id,
            "heard that it is no emergency, and hears that it is one",
            rule_of(staff.source),
        )
        desk.inform(staff)
    desk.work.change(Alarmed(tuple(called_off)))


def raise_alarm(desk: Desk, to: Assignment) -> None:
    """A correction made an emergency of it: the further roles hear of it, though they had letters of the ticket while it
    was none, and so does everybody who heard the all-clear.
    """
    heard = {desk.actor.id, desk.ticket.assignee}
    called_off = [one for one in desk.facts.called_off if one not in heard]
    told: list[str] = []
    for staff in map(desk.work.ruleset.staff_by_id, dict.fromkeys((*told_of(to), *called_off))):
        if staff is None or not staff.active or staff.id in heard:
            continue
        because = "did not know that it is an emergency, and hears that it is one"
        desk.work.explain(Station.NOTIFY, staff.id, because, rule_of(staff.source))
        desk.inform(staff, NOBODY_ON_CALL if to.reinforced else "")
        told.append(staff.id)
    # While it waits for somebody, or where nobody is on call, every such letter is written down as an alarm anyway.
    if told and desk.ticket.status is Status.ACCEPTED and not to.reinforced:
        desk.work.change(Alarmed(tuple(told)))


def told_of(to: Assignment) -> tuple[str, ...]:
    """Who hears of the ticket beside whoever gets it; where nobody is on call, they too in so many words."""
    return tuple(one for one in (*to.informed, *((to.assignee,) if to.reinforced else ())) if one)


def _never_heard(work: Work, facts: Facts) -> set[str | None]:
    """Those to whom this decision stops the letter that alarms them. Whoever was alarmed since may have heard by that."""
    never: set[str | None] = set()
    for act in facts.acts:
        if any(isinstance(one, Alarmed) for one in act.changes) and "alarmed" not in act.since:
            to_staff = [one for one in act.letters if one.to.is_staff]
            never |= {one.to.id for one in to_staff if one.id in work.stopped}
            never -= {one.to.id for one in to_staff if one.left}
    return never
