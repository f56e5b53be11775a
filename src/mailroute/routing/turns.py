"""Taking turns: several people hold a role, and each gets the next ticket after the other (REQ-E9).

Whose turn it is follows from who had the last one, so it is fair whoever was away in between. The store refuses a turn
that somebody else has taken meanwhile; then the mail is decided again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from mailroute.model.decision import TurnTaken
from mailroute.model.directory import Property
from mailroute.model.facts import Turn
from mailroute.model.ruleset import Ruleset, Source, Staff


@dataclass(frozen=True, slots=True)
class Holder:
    """Somebody who holds a role today, how they came to it, and where the rules and the directory say so."""

    staff: Staff
    via: str
    sources: tuple[Source | None, ...] = ()


@dataclass(frozen=True, slots=True)
class Chosen:
    """Who gets it, and the turn that they take by that; None where nobody takes turns."""

    holder: Holder
    turn: TurnTaken | None = None


def next_in_turn(
    ruleset: Ruleset, role: str, house: Property | None, holders: Sequence[Holder], turns: Sequence[Turn]
) -> Chosen:
    """The first of `holders`; where the role takes turns, whoever comes after the one who had the last turn."""
    named = house.staff_for(role) if house is not None else ()
    where = house.id if house is not None and named else ""
    taking = taking_turns(role, house, holders)
    takes_turns = next((one for one in ruleset.roles if one.id == role and one.round_robin), None)
    if takes_turns is None or len(taking) < 2:
        return Chosen(holders[0])
    last = next((one for one in turns if (one.role, one.property) == (role, where)), Turn(role, where, "", 0))
    holder = _after(last.last, named or [one.staff.id for one in taking], taking)
    taken = TurnTaken(role, where, holder.staff.id, last.count + 1)
    sources = (*holder.sources, takes_turns.source)
    return Chosen(replace(holder, via=f"{holder.via}, whose turn it is", sources=sources), taken)


def taking_turns(role: str, house: Property | None, holders: Sequence[Holder]) -> list[Holder]:
    """Those of `holders` among whom the turn goes round: whom the property names, else all of them."""
    named = house.staff_for(role) if house is not None else ()
    return [one for one in holders if not named or one.staff.id in named] or list(holders[:1])


def _after(last: str, order: Sequence[str], taking: Sequence[Holder]) -> Holder:
    """Whoever of `taking` comes next after `last` in `order`, from the beginning again at its end."""
    at = order.index(last) + 1 if last in order else 0
    ids = [*order[at:], *order[:at]]
    there = {one.staff.id: one for one in taking}
    return next((there[one] for one in ids if one in there), taking[0])
