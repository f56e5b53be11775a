"""How people write an address: every way takes the official one and gives what stands in a mail."""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Address:
    """Where a house stands. `number` as the directory has it."""

    street: str
    number: str
    postcode: str
    town: str


Dice = random.Random
Way = Callable[[Address, Dice], str]

_LETTERS = "abcdefghijklmnopqrstuvwxyz"
# What lies beside a letter on a German keyboard.
_ROWS = ("qwertzuiopü", "asdfghjklöä", "yxcvbnm")
_STREET = re.compile(r"(?i)(stra(?:ß|ss)e|str\.)(?=$|[ -])")
_SHORT = (
    ("Platz", "Pl."), ("platz", "pl."), ("Sankt", "St."), ("Große", "Gr."), ("Kleine", "Kl."), ("Bürgermeister", "Bgm."),
    ("Obere ", "Ob. "), ("Untere ", "Unt. "), ("Doktor", "Dr."), ("Professor", "Prof."),
)  # fmt: skip
_KIND = re.compile(r"(?<=[a-zß])(straße|strasse|str\.|weg|platz|allee|gasse|ring|damm|ufer)$")
_APART = re.compile(r"[ -](Straße|Str\.|Weg|Platz|Allee|Gasse|Ring)$")
_INFLECTED = re.compile(r"\b(Groß|Klein|Alt|Neu|Ober|Unter|Hinter|Vorder|Lang|Kurz|Hoh|Breit)(er|es)\b")


def official(a: Address, _: Dice) -> str:
    """As the town writes it."""
    return f"{a.street} {a.number}"


def abbreviated(a: Address, dice: Dice) -> str:
    """Str., Str, Strasse, Pl., St."""
    for long, short in _SHORT:
        if long in a.street and dice.random() < 0.7:
            return f"{a.street.replace(long, short)} {a.number}"
    return f"{_street(a.street, dice.choice(['str.', 'str', 'straße', 'strasse']))} {a.number}"


def _street(street: str, word: str) -> str:
    return _STREET.sub(lambda f: word.capitalize() if f[1][0].isupper() else word, street)


def joined(a: Address, dice: Dice) -> str:
    """Hyphens and blanks where others have none: Max Planck Str., Maxplanckstr., Kettwigerstr., Linden Weg."""
    street = a.street
    ways = [street.replace("-", " "), street.replace("-", "").replace(" ", "")]
    if apart := _APART.search(street):
        ways.append(street[: apart.start()] + apart[1].lower())
        ways.append(street.replace(" ", "-"))
    if kind := _KIND.search(street):
        ways += [f"{street[: kind.start()]}{mark}{kind[1].capitalize()}" for mark in " -"]
    return f"{dice.choice([way for way in ways if way != street] or ways)} {a.number}"


def glued(a: Address, dice: Dice) -> str:
    """No blank before the number, or one before its letter."""
    number = re.sub(r"(\d)([a-z])\b", r"\1 \2", a.number) if dice.random() < 0.5 else a.number
    if "." not in (street := _street(a.street, "str.")) or not street.endswith("."):
        return f"{street} {number.upper()}"
    return f"{street}{number}"


def transcribed(a: Address, dice: Dice) -> str:
    """Without umlauts: ae for ä, or just a."""
    table: dict[str, str | int | None] = {
        "ä": "ae",
        "ö": "oe",
        "ü": "ue",
        "Ä": "Ae",
        "Ö": "Oe",
        "Ü": "Ue",
        "ß": "ss",
    }
    if dice.random() < 0.4:
        table |= {umlaut: str(table[umlaut])[0] for umlaut in "äöüÄÖÜ"}
    return f"{a.street.translate(str.maketrans(table))} {a.number}"


def shouted(a: Address, dice: Dice) -> str:
    """All capitals."""
    return f"{_street(a.street, dice.choice(['straße', 'strasse', 'str.'])).upper()} {a.number.upper()}"


def on_a_phone(a: Address, dice: Dice) -> str:
    """Small letters, no marks."""
    street = _street(a.street, dice.choice(["str", "straße", "strasse"])).lower().replace(".", "")
    return f"{street.replace('-', dice.choice([' ', '-', '']))} {a.number.lower()}"


def mistyped(a: Address, dice: Dice) -> str:
    """One mistake; in a long name sometimes two."""
    street = _mistake(a.street, dice)
    if len(a.street) > 16 and dice.random() < 0.2:
        street = _mistake(street, dice)
    return f"{street} {a.number}"


def _mistake(street: str, dice: Dice) -> str:
    """A letter left out, doubled, added, replaced by its neighbour, or swapped with the next."""
    at = dice.choice([n for n, letter in enumerate(street) if letter.isalpha()])
    before, letter, behind = street[:at], street[at], street[at + 1 :]
    return dice.choice([
        before + behind,
        before + letter * 2 + behind,
        before + letter + dice.choice(_LETTERS) + behind,
        before + _beside(letter, dice) + behind,
        before + behind[:1] + letter + behind[1:],
    ])  # fmt: skip


def _beside(letter: str, dice: Dice) -> str:
    for row in _ROWS:
        if (at := row.find(letter.lower())) >= 0:
            beside = dice.choice(row[max(0, at - 1) : at] + row[at + 1 : at + 2])
            return beside.upper() if letter.isupper() else beside
    return dice.choice(_LETTERS)


def with_number_word(a: Address, dice: Dice) -> str:
    """Nr. 12, Hausnummer 12, Haus 12."""
    word = dice.choice(["Nr.", "Nr", "Hausnummer", "Hausnr.", "Haus Nr.", "Haus", "Nummer", "No."])
    return f"{a.street}{dice.choice([' ', ', '])}{word} {a.number}"


def number_first(a: Address, dice: Dice) -> str:
    """Another order of words."""
    return dice.choice([
        f"Nr. {a.number} in der {a.street}" if not a.street.startswith(("Am ", "An ", "Auf ", "Im ", "In ")) else f"Nr. {a.number}, {a.street}",
        f"Haus {a.number}, {a.street}",
        f"Hausnummer {a.number}, {a.street}",
        f"{a.town}, {a.street} {a.number}",
        f"{a.postcode} {a.town}, {a.street} {a.number}",
        f"{a.town}-Mitte, {a.street} {a.number}",
    ])  # fmt: skip


def with_flat(a: Address, dice: Dice) -> str:
    """The flat around it."""
    street = _street(a.street, dice.choice(["straße", "str."]))
    return dice.choice([
        f"{street} {a.number}, 3. OG links", f"{street} {a.number}, WE 07", f"WE 07, {street} {a.number}",
        f"{street} {a.number} EG rechts", f"{street} {a.number} 3.OG", f"3. Stock, {street} {a.number}",
        f"{street} {a.number} (Hinterhaus)", f"{street} {a.number} / VH", f"Whg. 12, {street} {a.number}",
        f"{street} {a.number} - 2. Obergeschoss", f"{street} {a.number} Whg 5", f"{street} {a.number}, Wohnung Nr. 4",
        f"{street} {a.number} DG", f"{street} {a.number}, 4. Etage Mitte",
    ])  # fmt: skip


def on_two_lines(a: Address, dice: Dice) -> str:
    """Wrapped where the line ended, or as the fields of a form."""
    return dice.choice([
        f"{a.street}\n{a.number}",
        f"\nStraße: {a.street}\nHausnummer: {a.number}\n",
        f"\nStraße/Nr.: {a.street} {a.number}\nPLZ: {a.postcode}\nOrt: {a.town}\n",
        f"\n{a.street} {a.number}\n{a.postcode} {a.town}\n",
        f"\nObjekt: {a.street} {a.number}, {a.town}\n",
    ])  # fmt: skip


def inflected(a: Address, dice: Dice) -> str:
    """An article bends the name: am Großen Weg, im alten Markt."""
    bent = _INFLECTED.sub(lambda f: f"{f[1]}en", a.street)
    return f"{bent if bent != a.street else a.street[:1].lower() + a.street[1:]} {a.number}"


def sloppy(a: Address, dice: Dice) -> str:
    """Two liberties at once."""
    first, second = dice.sample([abbreviated, transcribed, on_a_phone, joined, mistyped], 2)
    once = first(a, dice).removesuffix(f" {a.number}").removesuffix(f" {a.number.lower()}")
    return second(Address(once, a.number, a.postcode, a.town), dice)


WAYS: tuple[Way, ...] = (
    official, abbreviated, joined, glued, transcribed, shouted, on_a_phone, mistyped, mistyped, mistyped,
    with_number_word, number_first, with_flat, on_two_lines, inflected, sloppy,
)  # fmt: skip
