"""Every main page by axe-core, on a phone and a desk, by day and by night: no violation (WCAG 2.2 AA and more)."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, ViewportSize

from tests.support.browser import DESK, PHONE, Town
from tests.support.house import MUELLER, a_mail
from tests.support.web import BRANDT, KLARA, OFFICE

AXE = Path(__file__).parent / "axe" / "axe.min.js"
# axe-core 4.14.1 as npm has it (MPL-2.0): whoever replaces it writes here what they took.
DIGEST = "29348999450cdf2849a8e70b7912fc2da85a849da39c0d0d5394f51d4a9ed95c"

_RUN = """async () => {
  const found = await axe.run(document, {resultTypes: ["violations"]});
  return found.violations.map(one => [one.id, ...one.nodes.slice(0, 3).map(node => node.failureSummary + " @ " + node.target)]);
}"""
# What does not fit makes a phone scroll sideways (WCAG 1.4.10).
_TOO_WIDE = "() => document.documentElement.scrollWidth > document.documentElement.clientWidth"

EVERYBODY = ("/sign-in", "/sign-in/sent", "/sign-in/no-such-link", "/nowhere")
CUSTOMER = (
    "/tickets", "/tickets/10001", "/tickets/10002", "/tickets?words=zebra", "/report", "/message",
    "/contracts", "/contracts/KFZ-500200", "/settings",
)  # fmt: skip
ADMINISTRATOR = (
    "/desk", "/desk?person=all", "/desk/triage", "/desk/search?q=frage", "/desk/ticket/T-10001",
    "/desk/ticket/T-10003", "/desk/grants", "/desk/holes", "/desk/rules", "/desk/queue",
    f"/desk/as/{KLARA}/tickets", f"/desk/as/{KLARA}/tickets/10001", f"/desk/as/{KLARA}/contracts",
)  # fmt: skip


@pytest.fixture(scope="module", autouse=True)
def mails(town: Town) -> None:
    """A shared question, one of Klara's own, and one that nobody can place."""
    town.house.get(a_mail(OFFICE, "Frage des Büros", "Was ist bei Vertrag KFZ-500200 versichert?"))
    town.house.get(a_mail(KLARA, "Frage von Klara", "Ist das Fahrrad mitversichert?"))
    town.house.get(a_mail(MUELLER, "Frage", "Es geht um Lindenweg 5 oder Max-Planck-Str. 12."))


@pytest.fixture(scope="module")
def states(browser: Browser, town: Town) -> dict[str, Any]:
    """Sign in once; each look then takes the cookies along."""
    return {who: town.sign_in(browser, who).context.storage_state() for who in (KLARA, BRANDT)}


@pytest.fixture(params=[(PHONE, "light"), (PHONE, "dark"), (DESK, "light"), (DESK, "dark")], ids=str)
def looks(
    request: pytest.FixtureRequest, browser: Browser, town: Town, states: dict[str, Any]
) -> Iterator[dict[str, Page]]:
    size, scheme = request.param
    pages = {who: _page(browser, town, size, scheme, states.get(who)) for who in ("", KLARA, BRANDT)}
    yield pages
    for page in pages.values():
        page.context.close()


def _page(browser: Browser, town: Town, size: ViewportSize, scheme: Any, state: Any) -> Page:
    context = browser.new_context(
        base_url=town.url, locale="de-DE", viewport=size, color_scheme=scheme, storage_state=state
    )
    return context.new_page()


def _faults(page: Page, path: str) -> list[str]:
    """What is wrong with a page, its console included: there our CSP speaks."""
    said: list[str] = []
    page.on("console", lambda one: said.append(f"{path}: {one.text}"))
    page.goto(path)
    if page.evaluate(_TOO_WIDE):
        said.append(f"{path}: wider than the window")
    page.evaluate(AXE.read_text(encoding="utf-8"))
    said += [f"{path}: {one}" for one in page.evaluate(_RUN)]
    return [one for one in said if "status of 404" not in one and "status of 410" not in one]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("who", "paths"),
    [("", EVERYBODY), (KLARA, CUSTOMER), (BRANDT, ADMINISTRATOR)],
    ids=["everybody", "customer", "administrator"],
)
def test_axe_finds_nothing_on_any_page(looks: dict[str, Page], who: str, paths: tuple[str, ...]) -> None:
    found = [fault for path in paths for fault in _faults(looks[who], path)]
    assert found == []


def test_axe_is_the_file_that_was_published() -> None:
    assert hashlib.sha256(AXE.read_bytes()).hexdigest() == DIGEST
