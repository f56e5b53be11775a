"""A ticket on the desk: its thread, why it went where it went, and the buttons, each of which is a command of a reply."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from urllib.parse import urlencode

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from mailroute.errors import Conflict
from mailroute.flow.command import Given, give, number_for
from mailroute.message.clean import clean_text
from mailroute.model import limits
from mailroute.model.command import Command
from mailroute.model.facts import Facts
from mailroute.model.matter import matter_in_words
from mailroute.model.ruleset import Ruleset, Staff
from mailroute.model.visitor import Visitor
from mailroute.routing.buttons import NEEDS_WORDS, Button, commands_of, is_repeated, shown
from mailroute.routing.parent import who_is_answered
from mailroute.routing.work import place_in_words
from mailroute.store.desk import said_since
from mailroute.store.engine import Connection
from mailroute.web.backroom import backroom, now, office, read
from mailroute.web.desk_lists import active, behind, name_of
from mailroute.web.desk_look import Look, look_at
from mailroute.web.desk_told import Receipt, Teller, own_words, receipts
from mailroute.web.pages import page
from mailroute.web.trace import trace_words
from mailroute.web.visitor import staff
from mailroute.web.words import say

_BACK = {"triage": "/desk/triage"}
_DIGITS = 9
_LABEL = "/desk/ticket/T-{number:int}"


class SaidBefore(Exception):
    """The answer or note stands there already."""


@dataclass(frozen=True, slots=True)
class Choosable:
    """An entry of a field to choose from."""

    id: str
    name: str


async def show(request: Request) -> Response:
    """One ticket with everything that staff may know of it. `said` and `done` tell what was just done."""
    visitor = await staff(request)
    look = await _look(request, visitor)
    asked = request.query_params
    hold = office(request, visitor.organisation).ruleset.organisation.answer_hold
    told = receipts(
        look.events, look.decisions, asked.get("said", ""), asked.get("done", ""), say(visitor.language),
        held_minutes=-(-int(hold.total_seconds()) // 60),
    )  # fmt: skip
    return _page(request, visitor, look, told=told)


async def _look(request: Request, visitor: Visitor) -> Look:
    """The ticket that the path names. Raises 404 where this organisation has none with that number."""
    number, everything = request.path_params["number"], request.query_params.get("all") == "1"
    rules, at = office(request, visitor.organisation), now(request)
    look = await read(
        request, lambda conn: look_at(conn, rules, number, visitor.language, at, everything=everything)
    )
    if look is None:
        raise HTTPException(404)
    return look


def _page(
    request: Request,
    visitor: Visitor,
    look: Look,
    *,
    told: tuple[Receipt, ...] = (),
    error: str = "",
    typed: Mapping[str, str] | None = None,
    status: int = 200,
) -> Response:
    """The page of a ticket. `typed` is what could not be carried out, by its button, `error` the key that says why."""
    rules = office(request, visitor.organisation).ruleset
    me, draft = _me(visitor, rules), look.facts.draft
    about, answered = _about(look, rules, visitor.language), who_is_answered(look.ticket, look.facts)
    teller = Teller(rules, visitor.language)
    return page(
        request,
        "desk-ticket.html",
        status,
        ticket=look.ticket,
        look=look,
        told=told,
        error=error,
        typed=typed or {},
        teller=teller,
        own_words=own_words,
        in_words=trace_words(visitor.language),
        buttons={one.value for one in shown(look.ticket, me)},
        draft=draft if draft is not None and draft.author in (me.address, *me.also) else None,
        picks=look.pickables if _may_sort(look, me) else (),
        receivers=_receivers(look, rules),
        case_types=[Choosable(one.id, one.name.in_language(visitor.language)) for one in rules.case_types],
        further=[
            Choosable(one.party.address, one.party.name or one.party.address) for one in look.facts.further
        ],
        about=about,
        holder=behind(about["partner"] or about["assignee"], visitor.language),
        answered=behind(answered.name or answered.address, visitor.language),
        name_of=lambda one: name_of(one, rules),
    )


def _me(visitor: Visitor, rules: Ruleset) -> Staff:
    found = rules.staff_by_id(visitor.party.id)
    assert found is not None  # who is none of staff got a 404
    return found


def _may_sort(look: Look, me: Staff) -> bool:
    return Button.TYPE in shown(look.ticket, me)


def _receivers(look: Look, rules: Ruleset) -> list[Choosable]:
    """Colleagues, then partners."""
    people = [Choosable(one.id, one.name) for one in active(rules) if one.id != look.ticket.assignee]
    return people + [Choosable(one.id, one.name) for one in rules.partners]


def _about(look: Look, rules: Ruleset, language: str) -> dict[str, str]:
    """What it is about, in words; "" is not known."""
    house, unit, contract = look.facts.place
    role = next((one for one in rules.roles if one.id == look.ticket.role), None)
    return {
        "matter": matter_in_words(look.ticket, rules, language),
        "place": place_in_words(house, unit),
        "contract": f"{contract.line_of_business} {contract.number}".strip() if contract else "",
        "assignee": name_of(look.ticket.assignee, rules),
        "role": role.name.in_language(language) if role else "",
        "partner": name_of(look.ticket.partner, rules) if look.ticket.partner else "",
    }


# --- buttons --------------------------------------------------------------------------------------------------


async def press(request: Request) -> Response:
    """Carry out what a button says, exactly as a reply with its verb would be, and show what became of it."""
    visitor = await staff(request)
    look = await _look(request, visitor)
    form = await request.form()
    button = _button(request)
    sent = form.get("words", "")
    words = clean_text(sent).strip() if isinstance(sent, str) else ""
    typed = {button.value: words}
    if error := _fault(button, words):
        return _page(request, visitor, look, error=error, typed=typed, status=422)
    try:
        given = await run_in_threadpool(
            _giving(request, visitor, look.ticket.number, button, words, _seen(form))
        )
    except SaidBefore:
        told = (Receipt(say(visitor.language)(f"desk.said-before-{button.value}"), done=True),)
        return _page(request, visitor, await _look(request, visitor), told=told)
    except Conflict:
        return _page(request, visitor, look, error="desk.busy", typed=typed, status=409)
    backroom(request).wake("deliver", "remind")
    back = _BACK.get(str(form.get("back", ""))) if all(line.done for line in given.lines) else None
    flags = "".join("1" if line.done else "0" for line in given.lines)
    query = urlencode({"said": given.cause, "done": flags})
    return RedirectResponse(back or f"/desk/ticket/{look.ticket.label}?{query}#told", HTTPStatus.SEE_OTHER)


def _button(request: Request) -> Button:
    try:
        return Button(request.path_params["button"])
    except ValueError:
        raise HTTPException(404) from None


def _seen(form: FormData) -> int:
    """The version of the ticket that the page showed; for a form that does not say it nothing is a repetition."""
    sent = str(form.get("seen", ""))
    return int(sent) if sent.isascii() and sent.isdecimal() and len(sent) <= _DIGITS else 10**_DIGITS


def _fault(button: Button, words: str) -> str:
    """Why it cannot even be asked for: the key of a sentence, "" if it can."""
    if button in NEEDS_WORDS and not words:
        return "desk.no-words"
    return "desk.long-words" if len(words) > limits.MESSAGE_CHARS else ""


def _giving(
    request: Request, visitor: Visitor, number: int, button: Button, words: str, seen: int
) -> Callable[[], Given]:
    room, rules = backroom(request), office(request, visitor.organisation)
    me = _me(visitor, rules.ruleset)

    def asked(facts: Facts) -> tuple[Command, ...]:
        return commands_of(button, words, facts, me, rules.ruleset)

    def once(tx: Connection) -> None:
        """In the same transaction: of two clicks at the same moment, one waits for the other."""
        if is_repeated(button, words, said_since(tx, visitor.organisation, number, seen, me.id)):
            raise SaidBefore

    def work() -> Given:
        given = give(
            asked, number, me, rules,
            store=room.store, site=room.site(), clock=room.clock, way="w",
            fresh=number_for(asked(Facts()), visitor.organisation, room.store), also=once,
        )  # fmt: skip
        assert given is not None  # tickets are never deleted
        return given

    return work


ROUTES = (
    Route(_LABEL, show, methods=["GET"]),
    Route(_LABEL + "/{button}", press, methods=["POST"]),
)
