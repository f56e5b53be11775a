"""Which of our columns a column of another program is: as said, by our own name, or by a heading that usually means it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from mailroute.admin.impossible import Impossible
from mailroute.model.text import fold

ROLE = "role:"
# German and English headings of the programs that offices use, as `plain` leaves them. Of two columns that mean one of
# ours, the first is taken.
_USUAL: dict[str, str] = {
    "name": "mieter mietername eigentuemer eigentuemername person nachname vorundnachname bezeichnung objektname objektbezeichnung "
    "tenant tenantname owner ownername fullname lastname propertyname",
    "email": "mail emailadresse mailadresse emailadressen emailprivat emailaddress",
    "property": "objekt objektnr objektnummer objektid liegenschaft liegenschaftsid liegenschaftsnummer liegenschaftsnr immobilie "
    "haus weg wirtschaftseinheit propertyid building buildingid",
    "unit": "einheit einheitennr einheitennummer wohnung wohnungsnr wohnungsnummer we wenr nutzeinheit flat apartment unitno",
    "units": "einheiten wohnungen nutzeinheiten flats apartments",
    "from": "von beginn mietbeginn einzug einzugsdatum vertragsbeginn gueltigab gueltigvon start startdate movein validfrom",
    "to": "bis ende mietende auszug auszugsdatum vertragsende gueltigbis end enddate moveout validto",
    "relation": "beziehung art personenart kontaktart type",
    "language": "sprache",
    "contract": "vertrag vertragsnummer vertragsnr mietvertrag mietvertragsnummer policennummer policennr police contractnumber contractno "
    "policynumber policy lease",
    "party": "vertragspartner kunde kundenname versicherungsnehmer mieter mietername tenant customer policyholder",
    "adviser": "berater beraterid advisor",
    "clerk": "sachbearbeiter sachbearbeiterid bearbeiter",
    "line_of_business": "sparte lineofbusiness",
    "product": "produkt produktname tarif productname tariff",
    "status": "vertragsstatus",
    "street": "strasse anschrift adresse address streetname",
    "house_number": "hausnummer hausnr hnr housenumber houseno",
    "postcode": "plz postleitzahl zip zipcode postalcode",
    "town": "ort stadt wohnort city",
    "calendar": "kalender",
    "aliases": "andererbezeichnung spitzname alias",
    "phone": "telefon telefonnummer tel mobil mobiltelefon handy telephone mobile phonenumber",
    "number": "kundennummer kundennr mieternummer mieternr customernumber customerno",
    "iban": "kontonummer bankverbindung",
    "role": "rolle aufgabe funktion zustaendigkeit job function responsibility",
    "staff": "kontakt kontaktid mitarbeiter mitarbeiterid mitarbeitende zustaendig zustaendigeperson person ansprechpartner benutzer "
    "employee contact contactid responsible assignee",
    "id": "nummer nr kennung personennummer personid objektnummer objektnr objektid liegenschaftsid liegenschaftsnummer "
    "liegenschaftsnr objekt propertyid",
}  # fmt: skip
# Part of another column where the table has none of its own: `Max-Planck-Str. 12`, `81675 München`.
_WITHIN = {"house_number": ("street",), "postcode": ("town", "street"), "town": ("street",)}


def known_headings(ours: Sequence[str]) -> dict[str, str]:
    """Heading, plain → our column, for a table with our columns `ours`."""
    # "Objekt" is the id in a table of properties, and in any other the property that is spoken of: `id` yields.
    in_turn = sorted(ours, key=lambda name: name != "id")
    return {other: name for name in in_turn for other in _USUAL.get(name, "").split()} | {
        plain(name): name for name in ours
    }


def plain(heading: str) -> str:
    """A heading as it is compared: small letters and digits."""
    return re.sub(r"[^a-z0-9]", "", fold(heading))


def map_columns(columns: Sequence[str], ours: Sequence[str], said: Mapping[str, str]) -> dict[str, str]:
    """Their column → ours. Raises Impossible if what was said names a column that is not there."""
    wanted = {key.strip().lower(): name for key, name in said.items()}
    _check_said(columns, ours, wanted)
    usual = known_headings(ours)
    found: dict[str, str] = {}
    taken = {name for name in wanted.values() if name}
    for column in columns:
        lower = column.lower()
        if lower in wanted:
            name = wanted[lower]
        else:
            name = lower if lower.startswith(ROLE) and "roles" in ours else usual.get(plain(column), "")
            name = "" if name in taken else name
        if name and name not in found.values():
            found[column] = name
    return found


def _check_said(columns: Sequence[str], ours: Sequence[str], wanted: Mapping[str, str]) -> None:
    there = {column.lower() for column in columns}
    for column, name in wanted.items():
        if column not in there:
            raise Impossible(
                f"--map {column}={name}: the file has no column {column}; there are {', '.join(columns)}"
            )
        if name and name not in ours and not (name.startswith(ROLE) and "roles" in ours):
            raise Impossible(f"--map {column}={name}: there is no such column; there are {', '.join(ours)}")


def check_complete(columns: Sequence[str], required: Sequence[str], mapping: Mapping[str, str]) -> None:
    """Raise Impossible if a column that must be there has no source."""
    for name in required:
        if not {name, *_WITHIN.get(name, ())} & set(mapping.values()):
            raise Impossible(
                f"no column gives `{name}`: say --map COLUMN={name} (there are {', '.join(filter(None, columns))})"
            )
