"""Whatever happens behind a page, its reader is told what to do, and the log says where (design §11)."""

import asyncio
import logging
from collections.abc import Iterator
from dataclasses import replace
from typing import Any, cast

import pytest

from mailroute.errors import TryLater
from mailroute.web.app import application
from tests.support.web import BRANDT, KLARA, URL, Pages, open_pages


@pytest.fixture(scope="module")
def pages() -> Iterator[Pages]:
    with open_pages() as opened:
        yield opened


class Away:
    """A database that does not answer."""

    def read(self) -> Any:
        raise TryLater("The database is locked: /var/lib/secret.")


def broken() -> Any:
    raise ValueError("Klara Muster, klara@muster.example")


def test_a_mistake_of_ours_is_a_page_and_a_line_in_the_log_without_data(
    pages: Pages, caplog: pytest.LogCaptureFixture
) -> None:
    told = Pages(pages.installation, pages.clock, replace(pages.backroom, clock=broken))
    with caplog.at_level(logging.ERROR, logger="mailroute"):
        answer = told.stranger().get("/sign-in/anything")

    assert answer.status_code == 500
    assert "Da ist uns ein Fehler passiert" in answer.text
    assert "Klara" not in answer.text
    (line,) = [one for one in caplog.records if one.getMessage() == "web-fault"]
    assert cast("Any", line).fields["error"] == "ValueError"
    assert "Klara" not in str(vars(line))


def test_a_database_that_does_not_answer_is_told_with_when_to_come_again(pages: Pages) -> None:
    told = Pages(pages.installation, pages.clock, replace(pages.backroom, store=cast("Any", Away())))
    answer = told.stranger().get("/sign-in/anything")

    assert (answer.status_code, answer.headers["retry-after"]) == (503, "60")
    assert "Einen Moment bitte" in answer.text
    assert "secret" not in answer.text
    assert answer.headers["cache-control"] == "no-store"
    assert "content-security-policy" in answer.headers


def test_a_phone_that_loses_its_net_while_it_sends_is_no_mistake_of_ours(
    pages: Pages, caplog: pytest.LogCaptureFixture
) -> None:
    """Every upload that broke off stood in the log as an error for somebody to act on."""
    answered: list[Any] = []
    headers = {"host": "mailroute.example", "origin": URL, "content-length": "60000"}
    headers["content-type"] = "application/x-www-form-urlencoded"
    scope = {
        "type": "http", "method": "POST", "path": "/sign-in", "raw_path": b"/sign-in", "query_string": b"",
        "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
    }  # fmt: skip
    heard = iter([{"type": "http.request", "body": b"address=k", "more_body": True}])

    async def receive() -> Any:
        return next(heard, {"type": "http.disconnect"})

    async def send(message: Any) -> None:
        answered.append(message)

    with caplog.at_level(logging.INFO, logger="mailroute"):
        asyncio.run(application(pages.backroom)(scope, receive, send))

    assert caplog.records == []
    assert answered[0]["status"] == 413


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "TRACE", "PROPFIND"])
def test_a_method_that_no_page_has_changes_nothing(pages: Pages, method: str) -> None:
    assert pages.stranger().client.request(method, "/sign-in").status_code in (403, 405)


@pytest.mark.parametrize(
    "path",
    [
        "/sign-in/" + "a" * 5000,
        "/%00",
        "/received/%00",
        "/desk/as/%00/tickets",
        "/contracts/%00",
        "/sign-in/%ff%fe",
        "/tickets/../../etc/passwd",
        "//evil.example/",
        "/sign-in?next=" + "%00" * 50,
    ],
)
def test_a_mad_path_is_no_fault_of_ours(pages: Pages, path: str) -> None:
    assert pages.stranger().get(path).status_code in (200, 303, 404, 410)


@pytest.mark.parametrize("number", [2**31, 10**30])
def test_a_number_that_no_database_holds_is_not_here(pages: Pages, number: int) -> None:
    """Whoever changes a number in the address is told the same as for any ticket that there is not."""
    klara, brandt = pages.visit(KLARA), pages.visit(BRANDT)
    assert klara.get(f"/tickets/{number}").status_code == 404
    assert klara.get(f"/tickets/10001/files/{number}/1").status_code == 404
    assert klara.post(f"/tickets/{number}/answer", text="Hallo").status_code == 404
    assert brandt.get(f"/desk/ticket/T-{number}").status_code == 404
    assert brandt.get(f"/desk/tickets/10001/confirm/{number}").status_code == 404
    assert brandt.get(f"/desk/as/{KLARA}/tickets/{number}").status_code == 404
    assert brandt.get(f"/files/abc/1/1/{number}/x").status_code == 404


TURNED = "x\u202ey\u2066\x1b[2J\x00z"


@pytest.mark.parametrize(
    ("who", "path", "name"),
    [
        (KLARA, "/tickets", "words"),
        (BRANDT, "/desk/search", "q"),
        (BRANDT, "/desk/grants", "missing"),
    ],
)
def test_a_link_cannot_turn_round_what_a_page_says(pages: Pages, who: str, path: str, name: str) -> None:
    """What a page repeats from its address holds no sign that nobody sees: somebody else may have made the link."""
    shown = pages.visit(who).get(path, params={name: TURNED}).text

    assert "xy[2Jz" in shown
    assert not set(shown) & set(TURNED) - set("xy[2Jz")


def test_what_is_typed_as_an_address_comes_back_readable(pages: Pages) -> None:
    shown = pages.stranger().post("/sign-in", address=TURNED).text

    assert 'value="xy[2Jz"' in shown
