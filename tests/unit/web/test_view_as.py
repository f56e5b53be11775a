"""Looking with a member's eyes (REQ-C11): the very same pages, nothing can be sent, nothing is marked, all is kept."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from mailroute.store import tables as t
from mailroute.store.tickets import events, tickets
from mailroute.store.views import views
from tests.support.house import MUELLER, a_mail
from tests.support.web import BRANDT, KLARA, OFFICE, Pages, open_pages
from tests.unit.web.test_portal import GRANT, a_firm

HUBER = "huber@abc-hausverwaltung.example"
AS_KLARA = f"/desk/as/{KLARA}"
_MAIN = re.compile(r"<main.*?>(.*)</main>", re.DOTALL)
_BOXES = re.compile(r"<form.*?</form>|<section.*?</section>|<details.*?</details>", re.DOTALL)
_BUTTONS = re.compile(r'<div class="actions">.*?</div>|<a class="button[^>]*>.*?</a>', re.DOTALL)


@pytest.fixture
def pages() -> Iterator[Pages]:
    with open_pages() as opened:
        opened.take(a_mail(OFFICE, "Frage des Büros", "Was ist versichert?"))
        opened.take(a_mail(KLARA, "Frage von Klara", "Ist das Fahrrad versichert?"))
        opened.take(a_mail(MUELLER, "Schaden", "In der Max-Planck-Str. 12 ist die Dachrinne kaputt."))
        yield opened


def _numbers(pages: Pages) -> dict[str, int]:
    with pages.store.read() as conn:
        return {one.subject: one.number for one in tickets(conn, "abc")}


def _seen(page: str) -> str:
    """What a page shows, without what sends something and without where its links lead."""
    found = _MAIN.search(page)
    assert found is not None
    shown = _BUTTONS.sub("", _BOXES.sub("", found[1]))
    return " ".join(shown.replace(AS_KLARA, "").split())


def _count(pages: Pages, table: str) -> int:
    with pages.store.read() as conn:
        return conn.execute(select(func.count()).select_from(t.metadata.tables[table])).scalar_one()


def test_an_administrator_sees_exactly_what_the_member_sees(pages: Pages) -> None:
    number = _numbers(pages)["Frage des Büros"]
    brandt, klara = pages.visit(BRANDT), pages.visit(KLARA)
    theirs = {
        path: brandt.get(f"{AS_KLARA}{path}") for path in ("/tickets", "/contracts", f"/tickets/{number}")
    }
    assert "Frage des Büros" in theirs["/tickets"].text
    assert "Dachrinne" not in theirs["/tickets"].text
    for path, look in theirs.items():
        assert look.status_code == 200
        assert f"mit den Augen von {KLARA}" in look.text
        assert _seen(look.text) == _seen(klara.get(path).text)
        assert 'method="post" action="/desk' not in look.text


def test_a_look_leaves_no_mark_and_stands_in_the_books(pages: Pages) -> None:
    numbers = _numbers(pages)
    brandt = pages.visit(BRANDT)
    with pages.store.read() as conn:
        before = {number: len(events(conn, "abc", number)) for number in numbers.values()}
    brandt.get(f"{AS_KLARA}/tickets")
    brandt.get(f"{AS_KLARA}/tickets/{numbers['Frage des Büros']}")
    pages.clock.turn_to(pages.clock() + timedelta(minutes=20))
    brandt.get(f"{AS_KLARA}/contracts")
    with pages.store.read() as conn:
        assert {number: len(events(conn, "abc", number)) for number in numbers.values()} == before
        assert [(who, whose) for _, who, whose in views(conn, "abc")] == [("brandt", KLARA)] * 2
    assert _count(pages, "reading") == 0
    assert "Neu</span>" in pages.visit(KLARA).get("/tickets").text
    assert f"Frau Brandt: {KLARA}" in brandt.get("/desk/grants").text


def test_nothing_can_be_sent_with_somebody_elses_eyes(pages: Pages) -> None:
    number = _numbers(pages)["Frage des Büros"]
    brandt = pages.visit(BRANDT)
    for path in (
        "/tickets", f"/tickets/{number}", f"/tickets/{number}/answer", f"/tickets/{number}/read", "/contracts",
        "/contracts/new", "/report", "/message", "/settings",
    ):  # fmt: skip
        assert brandt.post(f"{AS_KLARA}{path}", text="Hallo", serial="0" * 32).status_code in (404, 405)
        assert brandt.post(path, text="Hallo", serial="0" * 32).status_code in (404, 405)
    assert _count(pages, "intake") == 3


def test_what_the_member_may_not_see_is_not_there_either(pages: Pages) -> None:
    brandt = pages.visit(BRANDT)
    hidden = _numbers(pages)["Schaden"]
    for path in (f"/tickets/{hidden}", "/tickets/99999", "/contracts/none", "/tickets/99999999999999999999"):
        assert brandt.get(f"{AS_KLARA}{path}").status_code == 404


def test_only_administrators_look_and_only_at_customers(pages: Pages) -> None:
    assert pages.visit(HUBER).get(f"{AS_KLARA}/tickets").status_code == 404
    assert pages.visit(OFFICE).get(f"{AS_KLARA}/tickets").status_code == 404
    brandt = pages.visit(BRANDT)
    for address in (HUBER, BRANDT, "nobody@nowhere.example", "x", "%2e%2e", "a" * 3000):
        assert brandt.get(f"/desk/as/{address}/tickets").status_code == 404
    assert brandt.get(f"/desk/as?address={KLARA}").headers["location"] == f"{AS_KLARA}/tickets"
    answer = brandt.get("/desk/as", params={"address": "nobody@nowhere.example"})
    assert "nobody@nowhere.example kann sich niemand anmelden" in brandt.get(answer.headers["location"]).text
    with pages.store.read() as conn:
        assert views(conn, "abc") == ()


def test_a_member_who_was_removed_cannot_be_looked_at_any_more(tmp_path: Path) -> None:
    without = GRANT.replace("    - address: klara@muster.example\n      name: Klara Muster\n", "")
    assert without != GRANT
    with open_pages(a_firm(tmp_path, without)) as pages:
        assert pages.visit(BRANDT).get(f"{AS_KLARA}/tickets").status_code == 404
