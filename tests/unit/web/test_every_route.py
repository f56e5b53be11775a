"""Every route as every kind of person: what one may not see is not there, looking changes nothing, forms need their token.

The table names every route of the application; a new one without a row fails here.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from httpx2 import Response
from sqlalchemy import select
from starlette.routing import Route

from mailroute.flow.activate import activate_all
from mailroute.flow.command import give
from mailroute.flow.invite import invite_due
from mailroute.flow.site import load_directories
from mailroute.model import command as c
from mailroute.model.command import Command
from mailroute.model.ticket import Status
from mailroute.store import tables as t
from mailroute.store.tickets import ticket
from mailroute.web.app import application
from tests.e2e.test_two_organisations import two_firms
from tests.support.house import MUELLER, a_mail, a_reply, with_file
from tests.support.web import BRANDT, KLARA, OFFICE, URL, Pages, Person, open_pages

HUBER = "huber@abc-hausverwaltung.example"
THEIRS = "huber@xyz-hausverwaltung.example"
GONE = "gone@muster.example"
PARTNER = "auftrag@dachdeckerei-sturm.example"
BESIDE = "beside@muster.example"  # in a further grant with Klara alone
GRANTS = f"""\
muster:
  name: Klara Muster und Musterfirma
  profile: gewerblich
  customers: [{KLARA}, {OFFICE}]
  account_manager: brandt
  members:
    - {{address: {KLARA}, name: Klara Muster}}
    - {{address: {OFFICE}, name: Musterfirma}}
    - {{address: {GONE}, name: Gone}}
beside:
  name: Klara und ihr Berater
  main: no
  profile: gewerblich
  customers: [{KLARA}]
  account_manager: brandt
  members:
    - {{address: {KLARA}, name: Klara Muster}}
    - {{address: {BESIDE}, name: Berater}}
"""
# Who asks, in the order of the columns.
PEOPLE = ("stranger", GONE, PARTNER, KLARA, OFFICE, BESIDE, MUELLER, HUBER, THEIRS, BRANDT)
# Ticket 10001 is the office's with a photo, 10002 Klara's, 10003 that of Herr Müller, a tenant without any grant; the
# partner is asked for it and, in the end, has accepted. Partners have no pages: they are where strangers are.
PUBLIC, IN = "200 " * 10, "303 303 303 "
CUSTOMERS = IN + "200 200 200 200 404 404 404"
MEMBERS = IN + "200 200 200 404 404 404 404"
STAFF = IN + "404 404 404 404 200 200 200"
OURS = IN + "404 404 404 404 200 404 200"
BOSS = IN + "404 404 404 404 404 404 200"
NOBODY = IN + "404 404 404 404 404 404 404"
AS = f"/desk/as/{KLARA}"
TICKET, FILE = "/tickets/{number:int}", "/files/{intake:int}/{part:int}"
DESK, LOOK = "/desk/ticket/T-{number:int}", "/desk/as/{address}"
CONFIRM = "/desk/tickets/{number:int}/confirm/{intake:int}"


@dataclass(frozen=True, slots=True)
class Row:
    """A route, an address of it, and the status for each of PEOPLE."""

    route: str
    path: str
    statuses: str


GETS = (
    Row("/", "/", "303 " * 10),
    Row("/static/{name}", "/static/style.css", PUBLIC),
    Row("/sign-in", "/sign-in", PUBLIC),
    Row("/sign-in/sent", "/sign-in/sent", PUBLIC),
    Row("/sign-in/{token}", "/sign-in/guessed", "410 " * 10),
    Row("/files/{organisation}/{intake:int}/{part:int}/{until:int}/{token}", "/files/abc/1/2/99999999/guessed", "404 " * 10),
    Row("/mail/{organisation}/{intake:int}/{until:int}/{token}", "/mail/abc/1/99999999/guessed", "404 " * 10),
    Row("/tickets", "/tickets", CUSTOMERS),
    Row(TICKET, "/tickets/10001", IN + "200 200 404 404 404 404 404"),
    Row(TICKET, "/tickets/10002", MEMBERS),
    Row(TICKET, "/tickets/10003", IN + "404 404 404 200 404 404 404"),
    Row(TICKET + FILE, "/tickets/10001/files/1/1", IN + "303 303 404 404 404 404 404"),
    Row("/message", "/message", CUSTOMERS),
    Row("/report", "/report", CUSTOMERS),
    Row("/received/{serial}", "/received/" + "0" * 32, NOBODY),
    Row("/contracts", "/contracts", MEMBERS),
    Row("/contracts/new", "/contracts/new", NOBODY),
    Row("/contracts/{contract:path}", "/contracts/KFZ-500200", MEMBERS),
    Row("/settings", "/settings", CUSTOMERS),
    Row("/desk", "/desk", STAFF),
    Row("/desk/triage", "/desk/triage", STAFF),
    Row("/desk/search", "/desk/search?q=frage", STAFF),
    Row(DESK, "/desk/ticket/T-10001", OURS),
    Row(DESK, "/desk/ticket/T-10003", OURS),
    Row(DESK + FILE, "/desk/ticket/T-10001/files/1/1", IN + "404 404 404 404 303 404 303"),
    Row(DESK + "/mail/{intake:int}", "/desk/ticket/T-10001/mail/1", OURS.replace("200", "303")),
    Row(CONFIRM, "/desk/tickets/10001/confirm/1", IN + "404 404 404 404 410 410 410"),
    Row("/desk/holes", "/desk/holes", BOSS),
    Row("/desk/rules", "/desk/rules", BOSS),
    Row("/desk/queue", "/desk/queue", BOSS),
    Row("/desk/grants", "/desk/grants", BOSS),
    Row("/desk/as", f"/desk/as?address={KLARA}", IN + "404 404 404 404 404 404 303"),
    Row(LOOK + "/tickets", f"{AS}/tickets", BOSS),
    Row(LOOK + TICKET, f"{AS}/tickets/10001", BOSS),
    Row(LOOK + TICKET, f"{AS}/tickets/10003", NOBODY),
    Row(LOOK + TICKET + FILE, f"{AS}/tickets/10001/files/1/1", IN + "404 404 404 404 404 404 303"),
    Row(LOOK + "/contracts", f"{AS}/contracts", BOSS),
    Row(LOOK + "/contracts/{contract:path}", f"{AS}/contracts/KFZ-500200", BOSS),
)  # fmt: skip
# Sent with the token and nothing else: 422 is a form that may be sent and lacks its words.
POSTS = (
    Row("/sign-in", "/sign-in", "422 " * 10),
    Row("/sign-in/{token}", "/sign-in/guessed", "410 " * 10),
    Row(TICKET + "/answer", "/tickets/10001/answer", IN + "422 422 404 404 404 404 404"),
    Row(TICKET + "/answer", "/tickets/10003/answer", IN + "404 404 404 422 404 404 404"),
    Row(TICKET + "/read", "/tickets/10001/read", IN + "303 303 404 404 404 404 404"),
    Row(TICKET + "/read", "/tickets/10003/read", IN + "404 404 404 303 404 404 404"),
    Row("/message", "/message", IN + "422 422 422 422 404 404 404"),
    Row("/report", "/report", IN + "422 422 422 422 404 404 404"),
    Row("/contracts/new", "/contracts/new", NOBODY),
    Row("/settings", "/settings", IN + "303 303 303 303 404 404 404"),
    Row(DESK + "/{button}", "/desk/ticket/T-10001/note", IN + "404 404 404 404 422 404 422"),
    Row(CONFIRM, "/desk/tickets/10001/confirm/1", IN + "404 404 404 404 410 410 410"),
    Row("/desk/queue/{target}", "/desk/queue/m1", NOBODY),
    Row("/sign-out", "/sign-out", "303 " * 10),  # last: after it nobody is signed in
)
_BOOKS = (t.ticket, t.event, t.decision, t.timer, t.intake, t.outbox, t.message_id, t.ticket_party, t.turn)


@pytest.fixture(scope="module")
def walk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Pages, dict[str, Person]]]:
    """Two firms, three tickets, everybody signed in who may, one member removed since, and a partner asked for a ticket."""
    ours, theirs = two_firms(tmp_path_factory.mktemp("walk"))
    _grant(theirs, "{}\n")
    _grant(ours, GRANTS)
    with open_pages((ours, theirs)) as pages:
        photo = with_file(
            a_mail(OFFICE, "Frage des Büros", "Was ist versichert?"), "haus.jpg", b"\xff\xd8\xff"
        )
        pages.take(photo)
        pages.take(a_mail(KLARA, "Frage von Klara", "Ist das Fahrrad versichert?"))
        pages.take(a_mail(MUELLER, "Schaden", "In der Max-Planck-Str. 12 ist die Dachrinne kaputt."))
        invite_due(pages.store, pages.site, pages.clock)
        people = {
            who: pages.visit(who, "xyz" if who == THEIRS else "abc") for who in PEOPLE[1:] if who != PARTNER
        }
        _give(pages, 10_003, c.Assign("weiter an: Sturm", "Sturm"))
        people[PARTNER] = _turned_away(pages, PARTNER)
        _grant(ours, GRANTS.replace(f"    - {{address: {GONE}, name: Gone}}\n", ""))
        activate_all(pages.store, load_directories([ours, theirs]), pages.clock())
        yield pages, {"stranger": pages.stranger(), **people}


def _give(pages: Pages, number: int, command: Command) -> None:
    """Let whoever has the ticket give a command."""
    with pages.store.read() as conn:
        one = ticket(conn, "abc", number)
    assert one is not None
    rules = pages.site.offices["abc"]
    staff = rules.ruleset.staff_by_id(one.assignee)
    assert staff is not None
    give(lambda _: (command,), number, staff, rules, store=pages.store, site=pages.site, clock=pages.clock, way="w")  # fmt: skip


def _turned_away(pages: Pages, address: str) -> Person:
    """A browser in which somebody asked for a link, and tried one that should never have been written."""
    person = pages.stranger()
    assert person.post("/sign-in", address=address, next="/").status_code == 303
    assert not [one for one in pages.letters_to(address) if URL in one.text]
    assert person.post(pages.link_for(address)).status_code == 410
    return person


def _grant(rules: Path, text: str) -> None:
    (rules / "grants" / "makler.yaml").write_text(text)


def _books(pages: Pages) -> list[list[tuple[object, ...]]]:
    with pages.store.read() as conn:
        return [sorted(map(tuple, conn.execute(select(table))), key=repr) for table in _BOOKS]


def _differing(rows: tuple[Row, ...], people: dict[str, Person], method: str) -> list[str]:
    """Where an answer is not that of the table."""
    found = []
    for row in rows:
        for who, wanted in zip(PEOPLE, row.statuses.split(), strict=True):
            answer = (
                people[who].post(row.path)
                if method == "POST"
                else people[who].client.request(method, row.path)
            )
            if answer.status_code != int(wanted):
                found.append(f"{method} {row.path} as {who}: {answer.status_code}, not {wanted}")
            if answer.status_code == 200 and not row.path.startswith("/static/"):
                found += [f"{row.path} as {who}: {fault}" for fault in _unprotected(answer)]
    return found


def _unprotected(answer: Response) -> Iterator[str]:
    if answer.headers["cache-control"] != "no-store":
        yield "may be kept"
    policy = answer.headers["content-security-policy"]
    if "default-src 'none'" not in policy or "unsafe" in policy:
        yield policy


def test_the_table_names_every_route(walk: tuple[Pages, dict[str, Person]]) -> None:
    pages, _ = walk
    there = {
        (method, route.path)
        for route in application(pages.backroom).routes
        if isinstance(route, Route)
        for method in route.methods or ()
    }
    named = {(method, row.route) for row in GETS for method in ("GET", "HEAD")}
    assert there == named | {("POST", row.route) for row in POSTS}


@pytest.mark.parametrize("method", ["GET", pytest.param("HEAD", marks=pytest.mark.long)])
def test_everybody_finds_what_is_theirs_and_looking_changes_nothing(
    walk: tuple[Pages, dict[str, Person]], method: str
) -> None:
    """REQ-B2, B3, B8, B13, C11, C25: what one may not see is 404; no ticket, letter or mail is other afterwards."""
    pages, people = walk
    before = _books(pages)
    assert _differing(GETS, people, method) == []
    assert _books(pages) == before


@pytest.mark.long
def test_a_partner_who_has_accepted_finds_no_more_than_before(walk: tuple[Pages, dict[str, Person]]) -> None:
    """REQ-D7: what they may know then is in their letters; it opens no page, and changes none for anybody else."""
    pages, people = walk
    offer = pages.letters_to(PARTNER)[-1]
    pages.take(a_reply(offer, PARTNER, "annehmen"))
    with pages.store.read() as conn:
        one = ticket(conn, "abc", 10_003)
    assert one is not None
    assert (one.status, one.partner) == (Status.WITH_PARTNER, "dachdeckerei-sturm")
    assert _differing(GETS, {**people, PARTNER: _turned_away(pages, PARTNER)}, "GET") == []


def test_no_form_is_taken_without_the_token_of_the_session(walk: tuple[Pages, dict[str, Person]]) -> None:
    pages, people = walk
    before = _books(pages)
    taken = [
        f"{row.path} as {who}"
        for row in POSTS
        for who in PEOPLE[1:]
        if who != PARTNER  # has no session
        if people[who].client.post(row.path, data={"text": "Hallo", "words": "Hallo"}).status_code != 403
    ]
    assert taken == []
    assert _books(pages) == before


def test_forms_do_only_what_their_sender_may(walk: tuple[Pages, dict[str, Person]]) -> None:
    """REQ-C25: there is no form for grants at all, and what administrators look after is there for them alone."""
    _, people = walk
    assert _differing(POSTS, people, "POST") == []
