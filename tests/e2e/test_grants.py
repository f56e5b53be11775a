"""Grants over real SMTP in and out: who may write, who reads along, who is invited, what an administrator sees."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from mailroute.admin.acts import Act, Impossible, carry_out
from mailroute.model.ticket import MessageAdded, Status
from mailroute.store.invitations import invitations
from mailroute.store.views import views
from tests.support.house import House, Letter, a_mail, a_reply, berlin, firm_with, open_house
from tests.support.servers import wait_until
from tests.support.stores import tickets_seen_by_another_process

KLARA = "klara@muster.example"
FIRM = "buero@musterfirma.example"
BOB = "bob@musterfirma.example"
BRANDT = "brandt@abc-hausverwaltung.example"
ZENTRALE = "zentrale@abc-hausverwaltung.example"
GRANT = """\
muster:
  name: Klara Muster und Musterfirma
  profile: gewerblich
  customers: [klara@muster.example, buero@musterfirma.example]
  account_manager: brandt
  members:
    - {address: klara@muster.example, name: Klara Muster}
    - {address: buero@musterfirma.example, name: Musterfirma}
"""
BOB_TOO = GRANT + "    - {address: bob@musterfirma.example, name: Bob}\n"


@pytest.fixture
def rules(tmp_path: Path) -> Path:
    return firm_with(GRANT, tmp_path)


@pytest.fixture
def house(rules: Path) -> Iterator[House]:
    with open_house(rules=rules) as running:
        yield running
        assert running.contradictions() == []


def now_says(house: House, rules: Path, grants: str) -> None:
    """An administrator changes the grants, and the daemon takes them."""
    (rules / "grants" / "makler.yaml").write_text(grants)
    house.daemons[0].rules.reload()
    house.settle()


def to(letters: list[Letter], address: str) -> list[Letter]:
    return [one for one in letters if one.to == address]


def act(house: House, verb: str, target: str = "", actor: str = "") -> list[str]:
    daemon = house.daemons[0]
    return carry_out(Act(verb, target=target, actor=actor), daemon.store, daemon.site, house.clock)


def a_question(sender: str = KLARA) -> bytes:
    return a_mail(
        sender, "Frage zur Versicherung", "Guten Tag,\n\nwas bedeutet der Brief von gestern?\n\nKlara Muster"
    )


def test_members_share_a_ticket_from_the_first_mail_to_the_last(house: House) -> None:
    """REQ-A1, A4, A11, B2 to B8, C2, C9, C22, C26: Klara asks, her office answers, both read what Frau Brandt writes."""
    opened = house.get(a_question())
    assert {one.to for one in opened} == {BRANDT, KLARA}
    [ticket] = house.tickets()
    assert ticket.assignee == "brandt"

    answers = house.reply(to(opened, BRANDT)[0], "Guten Tag, das ist die neue Beitragsrechnung.")
    answers += house.pass_(minutes=3)
    assert [one.to for one in answers] == [KLARA, FIRM]

    told = house.get(a_mail(FIRM, f"Zu {ticket.label}", f"Zu {ticket.label}: bitte künftig an das Büro."))
    assert {one.to for one in told} == {BRANDT, KLARA}
    assert "buero@musterfirma.example" in to(told, BRANDT)[0].text
    assert "Musterfirma" in to(told, KLARA)[0].text
    authors = [
        one.change.author.address for one in house.events(ticket) if isinstance(one.change, MessageAdded)
    ]
    assert authors == [KLARA, FIRM]

    # REQ-B5: somebody has answered, so reading is enough, and the house hears nothing of it.
    assert house.reply(to(told, KLARA)[0], "GELESEN") == []
    assert house.events(ticket)[-1].change.kind == "marked-read"


def test_at_three_in_the_night_a_member_gets_a_number_and_the_clock_waits_for_the_morning(
    rules: Path,
) -> None:
    """REQ-C26: reachable outside office hours; whoever has it is reminded in their own working time."""
    with open_house(rules=rules, at=berlin(24, 3)) as house:
        opened = house.get(a_question())
        [ticket] = house.tickets()
        assert ticket.label in to(opened, KLARA)[0].subject
        assert [one.to for one in opened] == [KLARA]  # nobody else is woken

        assert [one.to for one in house.turn_to(berlin(24, 8))] == [BRANDT]
        assert house.turn_to(berlin(24, 10)) == []  # seven hours, but only two of them at work
        late = [one for day in (24, 25, 26) for one in house.turn_to(berlin(day, 16, 59))]
        assert BRANDT in {one.to for one in late if "rinner" in one.subject}
        assert house.contradictions() == []


def test_read_is_refused_until_somebody_has_answered(house: House) -> None:
    """REQ-B5."""
    opened = house.get(a_question())
    house.reply(to(opened, BRANDT)[0], "Guten Tag, das ist die neue Beitragsrechnung.")
    [answer] = to(house.pass_(minutes=3), KLARA)
    refused = house.reply(answer, "GELESEN")
    assert [one.to for one in refused] == [KLARA]
    assert "unbeantwortet" in refused[0].subject


def test_sharing_is_retroactive_sends_no_flood_and_ends_at_once(house: House, rules: Path) -> None:
    """REQ-B13: switched off the office is a stranger to the ticket; switched on it sees all of it, without a letter."""
    off = GRANT + "  share_tickets: no\n"
    now_says(house, rules, off)
    opened = house.get(a_question())
    [ticket] = house.tickets()
    house.get(a_mail(FIRM, f"Zu {ticket.label}", f"Zu {ticket.label}: ich auch."))
    assert len(house.tickets()) == 2
    assert seen(house, FIRM) == [house.tickets()[1].label]

    now_says(house, rules, GRANT)
    assert house.settle() == []
    assert set(seen(house, FIRM)) == {one.label for one in house.tickets()}

    house.reply(to(opened, BRANDT)[0], "Guten Tag, das klären wir am Freitag.")
    now_says(house, rules, off)
    assert [one.to for one in house.pass_(days=2) if one.to in (KLARA, FIRM)] == [KLARA]
    assert seen(house, FIRM) == [house.tickets()[1].label]


def seen(house: House, address: str) -> list[str]:
    [line] = act(house, "view-as", address, "brandt")
    return [one["ticket"] for one in json.loads(line)["tickets"]]


def test_a_removed_member_loses_the_ticket_at_once(house: House, rules: Path) -> None:
    """REQ-B13, attack: the token of a removed member."""
    house.get(a_question())
    [ticket] = house.tickets()
    told = house.get(a_mail(FIRM, f"Zu {ticket.label}", f"Zu {ticket.label}: vom Büro."))
    assert to(told, BRANDT)
    [copy] = to(house.reply(to(told, KLARA)[0], "Danke, ich kümmere mich."), FIRM)
    now_says(
        house, rules, GRANT.replace("    - {address: buero@musterfirma.example, name: Musterfirma}\n", "")
    )
    after = house.reply(copy, "Und noch etwas von mir.")
    assert len(house.tickets()) == 2
    assert not to(after, KLARA)
    assert not any("Danke, ich" in one.everything for one in to(after, FIRM))


def test_what_a_grant_does_not_allow_gets_a_neutral_answer_and_goes_to_triage(
    house: House, rules: Path
) -> None:
    """REQ-C16, C17: never dropped; an emergency passes."""
    now_says(house, rules, GRANT + "  messages: no\n  damage_reports: no\n")
    letters = house.get(a_question())
    assert {one.to for one in letters} == {ZENTRALE, KLARA}
    assert house.ticket().status is Status.TRIAGE
    assert "nicht eingerichtet" in to(letters, KLARA)[0].text
    alarm = house.get(
        a_mail(KLARA, "Rohrbruch", "In der Lindenweg 5 ist ein Wasserrohrbruch, alles läuft aus!")
    )
    assert "nicht eingerichtet" not in to(alarm, KLARA)[0].text
    assert house.ticket("Rohrbruch").urgency == 1


def test_a_member_nobody_knows_is_invited_once_and_confirms_by_replying(house: House, rules: Path) -> None:
    """REQ-C9, C10."""
    now_says(house, rules, BOB_TOO)
    invitation = invitation_of(house)
    assert house.pass_(minutes=30) == []
    before = house.get(a_question(BOB))
    assert not to(before, BRANDT)  # a stranger until then
    assert act_fails(house, "resend", KLARA).startswith(KLARA)

    # An out-of-office is nobody's word, and somebody else's reply proves nothing.
    away = a_reply(invitation, BOB, "Ich bin nicht da.", headers={"Auto-Submitted": "auto-replied"})
    house.get(away)
    house.get(a_reply(invitation, "evil@irgendwo.example", "ja"))
    assert confirmed(house) == []

    again = act(house, "resend", BOB)
    [second] = [one for one in house.settle() if one.to == BOB]
    assert "2" in again[0]
    house.get(a_reply(invitation, BOB, "ja"))
    assert confirmed(house) == []  # the old link is dead
    assert "less than" in act_fails(house, "resend", BOB)
    [thanks] = to(house.get(a_reply(second, BOB, "")), BOB)
    assert "bestätigt" in thanks.subject
    assert confirmed(house) == [BOB]
    assert set(seen(house, BOB)) >= {house.tickets()[0].label}


def invitation_of(house: House) -> Letter:
    """The one letter that the daemon writes to Bob by itself."""
    act(house, "invite")
    wait_until(lambda: any(one.to == BOB for one in house.letters), "Bob is invited", 60)
    house.settle()
    [letter] = [one for one in house.letters if one.to == BOB]
    return letter


def test_an_invitation_is_good_for_seven_days(house: House, rules: Path) -> None:
    """REQ-C10."""
    now_says(house, rules, BOB_TOO)
    invitation = invitation_of(house)
    house.pass_(days=8)
    house.get(a_reply(invitation, BOB, "ja"))
    assert confirmed(house) == []


def confirmed(house: House) -> list[str]:
    with house.daemons[0].store.read() as conn:
        return [one.address for one in invitations(conn, "abc") if one.confirmed_at is not None]


def act_fails(house: House, verb: str, target: str) -> str:
    with pytest.raises(Impossible) as caught:
        act(house, verb, target)
    return str(caught.value)


def test_view_as_shows_what_they_see_is_kept_and_changes_nothing(house: House) -> None:
    """REQ-C11: read-only, logged, no read marks."""
    house.get(a_question())
    [ticket] = house.tickets()
    before = house.events(ticket)
    [line] = act(house, "view-as", FIRM, "brandt")
    view = json.loads(line)
    assert [one["ticket"] for one in view["tickets"]] == [ticket.label]
    assert {one["contract"] for one in view["contracts"]} == {
        "HRV-500100", "KFZ-500200", "BHV-500300", "GEB-500400",
    }  # fmt: skip
    assert house.events(ticket) == before
    assert house.settle() == []
    with house.daemons[0].store.read() as conn:
        assert [(who, whose) for _, who, whose in views(conn, "abc")] == [("brandt", FIRM)]


def test_reference_addresses_are_shown_where_the_grant_says_so(house: House, rules: Path) -> None:
    """REQ-C4."""
    contracts = rules / "contracts" / "makler.csv"
    lines = contracts.read_text().splitlines()
    lines[0] += ";property"
    lines[1:] = [line + (";lindenweg-5" if line.startswith("GEB") else ";") for line in lines[1:]]
    contracts.write_text("\n".join(lines) + "\n")
    now_says(house, rules, GRANT)
    assert addresses_shown(house) == ["Lindenweg 5-7"]
    now_says(house, rules, GRANT + "  risk_addresses: no\n")
    assert addresses_shown(house) == []


def addresses_shown(house: House) -> list[str]:
    [line] = act(house, "view-as", KLARA, "brandt")
    shown = [one["risk_address"] for one in json.loads(line)["contracts"]]
    return [one.partition(",")[0] for one in shown if one]


def test_new_colleagues_are_welcomed_once_where_that_is_switched_on(rules: Path) -> None:
    """REQ-E1."""
    text = (
        (rules / "organisation.yaml").read_text().replace("[share-tickets]", "[share-tickets, invite-staff]")
    )
    (rules / "organisation.yaml").write_text(text)
    with open_house(rules=rules) as house:
        act(house, "invite")
        first = house.settle()
        active = {one.address for one in house.daemons[0].site.offices["abc"].ruleset.staff if one.active}
        assert sorted(one.to for one in first) == sorted(active)
        act(house, "invite")
        assert house.pass_(minutes=30) == []
        (rules / "staff.yaml").write_text(
            (rules / "staff.yaml").read_text()
            + "\nneu:\n  name: Herr Neu\n  email: neu@abc-hausverwaltung.example\n"
        )
        house.daemons[0].rules.reload()
        act(house, "invite")
        house.settle()
        assert [one.to for one in house.letters[len(first) :]] == ["neu@abc-hausverwaltung.example"]


def proven(mail: bytes, domain: str) -> bytes:
    """The mail as our own border hands it on: its domain is confirmed."""
    return f"Authentication-Results: mx.abc.example; dmarc=pass header.from={domain}\r\n".encode() + mail


def a_theft() -> bytes:
    return a_mail(
        KLARA, "Fahrraddiebstahl", "Guten Tag,\n\nbei mir gab es einen Fahrraddiebstahl.\n\nKlara Muster"
    )


def test_a_damage_without_a_contract_is_asked_back_and_answered_by_a_number(rules: Path) -> None:
    """REQ-C18: a numbered list of the contracts they see, for whoever is proven; the answer leads to the adviser."""
    (rules / "grants" / "makler.yaml").write_text(GRANT + "  damage_without_contract: no\n")
    types = rules / "case-types.yaml"
    types.write_text(
        types.read_text()
        + "\nprivatschaden:\n  name: Schaden\n  chain: ams5\n  right: damage_reports\n  when: {words: [fahrraddiebstahl]}\n"
    )
    with open_house(rules=rules, borders=("mx.abc.example",)) as house:
        [question] = to(house.get(a_theft()), KLARA)
        assert "HRV-500100" not in question.everything  # nothing proves who asks
        [question] = to(house.get(proven(a_theft(), "muster.example")), KLARA)
        assert [
            number for number in ("HRV-500100", "KFZ-500200", "BHV-500300") if number not in question.text
        ] == []
        assert house.ticket().place.contract is None
        listed = [line.strip() for line in question.text.splitlines() if "HRV-500100" in line]
        number = listed[0][0]
        house.get(proven(a_reply(question, KLARA, number), "muster.example"))
        assert house.ticket().place.contract == "HRV-500100"


def test_another_chain_holds_for_new_tickets_only(house: House, rules: Path) -> None:
    """REQ-A9: what was there before keeps its assignee, also when somebody writes in it."""

    def about_contract(text: str) -> bytes:
        return a_mail(KLARA, "Versicherung: Beitrag BHV-500300", f"Vertrag BHV-500300, Versicherung: {text}")

    house.get(about_contract("Warum ist der Beitrag gestiegen?"))
    [before] = house.tickets()
    assert before.assignee == "brandt"

    types = rules / "case-types.yaml"
    types.write_text(types.read_text().replace("  chain: ams5\n", "  chain: ams5-clerk\n"))
    shutil.rmtree(rules / "tests")  # they say what the other chain does
    house.daemons[0].rules.reload()
    house.settle()
    house.get(a_mail(KLARA, f"Re: {before.label}", f"Zu {before.label}: bitte um Rückruf."))
    assert house.tickets()[0].assignee == "brandt"
    assert house.events(before)[-1].change.kind == "message-added"

    house.get(about_contract("Und wann endet der Vertrag?"))
    assert [one.assignee for one in house.tickets()] == ["brandt", "keller"]


def test_mail_after_a_reload_is_kept_although_somebody_looked_in_between(house: House, rules: Path) -> None:
    """The reload replays what is stored; that made the daemon forget its locks, and the next look removed its log."""
    house.get(a_question())
    roles = rules / "roles.yaml"
    roles.write_text(roles.read_text().replace("de: Buchhaltung,", "de: Buchhaltung und Kasse,"))
    assert "none would go elsewhere" in house.daemons[0].rules.reload()[0]
    database = house.daemons[0].settings.state / "mailroute.db"
    assert tickets_seen_by_another_process(database) == 1
    house.get(a_question())
    assert len(house.tickets()) == 2
