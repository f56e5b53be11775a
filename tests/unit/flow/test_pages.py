"""Letters lead to our pages: exactly where their reader may come in and sees the same."""

import re
from collections.abc import Iterator

import pytest

from mailroute.store import outbox
from mailroute.store.tickets import tickets
from tests.support.house import a_mail
from tests.support.web import KLARA, URL, Pages, open_pages

MUELLER = "mueller@mieter.example"
STRANGER = "wer@irgendwo.example"
PAGE = re.compile(rf"{re.escape(URL)}(/(?:tickets|desk)\S*)")


@pytest.fixture(scope="module")
def pages() -> Iterator[Pages]:
    with open_pages() as opened:
        opened.take(a_mail(MUELLER, "Dachrinne", "In der Max-Planck-Str. 12 tropft die Dachrinne."))
        opened.take(a_mail(KLARA, "Schaden zum Vertrag KFZ-500200", "Die Tür hat eine Beule."))
        opened.take(a_mail(STRANGER, "Wohnung", "Haben Sie eine Wohnung frei?"))
        yield opened


def led_to(pages: Pages, address: str) -> set[str]:
    """The paths to which the letters to somebody lead."""
    return {path for letter in pages.letters_to(address) for path in PAGE.findall(letter.text)}


def number_of(pages: Pages, address: str) -> int:
    with pages.store.read() as conn:
        return next(one.number for one in tickets(conn, "abc") if one.reporter.address == address)


@pytest.mark.parametrize("address", [MUELLER, KLARA])
def test_whoever_has_pages_is_led_to_their_ticket_and_sees_it(pages: Pages, address: str) -> None:
    """A tenant needs no grant for it, a customer does."""
    path = f"/tickets/{number_of(pages, address)}"

    assert led_to(pages, address) == {path}
    assert pages.visit(address).get(path).status_code == 200


def test_a_stranger_is_led_nowhere(pages: Pages) -> None:
    with pages.store.read() as conn:
        one = next(one for one in tickets(conn, "abc") if one.reporter.address == STRANGER)
    pages.answer(one, "Leider nein.")

    assert "Leider nein." in pages.letters_to(STRANGER)[-1].text
    assert led_to(pages, STRANGER) == set()


def test_staff_are_led_to_the_ticket_on_the_desk_and_come_to_it_after_signing_in(pages: Pages) -> None:
    with pages.store.read() as conn:
        assigned = {one.assignee: one for one in tickets(conn, "abc")}
    staff = pages.site.offices["abc"].ruleset.staff_by_id(next(iter(assigned)))
    assert staff is not None
    (path,) = {one for one in led_to(pages, staff.address) if one.startswith("/desk/ticket/")} & {
        f"/desk/ticket/{one.label}" for one in assigned.values() if one.assignee == staff.id
    }

    assert pages.visit(staff.address).get(path).status_code == 200
    assert pages.stranger().get(path).headers["location"].startswith("/sign-in?next=")


def test_an_answer_leads_the_customer_back_to_the_thread(pages: Pages) -> None:
    with pages.store.read() as conn:
        one = next(one for one in tickets(conn, "abc") if one.reporter.address == MUELLER)
    pages.answer(one, "Wir kommen morgen.")

    answer = pages.letters_to(MUELLER)[-1]
    assert "Wir kommen morgen." in answer.text
    assert PAGE.findall(answer.text) == [f"/tickets/{one.number}"]


def test_without_pages_no_letter_leads_to_one() -> None:
    with open_pages(web=None) as opened:
        opened.take(a_mail(MUELLER, "Dachrinne", "In der Max-Planck-Str. 12 tropft die Dachrinne."))
        with opened.store.read() as conn:
            letters = [outbox.letter_content(conn, one.id) or b"" for one in outbox.letters(conn)]
        assert letters
        assert not any(b"Browser" in one or b"http" in one for one in letters)
