"""What customers choose for themselves: when they get copies of what is shared with them, and their language."""

from __future__ import annotations

from http import HTTPStatus

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from mailroute.flow.web import choose_for_themselves
from mailroute.model.grant import Copies
from mailroute.model.visitor import Visitor
from mailroute.store.choices import Choice, choice_of
from mailroute.web.backroom import backroom, read
from mailroute.web.pages import language, page
from mailroute.web.portal_rights import menu
from mailroute.web.visitor import customer
from mailroute.web.words import LANGUAGES

_COPIES = {one.value: one for one in Copies}


async def show(request: Request) -> Response:
    """Show what holds now."""
    who = await customer(request)
    choice = await read(request, lambda conn: choice_of(conn, who.organisation, who.address))
    values = {
        "copies": choice.copies or _of_grants(who),
        "all_copies": tuple(Copies),
        "spoken": language(request),
        "languages": LANGUAGES,
        "told": request.query_params.get("told") == "saved",
    }
    return page(request, "my-settings.html", 200, **values, **menu(who))


def _of_grants(who: Visitor) -> Copies:
    """What the administrator wrote for them; the most eager of several."""
    grants = who.viewer.grants if who.viewer is not None else ()
    found = [one.copies for grant in grants if (one := grant.member(who.address)) is not None]
    return min(found, key=tuple(Copies).index, default=Copies.AT_ONCE)


async def save(request: Request) -> Response:
    """Keep what they chose; what the form does not offer changes nothing."""
    who = await customer(request)
    form = await request.form()
    before = await read(request, lambda conn: choice_of(conn, who.organisation, who.address))
    copies = _COPIES.get(str(form.get("copies", "")), before.copies)
    spoken = str(form.get("language", ""))
    choice = Choice(copies, spoken if spoken in LANGUAGES else before.language)
    store = backroom(request).store
    await run_in_threadpool(choose_for_themselves, who.address, who.organisation, choice, store)
    return RedirectResponse("/settings?told=saved", HTTPStatus.SEE_OTHER)


ROUTES = (
    Route("/settings", show, methods=["GET"]),
    Route("/settings", save, methods=["POST"]),
)
