"""`rückgängig`: the last command of whoever says it is taken back, within a day, unless something depends on it.

A letter that has left to somebody outside cannot be taken back, and what others have done since is not undone behind
their backs: then the answer says what can be done instead (design §7).
"""

from __future__ import annotations

from datetime import timedelta

from mailroute.model import command as c
from mailroute.model.decision import Station, TimerKind
from mailroute.model.facts import Act, Sending
from mailroute.model.letter import Line, Template
from mailroute.model.ticket import TAKEN_BACK, Answered, Closed, Corrected, Drafted, Status, Ticket, Undone
from mailroute.routing.calling_off import alarm_again
from mailroute.routing.desk import Desk
from mailroute.routing.offered import pass_list_on
from mailroute.routing.waiting import start_resting, start_waiting, start_working
from mailroute.routing.work import staff_party

WITHIN = timedelta(hours=24)

# What others may have built upon.
_MOVES = frozenset(
    {
        "accepted", "rejected", "assigned", "taken", "revoked", "closed", "reopened", "undone", "follow-up-set",
        "followed-up", "corrected", "partner-asked", "partner-accepted", "partner-declined", "partner-timed-out",
        "partner-unreachable", "partner-revoked", "partner-returned", "external-ordered", "external-told",
        "lent", "lent-back",
    }
)  # fmt: skip
# What only its author reads: it may leave, whatever becomes of the command.
_TO_THE_AUTHOR = frozenset({Template.RECEIPT.value, Template.PREVIEW.value})

_NAMES = {
    "accepted": ("die Annahme", "accepting it"),
    "rejected": ("die Ablehnung", "rejecting it"),
    "assigned": ("die Weitergabe", "handing it on"),
    "taken": ("die Übernahme", "taking it over"),
    "revoked": ("das Widerrufen", "taking it back"),
    "drafted": ("die zurückgehaltene Antwort", "the answer that was held back"),
    "answered": ("die Antwort, sie wird nicht gesendet", "the answer, which will not be sent"),
    "closed": ("der Abschluss", "closing it"),
    "reopened": ("das Wiederöffnen", "reopening it"),
    "corrected": ("die Berichtigung", "the correction"),
    "follow-up-set": ("die Wiedervorlage", "the follow-up date"),
}


def undo(desk: Desk, command: c.Undo) -> Line:
    """Take back what the actor last did in this ticket, or say why not and what to do instead."""
    act = next((one for one in desk.facts.acts if one.by == desk.actor.id), None)
    refusal = _nothing_to_undo(desk, act)
    if act is None or refusal:
        return Line(command.said, refusal, False)
    before = desk.ticket if _overtaken(act) else act.before
    ticket_then = desk.ticket
    taken_back = tuple(one.kind for one in act.changes if isinstance(one, TAKEN_BACK))
    desk.work.change(_as_it_was(taken_back, before))
    _start_timers(desk)
    desk.work.stopped += [one.id for one in act.letters if one.waits and one.template not in _TO_THE_AUTHOR]
    _tell_others(desk, act, ticket_then)
    alarm_again(desk, act)
    desk.work.explain(Station.COMMAND, "undone", ", ".join(taken_back))
    return Line(command.said, _done(desk, taken_back), True)


def _nothing_to_undo(desk: Desk, act: Act | None) -> str:
    """Why it cannot be taken back, or ""."""
    if desk.work.changes:
        return desk.words(
            "Nicht ausgeführt: „rückgängig“ steht allein in einer Antwort.",
            "Not done: “undo” must stand alone in a reply.",
        )
    if act is None or not any(isinstance(one, TAKEN_BACK) for one in act.changes):
        return desk.words(
            "Nicht ausgeführt: Es gibt hier keinen Befehl von Ihnen, der zurückgenommen werden kann. Notizen bleiben.",
            "Not done: there is no command of yours here that can be taken back. Notes stay.",
        )
    if desk.work.now - act.at > WITHIN:
        why = desk.words(
            "Ihr letzter Befehl ist mehr als 24 Stunden her.", "Your last command is more than 24 hours ago."
        )
        return _instead(desk, why)
    if any(_left_the_house(one) for one in act.letters):
        return _letter_is_gone(desk, act)
    if _overtaken(act) and not _only_answered(act):
        why = desk.words(
            "Seitdem ist hier etwas geschehen, das darauf aufbaut.",
            "Something has happened since that depends on it.",
        )
        return _instead(desk, why)
    return ""


def _letter_is_gone(desk: Desk, act: Act) -> str:
    if any(isinstance(one, Closed) for one in act.changes):
        why = desk.words(
            "Der Abschluss ist dem Absender schon mitgeteilt.",
            "The reporter has been told that it is closed.",
        )
        return _instead(desk, why)
    return desk.words(
        "Nicht ausgeführt: Die Antwort ist schon gesendet. Schreiben Sie eine Berichtigung: Antworten Sie mit ihrem Text.",
        "Not done: the answer has left already. Send a correction: reply with its text.",
    )


def _instead(desk: Desk, why: str) -> str:
    """What leads to the same end."""
    if desk.ticket.status is Status.CLOSED:
        way = desk.words("Mit „wieder öffnen“ öffnen Sie den Vorgang.", "Reply “reopen” to open the ticket.")
    elif desk.is_assignee:
        way = desk.words(
            "Der Vorgang liegt bei Ihnen; mit „weiter an: Name“ geben Sie ihn weiter.",
            "The ticket is with you; “assign: name” hands it on.",
        )
    elif desk.ticket.assigner == desk.actor.id:
        way = desk.words("Mit „widerrufen“ holen Sie den Vorgang zurück.", "Reply “revoke” to get it back.")
    else:
        name = desk.name_of(desk.ticket.assignee)
        way = desk.words(
            f"Zuständig ist {name}; mit „übernehmen“ übernehmen Sie den Vorgang.",
            f"{name} is responsible; reply “take” to take the ticket over.",
        )
    return f"{desk.words('Nicht ausgeführt:', 'Not done:')} {why} {way}"


def _overtaken(act: Act) -> bool:
    return any(kind in _MOVES for kind in act.since)


def _only_answered(act: Act) -> bool:
    """The answer can be stopped whoever has the ticket by now; nothing else is changed then."""
    return any(isinstance(one, Answered) for one in act.changes) and not any(
        isinstance(one, TAKEN_BACK) and not isinstance(one, Answered | Drafted) and one.kind != "accepted"
        for one in act.changes
    )


def _left_the_house(letter: Sending) -> bool:
    return letter.left and not letter.to.is_staff


def _as_it_was(what: tuple[str, ...], before: Ticket) -> Undone:
    return Undone(
        what=what,
        status=before.status,
        assignee=before.assignee,
        holders=before.holders,
        given=before.given,
        role=before.role,
        case_type=before.case_type,
        urgency=before.urgency,
        place=before.place,
        closed_at=before.closed_at,
        follow_up=before.follow_up,
        feared=before.feared,
    )


def _start_timers(desk: Desk) -> None:
    ticket = desk.ticket
    match ticket.status:
        case Status.CLOSED:
            desk.work.cancel_timers(*TimerKind)
        case Status.ACCEPTED if ticket.follow_up is not None and ticket.follow_up > desk.work.now:
            start_resting(desk.work, ticket.follow_up)
        case Status.ACCEPTED:
            start_working(desk.work, ticket)
        case Status.PARTNER_ASKED | Status.WITH_PARTNER:
            pass
        case _:
            start_waiting(desk.work, ticket.case_type, ticket.assignee, desk.work.now)


def _tell_others(desk: Desk, act: Act, then: Ticket) -> None:
    """Whoever loses it is told if they were told of it; whoever has it again gets the matter once more."""
    told = {one.to.id for one in act.letters if one.left and one.to.is_staff}
    loser = desk.work.ruleset.staff_by_id(then.assignee)
    winner = desk.work.ruleset.staff_by_id(desk.ticket.assignee)
    if then.assignee == desk.ticket.assignee:
        return
    if loser is not None and loser.id != desk.actor.id and loser.id in told:
        desk.tell(Template.REVOKED, staff_party(loser), loser.language)
    if winner is not None and winner.id != desk.actor.id and winner.id in told:
        desk.hand_over(Template.RETURNED, winner)
    elif winner is not None and not any(isinstance(one, Corrected) for one in act.changes):
        # They have seen the list before it went away with the ticket; what a correction had answered waits again anyway.
        pass_list_on(desk.work, desk.facts.offer, winner)


def _done(desk: Desk, what: tuple[str, ...]) -> str:
    names = [desk.words(*_NAMES[kind]) for kind in what if kind in _NAMES]
    # Who closes or answers accepts on the way; nobody asked for that.
    if len(names) > 1 and what[0] == "accepted":
        names = names[1:]
    name = desk.name_of(desk.ticket.assignee)
    closed = desk.ticket.status is Status.CLOSED
    where = desk.words(
        "Der Vorgang ist wieder abgeschlossen." if closed else f"Zuständig: {name}.",
        "The ticket is closed again." if closed else f"Responsible: {name}.",
    )
    return f"{desk.words('Zurückgenommen:', 'Taken back:')} {', '.join(names)}. {where}"
