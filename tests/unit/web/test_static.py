"""The files that pages bring along."""

import hashlib
from collections.abc import Iterator

import pytest

from mailroute.web.pages import STATIC
from tests.support.web import Pages, open_pages

# htmx.org 4.0.1 as npm has it (dist/htmx.min.js, 0BSD): whoever replaces it writes here what they took.
HTMX = "a0abb04f2f45a1f89d1d4844023245537e5e6014c87b144553e0607b4cc32130"


@pytest.fixture(scope="module")
def pages() -> Iterator[Pages]:
    with open_pages() as opened:
        yield opened


def test_htmx_is_the_file_that_was_published() -> None:
    assert hashlib.sha256((STATIC / "htmx.min.js").read_bytes()).hexdigest() == HTMX


def test_the_sheet_stays_readable() -> None:
    assert len((STATIC / "style.css").read_text().splitlines()) <= 400


def test_our_own_files_may_be_kept_by_the_browser(pages: Pages) -> None:
    answer = pages.stranger().get("/static/style.css?v=1")

    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert answer.headers["content-type"].startswith("text/css")
    assert answer.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize("name", ["nothing.css", "..%2fapp.py", "%2e%2e%2fapp.py", "%2fetc%2fpasswd", "."])
def test_nothing_but_our_own_files_is_given_out(pages: Pages, name: str) -> None:
    assert pages.stranger().get(f"/static/{name}").status_code == 404
