"""What came in the name of one of staff without proof is carried out once they say, signed in, that it is theirs."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from mailroute.model.ticket import Status, Ticket
from mailroute.store.tickets import tickets
from tests.support.house import Letter, a_mail
from tests.support.web import BRANDT, KLARA, SCHMIDT, URL, Pages, open_pages

MUELLER = "mueller@mieter.example"


@pytest.fixture
def pages() -> Iterator[Pages]:
    # Our own mail server vouches for senders: a mail without its word has come past it.
    with open_pages(borders=("mx.abc-hausverwaltung.example",)) as opened:
        yield opened


def forged(pages: Pages, text: str) -> tuple[str, Letter]:
    """A mail in the name of Herr Schmidt that nothing proves to be his: the page it leads to, and the letter to him."""
    pages.take(a_mail(MUELLER, "Gebäudeschaden", "In der Max-Planck-Str. 12 ist die Dachrinne kaputt."))
    pages.take(a_mail(SCHMIDT, "Re: Gebäudeschaden", text, to=pages.letters_to(SCHMIDT)[-1].reply_to))
    letter = pages.letters_to(SCHMIDT)[-1]
    link = next(line for line in letter.text.splitlines() if line.startswith(f"{URL}/desk/"))
    return link.removeprefix(URL), letter


def the_ticket(pages: Pages) -> Ticket:
    with pages.store.read() as conn:
        return tickets(conn)[0]


def test_the_registered_address_gets_a_link_and_nothing_has_happened_yet(pages: Pages) -> None:
    link, letter = forged(pages, "erledigt: alles bestens")

    assert "erledigt: alles bestens" in letter.text
    assert the_ticket(pages).status is Status.OFFERED
    assert pages.stranger().get(link).headers["location"].startswith("/sign-in?next=/desk/")


def test_who_is_signed_in_says_that_it_was_theirs_and_it_is_carried_out_once(pages: Pages) -> None:
    link, _ = forged(pages, "erledigt: alles bestens")
    schmidt = pages.visit(SCHMIDT)

    asked = schmidt.get(link)
    assert "erledigt: alles bestens" in asked.text
    assert the_ticket(pages).status is Status.OFFERED
    done = schmidt.post(link)

    assert done.status_code == 200
    assert f"/desk/ticket/{the_ticket(pages).label}" in done.text
    assert the_ticket(pages).status is Status.CLOSED
    assert (schmidt.get(link).status_code, schmidt.post(link).status_code) == (410, 410)


def test_nobody_else_can_confirm_it(pages: Pages) -> None:
    link, _ = forged(pages, "erledigt: alles bestens")

    assert pages.visit(BRANDT).post(link).status_code == 410
    assert pages.visit(KLARA).get(link).status_code == 404
    assert pages.visit(KLARA).post(link).status_code == 404
    assert pages.stranger().post(link).headers["location"] == "/sign-in"
    assert the_ticket(pages).status is Status.OFFERED


def test_after_a_week_there_is_nothing_left_to_confirm(pages: Pages) -> None:
    link, _ = forged(pages, "erledigt: alles bestens")
    pages.clock.advance(timedelta(days=7, minutes=1))

    assert pages.visit(SCHMIDT).post(link).status_code == 410
    assert the_ticket(pages).status is Status.OFFERED


@pytest.mark.parametrize(
    "path",
    ["/desk/tickets/99999/confirm/1", "/desk/tickets/10001/confirm/99", f"/desk/tickets/{10**30}/confirm/1"],
)
def test_what_was_never_there_cannot_be_confirmed(pages: Pages, path: str) -> None:
    assert pages.visit(SCHMIDT).get(path).status_code in (404, 410)
