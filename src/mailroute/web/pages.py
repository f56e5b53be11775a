"""From values to a page: the templates of `pages/`, with the words, the clock and the manners of whoever reads."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import lru_cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import HTMLResponse

from mailroute.model.moment import date_in_words, day_in_words, moment_nearby
from mailroute.model.ruleset import Ruleset
from mailroute.model.visitor import Visitor
from mailroute.web.backroom import backroom, now, office
from mailroute.web.navigation import links_for
from mailroute.web.session import csrf_of
from mailroute.web.words import language_of, say

STATIC = Path(__file__).parent / "static"

_templates = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "pages"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


def page(request: Request, template: str, status: int = 200, **values: object) -> HTMLResponse:
    """Make a page of `pages/TEMPLATE`. Beside `values` every template has what `_common` names."""
    text = _templates.get_template(template).render({**_common(request), **values})
    return HTMLResponse(text, status)


def language(request: Request) -> str:
    """The visitor's language, else the one that their browser asks for."""
    who = _visitor(request)
    known = who.language if who is not None else ""
    return known if known in ("de", "en") else language_of(request.headers.get("accept-language", ""))


def _common(request: Request) -> Mapping[str, object]:
    """`t` says words, `when`, `day` and `date` (without its weekday) write times, `static` addresses a file, `csrf` is the field that every form
    must hold; `visitor` is None where nobody is signed in.
    """
    who, spoken = _visitor(request), language(request)
    rules = office(request, who.organisation).ruleset if who is not None else None
    return {
        "t": say(spoken),
        "language": spoken,
        "visitor": who,
        "organisation": rules.organisation.name if rules else _only_name(request),
        "links": links_for(who, request.url.path) if who is not None else (),
        "csrf": Markup('<input type="hidden" name="csrf" value="{}">').format(csrf_of(request)),
        "csrf_token": csrf_of(request),
        "when": _when(request, who, rules, spoken),
        "day": lambda one: day_in_words(one, spoken),
        "date": lambda one: date_in_words(one, spoken),
        "looking_as": getattr(request.state, "looking_as", ""),
        "static": static,
    }


def _visitor(request: Request) -> Visitor | None:
    found: Visitor | None = getattr(request.state, "visitor", None)
    return found


def _only_name(request: Request) -> str:
    """The firm's name if there is only one here; else a stranger is not told who all there are."""
    offices = list(backroom(request).site().offices.values())
    return offices[0].ruleset.organisation.name if len(offices) == 1 else ""


def _when(
    request: Request, who: Visitor | None, rules: Ruleset | None, spoken: str
) -> Callable[[datetime], str]:
    staff = rules.staff_by_id(who.party.id) if rules and who and who.is_staff else None
    zone = rules.calendar(staff.calendar if staff else None).zone if rules else "UTC"
    return lambda at: moment_nearby(at, now(request), zone, spoken)


@lru_cache
def static(name: str) -> str:
    """The address of a file of `static/`; it changes with the file, so browsers may keep it for ever."""
    return f"/static/{name}?v={hashlib.sha256((STATIC / name).read_bytes()).hexdigest()[:12]}"
