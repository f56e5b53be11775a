"""A damage from the portal to the desk, in a real browser, with mails that really arrive (REQ-B3, B4, C11, C17)."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.support.browser import DESK, Town
from tests.support.house import Letter
from tests.support.web import BRANDT, KLARA, OFFICE

pytestmark = pytest.mark.slow

JPEG = b"\xff\xd8\xff\xe0 a dent in a door"
WORDS = "Beim Parken hat es gekracht, die Tür hat eine Beule."


def _shown(page: Page) -> str:
    """The words of the thread, as somebody reads them."""
    return page.locator("ol.thread").inner_text()


def _file_of(letter: Letter) -> bytes:
    return letter.attachments["beule.jpg"]


def test_a_damage_is_reported_answered_by_a_colleague_and_taken_on_the_desk(
    browser: Browser, town: Town
) -> None:
    """REQ-A1, B3, B4, B6, C11, C17: signed in by mail, a photo, a co-member's answer, the desk, and view-as."""
    klara = town.sign_in(browser, KLARA)
    klara.get_by_role("link", name="Schaden melden").click()
    klara.locator("#about").select_option("c:KFZ-500200")
    klara.locator("#text").fill(WORDS)
    klara.locator("#files").set_input_files([{"name": "beule.jpg", "mimeType": "image/jpeg", "buffer": JPEG}])
    klara.locator("main form button").click()
    expect(klara.get_by_role("heading", level=1)).to_have_text("Ihre Meldung ist da")
    notification = town.new_mail(BRANDT, "")
    assert _file_of(notification) == JPEG
    # No reload: the receipt asks again by itself until the mail is sorted.
    expect(klara.locator("#receipt")).to_contain_text("Sie hat die Nummer")
    klara.locator("#receipt a[href^='/tickets/']").first.click()
    assert WORDS in _shown(klara)
    path = klara.url.removeprefix(town.url)

    office = town.sign_in(browser, OFFICE)
    office.locator("ul.list a").first.click()
    expect(office).to_have_url(town.url + path)
    office.locator("#text").fill("Die Werkstatt ist schon bestellt.")
    office.locator("section[aria-labelledby='answer-title'] button").click()
    told = town.new_mail(BRANDT, "Neue Nachricht")
    assert OFFICE in told.text
    assert "Die Werkstatt ist schon bestellt." in told.text

    brandt = town.sign_in(browser, BRANDT, DESK)
    expect(brandt).to_have_url(re.compile("/desk$"))
    brandt.locator("ul.list a").first.click()
    brandt.get_by_role("button", name="Annehmen").click()
    expect(brandt.locator("#told")).to_contain_text("liegt jetzt bei Ihnen")
    assert town.house.ticket().status.value == "accepted"

    klara.goto(path)
    assert "Die Werkstatt ist schon bestellt." in _shown(klara)
    brandt.goto(f"/desk/as/{KLARA}{path}")
    expect(brandt.locator(".banner")).to_contain_text(KLARA)
    assert _shown(brandt) == _shown(klara)
    expect(brandt.locator("main form[method='post']")).to_have_count(0)


def test_the_pages_work_in_a_browser_that_runs_no_script(browser: Browser, town: Town) -> None:
    """Without JavaScript the same way in, a question, and the receipt with a link to look again."""
    klara = town.sign_in(browser, KLARA)
    plain = browser.new_context(
        base_url=town.url, java_script_enabled=False, storage_state=klara.context.storage_state()
    ).new_page()
    plain.goto("/message")
    plain.locator("#subject").fill("Frage zur Police")
    plain.locator("#text").fill("Ist das Fahrrad mitversichert?")
    plain.locator("main form button").click()
    expect(plain.get_by_role("heading", level=1)).to_have_text("Ihre Meldung ist da")
    town.house.settle()
    plain.reload()
    plain.locator("#receipt a[href^='/tickets/']").first.click()
    assert "Ist das Fahrrad mitversichert?" in _shown(plain)
