"""Coming in by a link from a mail, and leaving. Nobody ever sets a password.

Looking at a link changes nothing, as often as scanners may do so: only the button does. In another browser than the
one that asked, the code from the mail is needed too, so that a scanner that presses buttons gets nowhere.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from http import HTTPStatus

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from mailroute.flow.sign_in import hashed
from mailroute.flow.visiting import visitor_at
from mailroute.message.clean import clean_header
from mailroute.model.address import address_key
from mailroute.store.engine import Connection
from mailroute.store.invitations import confirm
from mailroute.store.signing_in import (
    LinkOffer,
    Session,
    begin_session,
    end_session,
    link,
    note_miss,
    note_request,
    use_link,
)
from mailroute.web.allowance import network_of
from mailroute.web.backroom import Backroom, backroom, now, read, write
from mailroute.web.pages import page
from mailroute.web.security import safe_path
from mailroute.web.session import (
    CUSTOMER_STAYS,
    STAFF_STAYS,
    asking_secret,
    drop_session,
    keep_asking,
    keep_session,
    new_secret,
    session_secret,
)

_ADDRESS_CHARS = 254


# --- asking for a link ----------------------------------------------------------------------------------------


async def ask(request: Request) -> Response:
    """Show the form that asks for an address."""
    return page(request, "sign-in.html", destination=_destination(request), address="", error=None)


async def send(request: Request) -> Response:
    """Take the request for a link: the same words, and the same work, for everybody."""
    form = await request.form()
    typed, destination = str(form.get("address", "")), safe_path(str(form.get("next", "/")))
    address = address_key(typed)
    if not _is_address(address):
        values = {
            "destination": destination,
            "address": clean_header(typed, _ADDRESS_CHARS),
            "error": "sign-in.no-address",
        }
        return page(request, "sign-in.html", 422, **values)
    if not backroom(request).asks.grants(peer(request), now(request)):
        raise HTTPException(429)
    secret = asking_secret(request) or new_secret()
    at = now(request)
    await write(request, lambda tx: note_request(tx, address, hashed("asking", secret), destination, at))
    backroom(request).wake("remind")
    response = RedirectResponse("/sign-in/sent", HTTPStatus.SEE_OTHER)
    keep_asking(request, response, secret)
    return response


async def sent(request: Request) -> Response:
    """Say what happens next, whoever it is."""
    return page(request, "sign-in-sent.html")


def peer(request: Request) -> str:
    """Whose requests are counted together."""
    return network_of(request.client.host) if request.client else ""


def _destination(request: Request) -> str:
    return safe_path(request.query_params.get("next", "/"))


def _is_address(address: str) -> bool:
    local, at, domain = address.rpartition("@")
    sound = bool(local and at and domain) and len(address) <= _ADDRESS_CHARS
    return sound and address.isprintable() and not any(one in address for one in ' ,;<>"')


# --- following it ---------------------------------------------------------------------------------------------


class Refused(Enum):
    """Why a link does not let somebody in."""

    GONE = "gone"
    NEEDS_CODE = "needs-code"
    WRONG_CODE = "wrong-code"


@dataclass(frozen=True, slots=True)
class Admitted:
    """Somebody is in; the browser is to keep the secret of `session`."""

    session: Session
    destination: str


async def look(request: Request) -> Response:
    """Show a link's button. Changes nothing: scanners look too."""
    offer = await read(request, lambda conn: link(conn, _token(request), now(request)))
    if offer is None:
        return page(request, "sign-in-gone.html", 410)
    return page(request, "sign-in-link.html", needs_code=_needs_code(request, offer), error=None)


async def redeem(request: Request) -> Response:
    """Use a link up and let its owner in, with a session that is new whatever the browser had before."""
    if not backroom(request).codes.grants(peer(request), now(request)):
        raise HTTPException(429)
    code = "".join(one for one in str((await request.form()).get("code", "")) if one.isdigit())
    secret, old = new_secret(), session_secret(request)
    asked, token, at, room = asking_secret(request), _token(request), now(request), backroom(request)
    outcome = await write(request, lambda tx: _admit(tx, room, token, asked, code, secret, old, at))
    match outcome:
        case Admitted():
            response = RedirectResponse(safe_path(outcome.destination), HTTPStatus.SEE_OTHER)
            keep_session(request, response, secret, outcome.session.expires_at - at)
            return response
        case Refused.GONE:
            return page(request, "sign-in-gone.html", 410)
        case Refused.NEEDS_CODE | Refused.WRONG_CODE:
            return page(request, "sign-in-link.html", 422, needs_code=True, error=f"sign-in.{outcome.value}")


def _admit(
    tx: Connection, room: Backroom, token: str, asked: str, code: str, secret: str, old: str, at: datetime
) -> Admitted | Refused:
    """One transaction: the link is used up exactly when the session begins."""
    offer = link(tx, token, at)
    office = room.site().offices.get(offer.organisation) if offer is not None else None
    if offer is None or office is None:
        return Refused.GONE
    if refused := _without_proof(offer, asked, code):
        if refused is Refused.WRONG_CODE:
            note_miss(tx, token)
        return refused
    # Who has the mail has the address: an invitation that still waits is answered by this too (REQ-C9).
    confirm(tx, offer.organisation, offer.address, at)
    who = visitor_at(tx, office, offer.address, at)
    if not use_link(tx, token) or who is None:
        return Refused.GONE
    if old:
        end_session(tx, hashed("session", old))
    expires = at + (STAFF_STAYS if who.is_staff else CUSTOMER_STAYS)
    session = Session(hashed("session", secret), offer.organisation, offer.address, expires)
    begin_session(tx, session, at)
    return Admitted(session, offer.destination)


def _without_proof(offer: LinkOffer, asked: str, code: str) -> Refused | None:
    """Why the one who holds the link may not be the one who asked for it; None: they are."""
    if not offer.code or (asked and hashed("asking", asked) == offer.browser):
        return None
    if not code:
        return Refused.NEEDS_CODE
    return None if hashed("code", offer.token, code) == offer.code else Refused.WRONG_CODE


def _needs_code(request: Request, offer: LinkOffer) -> bool:
    return _without_proof(offer, asking_secret(request), "") is not None


def _token(request: Request) -> str:
    """What the books call the link."""
    return hashed("link", str(request.path_params["token"]))


# --- leaving --------------------------------------------------------------------------------------------------


async def leave(request: Request) -> Response:
    """End the session, here and in the books."""
    secret = session_secret(request)
    if secret:
        await write(request, lambda tx: end_session(tx, hashed("session", secret)))
    response = RedirectResponse("/sign-in", HTTPStatus.SEE_OTHER)
    drop_session(request, response)
    return response


ROUTES = (
    Route("/sign-in", ask, methods=["GET"]),
    Route("/sign-in", send, methods=["POST"]),
    Route("/sign-in/sent", sent, methods=["GET"]),
    Route("/sign-in/{token}", look, methods=["GET"]),
    Route("/sign-in/{token}", redeem, methods=["POST"]),
    Route("/sign-out", leave, methods=["POST"]),
)
