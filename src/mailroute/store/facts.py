"""Gather everything a decision may know of the past, in one read snapshot; the only reads it may depend on.

Here a token becomes a proof: what a mail claims (`Keys`) is tried against whom a letter really went to.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection, bindparam, select

from mailroute.model import limits, tokens
from mailroute.model.access import Access
from mailroute.model.address import address_key
from mailroute.model.directory import Found, Lookup, LookupKind
from mailroute.model.facts import Facts, Proof, SentLetter, Turn
from mailroute.model.keys import Keys, Names, ReplyTag
from mailroute.model.mail import Door, Envelope
from mailroute.model.plus import mailbox_on_file
from mailroute.model.ticket import Party, PartyKind, Ticket
from mailroute.model.tokens import Keyring
from mailroute.model.traffic import Scope, Traffic
from mailroute.store import directory
from mailroute.store import tables as t
from mailroute.store.absences import absences
from mailroute.store.apply import local_day
from mailroute.store.columns import AnyRow, index_keys, message_key
from mailroute.store.gathering import gathered, turns
from mailroute.store.grants import access, grants_of, reporters
from mailroute.store.invitations import may_confirm
from mailroute.store.past import of_ticket
from mailroute.store.ready import Ready
from mailroute.store.tickets import parties, readers, ticket
from mailroute.store.traffic import concerning

# One mail names no more of these in earnest; a hostile one could name thousands.
_TAGS = 20
_MENTIONED = 20
_MESSAGE_IDS = 100


def gather(
    conn: Connection,
    keys: Keys,
    envelope: Envelope,
    *,
    author: str | None,
    keyring: Keyring,
    content_key: str,
    fresh_number: int | None,
    now: datetime,
    names: Names,
    original_message_id: str | None = None,
) -> Facts:
    """Read what the mail's keys lead to. `author` is the address that was identified, None for nobody.

    What was counted and granted is that of the mailbox on file, where the author wrote from a plus-address of it, but
    an invitation is confirmed from the very address that it went to.
    `names` are those of this snapshot's directory. `original_message_id` is the letter that a bounce says it is about.
    """
    org = envelope.organisation
    found = found_by(conn, org, keys, author, names)
    confirms = author is not None and may_confirm(
        conn, org, address_key(author), keys.invitations, keyring, now
    )
    author = author if confirms else _on_file(conn, org, author, found)
    signed_in = _signed_in(envelope)
    proven, proof = _proof(conn, org, keys.reply_tags, keyring, author, signed_in) or (None, None)
    thread = None if proof else _thread(conn, org, keys.message_ids)
    bounced = _bounced(conn, keys, envelope, keyring, original_message_id)
    # A genuine report is about its letter's ticket; without `proof` that lets nobody into it.
    mentioned = _mentioned(conn, org, keys.ticket_numbers)
    current = proven or (_ticket_of_letter(conn, org, bounced) if bounced else None)
    about = current or thread
    others = reporters(current, thread, *mentioned)
    token_of = (proof.recipient.address,) if proof is not None else ()
    granted = access(conn, org, author, (*others, *token_of))
    traffic = concerning(conn, org, author, about.number if about else None, now)
    base = of_ticket(conn, about, acts=proof is not None and proof.recipient.is_staff)
    houses = [one.id for one in found.properties]
    return replace(
        base,
        found=found,
        ticket=current,
        proof=proof,
        thread=thread,
        mentioned=mentioned,
        duplicate_of=_duplicate_of(conn, envelope, content_key),
        bounced=bounced,
        acknowledgements_today=_acknowledgements(conn, org, author, now) if author else 0,
        away=absences(conn, org),
        access=granted,
        account_manager=_account_manager(granted, author),
        confirms=confirms,
        gathered=gathered(conn, org, houses),
        turns=_turns(conn, org, base, found),
        fresh_number=fresh_number,
        traffic=traffic,
        storm=_storm(conn, org, traffic),
        instances=tokens.instance_names(keyring, org),
    )


def _on_file(conn: Connection, org: str, author: str | None, found: Found) -> str | None:
    """The author's address as the directory has it: a plus-address is their mailbox's, unless somebody has just that."""
    mailbox = mailbox_on_file(author, found.people) if author else None
    if author is None or mailbox is None:
        return author
    known = (address_key(one.address) for person in found.people for one in person.addresses)
    own = address_key(author) in known or bool(grants_of(conn, org, [address_key(author)]))
    return author if own else mailbox


def gather_for_ticket(conn: Connection, organisation: str, number: int, author: str | None = None) -> Facts:
    """The same for a timer, or a command from the command line or the web: only the ticket is known.

    `author` is the customer who acts, None where staff or the clock does.
    """
    current = ticket(conn, organisation, number)
    facts = replace(
        of_ticket(conn, current, acts=True),
        away=absences(conn, organisation),
        access=access(conn, organisation, author, reporters(current)),
    )
    return with_turns(conn, organisation, facts)


def with_turns(conn: Connection, organisation: str, facts: Facts) -> Facts:
    """Whose turn it is at every property that the decision may give the ticket to."""
    return replace(facts, turns=_turns(conn, organisation, facts, facts.found))


def _turns(conn: Connection, org: str, about: Facts, found: Found) -> tuple[Turn, ...]:
    """The same, where `about` says what the ticket is about and whom it has asked."""
    lists = (about.offer, about.question)
    houses = [*found.properties, *(house for one in lists if one is not None for house in one.houses)]
    if about.place[0] is not None:
        houses.append(about.place[0])
    return turns(conn, org, list(dict.fromkeys(one.id for one in houses)))


def _account_manager(granted: Access | None, author: str | None) -> str | None:
    """Who looks after the author: of the main grant, else of another one (REQ-A4; ambiguity 6)."""
    theirs = granted.of(address_key(author)) if granted is not None and author else ()
    return next((one.account_manager for one in theirs if one.account_manager is not None), None)


# --- what the mail claims -----------------------------------------------------------------------------------


def _proof(
    conn: Connection,
    org: str,
    tags: Iterable[ReplyTag],
    keyring: Keyring,
    author: str | None,
    signed_in: tuple[Party, ...],
) -> tuple[Ticket | None, Proof] | None:
    """What a genuine token opens: a ticket, or None where the letter belonged to none. Of several tokens, the one
    that was made for the author counts first.

    A forwarded letter still carries the token of the one it was sent to: then `recipient` is not the author, and
    the decision must see that.
    """
    first: tuple[Ticket | None, Proof] | None = None
    wanted = address_key(author) if author else None
    for tag in list(dict.fromkeys(tags))[:_TAGS]:
        proven = _verified(conn, org, tag, keyring, wanted, signed_in)
        if proven is None:
            continue
        if wanted is not None and address_key(proven[1].recipient.address) == wanted:
            return proven
        first = first or proven
    return first


def _verified(
    conn: Connection,
    org: str,
    tag: ReplyTag,
    keyring: Keyring,
    author: str | None,
    signed_in: tuple[Party, ...],
) -> tuple[Ticket | None, Proof] | None:
    known = (
        readers(conn, org, author) if tag.number is None else (*parties(conn, org, tag.number), *signed_in)
    )
    for party in known:
        if tokens.verify_reply(keyring, tag.token, org, tag.number, party.address):
            if tag.number is None:
                return None, Proof(tag.via, party)
            opened = ticket(conn, org, tag.number)
            return (opened, Proof(tag.via, party)) if opened else None
    return None


def _signed_in(envelope: Envelope) -> tuple[Party, ...]:
    """Whoever writes on our pages may be one to whom no letter of the ticket went: their token was made right then."""
    if envelope.door is not Door.WEB or envelope.login is None:
        return ()
    return (Party(PartyKind.CUSTOMER, None, "", address_key(envelope.login)),)


_NUMBERS_OF = Ready(
    select(t.message_id.c.message_id, t.message_id.c.number).where(
        t.message_id.c.organisation_id == bindparam("org"),
        t.message_id.c.message_id.in_(bindparam("ids", expanding=True)),
    )
)


def _thread(conn: Connection, org: str, message_ids: tuple[str, ...]) -> Ticket | None:
    """The ticket of the first Message-ID that we know, in the order given; of several its newest."""
    wanted = [message_key(one) for one in message_ids[:_MESSAGE_IDS]]
    numbers: dict[str, int] = {}
    for known, number in _NUMBERS_OF.ask(conn, org=org, ids=wanted):
        numbers[known] = max(number, numbers.get(known, 0))
    first = next((numbers[one] for one in wanted if one in numbers), None)
    return ticket(conn, org, first) if first is not None else None


def _mentioned(conn: Connection, org: str, numbers: tuple[int, ...]) -> tuple[Ticket, ...]:
    found = (ticket(conn, org, number) for number in list(dict.fromkeys(numbers))[:_MENTIONED])
    return tuple(one for one in found if one is not None)


def found_by(conn: Connection, org: str, keys: Keys, author: str | None, names: Names) -> Found:
    """What the directory of this snapshot knows of the mail's keys and its author."""
    hits = directory.hits(conn, org, list(_lookups(keys, author, names)))
    hits += directory.hits(conn, org, list(_houses(keys, hits, LookupKind.WITHIN in names.kinds)))
    hits += tuple(directory.near_hits(conn, org, names.near_places(keys, hits)))
    found = directory.what_hits_lead_to(conn, org, _speaking(keys, hits))
    return replace(found, hits=hits)


def _speaking(keys: Keys, hits: tuple[Lookup, ...]) -> tuple[Lookup, ...]:
    """The hits whose houses anybody may ask about. A street speaks where it is written without a number and has few of
    ours (`match.streets`); beside `Lindenweg 12` nobody needs the other houses of the Lindenweg.
    """
    written = {place.key for place in keys.places}
    houses = Counter(hit.key for hit in hits if hit.kind is LookupKind.STREET)
    return tuple(
        hit
        for hit in hits
        if hit.kind is not LookupKind.STREET
        or (hit.key in written and houses[hit.key] < limits.HOUSES_OF_A_STREET)
    )


def _lookups(keys: Keys, author: str | None, names: Names) -> Iterator[tuple[LookupKind, str]]:
    if author:
        yield LookupKind.ADDRESS, address_key(author)
    for address in keys.addresses:
        yield LookupKind.ADDRESS, address_key(address)
    for place in keys.places:
        # A street without a number is kept as "street|"; a house we do not know may still stand in a street we do.
        street = place.key.partition("|")[0]
        if names.has_street(street):
            yield LookupKind.STREET, f"{street}|"
    for number in keys.numbers:
        yield LookupKind.NUMBER, number.key
    for kind, written in ((LookupKind.PHONE, keys.phones), (LookupKind.IBAN, keys.ibans)):
        if kind in names.kinds:
            for one in written:
                yield kind, one.key
    if names.aliases:
        for alias in names.aliases.intersection(index_keys([one.key for one in keys.aliases])):
            yield LookupKind.ALIAS, alias


def _houses(keys: Keys, hits: tuple[Lookup, ...], has_ranges: bool) -> Iterator[tuple[LookupKind, str]]:
    """Numbers are asked for only in streets that we have: of fifty words before a number one is a street."""
    known = {hit.key for hit in hits if hit.kind is LookupKind.STREET}
    for place in keys.places:
        street, _, house = place.key.partition("|")
        if house and f"{street}|" in known:
            yield LookupKind.PLACE, place.key
            if has_ranges:
                yield LookupKind.WITHIN, place.key


_EARLIER_SAME = Ready(
    select(t.intake.c.id)
    .where(
        t.intake.c.organisation_id == bindparam("org"),
        t.intake.c.content_key == bindparam("content_key"),
        t.intake.c.id < bindparam("id"),
    )
    .order_by(t.intake.c.id)
    .limit(1)
)


def _duplicate_of(conn: Connection, envelope: Envelope, content_key: str) -> int | None:
    row = _EARLIER_SAME.first(conn, org=envelope.organisation, content_key=content_key, id=envelope.intake_id)
    return row.id if row else None


# --- bounces and allowances ---------------------------------------------------------------------------------

_LETTER_COLUMNS = (
    t.outbox.c.id, t.outbox.c.number, t.outbox.c.to_kind, t.outbox.c.to_id, t.outbox.c.to_name,
    t.outbox.c.to_address, t.outbox.c.template,
)  # fmt: skip
_LETTER = Ready(
    select(*_LETTER_COLUMNS).where(
        t.outbox.c.organisation_id == bindparam("org"), t.outbox.c.id == bindparam("id")
    )
)
_LETTER_BY_MESSAGE_ID = Ready(
    select(*_LETTER_COLUMNS).where(
        t.outbox.c.organisation_id == bindparam("org"), t.outbox.c.message_id == bindparam("id")
    )
)


def _bounced(
    conn: Connection, keys: Keys, envelope: Envelope, keyring: Keyring, original: str | None
) -> SentLetter | None:
    """The letter that came back: proven by the signed bounce address, else as the report itself names it."""
    org = envelope.organisation
    for tag in keys.bounce_tags[:_TAGS]:
        if tokens.verify(keyring, tag.token, "bounce", tag.letter):
            row = _LETTER.first(conn, org=org, id=tag.letter)
            if row:
                return _sent_letter(row, proven=True)
    # Only a report has the null return path; in a person's reply the same Message-IDs mean the thread.
    named = (
        [original] if original else list(keys.message_ids[:_MESSAGE_IDS] if not envelope.mail_from else ())
    )
    for message_id in named:
        row = _LETTER_BY_MESSAGE_ID.first(conn, org=org, id=message_key(message_id))
        if row:
            return _sent_letter(row, proven=False)
    return None


def _sent_letter(row: AnyRow, *, proven: bool) -> SentLetter:
    to = Party(PartyKind(row.to_kind), row.to_id, row.to_name, row.to_address)
    return SentLetter(row.id, row.number, to, row.template, proven)


def _ticket_of_letter(conn: Connection, org: str, letter: SentLetter) -> Ticket | None:
    return ticket(conn, org, letter.number) if letter.proven and letter.number is not None else None


_ACKNOWLEDGED = Ready(
    select(t.acknowledgement.c.letters).where(
        t.acknowledgement.c.organisation_id == bindparam("org"),
        t.acknowledgement.c.address == bindparam("address"),
        t.acknowledgement.c.day == bindparam("day"),
    )
)


def _acknowledgements(conn: Connection, org: str, author: str, now: datetime) -> int:
    row = _ACKNOWLEDGED.first(conn, org=org, address=address_key(author), day=local_day(now))
    return row.letters if row else 0


def _storm(conn: Connection, org: str, seen: tuple[Traffic, ...]) -> Ticket | None:
    """The ticket that the author opened first in this hour."""
    number = next((one.number for one in seen if one.scope is Scope.SENDER and one.number), None)
    return ticket(conn, org, number) if number is not None else None


__all__ = ["Found", "gather", "gather_for_ticket", "with_turns"]
