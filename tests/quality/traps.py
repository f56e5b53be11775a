"""Mails that must not lead to the house that they seem to name. A trap gives None where its dice fit no house."""

from __future__ import annotations

import random
import re
from collections.abc import Callable

from rapidfuzz.distance import OSA

from mailroute.model.lookup import street_key
from tests.quality.case import Case, a_mail
from tests.quality.spellings import Address, abbreviated, mistyped, official, on_a_phone
from tests.quality.town import House, Town

Trap = Callable[[Town, list[tuple[str, House]], random.Random], Case | None]

_ABOUT = (
    "Guten Tag,\n\nin der {} tropft es aus der Decke. Bitte um Rückruf unter 0201 123456.\n\nMit freundlichen Grüßen\nA. Schulz",
    "Heizung {} ist seit dem 12.11. kalt, bitte dringend jemanden schicken",
    "Sehr geehrte Damen und Herren, es geht um {}. Wann kommt der Techniker?",
)
_KIND = re.compile(r"(?<=[a-zß])(?:straße|str\.|weg|platz|allee|gasse|ring|damm|ufer)$")
_FIRST_WORD = re.compile(r"^[A-ZÄÖÜ][a-zäöüß]+[- ](?=[A-ZÄÖÜ])")
_SIGNATURES = (
    "\n\nMit freundlichen Grüßen\nMax Müller\n{}\nTel. 0201 445566",
    "\n\n-- \nMax Müller | {} | 0201 445566",
    "\n\nViele Grüße\nMax Müller\n\nMüller GmbH\n{}\nwww.mueller.example",
    "\n\nMfG\nMüller, {}",
    "\n\nFreundliche Grüße\n\ni.A. Max Müller\nSachbearbeiter\n\nMüller & Söhne KG\n{}\nTelefon: +49 201 445566\nFax: +49 201 445567\nmax@mueller.example",
    "\n\nMax Müller\n{}\nTel.: 0201/445566",
    "\n\nDanke im Voraus!\nMax Müller\n{}\nMobil 0170 1234567\nE-Mail: max@mueller.example",
)  # fmt: skip


def _spoken(a: Address, dice: random.Random, *, town: bool | None = None) -> str:
    written = dice.choice([official, abbreviated, on_a_phone])(a, dice)
    with_town = dice.random() < 0.5 if town is None else town
    return written + (f", {a.postcode} {a.town}" if with_town else "")


def _about(kind: str, a: Address, dice: random.Random, house: str | None = None) -> Case:
    written = _spoken(a, dice)
    return Case(kind, house, written, a_mail(dice.choice(_ABOUT).format(written), "Anfrage", dice))


def _moved(a: Address, number: str) -> Address:
    return Address(a.street, number, a.postcode, a.town)


def neighbouring_number(town: Town, _: list[tuple[str, House]], dice: random.Random) -> Case | None:
    """The house next door is not ours."""
    a = dice.choice(town.houses).address
    digits = re.match(r"[0-9]+", a.number)
    number = str(int(digits[0]) + dice.choice([-4, -2, -1, 1, 2, 4, 10])) if digits else ""
    if not digits or int(number) < 1 or town.is_ours(a.street, number):
        return None
    return _about("neighbouring number", _moved(a, number), dice)


def other_letter(town: Town, _: list[tuple[str, House]], dice: random.Random) -> Case | None:
    """12 is not 12a, not 112, not 1."""
    a = dice.choice(town.houses).address
    digits = re.fullmatch(r"([0-9]+)([a-z]?)", a.number)
    if not digits:
        return None
    n = digits[1]
    number = dice.choice(
        [f"{n}{dice.choice('abcdef')}", n, f"1{n}", f"{n}1", f"{n} {dice.choice('bcd')}", n[:-1], n[1:]]
    ).lstrip("0")
    if not number or number == a.number or town.is_ours(a.street, number.replace(" ", "")):
        return None
    return _about("another letter or digit", _moved(a, number), dice)


def similar_street(town: Town, _: list[tuple[str, House]], dice: random.Random) -> Case | None:
    """A real street whose name is one or two letters away from one of ours, with the number of ours.

    Not where both sound the same: a Rupprechtstraße is what people write who mean our Ruprechtstraße.
    """
    house = dice.choice(town.houses)
    a = house.address
    near = [
        street
        for street, _ in town.streets
        if street[:1] == a.street[:1] and OSA.distance(street, a.street, score_cutoff=2) <= 2
    ]
    key = _sound(a.street)
    others = [one for one in near if _sound(one) != key and not town.is_ours(one, a.number)]
    if not others:
        return None
    return _about("similar street", Address(dice.choice(others), a.number, a.postcode, a.town), dice)


def _sound(street: str) -> str:
    """Double letters, and an s or n between the parts, are not heard."""
    key = re.sub(r"[sn]?(?=strasse|weg|platz|allee|gasse|ring)", "", street_key(street))
    return re.sub(r"(.)\1", r"\1", key)


def other_kind(town: Town, _: list[tuple[str, House]], dice: random.Random) -> Case | None:
    """Lindenallee 12 where we have Lindenweg 12."""
    a = dice.choice(town.houses).address
    other = _KIND.sub(
        dice.choice(["straße", "weg", "platz", "allee", "gasse", "ring", "hof", "garten"]), a.street
    )
    if other == a.street or street_key(other) == street_key(a.street) or town.is_ours(other, a.number):
        return None
    return _about("another kind of street", Address(other, a.number, a.postcode, a.town), dice)


def half_a_name(town: Town, _: list[tuple[str, House]], dice: random.Random) -> Case | None:
    """Planckstr. 12 is not Max-Planck-Str. 12, and the other way round."""
    a = dice.choice(town.houses).address
    if (first := _FIRST_WORD.match(a.street)) and len(a.street) - first.end() > 8:
        rest = a.street[first.end() :]
        other = rest if dice.random() < 0.5 else f"{dice.choice(['Anna', 'Karl', 'Luise', 'Otto'])}-{rest}"
        other = re.sub(r"^(Straße|Str\.|Weg|Platz|Allee|Ring).*", "", other)
    elif re.fullmatch(r"[A-ZÄÖÜ][a-zäöüß]+(straße|str\.|weg|platz)", a.street):
        other = dice.choice(
            [
                f"Max-{a.street}",
                f"Karl-{a.street}",
                f"Alte {a.street}",
                f"Neue {a.street}",
                f"Dr.-Otto-{a.street}",
            ]
        )
    else:
        return None
    if not other or town.is_ours(other, a.number) or street_key(other) == street_key(a.street):
        return None
    return _about("half a name", Address(other, a.number, a.postcode, a.town), dice)


def signature(town: Town, _: list[tuple[str, House]], dice: random.Random) -> Case | None:
    """Who writes lives elsewhere, also with us: the text wins."""
    meant, home = dice.sample(town.houses, 2)
    signed = f"{official(home.address, dice)}{dice.choice([', ', chr(10)])}{home.address.postcode} {home.address.town}"
    text = dice.choice(_ABOUT[1:]).format(_spoken(meant.address, dice, town=True)) + dice.choice(
        _SIGNATURES
    ).format(signed)
    return Case("signature", meant.id, text, a_mail(text, "Anfrage", dice))


def home_of_sender(town: Town, people: list[tuple[str, House]], dice: random.Random) -> Case | None:
    """A tenant of ours writes about another house, with their own address below."""
    email, home = dice.choice(people)
    meant = dice.choice(town.houses)
    if meant == home:
        return None
    text = dice.choice(_ABOUT).format(_spoken(meant.address, dice, town=True))
    if "Grüßen" in text:
        text += f"\n{official(home.address, dice)}, {home.address.postcode} {home.address.town}"
    return Case("home of the sender", meant.id, text, a_mail(text, "Anfrage", dice, email))


def signature_of_stranger(town: Town, _: list[tuple[str, House]], dice: random.Random) -> Case | None:
    """The house in the text is not ours; that the writer lives in one of ours says nothing about it."""
    street, place = dice.choice(town.streets)
    number = str(dice.randrange(1, 150))
    if street_key(street) in town.by_street or town.is_ours(street, number) or place == "Mannheim":
        return None
    if any(OSA.distance(street_key(street), one, score_cutoff=2) <= 2 for one in town.by_street):
        return None
    home = dice.choice(town.houses).address
    text = dice.choice(_ABOUT[1:]).format(f"{street} {number}, {place}") + dice.choice(_SIGNATURES).format(
        f"{official(home, dice)}\n{home.postcode} {home.town}"
    )
    return Case("signature below another address", None, text, a_mail(text, "Anfrage", dice))


def no_house_number(town: Town, _: list[tuple[str, House]], dice: random.Random) -> Case | None:
    """A number behind the street that is a date, a time, a price, a telephone number."""
    house = dice.choice(town.houses)
    a = house.address
    if len(town.by_street[street_key(a.street)]) < 2 or not a.number.isdigit() or int(a.number) > 31:
        return None
    n = a.number
    text = dice.choice([
        f"Baustelle {a.street} {n}.12.2026 ab 8 Uhr, bitte die Zufahrt freihalten.",
        f"Treffen in der {a.street} {n}. Mai, geht das?",
        f"Treffpunkt {a.street}, {n} Uhr, am Tor.",
        f"Angebot {a.street}: {n},50 Euro je Stunde.",
        f"Angebot {a.street} {n},00 € netto",
        f"Reinigung {a.street} {n}:30 Uhr",
        f"Kontakt {a.street} 0201/{n}4455",
        f"Parken in der {a.street} {n} Euro pro Tag",
        f"In der {a.street} {n} % mehr Verkehr",
        f"Gehwegschaden {a.street} auf {n} m Länge",
        f"Laterne {a.street} seit {n} Tagen dunkel",
        f"In der {a.street} wohnen {n} Parteien",
        f"Buslinie {a.street} {n} min Verspätung",
        f"{n} Autos parken in der {a.street}",
    ])  # fmt: skip
    return Case("no house number", None, text, a_mail(text, "Anfrage", dice))


def other_town(town: Town, _: list[tuple[str, House]], dice: random.Random) -> Case | None:
    """The same street and number in a town where we have none."""
    house = dice.choice(town.houses)
    place = dice.choice([one for one in town.postcodes if one != house.address.town])
    a = Address(house.address.street, house.address.number, dice.choice(town.postcodes[place]), place)
    if town.is_ours(a.street, a.number, place):
        return None
    written = f"{a.street} {a.number}" + dice.choice(
        [f", {a.postcode} {place}", f" in {a.postcode} {place}", f" in {place}", f", {place}", f" ({place})"]
    )
    return Case("another town", None, written, a_mail(dice.choice(_ABOUT).format(written), "Anfrage", dice))


def one_of_twins(town: Town, _: list[tuple[str, House]], dice: random.Random) -> Case | None:
    """The same address in two of our towns: the town decides, and without it nobody can."""
    house = dice.choice(town.houses)
    a = house.address
    twins = [one for one in town.by_street[street_key(a.street)] if one.address.number == a.number]
    if len(twins) < 2:
        return None
    told = dice.choice([f", {a.postcode} {a.town}", f" in {a.town}", f", {a.town}", ""])
    written = f"{official(a, dice)}{told}"
    return Case(
        "twins",
        house.id if told else None,
        written,
        a_mail(dice.choice(_ABOUT).format(written), "Anfrage", dice),
    )


def no_street_of_ours(town: Town, _: list[tuple[str, House]], dice: random.Random) -> Case | None:
    """A real street in which we have nothing, mistyped or not."""
    street, place = dice.choice(town.streets)
    if street_key(street) in town.by_street or place == "Mannheim":
        return None
    a = Address(street, str(dice.randrange(1, 150)), dice.choice(town.postcodes[place]), place)
    written = dice.choice([official, abbreviated, mistyped])(a, dice)
    return Case(
        "no street of ours", None, written, a_mail(dice.choice(_ABOUT).format(written), "Anfrage", dice)
    )


TRAPS: tuple[Trap, ...] = (
    neighbouring_number, other_letter, similar_street, other_kind, half_a_name, signature, home_of_sender, signature_of_stranger,
    no_house_number, other_town, one_of_twins, no_street_of_ours,
)  # fmt: skip
