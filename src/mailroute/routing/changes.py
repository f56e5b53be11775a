"""What others have noted or corrected is told to whoever has the ticket when the notice leaves (REQ-D6)."""

from __future__ import annotations

from mailroute.model.decision import Station, rule_of
from mailroute.model.facts import Changed, Facts
from mailroute.model.letter import Line, Notice, Template
from mailroute.model.ticket import ChangesTold, Noted, Ticket
from mailroute.routing.work import Work, place_in_words, staff_party


def tell_changes(work: Work, facts: Facts, ticket: Ticket) -> None:
    """One letter for all of them, with author, and old and new; nobody is told of their own."""
    staff = work.ruleset.staff_by_id(ticket.assignee)
    news = [one for one in facts.untold if one.by.id != ticket.assignee]
    if staff is None or not staff.active or not news:
        work.explain(Station.TIMER, "nothing to tell", "whoever has the ticket knows of every change")
        return
    ticket = work.change(ChangesTold(staff.id, news[-1].seq))
    work.explain(
        Station.TIMER, "changes", f"{len(news)} of others are told to {staff.name}", rule_of(staff.source)
    )
    work.tell(
        Notice(
            template=Template.CHANGES,
            to=staff_party(staff),
            language=staff.language,
            ticket=ticket,
            place=place_in_words(facts.place[0], facts.place[1]),
            author=news[-1].by,
            lines=tuple(
                Line(one.by.name, _in_words(one, english=staff.language == "en"), True) for one in news
            ),
        )
    )


def _in_words(changed: Changed, *, english: bool) -> str:
    change = changed.change
    if isinstance(change, Noted):
        files = "attached files" if english else "Anhänge"
        return f"{'Note' if english else 'Notiz'}: {change.text or files}"
    fields = {"case-type": ("Anliegen", "Matter"), "property": ("Objekt", "Property")}
    field = fields.get(change.what, (change.what, change.what))[english]
    was = f" ({'was' if english else 'vorher'}: {change.old})" if change.old else ""
    return f"{field}: {change.new}{was}"
