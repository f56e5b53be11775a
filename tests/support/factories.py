"""Values for tests: each factory takes only what the test is about and fills in the rest from the demo's firm.

ABC Hausverwaltung: Huber holds buchhaltung, Schmidt sachbearbeitung at Max-Planck-Straße 12, Müller rents WE 03
there, Zeiler holds triage (the zentrale). Instants are Monday, 2 February 2026, 09:00 UTC.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from mailroute.model.address import Address
from mailroute.model.calendar import Calendar
from mailroute.model.condition import Condition
from mailroute.model.decision import Assurance, Matched, Sender
from mailroute.model.directory import (
    Contract,
    Directory,
    Found,
    Lookup,
    LookupKind,
    Occupancy,
    Person,
    Property,
    Relation,
    Responsibility,
    Unit,
)
from mailroute.model.facts import Facts
from mailroute.model.keys import Keys
from mailroute.model.lookup import lookups
from mailroute.model.mail import Door, Envelope
from mailroute.model.message import Authentication, Automatic, Message
from mailroute.model.ruleset import (
    CaseType,
    Deadlines,
    Evidence,
    Inbox,
    Organisation,
    Partner,
    Role,
    Ruleset,
    Source,
    Staff,
    ToChain,
    ToRole,
)
from mailroute.model.text import Text
from mailroute.model.ticket import Party, PartyKind, Place, Status, Ticket
from mailroute.routing.streets import build

NOW = datetime(2026, 2, 2, 9, 0, tzinfo=UTC)
TODAY = date(2026, 2, 2)
INBOX = "service@abc-hausverwaltung.example"
MUELLER = Address("Max Müller", "mueller@mieter.example")

_DAY = ((480, 1020),)
_OFFICE: tuple[tuple[tuple[int, int], ...], ...] = (_DAY, _DAY, _DAY, _DAY, _DAY, (), ())
_NO_AUTH = Authentication(border=None, aligned=False, results=())


def a_message(
    text: str = "Guten Tag,\n\nich habe eine Frage.",
    subject: str = "Anfrage",
    author: Address | str | None = MUELLER,
    *,
    new_text: str | None = None,
    **more: object,
) -> Message:
    """A mail of Herr Müller. `author` None: the From is not to be trusted; `more` sets any other field."""
    if isinstance(author, str):
        author = Address("", author)
    base = Message(
        message_id="<mail1@mieter.example>",
        in_reply_to=(),
        references=(),
        date=NOW,
        subject=subject,
        from_=(author,) if author else (MUELLER,),
        author=author,
        reply_to=(),
        to=(Address("", INBOX),),
        cc=(),
        text=text,
        new_text=text if new_text is None else new_text,
        attachments=(),
        language="de",
        auth=_NO_AUTH,
        automatic=Automatic.PERSON,
        signals=(),
        forwarded=None,
        bounce=None,
        instances=(),
        hops=2,
        headers=(),
        defects=(),
    )
    return replace(base, **more)  # type: ignore[arg-type]  # the names are Message's own


def an_envelope(mail_from: str = MUELLER.address, *rcpt_to: str, **more: object) -> Envelope:
    """The envelope of one intake of the demo's inbox."""
    base = Envelope(
        mail_id=1,
        intake_id=1,
        organisation="abc",
        inbox=INBOX,
        door=Door.SMTP,
        mail_from=mail_from,
        rcpt_to=rcpt_to or (INBOX,),
        received_at=NOW,
    )
    return replace(base, **more)  # type: ignore[arg-type]  # the names are Envelope's own


def a_staff(staff_id: str, name: str = "", **more: object) -> Staff:
    """Somebody of the firm, writing from `id@abc-hausverwaltung.example`."""
    base = Staff(
        id=staff_id,
        name=name or staff_id.capitalize(),
        address=f"{staff_id}@abc-hausverwaltung.example",
        also=(),
        language="de",
        calendar="buero",
        roles_for_new_properties=(),
        active=True,
        source=Source("staff.yaml", 2),
    )
    return replace(base, **more)  # type: ignore[arg-type]  # the names are Staff's own


def a_role(role_id: str, *site_wide: str) -> Role:
    """A job, perhaps with people who hold it everywhere."""
    return Role(role_id, Text(role_id.capitalize()), site_wide, Source("roles.yaml", 2))


def a_case_type(
    case_type_id: str,
    target: str | ToChain = "sachbearbeitung",
    evidence: dict[str, float] | None = None,
    *,
    when: Condition | None = None,
    **more: object,
) -> CaseType:
    """A kind of matter for a role (or chain), spoken for by `evidence` word → weight."""
    base = CaseType(
        id=case_type_id,
        name=Text(case_type_id.capitalize()),
        target=ToRole(target) if isinstance(target, str) else target,
        inform=(),
        urgency=3,
        when=when,
        evidence=tuple(Evidence(text, weight) for text, weight in (evidence or {}).items()),
        deadlines=a_deadlines(),
        emergency=False,
        needs=(),
        source=Source("case-types.yaml", 12),
    )
    return replace(base, **more)  # type: ignore[arg-type]  # the names are CaseType's own


def a_deadlines(**more: object) -> Deadlines:
    """A reminder after four working hours, then daily, escalation after eight."""
    base = Deadlines(timedelta(hours=4), timedelta(hours=8), timedelta(hours=8), timedelta(hours=40))
    return replace(base, **more)  # type: ignore[arg-type]  # the names are Deadlines' own


def a_calendar(calendar_id: str = "buero", region: str | None = "DE-BY") -> Calendar:
    """Monday to Friday, eight to five, in Munich."""
    return Calendar(calendar_id, "Europe/Berlin", _OFFICE, region)


def an_organisation(**more: object) -> Organisation:
    """ABC Hausverwaltung with one inbox."""
    base = Organisation(
        id="abc",
        name="ABC Hausverwaltung",
        language="de",
        inboxes=(Inbox(INBOX, "ABC Hausverwaltung"),),
        triage_role="zentrale",
        fallback_role="objektbetreuung",
        calendar="buero",
        footer=Text("ABC Hausverwaltung", "ABC property management"),
        answer_hold=timedelta(minutes=2),
    )
    return replace(base, **more)  # type: ignore[arg-type]  # the names are Organisation's own


RECHNUNG = a_case_type(
    "rechnung", "buchhaltung", {"rechnung": 3, "faktura": 3, "gutschrift": 2, "mahnung": 2}, urgency=3
)
SCHADEN = a_case_type(
    "schadensmeldung",
    "sachbearbeitung",
    {"schaden": 3, "defekt": 2, "kaputt": 2, "rohrbruch": 4, "dachrinne": 2, "heizung": 2},
    urgency=2,
)


def a_ruleset(**more: object) -> Ruleset:
    """The rules of the demo's firm in small."""
    base = Ruleset(
        hash="f" * 16,
        organisation=an_organisation(),
        roles=(
            a_role("buchhaltung"),
            a_role("sachbearbeitung"),
            a_role("objektbetreuung"),
            a_role("leitung", "lang"),
            a_role("zentrale", "zeiler"),
        ),
        staff=(
            a_staff("huber", "Anna Huber"),
            a_staff("schmidt", "Bernd Schmidt"),
            a_staff("weber", "Clara Weber"),
            a_staff("lang", "Dora Lang"),
            a_staff("zeiler", "Emil Zeiler"),
        ),
        case_types=(RECHNUNG, SCHADEN),
        calendars=(a_calendar(),),
        partners=(
            Partner(
                "rohrfrei",
                "Rohrfrei GmbH",
                "auftrag@rohrfrei.example",
                1,
                None,
                "buero",
                Source("partners.yaml", 2),
            ),
        ),
    )
    return replace(base, **more)  # type: ignore[arg-type]  # the names are Ruleset's own


def a_property(
    property_id: str = "max-planck-12",
    street: str = "Max-Planck-Straße",
    house_number: str = "12",
    *units: str,
    roles: dict[str, tuple[str, ...]] | None = None,
    **more: object,
) -> Property:
    """A building; `units` are names ("WE 03"), their ids are `<property>-we03`."""
    held = {"buchhaltung": ("huber",), "sachbearbeitung": ("schmidt",)} if roles is None else roles
    base = Property(
        id=property_id,
        name="",
        street=street,
        house_number=house_number,
        postcode="80333",
        town="München",
        units=tuple(
            Unit(f"{property_id}-{name.lower().replace(' ', '')}", property_id, name)
            for name in units or ("WE 01", "WE 03")
        ),
        responsibilities=tuple(Responsibility(role, staff) for role, staff in held.items()),
    )
    return replace(base, **more)  # type: ignore[arg-type]  # the names are Property's own


def a_person(
    person_id: str = "mueller",
    name: str = "Max Müller",
    address: str = MUELLER.address,
    *lives_in: str,
    **more: object,
) -> Person:
    """A tenant of the units `lives_in`, given as "property/unit"; by default of WE 03."""
    places = [place.partition("/") for place in lives_in or ("max-planck-12/max-planck-12-we03",)]
    base = Person(
        id=person_id,
        name=name,
        addresses=(Address(name, address),),
        language="de",
        occupancies=tuple(Occupancy(Relation.TENANT, house, unit or None) for house, _, unit in places),
    )
    return replace(base, **more)  # type: ignore[arg-type]  # the names are Person's own


def a_contract(contract_id: str = "v1", number: str = "V-4711/0815", **more: object) -> Contract:
    """A contract without property."""
    return replace(Contract(contract_id, number), **more)  # type: ignore[arg-type]  # the names are Contract's own


def a_directory(
    properties: Iterable[Property] | None = None,
    people: Iterable[Person] | None = None,
    contracts: Iterable[Contract] = (),
) -> Directory:
    """Max-Planck-Straße 12 and Herr Müller, or what is given."""
    return Directory(
        (a_property(),) if properties is None else tuple(properties),
        (a_person(),) if people is None else tuple(people),
        tuple(contracts),
    )


def found(keys: Keys, directory: Directory) -> Found:
    """What `store.facts.gather` finds for `keys`, without a store."""
    asked = {place.key for place in keys.places} | {word.key for word in (*keys.numbers, *keys.aliases)}
    asked |= {word.key for word in (*keys.phones, *keys.ibans)}
    asked |= set(keys.addresses) | {place.key.partition("|")[0] + "|" for place in keys.places}
    ways = tuple(lookups(directory))
    hits = tuple(hit for hit in ways if hit.key in asked)
    streets = build(hit.key.rstrip("|") for hit in ways if hit.kind is LookupKind.STREET)
    near = {one.key: one.written for one in streets.near_places(keys, hits)}
    hits += tuple(
        replace(hit, near=near[hit.key]) for hit in ways if hit.kind is LookupKind.PLACE and hit.key in near
    )
    contracts = [c for c in directory.contracts if _hit(hits, "contract", c.id)]
    people = [p for p in directory.people if _hit(hits, "person", p.id)]
    contracts += [
        c for c in directory.contracts if c not in contracts and any(c.id in p.contracts for p in people)
    ]
    wanted = {h.target for h in hits if h.target_kind == "property"}
    wanted |= {c.property for c in contracts if c.property}
    wanted |= {o.property for p in people for o in p.occupancies}
    unit_ids = {h.target for h in hits if h.target_kind == "unit"} | {c.unit for c in contracts}
    unit_ids |= {o.unit for p in people for o in p.occupancies}
    units = [u for p in directory.properties for u in p.units if u.id in unit_ids]
    wanted |= {u.property for u in units}
    properties = tuple(p for p in directory.properties if p.id in wanted)
    return Found(hits, properties, tuple(people), tuple(contracts), tuple(units))


def _hit(hits: tuple[Lookup, ...], kind: str, target: str) -> bool:
    return any(h.target_kind == kind and h.target == target for h in hits)


def facts_about(keys: Keys, directory: Directory | None = None, **more: object) -> Facts:
    """The facts of a new mail: what the directory knows, no past."""
    base = Facts(found=found(keys, directory or a_directory()), fresh_number=10428)
    return replace(base, **more)  # type: ignore[arg-type]  # the names are Facts' own


def a_party(kind: PartyKind = PartyKind.TENANT, party_id: str | None = "mueller", **more: object) -> Party:
    """Herr Müller, or somebody else."""
    base = Party(kind, party_id, MUELLER.name, MUELLER.address)
    return replace(base, **more)  # type: ignore[arg-type]  # the names are Party's own


def a_sender(kind: PartyKind = PartyKind.TENANT, party_id: str | None = "mueller", **more: object) -> Sender:
    """Herr Müller, known by his address."""
    return Sender(a_party(kind, party_id, **more), Assurance.ADDRESS)


def a_match(property_id: str | None = "max-planck-12", **more: object) -> Matched:
    """What match found: the demo's property, nothing in doubt."""
    base = Matched(property_id, None, None, candidates=(), ambiguous=False, steps=())
    return replace(base, **more)  # type: ignore[arg-type]  # the names are Matched's own


def a_ticket(number: int = 10428, **more: object) -> Ticket:
    """Herr Müller's damage report, offered to Herr Schmidt."""
    base = Ticket(
        organisation="abc",
        number=number,
        version=2,
        status=Status.OFFERED,
        inbox=INBOX,
        subject="Gebäudeschaden",
        reporter=a_party(),
        language="de",
        case_type="schadensmeldung",
        urgency=2,
        place=Place("max-planck-12", "max-planck-12-we03"),
        role="sachbearbeitung",
        assignee="schmidt",
        holders=(),
        opened_at=NOW - timedelta(hours=2),
        changed_at=NOW - timedelta(hours=2),
        closed_at=None,
        reminders=0,
        last_message_id="<mail1@mieter.example>",
    )
    return replace(base, **more)  # type: ignore[arg-type]  # the names are Ticket's own
