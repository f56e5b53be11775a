"""A shared inbox at a provider (Dovecot) that mailroute reads by IMAP, IDLE included, and moves after the commit."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from tests.support.house import (
    HUBER,
    INBOX,
    MUELLER,
    SCHMIDT,
    Letter,
    Site,
    a_mail,
    a_reply,
    a_site,
    with_file,
)
from tests.support.relay import FakeRelay
from tests.support.servers import Dovecot, dovecot, wait_until

WAIT_S = 60.0
DONE = "Verarbeitet"


@dataclass
class Provider:
    """The firm's site and its mailbox at the provider."""

    site: Site
    mailbox: Dovecot
    relay: FakeRelay

    def deliver(self, *mails: bytes) -> None:
        """Mails arrive in the shared inbox."""
        with self.mailbox.mailbox(INBOX) as client:
            for mail in mails:
                client.append("INBOX", mail)

    def folder(self, name: str) -> dict[int, dict[bytes, object]]:
        """What lies in a folder of the shared inbox, unread as it is."""
        with self.mailbox.mailbox(INBOX) as client:
            if not client.folder_exists(name):
                return {}
            client.select_folder(name, readonly=True)
            return dict(client.fetch(client.search(), ["FLAGS", "BODY.PEEK[]"]))

    def letter(self, to: str, count: int = 1) -> Letter:
        """Wait for the `count`th letter to somebody."""
        self.relay.wait_for(lambda _: len(self.relay.to(to)) >= count, WAIT_S)
        one = self.relay.to(to)[count - 1]
        return Letter(one.mail_from, to, one.content)


@pytest.fixture
def provider() -> Iterator[Provider]:
    with a_site() as site, dovecot() as mailbox, FakeRelay() as relay:
        site.configure(
            "",
            f'[[imap]]\ninbox = "{INBOX}"\nhost = "{mailbox.host}"\nport = {mailbox.port}\nsecurity = "none"\n'
            f'user = "{INBOX}"\npassword = "{mailbox.password}"\n'
            f"[relay]\nport = {relay.port}\nconnections = 1\n",
        )
        yield Provider(site, mailbox, relay)
        assert site.ask("verify") == []
        assert "Traceback" not in site.log()


def test_the_shared_inbox_is_routed_and_emptied_into_a_folder(provider: Provider) -> None:
    """Issue 2.7: without any door for SMTP; mail that lay there before the start and mail that IDLE announces."""
    before = a_mail(MUELLER, "Frage zu meiner Rechnung", "Max-Planck-Straße 12: Die Rechnung stimmt nicht.")
    provider.deliver(before)
    with provider.site.serving("--parts", "imap,work,deliver,tick"):
        notification = provider.letter(HUBER)
        acknowledgement = provider.letter(MUELLER)

        # Now IDLE: a second mail, and a staff reply that comes back through the same inbox.
        provider.deliver(a_mail(MUELLER, "Schaden", "Der Abfluss ist verstopft."))
        provider.letter(SCHMIDT)
        provider.deliver(a_reply(notification, HUBER, "annehmen", to=notification.header("Reply-To")))
        assert "annehmen" in provider.letter(HUBER, 2).text
        photo = a_reply(acknowledgement, MUELLER, "Mit Foto.", to=acknowledgement.header("Reply-To"))
        provider.deliver(with_file(photo, "rechnung.jpg", b"\xff\xd8 foto"))
        assert provider.letter(HUBER, 3).attachments == {"rechnung.jpg": b"\xff\xd8 foto"}

        wait_until(lambda: provider.folder("INBOX") == {}, "an empty inbox", WAIT_S)
        moved = provider.folder(DONE)
        assert len(moved) == 4
        bodies = [one[b"BODY[]"] for one in moved.values()]
        assert before in bodies, "byte for byte"
        statuses = {str(one["subject"]): one["status"] for one in provider.site.ask("ticket", "list")}
        assert statuses == {"Frage zu meiner Rechnung": "accepted", "Schaden": "offered"}


def test_a_restart_takes_nothing_twice(provider: Provider) -> None:
    provider.deliver(a_mail(MUELLER, "Schaden", "Der Abfluss ist verstopft."))
    with provider.site.serving("--parts", "imap,work,deliver,tick"):
        provider.letter(SCHMIDT)
        wait_until(lambda: len(provider.folder(DONE)) == 1, "the mail moved", WAIT_S)
    # Somebody drags it back into the inbox, as people do.
    with provider.mailbox.mailbox(INBOX, DONE) as client:
        client.move(client.search(), "INBOX")
    with provider.site.serving("--parts", "imap,work,deliver,tick"):
        wait_until(
            lambda: len(provider.folder(DONE)) == 1 and not provider.folder("INBOX"), "moved again", WAIT_S
        )
        wait_until(lambda: provider.site.ask("queue") == [], "quiet", WAIT_S)
        assert len(provider.site.ask("ticket", "list")) == 1
    assert len(provider.relay.to(SCHMIDT)) == 1


def test_the_provider_may_go_away_and_come_back(provider: Provider) -> None:
    with provider.site.serving("--parts", "imap,work,deliver,tick"):
        provider.deliver(a_mail(MUELLER, "Schaden 1", "Der Abfluss ist verstopft."))
        provider.letter(SCHMIDT)
        provider.mailbox.stop()
        wait_until(lambda: "imap-lost" in provider.site.log(), "the loss is noticed", WAIT_S)
        provider.mailbox.start()
        provider.deliver(a_mail(MUELLER, "Schaden 2", "Der Abfluss ist verstopft."))
        provider.letter(SCHMIDT, 2)
        assert len(provider.site.ask("ticket", "list")) == 2
