"""The whole way with real counterparts: SMTP → Postfix → LMTP → `mailroute serve` → Postfix → Dovecot → IMAP."""

import email
import email.policy
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from email.message import EmailMessage

import pytest

from tests.support.house import (
    HUBER,
    INBOX,
    MUELLER,
    SCHMIDT,
    ZENTRALE,
    Letter,
    Site,
    a_mail,
    a_reply,
    a_site,
    smtp_send,
)
from tests.support.servers import (
    Dovecot,
    Postfix,
    dovecot,
    find_program,
    free_port,
    lmtp_transport,
    postfix,
    wait_until,
)

WAIT_S = 60.0


@dataclass
class World:
    """The firm's site between two Postfixes; everybody's mailbox is in Dovecot."""

    site: Site
    mx: Postfix
    relay: Postfix
    mailboxes: Dovecot

    def send(self, mail: bytes, sender: str, *to: str) -> None:
        """Somebody outside sends a mail to the firm's MX."""
        smtp_send((self.mx.host, self.mx.port), sender, list(to), mail)

    def mails_of(self, user: str, subject: str = "") -> list[Letter]:
        """What lies in a mailbox now."""
        with self.mailboxes.mailbox(user) as client:
            fetched = client.fetch(client.search(), ["BODY.PEEK[]"])
        letters = [Letter("", user, one[b"BODY[]"]) for _, one in sorted(fetched.items())]
        return [one for one in letters if subject in one.subject]

    def wait_for(self, user: str, subject: str = "", count: int = 1) -> list[Letter]:
        """Wait until so many mails with this in their subject have arrived."""
        wait_until(
            lambda: len(self.mails_of(user, subject)) >= count, f"{count} of {subject!r} for {user}", WAIT_S
        )
        return self.mails_of(user, subject)


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    lmtp = free_port()
    with (
        a_site() as site,
        dovecot() as mailboxes,
        postfix(
            routes={"abc-hausverwaltung.example": lmtp_transport("127.0.0.1", lmtp)}, otherwise=mailboxes.lmtp
        ) as mx,
        postfix(otherwise=mailboxes.lmtp) as relay,
    ):
        site.configure(
            "",
            f'[[doors]]\nlisten = "127.0.0.1:{lmtp}"\nprotocol = "lmtp"\n[relay]\nport = {relay.port}\nconnections = 1\n',
        )
        with site.serving():
            yield World(site, mx, relay, mailboxes)
        assert site.ask("verify") == []
        assert "Traceback" not in site.log()


def test_a_mail_of_a_tenant_reaches_the_mailbox_of_who_is_responsible(world: World) -> None:
    """REQ-E7 over Postfix and Dovecot, with the reply and the answer in both directions."""
    mail = a_mail(MUELLER, "Frage zu meiner Rechnung", "Max-Planck-Straße 12: Die Rechnung stimmt nicht.")
    original = email.message_from_bytes(mail)["Message-ID"]
    world.send(mail, MUELLER, INBOX)
    [notification] = world.wait_for(HUBER, "Rechnung")
    [acknowledgement] = world.wait_for(MUELLER, "angekommen")
    assert acknowledgement.header("In-Reply-To") == original
    # The bounce address went all the way: Dovecot wrote it down at delivery.
    assert "service+" in acknowledgement.header("Return-Path")

    # Frau Huber replies through the MX like anybody else: Postfix takes the plus address apart for nobody.
    world.send(a_reply(notification, HUBER, "annehmen"), HUBER, notification.reply_to)
    [receipt] = world.wait_for(HUBER, "Ausgeführt")
    assert "annehmen" in receipt.text
    world.send(a_reply(acknowledgement, MUELLER, "Es eilt."), MUELLER, acknowledgement.reply_to)
    world.wait_for(HUBER, "Neue Nachricht")
    [ticket] = world.site.ask("ticket", "list")
    assert (ticket["status"], ticket["assignee"]) == ("accepted", "huber")


def test_swaks_gets_through(world: World) -> None:
    subprocess.run(
        (
            find_program("swaks", package="swaks"),
            *("--server", f"{world.mx.host}:{world.mx.port}", "--from", "vogt@mieter.example", "--to", INBOX),
            *(
                "--header",
                "Subject: Dachrinne kaputt",
                "--body",
                "In der Max-Planck-Str. 12 ist die Dachrinne kaputt.",
            ),
        ),
        check=True,
        capture_output=True,
    )
    world.wait_for(SCHMIDT, "Dachrinne")


def test_of_several_recipients_the_unknown_one_is_bounced_and_the_others_are_served(world: World) -> None:
    """RFC 2033: one reply per recipient; the 550 becomes a bounce by Postfix, to the sender."""
    mail = a_mail("bauer@mieter.example", "Viele Empfänger", "Guten Tag.")
    world.send(mail, "bauer@mieter.example", INBOX, "nobody@abc-hausverwaltung.example")
    world.wait_for(ZENTRALE, "Viele Empfänger")
    [bounce] = world.wait_for("bauer@mieter.example", "Undelivered")
    report = email.message_from_bytes(bounce.raw, policy=email.policy.default)
    assert isinstance(report, EmailMessage)
    [status] = [part for part in report.walk() if part.get_content_type() == "message/delivery-status"]
    assert "nobody@abc-hausverwaltung.example" in status.as_string()
    assert "5.1.1" in status.as_string()
    assert INBOX not in status.as_string()


def test_letters_wait_while_the_relay_is_down_and_leave_when_it_is_back(world: World) -> None:
    """Issue 2: letters wait, with the last reply shown by `mailroute queue`."""
    # Those of the tests before have left.
    wait_until(lambda: world.site.ask("queue") == [], "an empty queue", WAIT_S)
    world.relay.stop()
    try:
        world.send(
            a_mail("aydin@mieter.example", "Abfluss", "Der Abfluss ist verstopft."),
            "aydin@mieter.example",
            INBOX,
        )

        rows: list[dict[str, object]] = []

        def waiting() -> bool:
            rows[:] = world.site.ask("queue")
            return len(rows) == 2 and all(one.get("reply") for one in rows)

        wait_until(waiting, "two letters with a reason", WAIT_S)
        # The connection was open, so the first one may have seen it close; the second cannot connect at all.
        assert {one["state"] for one in rows} == {"waiting"}
        assert any("refused" in str(one["reply"]).lower() for one in rows), rows
    finally:
        world.relay.start()
    world.site.ask("retry", "all")
    [notification] = world.wait_for(SCHMIDT, "Abfluss")
    assert "verstopft" in notification.text
    world.wait_for("aydin@mieter.example", "T-1")
    wait_until(lambda: world.site.ask("queue") == [], "an empty queue", WAIT_S)


def test_while_the_database_is_locked_postfix_keeps_the_mail_and_tries_again(world: World) -> None:
    """Issue 2: `451`, and work resumes by itself."""
    with closing(
        sqlite3.connect(world.site.directory / "state" / "mailroute.db", isolation_level=None)
    ) as other:
        other.execute("BEGIN IMMEDIATE")
        world.send(
            a_mail("schulz@mieter.example", "Fenster", "Das Fenster ist kaputt."),
            "schulz@mieter.example",
            INBOX,
        )

        def refused() -> bool:
            return any("451" in reason for mail in world.mx.queue() for reason in mail.recipients.values())

        wait_until(refused, "a 451 in Postfix's queue", WAIT_S)
        assert world.mails_of(SCHMIDT, "Fenster") == []
        other.execute("ROLLBACK")
    assert len(world.wait_for(SCHMIDT, "Fenster")) == 1
    wait_until(lambda: world.mx.queue() == [], "an empty Postfix queue", WAIT_S)
    tickets = [one for one in world.site.ask("ticket", "list", "--all") if one["subject"] == "Fenster"]
    assert len(tickets) == 1


def test_a_mail_above_the_limit_is_refused_for_good(world: World) -> None:
    """Issue 2: above the limit of 50 MB `552`; the sender hears of it from their own server."""
    mail = a_mail("roth@eigentuemer.example", "Riesig", "x\n")
    world.send(mail + b"0123456789abcdef" * 70 + b"\r\n", "roth@eigentuemer.example", INBOX)
    world.wait_for(ZENTRALE, "Riesig")
    big = a_mail("roth@eigentuemer.example", "Zu riesig", "x\n") + (b"y" * 76 + b"\r\n") * 700_000
    world.send(big, "roth@eigentuemer.example", INBOX)
    world.wait_for("roth@eigentuemer.example", "Undelivered")
    assert world.mails_of(ZENTRALE, "Zu riesig") == []
