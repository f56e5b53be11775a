"""Which colleague is meant by `weiter an: Schmidt`? Exactly one, several, or nobody; never a guess."""

from __future__ import annotations

from collections.abc import Callable

from rapidfuzz import fuzz, process

from mailroute.model.address import address_key
from mailroute.model.ruleset import Ruleset, Staff
from mailroute.model.text import fold

# "Hubr" is near "Huber" (89), "Weber" is not (60).
NEAR_PERCENT = 75
PREFIX_CHARS = 2

NAMING_WORDS = 8
_NAMING = frozenset(
    "bitte das dies ist fuer zu zum gehoert gehoerts macht soll uebernimmt uebernehmen machen geht mal doch lieber sache "
    "von kann kannst du please this is for belongs goes should do take can you gruss danke thanks the der die den weiter "
    "ticket vorgang hallo hi ok it".split()
)
_COURTESY = frozenset(
    {"herr", "herrn", "frau", "hr", "fr", "mr", "mrs", "ms", "an", "to", "kollege", "kollegin", "dr", "prof"}
)


def find_staff(name: str, ruleset: Ruleset) -> tuple[Staff, ...]:
    """Who is meant, most exact reading first: id, address or full name; surname; first name; beginning of one.

    Several mean that the writer must choose; none that nobody is called so (see `suggest_staff`). Active staff only.
    """
    words = _words(name)
    wanted = " ".join(words)
    active = [one for one in ruleset.staff if one.active]
    address = address_key(name)
    if not wanted:
        return ()
    readings: tuple[Callable[[Staff], bool], ...] = (
        lambda one: name.strip() == one.id or wanted == _full(one) or address in {one.address, *one.also},
        # `Huber` is whoever is called so, also where the id of one of two is huber.
        lambda one: wanted == fold(one.id) and not any(_surname(x) == wanted for x in active if x is not one),
        lambda one: _surname(one) == wanted or set(words) == set(_full(one).split()),
        lambda one: wanted in _full(one).split(),
        lambda one: len(wanted) >= PREFIX_CHARS and any(part.startswith(wanted) for part in _parts(one)),
    )
    found = (tuple(one for one in active if reading(one)) for reading in readings)
    return next((staff for staff in found if staff), ())


def suggest_staff(name: str, ruleset: Ruleset) -> tuple[Staff, ...]:
    """Whom a misspelt name may mean, nearest first: to show, never to act on."""
    wanted = " ".join(_words(name))
    active = [one for one in ruleset.staff if one.active]
    near = [
        (max(score for _, score, _ in process.extract(wanted, _parts(one), scorer=fuzz.ratio)), one)
        for one in active
    ]
    ranked = sorted(near, key=lambda pair: -pair[0])
    return tuple(one for score, one in ranked if wanted and score >= NEAR_PERCENT)


def names_a_colleague(text: str, ruleset: Ruleset, but: Staff) -> Staff | None:
    """Whom a text names that says hardly more: `Bitte an Frau Weber`, `Das macht Jens Schmidt`; None for any other.

    Nobody writes that to a customer. Never the writer, who may sign so.
    """
    words = _words(text)
    if len(words) > NAMING_WORDS:
        return None
    named = {word for word in words if word not in _NAMING}
    others = (one for one in ruleset.staff if one.active and one.id != but.id)
    return next((one for one in others if named and named <= set(_full(one).split()) | {fold(one.id)}), None)


def _words(name: str) -> list[str]:
    words = [word.strip(".,:;!?<>()\"'") for word in fold(name).split()]
    return [word for word in words if word and word not in _COURTESY]


def _full(staff: Staff) -> str:
    return " ".join(_words(staff.name))


def _surname(staff: Staff) -> str:
    return _full(staff).rpartition(" ")[2]


def _parts(staff: Staff) -> list[str]:
    return [fold(staff.id), _full(staff), *_full(staff).split()]
