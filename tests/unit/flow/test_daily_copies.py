"""One mail a day for members who want no more: made of the threads as they are in the morning (ambiguity 10)."""

from __future__ import annotations

import email
import email.policy
import shutil
from collections.abc import Iterator
from datetime import datetime, timedelta
from email.message import EmailMessage
from pathlib import Path

import pytest

from mailroute import shipped
from mailroute.flow.daily_copies import write_copies
from mailroute.flow.site import load_directories
from mailroute.flow.web import choose_for_themselves, see
from mailroute.model.grant import Copies
from mailroute.model.ticket import Ticket
from mailroute.store.choices import Choice
from mailroute.store.directory import replace_directory
from mailroute.store.outbox import letters
from mailroute.store.tables import outbox
from mailroute.store.tickets import tickets
from tests.support.house import TUESDAY, a_mail
from tests.support.web import KLARA, OFFICE, Pages, open_pages

SEVEN = TUESDAY.replace(hour=7, minute=0) + timedelta(days=1)


@pytest.fixture
def pages() -> Iterator[Pages]:
    with open_pages() as opened:
        yield opened


def the_ticket(pages: Pages) -> Ticket:
    with pages.store.read() as conn:
        return tickets(conn, "abc")[0]


def asked_and_answered(pages: Pages) -> Ticket:
    pages.take(a_mail(KLARA, "Frage zur Police", "Was ist versichert?"))
    ticket = the_ticket(pages)
    pages.clock.turn_to(pages.clock() + timedelta(minutes=10))
    pages.answer(ticket, "Das klären wir bis Freitag.")
    return ticket


def written(pages: Pages, at: datetime) -> list[EmailMessage]:
    """The digests that are written at that moment."""
    pages.clock.turn_to(at)
    before = len(digests(pages))
    assert write_copies(pages.store, pages.site, clock=pages.clock) == len(digests(pages)) - before
    return digests(pages)[before:]


def digests(pages: Pages) -> list[EmailMessage]:
    with pages.store.read() as conn:
        rows = conn.execute(outbox.select().where(outbox.c.template == "shared-daily")).all()
    found = [email.message_from_bytes(row.content, policy=email.policy.default) for row in rows]
    return [one for one in found if isinstance(one, EmailMessage)]


def text(mail: EmailMessage) -> str:
    part = mail.get_body(("plain",))
    assert isinstance(part, EmailMessage)
    return str(part.get_content())


def test_all_copies_of_a_day_come_in_one_mail_at_seven_and_only_once(pages: Pages) -> None:
    """REQ-B3, B8."""
    ticket = asked_and_answered(pages)
    pages.take(a_mail(KLARA, f"Zu {ticket.label}", f"Zu {ticket.label}: danke, bis Freitag."))
    with pages.store.read() as conn:
        assert "shared" not in [one.template for one in letters(conn, number=ticket.number)]
    assert written(pages, SEVEN - timedelta(minutes=1)) == []
    [mail] = written(pages, SEVEN)
    assert OFFICE in mail["To"]
    assert mail["Subject"] == "2 neue Nachrichten in geteilten Vorgängen"
    assert "> Das klären wir bis Freitag." in text(mail)
    assert "danke, bis Freitag" in text(mail)
    assert ticket.label in text(mail)
    assert "Frau Brandt" not in text(mail)
    assert written(pages, SEVEN + timedelta(hours=1)) == []
    assert written(pages, SEVEN + timedelta(days=1)) == []


def test_what_was_written_after_seven_waits_for_the_next_morning(pages: Pages) -> None:
    pages.clock.turn_to(SEVEN + timedelta(hours=2))
    asked_and_answered(pages)
    assert written(pages, SEVEN + timedelta(hours=3)) == []
    assert len(written(pages, SEVEN + timedelta(days=1))) == 1


def test_what_they_have_read_on_the_pages_is_not_told_again(pages: Pages) -> None:
    asked_and_answered(pages)
    see(OFFICE, the_ticket(pages), pages.store)
    assert written(pages, SEVEN) == []


def test_whoever_reads_on_the_pages_only_by_now_gets_none(pages: Pages) -> None:
    asked_and_answered(pages)
    choose_for_themselves(OFFICE, "abc", Choice(Copies.WEB_ONLY), pages.store)
    assert written(pages, SEVEN) == []


def test_whoever_wants_copies_at_once_by_now_still_gets_what_was_kept(pages: Pages) -> None:
    asked_and_answered(pages)
    choose_for_themselves(OFFICE, "abc", Choice(Copies.AT_ONCE, "en"), pages.store)
    [mail] = written(pages, SEVEN)
    assert mail["Subject"] == "1 new message in shared tickets"


def test_whoever_lost_the_grant_meanwhile_gets_none(pages: Pages, tmp_path: Path) -> None:
    """REQ-B13: at once."""
    asked_and_answered(pages)
    without = tmp_path / "rules"
    shutil.copytree(shipped.path("rules"), without, ignore=shutil.ignore_patterns("packs"))
    grant = (without / "grants" / "makler.yaml").read_text()
    (without / "grants" / "makler.yaml").write_text(grant.partition("    - address: buero@")[0])
    [loaded] = load_directories([without])
    pages.store.write(lambda tx: replace_directory(tx, "abc", loaded.directory, pages.clock())).result()
    assert written(pages, SEVEN) == []
