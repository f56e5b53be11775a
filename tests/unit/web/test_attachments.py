"""Files of tickets reach whoever sees the ticket, and nobody else (REQ-B14, C3; issue: every object through `sees`)."""

from collections.abc import Iterator

import pytest

from mailroute.message.parse import parse
from mailroute.store.tickets import tickets
from mailroute.store.views import views
from tests.support.house import a_mail, with_file
from tests.support.web import BRANDT, KLARA, OFFICE, SCHMIDT, Pages, open_pages

MUELLER = "mueller@mieter.example"
PHOTO = b"\xff\xd8\xff\xe0 photo"


@pytest.fixture(scope="module")
def pages() -> Iterator[Pages]:
    with open_pages() as opened:
        mail = a_mail(KLARA, "Schaden zu HRV-500100", "Der Schlauch der Spülmaschine ist geplatzt.")
        opened.take(with_file(mail, "küche.jpg", PHOTO))
        yield opened


@pytest.fixture(scope="module")
def path(pages: Pages) -> str:
    """Ticket, mail and file as links of pages name them."""
    with pages.store.read() as conn:
        (ticket,) = tickets(conn)
    part = parse(with_file(a_mail(KLARA, "x", "x"), "küche.jpg", PHOTO)).attachments[0].part
    return f"{ticket.number}/files/1/{part}"


@pytest.mark.parametrize("who", [KLARA, OFFICE])
def test_a_member_who_sees_the_ticket_gets_its_files(pages: Pages, path: str, who: str) -> None:
    person = pages.visit(who)

    answer = person.get(f"/tickets/{path}")

    assert answer.status_code == 303
    assert person.get(answer.headers["location"]).content == PHOTO


def test_staff_get_the_files_of_their_organisation(pages: Pages, path: str) -> None:
    schmidt = pages.visit(SCHMIDT)

    answer = schmidt.get(f"/desk/ticket/T-{path}")

    assert schmidt.get(answer.headers["location"]).content == PHOTO


def test_an_administrator_gets_them_with_a_member_s_eyes_and_that_is_kept(pages: Pages, path: str) -> None:
    """REQ-C11: whoever typed the address of the file had looked without a trace."""
    brandt = pages.visit(BRANDT)

    assert brandt.get(f"/desk/as/{KLARA}/tickets/{path}").status_code == 303
    with pages.store.read() as conn:
        assert [(who, whose) for _, who, whose in views(conn, "abc")] == [("brandt", KLARA)]
    assert brandt.get(f"/desk/as/{MUELLER}/tickets/{path}").status_code == 404
    assert brandt.get(f"/desk/as/{SCHMIDT}/tickets/{path}").status_code == 404


@pytest.mark.parametrize(
    ("who", "prefix"),
    [
        (MUELLER, "/tickets/"),
        (MUELLER, "/desk/ticket/T-"),
        (KLARA, "/desk/ticket/T-"),
        (KLARA, f"/desk/as/{KLARA}/tickets/"),
        (SCHMIDT, "/tickets/"),
        (SCHMIDT, f"/desk/as/{KLARA}/tickets/"),
    ],
)
def test_for_everybody_else_there_is_no_such_file(pages: Pages, path: str, who: str, prefix: str) -> None:
    assert pages.visit(who).get(prefix + path).status_code == 404


def test_who_is_not_signed_in_is_led_to_the_sign_in_page(pages: Pages, path: str) -> None:
    assert pages.stranger().get(f"/tickets/{path}").headers["location"].startswith("/sign-in?next=/tickets/")


@pytest.mark.parametrize(
    "ending",
    ["1/files/1/1", "10001/files/99/1", "10001/files/1/99", f"{10**30}/files/1/1", f"10001/files/{10**30}/1"],
)
def test_what_is_not_in_the_thread_is_not_given_out(pages: Pages, ending: str) -> None:
    assert pages.visit(KLARA).get(f"/tickets/{ending}").status_code == 404


def test_the_html_of_a_mail_is_shown_to_staff_in_a_frame(pages: Pages) -> None:
    mail = a_mail(MUELLER, "Heizung", "In der Max-Planck-Str. 12 ist die Heizung kalt.")
    pages.take(mail.replace(b"text/plain", b"text/html"))
    with pages.store.read() as conn:
        ticket = max(tickets(conn), key=lambda one: one.number)
    schmidt = pages.visit(SCHMIDT)

    answer = schmidt.get(f"/desk/ticket/{ticket.label}/mail/2")

    assert "Heizung kalt" in schmidt.get(answer.headers["location"]).text
    assert schmidt.get(f"/desk/ticket/{ticket.label}/mail/1").status_code == 404
    assert pages.visit(MUELLER).get(f"/desk/ticket/{ticket.label}/mail/2").status_code == 404
