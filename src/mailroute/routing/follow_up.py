"""`frist Freitag`: the ticket is the assignee's and rests until then."""

from __future__ import annotations

from mailroute.model import command as c
from mailroute.model.decision import Station
from mailroute.model.letter import Line
from mailroute.model.moment import date_and_time
from mailroute.model.ticket import FollowUpSet, Noted, Status
from mailroute.routing.dates import read_moment
from mailroute.routing.deadlines import to_the_minute
from mailroute.routing.desk import Desk, accept_by_acting, is_closed, not_mine
from mailroute.routing.waiting import calendar_of, start_resting


def follow_up(desk: Desk, command: c.FollowUp) -> Line:
    """See it again at that moment, in the working time of whoever says it; the receipt names the moment."""
    if desk.ticket.status is Status.CLOSED:
        return is_closed(desk, command.said)
    if not desk.is_assignee:
        return not_mine(desk, command.said)
    calendar = calendar_of(desk.work.ruleset, desk.actor.id)
    due = read_moment(command.when, desk.work.now, calendar)
    if due is None:
        return _not_understood(desk, command)
    moment = date_and_time(due, calendar.zone, desk.words("de", "en"))
    if due <= desk.work.now:
        did = desk.words(f"Nicht ausgeführt: {moment} ist vorbei.", f"Not done: {moment} is past.")
        return Line(command.said, did, False)
    accept_by_acting(desk)
    desk.work.change(FollowUpSet(due))
    start_resting(desk.work, due)
    desk.work.explain(Station.COMMAND, "follow-up", to_the_minute(due, calendar))
    did = desk.words(
        f"Wiedervorlage: {moment}. Bis dahin ruhen die Erinnerungen.",
        f"Follow-up: {moment}. Until then there are no reminders.",
    )
    return Line(command.said, did, True)


def _not_understood(desk: Desk, command: c.FollowUp) -> Line:
    # It may have been the first words of an answer: nothing of it is lost, and nothing leaves.
    desk.work.change(Noted(command.said, desk.intake, why="a date that was not understood"))
    did = desk.words(
        "Nicht ausgeführt: Wann? Zum Beispiel „frist Freitag“, „frist in 3 Tagen“, „frist 15.12. 14 Uhr“. "
        "Nichts wurde versendet; Ihr Text ist als Notiz gespeichert.",
        "Not done: when? For example “follow up friday”, “follow up in 3 days”, “follow up 15.12. 14:00”. "
        "Nothing was sent; your text is kept as a note.",
    )
    return Line(command.said, did, False)
