"""`typ:` and `objekt:`: the assignee says what it is about, and the rules say whose it is then (design §7).

What several things fit is offered as a numbered list and picked with its number; nothing is ever guessed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import date

from rapidfuzz import fuzz

from mailroute.model import command as c
from mailroute.model.decision import Assignment, Assurance, Matched, Sender, Station
from mailroute.model.directory import Property
from mailroute.model.facts import Offer
from mailroute.model.letter import Line, Template
from mailroute.model.matter import is_emergency
from mailroute.model.names import oblique
from mailroute.model.ruleset import CaseType, ToRole
from mailroute.model.text import fold
from mailroute.model.ticket import Assigned, Choice, Corrected, Offered, Place, Status
from mailroute.routing.alarm import NOBODY_ON_CALL
from mailroute.routing.assign import assign_again
from mailroute.routing.calling_off import raise_alarm, told_of
from mailroute.routing.desk import Desk, accept_by_acting, is_closed, not_mine
from mailroute.routing.emergency import reinforced
from mailroute.routing.locate import locate_words
from mailroute.routing.match import match
from mailroute.routing.offered import pass_list_on
from mailroute.routing.waiting import start_waiting, start_working
from mailroute.routing.work import local_day, place_in_words

NEAR_PERCENT = 75
PREFIX_CHARS = 3
OFFERED_MOST = 9


def correct(desk: Desk, command: c.Correction) -> Line:
    """Set case type or property right, or pick one of an offered list."""
    if desk.ticket.status is Status.CLOSED:
        return is_closed(desk, command.said)
    if not desk.is_assignee:
        return not_mine(desk, command.said)
    match command:
        case c.CorrectType():
            return _by_name(desk, command)
        case c.CorrectProperty():
            return _by_place(desk, command)
        case c.Pick():
            return _pick(desk, command)


def _by_name(desk: Desk, command: c.CorrectType) -> Line:
    found = find_case_types(command.name, desk.work.ruleset.case_types)
    if len(found) == 1:
        return _set_type(desk, command.said, found[0])
    near = found or _near_case_types(command.name, desk.work.ruleset.case_types)
    return _offer(desk, command.said, [Choice("case-type", one.id) for one in near], ())


def _by_place(desk: Desk, command: c.CorrectProperty) -> Line:
    houses, unit = _find_houses(desk, command.name)
    if len(houses) == 1:
        return _set_property(desk, command.said, houses[0], unit)
    return _offer(desk, command.said, [Choice("property", one.id) for one in houses], houses)


def _pick(desk: Desk, command: c.Pick) -> Line:
    """The list is answered once, by whom it was shown to; several numbers in one mail are one answer."""
    offer = desk.facts.offer
    # On a page the list stands before whoever picks from it; by mail only the one it was sent to has seen it.
    if offer is None or (desk.mail is not None and offer.to != desk.actor.id):
        did = desk.words(
            "Nicht ausgeführt: Es wartet keine Liste auf eine Nummer. Nichts wurde versendet.",
            "Not done: no list is waiting for a number. Nothing was sent.",
        )
        return Line(command.said, did, False)
    numbers = (command.number, *command.also)
    if not all(1 <= one <= len(offer.choices) for one in numbers):
        did = desk.words(
            f"Nicht ausgeführt: Die Liste geht von 1 bis {len(offer.choices)}.",
            f"Not done: the list goes from 1 to {len(offer.choices)}.",
        )
        return Line(command.said, did, False)
    picked = [offer.choices[one - 1] for one in numbers]
    kinds = ["property" if one.what == "unit" else one.what for one in picked]
    if len(set(kinds)) < len(kinds):
        did = desk.words(
            "Nicht ausgeführt: Von jeder Art geht nur eine Nummer, zum Beispiel ein Objekt und ein Anliegen.",
            "Not done: only one number of each kind, such as one property and one matter.",
        )
        return Line(command.said, did, False)
    return _set_picked(desk, command.said, offer, picked)


def _set_picked(desk: Desk, said: str, offer: Offer, picked: Sequence[Choice]) -> Line:
    """Everything that was picked together is one correction: the ticket moves once."""
    house, unit, contract = desk.facts.place
    case_type = desk.work.ruleset.case_type(desk.ticket.case_type)
    houses = {one.id: one for one in offer.houses}
    units = {one.id: one for home in offer.houses for one in home.units}
    contracts = {one.id: one for one in offer.contracts}
    for choice in picked:
        known = {"property": set(houses), "unit": set(units), "contract": set(contracts)}.get(
            choice.what, set()
        )
        named = desk.work.ruleset.case_type(choice.id) if choice.what == "case-type" else None
        if choice.id not in known and named is None:
            gone = desk.words("Nicht ausgeführt: Das gibt es nicht mehr.", "Not done: it exists no more.")
            return Line(said, gone, False)
        case_type = named or case_type
        contract = contracts.get(choice.id, contract) if choice.what == "contract" else contract
        if choice.what == "unit":
            unit = units[choice.id]
            house = houses[unit.property]
        elif choice.what == "property":
            house, unit = houses[choice.id], None
    whats = [one.what for one in picked]
    if whats == ["case-type"] and case_type is not None:
        return _set_type(desk, said, case_type)
    old = place_in_words(desk.facts.place[0], desk.facts.place[1])
    words = [place_in_words(house, unit)] if {"property", "unit"} & set(whats) else []
    words += [contract.number] if "contract" in whats and contract is not None else []
    words += (
        [case_type.name.in_language(desk.words("de", "en"))] if "case-type" in whats and case_type else []
    )
    desk.facts = replace(desk.facts, place=(house, unit, contract))
    place = Place(house.id if house else None, unit.id if unit else None, contract.id if contract else None)
    feared = desk.ticket.feared and "case-type" not in whats
    return _corrected(desk, said, "property", (old, ", ".join(words)), case_type, place, feared=feared)


# --- finding ------------------------------------------------------------------------------------------------


def find_case_types(name: str, case_types: Iterable[CaseType]) -> tuple[CaseType, ...]:
    """Who is called so, most exact reading first: id or name; its beginning; a word of it."""
    wanted = " ".join(fold(name).split()).strip(" .!")
    if not wanted:
        return ()
    known = tuple(case_types)
    readings: tuple[Callable[[str], bool], ...] = (
        lambda called: called == wanted,
        lambda called: len(wanted) >= PREFIX_CHARS and called.startswith(wanted),
        lambda called: len(wanted) >= PREFIX_CHARS and wanted in called,
    )
    found = (tuple(one for one in known if any(map(reading, _names(one)))) for reading in readings)
    return next((some for some in found if some), ())


def _near_case_types(name: str, case_types: Iterable[CaseType]) -> tuple[CaseType, ...]:
    wanted = fold(name)
    scored = [(max(fuzz.ratio(wanted, called) for called in _names(one)), one) for one in case_types]
    return tuple(one for score, one in sorted(scored, key=lambda pair: -pair[0]) if score >= NEAR_PERCENT)


def _names(case_type: CaseType) -> tuple[str, ...]:
    names = (case_type.id, case_type.name.in_language("de"), case_type.name.in_language("en"))
    return tuple(fold(one) for one in names)


def _find_houses(desk: Desk, name: str) -> tuple[tuple[Property, ...], str | None]:
    """The properties that the words behind the colon mean, as a mail with these words alone would; and the unit."""
    houses = {house.id: house for house in desk.facts.found.properties}
    if name in houses:
        return (houses[name],), None
    keys = locate_words(name, desk.mail.message.language if desk.mail else desk.actor.language)
    nobody = Sender(replace(desk.ticket.reporter, id=None, address=""), Assurance.NONE)
    found = replace(desk.facts.found, people=())
    matched = match(keys, found, nobody, _day(desk))
    ids = [one.id for one in matched.candidates if one.kind == "property"]
    if matched.property is not None:
        return (houses[matched.property],), matched.unit
    return tuple(houses[one] for one in ids if one in houses), None


# --- doing --------------------------------------------------------------------------------------------------


def _set_type(desk: Desk, said: str, case_type: CaseType) -> Line:
    language = desk.words("de", "en")
    before = desk.work.ruleset.case_type(desk.ticket.case_type)
    old = before.name.in_language(language) if before else ""
    new = case_type.name.in_language(language)
    return _corrected(desk, said, "case-type", (old, new), case_type, desk.ticket.place)


def _set_property(desk: Desk, said: str, house: Property, unit_id: str | None) -> Line:
    old = place_in_words(desk.facts.place[0], desk.facts.place[1])
    unit = next((one for one in house.units if one.id == unit_id), None)
    contract = desk.facts.place[2]
    desk.facts = replace(desk.facts, place=(house, unit, contract))
    case_type = desk.work.ruleset.case_type(desk.ticket.case_type)
    place = Place(house.id, unit.id if unit else None, desk.ticket.place.contract)
    words = (old, place_in_words(house, unit))
    return _corrected(desk, said, "property", words, case_type, place, feared=desk.ticket.feared)


def _of_its_role(desk: Desk) -> CaseType | None:
    """What stands for the role of a ticket whose matter is unclear (decision 16); None at the triage desk."""
    ruleset, role = desk.work.ruleset, desk.ticket.role
    if role == ruleset.organisation.triage_role:
        return None
    return next((one for one in ruleset.case_types if one.target == ToRole(role)), None)


def _corrected(
    desk: Desk,
    said: str,
    what: str,
    words: tuple[str, str],
    case_type: CaseType | None,
    place: Place,
    *,
    feared: bool = False,
) -> Line:
    """Write it down, and offer the ticket to whoever is responsible now; who corrected joins the holders.

    `words` are old and new; `feared`: the kind of matter was not spoken of, and is only feared still.
    """
    accept_by_acting(desk)
    was_emergency = is_emergency(desk.ticket, desk.work.ruleset)
    to = _whose(desk, case_type, place)
    moves = not to.triage and to.assignee != desk.actor.id
    old, new = words
    if old == new and not moves and desk.ticket.feared == feared:
        did = desk.words(f"Bestätigt: {new}. Es bleibt dabei.", f"Confirmed: {new}, as it was.")
        return Line(said, did, True)
    desk.work.change(
        Corrected(
            what=what,
            old=old,
            new=new,
            case_type=case_type.id if case_type else None,
            urgency=case_type.urgency if case_type else desk.ticket.urgency,
            place=place,
            role=desk.ticket.role if to.triage else to.role,
            feared=feared,
        )
    )
    desk.work.explain(Station.COMMAND, "corrected", f"{what}: {old or '-'} → {new}")
    whose = _hand_on(desk, to) if moves else _keep(desk)
    _tell_further(desk, to, was_emergency=was_emergency)
    return Line(said, f"{_in_words(desk, old, new)} {whose}", True)


def _whose(desk: Desk, case_type: CaseType | None, place: Place) -> Assignment:
    """Whose it is by the rules, with what is known now."""
    house, _, contract = desk.facts.place
    found = replace(
        desk.facts.found,
        properties=(house,) if house else (),
        contracts=(contract,) if contract else (),
    )
    matched = Matched(place.property, place.unit, place.contract, (), ambiguous=False, steps=())
    facts, ruleset = replace(desk.facts, found=found), desk.work.ruleset
    to = assign_again(desk.ticket, case_type or _of_its_role(desk), matched, facts, ruleset, _day(desk))
    to = reinforced(to, case_type, matched, facts, ruleset, _day(desk))
    desk.work.trace += to.steps
    return to


def _in_words(desk: Desk, old: str, new: str) -> str:
    if old == new:
        return desk.words(f"Bestätigt: {new}.", f"Confirmed: {new}.")
    return desk.words(
        f"Berichtigt: {new}{f' (vorher: {old})' if old else ''}.",
        f"Corrected: {new}{f' (was: {old})' if old else ''}.",
    )


def _keep(desk: Desk) -> str:
    """It stays with whoever set it right, with what the list still asks."""
    # What counts from now on are the deadlines of what it is; a day that somebody has set stays.
    if desk.ticket.status is Status.ACCEPTED and desk.ticket.follow_up is None:
        start_working(desk.work, desk.ticket)
    stays = desk.words("Der Vorgang bleibt bei Ihnen.", "The ticket stays with you.")
    left = pass_list_on(desk.work, desk.open_list, desk.actor)
    if not left:
        return stays
    listed = ", ".join(f"{nth}. {one}" for nth, one in enumerate(left, 1))
    asks = desk.words("Noch offen (antworten Sie mit der Nummer):", "Still open (reply with the number):")
    return f"{stays} {asks} {listed}"


def _hand_on(desk: Desk, to: Assignment) -> str:
    staff = desk.work.ruleset.staff_by_id(to.assignee)
    assert staff is not None
    desk.work.change(Assigned(staff.id))
    if to.turn is not None:
        desk.work.turns.append(to.turn)
    promised = start_waiting(desk.work, desk.ticket.case_type, staff.id, desk.work.now)
    desk.hand_over(Template.ASSIGNED, staff, due=promised.accept_by, by=to)
    return desk.words(
        f"Er geht damit an {oblique(staff.name)}; mit „widerrufen“ holen Sie ihn zurück.",
        f"It goes to {staff.name}; reply “revoke” to get it back.",
    )


def _tell_further(desk: Desk, to: Assignment, *, was_emergency: bool) -> None:
    """The further roles of what it is now hear of it, unless they have had a letter of the ticket (REQ-E4); of an
    emergency for which nobody is on call everybody does.
    """
    if is_emergency(desk.ticket, desk.work.ruleset) and not was_emergency:
        raise_alarm(desk, to)
        return
    know = {one.id for one in desk.facts.participants if one.is_staff and not to.reinforced}
    know |= {desk.actor.id, desk.ticket.assignee}
    for staff in map(desk.work.ruleset.staff_by_id, told_of(to)):
        if staff is not None and staff.id not in know:
            desk.inform(staff, NOBODY_ON_CALL if to.reinforced else "")


def _offer(desk: Desk, said: str, choices: Sequence[Choice], houses: Sequence[Property]) -> Line:
    """Show what fits, with numbers; if nothing does, say so. A second list of one reply counts on from the first."""
    new = tuple(choices[:OFFERED_MOST])
    if not new:
        did = desk.words(
            "Nicht ausgeführt: Dazu ist nichts bekannt. Nichts wurde geändert.",
            "Not done: nothing like that is known. Nothing was changed.",
        )
        return Line(said, did, False)
    accept_by_acting(desk)
    first = desk.shown or Offer(desk.actor.id, (), ())
    desk.shown = replace(first, choices=(*first.choices, *new), houses=(*first.houses, *houses))
    desk.work.change(Offered(desk.actor.id, desk.shown.choices))
    numbered = enumerate(new, len(first.choices) + 1)
    listed = ", ".join(f"{nth}. {_title(desk, one, houses)}" for nth, one in numbered)
    did = desk.words(
        f"Nicht ausgeführt: Was meinen Sie? Antworten Sie mit der Nummer: {listed}",
        f"Not done: which one? Reply with its number: {listed}",
    )
    return Line(said, did, False)


def _title(desk: Desk, choice: Choice, houses: Sequence[Property]) -> str:
    house = next((one for one in houses if one.id == choice.id), None)
    if house is not None:
        return f"{place_in_words(house, None)}, {house.postcode} {house.town}"
    case_type = desk.work.ruleset.case_type(choice.id)
    return case_type.name.in_language(desk.words("de", "en")) if case_type else choice.id


def _day(desk: Desk) -> date:
    return local_day(desk.work.ruleset, desk.work.now)
