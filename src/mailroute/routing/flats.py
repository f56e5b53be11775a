"""Which flat of a house does a mail name? Never guesses: several that fit are none."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from mailroute.model.directory import Unit
from mailroute.model.units import WINGS, unit_parts

# "we7", not "3og"; nor "t7", which is a flat's number only where nothing else is one.
_COUNTED = re.compile(r"(?!t[0-9])[a-z]+[0-9]")
# House and door, house, stair and door, house, stair, floor and door: 12/3, 12/2/7, 12/2/3/14.
_DOORS = re.compile(r"[0-9][a-z]?((?: ?/ ?[0-9]{1,3}){1,3})\Z")
_STAIR = re.compile(r"st[0-9]+")


def named_unit(mentions: Iterable[str], units: Sequence[Unit], own: frozenset[str]) -> str | None:
    """The unit that the mentions (keys of `units_in`) lead to, else the sender's only one (`own` are all theirs).

    A number ("WE 03") or a floor with its side names a flat; a floor alone is where the lamp in the stairs is
    broken, unless the sender has a flat on it.
    """
    parts_of = {unit.id: unit_parts(unit.name) for unit in units}
    exact: set[str] = set()
    rough: list[set[str]] = []
    for mention in mentions:
        parts = frozenset(mention.split())
        fitting = _fitting(parts, parts_of)
        if len(fitting) == 1 and (len(parts) > 1 or _counted(parts)):
            exact |= fitting
        elif fitting:
            rough.append(fitting)
    if exact:
        return _only(exact) or _only(exact & own)
    # Who says "HH" and elsewhere "3. OG" has named the one flat that is both.
    common = set.intersection(*rough) if rough else set()
    return _only(common & own) or _only(own) if own else _only(common)


def flat_behind(address: str) -> list[str]:
    """The flat that stands behind a house number, as `units_in` would read it: none or one."""
    behind = _DOORS.search(address)
    if behind is None:
        return []
    numbers = [int(number) for number in behind[1].split("/")[1:]]
    stair = [f"st{numbers[0]}"] if len(numbers) > 1 else []
    floor = [f"{numbers[1]}og"] if len(numbers) > 2 else []
    return [" ".join([*stair, *floor, f"we{numbers[-1]}"])]


def _fitting(parts: frozenset[str], parts_of: dict[str, frozenset[str]]) -> set[str]:
    """The units that have all these parts. A wing or a stair where the directory never tells any excludes nobody."""
    told = frozenset().union(*parts_of.values())
    tells_stairs = any(_STAIR.fullmatch(part) for part in told)
    asked = frozenset(
        part
        for part in parts
        if part in told or not (part in WINGS or (_STAIR.fullmatch(part) and not tells_stairs))
    )
    fitting = {unit for unit, has in parts_of.items() if asked <= has}
    # "WE 07 im 3. OG", where the directory knows only the WE 07.
    counted = _counted(asked)
    return fitting or ({unit for unit, has in parts_of.items() if counted <= has} if counted else set())


def _counted(parts: frozenset[str]) -> frozenset[str]:
    return frozenset(part for part in parts if _COUNTED.match(part))


def _only(units: Iterable[str]) -> str | None:
    found = list(units)
    return found[0] if len(found) == 1 else None
