"""Draw the main pages as a phone and a desk show them, into docs/web: what Klara Muster and Frau Brandt of the demo firm see.

    python -m tests.pictures.pages

`pages.png` has them side by side, for README. The pages come from a daemon at work, in a stopped clock.
"""

from __future__ import annotations

import base64
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import Browser, Page

from tests.support.browser import DESK, Town, chromium, open_town
from tests.support.web import BRANDT, KLARA

PICTURES = Path(__file__).parents[2] / "docs" / "web"
COLOURS = 32
WORDS = "Beim Parken hat es gekracht: die Beifahrertür hat eine Beule, und der Griff klemmt."
_TOGETHER = """<!DOCTYPE html><meta charset="utf-8"><style>
body {{ margin: 0; padding: 16px; background: #d7dbe0; display: flex; gap: 16px; align-items: flex-start; width: max-content; }}
img {{ display: block; height: 720px; }}
</style>{images}"""


def main() -> int:
    """Draw all pages and the picture of them together."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    with open_town() as town, chromium() as browser:
        shown = list(_pictures(town, browser))
        together = browser.new_page()
        together.set_content(_TOGETHER.format(images="".join(map(_image, shown))))
        _keep("pages", together.locator("body").screenshot())
    return 0


def _pictures(town: Town, browser: Browser) -> Iterator[bytes]:
    """The pages in the order in which a matter passes them."""
    klara = town.sign_in(browser, KLARA)
    klara.goto("/report")
    yield _draw("report", klara)
    klara.locator("#about").select_option("c:KFZ-500200")
    klara.locator("#text").fill(WORDS)
    klara.locator("main form button").click()
    town.new_mail(BRANDT, "")
    klara.goto("/tickets")
    yield _draw("tickets", klara)
    klara.locator("ul.list a").first.click()
    _draw("ticket", klara)
    brandt = town.sign_in(browser, BRANDT, DESK)
    _draw("desk", brandt)
    brandt.locator("ul.list a").first.click()
    yield _draw("desk-ticket", brandt)


def _draw(name: str, page: Page) -> bytes:
    page.wait_for_load_state("networkidle")
    picture = page.screenshot()
    _keep(name, picture)
    return picture


def _image(picture: bytes) -> str:
    return f'<img src="data:image/png;base64,{base64.b64encode(picture).decode()}">'


def _keep(name: str, picture: bytes) -> None:
    with tempfile.NamedTemporaryFile(suffix=".png") as raw:
        Path(raw.name).write_bytes(picture)
        target = PICTURES / f"{name}.png"
        command = [
            "pngquant",
            "--force",
            "--speed",
            "1",
            "--strip",
            "--output",
            target,
            str(COLOURS),
            raw.name,
        ]
        subprocess.run(command, check=True)


if __name__ == "__main__":
    sys.exit(main())
