"""One browser and one town for all tests of a module; each person has a browser context of their own."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.support.browser import Town, chromium, open_town


@pytest.fixture(scope="module")
def town() -> Iterator[Town]:
    with open_town() as open_:
        yield open_
        assert open_.house.contradictions() == []


@pytest.fixture(scope="module")
def browser(town: Town) -> Iterator[Browser]:
    # After the town and closed before it: Playwright keeps a loop running in this thread, and servers start with one.
    del town
    with chromium() as running:
        yield running
