"""The reporter answers what they were asked back: the rules decide anew, and the ticket goes to whom they name.

Only the one who was asked, with the token of their own letter, says anything here. They hear nothing in return, so a
stolen answer shows nothing to anybody; and a ticket that somebody has accepted stays with them.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from mailroute.model.decision import Assignment, Assurance, Matched, Sender, Station
from mailroute.model.directory import Contract, Found, Property, Unit
from mailroute.model.facts import Facts, Offer
from mailroute.model.letter import Notice, Template, Written
from mailroute.model.message import Automatic
from mailroute.model.ruleset import CaseType, Staff
from mailroute.model.ticket import Choice, Corrected, Place, Rerouted, Status, Ticket, allows
from mailroute.routing.assign import assign_again
from mailroute.routing.classify import OFFERED, classify
from mailroute.routing.flats import named_unit
from mailroute.routing.match import match
from mailroute.routing.offered import pass_list_on
from mailroute.routing.picks import first_numbers
from mailroute.routing.waiting import start_waiting
from mailroute.routing.work import (
    Mail,
    Work,
    intakes_with_files,
    local_day,
    passed_on,
    place_in_words,
    staff_party,
)


@dataclass(frozen=True, slots=True)
class _Answer:
    """What is known with the answer: the parts of the place (None as before: not known), and the case type; where that is
    unclear, the `possible` ones.
    """

    house: Property | None
    unit: Unit | None
    contract: Contract | None
    case_type: CaseType | None
    because: str
    possible: tuple[str, ...] = ()


def answers_question(mail: Mail, facts: Facts, ticket: Ticket, sender: Sender) -> bool:
    """Whether this mail is the answer that the ticket's open question waits for. With a partner it is a message like others."""
    return (
        facts.question is not None
        and sender.assurance is Assurance.TOKEN
        and sender.party.address == ticket.reporter.address
        and allows(ticket.status, Corrected)
        and mail.message.automatic is Automatic.PERSON
    )


@dataclass(frozen=True, slots=True)
class Settled:
    """What an answer led to. `told`: somebody else than before is to act, and all have heard; else `left` are the lines
    of the list that its assignee is still asked to pick from.
    """

    told: bool
    left: tuple[str, ...] = ()


def settle(mail: Mail, facts: Facts, work: Work, sender: Sender) -> Settled:
    """Decide anew with the reporter's answer."""
    ticket = work.ticket
    assert ticket is not None
    answer = _understand(mail, facts, work, ticket, sender)
    place = Place(
        answer.house.id if answer.house else None,
        answer.unit.id if answer.unit else None,
        answer.contract.id if answer.contract else None,
    )
    case_type = answer.case_type.id if answer.case_type else None
    if (place, case_type) == (ticket.place, ticket.case_type):
        work.explain(Station.MATCH, "as before", "the answer to our question says nothing new")
        return Settled(told=False)
    to = _assignment(ticket, answer, place, facts, work)
    work.trace += to.steps
    _correct(work, ticket, facts, answer, place, to)
    if to.triage or ticket.status is Status.ACCEPTED:
        return Settled(told=False, left=_left(work, facts, ticket, answer))
    work.change(Rerouted(to.assignee))
    if to.turn is not None:
        work.turns.append(to.turn)
    _hand_over(mail, facts, work, ticket, to, place_in_words(answer.house, answer.unit))
    return Settled(told=to.assignee != ticket.assignee)


def _left(work: Work, facts: Facts, ticket: Ticket, answer: _Answer) -> tuple[str, ...]:
    """What the assignee's list still asks; where there was none, what the answer may be about."""
    reader = work.ruleset.staff_by_id(ticket.assignee)
    if reader is None:
        return ()
    possible = tuple(Choice("case-type", one) for one in answer.possible)
    new = Offer(reader.id, possible, ()) if possible else None
    return pass_list_on(work, facts.offer, reader) or pass_list_on(work, new, reader)


def _understand(mail: Mail, facts: Facts, work: Work, ticket: Ticket, sender: Sender) -> _Answer:
    """The picked numbers, else what the words say, over what was known before."""
    assert facts.question is not None
    house, unit, contract = facts.place
    known = _Answer(house, unit, contract, work.ruleset.case_type(ticket.case_type), "")
    listed = facts.question.choices
    picked = [
        listed[one - 1]
        for one in first_numbers(mail.message.new_text.splitlines())
        if 1 <= one <= len(listed)
    ]
    if picked:
        for choice in picked:
            known = _with_choice(known, choice, facts, work)
    else:
        known = _with_words(known, mail, facts, work, sender)
    if known.case_type is None:
        classified = classify(work.rules.classifier, mail.message, sender, mail.envelope, reply=True)
        possible = tuple(one.id for one in classified.scores[:OFFERED])
        known = replace(known, case_type=work.ruleset.case_type(classified.case_type), possible=possible)
    return known


def _with_choice(known: _Answer, choice: Choice, facts: Facts, work: Work) -> _Answer:
    assert facts.question is not None
    houses = {one.id: one for one in facts.question.houses}
    because = f"{known.because} the reporter picked {choice.what} {choice.id}".strip()
    match choice.what:
        case "property" if choice.id in houses:
            return replace(known, house=houses[choice.id], unit=None, because=because)
        case "unit":
            units = {unit.id: unit for house in houses.values() for unit in house.units}
            unit = units.get(choice.id)
            return replace(known, house=houses[unit.property], unit=unit, because=because) if unit else known
        case "contract":
            contracts = {one.id: one for one in facts.question.contracts}
            return replace(known, contract=contracts.get(choice.id, known.contract), because=because)
        case _:
            return known


def _with_words(known: _Answer, mail: Mail, facts: Facts, work: Work, sender: Sender) -> _Answer:
    """Free text: what a new mail with these words would be about."""
    found = facts.found
    matched = match(mail.keys, found, sender, local_day(work.ruleset, mail.envelope.received_at))
    house = next((one for one in found.properties if one.id == matched.property), None) or known.house
    unit = known.unit if known.house == house else None
    if house is not None:
        wanted = matched.unit or named_unit([one.key for one in mail.keys.units], house.units, frozenset())
        unit = next((one for one in house.units if one.id == wanted), unit)
    contract = next((one for one in found.contracts if one.id == matched.contract), known.contract)
    because = "; ".join(one.because for one in matched.candidates[:1])
    return replace(known, house=house, unit=unit, contract=contract, because=because)


def _assignment(ticket: Ticket, answer: _Answer, place: Place, facts: Facts, work: Work) -> Assignment:
    found = Found(
        properties=(answer.house,) if answer.house else (),
        contracts=(answer.contract,) if answer.contract else (),
    )
    matched = Matched(place.property, place.unit, place.contract, (), ambiguous=False, steps=())
    day = local_day(work.ruleset, work.now)
    return assign_again(ticket, answer.case_type, matched, replace(facts, found=found), work.ruleset, day)


def _correct(work: Work, ticket: Ticket, facts: Facts, answer: _Answer, place: Place, to: Assignment) -> None:
    """Write down what the reporter said, as an act of theirs."""
    language = work.ruleset.organisation.language
    case_type = answer.case_type
    old, new = place_in_words(facts.place[0], facts.place[1]), place_in_words(answer.house, answer.unit)
    if answer.contract is not None and place.contract != ticket.place.contract:
        new = ", ".join(filter(None, (new, answer.contract.number)))
    what = "property"
    if place == ticket.place and case_type is not None:
        what, old, new = "case-type", "", case_type.name.in_language(language)
    work.change(
        Corrected(
            what=what,
            old=old,
            new=new,
            case_type=case_type.id if case_type else None,
            urgency=case_type.urgency if case_type else ticket.urgency,
            place=place,
            role=ticket.role if to.triage else to.role,
            feared=ticket.feared,
        )
    )
    work.explain(Station.MATCH, "answered", f"{new}: {answer.because or 'by the words of the answer'}")


def _hand_over(mail: Mail, facts: Facts, work: Work, before: Ticket, to: Assignment, place: str) -> None:
    """The new assignee gets the whole matter, further roles a copy, and the desk that had it hears that it has not."""
    ticket = work.ticket
    staff, desk = work.ruleset.staff_by_id(to.assignee), work.ruleset.staff_by_id(before.assignee)
    assert ticket is not None
    assert staff is not None
    promised = start_waiting(work, ticket.case_type, staff.id, work.now)
    if staff.id == before.assignee:
        return
    nth = facts.messages[-1].nth + 1 if facts.messages else 1
    new = Written(mail.envelope.intake_id, ticket.reporter, work.now, nth, len(mail.message.attachments))
    messages = passed_on((*facts.messages, new))
    notice = Notice(
        template=Template.NOTIFICATION,
        to=staff_party(staff),
        language=staff.language,
        ticket=ticket,
        place=place,
        author=ticket.reporter,
        due=promised.accept_by,
        passes_on=messages,
        attach=intakes_with_files(messages),
    )
    work.tell(replace(notice, candidates=pass_list_on(work, facts.offer, staff)))
    informed = [one for one in map(work.ruleset.staff_by_id, to.informed) if one is not None]
    for one in informed:
        work.tell(_to(one, replace(notice, template=Template.INFORMED)))
    if desk is not None and desk not in informed:
        work.tell(_to(desk, replace(notice, template=Template.SETTLED, passes_on=(), attach=(), due=None)))


def _to(staff: Staff, notice: Notice) -> Notice:
    return replace(notice, to=staff_party(staff), language=staff.language)
