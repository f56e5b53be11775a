"""What is written on our pages, through the whole daemon: the path of every mail, with the proof of being signed in."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from pathlib import Path

import pytest

from mailroute.admin.acts import Act, carry_out
from mailroute.flow.web import choose_for_themselves, mark_read, opens, see, write_message
from mailroute.intake.web import Written
from mailroute.model.address import Address
from mailroute.model.change import MessageAdded
from mailroute.model.decision import Station
from mailroute.model.grant import Copies
from mailroute.model.letter import AttachedFile
from mailroute.model.thread import Thread
from mailroute.model.ticket import Party, PartyKind, Ticket
from mailroute.routing.reading import NotRead
from mailroute.store.choices import Choice
from mailroute.store.desk import explained
from mailroute.store.portal import arrived, seen, threads
from tests.e2e.test_grants import BRANDT, FIRM, GRANT, KLARA, a_question, now_says, to
from tests.support.house import INBOX, House, Letter, a_mail, firm_with, open_house

_ROUTING = (Station.MATCH, Station.CLASSIFY, Station.ASSIGN, Station.DEADLINES)
OFFICE = Party(PartyKind.CUSTOMER, None, "Musterfirma", FIRM)


@pytest.fixture
def rules(tmp_path: Path) -> Path:
    return firm_with(GRANT, tmp_path)


@pytest.fixture
def house(rules: Path) -> Iterator[House]:
    with open_house(rules=rules) as running:
        yield running
        assert running.contradictions() == []


def write(house: House, sender: str, subject: str, text: str, serial: str, **more: object) -> list[Letter]:
    """Somebody who is signed in presses the button."""
    daemon = house.daemons[0]
    written = Written(Address("", sender), INBOX, subject, text, serial, **more)  # type: ignore[arg-type]  # Written's own
    write_message(written, daemon.store, daemon.site, house.clock, "192.0.2.7")
    return house.settle()


def answer(house: House, sender: str, ticket: Ticket, text: str, serial: str) -> list[Letter]:
    key = opens(ticket, sender, house.daemons[0].site.keyring, serial)
    return write(house, sender, f"Re: {ticket.subject}", text, serial, answers=key)


def thread(house: House, ticket: Ticket) -> Thread:
    with house.daemons[0].store.read() as conn:
        return threads(conn, "abc", [ticket])[ticket.number]


def marks(house: House, party: Party, ticket: Ticket) -> NotRead | None:
    daemon = house.daemons[0]
    return mark_read(party, ticket.number, daemon.site.offices["abc"], daemon.store, house.clock)


def test_a_report_from_our_pages_is_routed_like_a_mail_and_its_author_told_the_number(house: House) -> None:
    """REQ-A1, C17: the same case by mail and by web has the same assignee; the photo goes along."""
    by_mail = house.get(a_mail(KLARA, "Schaden am Auto, Vertrag KFZ-500200", "Beim Parken hat es gekracht."))
    photo = AttachedFile("auto.jpg", "image/jpeg", b"\xff\xd8\xff")
    by_web = write(
        house,
        KLARA,
        "Schaden am Auto, Vertrag KFZ-500200",
        "Beim Parken hat es nochmals gekracht.",
        "s1",
        files=(photo,),
    )
    first, second = house.tickets()
    assert (second.assignee, second.place, second.case_type) == (first.assignee, first.place, first.case_type)
    assert {one.to for one in by_web} == {one.to for one in by_mail}
    assert "auto.jpg" in to(by_web, BRANDT)[0].everything
    assert second.label in to(by_web, KLARA)[0].subject + to(by_web, KLARA)[0].text
    with house.daemons[0].store.read() as conn:
        told = arrived(conn, "abc", KLARA, "s1")
    assert told is not None
    assert (told.decided, told.number) == (True, second.number)
    said = thread(house, second).said[0]
    assert [one.name for one in said.files] == ["auto.jpg"]


def test_one_matter_by_mail_by_file_and_by_our_pages_is_assigned_for_the_same_reasons(house: House) -> None:
    """REQ-A1: no path of its own for any source; only what proves the sender differs, and how a mail is kept apart."""
    subject, text = "Frage zum Vertrag KFZ-500200", "Guten Tag, was ist in dem Vertrag versichert?"
    house.get(a_mail(KLARA, subject, text))
    by_file = base64.b64encode(a_mail(KLARA, subject, text)).decode("ascii")
    daemon = house.daemons[0]
    carry_out(
        Act("ingest", content=by_file, recipient=INBOX, sender=KLARA), daemon.store, daemon.site, house.clock
    )
    house.settle()
    write(house, KLARA, subject, text, "s1")
    found = house.tickets()
    with daemon.store.read() as conn:
        traces = [explained(conn, "abc", one.number, 1)[0].trace for one in found]
    reasons = [[step for step in trace if step.station in _ROUTING] for trace in traces]
    assert len(found) == 3
    assert {step.station for step in reasons[0]} == set(_ROUTING)
    assert reasons[0] == reasons[1] == reasons[2]
    assert len({one.assignee for one in found}) == 1


def test_the_button_pressed_twice_makes_one_ticket(house: House) -> None:
    write(house, KLARA, "Frage", "Eine Frage zu meinem Vertrag.", "s1")
    write(house, KLARA, "Frage", "Eine Frage zu meinem Vertrag.", "s1")
    assert len(house.tickets()) == 1


def test_a_member_to_whom_no_letter_went_answers_on_our_pages(house: House) -> None:
    """REQ-B3, B4, B6: the office never got a letter of this ticket; its answer is let in, and its author shown."""
    house.get(a_question())
    [ticket] = house.tickets()
    told = answer(house, FIRM, ticket, "Bitte künftig an das Büro.", "s2")
    assert {one.to for one in told} == {BRANDT, KLARA}
    assert FIRM in to(told, BRANDT)[0].text
    [_, added] = [one.change for one in house.events(ticket) if isinstance(one.change, MessageAdded)]
    assert (added.author.address, added.proof) == (FIRM, "signed in to the web pages")
    assert thread(house, ticket).said[-1].text == "Bitte künftig an das Büro."


def test_somebody_who_lost_the_grant_opens_nothing_with_a_page_that_was_left_open(
    house: House, rules: Path
) -> None:
    """REQ-B2, B13: the Message-ID was good a minute ago; now the words become a matter of their own."""
    house.get(a_question())
    [ticket] = house.tickets()
    now_says(
        house, rules, GRANT.replace("    - {address: buero@musterfirma.example, name: Musterfirma}\n", "")
    )
    answer(house, FIRM, ticket, "Bitte künftig an das Büro.", "s3")
    assert [one.change.kind for one in house.events(house.tickets()[0])].count("message-added") == 1
    assert len(house.tickets()) == 2


def test_a_stolen_message_id_of_our_pages_opens_nothing_by_mail(house: House) -> None:
    """A mail that arrives over SMTP never looks like our pages, whatever it says and however it is addressed."""
    house.get(a_question())
    [ticket] = house.tickets()
    key = opens(ticket, "evil@world.example", house.daemons[0].site.keyring, "s4")
    house.get(a_mail("evil@world.example", "Re: Frage", "Lasst mich rein.", headers={"In-Reply-To": key}))
    assert len(house.tickets()) == 2
    mine = opens(ticket, FIRM, house.daemons[0].site.keyring, "s5")
    house.get(a_mail("evil@world.example", "Re: Frage", "Und jetzt?", headers={"In-Reply-To": mine}))
    assert len(house.tickets()) == 3


def test_read_is_marked_once_somebody_has_answered_and_the_house_hears_nothing(house: House) -> None:
    """REQ-B5: refused before; afterwards nothing is open for the other member, and no letter follows."""
    opened = house.get(a_question())
    [ticket] = house.tickets()
    house.reply(to(opened, BRANDT)[0], "Guten Tag, passt Ihnen Freitag?")
    house.pass_(minutes=3)
    assert marks(house, OFFICE, ticket) is NotRead.UNANSWERED
    assert thread(house, ticket).is_open(FIRM)

    answer(house, KLARA, ticket, "Freitag passt.", "s6")
    assert marks(house, OFFICE, ticket) is None
    assert house.settle() == []
    after = thread(house, ticket)
    assert not after.is_open(FIRM)
    assert after.answered_by(FIRM) is not None
    stranger = Party(PartyKind.UNKNOWN, None, "", "evil@world.example")
    assert marks(house, stranger, ticket) is NotRead.NOT_THEIRS
    with house.daemons[0].store.read() as conn:
        assert seen(conn, "abc", FIRM, [ticket])[ticket.number] == house.ticket().version


def test_who_looks_has_seen_it_and_who_views_as_them_has_not(house: House) -> None:
    house.get(a_question())
    [ticket] = house.tickets()
    store = house.daemons[0].store
    see(FIRM, ticket, store)
    with store.read() as conn:
        assert not threads(conn, "abc", [ticket])[ticket.number].is_new(
            FIRM, seen(conn, "abc", FIRM, [ticket])[ticket.number]
        )
        assert seen(conn, "abc", KLARA, [ticket]) == {}


def test_who_chose_to_read_on_the_pages_only_gets_no_more_copies(house: House) -> None:
    """Ambiguity 10: from the next letter on."""
    opened = house.get(a_question())
    choose_for_themselves(FIRM, "abc", Choice(Copies.WEB_ONLY), house.daemons[0].store)
    house.reply(to(opened, BRANDT)[0], "Guten Tag, das ist die Beitragsrechnung.")
    assert [one.to for one in house.pass_(days=1) if one.to in (KLARA, FIRM)] == [KLARA]
