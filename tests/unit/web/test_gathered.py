"""Whose report was gathered into somebody else's ticket finds it among their own, and nothing that is not theirs."""

from collections.abc import Iterator

import pytest

from mailroute.admin.granting import what_they_see
from mailroute.flow.command import give, number_for
from mailroute.model.command import Close, Command, Separate
from mailroute.model.facts import Facts
from mailroute.store.tickets import ticket, tickets
from mailroute.store.verify import verify
from tests.support.house import MUELLER, a_mail, with_file
from tests.support.web import BRANDT, URL, Pages, open_pages

AYDIN, BAUER = "aydin@mieter.example", "anna.bauer@mieter.example"
HOUSE = "in der Max-Planck-Str. 12"


@pytest.fixture
def pages() -> Iterator[Pages]:
    with open_pages() as opened:
        opened.take(a_mail(MUELLER, "Aufzug steht", f"Der Aufzug {HOUSE} steht seit Muellers Einzug."))
        second = a_mail(AYDIN, "Fahrstuhl kaputt", f"Guten Tag, der Fahrstuhl {HOUSE} faehrt nicht.")
        opened.take(with_file(second, "knopf.jpg", b"\xff\xd8\xff"))
        opened.take(a_mail(BAUER, "Lift", f"Der Aufzug {HOUSE} hat Bauers Kind eingeklemmt, er ist kaputt."))
        yield opened


@pytest.fixture
def number(pages: Pages) -> int:
    with pages.store.read() as conn:
        (one,) = tickets(conn, "abc")
    assert one.joined == 2
    return one.number


def tell(pages: Pages, number: int, *commands: Command) -> None:
    """Let whoever has the ticket say something about it."""
    with pages.store.read() as conn:
        one = ticket(conn, "abc", number)
    assert one is not None
    office = pages.site.offices["abc"]
    staff = office.ruleset.staff_by_id(one.assignee)
    assert staff is not None

    def asked(_: Facts) -> tuple[Command, ...]:
        return commands

    fresh = number_for(commands, "abc", pages.store)
    give(asked, number, staff, office, store=pages.store, site=pages.site, clock=pages.clock, way="w", fresh=fresh)  # fmt: skip


def test_their_own_report_is_in_their_list_under_their_own_subject(pages: Pages, number: int) -> None:
    aydin = pages.visit(AYDIN)
    shown = aydin.get("/tickets").text

    assert f"/tickets/{number}" in shown
    assert "Fahrstuhl kaputt" in shown
    assert f"T-{number}" in shown
    assert not any(one in shown for one in ("Aufzug steht", MUELLER, "Müller", "Bauer"))
    assert f"/tickets/{number}" in aydin.get("/tickets?shelf=mine").text
    assert f"/tickets/{number}" not in aydin.get("/tickets?shelf=shared").text


def test_their_page_holds_their_words_and_files_and_nothing_of_the_others(pages: Pages, number: int) -> None:
    with pages.store.read() as conn:
        one = ticket(conn, "abc", number)
    assert one is not None
    pages.answer(one, "Der Techniker kommt morgen.")
    aydin = pages.visit(AYDIN)
    shown = aydin.get(f"/tickets/{number}").text

    assert "faehrt nicht" in shown
    assert "knopf.jpg" in shown
    others = ("Muellers Einzug", "Bauers Kind", MUELLER, "Aufzug steht", "Techniker", "WE 03")
    assert not any(one in shown for one in others)
    link = shown.partition(f'href="/tickets/{number}/files/')[2].partition('"')[0]
    assert aydin.get(f"/tickets/{number}/files/{link}").status_code == 303
    assert aydin.get(f"/tickets/{number}/files/1/1").status_code == 404
    assert "In Bearbeitung" in shown


def test_a_machine_that_writes_of_them_shows_them_none_of_its_words(pages: Pages, number: int) -> None:
    """Reliability §4, Ticket Trick: the same where such a mail was gathered."""
    named = f"Name: Frau Weber\nE-Mail: {BAUER}\nNachricht: Der Aufzug {HOUSE} steht, Code 48151623."
    pages.take(a_mail("noreply@liftfirma.example", "Aufzug", named))
    bauer = pages.visit(BAUER).get(f"/tickets/{number}").text
    assert "hat Bauers Kind" in bauer
    assert "48151623" not in bauer
    desk = pages.visit(BRANDT).get(f"/desk/ticket/T-{number}").text
    assert "48151623" in desk
    assert "knopf.jpg" in desk


def test_the_first_reporter_sees_nothing_of_theirs(pages: Pages, number: int) -> None:
    shown = pages.visit(MUELLER).get(f"/tickets/{number}").text

    assert "Muellers Einzug" in shown
    assert not any(one in shown for one in ("faehrt nicht", "Bauers Kind", AYDIN))
    assert pages.visit("schulz@mieter.example").get(f"/tickets/{number}").status_code == 404


@pytest.mark.parametrize(("words", "found"), [("fahrst", True), ("aufzug", False), ("planck", False), ("bauer", False)])  # fmt: skip
def test_they_find_it_by_what_they_wrote_and_by_nothing_else(
    pages: Pages, number: int, words: str, found: bool
) -> None:
    shown = pages.visit(AYDIN).get(f"/tickets?words={words}").text

    assert (f'href="/tickets/{number}"' in shown) is found


def test_what_they_add_is_a_message_in_the_ticket_and_their_page_shows_it(pages: Pages, number: int) -> None:
    aydin = pages.visit(AYDIN)
    before = aydin.get(f"/tickets/{number}").text
    serial = before.partition('name="serial" value="')[2].partition('"')[0]
    answer = aydin.post(f"/tickets/{number}/answer", text="Jetzt brennt auch das Licht nicht.", serial=serial)
    pages.decide()

    assert answer.status_code == 303
    assert "brennt auch das Licht" in aydin.get(f"/tickets/{number}").text
    assert "brennt auch das Licht" not in pages.visit(MUELLER).get(f"/tickets/{number}").text
    assert aydin.post(f"/tickets/{number}/read").status_code == 404
    with pages.store.read() as conn:
        assert [one.number for one in tickets(conn, "abc")] == [number]


def test_its_end_is_theirs_to_see_and_what_the_first_one_was_told_is_not(pages: Pages, number: int) -> None:
    tell(pages, number, Close("erledigt", "Ihr Schluessel liegt im Buero."))
    aydin = pages.visit(AYDIN)

    assert "Abgeschlossen" in aydin.get("/tickets").text
    shown = aydin.get(f"/tickets/{number}").text
    assert "Abgeschlossen" in shown
    assert "Schluessel" not in shown


def test_whose_report_was_another_matter_after_all_has_a_ticket_of_their_own(
    pages: Pages, number: int
) -> None:
    tell(pages, number, Separate("trennen", AYDIN))
    aydin = pages.visit(AYDIN)
    with pages.store.read() as conn:
        own = next(one.number for one in tickets(conn, "abc") if one.reporter.address == AYDIN)
        assert list(verify(conn)) == []

    assert aydin.get(f"/tickets/{number}").status_code == 404
    assert aydin.get(f"/tickets/{own}").status_code == 200
    assert f"/tickets/{number}" not in aydin.get("/tickets").text


def test_their_receipt_leads_to_it_and_the_administrator_sees_what_they_see(
    pages: Pages, number: int
) -> None:
    (receipt,) = pages.letters_to(AYDIN)
    assert f"{URL}/tickets/{number}" in receipt.text
    shown = pages.visit(BRANDT).get(f"/desk/as/{AYDIN}/tickets/{number}").text
    assert "faehrt nicht" in shown
    assert "Muellers Einzug" not in shown
    with pages.store.read() as conn:
        told = what_they_see(conn, pages.site.offices["abc"], AYDIN, pages.clock())
    assert [(one["ticket"], one["subject"], one["own"]) for one in told["tickets"]] == [
        (f"T-{number}", "Fahrstuhl kaputt", True)
    ]
