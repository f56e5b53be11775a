"""A customer's tickets: the list, one thread with its answer form, and "mark as read"."""

from __future__ import annotations

from http import HTTPStatus

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from mailroute.flow.portal import Look, contracts_of, list_tickets, look_at
from mailroute.flow.web import mark_read, see
from mailroute.message.clean import clean_header
from mailroute.model.visitor import Visitor
from mailroute.routing.reading import NotRead
from mailroute.store.portal import Shelf, Wanted
from mailroute.web.backroom import backroom, office, read
from mailroute.web.pages import page
from mailroute.web.portal_form import EMPTY, Draft, draft_of, new_draft, new_serial, send_answer
from mailroute.web.portal_rights import menu
from mailroute.web.visitor import customer

_WORDS_CHARS = 200
_SHELVES = {one.value: one for one in Shelf}


async def show_list(request: Request) -> Response:
    """Their tickets and the shared ones."""
    return await list_for(request, await customer(request))


async def list_for(request: Request, who: Visitor, base: str = "") -> Response:
    """The list as `who` sees it. `base` stands before every link where staff looks with their eyes."""
    asked = request.query_params
    wanted = Wanted(
        shelf=_SHELVES.get(asked.get("shelf", ""), Shelf.ALL),
        open_only=asked.get("open") == "1",
        words=clean_header(asked.get("words", ""), _WORDS_CHARS),
    )
    before = _number(asked.get("before", ""))
    rules = office(request, who.organisation)
    found = await read(request, lambda conn: list_tickets(conn, rules, who, wanted, before))
    return page(
        request, "my-tickets.html", 200, found=found, wanted=wanted, before=before, base=base, **menu(who)
    )


async def show(request: Request) -> Response:
    """One ticket. Whoever opens it has seen it; a browser that only fetches ahead has not."""
    who = await customer(request)
    look = await look_for(request, who)
    if look.seen < look.ticket.version and _is_looked_at(request):
        await run_in_threadpool(see, who.address, look.ticket, backroom(request).store)
    return ticket_page(request, who, look)


async def look_for(request: Request, who: Visitor) -> Look:
    """The ticket that the path names, as `who` sees it. Raises 404 where there is none for them."""
    number, rules = request.path_params["number"], office(request, who.organisation)
    look = await read(request, lambda conn: look_at(conn, rules, who, number))
    if look is None:
        raise HTTPException(404)
    return look


def ticket_page(
    request: Request,
    who: Visitor,
    look: Look,
    *,
    draft: Draft = EMPTY,
    told: str = "",
    status: int = 200,
    base: str = "",
) -> Response:
    """The page of a ticket. `draft` is what was typed and could not be sent, `told` the key of what was just done."""
    told = told or _TOLD.get(request.query_params.get("told", ""), "")
    contracts = contracts_of(who) if look.contract is None else ()
    values = {
        "look": look,
        "draft": draft if draft.serial else new_draft(),
        "told": told,
        "base": base,
        "contracts": contracts,
        "contract_serial": new_serial(),
    }
    return page(request, "my-ticket.html", status, **values, **menu(who))


async def answer(request: Request) -> Response:
    """Send an answer, or name the contract that it is about; both are messages in the ticket."""
    who = await customer(request)
    look = await look_for(request, who)
    if not look.may_answer:
        raise HTTPException(404)
    draft = await draft_of(request)
    named = next((one for one in contracts_of(who) if draft.about == f"c:{one.id}"), None)
    faults = {} if named is not None and not draft.files_fault else draft.faults()
    if faults:
        return ticket_page(request, who, look, draft=draft.with_faults(faults), status=422)
    await send_answer(request, who, look.ticket, draft, named)
    return RedirectResponse(f"/tickets/{look.ticket.number}?told=sent#told", HTTPStatus.SEE_OTHER)


async def read_it(request: Request) -> Response:
    """Mark as read, once another one has answered (REQ-B5)."""
    who = await customer(request)
    look = await look_for(request, who)
    rules, room = office(request, who.organisation), backroom(request)
    refused = await run_in_threadpool(mark_read, who.party, look.ticket.number, rules, room.store, room.clock)
    match refused:
        case None:
            return RedirectResponse(f"/tickets/{look.ticket.number}?told=read#told", HTTPStatus.SEE_OTHER)
        case NotRead.UNANSWERED:
            return ticket_page(request, who, look, told="my-ticket.unanswered", status=409)
        case NotRead.NOT_THEIRS:
            raise HTTPException(404)


_TOLD = {"sent": "my-ticket.sent", "read": "my-ticket.marked"}


def _is_looked_at(request: Request) -> bool:
    purpose = request.headers.get("sec-purpose", "") + request.headers.get("purpose", "")
    return request.method == "GET" and "prefetch" not in purpose


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= 9 else None


ROUTES = (
    Route("/tickets", show_list, methods=["GET"]),
    Route("/tickets/{number:int}", show, methods=["GET"]),
    Route("/tickets/{number:int}/answer", answer, methods=["POST"]),
    Route("/tickets/{number:int}/read", read_it, methods=["POST"]),
)
