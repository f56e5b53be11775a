"""The same concern from many people: one ticket, and everybody else joins it with their own words.

Fifty tenants report one lift: the first mail opens the ticket, the others are added to it as further reporters, each
acknowledged for themselves and without anybody's data. Whoever has the ticket hears how many there are, not of each.
Gathered is only what a case type says may be (`cluster: yes`), and only what is certain: no emergency, no unclear
matter, never across properties. `trennen` undoes it.
"""

from __future__ import annotations

from mailroute.model.decision import Classified, Gathering, Matched, Sender, Station
from mailroute.model.facts import Facts
from mailroute.model.letter import Notice, Template, Written
from mailroute.model.ruleset import CaseType
from mailroute.model.ticket import Joined, MessageAdded, PartyKind, Status, Ticket
from mailroute.routing.work import Mail, Work, staff_party

# The assignee hears of the second reporter, the fifth, the tenth …: numbers that change the picture.
TOLD_AT = frozenset({2, 5, 10, 25, 50, 100, 250, 500})
REPORTERS_MOST = 1_000


def is_gathered(case_type: CaseType | None, matched: Matched, classified: Classified, about: Sender) -> bool:
    """Whether mails like this one are gathered in one ticket."""
    return (
        case_type is not None
        and case_type.cluster
        and not classified.emergency
        and matched.property is not None
        and not matched.ambiguous
        and about.party.kind not in (PartyKind.STAFF, PartyKind.PARTNER)
    )


def gathering_ticket(
    case_type: CaseType, matched: Matched, facts: Facts, work: Work, mail: Mail
) -> Ticket | None:
    """The ticket in which this concern is gathered: open, younger than the window; None if this is the first."""
    within = work.ruleset.organisation.cluster_within
    for one in facts.gathered:
        same = one.place.property == matched.property and one.case_type == case_type.id
        at_desk = one.status in (Status.CLOSED, Status.TRIAGE)
        young = abs(mail.envelope.received_at - one.opened_at) <= within
        if same and young and not at_desk and one.joined < REPORTERS_MOST:
            return one
    return None


def begin(case_type: CaseType, matched: Matched, facts: Facts, work: Work) -> None:
    """Let later mails find this ticket. Two first ones at the same moment are held apart by the store."""
    assert work.number is not None
    assert matched.property is not None
    earlier = next((one.number for one in facts.gathered if _is_like(one, case_type.id, matched)), None)
    work.gathering = Gathering(matched.property, case_type.id, work.number, earlier)


def _is_like(ticket: Ticket, case_type: str, matched: Matched) -> bool:
    return (ticket.place.property, ticket.case_type) == (matched.property, case_type)


def join(mail: Mail, work: Work, about: Sender, ticket: Ticket, place: str, rule: str) -> Ticket:
    """Add the mail to the ticket, with its author as a further reporter, and tell the assignee if the count says so."""
    message, intake = mail.message, mail.envelope.intake_id
    work.about(ticket)
    work.change(MessageAdded(intake, about.party, message.message_id, len(message.attachments)))
    if about.party.address == ticket.reporter.address:
        work.explain(Station.MATCH, ticket.label, "its reporter writes of the same matter once more", rule)
    else:
        work.change(Joined(about.party, intake, message.subject))
        because = f"the same matter at the same property, reported by {_reporters(work)} people by now"
        work.explain(Station.MATCH, ticket.label, because, rule)
    _tell_assignee(mail, work, about, place, rule)
    assert work.ticket is not None
    return work.ticket


def _reporters(work: Work) -> int:
    assert work.ticket is not None
    return work.ticket.joined + 1


def _tell_assignee(mail: Mail, work: Work, about: Sender, place: str, rule: str) -> None:
    ticket = work.ticket
    assert ticket is not None
    staff = work.ruleset.staff_by_id(ticket.assignee)
    if staff is None or _reporters(work) not in TOLD_AT:
        work.explain(
            Station.NOTIFY, "nobody is told", "the assignee hears of the count, not of each mail", rule
        )
        return
    nth = _reporters(work)
    said = Written(mail.envelope.intake_id, about.party, work.now, nth, len(mail.message.attachments))
    work.explain(Station.NOTIFY, staff.id, f"{nth} people have reported it", rule)
    work.tell(
        Notice(
            template=Template.GATHERED,
            to=staff_party(staff),
            language=staff.language,
            ticket=ticket,
            place=place,
            author=about.party,
            reason=str(nth),
            passes_on=(said,),
        )
    )
