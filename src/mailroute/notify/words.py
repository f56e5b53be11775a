"""How we say things in German and English: greetings, dates, sizes, kinds of people, the verbs of commands.

Wording that belongs to one letter stands in its template; here is only what has to be computed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from mailroute.model.need import Need
from mailroute.model.ticket import PartyKind

LANGUAGES = ("de", "en")


@dataclass(frozen=True, slots=True)
class Verbs:
    """The first lines that the buttons of a letter fill in; with a colon where words are to follow."""

    accept: str
    take: str
    reject: str
    assign: str
    note: str
    close: str
    reopen: str
    send: str
    help: str


VERBS = {
    "de": Verbs(
        accept="annehmen",
        take="übernehmen",
        reject="ablehnen: ",
        assign="weiter an: ",
        note="notiz: ",
        close="erledigt: ",
        reopen="wieder öffnen",
        send="senden",
        help="hilfe",
    ),
    "en": Verbs(
        accept="accept",
        take="take",
        reject="reject: ",
        assign="assign: ",
        note="note: ",
        close="close: ",
        reopen="reopen",
        send="send",
        help="help",
    ),
}

_URGENCY = {
    "de": {1: "sofort", 2: "dringend", 3: "normal", 4: "kann warten"},
    "en": {1: "immediate", 2: "urgent", 3: "normal", 4: "can wait"},
}
_KINDS = {
    "de": {
        PartyKind.TENANT: "Mietpartei",
        PartyKind.OWNER: "Eigentum",
        PartyKind.CUSTOMER: "Kundschaft",
        PartyKind.STAFF: "Team",
        PartyKind.PARTNER: "Partnerfirma",
        PartyKind.UNKNOWN: "nicht im Bestand",
    },
    "en": {
        PartyKind.TENANT: "tenant",
        PartyKind.OWNER: "owner",
        PartyKind.CUSTOMER: "customer",
        PartyKind.STAFF: "team",
        PartyKind.PARTNER: "partner firm",
        PartyKind.UNKNOWN: "not in our records",
    },
}
_SALUTATIONS = {"frau": "Ms", "herr": "Mr", "herrn": "Mr", "ms": "Ms", "mrs": "Mrs", "mr": "Mr"}
_GERMAN_SALUTATIONS = {"Ms": "Frau", "Mrs": "Frau", "Mr": "Herr"}

# What no name of a person has: digits, an address, a link, a path.
_NO_NAME = re.compile(r"[0-9@/\\<>:;_*=|{}\[\]]")
_TURNED_NAME = re.compile(r"([^,]{2,40}), ([^,]{2,40})")


# What a reporter is asked for, and what staff see is missing.
_NEEDS = {
    "de": {
        Need.PROPERTY: ("Um welche Adresse geht es (Straße, Hausnummer, Ort)?", "Adresse"),
        Need.UNIT: (
            "Um welche Wohnung oder Einheit geht es (Nummer, Stockwerk, Lage)?",
            "Wohnung oder Einheit",
        ),
        Need.CONTRACT: ("Um welchen Vertrag geht es (Vertrags- oder Schadennummer)?", "Vertrag"),
        Need.PHONE: ("Unter welcher Telefonnummer sind Sie erreichbar?", "Telefonnummer"),
        Need.PHOTO: ("Können Sie uns ein Foto schicken?", "Foto"),
        Need.ATTACHMENT: ("Bitte schicken Sie uns die Unterlagen als Anhang.", "Anhang"),
        Need.METER_READING: ("Wie ist der Zählerstand (mit Einheit, etwa kWh oder m³)?", "Zählerstand"),
        Need.DATE: ("Um welches Datum geht es?", "Datum"),
    },
    "en": {
        Need.PROPERTY: ("Which address is it about (street, number, town)?", "address"),
        Need.UNIT: ("Which flat or unit is it about (number, floor, side)?", "flat or unit"),
        Need.CONTRACT: ("Which contract is it about (contract or claim number)?", "contract"),
        Need.PHONE: ("At which telephone number can we reach you?", "telephone number"),
        Need.PHOTO: ("Could you send us a photo?", "photo"),
        Need.ATTACHMENT: ("Please send us the documents as an attachment.", "attachment"),
        Need.METER_READING: (
            "What is the meter reading (with its unit, such as kWh or m³)?",
            "meter reading",
        ),
        Need.DATE: ("Which date is it about?", "date"),
    },
}


def known_language(language: str | None, otherwise: str) -> str:
    """One of LANGUAGES: the reader's, else the organisation's, else German."""
    for wanted in (language, otherwise):
        if wanted in LANGUAGES:
            return wanted
    return "de"


def greeting(name: str, language: str) -> str:
    """`Guten Tag Frau Huber` where the salutation is part of the name, else `Guten Tag Petra Huber`, else no name."""
    hello = "Hello" if language == "en" else "Guten Tag"
    called = _called(name, language)
    return f"{hello} {called}" if called else hello


def _called(name: str, language: str) -> str:
    """The name to greet with; a person's own order ("Huber, Petra" as Outlook writes it) is turned round."""
    name = " ".join(name.split())
    if not name or len(name) > 60 or _NO_NAME.search(name):
        return ""
    if turned := _TURNED_NAME.fullmatch(name):
        name = f"{turned[2]} {turned[1]}"
    first, blank, rest = name.partition(" ")
    salutation = _SALUTATIONS.get(first.rstrip(".").lower())
    if salutation is None or not blank:
        return name if salutation is None else ""
    # First name and surname: the surname will do. With titles, particles or more names nobody can tell.
    parts = rest.split(" ")
    if len(parts) == 2 and all(part[0].isupper() and part[-1] != "." for part in parts):
        rest = parts[1]
    return f"{salutation if language == 'en' else _GERMAN_SALUTATIONS[salutation]} {rest}"


def without_salutation(name: str) -> str:
    """`Frau Petra Huber` signs as `Petra Huber`."""
    first, _, rest = name.partition(" ")
    return rest if rest and first.rstrip(".").lower() in _SALUTATIONS else name


def urgency(level: int, language: str) -> str:
    """1 `sofort` to 4 `kann warten`."""
    return _URGENCY[language].get(level, _URGENCY[language][3])


def kind(of: PartyKind, language: str) -> str:
    """What somebody is to the organisation, without naming a gender; "" for the clock and the rules."""
    return _KINDS[language].get(of, "")


def asks_for(need: Need, language: str) -> str:
    """The question to a reporter."""
    return _NEEDS[language][need][0]


def missing(need: Need, language: str) -> str:
    """What staff read about it."""
    return _NEEDS[language][need][1]


def size(size_bytes: int, language: str) -> str:
    """`640 kB`, `2,4 MB`."""
    if size_bytes < 1_000_000:
        return f"{max(1, round(size_bytes / 1000))} kB"
    megabytes = f"{size_bytes / 1_000_000:.1f} MB"
    return megabytes if language == "en" else megabytes.replace(".", ",")
