"""Who asks for a page: looked up anew at every request, so that a member who was removed is out with the next one.

Whoever may not see something is told that it does not exist: nothing leaks what there is.
"""

from __future__ import annotations

from collections.abc import Callable

from starlette.exceptions import HTTPException
from starlette.requests import Request

from mailroute.flow.sign_in import hashed
from mailroute.flow.visiting import visitor_at
from mailroute.model.visitor import Visitor
from mailroute.store.engine import Connection
from mailroute.store.signing_in import session
from mailroute.web.backroom import backroom, now, read
from mailroute.web.session import session_secret


class SignInNeeded(Exception):
    """Nobody is signed in: the way leads to the sign-in page and back."""


async def maybe_visitor(request: Request) -> Visitor | None:
    """Whoever is signed in, or None."""
    if not hasattr(request.state, "visitor"):
        secret = session_secret(request)
        request.state.visitor = await read(request, _look_up(request, secret)) if secret else None
    found: Visitor | None = request.state.visitor
    return found


async def visitor(request: Request) -> Visitor:
    """Whoever is signed in. Raises SignInNeeded."""
    found = await maybe_visitor(request)
    if found is None:
        raise SignInNeeded
    return found


async def customer(request: Request) -> Visitor:
    """A customer, tenant or owner who is signed in. Raises SignInNeeded, or 404 for staff."""
    found = await visitor(request)
    if found.is_staff:
        raise HTTPException(404)
    return found


async def staff(request: Request) -> Visitor:
    """One of staff who is signed in. Raises SignInNeeded, or 404 for anybody else."""
    found = await visitor(request)
    if not found.is_staff:
        raise HTTPException(404)
    return found


async def administrator(request: Request) -> Visitor:
    """One of the administrators. Raises SignInNeeded, or 404 for anybody else."""
    found = await visitor(request)
    if not found.is_administrator:
        raise HTTPException(404)
    return found


def _look_up(request: Request, secret: str) -> Callable[[Connection], Visitor | None]:
    offices, at = backroom(request).site().offices, now(request)

    def look(conn: Connection) -> Visitor | None:
        one = session(conn, hashed("session", secret), at)
        office = offices.get(one.organisation) if one is not None else None
        if one is None or office is None:
            return None
        return visitor_at(conn, office, one.address, at)

    return look
