"""Find tickets by their number, or by the beginnings of words: of the subject, the reporters, the place, the contract."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import ColumnElement, Connection, Select, and_, bindparam, exists, literal, select

from mailroute.model.search_words import asked_number, asked_words, search_words
from mailroute.model.ticket import Change, Corrected, Joined, Opened, Party, Place, Ticket
from mailroute.store import tables as t
from mailroute.store.columns import insert_or_skip
from mailroute.store.ready import Ready
from mailroute.store.tickets import ticket, ticket_of

# A word that more tickets have says little: then the newest are looked through, so many at a time.
_COMMON = 2_000
_NEWEST = 5_000


def note_words(tx: Connection, after: Ticket, changes: Sequence[Change]) -> None:
    """Let a ticket be found by what was just said of it. What it was first taken for still leads to it."""
    texts = [text for change in changes for text in _texts(tx, after.organisation, change)]
    words = search_words(*texts)
    if words:
        rows = [
            {"organisation_id": after.organisation, "number": after.number, "word": word} for word in words
        ]
        tx.execute(insert_or_skip(tx.dialect.name, t.ticket_word), rows)


def _texts(tx: Connection, org: str, change: Change) -> tuple[str, ...]:
    match change:
        case Opened():
            return (change.subject, *_of_party(change.reporter), *_of_place(tx, org, change.place))
        case Joined():
            return (change.subject, *_of_party(change.party))
        case Corrected():
            return _of_place(tx, org, change.place)
        case _:
            return ()


def _of_party(party: Party) -> tuple[str, ...]:
    return party.name, party.address


_HOUSE = Ready(
    select(
        t.property_.c.id, t.property_.c.name, t.property_.c.street, t.property_.c.house_number,
        t.property_.c.postcode, t.property_.c.town,
    ).where(t.property_.c.organisation_id == bindparam("org"), t.property_.c.id == bindparam("id"))
)  # fmt: skip
_CONTRACT = Ready(
    select(t.contract.c.number).where(
        t.contract.c.organisation_id == bindparam("org"), t.contract.c.id == bindparam("id")
    )
)


def _of_place(tx: Connection, org: str, place: Place) -> tuple[str, ...]:
    house = _HOUSE.first(tx, org=org, id=place.property) if place.property else None
    contract = _CONTRACT.first(tx, org=org, id=place.contract) if place.contract else None
    return (*(house or ()), *(contract or ()))


def found_tickets(conn: Connection, org: str, question: str, limit: int = 50) -> tuple[Ticket, ...]:
    """The tickets that a question finds, newest first, the one with that number before all. Any text is a question."""
    number = asked_number(question)
    named = ticket(conn, org, number) if number is not None else None
    words = asked_words(question)
    others = _with_words(conn, org, words, limit) if words else ()
    return tuple(dict.fromkeys((*((named,) if named else ()), *others)))[:limit]


def _with_words(
    conn: Connection,
    org: str,
    words: Sequence[str],
    limit: int,
    *,
    common: int = _COMMON,
    newest: int = _NEWEST,
) -> tuple[Ticket, ...]:
    c = t.ticket.c
    wanted = select(t.ticket).where(c.organisation_id == org).order_by(c.number.desc()).limit(limit)
    having = having_words(conn, words)
    few = few_with(conn, org, words, common)
    if few is None:
        late = c.number > newest_number(conn, org) - newest
        rows = conn.execute(wanted.where(late, having)).all()
        if len(rows) == limit:
            return tuple(ticket_of(row) for row in rows)
    numbers = few if few is not None else _with_word(conn, org, words[0])
    return tuple(ticket_of(row) for row in conn.execute(wanted.where(c.number.in_(numbers), having)))


def few_with(conn: Connection, org: str, words: Sequence[str], common: int = _COMMON) -> Select[int] | None:
    """The numbers of the tickets that have one of the words that few have; None if many have each of them."""
    rare = next((one for one in words if not _is_common(conn, org, one, common)), None)
    return None if rare is None else _with_word(conn, org, rare)


def having_words(conn: Connection, words: Sequence[str]) -> ColumnElement[bool]:
    """Whether a ticket has a word that begins so for each of `words`."""
    return and_(*(_has(conn, one) for one in words))


def _with_word(conn: Connection, org: str, word: str) -> Select[int]:
    w = t.ticket_word.c
    return select(w.number).where(w.organisation_id == org, _begins(conn, word))


def _is_common(conn: Connection, org: str, word: str, common: int) -> bool:
    """Whether more tickets than that have it."""
    return conn.execute(_with_word(conn, org, word).limit(1).offset(common)).first() is not None


def newest_number(conn: Connection, org: str) -> int:
    """The number of the newest ticket; 0 if there is none."""
    c = t.ticket.c
    newest = select(c.number).where(c.organisation_id == org).order_by(c.number.desc()).limit(1)
    return conn.execute(newest).scalar() or 0


def _has(conn: Connection, word: str) -> ColumnElement[bool]:
    w = t.ticket_word.c
    return exists().where(
        w.organisation_id == t.ticket.c.organisation_id, w.number == t.ticket.c.number, _begins(conn, word)
    )


def _begins(conn: Connection, word: str) -> ColumnElement[bool]:
    """Whether a word begins so, by the index. Words hold letters and digits only, so nothing needs to be escaped."""
    column = t.ticket_word.c.word
    if conn.dialect.name == "postgresql":
        return column.like(literal(f"{word}%"))
    return and_(column >= word, column < f"{word}\U0010ffff")
