"""From a ticket to what came with its mails: whoever sees the ticket is sent on to the signed address.

Asked anew each time, so whoever is removed gets no further file, however long their page stays open.
"""

from __future__ import annotations

from http import HTTPStatus

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from mailroute.model.change import MessageAdded, Noted
from mailroute.model.visitor import Visitor
from mailroute.store.engine import Connection
from mailroute.store.tickets import events
from mailroute.web.backroom import read
from mailroute.web.desk_grants import member_looked_at
from mailroute.web.files import file_address, frame_address
from mailroute.web.portal_tickets import look_for
from mailroute.web.visitor import customer, staff


async def to_customer(request: Request) -> Response:
    """A file of a ticket that they see."""
    return await _shown_to(request, await customer(request))


async def to_whoever_looks_as_them(request: Request) -> Response:
    """The same for an administrator who looks with a member's eyes, which is kept like every such look (REQ-C11)."""
    return await _shown_to(request, await member_looked_at(request))


async def to_staff(request: Request) -> Response:
    """A file of any mail in a ticket of their organisation."""
    organisation, intake = await _mail_of_ticket(request)
    return _on(file_address(request, organisation, intake, _path(request, "part")))


async def mail_to_staff(request: Request) -> Response:
    """The HTML of a mail in a ticket of their organisation, for a frame."""
    organisation, intake = await _mail_of_ticket(request)
    return _on(frame_address(request, organisation, intake))


async def _shown_to(request: Request, who: Visitor) -> Response:
    """Only what stands in the thread that they see, not every mail that the ticket holds."""
    look = await look_for(request, who)
    intake, part = _path(request, "intake"), _path(request, "part")
    shown = {(one.said.intake, file.part) for one in look.spoken for file in one.said.files}
    if (intake, part) not in shown:
        raise HTTPException(404)
    return _on(file_address(request, who.organisation, intake, part))


async def _mail_of_ticket(request: Request) -> tuple[str, int]:
    who = await staff(request)
    number, intake = _path(request, "number"), _path(request, "intake")

    def held(conn: Connection) -> bool:
        changes = (one.change for one in events(conn, who.organisation, number))
        return any(isinstance(one, MessageAdded | Noted) and one.intake == intake for one in changes)

    if not await read(request, held):
        raise HTTPException(404)
    return who.organisation, intake


def _path(request: Request, name: str) -> int:
    """A number of the path."""
    return int(request.path_params[name])


def _on(address: str) -> Response:
    return RedirectResponse(address, HTTPStatus.SEE_OTHER)


_FILE = "/files/{intake:int}/{part:int}"
ROUTES = (
    Route("/tickets/{number:int}" + _FILE, to_customer, methods=["GET"]),
    Route("/desk/as/{address}/tickets/{number:int}" + _FILE, to_whoever_looks_as_them, methods=["GET"]),
    Route("/desk/ticket/T-{number:int}" + _FILE, to_staff, methods=["GET"]),
    Route("/desk/ticket/T-{number:int}/mail/{intake:int}", mail_to_staff, methods=["GET"]),
)
