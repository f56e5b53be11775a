"""A new message and a damage report, each a form that works without a script, and the receipt that follows."""

from __future__ import annotations

import re
from datetime import date
from http import HTTPStatus

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from mailroute.flow.portal import Subject, look_at, subjects_of
from mailroute.model.grant import Right
from mailroute.model.visitor import Visitor
from mailroute.routing.work import local_day
from mailroute.store.portal import arrived
from mailroute.web.backroom import now, office, read
from mailroute.web.pages import language, page
from mailroute.web.portal_form import Draft, draft_of, new_draft, send_new, short
from mailroute.web.portal_rights import menu, require, rights_of
from mailroute.web.visitor import customer
from mailroute.web.words import say

_GERMAN_DAY = re.compile(r"([0-9]{1,2})\. ?([0-9]{1,2})\. ?([0-9]{4})")

# --- a new message --------------------------------------------------------------------------------------------


async def new_message(request: Request) -> Response:
    """Show the empty form."""
    who = await customer(request)
    require(who, Right.MESSAGES)
    return await _form(request, who, "write.html", new_draft(about=request.query_params.get("about", "")))


async def send_message(request: Request) -> Response:
    """Take a message in."""
    who = await customer(request)
    require(who, Right.MESSAGES)
    draft = await draft_of(request)
    faults = draft.faults()
    if faults:
        return await _form(request, who, "write.html", draft.with_faults(faults), 422)
    about = await _about(request, who, draft)
    await send_new(request, who, draft, draft.subject or short(draft.text), _lines(request, about, draft))
    return _receipt(draft)


# --- a damage -------------------------------------------------------------------------------------------------


async def new_report(request: Request) -> Response:
    """Show the empty form."""
    who = await customer(request)
    require(who, Right.DAMAGE_REPORTS)
    return await _form(request, who, "report.html", new_draft(about=request.query_params.get("about", "")))


async def send_report(request: Request) -> Response:
    """Take a report in. Where the grant wants it, a contract must be named (REQ-C18)."""
    who = await customer(request)
    require(who, Right.DAMAGE_REPORTS)
    draft = await draft_of(request)
    faults = draft.faults()
    about = await _about(request, who, draft)
    if _needs_contract(who) and (about is None or not about.is_contract):
        faults["about"] = "report.no-contract"
    if _day(draft.when) is None and draft.when:
        faults["when"] = "report.no-day"
    if faults:
        return await _form(request, who, "report.html", draft.with_faults(faults), 422)
    t = say(language(request))
    subject = t("report.subject", what=short(draft.text))
    await send_new(request, who, draft, subject, _lines(request, about, draft), Right.DAMAGE_REPORTS)
    return _receipt(draft)


def _needs_contract(who: Visitor) -> bool:
    return Right.DAMAGE_WITHOUT_CONTRACT not in rights_of(who)


# --- what both have -------------------------------------------------------------------------------------------


async def _form(request: Request, who: Visitor, name: str, draft: Draft, status: int = 200) -> Response:
    subjects = await _subjects(request, who)
    organisation = office(request, who.organisation).ruleset.organisation
    values = {
        "draft": draft,
        "contracts": [one for one in subjects if one.is_contract],
        "homes": [one for one in subjects if not one.is_contract],
        "needs_contract": _needs_contract(who),
        "emergency_phone": organisation.emergency_phone,
        "today": local_day(office(request, who.organisation).ruleset, now(request)).isoformat(),
    }
    return page(request, name, status, **values, **menu(who))


async def _subjects(request: Request, who: Visitor) -> tuple[Subject, ...]:
    today = local_day(office(request, who.organisation).ruleset, now(request))
    return await read(request, lambda conn: subjects_of(conn, who, today))


async def _about(request: Request, who: Visitor, draft: Draft) -> Subject | None:
    """What they chose; only what is theirs counts."""
    return next((one for one in await _subjects(request, who) if one.key == draft.about), None)


def _lines(request: Request, about: Subject | None, draft: Draft) -> list[str]:
    """What the form knows beside the words, in words: a mail says it in the same way."""
    t, lines = say(language(request)), []
    if about is not None:
        lines.append(t("write.line-contract" if about.is_contract else "write.line-home", what=about.words))
    day = _day(draft.when)
    if day is not None:
        lines.append(t("write.line-when", day=f"{day:%d.%m.%Y}"))
    if draft.phone:
        lines.append(t("write.line-phone", phone=draft.phone))
    return lines


def _day(text: str) -> date | None:
    """A day as a browser sends it, or as people type it where the browser has no calendar."""
    german = _GERMAN_DAY.fullmatch(text)
    try:
        return date(*map(int, german.group(3, 2, 1))) if german else date.fromisoformat(text)
    except ValueError:
        return None


# --- the receipt ----------------------------------------------------------------------------------------------


def _receipt(draft: Draft) -> Response:
    return RedirectResponse(f"/received/{draft.serial}", HTTPStatus.SEE_OTHER)


async def received(request: Request) -> Response:
    """Say that it is here, and under which number as soon as that is known."""
    who = await customer(request)
    serial, rules = request.path_params["serial"], office(request, who.organisation)
    found = await read(request, lambda conn: arrived(conn, who.organisation, who.address, serial))
    if found is None:
        raise HTTPException(404)
    number = found.number
    look = await read(request, lambda conn: look_at(conn, rules, who, number)) if number else None
    values = {
        "arrived": found,
        "here": request.url.path,
        "label": look.ticket.label if look else "",
        "number": number,
    }
    return page(request, "receipt.html", 200, **values, **menu(who))


ROUTES = (
    Route("/message", new_message, methods=["GET"]),
    Route("/message", send_message, methods=["POST"]),
    Route("/report", new_report, methods=["GET"]),
    Route("/report", send_report, methods=["POST"]),
    Route("/received/{serial}", received, methods=["GET"]),
)
