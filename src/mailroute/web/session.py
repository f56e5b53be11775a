"""Cookies that say who is signed in. They hold chance alone; what it means stands hashed in the books."""

from __future__ import annotations

import hmac
import secrets
from datetime import timedelta

from starlette.requests import Request
from starlette.responses import Response

from mailroute.flow.sign_in import LINK_LASTS, hashed
from mailroute.web.backroom import backroom

# Customers come a few times a year, staff every day and on machines of the firm.
CUSTOMER_STAYS = timedelta(days=30)
STAFF_STAYS = timedelta(hours=12)

_SESSION, _ASKING = "mailroute", "mailroute-asking"


def new_secret() -> str:
    """256 bits of chance that a cookie or an address can hold."""
    return secrets.token_urlsafe(32)


def session_secret(request: Request) -> str:
    """What the session's cookie holds, "" if there is none."""
    return request.cookies.get(_name(request, _SESSION), "")


def asking_secret(request: Request) -> str:
    """What the cookie of the browser that asked for a link holds, "" if there is none."""
    return request.cookies.get(_name(request, _ASKING), "")


def keep_session(request: Request, response: Response, secret: str, stays: timedelta) -> None:
    """Have the browser keep a session; whatever asked for the link is done."""
    _keep(request, response, _SESSION, secret, stays)
    _drop(request, response, _ASKING)


def keep_asking(request: Request, response: Response, secret: str) -> None:
    """Have the browser remember that it asked, so that the link needs no code there."""
    _keep(request, response, _ASKING, secret, LINK_LASTS)


def drop_session(request: Request, response: Response) -> None:
    """Have the browser forget the session."""
    _drop(request, response, _SESSION)


def csrf_of(request: Request) -> str:
    """What a form has to send along: nobody can make it who does not know the cookie. "" without a session."""
    secret = session_secret(request)
    return hashed("csrf", secret)[:32] if secret else ""


def is_csrf_of(request: Request, sent: object) -> bool:
    """Whether a form came from a page that we made for this session."""
    return isinstance(sent, str) and hmac.compare_digest(sent.encode(), csrf_of(request).encode())


def _name(request: Request, name: str) -> str:
    # The prefix makes browsers refuse what a neighbouring host sets (RFC 6265bis §4.1.3.2); it needs https.
    return f"__Host-{name}" if backroom(request).is_secure else name


def _keep(request: Request, response: Response, name: str, secret: str, stays: timedelta) -> None:
    response.set_cookie(
        _name(request, name),
        secret,
        max_age=int(stays.total_seconds()),
        path="/",
        secure=backroom(request).is_secure,
        httponly=True,
        samesite="lax",
    )


def _drop(request: Request, response: Response, name: str) -> None:
    response.delete_cookie(
        _name(request, name), path="/", secure=backroom(request).is_secure, httponly=True, samesite="lax"
    )
