"""How much each word and phrase of the rules counts that stands in a mail."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from mailroute.routing.context import NOT_NOW, NOTHING_SAID, Said
from mailroute.routing.passages import Speaking, Told

COUNTED_MOST = 2
# What `wurde behoben` says of a defect weighs half.
OVER_FACTOR = 0.5
# A word inside a longer one (Rechnung in Nebenkostenabrechnung) is not quite what is meant.
PART_FACTOR = 0.5


@dataclass(frozen=True, slots=True)
class Counted:
    """What speaks in a mail. `values`: how much each pattern counts in all places together; `now`: the same for what happens
    now, each pattern once, for who repeats the thing does not make it an emergency.
    """

    evidence: list[Speaking] = field(default_factory=list)
    values: dict[str, float] = field(default_factory=dict)
    now: dict[str, float] = field(default_factory=dict)


def counted(told: Iterable[Told]) -> Counted:
    """How much each pattern counts in each place: twice at most, not at all if it is denied."""
    found = Counted()
    evidence, values, now = found.evidence, found.values, found.now
    times: dict[str, int] = {}
    for text in told:
        factor = text.factor
        for one in text.hearing.heard:
            pattern, is_phrase, _, _, is_part, said = one
            many = times.get(pattern, 0)
            if is_phrase or many == COUNTED_MOST:
                continue
            value = factor * PART_FACTOR if is_part else factor
            is_now = True
            if said is not NOTHING_SAID:
                if Said.DENIED in said:
                    continue
                if Said.OVER in said:
                    value *= OVER_FACTOR
                is_now = not said & NOT_NOW
            times[pattern] = many + 1
            values[pattern] = values[pattern] + value if many else value
            if is_now and value > now.get(pattern, 0.0):
                now[pattern] = value if value < 1 else 1.0
            evidence.append((pattern, value, one, text))
    return found


def values_now(evidence: Iterable[Speaking]) -> dict[str, float]:
    """As `Counted.now`, of a passage."""
    values: dict[str, float] = {}
    for pattern, value, one, _ in evidence:
        if value > values.get(pattern, 0.0) and (one.said is NOTHING_SAID or not one.said & NOT_NOW):
            values[pattern] = min(1.0, value)
    return values
