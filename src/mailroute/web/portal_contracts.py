"""A customer's contracts as their grants show them, privately or commercially, and adding one from elsewhere."""

from __future__ import annotations

from http import HTTPStatus

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from mailroute.flow.portal import contract_of, cover_of, covers_of, list_tickets
from mailroute.model.grant import Right, View
from mailroute.model.visitor import Visitor
from mailroute.routing.doing import main_grant, names_product, shows_staff, view_of
from mailroute.routing.work import local_day
from mailroute.store.portal import Wanted
from mailroute.web.backroom import now, office, read
from mailroute.web.pages import language, page
from mailroute.web.portal_form import Draft, draft_of, new_draft, send_new
from mailroute.web.portal_rights import menu, require, rights_of
from mailroute.web.visitor import customer
from mailroute.web.words import say


async def show_list(request: Request) -> Response:
    """Their contracts."""
    return await list_for(request, await customer(request))


async def list_for(request: Request, who: Visitor, base: str = "") -> Response:
    """The contracts as `who` sees them; 404 for whoever has no grant, tenants for example."""
    viewer = who.viewer
    if viewer is None or not viewer.grants:
        raise HTTPException(404)
    today = local_day(office(request, who.organisation).ruleset, now(request))
    covers = await read(request, lambda conn: covers_of(conn, who, today))
    values = {
        "covers": covers,
        "commercial": view_of(viewer) is View.COMMERCIAL,
        "names_product": names_product(viewer),
        "contact": _contact(request, who),
        "calculator": _calculator(who),
        "base": base,
    }
    return page(request, "my-contracts.html", 200, **values, **menu(who))


def _contact(request: Request, who: Visitor) -> dict[str, str] | None:
    """Who looks after them, where the grant shows it (REQ-C23)."""
    grant = main_grant(who.viewer) if who.viewer is not None else None
    if grant is None or who.viewer is None or not shows_staff(who.viewer):
        return None
    staff = office(request, who.organisation).ruleset.staff_by_id(grant.account_manager)
    return {"name": staff.name, "phone": staff.phone or ""} if staff is not None else None


def _calculator(who: Visitor) -> str:
    """The link to the rate calculator, where they may use it (REQ-C20)."""
    if who.viewer is None or Right.OFFERS not in rights_of(who):
        return ""
    return next((one.calculator for one in who.viewer.grants if one.calculator.startswith("https://")), "")


async def show(request: Request) -> Response:
    """One contract with its tickets."""
    return await contract_for(request, await customer(request))


async def contract_for(request: Request, who: Visitor, base: str = "") -> Response:
    """The contract that the path names, as `who` sees it. Raises 404 where no grant shows it."""
    one = contract_of(who, request.path_params["contract"])
    if one is None:
        raise HTTPException(404)
    rules = office(request, who.organisation)
    today = local_day(rules.ruleset, now(request))
    cover = await read(request, lambda conn: cover_of(conn, who, one, today))
    rows = await read(request, lambda conn: list_tickets(conn, rules, who, Wanted(contract=one.id)))
    values = {"cover": cover, "found": rows, "base": base}
    return page(request, "my-contract.html", 200, **values, **menu(who))


# --- a contract from elsewhere (REQ-C19) ----------------------------------------------------------------------


async def new_contract(request: Request) -> Response:
    """Show the empty form."""
    who = await customer(request)
    require(who, Right.ADD_CONTRACTS)
    return _form(request, who, new_draft())


async def send_contract(request: Request) -> Response:
    """Take it in; staff adds it to the overview."""
    who = await customer(request)
    require(who, Right.ADD_CONTRACTS)
    draft = await draft_of(request)
    faults = draft.faults(needs_text=False)
    if not draft.insurer:
        faults["insurer"] = "my-contracts.no-insurer"
    if not draft.number and not draft.files and not draft.files_fault:
        faults["number"] = "my-contracts.no-number"
    if faults:
        return _form(request, who, draft.with_faults(faults), 422)
    t = say(language(request))
    lines = [t("my-contracts.line-insurer", insurer=draft.insurer)]
    lines += [t("my-contracts.line-number", number=draft.number)] if draft.number else []
    lines += [t("my-contracts.line-kind", kind=draft.subject)] if draft.subject else []
    what = draft.subject or draft.insurer
    await send_new(request, who, draft, t("my-contracts.subject", what=what), lines, Right.ADD_CONTRACTS)
    return RedirectResponse(f"/received/{draft.serial}", HTTPStatus.SEE_OTHER)


def _form(request: Request, who: Visitor, draft: Draft, status: int = 200) -> Response:
    return page(request, "my-contract-new.html", status, draft=draft, **menu(who))


ROUTES = (
    Route("/contracts", show_list, methods=["GET"]),
    Route("/contracts/new", new_contract, methods=["GET"]),
    Route("/contracts/new", send_contract, methods=["POST"]),
    Route("/contracts/{contract:path}", show, methods=["GET"]),
)
