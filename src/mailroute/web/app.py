"""The portal and the desk as one ASGI application. How a page is made, for whoever adds one:

    async def show(request: Request) -> Response:
        who = await customer(request)                    # visitor.py: visitor, customer, staff, administrator
        found = await read(request, lambda conn: …)      # backroom.py: a read snapshot, in a thread
        return page(request, "ticket.html", ticket=found)  # pages.py: pages/ticket.html, which extends layout.html

    ROUTES = (Route("/tickets/{number:int}", show, methods=["GET"]),)

and `ROUTES` goes into `_AREAS` below. `page` gives every template `t` (the words of `words/*.toml`), `language`,
`visitor`, `organisation`, `when(instant)`, `day(date)`, `date(date)`, `static(file)`, and `csrf`, the hidden field that each form
must hold; forms for htmx inherit it from the layout. `now(request)` is the time, `office(request, organisation)` the
rules in force, `await write(request, function)` one transaction, `backroom(request).wake("work")` tells the daemon.

What is done for everybody here, so that no page has to: a POST is refused unless it came from one of our pages with
the token of this session, its form is read within bounds (`await request.form()` gives it, files included), a private
page is never cached, and whatever raises becomes a page. Raise `HTTPException(404)` for what somebody may not see.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from functools import wraps
from http import HTTPStatus
from itertools import chain
from typing import cast

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import FileResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from mailroute.web import (
    attachments,
    confirm,
    desk_admin,
    desk_grants,
    desk_lists,
    desk_ticket,
    files,
    portal_contracts,
    portal_settings,
    portal_tickets,
    portal_write,
    signin,
)
from mailroute.web.backroom import Backroom, backroom, now
from mailroute.web.edge import Edge, answer_refusal, lead_to_sign_in
from mailroute.web.navigation import home_of
from mailroute.web.pages import STATIC
from mailroute.web.security import Shield
from mailroute.web.session import is_csrf_of, session_secret
from mailroute.web.visitor import SignInNeeded, maybe_visitor, visitor

Handler = Callable[[Request], Awaitable[Response]]

# What one form may hold. More files than a message may have are read, so that its page can say so.
FILES = 100
_FIELDS = 200
_FIELD_BYTES = 1024 * 1024
# An address, a code, a choice. More is read only of people whom we know, where there is something to write and not for
# ever, or anybody could fill the disk.
_SMALL_BYTES = 64 * 1024
# No database holds a greater number, so nothing has it.
_NUMBER_MOST = 2**31 - 1
_UTF8 = re.compile(r";\s*charset=\"?utf-8\"?(?=\s*(?:;|$))", re.IGNORECASE)


# The forms of customers that may hold words and files; how often is counted before one is read.
_MESSAGES = (
    portal_tickets.answer,
    portal_write.send_message,
    portal_write.send_report,
    portal_contracts.send_contract,
)
# One line for each area, so that areas can grow beside each other.
_AREAS = (
    signin.ROUTES,
    files.ROUTES,
    attachments.ROUTES,
    confirm.ROUTES,
    portal_tickets.ROUTES,
    portal_write.ROUTES,
    portal_contracts.ROUTES,
    portal_settings.ROUTES,
    desk_lists.ROUTES,
    desk_ticket.ROUTES,
    desk_admin.ROUTES,
    desk_grants.ROUTES,
)


def application(backroom: Backroom) -> Starlette:
    """All pages, over one store. Raises nothing: what fails becomes a page."""
    app = Starlette(
        routes=[_guarded(route) for route in chain(ROUTES, *_AREAS)],
        middleware=[Middleware(Shield, url=backroom.url), Middleware(Edge)],
        exception_handlers={HTTPException: answer_refusal, SignInNeeded: lead_to_sign_in},
    )
    app.state.backroom = backroom
    return app


def _guarded(route: BaseRoute) -> Route:
    """The same route, with the numbers of its path and the token of its form checked before anybody acts on them."""
    assert isinstance(route, Route)
    handler = cast("Handler", route.endpoint)  # every handler of ours is one; Starlette says Any

    @wraps(handler)
    async def checked(request: Request) -> Response:
        if not all(_can_be_there(one) for one in request.path_params.values()):
            raise HTTPException(404)
        if request.method != "POST":
            return await handler(request)
        if not _is_utf8(request.headers.get("content-type", "")):
            raise HTTPException(400)
        await _check_sender(request, handler)
        form = await request.form(max_files=FILES, max_fields=_FIELDS, max_part_size=_FIELD_BYTES)
        try:
            if session_secret(request) and not is_csrf_of(request, form.get("csrf")):
                raise HTTPException(403)
            return await handler(request)
        finally:
            await form.close()

    return Route(route.path, checked, methods=route.methods, name=route.name)


def _can_be_there(one: object) -> bool:
    """Whether a database can hold what a path names: PostgreSQL has no text with a NUL."""
    return one <= _NUMBER_MOST if isinstance(one, int) else "\0" not in str(one)


async def _check_sender(request: Request, handler: Handler) -> None:
    """Refuse what its sender has no cause to send, or sends too often, before any of it is read.

    Raises SignInNeeded for a stranger's large form, 413 and 429 for a customer's.
    """
    is_small, is_message = _is_small(request), handler in _MESSAGES
    if is_small and not is_message:
        return
    who = await maybe_visitor(request)
    if who is None and not is_small:
        raise SignInNeeded
    if who is None or who.is_staff:
        return
    if not is_message:
        raise HTTPException(413)
    if not backroom(request).messages.grants(f"{who.organisation} {who.address}", now(request)):
        raise HTTPException(429)


def _is_small(request: Request) -> bool:
    """Whether the body says that it is small; one that says nothing may have any length."""
    length = request.headers.get("content-length", "")
    return length.isdecimal() and len(length) < 10 and int(length) <= _SMALL_BYTES


def _is_utf8(content_type: str) -> bool:
    """Whether a form is in the encoding of our pages; else its sender could pick a codec that fails on their words."""
    return "charset" not in _UTF8.sub("", content_type, count=1).lower()


async def home(request: Request) -> Response:
    """Lead everybody to their own first page."""
    who = await visitor(request)
    return RedirectResponse(home_of(who.kind), HTTPStatus.SEE_OTHER)


async def static_file(request: Request) -> Response:
    """One of our own files; its address changes with its content."""
    path = STATIC / request.path_params["name"]
    if path.parent != STATIC or not path.is_file():
        raise HTTPException(404)
    return FileResponse(
        path,
        headers={
            "Cache-Control": "public, max-age=31536000, immutable",
            # The frame of a mail has an origin of its own, and a sheet of ours.
            "Cross-Origin-Resource-Policy": "cross-origin",
        },
    )


ROUTES = (
    Route("/", home, methods=["GET"]),
    Route("/static/{name}", static_file, methods=["GET"]),
)
