"""How loudly each thing speaks for a place, and the sum of it: candidates with scores and the words that spoke."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from mailroute.model.decision import Candidate, Station, Step, rule_of
from mailroute.model.directory import Contract, Property, Unit
from mailroute.model.ruleset import Source

# What speaks how loudly. A number that we gave out ourselves is surest; an address in the text beats the sender's
# home (they may write about the neighbours); a street without number only breaks a tie.
NUMBER = 20.0
PLACE = 10.0
# The street is written with a mistake. Still louder than a home: people mistype, and the number is right.
NEAR_PLACE = 8.5
# It may as well be the name of another street: beside a home elsewhere it is a question, and alone too.
DOUBTFUL_PLACE = 4.5
# 14 where we have 12-16.
WITHIN = 4.5
ALIAS = 8.0
HOME = 5.0
ONE_OF_SEVERAL_HOMES = 4.0
# The one of several whose flat the mail names: WE 03 there is.
NAMED_HOME = 5.5
# Whoever wrote the mail that somebody forwards, or is named in a form, where nobody said that it is theirs.
AUTHOR_WITHIN = 4.5
STREET = 2.0
DOMAIN = 1.5
# The telephone number or the account of somebody we know.
CALLING = 3.0
# Who signs with an address lives there or works there; quieter than everything else by more than the margin.
SIGNATURE = 0.4
MARGIN = 1.0


@dataclass(frozen=True, slots=True)
class Clue:
    """One thing that speaks for a property (or, without property, for a contract). `row` is where the directory says so,
    if not in the row of the property.
    """

    property: str | None
    unit: str | None
    contract: str | None
    weight: float
    because: str
    source: str
    row: Source | None = None
    # What is in doubt names no property unless something else speaks for it too.
    in_doubt: bool = False


@dataclass(frozen=True, slots=True)
class Rows:
    """What the directory has for a mail, and where it stands."""

    properties: Mapping[str, Property]
    units: Mapping[str, Unit]
    contracts: Mapping[str, Contract]

    def of_property(self, name: str) -> Source | None:
        """Where the property stands."""
        house = self.properties.get(name)
        return house.source if house else None

    def of_unit(self, name: str) -> Source | None:
        """Where the unit stands: in its own line or in that of its property."""
        unit = self.units.get(name)
        return (unit.source or self.of_property(unit.property)) if unit else None

    def of_contract(self, name: str) -> Source | None:
        """Where the contract stands."""
        contract = self.contracts.get(name)
        return contract.source if contract else None


def scores_of(clues: list[Clue]) -> dict[str, float]:
    """Per property the sum over the kinds of clues, of each kind the strongest: saying it twice proves nothing."""
    strongest: dict[tuple[str, str], float] = {}
    for clue in clues:
        if clue.property is not None:
            place = (clue.property, clue.source)
            strongest[place] = max(clue.weight, strongest.get(place, 0.0))
    scores: dict[str, float] = {}
    for (house, _), weight in strongest.items():
        scores[house] = scores.get(house, 0.0) + weight
    return scores


def candidates_of(scores: dict[str, float], clues: list[Clue], rows: Rows) -> list[Candidate]:
    """The properties, best first, each with everything that speaks for it."""
    spoken: dict[str, dict[str, Source | None]] = {}
    for clue in clues:
        if clue.property is not None:
            spoken.setdefault(clue.property, {})[clue.because] = clue.row
    ranked = sorted(scores.items(), key=lambda item: (-item[1], item[0]))
    return [
        Candidate(
            "property",
            house,
            score,
            "; ".join(spoken[house]),
            rule_of(rows.of_property(house), *spoken[house].values()),
        )
        for house, score in ranked
    ]


def other_candidates(
    clues: list[Clue], house: str | None, unit: str | None, contract: str | None, rows: Rows
) -> Iterator[Candidate]:
    """The unit and the contract that were found; or the units of the sender's in that house, if they have several."""
    own = [c.unit for c in clues if c.source == "home" and c.unit and c.property == house] if house else []
    units = [unit] if unit is not None else list(dict.fromkeys(own))
    contracts = [contract] if contract is not None else []
    for kind, targets, row_of in (("unit", units, rows.of_unit), ("contract", contracts, rows.of_contract)):
        for target in targets:
            speaking = [clue for clue in clues if target == getattr(clue, kind)]
            score = max((clue.weight for clue in speaking), default=HOME)
            because = "; ".join(dict.fromkeys(c.because for c in speaking)) or "named in the text"
            rule = rule_of(row_of(target), *(clue.row for clue in speaking))
            yield Candidate(kind, target, score, because, rule)


def property_of(best: list[Candidate], clues: list[Clue]) -> str | None:
    """The one property that speaks louder than the others, if not all that speaks for it is in doubt."""
    if len(best) != 1:
        return None
    sure = any(clue.property == best[0].id and not clue.in_doubt for clue in clues)
    return best[0].id if sure else None


def explain(
    best: list[Candidate], candidates: list[Candidate], clues: list[Clue], rows: Rows
) -> Iterator[Step]:
    """Say which property it is and why, or which it may be."""
    if not candidates:
        yield Step(
            Station.MATCH, "no property", "no address, number or name that we know, and no home of the sender"
        )
        return
    if len(best) > 1:
        choices = ", ".join(f"{one.id} ({one.because})" for one in best[:5])
        because = f"none speaks louder than the others: {choices}"
        rule = rule_of(*(rows.of_property(one.id) for one in best))
        yield Step(Station.MATCH, "several properties", because, rule)
        return
    if property_of(best, clues) is None:
        because = f"{best[0].because}, which may be another street, and nothing else speaks for {best[0].id}"
        yield Step(Station.MATCH, "property not sure", because, best[0].rule)
        return
    yield Step(Station.MATCH, best[0].id, best[0].because, best[0].rule)
    homes = {c.property for c in clues if c.source == "home"}
    if homes and best[0].id not in homes:
        lived = next(c for c in clues if c.source == "home")
        because = f"{lived.because}, but the mail speaks of {best[0].id}"
        rule = rule_of(lived.row, rows.of_property(best[0].id))
        yield Step(Station.MATCH, "text before home", because, rule)
