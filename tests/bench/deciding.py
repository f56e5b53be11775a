"""What deciding costs with a directory of 100,000 properties and 1,000,000 contracts and 1,000 mails a day, and what it
keeps in memory.

`python -m tests.bench.deciding` builds two databases in a scratch directory, one of ten of each and the large one, and
decides the same kinds of mails in a process of its own for each. Times are CPU of that process: other work on the
machine does not count. Believe the ratio of the two first.
"""

from __future__ import annotations

import argparse
import json
import random
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import TypeVar

from sqlalchemy import insert

from mailroute import shipped
from mailroute.daemon.workers import settle
from mailroute.flow.activate import activate_all
from mailroute.flow.process import decide
from mailroute.flow.site import Site, open_site
from mailroute.message.parse import parse
from mailroute.model.address import Address
from mailroute.model.directory import (
    Contract,
    Directory,
    Found,
    Occupancy,
    Person,
    Property,
    Relation,
    Responsibility,
    Unit,
)
from mailroute.model.keys import Keys
from mailroute.model.mail import Door, Envelope, Trust
from mailroute.model.message import Message
from mailroute.model.tokens import Key, Keyring
from mailroute.model.traffic import Scope, window_start
from mailroute.routing.classify import compile_classifier, heard_in
from mailroute.routing.locate import locate
from mailroute.routing.weigh import Tally, weigh
from mailroute.rules import load_files, load_pack, read_files
from mailroute.store import tables as t
from mailroute.store.directory_rows import (
    Values,
    contract_row,
    lookup_rows,
    person_row,
    property_row,
    unit_rows,
)
from mailroute.store.engine import Connection, migrate, open_store
from mailroute.store.facts import found_by
from mailroute.store.mails import Claimed
from tests.quality.labelled import labelled

PROPERTIES, CONTRACTS, CASE_TYPES = 100_000, 1_000_000, 200
UNITS_PER_PROPERTY, CONTRACTS_PER_PERSON = 5, 2
STREETS = 20_000
MAILS, MAILS_A_DAY = 400, 1_000
MOST_DECIDING_MS, MOST_EXACT_MS, MOST_TYPO_MS, MOST_MEMORY_MB = 2.0, 1.0, 3.0, 600
_T = TypeVar("_T")
_PORTION = 5_000
_PACK = "property-de"
_ORG, _INBOX = "abc", "service@abc-hausverwaltung.example"
_NOW = datetime(2026, 11, 24, 9, 2, tzinfo=UTC)
_KEYRING = Keyring((Key("k", b"a key of the bench".ljust(32)),))
_SYLLABLES = "ber gen hau lin mos ren sol tan wei kor fel mar dus nie gro hal bir eck vo rit sch lau pet kal zel".split()
_KINDS = ("straße", "weg", "allee", "platz", "gasse", "ring")
_PROSE = (
    "Sehr geehrte Damen und Herren,\n\nseit einigen Tagen haben wir ein Problem, das ich Ihnen gern schildern möchte. "
    "Am 12.11. gegen 17 Uhr fiel uns auf, dass die Heizkörper in zwei Zimmern kalt bleiben, obwohl wir schon 3 mal "
    "entlüftet haben. Der Nachbar im 2. OG rechts berichtet dasselbe. Unter 0201 445566 sind wir ab 16 Uhr erreichbar. "
)


# --- the firm ----------------------------------------------------------------------------------------------------


def street(number: int) -> str:
    """A name of its own for every number."""
    name, left = "", number + 500
    while left:
        left, syllable = divmod(left, len(_SYLLABLES))
        name += _SYLLABLES[syllable]
    return name.capitalize() + _KINDS[number % len(_KINDS)]


def address_of(house: int) -> tuple[str, str]:
    """Street and number of a property; a street has five."""
    return street(house % STREETS), str(1 + house // STREETS * 2)


def portions(properties: int, contracts: int) -> Iterator[Directory]:
    """The directory in pieces that fit anywhere."""
    people = contracts // CONTRACTS_PER_PERSON
    for first in range(0, properties, _PORTION):
        yield Directory(properties=tuple(_house(n) for n in range(first, min(first + _PORTION, properties))))
    for first in range(0, people, _PORTION):
        numbers = range(first, min(first + _PORTION, people))
        yield Directory(
            people=tuple(_person(n, properties) for n in numbers),
            contracts=tuple(
                _contract(n, each, properties) for n in numbers for each in range(CONTRACTS_PER_PERSON)
            ),
        )


def _house(n: int) -> Property:
    name, number = address_of(n)
    units = tuple(Unit(f"o{n}/we-{u}", f"o{n}", f"WE {u:02}") for u in range(1, UNITS_PER_PROPERTY + 1))
    held = (Responsibility("buchhaltung", ("huber",)), Responsibility("sachbearbeitung", ("schmidt",)))
    return Property(
        f"o{n}",
        "",
        name,
        number,
        f"{10_000 + n % 89_000}",
        f"Ort {n % 400}",
        units=units,
        responsibilities=held,
    )


def _home(n: int, properties: int) -> tuple[str, str]:
    house = n % properties
    return f"o{house}", f"o{house}/we-{1 + n // properties % UNITS_PER_PROPERTY}"


def _person(n: int, properties: int) -> Person:
    house, unit = _home(n, properties)
    contracts = tuple(f"mv-{n}-{each}" for each in range(CONTRACTS_PER_PERSON))
    address = Address(f"Mieter {n}", f"mieter.{n}@bestand.example")
    return Person(
        f"k{n}",
        f"Mieter {n}",
        (address,),
        occupancies=(Occupancy(Relation.TENANT, house, unit),),
        contracts=contracts,
    )


def _contract(n: int, each: int, properties: int) -> Contract:
    house, unit = _home(n, properties)
    return Contract(
        f"mv-{n}-{each}", f"MV-{9_000_000 + n}-{each}", house, unit, parties=(f"k{n}",), clerk="schmidt"
    )


def fill(tx: Connection, properties: int, contracts: int) -> None:
    """Write it in portions, as the rows of the program: a million contracts never stand in memory together."""
    ranks: Counter[tuple[str, str]] = Counter()
    for part in portions(properties, contracts):
        rows = {
            t.property_: [property_row(_ORG, one) for one in part.properties],
            t.unit: [row for one in part.properties for row in unit_rows(_ORG, one)],
            t.person: [person_row(_ORG, one) for one in part.people],
            t.contract: [contract_row(_ORG, one) for one in part.contracts],
            t.lookup: lookup_rows(_ORG, part),
        }
        for row in rows[t.lookup]:
            if row["kind"] in ("street", "place"):
                key = row["kind"], row["key"]
                row["rank"], ranks[key] = ranks[key], ranks[key] + 1
        for table, values in rows.items():
            if values:
                tx.execute(insert(table), values)


def counted() -> list[Values]:
    """What the organisation has counted in three days with MAILS_A_DAY (`store.traffic`)."""
    rows: dict[tuple[Scope, str, datetime], Values] = {}
    for n in range(3 * MAILS_A_DAY):
        at = _NOW - n * timedelta(days=1) / MAILS_A_DAY
        who = f"kunde.{n}@web.example"
        for scope, key in (
            (Scope.SENDER, who), (Scope.BURST, who), (Scope.RULE, f"sache_{n % CASE_TYPES}"), (Scope.TOTAL, "")
        ):  # fmt: skip
            since = window_start(scope, at)
            row = {"organisation_id": _ORG, "scope": scope.value, "key": key, "since": since}
            rows[scope, key, since] = {**row, "happened": 1, "allowed": 20, "trips": 0, "number": None}
    return list(rows.values())


def rules_files(case_types: int) -> tuple[tuple[str, str], ...]:
    """The demo firm's rules without its directory and who names it, with that many case types."""
    kept = [
        (name, text)
        for name, text in read_files(shipped.path("rules"))
        if not name.startswith(("properties", "contracts", "people", "grants", "tests"))
    ]
    more = "".join(
        f"\nsache_{n}:\n  name: {{de: Sache {n}, en: Matter {n}}}\n  role: sachbearbeitung\n  evidence:\n"
        f"    - {street(n + 7)[:-4].lower()}schaden: 3\n    - {street(n + 900).lower()}\n"
        for n in range(case_types)
    )
    return tuple((name, text + more if name == "case-types.yaml" else text) for name, text in kept)


def build(database: Path, properties: int, contracts: int, case_types: int) -> float:
    """Make the database; CPU seconds of loading the directory."""
    url = f"sqlite:///{database}"
    migrate(url)
    store = open_store(url)
    try:
        activate_all(store, [load_files(rules_files(case_types))], _NOW)
        before = time.process_time()
        store.write(lambda tx: fill(tx, properties, contracts)).result()
        loading = time.process_time() - before
        store.write(lambda tx: tx.execute(insert(t.traffic), counted())).result()
        return loading
    finally:
        store.close()


# --- the mails -----------------------------------------------------------------------------------------------------


def _written(dice: random.Random, properties: int) -> str:
    name, number = address_of(dice.randrange(properties))
    return f"{name.replace('straße', 'str.')} {number}"


def _mistyped(dice: random.Random, properties: int) -> str:
    written = _written(dice, properties)
    at = dice.randrange(2, len(written) - 8) if len(written) > 11 else 2
    return written[:at] + written[at + 1] + written[at] + written[at + 2 :]


def a_mail(dice: random.Random, properties: int, contracts: int, kind: str) -> bytes:
    """4 kB of prose with what it is about in the middle."""
    people = contracts // CONTRACTS_PER_PERSON
    about = ""
    match kind:
        case "exact":
            about = f"Es geht um {_written(dice, properties)}."
        case "mistyped":
            about = f"Es geht um {_mistyped(dice, properties)}."
        case "number":
            about = f"Vertrag MV-{9_000_000 + dice.randrange(people)}-1."
        case _:
            pass  # the sender is known
    sender = (
        f"mieter.{dice.randrange(people)}@bestand.example"
        if kind == "sender"
        else f"x{dice.randrange(10**6)}@web.example"
    )
    half = (_PROSE * 8)[: 1900 - len(about)]
    head = f"From: A B <{sender}>\nTo: service@abc-hausverwaltung.example\nSubject: Heizung\nMessage-ID: <{dice.random()}@x>\n"
    return (
        head + "Content-Type: text/plain; charset=utf-8\n\n" + f"{half}\n\n{about}\n\n{half}\nGruß\nA B\n"
    ).encode()


KINDS = ("exact", "mistyped", "number", "sender")


def measure(database: Path, properties: int, contracts: int, case_types: int) -> dict[str, float]:
    """Median CPU milliseconds of each part, and the peak memory of this process."""
    site = open_site([load_files(rules_files(case_types))], _KEYRING, Trust(), None)
    site.prepare_to_read()
    settle()
    store = open_store(f"sqlite:///{database}")
    dice = random.Random(11)
    with store.read() as conn:
        before = time.process_time()
        names = site.names.of(conn, _ORG)
        figures = {"names read s": time.process_time() - before, "streets": float(len(names.streets))}
        whole: list[float] = []
        for kind in KINDS:
            mails = [a_mail(dice, properties, contracts, kind) for _ in range(MAILS)]
            figures |= _kind(conn, site, kind, mails, whole)
    figures["deciding"] = statistics.median(whole)
    figures |= _classifying(dice)
    figures["memory MB"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    store.close()
    return figures


def _kind(
    conn: Connection,
    site: Site,
    kind: str,
    mails: list[bytes],
    whole: list[float],
) -> dict[str, float]:
    parsing, looking, deciding, found = [], [], [], 0
    for raw in mails:
        envelope = Envelope(
            mail_id=0, intake_id=0, organisation=_ORG, inbox=_INBOX, door=Door.FILE, mail_from="x@web.example",
            rcpt_to=(_INBOX,), received_at=_NOW, size_bytes=len(raw),
        )  # fmt: skip
        parsed, message = _ms(partial(parse, raw))
        located, keys = _ms(partial(locate, message, envelope))
        asked, _ = _ms(partial(_found, conn, site, keys))
        claimed = Claimed(envelope=envelope, attempts=1, fresh_number=1, content_key="", content=raw)
        all_of_it, (_, _, decision) = _ms(partial(decide, conn, claimed, site, _NOW))
        parsing.append(parsed)
        looking.append(located + asked)
        deciding.append(all_of_it - parsed)
        found += (
            decision.routing is not None
            and decision.routing.matched is not None
            and decision.routing.matched.property is not None
        )
    whole += deciding
    return {
        f"{kind}: looking up": statistics.median(looking),
        f"{kind}: deciding": statistics.median(deciding),
        f"{kind}: parsing": statistics.median(parsing),
        f"{kind}: found %": 100 * found / len(mails),
    }


def _found(conn: Connection, site: Site, keys: Keys) -> Found:
    """What a mail asks the directory, the names included."""
    return found_by(conn, _ORG, keys, None, site.names.of(conn, _ORG))


def _classifying(dice: random.Random) -> dict[str, float]:
    """Median CPU ms of hearing and weighing what people write, with the tens of thousands of words of a pack."""
    classifier = compile_classifier(load_pack(_PACK).ruleset)
    sentences = [mail.text for mail in labelled("tune", _PACK)]

    def classify(message: Message) -> Tally:
        return weigh(classifier.scales, heard_in(classifier, message, reply=False))

    figures = {}
    for name, letters in (("4 kB", 3900), ("100 words", 620)):
        times = []
        for _ in range(MAILS):
            text = "\n\n".join(dice.sample(sentences, len(sentences)))[:letters]
            message = parse(f"Subject: Anfrage\nContent-Type: text/plain; charset=utf-8\n\n{text}\n".encode())
            times.append(_ms(partial(classify, message))[0])
        figures[f"pack: {name}"] = statistics.median(times)
    return figures


def _ms(work: Callable[[], _T]) -> tuple[float, _T]:
    before = time.process_time_ns()
    result = work()
    return (time.process_time_ns() - before) / 1e6, result


# --- the whole -----------------------------------------------------------------------------------------------------


def main() -> int:
    """Build, measure, print. 0; with --check 1 if a goal is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="exit 1 if a goal is missed")
    parser.add_argument(
        "--scale", type=float, default=1.0, help="a part of the large directory, for example 0.1"
    )
    parser.add_argument(
        "--measure", metavar="DATABASE:PROPERTIES:CONTRACTS:CASE_TYPES", help=argparse.SUPPRESS
    )
    arguments = parser.parse_args()
    if arguments.measure:
        database, *numbers = arguments.measure.split(":")
        print(json.dumps(measure(Path(database), *map(int, numbers))))
        return 0
    return 0 if compare(arguments.scale) or not arguments.check else 1


def compare(scale: float) -> bool:
    """Print both columns with the goals; whether all are reached."""
    sizes = (("small", 10, 10, 0), ("large", int(PROPERTIES * scale), int(CONTRACTS * scale), CASE_TYPES))
    columns: dict[str, dict[str, float]] = {}
    with tempfile.TemporaryDirectory() as scratch:
        for name, *numbers in sizes:
            database = Path(scratch) / f"{name}.sqlite"
            loading = build(database, *numbers)
            asked = ":".join(map(str, (database, *numbers)))
            command = [sys.executable, "-m", "tests.bench.deciding", "--measure", asked]
            columns[name] = json.loads(
                subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout
            )
            columns[name] |= {"loading s": loading, "database MB": database.stat().st_size / 1e6}
    small, large = columns["small"], columns["large"]
    print(
        f"deciding with {sizes[1][1]:,} properties, {sizes[1][2]:,} contracts, {sizes[1][3]} case types (median CPU ms a 4 kB mail)"
    )
    for figure in large:
        print(
            f"  {figure:24} small {small[figure]:10.2f}   large {large[figure]:10.2f}   × {large[figure] / (small[figure] or 1):.2f}"
        )
    goals = (
        ("deciding", MOST_DECIDING_MS), ("exact: looking up", MOST_EXACT_MS), ("mistyped: looking up", MOST_TYPO_MS),
        ("memory MB", MOST_MEMORY_MB),
    )  # fmt: skip
    for figure, most in goals:
        print(
            f"  {figure}: {large[figure]:.2f}, goal {most:g} – {'reached' if large[figure] <= most else 'MISSED'}"
        )
    return all(large[figure] <= most for figure, most in goals)


if __name__ == "__main__":
    raise SystemExit(main())
