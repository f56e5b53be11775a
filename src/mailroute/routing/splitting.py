"""`teilen` and `trennen`: what lies together in one ticket becomes two, each with its own number and reporter.

Only staff split: the words of a customer are never a command, and the second matter of their mail is split for them.
"""

from __future__ import annotations

from dataclasses import replace

from mailroute.model import command as c
from mailroute.model.decision import Assignment, Matched, Station
from mailroute.model.directory import Found
from mailroute.model.facts import Facts, Further
from mailroute.model.letter import Line, Notice, Template, Written
from mailroute.model.ruleset import CaseType
from mailroute.model.text import fold
from mailroute.model.ticket import (
    Linked,
    MessageAdded,
    Opened,
    Party,
    Separated,
    Status,
    Ticket,
)
from mailroute.routing.alarm import NOBODY_ON_CALL
from mailroute.routing.assign import assign
from mailroute.routing.correct import find_case_types
from mailroute.routing.desk import Desk, accept_by_acting, not_mine
from mailroute.routing.emergency import reinforced
from mailroute.routing.waiting import start_waiting
from mailroute.routing.work import Work, intakes_with_files, local_day, place_in_words, staff_party


def split(desk: Desk, command: c.Split) -> Line:
    """Make a ticket of its own of the second matter of a mail: the one that was found, or the one that is named."""
    concern = desk.facts.concern
    offered_to_me = concern is not None and concern.to == desk.actor.id
    if not desk.is_assignee and not offered_to_me:
        return not_mine(desk, command.said)
    if _has_opened(desk):
        return _one_at_a_time(desk, command.said)
    case_type = _second(desk, command)
    if case_type is None:
        did = desk.words(
            "Nicht ausgeführt: Nennen Sie das zweite Anliegen, zum Beispiel „teilen: Heizung“. Nichts wurde geändert.",
            "Not done: name the second matter, like “split: heating”. Nothing was changed.",
        )
        return Line(command.said, did, False)
    new = split_off(desk.work, desk.facts, desk.ticket, case_type)
    if desk.is_assignee:
        accept_by_acting(desk)
    name = case_type.name.in_language(desk.words("de", "en"))
    who = desk.name_of(new.assignee)
    did = desk.words(
        f"Geteilt: {name} ist jetzt der Vorgang {new.label} (zuständig: {who}).",
        f"Split: {name} is ticket {new.label} now; {who} is responsible.",
    )
    return Line(command.said, did, True)


def _has_opened(desk: Desk) -> bool:
    """Whether a command before this one has taken the number that was reserved."""
    here = (one.number for one in desk.work.beside if one.organisation == desk.work.organisation)
    return desk.facts.fresh_number in here


def _one_at_a_time(desk: Desk, said: str) -> Line:
    did = desk.words(
        "Nicht ausgeführt: Mit einer Antwort entsteht nur ein neuer Vorgang. Senden Sie diese Zeile in einer zweiten Antwort.",
        "Not done: one reply opens one new ticket. Send this line in a second reply.",
    )
    return Line(said, did, False)


def _second(desk: Desk, command: c.Split) -> CaseType | None:
    if command.name:
        found = find_case_types(command.name, desk.work.ruleset.case_types)
        return found[0] if len(found) == 1 and found[0].id != desk.ticket.case_type else None
    return _other_matter(desk.work, desk.facts, desk.ticket)


def _other_matter(work: Work, facts: Facts, ticket: Ticket) -> CaseType | None:
    """The second matter of the mail, unless the ticket has become just that."""
    concern = facts.concern
    if concern is None or concern.case_type == ticket.case_type:
        return None
    return work.ruleset.case_type(concern.case_type)


def split_off(work: Work, facts: Facts, ticket: Ticket, case_type: CaseType) -> Ticket:
    """Open a ticket for the second matter beside `ticket`; who it is for and the reporter are told."""
    concern = facts.concern
    said = next((one for one in facts.messages if concern and one.intake == concern.intake), None)
    said = said or next(iter(facts.messages), None)
    new = _open_beside(
        work, facts, ticket, case_type, ticket.reporter, ticket.subject, (said,) if said else ()
    )
    work.change(Linked(new.number, "split-into"))
    _link(work, Linked(ticket.number, "split-from"))
    work.explain(Station.COMMAND, f"split into {new.label}", f"{case_type.id} is a matter of its own")
    _tell_reporter(work, ticket, new, ticket.reporter)
    return new


def split_by_rule(work: Work, facts: Facts, ticket: Ticket) -> None:
    """Split off the second matter without asking anybody: the organisation wants it so (`multiple: split`)."""
    case_type = _other_matter(work, facts, ticket)
    if case_type is None or facts.fresh_number is None:
        work.explain(Station.TIMER, "nothing to do", "there is no second matter any more")
        return
    split_off(work, facts, ticket, case_type)


def separate(desk: Desk, command: c.Separate) -> Line:
    """Give a further reporter a ticket of their own again: theirs was another matter."""
    if not desk.is_assignee:
        return not_mine(desk, command.said)
    if _has_opened(desk):
        return _one_at_a_time(desk, command.said)
    meant = _further(desk.facts, command.name)
    case_type = desk.work.ruleset.case_type(desk.ticket.case_type)
    if len(meant) != 1 or case_type is None:
        names = ", ".join(one.party.name or one.party.address for one in desk.facts.further[:9])
        did = desk.words(
            f"Nicht ausgeführt: Wer ist gemeint? „trennen: Name“ mit einem von: {names or 'niemand'}.",
            f"Not done: who is meant? “separate: name” with one of: {names or 'nobody'}.",
        )
        return Line(command.said, did, False)
    [one] = meant
    theirs = tuple(said for said in desk.facts.messages if said.author.address == one.party.address)
    new = _open_beside(
        desk.work, desk.facts, desk.ticket, case_type, one.party, one.subject, theirs, home_only=True
    )
    desk.work.change(Separated(one.party))
    desk.work.change(Linked(new.number, "separated-into"))
    _link(desk.work, Linked(desk.ticket.number, "separated-from"))
    accept_by_acting(desk)
    _tell_reporter(desk.work, desk.ticket, new, one.party)
    did = desk.words(
        f"Getrennt: Die Meldung von {one.party.name or one.party.address} ist jetzt der Vorgang {new.label}.",
        f"Separated: the report of {one.party.name or one.party.address} is ticket {new.label} now.",
    )
    return Line(command.said, did, True)


def _further(facts: Facts, name: str) -> list[Further]:
    """Whom the words mean; without words the only one there is."""
    wanted = fold(name).strip()
    if not wanted:
        return list(facts.further)
    return [
        one for one in facts.further if wanted in fold(one.party.name) or wanted == fold(one.party.address)
    ]


def _open_beside(
    work: Work,
    facts: Facts,
    ticket: Ticket,
    case_type: CaseType,
    reporter: Party,
    subject: str,
    messages: tuple[Written, ...],
    *,
    home_only: bool = False,
) -> Ticket:
    """The new ticket with its mails, assigned as the rules say, and the letter to whoever has it.

    `home_only`: of the place only the property is shared, unit and contract are those of the first reporter.
    """
    if facts.fresh_number is None:
        raise ValueError("a ticket is split with a number reserved for the new one")
    house, unit, contract = facts.place
    found = Found(properties=(house,) if house else (), contracts=(contract,) if contract else ())
    place = replace(ticket.place, unit=None, contract=None) if home_only else ticket.place
    matched = Matched(place.property, place.unit, place.contract, (), ambiguous=False, steps=())
    known, day = replace(facts, found=found), local_day(work.ruleset, work.now)
    to = assign(case_type, matched, known, work.ruleset, day)
    to = reinforced(to, case_type, matched, known, work.ruleset, day)
    other = work.another()
    other.opens(facts.fresh_number)
    other.trace += to.steps
    if to.turn is not None:
        other.turns.append(to.turn)
    other.change(
        Opened(
            number=facts.fresh_number,
            inbox=ticket.inbox,
            subject=subject,
            reporter=reporter,
            language=ticket.language,
            case_type=case_type.id,
            urgency=case_type.urgency,
            place=place,
            role=to.role,
            assignee=to.assignee,
            status=Status.TRIAGE if to.triage else Status.OFFERED,
            feared=ticket.feared and case_type.id == ticket.case_type,
        )
    )
    for one in messages:
        other.change(MessageAdded(one.intake, one.author, None, one.files))
    promised = start_waiting(other, case_type.id, to.assignee, work.now)
    staff = work.ruleset.staff_by_id(to.assignee)
    assert staff is not None
    assert other.ticket is not None
    notice = Notice(
        template=Template.NOTIFICATION,
        to=staff_party(staff),
        language=staff.language,
        ticket=other.ticket,
        place=place_in_words(house, None if home_only else unit),
        author=reporter,
        due=promised.accept_by,
        passes_on=messages,
        attach=intakes_with_files(messages),
    )
    other.tell(notice)
    _inform(other, notice, to)
    return other.ticket


def _inform(other: Work, notice: Notice, to: Assignment) -> None:
    """The further roles hear of it, as of any new ticket (REQ-E4)."""
    reason = NOBODY_ON_CALL if to.reinforced else ""
    for staff in map(other.ruleset.staff_by_id, to.informed):
        if staff is not None:
            told = replace(notice, to=staff_party(staff), language=staff.language, reason=reason)
            other.tell(replace(told, template=Template.INFORMED))


def _link(work: Work, linked: Linked) -> None:
    work.beside[-1].change(linked)


def _tell_reporter(work: Work, ticket: Ticket, new: Ticket, reporter: Party) -> None:
    """Once, with both numbers and nothing else: a letter of the new ticket, so that a reply goes there."""
    work.beside[-1].tell(
        Notice(
            template=Template.SPLIT,
            to=reporter,
            language=ticket.language,
            ticket=new,
            reason=ticket.label,
            in_reply_to=ticket.last_message_id if reporter == ticket.reporter else None,
        )
    )
