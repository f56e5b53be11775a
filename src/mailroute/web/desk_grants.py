"""Grants as administrators look at them, and looking with a member's eyes: read-only, kept in the books, without a mark.

What is shown with their eyes is made by the portal's own pages, handed the member as the one who looks. There is no
way to send anything from there: no route below takes a POST, and the portal's own refuse staff.
"""

from __future__ import annotations

from http import HTTPStatus
from urllib.parse import quote

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from mailroute.admin.granting import grant_view, suggestions
from mailroute.flow.visiting import visitor_at
from mailroute.message.clean import clean_header
from mailroute.model.address import address_key
from mailroute.model.visitor import Visitor, VisitorKind
from mailroute.store.engine import Connection
from mailroute.store.grants import all_grants
from mailroute.store.views import note_look, views
from mailroute.web import portal_contracts, portal_tickets
from mailroute.web.backroom import now, office, read, write
from mailroute.web.desk_lists import name_of
from mailroute.web.pages import page
from mailroute.web.visitor import administrator

_LOOKS_SHOWN = 20
_ADDRESS_CHARS = 254


async def show_grants(request: Request) -> Response:
    """Every grant with what its flags come to, how its members stand and whom one could add; who looked with whose eyes."""
    who = await administrator(request)
    org, rules = who.organisation, office(request, who.organisation).ruleset

    def look(conn: Connection) -> dict[str, object]:
        found = [(grant_view(conn, org, one), suggestions(conn, org, one)) for one in all_grants(conn, org)]
        looks = [(at, name_of(actor, rules), whose) for at, actor, whose in views(conn, org)[::-1]]
        return {"grants": found, "looks": looks[:_LOOKS_SHOWN], "name_of": lambda one: name_of(one, rules)}

    missing = clean_header(request.query_params.get("missing", ""), _ADDRESS_CHARS)
    return page(request, "desk-grants.html", 200, missing=missing, **await read(request, look))


async def begin(request: Request) -> Response:
    """Lead to the pages of whoever has the address that was typed, or say that nobody can come in with it."""
    who = await administrator(request)
    rules, at = office(request, who.organisation), now(request)
    address = address_key(clean_header(request.query_params.get("address", ""), _ADDRESS_CHARS))
    member = await read(request, lambda conn: visitor_at(conn, rules, address, at))
    if member is None or member.kind is not VisitorKind.CUSTOMER:
        return RedirectResponse(f"/desk/grants?missing={quote(address)}", HTTPStatus.SEE_OTHER)
    return RedirectResponse(f"{_base(address)}/tickets", HTTPStatus.SEE_OTHER)


async def their_tickets(request: Request) -> Response:
    """The list that they see."""
    member = await member_looked_at(request)
    return await portal_tickets.list_for(request, member, _base(member.address))


async def their_ticket(request: Request) -> Response:
    """A ticket as they see it. It stays as unread for them as it was."""
    member = await member_looked_at(request)
    look = await portal_tickets.look_for(request, member)
    return portal_tickets.ticket_page(request, member, look, base=_base(member.address))


async def their_contracts(request: Request) -> Response:
    """The contracts that they see."""
    member = await member_looked_at(request)
    return await portal_contracts.list_for(request, member, _base(member.address))


async def their_contract(request: Request) -> Response:
    """One contract as they see it."""
    member = await member_looked_at(request)
    return await portal_contracts.contract_for(request, member, _base(member.address))


async def member_looked_at(request: Request) -> Visitor:
    """The customer whose address the path names. Raises 404 for whoever cannot sign in as a customer.

    Who looks, with whose eyes and when is kept (REQ-C11), once for a quarter of an hour.
    """
    who = await administrator(request)
    rules, at = office(request, who.organisation), now(request)
    address = address_key(request.path_params["address"])
    member = await read(request, lambda conn: visitor_at(conn, rules, address, at))
    if member is None or member.kind is not VisitorKind.CUSTOMER:
        raise HTTPException(404)
    actor = str(who.party.id)
    await write(request, lambda tx: note_look(tx, who.organisation, actor, address, at))
    request.state.looking_as = member.address
    return member


def _base(address: str) -> str:
    return f"/desk/as/{quote(address, safe='@')}"


_AS = "/desk/as/{address}"
ROUTES = (
    Route("/desk/grants", show_grants, methods=["GET"]),
    Route("/desk/as", begin, methods=["GET"]),
    Route(_AS + "/tickets", their_tickets, methods=["GET"]),
    Route(_AS + "/tickets/{number:int}", their_ticket, methods=["GET"]),
    Route(_AS + "/contracts", their_contracts, methods=["GET"]),
    Route(_AS + "/contracts/{contract:path}", their_contract, methods=["GET"]),
)
