"""Requests for a link, links, and sessions. Secrets are hashed before they come here; addresses are folded.

Functions that begin with a verb write and are handed a transaction; none of them commits.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, bindparam, delete, func, insert, select, update

from mailroute.store import tables as t

# A request that nobody could answer for so long is answered no more.
REMEMBERED = timedelta(days=1)
# A link is dead after so many wrong codes: a million codes cannot be tried.
MISSES = 5
_AT_ONCE = 50


@dataclass(frozen=True, slots=True)
class LinkRequest:
    """Somebody asked for a link. `browser` is the hash of what that browser keeps, `destination` a path of ours."""

    id: int
    address: str
    asked_at: datetime
    browser: str
    destination: str


@dataclass(frozen=True, slots=True)
class LinkOffer:
    """A link that was sent. `token` and `code` are hashes; `code` is "" where none is asked for."""

    token: str
    organisation: str
    address: str
    browser: str
    code: str
    destination: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Session:
    """Somebody is signed in. `id` is the hash of what their browser keeps."""

    id: str
    organisation: str
    address: str
    expires_at: datetime


# --- requests -------------------------------------------------------------------------------------------------

_OPEN = select(t.sign_in_request).order_by(t.sign_in_request.c.id).limit(_AT_ONCE)


def note_request(tx: Connection, address: str, browser: str, destination: str, now: datetime) -> None:
    """Remember that somebody asked for a link, whoever it is: the answer takes the same time for everybody."""
    row = {"address": address, "asked_at": now, "browser": browser, "destination": destination}
    tx.execute(insert(t.sign_in_request).values(**row))


def open_requests(conn: Connection) -> tuple[LinkRequest, ...]:
    """The requests that nobody has answered yet, oldest first, fifty at a time."""
    names = LinkRequest.__dataclass_fields__
    return tuple(LinkRequest(**{name: getattr(row, name) for name in names}) for row in conn.execute(_OPEN))


def take_request(tx: Connection, request: LinkRequest) -> bool:
    """Take it away to be answered; False if another daemon has."""
    taken = delete(t.sign_in_request).where(t.sign_in_request.c.id == request.id)
    return tx.execute(taken).rowcount == 1


# --- links ----------------------------------------------------------------------------------------------------

_OFFER = select(t.sign_in).where(t.sign_in.c.token == bindparam("token"))


def offer_link(tx: Connection, offer: LinkOffer) -> None:
    """Make a link good until it expires or is used."""
    names = LinkOffer.__dataclass_fields__
    row = {("organisation_id" if name == "organisation" else name): getattr(offer, name) for name in names}
    tx.execute(insert(t.sign_in).values(**row, misses=0))


def link(conn: Connection, token: str, now: datetime) -> LinkOffer | None:
    """The link, if it is still good."""
    row = conn.execute(_OFFER, {"token": token}).first()
    if row is None or row.expires_at <= now or row.misses >= MISSES:
        return None
    return LinkOffer(
        row.token, row.organisation_id, row.address, row.browser, row.code, row.destination, row.expires_at
    )


_GOOD = (
    select(func.count())
    .select_from(t.sign_in)
    .where(
        t.sign_in.c.organisation_id == bindparam("org"),
        t.sign_in.c.address == bindparam("address"),
        t.sign_in.c.expires_at > bindparam("beyond"),
        t.sign_in.c.code != "",
        t.sign_in.c.misses < MISSES,
    )
)


def good_links(conn: Connection, org: str, address: str, beyond: datetime) -> int:
    """How many links that lie in somebody's mailbox, unused, will still be good after `beyond`."""
    return conn.execute(_GOOD, {"org": org, "address": address, "beyond": beyond}).scalar_one()


def use_link(tx: Connection, token: str) -> bool:
    """Use a link up; False if somebody else just has."""
    return tx.execute(delete(t.sign_in).where(t.sign_in.c.token == token)).rowcount == 1


def note_miss(tx: Connection, token: str) -> None:
    """Count a wrong code."""
    tx.execute(update(t.sign_in).where(t.sign_in.c.token == token).values(misses=t.sign_in.c.misses + 1))


# --- sessions -------------------------------------------------------------------------------------------------

_SESSION = select(t.web_session).where(t.web_session.c.id == bindparam("id"))


def begin_session(tx: Connection, session: Session, now: datetime) -> None:
    """Let somebody be signed in."""
    row = {"id": session.id, "organisation_id": session.organisation, "address": session.address}
    tx.execute(insert(t.web_session).values(**row, signed_in_at=now, expires_at=session.expires_at))


def session(conn: Connection, session_id: str, now: datetime) -> Session | None:
    """The session, if it has not expired."""
    row = conn.execute(_SESSION, {"id": session_id}).first()
    if row is None or row.expires_at <= now:
        return None
    return Session(row.id, row.organisation_id, row.address, row.expires_at)


def end_session(tx: Connection, session_id: str) -> None:
    """Sign out; harmless when repeated."""
    tx.execute(delete(t.web_session).where(t.web_session.c.id == session_id))


def forget_old(tx: Connection, now: datetime) -> None:
    """Remove what has expired."""
    tx.execute(delete(t.sign_in).where(t.sign_in.c.expires_at <= now))
    tx.execute(delete(t.web_session).where(t.web_session.c.expires_at <= now))
    tx.execute(delete(t.sign_in_request).where(t.sign_in_request.c.asked_at <= now - REMEMBERED))
