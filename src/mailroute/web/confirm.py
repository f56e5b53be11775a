"""“Was this your mail?”: what came in the name of one of staff without proof, to be carried out or left alone.

Only whoever is signed in as that person sees it, so neither a scanner that follows links nor a forged mail does anything.
"""

from __future__ import annotations

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from mailroute.errors import Conflict
from mailroute.flow.confirm import Unproven, confirm, unproven
from mailroute.flow.site import Office
from mailroute.model.decision import Station
from mailroute.model.ruleset import Staff
from mailroute.web.backroom import backroom, now, office, read
from mailroute.web.pages import page
from mailroute.web.visitor import staff


async def show(request: Request) -> Response:
    """Show the words and ask."""
    _, _, found = await _asked(request)
    if found is None:
        return page(request, "confirm-gone.html", 410)
    return page(request, "confirm.html", found=found)


async def carry_out(request: Request) -> Response:
    """It was theirs: do what it says, and show what came of it."""
    who, rules, found = await _asked(request)
    if found is None:
        return page(request, "confirm-gone.html", 410)
    room = backroom(request)
    try:
        given = await run_in_threadpool(confirm, found, who, rules, room.store, room.site(), room.clock)
    except Conflict:
        return page(request, "confirm-gone.html", 410)
    if given is None:
        raise HTTPException(404)
    room.wake("deliver", "remind")
    lines = [(one.verdict, one.because) for one in given.decision.trace if one.station is Station.COMMAND]
    return page(request, "confirmed.html", found=found, lines=lines)


async def _asked(request: Request) -> tuple[Staff, Office, Unproven | None]:
    """Who asks, and the mail that they may confirm."""
    who = await staff(request)
    rules, at = office(request, who.organisation), now(request)
    person = rules.ruleset.staff_by_id(who.party.id)
    assert person is not None
    number, intake = int(request.path_params["number"]), int(request.path_params["intake"])
    found = await read(request, lambda conn: unproven(conn, who.organisation, number, intake, person, at))
    return person, rules, found


ROUTES = (
    Route("/desk/tickets/{number:int}/confirm/{intake:int}", show, methods=["GET"]),
    Route("/desk/tickets/{number:int}/confirm/{intake:int}", carry_out, methods=["POST"]),
)
