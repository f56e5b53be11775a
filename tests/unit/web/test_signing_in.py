"""Coming in by a link and leaving again (reliability §0.10)."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from tests.support.web import BRANDT, KLARA, SCHMIDT, Pages, open_pages


@pytest.fixture(scope="module")
def pages() -> Iterator[Pages]:
    with open_pages() as opened:
        yield opened


def test_who_is_not_signed_in_is_led_to_the_sign_in_page_and_back(pages: Pages) -> None:
    answer = pages.stranger().get("/?a=b")

    assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in?next=/%3Fa%3Db")


def test_a_link_lets_its_owner_in_once(pages: Pages) -> None:
    link = pages.link_for(KLARA)

    first = pages.stranger().post(link)
    second = pages.stranger().post(link)

    assert (first.status_code, first.headers["location"]) == (303, "/")
    assert second.status_code == 410


def test_everybody_comes_to_their_own_first_page(pages: Pages) -> None:
    homes = {who: pages.visit(who).get("/").headers["location"] for who in (KLARA, SCHMIDT, BRANDT)}

    assert homes == {KLARA: "/tickets", SCHMIDT: "/desk", BRANDT: "/desk"}


def test_looking_at_a_link_changes_nothing_however_often(pages: Pages) -> None:
    link = pages.link_for(KLARA)
    scanner = pages.stranger(headers={"Purpose": "prefetch"})

    looks = [scanner.get(link).status_code for _ in range(5)] + [scanner.client.head(link).status_code]

    assert looks == [200] * 6
    assert pages.stranger().post(link).status_code == 303


def test_a_link_is_dead_after_a_quarter_of_an_hour(pages: Pages) -> None:
    link = pages.link_for(KLARA)
    pages.clock.advance(timedelta(minutes=15))

    assert pages.stranger().get(link).status_code == 410
    assert pages.stranger().post(link).status_code == 410


def test_who_signs_out_is_out_although_the_cookie_comes_again(pages: Pages) -> None:
    klara = pages.visit(KLARA)
    cookie = klara.client.cookies["mailroute"]

    klara.post("/sign-out")
    klara.client.cookies.set("mailroute", cookie)

    assert klara.get("/").headers["location"] == "/sign-in"
