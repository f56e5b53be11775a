"""Who wrote, and how sure are we? Reply-To is never identity, and a From that can be read in two ways is nobody's."""

from __future__ import annotations

import re
from datetime import date

from mailroute.model import limits
from mailroute.model.address import Address, address_key, domain_of
from mailroute.model.decision import Assurance, Sender, Station, Step, rule_of
from mailroute.model.directory import Person, Relation
from mailroute.model.facts import Facts
from mailroute.model.free_mail import is_free_mail
from mailroute.model.grant import Member, Right
from mailroute.model.mail import FORM_HEADER, Door, Envelope
from mailroute.model.message import Message
from mailroute.model.plus import mailbox_on_file
from mailroute.model.ruleset import Partner, Ruleset
from mailroute.model.text import fold
from mailroute.model.ticket import Party, PartyKind
from mailroute.routing.lookalike import imitated, whose_domain

_NAME_WORD = re.compile("[a-z]+")
# Titles, and what closes a letter above a name.
_NO_NAMES = frozenset(
    "herr herrn frau familie fam eheleute dr prof dipl ing mr mrs ms und and lg vg mfg gruss gruesse gruessen viele liebe "
    "beste mit freundlichen besten lieben regards best kind".split()
)
_SIGNED_LINES = 4

_KINDS = {
    Relation.TENANT: PartyKind.TENANT,
    Relation.OWNER: PartyKind.OWNER,
    Relation.BOARD: PartyKind.OWNER,
}


def identify(
    message: Message, facts: Facts, ruleset: Ruleset, envelope: Envelope
) -> tuple[Sender, tuple[Step, ...]]:
    """Name the sender and say what proves it (design §6)."""
    if message.author is None:
        shown = message.from_[0] if message.from_ else Address("", "")
        party = Party(PartyKind.UNKNOWN, None, shown.name, shown.address)
        because = "the From line can be read in more than one way, or names nobody"
        return Sender(party, Assurance.NONE), (Step(Station.IDENTIFY, "unknown sender", because),)
    day = envelope.received_at.date()
    party = party_of(message.author, facts, ruleset, day)
    sharing = people_at(party.address, facts.found.people) if party.id is None else ()
    # A name below a text makes nobody of a firm's domain somebody: any mailbox there could claim it.
    by_address = is_known_by_address(party.address, sharing)
    if by_address and len(sharing) > 1 and (signed := _signed(message, sharing)) is not None:
        party = Party(kind_of(signed, day), signed.id, signed.name, party.address)
    assurance, proof = _assurance(message, facts, ruleset, envelope, party)
    known = (
        f"{party.kind.value} {party.name or party.address}"
        if party.kind is not PartyKind.UNKNOWN
        else "stranger"
    )
    because = f"{_who(party, message.author, facts, ruleset)}; {proof}"
    steps = [Step(Station.IDENTIFY, known, because, rule_of_party(party, facts, ruleset))]
    if imitates := imitated(party, ruleset):
        because = f"{party.address} resembles {imitates}, and is not it"
        rule = rule_of(whose_domain(imitates, ruleset))
        steps.append(Step(Station.IDENTIFY, "look-alike", because, rule))
    if facts.proof is not None and assurance is not Assurance.TOKEN:
        meant = facts.proof.recipient
        because = f"the token was made for {meant.name or meant.address}"
        rule = rule_of_party(meant, facts, ruleset)
        steps.append(Step(Station.IDENTIFY, "token not theirs alone", because, rule))
    return Sender(party, assurance), tuple(steps)


def rule_of_party(party: Party, facts: Facts, ruleset: Ruleset) -> str | None:
    """Where the files say who that is: in a line of staff, partners, people or grants; None for strangers."""
    if party.kind is PartyKind.STAFF:
        staff = ruleset.staff_by_id(party.id)
        return rule_of(staff.source) if staff else None
    if party.kind is PartyKind.PARTNER:
        firm = ruleset.partner_by_address(party.address) or _firm_at(domain_of(party.address), ruleset)
        return rule_of(firm.source) if firm else None
    people = people_behind(party, facts.found.people)
    if party.id is None and not is_known_by_address(party.address, people):
        grants = facts.access.of(party.address) if facts.access is not None else ()
        if grants:
            return grants[0].rule or None
    return rule_of(*(person.source for person in people))


def party_of(address: Address, facts: Facts, ruleset: Ruleset, day: date | None = None) -> Party:
    """Who writes from that address: staff, then partners, then people of the directory, else a stranger.

    Several people behind one address: the one whose name the mail shows, else nobody in particular (`id` None). Whoever
    is known by a firm's domain only is nobody in particular either: they may not do or see what the firm's own address may.
    Of a plus-address the party has the address on file: that is where everything goes that we send them.
    `day` decides what somebody is who moved from one flat to another; None asks about any time.
    """
    staff = ruleset.staff_by_address(address.key)
    if staff is not None:
        return Party(PartyKind.STAFF, staff.id, staff.name, address.key)
    partner = ruleset.partner_by_address(address.key)
    if partner is not None:
        return Party(PartyKind.PARTNER, partner.id, partner.name, address.key)
    people = people_at(address.key, facts.found.people)
    if not is_known_by_address(address.key, people):
        # Whom a grant names by their own address they are, whatever stands for the domain.
        if (member := _member(address.key, facts)) is not None:
            return Party(PartyKind.CUSTOMER, None, member.name or address.name, address.key)
        mailbox = None if facts.confirms else mailbox_on_file(address.key, facts.found.people)
        # Staff who live in one of the houses are known by the letter of their address all the same.
        if mailbox is not None and not _works_for_us(mailbox, ruleset):
            return party_of(Address(address.name, mailbox), facts, ruleset, day)
        if (firm := _firm_at(address.domain, ruleset)) is not None:
            return Party(PartyKind.PARTNER, None, firm.name, address.key)
        if people:
            return Party(kind_of(people[0], day), None, address.name or people[0].name, address.key)
        return Party(PartyKind.UNKNOWN, None, address.name, address.key)
    one = people[0] if len(people) == 1 else _named(address.name, people)
    if one is None:
        return Party(kind_of(people[0], day), None, address.name, address.key)
    return Party(kind_of(one, day), one.id, one.name, address.key)


def _works_for_us(address: str, ruleset: Ruleset) -> bool:
    return (ruleset.staff_by_address(address) or ruleset.partner_by_address(address)) is not None


def _firm_at(domain: str, ruleset: Ruleset) -> Partner | None:
    """The partner whose domain that is, or a parent of it."""
    return next(
        (p for p in ruleset.partners if any(domain == d or domain.endswith(f".{d}") for d in p.domains)), None
    )


def _member(address: str, facts: Facts) -> Member | None:
    """Somebody whom only a grant names: an employee, a relative."""
    grants = facts.access.of(address) if facts.access is not None else ()
    return grants[0].member(address) if grants else None


def people_at(address: str, people: tuple[Person, ...]) -> tuple[Person, ...]:
    """Everybody with exactly that address; without any, those who stand for its whole domain (`@firm.example`).

    Nobody stands for a domain where anybody may have a mailbox.
    """
    domain = address.rpartition("@")[2]
    for wanted in (address,) if is_free_mail(domain) else (address, f"@{domain}"):
        found = tuple(p for p in people if any(address_key(a.address) == wanted for a in p.addresses))
        if found:
            return found
    return ()


def people_behind(party: Party, people: tuple[Person, ...]) -> tuple[Person, ...]:
    """The person who wrote; all who share the address where it is not clear who of them did."""
    if party.kind in (PartyKind.STAFF, PartyKind.PARTNER):
        return ()
    if party.id is not None:
        return tuple(person for person in people if person.id == party.id)
    return people_at(party.address, people)


def is_known_by_address(address: str, people: tuple[Person, ...]) -> bool:
    """Whether these people have exactly that address, not only its domain."""
    return any(address_key(one.address) == address for person in people for one in person.addresses)


def kind_of(person: Person, day: date | None) -> PartyKind:
    """What a person is to us on a day: by the first flat they rent or own then, else at any time, else a customer."""
    now = [o for o in person.occupancies if day is None or o.validity.covers(day)]
    occupancies = now or list(person.occupancies)
    return _KINDS[occupancies[0].relation] if occupancies else PartyKind.CUSTOMER


def _named(name: str, people: tuple[Person, ...]) -> Person | None:
    """The one of them who is called so: exactly, else by all words of the shorter name (Jan, Kurz, Jan, Herr Jan Kurz)."""
    same = [person for person in people if name and fold(person.name) == fold(name)]
    said = _words_of_name(name)
    fitting = same or [
        person
        for person in people
        if (theirs := _words_of_name(person.name)) and said and (said <= theirs or theirs <= said)
    ]
    return fitting[0] if len(fitting) == 1 else None


def _words_of_name(name: str) -> frozenset[str]:
    return frozenset(_NAME_WORD.findall(fold(name))) - _NO_NAMES


def _signed(message: Message, people: tuple[Person, ...]) -> Person | None:
    """The one of them whose name stands first below the text."""
    for line in message.signature.split("\n", _SIGNED_LINES)[:_SIGNED_LINES]:
        if found := _named(line[: limits.NAME_CHARS], people):
            return found
    return None


def _who(party: Party, author: Address, facts: Facts, ruleset: Ruleset) -> str:
    match party.kind:
        case PartyKind.PARTNER if party.id is None:
            return f"{author.key} has a domain of {party.name}"
        case PartyKind.STAFF | PartyKind.PARTNER:
            return f"{author.key} is an address of {party.id}"
        case PartyKind.UNKNOWN:
            return f"nobody here knows {author.key}"
        case _ if party.address != author.key:
            on_file = _who(party, Address(author.name, party.address), facts, ruleset)
            return f"{author.key} is {party.address} with a word behind a plus; {on_file}"
        case _:
            people = people_at(author.key, facts.found.people)
            if not is_known_by_address(author.key, people) and _member(author.key, facts) is not None:
                return f"{author.key} is a member of a grant"
            names = ", ".join(person.name for person in people)
            if not is_known_by_address(author.key, people):
                return f"{author.key} has the domain of {names}"
            if len(people) == 1:
                return f"{author.key} belongs to {names}"
            told = "" if party.id is None else f", and the mail shows the name of {party.name}"
            return f"{author.key} is shared by {names}{told}"


def border_of(message: Message, envelope: Envelope) -> str | None:
    """The mail server that has to confirm senders here. A mail without its word has come past it, which is no yes."""
    if is_signed_in(message, envelope):
        return None
    return message.auth.border or next(iter(envelope.borders), None)


def is_signed_in(message: Message, envelope: Envelope) -> bool:
    """Whether the author wrote it on our own pages, signed in. Only that door can say so, and nothing in a mail."""
    author, login = message.author, envelope.login
    return (
        envelope.door is Door.WEB
        and author is not None
        and login is not None
        and address_key(login) == author.key
    )


def right_of_form(message: Message, envelope: Envelope) -> Right | None:
    """The right that opened the form of our pages in which this was written; None for every other mail."""
    if not is_signed_in(message, envelope):
        return None
    said = next((value for name, value in message.headers if name == FORM_HEADER.lower()), "")
    return next((one for one in Right if one.value == said), None)


def _assurance(
    message: Message, facts: Facts, ruleset: Ruleset, envelope: Envelope, party: Party
) -> tuple[Assurance, str]:
    """How sure, and the words for it. Where there is a border, a token has force only if it confirms the sender.

    A mail without any word of the border has come past it: that is not a yes (reliability §4).
    """
    logged_in = _is_login_of(party, ruleset, envelope)
    border = border_of(message, envelope)
    doubted = border is not None and not message.auth.aligned and not logged_in
    if facts.proof is not None and _is_recipient(facts.proof.recipient, party):
        if not doubted:
            return Assurance.TOKEN, f"and the {facts.proof.via} carries the token made for them"
        return (
            Assurance.ADDRESS,
            f"the token is theirs, but {border} has not confirmed the sender's domain",
        )
    if logged_in:
        return Assurance.AUTHENTICATED, "who logged in to send it"
    if is_signed_in(message, envelope):
        return Assurance.AUTHENTICATED, "who wrote it on our pages, signed in"
    if message.auth.aligned:
        return Assurance.AUTHENTICATED, f"{message.auth.border} confirmed the domain"
    return Assurance.ADDRESS, "only the From line says so"


def _is_login_of(party: Party, ruleset: Ruleset, envelope: Envelope) -> bool:
    if envelope.login is None:
        return False
    login = address_key(envelope.login)
    staff = ruleset.staff_by_address(login) or ruleset.staff_by_id(login)
    return staff is not None and staff.active and party.kind is PartyKind.STAFF and party.id == staff.id


def _is_recipient(recipient: Party, party: Party) -> bool:
    """A token counts only in the hands of the one it was made for (reliability §4)."""
    if party.kind is PartyKind.STAFF or recipient.kind is PartyKind.STAFF:
        return (recipient.kind, recipient.id) == (party.kind, party.id)
    return address_key(recipient.address) == address_key(party.address)
