"""Whose is it? Role and property, absences, deputies, fallback role, triage; or the contract's chain. Never nobody.

Explained on the way: `via` says in one line how the assignee came to it, the steps say what was tried before.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from typing import assert_never

from mailroute.model.decision import Assignment, Matched, Station, Step, rule_of
from mailroute.model.directory import Contract, Property
from mailroute.model.facts import Facts
from mailroute.model.ruleset import Absence, CaseType, Link, Ruleset, Source, Staff, ToChain, ToRole
from mailroute.model.ticket import Ticket
from mailroute.routing.colleagues import find_staff, suggest_staff
from mailroute.routing.presence import absence_of
from mailroute.routing.turns import Holder, next_in_turn, taking_turns

__all__ = [
    "ACCOUNT_MANAGER",
    "Assignment",
    "Holder",
    "assign",
    "assign_again",
    "escalate_to",
    "find_staff",
    "suggest_staff",
    "to_account_manager",
    "to_triage",
    "triage_desk",
]


ACCOUNT_MANAGER = Link.ACCOUNT_MANAGER.value


@dataclass(frozen=True, slots=True)
class Roster:
    """Who is there on a day."""

    ruleset: Ruleset
    day: date

    def present(self, named: Iterable[tuple[str, Source | None]], why: str) -> Iterator[Holder]:
        """The first of those `named` somewhere who is there, or who stands in for them; then the others in order."""
        seen: set[str] = set()
        for name, source in named:
            holder = self.stand_in(name, why, source)
            if holder is not None and holder.staff.id not in seen:
                seen.add(holder.staff.id)
                yield holder

    def anybody(self, names: Iterable[str]) -> bool:
        """Whether one of `names` is there, or somebody who stands in for them."""
        return any(self.present(((name, None) for name in names), ""))

    def stand_in(self, name: str, why: str, source: Source | None = None) -> Holder | None:
        """`name`, who stands at `source`, or along the chain of deputies whoever is there; None if nobody is (REQ-E11). Cycles end."""
        asked: list[str] = []
        sources = [source]
        current: str | None = name
        while current is not None and current not in asked:
            staff = self.ruleset.staff_by_id(current)
            if staff is None or not staff.active:
                return None
            away = self.absence(current)
            if away is None:
                via = why if not asked else f"{why}, deputy of {' and '.join(asked)} (away)"
                return Holder(staff, via, tuple(sources))
            asked.append(current)
            sources.append(away.source)
            current = away.deputy
        return None

    def absence(self, name: str) -> Absence | None:
        """The absence of `name` on this day, or None."""
        return absence_of(self.ruleset, name, self.day)

    def holders(self, role: str, house: Property | None) -> Iterator[Holder]:
        """Everybody who may answer for `role` at `house`, best first (REQ-E3, E9, E10)."""
        if house is not None:
            here = [(name, house.source_of(role)) for name in house.staff_for(role)]
            yield from self.present(here, f"role {role} at {house.id}")
        yield from self.present(self._site_wide(role), f"role {role} site-wide")
        if house is not None:
            everywhere = [(s.id, s.source) for s in self.ruleset.staff if role in s.roles_for_new_properties]
            yield from self.present(everywhere, f"role {role} for properties that name nobody")

    def triage(self) -> Holder:
        """Whoever is at the triage roster. The reader has seen to it that somebody holds the role; one away is better
        than nobody."""
        role = self.ruleset.organisation.triage_role
        holder = next(self.holders(role, None), None)
        if holder is not None:
            return holder
        site_wide = self._site_wide(role)
        held = [self.ruleset.staff_by_id(name) for name, _ in site_wide]
        somebody = [s for s in held if s is not None and s.active] or [
            s for s in self.ruleset.staff if s.active
        ]
        chosen = (somebody or list(self.ruleset.staff))[0]
        sources = tuple(source for _, source in site_wide[:1])
        return Holder(chosen, f"role {role} site-wide, nobody else is there", sources)

    def _site_wide(self, role: str) -> list[tuple[str, Source | None]]:
        return [(name, one.source) for one in self.ruleset.roles if one.id == role for name in one.site_wide]


def assign(
    case_type: CaseType | None, matched: Matched, facts: Facts, ruleset: Ruleset, day: date
) -> Assignment:
    """Find the one who must act now, and who else is told. `day` is local; `case_type` None is unclear."""
    roster = Roster(ruleset, day)
    if case_type is None:
        return _triage(roster, "the kind of matter is not clear", None)
    match case_type.target:
        case ToRole():
            return _to_role(roster, case_type, case_type.target.role, facts, matched)
        case ToChain():
            return _to_chain(roster, case_type, case_type.target.chain, facts, matched)
        case _:
            assert_never(case_type.target)


def assign_again(
    ticket: Ticket, case_type: CaseType | None, matched: Matched, facts: Facts, ruleset: Ruleset, day: date
) -> Assignment:
    """The same for a ticket that somebody has: where its role takes turns it stays with whoever had this turn (REQ-E9)."""
    to = assign(case_type, matched, facts, ruleset, day)
    if to.turn is None or to.role != ticket.role:
        return to
    house = next((p for p in facts.found.properties if p.id == matched.property), None)
    holders = list(Roster(ruleset, day).holders(to.role, house))
    taking = taking_turns(to.role, house, holders)
    has_it = next((one for one in taking if one.staff.id == ticket.assignee), None)
    if has_it is None:
        return to
    rule = _rule(case_type, *has_it.sources)
    step = Step(Station.ASSIGN, has_it.staff.id, "had the turn of this role already", rule)
    informed = tuple(one for one in to.informed if one != has_it.staff.id)
    return replace(
        to, assignee=has_it.staff.id, via=has_it.via, informed=informed, turn=None, steps=(*to.steps, step)
    )


def _to_role(roster: Roster, case_type: CaseType, role: str, facts: Facts, matched: Matched) -> Assignment:
    rule = str(case_type.source)
    house = next((p for p in facts.found.properties if p.id == matched.property), None)
    holders = list(roster.holders(role, house))
    if holders:
        chosen = next_in_turn(roster.ruleset, role, house, holders, facts.turns)
        to = _assigned(roster, case_type, role, chosen.holder, house, ())
        return replace(to, turn=chosen.turn)
    if house is None:
        missing = "it is not sure which property it is about" if matched.ambiguous else "no property is known"
        return _triage(roster, f"{missing}, and nobody holds role {role} site-wide", rule)
    because = f"nobody is there who holds role {role} at {house.id}"
    gap = Step(Station.ASSIGN, "nobody", because, _rule(case_type, house.source))
    fallback = roster.ruleset.organisation.fallback_role
    if fallback is not None and fallback != role:
        holder = next(roster.holders(fallback, house), None)
        if holder is not None:
            setting = roster.ruleset.organisation.source_of("fallback_role")
            stand = Holder(holder.staff, f"fallback {holder.via}", (setting, *holder.sources))
            return _assigned(roster, case_type, fallback, stand, house, (gap,))
    return _triage(roster, gap.because, rule)


def _to_chain(
    roster: Roster, case_type: CaseType, chain: tuple[Link, ...], facts: Facts, matched: Matched
) -> Assignment:
    """requirements §1.A: the steps of the chain in order, each tried with the reason why it was passed over.

    What no step names goes to triage (REQ-A13), never to a role that the chain does not have (REQ-A7, A10).
    """
    rule = str(case_type.source)
    contract = next((c for c in facts.found.contracts if c.id == matched.contract), None)
    house = next((p for p in facts.found.properties if p.id == matched.property), None)
    tried: list[Step] = []
    for link in chain:
        name, whose, source = _named(link, contract, facts)
        holder = roster.stand_in(name, whose, source) if name is not None else None
        if holder is not None:
            return _assigned(roster, case_type, link.value, holder, house, tuple(tried))
        because = whose if name is None else f"{whose} is {name}, who is not there"
        tried.append(Step(Station.ASSIGN, f"no {link}", because, _rule(case_type, source)))
    to = _triage(roster, "; ".join(step.because for step in tried), rule)
    return replace(to, steps=(*tried, *to.steps))


def _named(link: Link, contract: Contract | None, facts: Facts) -> tuple[str | None, str, Source | None]:
    """Whom a step of the chain names, in words what it is, and where it stands; with None why it names nobody."""
    match link:
        case Link.ADVISER | Link.CLERK:
            if contract is None:
                return None, "no contract is known", None
            name = contract.adviser if link is Link.ADVISER else contract.clerk
            named = f"{link} of contract {contract.number}"
            return name, named if name else f"contract {contract.number} names no {link}", contract.source
        case Link.ACCOUNT_MANAGER:
            name = facts.account_manager
            return name, "account manager of the sender" if name else "there is no account manager", None
        case _:
            assert_never(link)


def _assigned(
    roster: Roster,
    case_type: CaseType,
    role: str,
    holder: Holder,
    house: Property | None,
    before: tuple[Step, ...],
) -> Assignment:
    informed: dict[str, Holder] = {}
    for other in case_type.inform:
        told = next(roster.holders(other, house), None)
        if told is not None and told.staff.id != holder.staff.id:
            informed.setdefault(told.staff.id, told)
    steps = [*before, Step(Station.ASSIGN, holder.staff.id, holder.via, _rule(case_type, *holder.sources))]
    steps += [
        Step(Station.ASSIGN, f"{name} is informed", one.via, _rule(case_type, *one.sources))
        for name, one in informed.items()
    ]
    return Assignment(role, holder.staff.id, holder.via, tuple(informed), triage=False, steps=tuple(steps))


def _rule(case_type: CaseType | None, *sources: Source | None) -> str | None:
    """The line of the case type, and behind it what of the rules and the directory followed from it."""
    return rule_of(case_type.source if case_type else None, *sources)


def _triage(roster: Roster, reason: str, rule: str | None) -> Assignment:
    holder = roster.triage()
    organisation = roster.ruleset.organisation
    role = organisation.triage_role
    desk = rule_of(organisation.source_of("triage_role"), *holder.sources)
    rule = ", ".join(filter(None, (rule, desk))) or None
    step = Step(Station.ASSIGN, holder.staff.id, f"triage, because {reason}; {holder.via}", rule)
    return Assignment(role, holder.staff.id, f"triage: {holder.via}", (), triage=True, steps=(step,))


def triage_desk(ruleset: Ruleset, day: date) -> Staff:
    """Who answers for the triage role today. Never nobody."""
    return Roster(ruleset, day).triage().staff


def escalate_to(ticket: Ticket, facts: Facts, ruleset: Ruleset, day: date) -> tuple[str, str] | None:
    """The role and the person to bring in when the assignee does not act; never the assignee, None if nobody is left."""
    roster = Roster(ruleset, day)
    house = facts.place[0] or next((p for p in facts.found.properties if p.id == ticket.place.property), None)
    organisation = ruleset.organisation
    roles = dict.fromkeys(
        role for role in (ticket.role, organisation.fallback_role, organisation.triage_role) if role
    )
    for role in roles:
        names = [holder.staff.id for holder in roster.holders(role, house)]
        others = _after(ticket.assignee, names)
        if others:
            return role, others[0]
    triage = roster.triage().staff.id
    return (organisation.triage_role, triage) if triage != ticket.assignee else None


def _after(name: str, names: list[str]) -> list[str]:
    """Whoever comes after `name` in the order, then whoever comes before."""
    at = names.index(name) if name in names else -1
    return [one for one in (*names[at + 1 :], *names[: max(at, 0)]) if one != name]


def to_triage(ruleset: Ruleset, day: date, reason: str, rule: str | None) -> Assignment:
    """The triage desk, for a reason that the rules of the case type do not know."""
    return _triage(Roster(ruleset, day), reason, rule)


def to_account_manager(
    name: str, ruleset: Ruleset, day: date, rule: str | None, before: tuple[Step, ...]
) -> Assignment | None:
    """The account manager of the sender's grant, or who stands in; None if nobody is there (REQ-A4, A11, C22)."""
    holder = Roster(ruleset, day).stand_in(name, "account manager of the sender's grant")
    if holder is None:
        return None
    rule = ", ".join(filter(None, (rule, rule_of(*holder.sources)))) or None
    step = Step(Station.ASSIGN, holder.staff.id, holder.via, rule)
    return Assignment(
        ACCOUNT_MANAGER, holder.staff.id, holder.via, (), triage=False, steps=(*before[:-1], step)
    )
