"""Answer those who asked for a link to sign in: a letter to whom we know, nothing to anybody else.

One transaction for each request: the link is good exactly when its letter is in the outbox. The page that took the
request did the same for everybody, so nobody learns from it who is known here.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

from mailroute.clock import Clock
from mailroute.flow.one_by_one import one_by_one
from mailroute.flow.process import letters_of
from mailroute.flow.site import Office, Site
from mailroute.flow.visiting import visitor_at
from mailroute.model.decision import Decision, Disposition
from mailroute.model.letter import Letter, Notice, Template
from mailroute.model.ticket import RULE, Party, PartyKind
from mailroute.routing.work import Work
from mailroute.store.apply import apply
from mailroute.store.engine import Connection, Store
from mailroute.store.invitations import invitation, is_known_member
from mailroute.store.signing_in import (
    LinkOffer,
    LinkRequest,
    forget_old,
    good_links,
    offer_link,
    open_requests,
    take_request,
)

LINK_LASTS = timedelta(minutes=15)
# No further letter goes to a mailbox that holds so many links which nobody has used and which are good for so long still.
# So strangers may fill it with twelve letters an hour, and can keep nobody out: whenever a letter is left out, an earlier
# one opens the door, in any browser, with its code (decision 009).
LINKS_AT_ONCE = 2
STILL_GOOD = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Chance:
    """A fresh secret for a link and six digits for its code."""

    secret: str
    code: str


@dataclass(frozen=True, slots=True)
class _Answer:
    offer: LinkOffer
    decision: Decision
    letters: tuple[Letter, ...]
    cause: str


def hashed(*secret: str) -> str:
    """What the books keep of a secret. Chance of 256 bits needs no salt and no slow hash."""
    return sha256("\0".join(secret).encode("utf-8", "surrogatepass")).hexdigest()


def answer_requests(store: Store, site: Site, clock: Clock, chance: Callable[[], Chance]) -> int:
    """Answer every open request; returns how many letters were written."""
    if not site.web_url:
        return 0
    with store.read() as conn:
        requests = open_requests(conn)
    return one_by_one(
        requests,
        lambda request: _answer(store, site, request, clock(), chance),
        lambda _: ("sign-in", "-"),
    )


def _answer(
    store: Store, site: Site, request: LinkRequest, now: datetime, chance: Callable[[], Chance]
) -> int:
    with store.read() as conn:
        found = _answers(conn, site, request, now, chance)

    def write(tx: Connection) -> int:
        forget_old(tx, now)
        if not take_request(tx, request):
            return 0
        for one in found:
            offer_link(tx, one.offer)
            apply(tx, one.decision, one.letters, cause=one.cause, intake=None, timer=None, now=now)
        return len(found)

    return store.write(write).result()


def _answers(
    conn: Connection, site: Site, request: LinkRequest, now: datetime, chance: Callable[[], Chance]
) -> list[_Answer]:
    """One link for each organisation that knows the address, where the mailbox does not hold enough of them."""
    found = []
    for office in site.offices.values():
        reader = _reader(conn, office, request.address, now)
        organisation = office.ruleset.organisation.id
        if (
            reader is None
            or good_links(conn, organisation, request.address, now + STILL_GOOD) >= LINKS_AT_ONCE
        ):
            continue
        fresh = chance()
        link = f"/sign-in/{fresh.secret}"
        code = f"{fresh.code[:3]} {fresh.code[3:]}"
        notice = Notice(Template.SIGN_IN, *reader, None, link=link, code=code)
        found.append(_letter(conn, site, office, request, notice, fresh, now))
    return found


def _reader(conn: Connection, office: Office, address: str, now: datetime) -> tuple[Party, str] | None:
    """Whom to write to, and in which language: whoever may come in, or will once the link confirms their invitation."""
    who = visitor_at(conn, office, address, now)
    if who is not None:
        return who.party, who.language
    organisation = office.ruleset.organisation
    if (
        invitation(conn, organisation.id, address) is None
        or is_known_member(conn, organisation.id, address) is None
    ):
        return None
    return Party(PartyKind.CUSTOMER, None, "", address), organisation.language


def hand_out(
    store: Store, organisation: str, address: str, secret: str, now: datetime, destination: str = "/"
) -> str:
    """Make a link that is told instead of mailed, and give its path. No scanner reads it, so it asks for no code.

    Commits. Whether anybody may come in with it is looked at when it is used.
    """
    offer = LinkOffer(hashed("link", secret), organisation, address, "", "", destination, now + LINK_LASTS)
    store.write(lambda tx: offer_link(tx, offer)).result()
    return f"/sign-in/{secret}"


def _letter(
    conn: Connection,
    site: Site,
    office: Office,
    request: LinkRequest,
    notice: Notice,
    fresh: Chance,
    now: datetime,
) -> _Answer:
    organisation = office.ruleset.organisation.id
    token = hashed("link", fresh.secret)
    offer = LinkOffer(
        token=token,
        organisation=organisation,
        address=request.address,
        browser=request.browser,
        code=hashed("code", token, fresh.code),
        destination=request.destination,
        expires_at=now + LINK_LASTS,
    )
    work = Work(office.rules, organisation, RULE, now)
    work.tell(notice)
    decision = work.decision(Disposition.COMMAND)
    cause = f"s{request.id}"
    return _Answer(offer, decision, letters_of(conn, decision, office, site, cause=cause, now=now), cause)
