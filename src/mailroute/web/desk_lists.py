"""The first pages of the desk: who must act by when, what is unclear, and looking for a ticket."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from mailroute.flow.stored import StoredMails
from mailroute.message.clean import clean_header
from mailroute.model.agenda import Task
from mailroute.model.matter import matter_in_words
from mailroute.model.names import oblique
from mailroute.model.ruleset import Ruleset, Staff
from mailroute.model.ticket import Ticket
from mailroute.model.visitor import Visitor
from mailroute.routing.offered import Pickable, pickables
from mailroute.routing.work import local_day
from mailroute.store.agenda import tasks
from mailroute.store.desk import Unclear, unclear, unclear_count
from mailroute.store.engine import Connection
from mailroute.store.search import found_tickets
from mailroute.web.backroom import now, office, read
from mailroute.web.pages import page
from mailroute.web.visitor import staff

# What one page shows; whoever has more than that sorts it out from the top.
TASKS = 100
UNCLEAR = 20
FOUND = 50
_QUESTION_CHARS = 200
_WORDS_CHARS = 400
EVERYBODY = "all"


@dataclass(frozen=True, slots=True)
class Entry:
    """A ticket in a list. `who` must act, "" where that is the reader of their own agenda."""

    label: str
    subject: str
    matter: str
    status: str
    urgency: int
    reporter: str
    who: str
    due: datetime | None = None
    late: bool = False


@dataclass(frozen=True, slots=True)
class Sorting:
    """An unclear ticket with the first words of its mail and what can be picked."""

    ticket: Ticket
    who: str
    mine: bool
    words: str
    pickables: tuple[Pickable, ...]


async def agenda(request: Request) -> Response:
    """What somebody has to do, what is due first on top: one's own, a colleague's, everybody's."""
    visitor = await staff(request)
    rules = office(request, visitor.organisation).ruleset
    me = str(visitor.party.id)
    person = request.query_params.get("person", me)
    colleague = rules.staff_by_id(person)
    if colleague is None and person != EVERYBODY:
        raise HTTPException(404)
    wanted = None if person == EVERYBODY else person
    found = await read(request, lambda conn: tasks(conn, visitor.organisation, wanted, limit=TASKS))
    count = await read(request, lambda conn: unclear_count(conn, visitor.organisation))
    at = now(request)
    return page(
        request,
        "desk.html",
        entries=[_of_task(one, rules, visitor, at, named=wanted is None) for one in found],
        cut=len(found) == TASKS,
        unclear_count=count,
        person=person,
        person_name=colleague.name if colleague is not None else "",
        me=me,
        colleagues=active(rules),
    )


def active(rules: Ruleset) -> list[Staff]:
    """Everybody who works here."""
    return [one for one in rules.staff if one.active]


def _of_task(task: Task, rules: Ruleset, visitor: Visitor, at: datetime, *, named: bool) -> Entry:
    late = task.ticket.reminders > 0 or (task.due is not None and task.due < at)
    return _entry(
        task.ticket,
        rules,
        visitor,
        who=_waits_for(task.ticket, rules, visitor.language) if named else "",
        due=task.due,
        late=late,
    )


def _entry(
    ticket: Ticket,
    rules: Ruleset,
    visitor: Visitor,
    *,
    who: str,
    due: datetime | None = None,
    late: bool = False,
) -> Entry:
    return Entry(
        label=ticket.label,
        subject=ticket.subject,
        matter=matter_in_words(ticket, rules, visitor.language),
        status=ticket.status.value,
        urgency=ticket.urgency,
        reporter=ticket.reporter.name or ticket.reporter.address,
        who=who,
        due=due,
        late=late,
    )


def _waits_for(ticket: Ticket, rules: Ruleset, language: str) -> str:
    return behind(name_of(ticket.waits_for[1], rules), language) if ticket.waits_for else ""


def behind(name: str, language: str) -> str:
    """A name as it stands behind “bei” and “an”."""
    return oblique(name) if language == "de" else name


def name_of(one: str, rules: Ruleset) -> str:
    """How a colleague or partner is called; an id that nobody has any more stays what it is."""
    colleague = rules.staff_by_id(one)
    partner = next((each for each in rules.partners if each.id == one), None)
    return colleague.name if colleague else partner.name if partner else one


async def triage(request: Request) -> Response:
    """What no rule could decide, each with what it may be about and whom it can go to."""
    visitor = await staff(request)
    rules = office(request, visitor.organisation).ruleset
    found = await read(request, lambda conn: _unclear(conn, visitor.organisation))
    count = await read(request, lambda conn: unclear_count(conn, visitor.organisation))
    return page(
        request,
        "desk-triage.html",
        entries=[_sorting(one, words, rules, visitor, now(request)) for one, words in found],
        more=count - len(found),
        colleagues=active(rules),
    )


def _unclear(conn: Connection, organisation: str) -> list[tuple[Unclear, str]]:
    """What is to be sorted, each with the words of its mail."""
    mails = StoredMails(conn, (organisation,))
    return [(one, _words(one, mails)) for one in unclear(conn, organisation, UNCLEAR)]


def _words(one: Unclear, mails: StoredMails) -> str:
    """From the event; words that are for staff alone stand only in the mail."""
    if one.first is None:
        return ""
    kept = one.first.readable or mails.readable(one.first.intake, first=True)
    return kept.text


def _sorting(one: Unclear, words: str, rules: Ruleset, visitor: Visitor, at: datetime) -> Sorting:
    lines = (
        pickables(one.offer, one.routing, rules, visitor.language, local_day(rules, at)) if one.offer else ()
    )
    return Sorting(
        ticket=one.ticket,
        who=behind(name_of(one.ticket.assignee, rules), visitor.language),
        mine=one.ticket.assignee == visitor.party.id,
        words=_beginning(words.strip()),
        pickables=lines,
    )


def _beginning(text: str) -> str:
    return text if len(text) <= _WORDS_CHARS else text[: _WORDS_CHARS - 1].rsplit(" ", 1)[0] + " …"


async def search(request: Request) -> Response:
    """Find tickets by number, words of the subject, reporter or place."""
    visitor = await staff(request)
    rules = office(request, visitor.organisation).ruleset
    question = clean_header(request.query_params.get("q", ""), _QUESTION_CHARS)
    found: tuple[Ticket, ...] = ()
    if question:
        found = await read(request, lambda conn: found_tickets(conn, visitor.organisation, question, FOUND))
    return page(
        request,
        "desk-search.html",
        question=question,
        entries=[_entry(one, rules, visitor, who=_waits_for(one, rules, visitor.language)) for one in found],
        cut=len(found) == FOUND,
    )


ROUTES = (
    Route("/desk", agenda, methods=["GET"]),
    Route("/desk/triage", triage, methods=["GET"]),
    Route("/desk/search", search, methods=["GET"]),
)
