"""It was no emergency: whoever was told that it is one hears so, once (`alarm` says who was told)."""

from __future__ import annotations

from mailroute.model.decision import Station
from mailroute.model.facts import Facts
from mailroute.model.letter import Notice, Template
from mailroute.model.matter import is_emergency
from mailroute.model.ticket import CalledOff, Ticket
from mailroute.routing.work import Work, place_in_words, staff_party


def call_off(work: Work, facts: Facts, before: Ticket) -> None:
    """Give the all-clear where this decision has made something else of an emergency.

    Not to who says so, nor to whom this decision writes anyway.
    """
    ticket = work.ticket
    if ticket is None or not is_emergency(before, work.ruleset) or is_emergency(ticket, work.ruleset):
        return
    if not facts.alarmed:
        return
    written_to = {work.actor.id, *(one.to.id for one in work.notices)}
    work.change(CalledOff(facts.alarmed))
    for staff in map(work.ruleset.staff_by_id, facts.alarmed):
        if staff is None or not staff.active or staff.id in written_to:
            continue
        work.explain(Station.NOTIFY, staff.id, "was alarmed, and hears that it is no emergency")
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
