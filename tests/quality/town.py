"""A firm with thousands of real addresses in fifteen towns, as a rules directory; and the real addresses it does not have."""

from __future__ import annotations

import csv
import random
import shutil
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

from mailroute import shipped
from mailroute.model.lookup import house_numbers, numbers_within, street_key
from tests.corpora.places import HELD
from tests.quality.spellings import Address

HOUSES = 4_000
# As files of their own, not as rows of the CSV.
FILES = 25
IN_TWO_TOWNS = 120

_TOWNS = {
    "berlin": "Berlin", "dresden": "Dresden", "frankfurt-am-main": "Frankfurt am Main", "freiburg-im-breisgau": "Freiburg im Breisgau",
    "halle-saale": "Halle", "hannover": "Hannover", "karlsruhe": "Karlsruhe", "leipzig": "Leipzig", "mainz": "Mainz",
    "mannheim": "Mannheim", "munich": "München", "oldenburg": "Oldenburg", "vienna": "Wien", "wiesbaden": "Wiesbaden",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class House:
    """One property: its id and where it stands."""

    id: str
    address: Address


@dataclass(slots=True)
class Town:
    """Ours, and what else there is."""

    houses: list[House]
    # Every real street of the towns, as keys: a mistyped name that is one of them means that one.
    real: set[str]
    # (street key, number, town) of ours, and numbers that lie within a range of ours.
    taken: set[tuple[str, str, str]]
    by_street: dict[str, list[House]]
    streets: list[tuple[str, str]]
    postcodes: dict[str, list[str]]

    def is_ours(self, street: str, number: str, town: str | None = None) -> bool:
        """Whether a house of ours answers to it."""
        key = street_key(street)
        return any((key, number, one) in self.taken for one in ((town,) if town else self.postcodes))


def make(seed: int) -> Town:
    """Draw a firm."""
    dice = random.Random(seed)
    postcodes = _postcodes()
    streets = _streets()
    essen = sorted({tuple(line.split("\t")[:2]) for line in _lines("ref-addresses-essen/addresses.tsv")})
    real = {street_key(street) for street, _ in (*streets, *essen)}
    addresses = [
        Address(s, n, dice.choice(postcodes["Essen"]), "Essen") for s, n in dice.sample(essen, HOUSES // 2)
    ]
    for street, town in dice.sample(streets, HOUSES - len(addresses) - IN_TWO_TOWNS):
        addresses.append(Address(street, _number(street, town, dice), dice.choice(postcodes[town]), town))
    for twin in dice.sample(addresses[: HOUSES // 2], IN_TWO_TOWNS):
        town = dice.choice(sorted(_TOWNS.values()))
        addresses.append(Address(twin.street, twin.number, dice.choice(postcodes[town]), town))
    return _town(addresses, real, streets, postcodes)


def _town(
    addresses: list[Address], real: set[str], streets: list[tuple[str, str]], postcodes: dict[str, list[str]]
) -> Town:
    houses: dict[tuple[str, str, str], House] = {}
    for one in addresses:
        houses.setdefault((street_key(one.street), one.number, one.town), House(f"p{len(houses)}", one))
    by_street: dict[str, list[House]] = defaultdict(list)
    taken: set[tuple[str, str, str]] = set()
    for (key, number, town), house in houses.items():
        by_street[key].append(house)
        taken |= {(key, each, town) for each in (*house_numbers(number), *numbers_within(number))}
    return Town(list(houses.values()), real, taken, dict(by_street), streets, postcodes)


def _number(street: str, town: str, dice: random.Random) -> str:
    first = dice.randrange(1, 180)
    if town == "Mannheim" and len(street) <= 4:
        return str(dice.randrange(1, 40))
    return dice.choices(
        [f"{first}", f"{first}{dice.choice('abcd')}", f"{first}-{first + 2 * dice.randrange(1, 5)}", f"{first} 1/2", f"{first}a-c"],
        [80, 10, 7, 1, 2],
    )[0]  # fmt: skip


def _streets() -> list[tuple[str, str]]:
    """Every (street, town), but names that are none: motorways, and those that the source has cut ("Reilingereg")."""
    return [
        (street, _TOWNS[town])
        for line in _lines("ref-streets/streets.tsv")
        for street, towns in (line.split("\t"),)
        for town in towns.split(",")
        if town == "mannheim" or (town in _TOWNS and len(street) > 4 and not street[-1].isdigit())
        if not street.endswith("ereg")
    ]


def _postcodes() -> dict[str, list[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    for country in ("de", "at"):
        for line in _lines(f"ref-plz/{country}.tsv"):
            postcode, place, _ = line.split("\t")
            found[place.partition(",")[0].split(" (")[0]].append(postcode)
    return {town: sorted(set(found[town])) for town in sorted({*_TOWNS.values(), "Essen"})}


def _lines(name: str) -> list[str]:
    return (HELD / name).read_text(encoding="utf-8").splitlines()


def write_rules(town: Town, directory: Path, people: list[tuple[str, House]]) -> Path:
    """The rules of the demo firm with this directory. `people` are (e-mail address, home) of tenants."""
    shutil.copytree(shipped.path("rules"), directory)
    for old in (
        *(directory / "properties").iterdir(),
        *(directory / "contracts").iterdir(),
        *(directory / "tests").iterdir(),
        *(directory / "grants").iterdir(),
    ):
        old.unlink()
    for house in town.houses[:FILES]:
        a = house.address
        lines = [
            f"street: {a.street!r}",
            f"house_number: {a.number!r}",
            f"postcode: {a.postcode!r}",
            f"town: {a.town!r}",
        ]
        (directory / "properties" / f"{house.id}.yaml").write_text("\n".join(lines) + "\n", encoding="utf-8")
    with (directory / "properties.csv").open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file, delimiter=";")
        rows.writerow(("id", "street", "house_number", "postcode", "town"))
        rows.writerows(
            (h.id, h.address.street, h.address.number, h.address.postcode, h.address.town)
            for h in town.houses[FILES:]
        )
    with (directory / "people.csv").open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file, delimiter=";")
        rows.writerow(("name", "email", "relation", "property"))
        rows.writerows((f"Mieter {n}", email, "tenant", home.id) for n, (email, home) in enumerate(people))
    return directory
