"""What to ask the reporter back, at most once a ticket and in the acknowledgement itself: one mail, not two.

A list names only what is theirs. Somebody we do not know, or who shares an address with others, gets open questions
and no data at all (ambiguities 28 to 30).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from mailroute.model.decision import Assignment, Assurance, Matched, Sender
from mailroute.model.directory import Contract, Found, Person
from mailroute.model.need import Need
from mailroute.model.ruleset import CaseType, ToChain
from mailroute.model.ticket import Choice
from mailroute.routing.permit import Permit
from mailroute.routing.work import place_in_words

CHOICES_MOST = 9


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked: `needs` openly, `choices` as a numbered list whose lines are `titles`."""

    needs: tuple[Need, ...]
    choices: tuple[Choice, ...]
    titles: tuple[str, ...]

    @property
    def open(self) -> tuple[Need, ...]:
        """The needs that the numbered list does not answer."""
        listed = {one.what for one in self.choices}
        places = {Need.PROPERTY, Need.UNIT} if listed & {"property", "unit"} else set()
        contracts = {Need.CONTRACT} if "contract" in listed else set()
        return tuple(need for need in self.needs if need not in places | contracts)


def question(
    about: Sender,
    case_type: CaseType | None,
    matched: Matched,
    assignment: Assignment,
    missing: tuple[Need, ...],
    found: Found,
    day: date,
) -> Question | None:
    """What only the reporter can tell, or None where nothing needs to be asked."""
    needs = _needs(case_type, matched, assignment, missing)
    if not needs:
        return None
    one = _person(about, found)
    choices: list[tuple[Choice, str]] = []
    if one is not None and {Need.PROPERTY, Need.UNIT} & set(needs):
        choices += _at_least_two(_places(one, matched.property, found, day))
    if one is not None and Need.CONTRACT in needs:
        choices += _at_least_two(_contracts(one, found, day))
    shown = choices[:CHOICES_MOST]
    return Question(needs, tuple(choice for choice, _ in shown), tuple(title for _, title in shown))


def which_contract(allowed: Permit, sender: Sender) -> Question:
    """Which of the contracts that the sender sees a damage belongs to (REQ-C18).

    The list is data: whoever has not proven who they are is asked without it (ambiguity 30).
    """
    proven = sender.assurance in (Assurance.TOKEN, Assurance.AUTHENTICATED)
    shown = allowed.choices[:CHOICES_MOST] if proven else ()
    return Question(
        (Need.CONTRACT,),
        tuple(Choice("contract", one.id) for one in shown),
        tuple(_contract_in_words(one) for one in shown),
    )


def _needs(
    case_type: CaseType | None, matched: Matched, assignment: Assignment, missing: tuple[Need, ...]
) -> tuple[Need, ...]:
    """The missing facts, and before them what would have decided whose it is."""
    first: list[Need] = []
    if assignment.triage:
        if case_type is not None and isinstance(case_type.target, ToChain):
            first += [Need.CONTRACT] if matched.contract is None else []
        elif matched.property is None and matched.contract is None:
            first += [Need.PROPERTY]
    return tuple(dict.fromkeys((*first, *missing)))


def _person(about: Sender, found: Found) -> Person | None:
    """Who wrote, if that is exactly one person known by exactly this address."""
    address = about.party.address
    known = [one for one in found.people if any(each.key == address for each in one.addresses)]
    return known[0] if len(known) == 1 and known[0].id == about.party.id else None


def _places(one: Person, home: str | None, found: Found, day: date) -> list[tuple[Choice, str]]:
    """Where they live or own on the day: in `home`, if that is known."""
    houses = {house.id: house for house in found.properties}
    units = {unit.id: unit for house in found.properties for unit in house.units}
    units |= {unit.id: unit for unit in found.units}
    places: dict[Choice, str] = {}
    for theirs in one.occupancies:
        house = houses.get(theirs.property)
        if house is None or not theirs.validity.covers(day) or home not in (None, theirs.property):
            continue
        unit = units.get(theirs.unit) if theirs.unit else None
        choice = Choice("unit", unit.id) if unit else Choice("property", house.id)
        places[choice] = f"{place_in_words(house, unit)}, {house.postcode} {house.town}".strip(", ")
    return list(places.items())


def _contracts(one: Person, found: Found, day: date) -> list[tuple[Choice, str]]:
    theirs = [each for each in found.contracts if each.id in one.contracts and each.validity.covers(day)]
    return [(Choice("contract", each.id), _contract_in_words(each)) for each in theirs]


def contracts_to_choose(
    about: Sender, case_type: CaseType | None, matched: Matched, found: Found, day: date
) -> tuple[Contract, ...]:
    """The sender's contracts, where the case type needs one and the mail does not say which."""
    one = _person(about, found)
    if (
        one is None
        or matched.contract is not None
        or case_type is None
        or not isinstance(case_type.target, ToChain)
    ):
        return ()
    return tuple(each for each in found.contracts if each.id in one.contracts and each.validity.covers(day))[
        :CHOICES_MOST
    ]


def _contract_in_words(contract: Contract) -> str:
    line = contract.line_of_business
    return f"{line} {contract.number}" if line else contract.number


def _at_least_two(choices: list[tuple[Choice, str]]) -> list[tuple[Choice, str]]:
    """A list of one thing is no choice: it would not have been in doubt."""
    return choices if len(choices) > 1 else []
