"""A real browser before the real pages: Debian's Chromium, driven by Playwright, which downloads nothing here.

    with chromium() as browser, open_town() as town:
        klara = town.sign_in(browser, KLARA)        # by the link in the mail that really arrived
        klara.goto("/report")

The daemon of `open_house` serves the pages; its letters go through a Postfix into mailboxes of a Dovecot.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from playwright.sync_api import Browser, Page, ViewportSize, expect, sync_playwright

from mailroute.settings import RelaySettings, Web
from tests.support.house import House, Letter, open_house
from tests.support.servers import (
    LOOPBACK,
    Dovecot,
    Postfix,
    ServerMissing,
    dovecot,
    free_port,
    postfix,
    wait_until,
)

PHONE = ViewportSize(width=390, height=844)
DESK = ViewportSize(width=1280, height=900)
WAIT_S = 60.0
_LINK = re.compile(r"https?://\S+/sign-in/\S+")


@contextmanager
def chromium() -> Iterator[Browser]:
    """Start the machine's own browser, without a window."""
    program = shutil.which("chromium")
    if program is None:
        raise ServerMissing("The browser tests need Chromium: tests/support/install-servers.sh brings it")
    # Its five seconds are few where a Postfix, a Dovecot and a browser share two cores.
    expect.set_options(timeout=WAIT_S * 1000)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=["--disable-gpu"])
        try:
            yield browser
        finally:
            browser.close()


@dataclass
class Town:
    """The firm at work, its pages, and everybody's mailbox."""

    house: House
    mailboxes: Dovecot
    relay: Postfix
    url: str

    def mails_of(self, user: str, subject: str = "") -> list[Letter]:
        """What lies in a mailbox now, oldest first."""
        with self.mailboxes.mailbox(user) as client:
            fetched = client.fetch(client.search(), ["BODY.PEEK[]"])
        letters = [Letter("", user, one[b"BODY[]"]) for _, one in sorted(fetched.items())]
        return [one for one in letters if subject in one.subject]

    def new_mail(self, user: str, subject: str, before: int = 0) -> Letter:
        """Wait for one more than `before` mails with this in their subject; the newest."""
        self.house.settle()
        wait_until(
            lambda: len(self.mails_of(user, subject)) > before, f"a mail {subject!r} for {user}", WAIT_S
        )
        return self.mails_of(user, subject)[-1]

    def page(self, browser: Browser, size: ViewportSize = PHONE, scheme: str = "light") -> Page:
        """Open a browser of somebody's own, with nothing in it."""
        dark = scheme == "dark"
        context = browser.new_context(
            base_url=self.url, locale="de-DE", viewport=size, color_scheme="dark" if dark else "light"
        )
        context.set_default_timeout(WAIT_S * 1000)
        return context.new_page()

    def sign_in(
        self, browser: Browser, address: str, size: ViewportSize = PHONE, scheme: str = "light"
    ) -> Page:
        """Let somebody ask for a link, open the mail that arrives, and press the button behind its link."""
        page = self.page(browser, size, scheme)
        before = len(self.mails_of(address, "Link"))
        page.goto("/sign-in")
        page.get_by_label("Mailadresse").fill(address)
        page.locator("main form button").click()
        expect(page).to_have_url(re.compile("/sign-in/sent$"))
        found = _LINK.search(self.new_mail(address, "Link", before).text)
        assert found is not None
        page.goto(found[0])
        page.get_by_role("button", name="Anmelden").click()
        page.wait_for_url(re.compile("/(tickets|desk)$"))
        return page


@contextmanager
def open_town() -> Iterator[Town]:
    """Run the firm of `rules/` with its pages, between a Postfix and a Dovecot."""
    port = free_port()
    web = Web(listen=f"{LOOPBACK}:{port}", url=f"http://{LOOPBACK}:{port}")
    with dovecot() as mailboxes, postfix(otherwise=mailboxes.lmtp) as relay:
        outgoing = RelaySettings(host=relay.host, port=relay.port, connections=1)
        with open_house(web=web, relay=outgoing) as house:
            yield Town(house, mailboxes, relay, web.url)
