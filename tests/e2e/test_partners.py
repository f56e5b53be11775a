"""Partners and firms outside, over real SMTP in and out: who is told what, and when it moves on (REQ-D7…D17)."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from mailroute import shipped
from mailroute.model.ticket import PartyKind, Status
from tests.support.house import (
    MUELLER,
    SCHMIDT,
    TUESDAY,
    House,
    Letter,
    a_mail,
    a_reply,
    berlin,
    open_house,
    with_file,
)
from tests.support.relay import Mood, Stage

STURM = "auftrag@dachdeckerei-sturm.example"
ALPENBLICK = "buero@spenglerei-alpenblick.example"
FIRM = "kontakt@gerueste-nord.example"
# Words of the customer's mail, and what the directory knows of him: a partner must see none of it before a yes.
SECRETS = (
    "Müller", "mueller", "mieter.example", "Dachrinne", "Kennwort", "Max-Planck", "max-planck", "0171", "WE 03", "foto.jpg",
    "Gebäudeschaden", "Schmidt", "schmidt",
)  # fmt: skip


def the_damage() -> bytes:
    text = "Hallo,\n\nam Haus Max-Planck-Straße 12 ist die Dachrinne beschädigt. Kennwort Tulpe. Tel. 0171 234567\n\nThomas Müller\n"
    mail = a_mail(f"Thomas Müller <{MUELLER}>", "Gebäudeschaden an der Dachrinne", text)
    return with_file(mail, "foto.jpg", b"\xff\xd8\xff\xe0 Foto")


@pytest.fixture
def house() -> Iterator[House]:
    with open_house() as running:
        yield running
        assert running.contradictions() == []


@pytest.fixture
def asked(house: House) -> House:
    """Herr Schmidt has asked the roofer."""
    house.get(the_damage())
    house.reply(house.letter_to(SCHMIDT), "weiter an: Sturm")
    return house


def assert_says_nothing(letter: Letter) -> None:
    shown = letter.everything
    assert [word for word in SECRETS if word in shown] == []
    assert b"foto.jpg" not in letter.raw


def letters_to(letters: list[Letter], address: str) -> list[Letter]:
    return [one for one in letters if one.to == address]


def test_req_d7_d8_the_offer_says_kind_and_town_and_when(asked: House) -> None:
    offer = asked.letter_to(STURM)
    assert_says_nothing(offer)
    assert "Schaden" in offer.text
    assert "80" in offer.text
    assert "München" in offer.text
    assert "Donnerstag, 26. November 2026, 09:02 Uhr" in offer.text
    assert asked.ticket().waits_for == (PartyKind.PARTNER, "dachdeckerei-sturm")


def test_req_d7_no_path_tells_a_partner_more_before_the_yes(asked: House) -> None:
    """Questions, verbs, a follow-up of the customer, a note and a withdrawal: each letter to them stays as silent."""
    offer = asked.letter_to(STURM)
    for text in (
        "Wie heißt der Mieter?",
        "erledigt",
        "hilfe",
        "",
        "typ: Rechnung",
        "weiter an: Huber",
        "senden",
        "1",
    ):
        for one in asked.reply(offer, text):
            assert one.to == STURM
            assert_says_nothing(one)
    for one in asked.get(
        a_mail(MUELLER, f"Re: {asked.ticket().label}", "Es tropft, ich bin im Kennwort Tulpe.")
    ):
        assert one.to != STURM
    [schmidt] = asked.reply(asked.letter_to(SCHMIDT), "Guten Tag Herr Müller, wir kümmern uns.")
    assert schmidt.to == SCHMIDT
    last = asked.reply(asked.letter_to(SCHMIDT), "widerrufen")
    [withdrawn] = letters_to(last, STURM)
    assert_says_nothing(withdrawn)
    assert asked.ticket().status is Status.ACCEPTED


def test_req_d7_after_the_yes_the_partner_has_everything_and_answers(asked: House) -> None:
    after = asked.reply(asked.letter_to(STURM), "annehmen")
    [matter] = letters_to(after, STURM)
    assert "Kennwort Tulpe" in matter.text
    assert list(matter.attachments) == ["foto.jpg"]
    [news] = letters_to(after, SCHMIDT)
    assert "Dachdeckerei Sturm & Sohn hat den Vorgang angenommen" in news.text
    asked.reply(matter, "Guten Tag Herr Müller,\n\nwir kommen am Freitag um 8 Uhr.\n\nDachdeckerei Sturm")
    [answer] = letters_to(asked.pass_(minutes=3), MUELLER)
    assert "wir kommen am Freitag" in answer.text
    assert STURM not in answer.header("From")
    [heard] = asked.get(a_reply(answer, MUELLER, "Danke, ich bin da."))
    assert (heard.to, "ich bin da" in heard.text) == (STURM, True)
    closed = asked.reply(heard, "erledigt: Rinne erneuert")
    assert sorted(one.to for one in closed) == sorted([STURM, SCHMIDT])
    assert asked.ticket().status is Status.CLOSED


def test_req_d9_d11_time_out_at_the_moment_and_the_late_yes_is_refused(asked: House) -> None:
    offer = asked.letter_to(STURM)
    assert asked.turn_to(berlin(26, 9, 1)) == []
    late = asked.turn_to(berlin(26, 9, 2))
    [expired] = letters_to(late, STURM)
    assert_says_nothing(expired)
    [second] = letters_to(late, ALPENBLICK)
    assert_says_nothing(second)
    # Thursday 9:02 and two working days: Monday.
    assert "Montag, 30. November 2026, 09:02 Uhr" in second.text
    [news] = letters_to(late, SCHMIDT)
    assert "Jetzt ist Spenglerei Alpenblick gefragt" in news.text
    [refused] = asked.reply(offer, "annehmen")
    assert "weitergegangen" in refused.text
    assert_says_nothing(refused)
    assert asked.ticket().partner == "spenglerei-alpenblick"


def test_the_customer_hears_once_that_it_takes_longer_and_only_where_that_is_wanted(tmp_path: Path) -> None:
    """Ambiguity 23: without the feature nothing of the whole story above reaches them."""
    rules = tmp_path / "rules"
    shutil.copytree(shipped.path("rules"), rules)
    organisation = rules / "organisation.yaml"
    wanted = organisation.read_text().replace("[share-tickets]", "[share-tickets, rerouting-letter]")
    assert "rerouting-letter" in wanted
    organisation.write_text(wanted)
    with open_house(rules=rules) as telling:
        telling.get(the_damage())
        telling.reply(telling.letter_to(SCHMIDT), "weiter an: Sturm")
        moved = telling.reply(telling.letter_to(STURM), "ablehnen: keine Leute")
        [letter] = letters_to(moved, MUELLER)
        assert "dauert etwas länger" in letter.subject
        assert [
            word for word in ("Sturm", "keine Leute", "Alpenblick", "Schmidt") if word in letter.everything
        ] == []
        assert letters_to(telling.reply(telling.letter_to(ALPENBLICK), "ablehnen"), MUELLER) == []
        assert telling.contradictions() == []


def test_req_d9_d10_declined_by_all_it_stays_with_who_asked(asked: House) -> None:
    asked.reply(asked.letter_to(STURM), "ablehnen: keine Leute")
    last = asked.reply(asked.letter_to(ALPENBLICK), "ablehnen: zu weit")
    assert letters_to(asked.letters, MUELLER)[1:] == [], "nothing but that their mail has arrived"
    assert asked.ticket().waits_for == (PartyKind.STAFF, "schmidt")
    assert asked.ticket().status is Status.OFFERED
    [news] = [one for one in letters_to(last, SCHMIDT) if "Partnerfirma" in one.subject]
    assert "keine weitere Firma" in news.text
    assert "zu weit" in news.text
    assert len(last) == 3


def test_req_d9_an_offer_that_the_relay_refuses_for_good_moves_on_at_once(house: House) -> None:
    """No bounce mail comes then: the relay says no to ourselves."""
    house.get(the_damage())
    house.relay.moods.append(Mood(Stage.RCPT, "550 5.1.1 no such user", STURM))
    letters = house.reply(house.letter_to(SCHMIDT), "weiter an: Sturm")
    assert letters_to(letters, STURM) == []
    [second] = letters_to(letters, ALPENBLICK)
    assert_says_nothing(second)
    assert "unzustellbar" in letters_to(letters, SCHMIDT)[-1].text
    assert house.ticket().partners_asked == ("dachdeckerei-sturm",)


def test_an_out_of_office_is_no_reaction_and_an_undeliverable_offer_moves_on_at_once(asked: House) -> None:
    offer = asked.letter_to(STURM)
    away = a_reply(offer, STURM, "annehmen", headers={"Auto-Submitted": "auto-replied"})
    assert asked.get(away) == []
    assert asked.ticket().partner == "dachdeckerei-sturm"
    report = a_mail(
        "mailer-daemon@mx.example", "Undelivered", f"{STURM}: 550 5.1.1 unknown", to=offer.mail_from
    )
    moved = asked.get(report, mail_from="")
    assert [one.to for one in letters_to(moved, ALPENBLICK)] == [ALPENBLICK]
    assert asked.ticket().partners_asked == ("dachdeckerei-sturm",)


def test_req_d12_d16_an_order_its_changes_and_the_invoice_that_comes_back(house: House) -> None:
    house.get(the_damage())
    letter = house.letter_to(SCHMIDT)
    sent = house.reply(letter, f"extern an: {FIRM}\nBitte ein Gerüst stellen.")
    [order] = letters_to(sent, FIRM)
    assert order.subject.startswith("Auftrag A-2026-0001")
    assert "Bitte ein Gerüst stellen." in order.text
    assert "Max-Planck-Straße 12" in order.text
    leaked = [word for word in ("0171", "Kennwort", MUELLER, "foto.jpg") if word in order.everything]
    assert leaked == []
    assert house.ticket().assignee == "schmidt"
    [nothing] = house.reply(letter, "extern änderungen")
    assert "nichts geändert" in nothing.text
    [refused] = house.reply(letter, "widerrufen")
    assert "lässt sich nicht widerrufen" in refused.text
    back = house.get(
        with_file(
            a_reply(order, FIRM, "erledigt\n\nAnbei die Rechnung."), "rechnung.jpg", b"\xff\xd8 Rechnung"
        )
    )
    assert [one.to for one in back] == [SCHMIDT]
    assert list(back[0].attachments) == ["rechnung.jpg"]
    assert house.ticket().status is Status.ACCEPTED
    second = house.reply(letter, "extern an: andere@firma.example")
    assert letters_to(second, "andere@firma.example")[0].subject.startswith("Auftrag A-2026-0002")
    assert house.ticket().orders == 2


def test_req_d11_a_yes_in_the_queue_is_read_before_the_time_out_fires(asked: House) -> None:
    """REQ-D11: received in the last minute, decided after it: the yes counts."""
    offer = asked.letter_to(STURM)
    # A minute before it, and not at it: the clockwork may look at any moment, and the yes must be there by then.
    asked.clock.turn_to(berlin(26, 9, 1))
    asked.send(a_reply(offer, STURM, "annehmen"))
    asked.clock.turn_to(berlin(26, 9, 2))
    asked.settle()
    assert asked.ticket().status is Status.WITH_PARTNER
    assert asked.clock() > TUESDAY
