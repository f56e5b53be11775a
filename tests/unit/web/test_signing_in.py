"""Coming in by a link and leaving again (reliability §0.10)."""

import re
import shutil
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from mailroute import shipped
from mailroute.flow.activate import activate_all
from mailroute.flow.invite import invite_due
from mailroute.flow.site import load_directories
from mailroute.store import tables as t
from mailroute.web.allowance import network_of
from tests.support.web import BRANDT, KLARA, OFFICE, SCHMIDT, URL, Pages, Person, open_pages

MUELLER = "mueller@mieter.example"
LINK = re.compile(rf"{re.escape(URL)}(/sign-in/\S+)")
CODE = re.compile(r"\b(\d{3} \d{3})\b")


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


# --- asking for a link ----------------------------------------------------------------------------------------


def ask(person: Person, address: str, next_: str = "/") -> None:
    """Ask for a link as the form does."""
    answer = person.post("/sign-in", address=address, next=next_)
    assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in/sent")


def test_the_letter_lets_in_the_browser_that_asked_with_one_click(pages: Pages) -> None:
    klara = pages.stranger()
    ask(klara, "Klara@Muster.example ", "/tickets?mine=1")

    (letter,) = pages.letters_to(KLARA)
    link = LINK.search(letter.text)
    assert link is not None
    assert "Code" not in klara.get(link[1]).text
    answer = klara.post(link[1])

    assert (answer.status_code, answer.headers["location"]) == (303, "/tickets?mine=1")
    assert klara.get("/").headers["location"] == "/tickets"


def test_another_browser_needs_the_code_and_a_scanner_that_presses_the_button_gets_nowhere(
    pages: Pages,
) -> None:
    ask(pages.stranger(), OFFICE)
    (letter,) = pages.letters_to(OFFICE)
    link, code = LINK.search(letter.text), CODE.search(letter.text)
    assert link is not None
    assert code is not None
    scanner, telephone = pages.stranger(), pages.stranger()

    for _ in range(10):
        scanner.client.head(link[1])
        assert scanner.post(link[1]).status_code == 422
    assert scanner.get("/").headers["location"] == "/sign-in"

    assert "Code aus der Mail" in telephone.get(link[1]).text
    assert telephone.post(link[1], code=code[1]).status_code == 303
    assert telephone.get("/").headers["location"] == "/tickets"


def test_a_link_dies_of_five_wrong_codes(pages: Pages) -> None:
    link = pages.link_for(KLARA, code="123456")
    guesser = pages.stranger()

    guesses = [guesser.post(link, code=f"00000{n}").status_code for n in range(5)]

    assert guesses == [422] * 5
    assert guesser.post(link, code="123456").status_code == 410


@pytest.mark.parametrize("address", ["nobody@irgendwo.example", "lang@abc-hausverwaltung.example"])
def test_whom_we_do_not_know_reads_the_same_words_and_gets_no_letter(pages: Pages, address: str) -> None:
    known, unknown = pages.stranger(), pages.stranger()
    ask(known, KLARA)
    ask(unknown, address)

    assert unknown.get("/sign-in/sent").text == known.get("/sign-in/sent").text
    assert pages.letters_to(address) == []


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "klara",
        "klara@",
        "a b@c.example",
        "a@b.example, c@d.example",
        "<a@b>\x00",
        "@b.example",
        "x" * 250 + "@b.example",
        "a@b\r\nBcc: c@d",
    ],
)
def test_what_is_no_address_is_said_beside_the_field(pages: Pages, typed: str) -> None:
    answer = pages.stranger().post("/sign-in", address=typed, next="/")

    assert answer.status_code == 422
    assert 'aria-invalid="true"' in answer.text
    assert 'aria-describedby="address-error' in answer.text


def test_nobody_s_mailbox_is_filled_with_links(pages: Pages) -> None:
    pages.clock.advance(timedelta(hours=2))
    for _ in range(60):
        ask(pages.stranger(), BRANDT)
        pages.answer_links()
        pages.backroom.asks.forgive()
        pages.clock.advance(timedelta(minutes=1))

    assert len(pages.letters_to(BRANDT)) == 12


@pytest.mark.long
def test_whoever_asks_in_somebody_s_name_however_often_and_from_wherever_keeps_nobody_out(
    pages: Pages,
) -> None:
    """A letter is left out only while an earlier one opens the door, with its code and in any browser."""
    pages.clock.advance(timedelta(hours=2))
    for minute in range(0, 90, 3):
        for _ in range(4):
            ask(pages.stranger(), SCHMIDT)
            pages.answer_links()
        pages.backroom.asks.forgive()
        pages.clock.advance(timedelta(minutes=3))

        schmidt = pages.stranger()
        ask(schmidt, SCHMIDT)
        newest = pages.letters_to(SCHMIDT)[-1].text
        link, code = LINK.search(newest), CODE.search(newest)
        assert link is not None
        assert code is not None
        pages.clock.advance(timedelta(minutes=4))
        assert schmidt.post(link[1], code=code[1]).status_code == 303, minute


def test_who_comes_again_another_day_gets_a_letter_again(pages: Pages) -> None:
    """Requests are forgotten, and the next one must not be taken for one that was answered."""
    before = len(pages.letters_to(KLARA))
    for _ in range(3):
        pages.clock.advance(timedelta(days=2))
        ask(pages.stranger(), KLARA)
        pages.answer_links()

    assert len(pages.letters_to(KLARA)) == before + 3


def test_one_peer_cannot_ask_for_ever(pages: Pages) -> None:
    pages.backroom.asks.forgive()
    answers = [
        pages.stranger().post("/sign-in", address=f"a{n}@b.example", next="/").status_code for n in range(21)
    ]
    pages.backroom.asks.forgive()

    assert answers == [303] * 20 + [429]


@pytest.mark.parametrize(
    ("host", "network"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"),
        ("2001:db8:1:2::9", "2001:db8:1:2::"),
        ("2001:db8:1:3::9", "2001:db8:1:3::"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("testclient", "testclient"),
        ("", ""),
    ],
)
def test_addresses_of_one_house_are_one_peer(host: str, network: str) -> None:
    assert network_of(host) == network


def test_the_books_hold_no_secret_that_lets_anybody_in(pages: Pages) -> None:
    klara = pages.visit(KLARA)
    link = pages.link_for(OFFICE, code="987654")
    cookie = klara.client.cookies["mailroute"]

    with pages.store.read() as conn:
        kept = [
            str(row)
            for table in (t.web_session, t.sign_in, t.sign_in_request)
            for row in conn.execute(table.select())
        ]

    assert kept
    assert not any(
        secret in row for row in kept for secret in (cookie, link.removeprefix("/sign-in/"), "987654")
    )


# --- sessions -------------------------------------------------------------------------------------------------


def test_a_session_that_somebody_planted_is_worth_nothing_after_signing_in(pages: Pages) -> None:
    """Session fixation: whatever the browser brings, who signs in gets a new one, and the old one ends."""
    evil, klara = pages.visit(OFFICE), pages.stranger()
    planted = evil.client.cookies["mailroute"]
    klara.client.cookies.set("mailroute", planted, domain="mailroute.example")

    klara.post(pages.link_for(KLARA))

    fresh = {one.value for one in klara.client.cookies.jar if one.name == "mailroute"} - {planted}
    assert len(fresh) == 1
    assert evil.get("/").headers["location"] == "/sign-in"


def test_staff_are_signed_out_after_a_day_s_work_and_customers_after_a_month(pages: Pages) -> None:
    schmidt, klara = pages.visit(SCHMIDT), pages.visit(KLARA)

    pages.clock.advance(timedelta(hours=12))
    assert schmidt.get("/").headers["location"] == "/sign-in"
    assert klara.get("/").headers["location"] == "/tickets"
    pages.clock.advance(timedelta(days=30))
    assert klara.get("/").headers["location"] == "/sign-in"


def test_tenants_need_no_grant_to_come_in(pages: Pages) -> None:
    assert pages.visit(MUELLER).get("/").headers["location"] == "/tickets"


def test_a_link_for_somebody_who_has_left_lets_nobody_in(pages: Pages) -> None:
    assert pages.stranger().post(pages.link_for("lang@abc-hausverwaltung.example")).status_code == 410
    assert pages.stranger().post(pages.link_for("nobody@irgendwo.example")).status_code == 410


def test_who_was_invited_confirms_the_address_by_signing_in(tmp_path: Path) -> None:
    """REQ-C9: the link proves what the reply to the invitation would have proved."""
    rules = tmp_path / "rules"
    shutil.copytree(shipped.path("rules"), rules, ignore=shutil.ignore_patterns("packs"))
    grant = rules / "grants" / "makler.yaml"
    grant.write_text(grant.read_text() + "    - neffe@irgendwo.example\n")
    with open_pages(rules) as opened:
        nephew = opened.stranger()
        assert invite_due(opened.store, opened.site, opened.clock) == 1
        ask(nephew, "neffe@irgendwo.example")
        link = LINK.search(opened.letters_to("neffe@irgendwo.example")[-1].text)
        assert link is not None

        assert nephew.post(link[1]).status_code == 303
        assert nephew.get("/").headers["location"] == "/tickets"


def test_a_member_who_is_removed_is_out_with_the_next_page(tmp_path: Path) -> None:
    rules = tmp_path / "rules"
    shutil.copytree(shipped.path("rules"), rules, ignore=shutil.ignore_patterns("packs"))
    with open_pages(rules) as opened:
        office = opened.visit(OFFICE)
        grant = rules / "grants" / "makler.yaml"
        without = grant.read_text().replace(
            "address: buero@musterfirma.example", "address: jemand@muster.example"
        )
        assert office.get("/").headers["location"] == "/tickets"

        grant.write_text(without)
        activate_all(opened.store, load_directories([rules]), opened.clock())

        assert office.get("/").headers["location"] == "/sign-in"
