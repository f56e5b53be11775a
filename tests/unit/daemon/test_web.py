"""The pages in the daemon: over real sockets, started and stopped with everything else."""

import socket
from pathlib import Path

import httpx2
import pytest

from mailroute.daemon.doctor import State, examine
from mailroute.settings import Settings, Web
from tests.support.house import TUESDAY, open_house
from tests.support.servers import free_port

HUBER = "huber@abc-hausverwaltung.example"


def test_somebody_signs_in_with_the_link_from_a_mail_that_was_really_sent() -> None:
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    with (
        open_house(web=Web(listen=f"127.0.0.1:{port}", url=url)) as house,
        httpx2.Client(base_url=url, headers={"Origin": url, "Sec-Fetch-Site": "same-origin"}) as browser,
    ):
        asked = browser.post("/sign-in", data={"address": HUBER, "next": "/"})
        house.settle()
        letter = house.letters[-1]
        link = next(line for line in letter.text.splitlines() if line.startswith(f"{url}/sign-in/"))
        entered = browser.post(link)
        home = browser.get("/")

    assert asked.status_code == 303
    assert letter.to == HUBER
    assert (entered.status_code, home.headers["location"]) == (303, "/desk")
    assert "server" not in home.headers
    with socket.socket() as again:
        assert again.connect_ex(("127.0.0.1", port)) != 0


@pytest.mark.parametrize("over", ["tcp", pytest.param("unix", marks=pytest.mark.long)])
def test_behind_a_proxy_here_nobody_asks_for_ever_in_the_name_of_made_up_peers(
    tmp_path: Path, over: str
) -> None:
    """Proxies add the address that they saw to whatever a client claims; over a unix socket it is the same."""
    port, path = free_port(), tmp_path / "web.sock"
    url = "http://portal.abc-hausverwaltung.example"
    listen = f"unix:{path}" if over == "unix" else f"127.0.0.1:{port}"
    transport = httpx2.HTTPTransport(uds=str(path) if over == "unix" else None)
    where = url if over == "unix" else f"http://127.0.0.1:{port}"
    told = {"Host": "portal.abc-hausverwaltung.example", "Origin": url, "Sec-Fetch-Site": "same-origin"}
    with (
        open_house(web=Web(listen=listen, url=url)),
        httpx2.Client(base_url=where, headers=told, transport=transport) as browser,
    ):

        def ask(number: int, seen: str) -> int:
            claimed = {"X-Forwarded-For": f"198.51.100.{number}, {seen}"}
            form = {"address": f"a{number}@b.example", "next": "/"}
            return browser.post("/sign-in", data=form, headers=claimed).status_code

        asked = [ask(number, "192.0.2.7") for number in range(21)]
        neighbour = ask(22, "192.0.2.8")

    assert asked == [303] * 20 + [429]
    assert neighbour == 303


@pytest.mark.parametrize(
    ("url", "state"),
    [
        ("https://portal.abc-hausverwaltung.example", State.OK),
        ("http://127.0.0.1:8040", State.OK),
        ("http://portal.abc-hausverwaltung.example", State.FAIL),
    ],
)
def test_doctor_wants_tls_wherever_the_network_begins(tmp_path: Path, url: str, state: State) -> None:
    settings = Settings(state=tmp_path, web=Web(listen=f"127.0.0.1:{free_port()}", url=url))

    found = [one for one in examine(settings, lambda: TUESDAY) if one.check == "web"]

    assert [one.state for one in found] == [State.OK, state]
    assert all(one.remedy for one in found if one.state is not State.OK)


def test_doctor_warns_of_pages_that_the_network_reaches_without_tls(tmp_path: Path) -> None:
    settings = Settings(state=tmp_path, web=Web(listen=f"0.0.0.0:{free_port()}", url="https://a.example"))

    states = [one.state for one in examine(settings, lambda: TUESDAY) if one.check == "web"]

    assert states == [State.OK, State.OK, State.WARN]
