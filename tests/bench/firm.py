"""A large firm for the scaling measure: the demo firm's rules with a directory of another size."""

from __future__ import annotations

import random
import shutil
from pathlib import Path

from mailroute import shipped

PROPERTIES = 10_000
CONTRACTS = 100_000

_STREETS = "Goethe Schiller Linden Bahnhof Haupt Garten Wald Berg Kirch Schul Rosen Mozart Ring Markt Wiesen Mühl".split()
_KINDS = ("straße", "weg", "allee", "platz", "gasse")


def write_large(directory: Path, properties: int = PROPERTIES, contracts: int = CONTRACTS) -> Path:
    """Write a rules directory with that much beside what the demo firm has. Every tenth tenant has two contracts."""
    rng = random.Random(4711)
    shutil.copytree(shipped.path("rules"), directory)
    with (directory / "properties.csv").open("a", encoding="utf-8") as file:
        file.writelines(_property(number, rng) for number in range(properties))
    with (directory / "contracts" / "bestand.csv").open("w", encoding="utf-8") as file:
        file.write("contract;property;unit;party;email;status;from;to;clerk\n")
        file.writelines(_contract(number, properties) for number in range(contracts))
    return directory


def _property(number: int, rng: random.Random) -> str:
    """One line in the columns of the demo firm's properties.csv."""
    street = f"{rng.choice(_STREETS)}{rng.choice(_KINDS)}"
    units = " | ".join(f"WE {unit:02d}" for unit in range(1, 11))
    postcode, staff = 10_000 + rng.randrange(80_000), rng.choice(("huber", "novak"))
    return f"o{number};;{street};{rng.randrange(1, 200)};{postcode};Musterstadt {number % 400};;buero;{staff};keller;{units};2020-01-01;\n"


def _contract(number: int, properties: int) -> str:
    tenant = number - 1 if number % 10 == 9 else number
    home = f"o{tenant % properties};WE {1 + tenant // properties % 10:02d}"
    return (
        f"MV-9{number:06d};{home};Mieter {tenant};mieter.{tenant}@bestand.example;active;2020-01-01;;keller\n"
    )
