"""What a mail really is about, over real SMTP: asked back, split, gathered, and emergencies that nothing holds up."""

import json
import shutil
from pathlib import Path

import pytest

from mailroute import shipped
from mailroute.cli.main import main
from mailroute.model.ticket import Status
from tests.support.house import (
    HUBER,
    INBOX,
    MUELLER,
    NOVAK,
    SCHMIDT,
    ZENTRALE,
    House,
    Letter,
    a_mail,
    berlin,
    open_house,
)

WEBER = "weber@abc-hausverwaltung.example"
KELLER = "keller@abc-hausverwaltung.example"
BRANDT = "brandt@abc-hausverwaltung.example"
ALARM = "0175999@sms.example"
SOMMER = "sommer@mieter.example"


def to(letters: list[Letter], address: str, subject: str = "") -> Letter:
    """The one letter to somebody."""
    [one] = [one for one in letters if one.to == address and subject in one.subject]
    return one


def rules_with(tmp_path: Path, file: str, old: str, new: str) -> Path:
    """The demo firm with one change."""
    firm = tmp_path / "rules"
    if not firm.exists():
        shutil.copytree(shipped.path("rules"), firm)
    text = (firm / file).read_text()
    assert old in text
    (firm / file).write_text(text.replace(old, new, 1))
    return firm


# --- two concerns in one mail --------------------------------------------------------------------------------

TWO = (
    "Guten Tag,\n\nzu meiner Rechnung vom November habe ich eine Frage: die Rechnungsnummer 4711 ist doppelt berechnet.\n\n"
    "Außerdem ist die Dachrinne an der Max-Planck-Straße 12 kaputt und undicht.\n\nViele Grüße\nMüller"
)


def test_the_second_matter_is_offered_and_split_off_by_whom_it_is_for() -> None:
    """Ambiguity 25, REQ-E4: the first owns the ticket, the second role may split; the reporter hears of it once."""
    with open_house() as house:
        letters = house.get(a_mail(MUELLER, "Frage", TWO))
        first = house.ticket()
        assert (first.case_type, first.assignee) == ("rechnung", "huber")
        assert "doppelt berechnet" in to(letters, HUBER).text
        offer = to(letters, SCHMIDT)
        assert "Schadensmeldung" in offer.text
        assert "teilen" in offer.text
        letters = house.reply(offer, "teilen")
        old, new = house.tickets()
        assert (new.case_type, new.assignee, new.status) == ("schadensmeldung", "schmidt", Status.OFFERED)
        assert (old.case_type, old.assignee) == ("rechnung", "huber"), "the first matter stays what it was"
        assert [one.change.kind for one in house.events(new)] == ["opened", "message-added", "linked"]
        told = to(letters, MUELLER)
        assert old.label in told.text
        assert new.label in told.text
        assert "Dachrinne" not in told.text
        assert "Dachrinne" in to(letters, SCHMIDT, new.label + " Schadensmeldung").text
        # Both go on by themselves.
        house.reply(to(letters, SCHMIDT, new.label + " Schadensmeldung"), "erledigt: ist repariert")
        assert [one.status for one in house.tickets()] == [Status.OFFERED, Status.CLOSED]
        assert house.contradictions() == []


def test_a_customer_cannot_split_anything() -> None:
    """reliability §4: the words of a customer are never a command, whatever address they answer."""
    with open_house() as house:
        letters = house.get(a_mail(MUELLER, "Frage", TWO))
        house.reply(to(letters, MUELLER), "teilen")
        house.reply(to(letters, SCHMIDT), "teilen", sender=MUELLER)
        assert len(house.tickets()) == 1


def test_where_the_rules_say_so_it_is_split_at_once(tmp_path: Path) -> None:
    """Ambiguity 25: `multiple: split`."""
    rules = rules_with(tmp_path, "organisation.yaml", "multiple: offer", "multiple: split")
    with open_house(rules=rules) as house:
        letters = house.get(a_mail(MUELLER, "Frage", TWO))
        assert sorted(one.case_type or "" for one in house.tickets()) == ["rechnung", "schadensmeldung"]
        assert [one.subject for one in letters if one.to == MUELLER and "weiteren Vorgang" in one.subject]
        assert house.contradictions() == []


# --- the same concern from many people -----------------------------------------------------------------------


def fifty_tenants(tmp_path: Path) -> Path:
    """The demo firm, whose Max-Planck-Straße 12 has fifty more tenants."""
    rules = rules_with(tmp_path, "people.csv", "", "")
    people = rules / "people.csv"
    head = people.read_text().splitlines()[0]
    separator = ";" if ";" in head else ","
    columns = head.split(separator)
    lines = [
        separator.join(
            {
                "name": f"Nachbar {n}",
                "email": f"nachbar{n}@mieter.example",
                "relation": "tenant",
                "property": "max-planck-12",
            }.get(column, "")
            for column in columns
        )
        for n in range(50)
    ]
    people.write_text(people.read_text().rstrip("\n") + "\n" + "\n".join(lines) + "\n")
    return rules


def lift(n: int, text: str = "Der Aufzug steht schon wieder.") -> bytes:
    return a_mail(f"nachbar{n}@mieter.example", f"Aufzug ({n})", text)


def test_fifty_mails_about_one_lift_are_one_ticket(tmp_path: Path) -> None:
    """domain.md §1.2, need 10: gathered, everybody acknowledged without anybody's data, the assignee hears the count."""
    with open_house(rules=fifty_tenants(tmp_path)) as house:
        for n in range(50):
            house.send(lift(n, f"Der Aufzug steht. Ich wohne hier, Geheimnis{n}."))
        letters = house.settle()
        [ticket] = house.tickets()
        assert (ticket.case_type, ticket.joined, ticket.assignee) == ("aufzug", 49, "schmidt")
        counted = [one for one in letters if one.to == SCHMIDT and "Meldungen" in one.subject]
        assert all("Objekt: Max-Planck-Straße 12\r\n" in one.text for one in counted), (
            "nobody's flat: the house"
        )
        acknowledged = [one for one in letters if "mieter.example" in one.to]
        assert len(acknowledged) == 50
        assert {one.to for one in acknowledged} == {f"nachbar{n}@mieter.example" for n in range(50)}
        for one in acknowledged:
            assert "Geheimnis" not in one.everything
            assert [n for n in range(50) if f"nachbar{n}@" in one.everything] == [
                int(one.to[7:].split("@")[0])
            ]
        to_staff = [one for one in letters if one.to == SCHMIDT]
        assert 2 <= len(to_staff) <= 8, "of the count, not of each one"
        assert "50" in to_staff[-1].subject
        assert house.contradictions() == []


def test_one_of_them_gets_a_ticket_of_their_own_again(tmp_path: Path) -> None:
    with open_house(rules=fifty_tenants(tmp_path)) as house:
        house.get(lift(1))
        letters = house.get(lift(2, "Im Aufzug ist das Licht aus."))
        letters = house.reply(to(letters, SCHMIDT), "trennen: Nachbar 2")
        old, new = house.tickets()
        assert (old.joined, new.reporter.name, new.case_type) == (0, "Nachbar 2", "aufzug")
        told = to(letters, "nachbar2@mieter.example")
        assert new.label in told.text
        assert "Nachbar 1" not in told.everything
        assert "Licht" in to(letters, SCHMIDT, new.label + " Aufzug").text
        assert house.contradictions() == []


def test_neither_other_houses_nor_other_days_nor_other_matters_are_gathered(tmp_path: Path) -> None:
    with open_house(rules=fifty_tenants(tmp_path)) as house:
        house.get(lift(1))
        house.get(a_mail(SOMMER, "Aufzug", "Im Lindenweg 5 steht der Aufzug."))
        house.get(a_mail("nachbar3@mieter.example", "Rechnung", "Eine Frage zu meiner Rechnung."))
        house.get(a_mail("nachbar4@mieter.example", "Rechnung", "Eine Frage zu meiner Rechnung."))
        assert len(house.tickets()) == 4
        house.pass_(hours=25)
        house.get(lift(2))
        assert len(house.tickets()) == 5
        house.get(lift(5))
        assert len(house.tickets()) == 5, "the new one gathers from now on"
        assert house.contradictions() == []


def test_closing_tells_everybody_who_reported_it(tmp_path: Path) -> None:
    rules = fifty_tenants(tmp_path)
    rules_with(
        tmp_path,
        "organisation.yaml",
        "features: [share-tickets]",
        "features: [share-tickets, closing-letter]",
    )
    with open_house(rules=rules) as house:
        first = house.get(lift(1))
        house.get(lift(2))
        letters = house.reply(to(first, SCHMIDT), "erledigt: Guten Tag Nachbar 1, der Aufzug fährt wieder.")
        closed = {one.to: one for one in letters if "abgeschlossen" in one.subject and "mieter" in one.to}
        assert set(closed) == {"nachbar1@mieter.example", "nachbar2@mieter.example"}
        assert "Nachbar 1" not in closed["nachbar2@mieter.example"].everything
        # And either of them can say that it is not done.
        house.reply(closed["nachbar2@mieter.example"], "Nein, er steht immer noch.")
        assert house.ticket().status is Status.OFFERED


# --- asked back ----------------------------------------------------------------------------------------------


def two_flats(tmp_path: Path) -> Path:
    """Herr Müller also rents a flat in Lindenweg 5, where Frau Novak keeps the accounts."""
    rules = rules_with(tmp_path, "people.csv", "", "")
    people = rules / "people.csv"
    head = people.read_text().splitlines()[0]
    separator = ";" if ";" in head else ","
    row = {"name": "Herr Müller", "email": MUELLER, "relation": "tenant", "property": "lindenweg-5"}
    line = separator.join(row.get(column, "") for column in head.split(separator))
    people.write_text(people.read_text().rstrip("\n") + "\n" + line + "\n")
    return rules


def test_an_unclear_mail_is_asked_back_and_answered_with_a_number(tmp_path: Path) -> None:
    """Ambiguity 28, REQ-E8: one letter asks, the answer routes, triage hears that nothing is left to do."""
    with open_house(rules=two_flats(tmp_path)) as house:
        letters = house.get(a_mail(MUELLER, "Rechnung", "Eine Frage zu meiner Rechnung."))
        ticket = house.ticket()
        assert ticket.status is Status.TRIAGE
        assert ticket.asked
        [asked] = [one for one in letters if one.to == MUELLER]
        assert "Rückfrage" in asked.subject
        assert "1. Max-Planck-Straße 12" in asked.text
        assert "2. Lindenweg 5" in asked.text
        letters = house.reply(asked, "2\n\nViele Grüße\nMüller")
        ticket = house.ticket()
        assert (ticket.place.property, ticket.status) == ("lindenweg-5", Status.OFFERED)
        assert ticket.assignee == "novak"
        kinds = [one.change.kind for one in house.events(ticket)]
        assert kinds[-3:] == ["message-added", "corrected", "rerouted"]
        assert house.events(ticket)[-2].actor.address == MUELLER
        assert "Eine Frage zu meiner Rechnung" in to(letters, NOVAK).text
        assert "zugeordnet" in to(letters, ZENTRALE).text
        assert [one for one in letters if one.to == MUELLER] == [], (
            "asked at most once, and not thanked by a machine"
        )
        assert house.contradictions() == []


def test_it_can_be_answered_in_words_too(tmp_path: Path) -> None:
    with open_house(rules=two_flats(tmp_path)) as house:
        letters = house.get(a_mail(MUELLER, "Rechnung", "Eine Frage zu meiner Rechnung."))
        house.reply(to(letters, MUELLER), "Es geht um die Max Planck Str. 12.")
        assert (house.ticket().place.property, house.ticket().assignee) == ("max-planck-12", "huber")


def test_who_borrows_the_name_of_a_tenant_learns_and_changes_nothing(tmp_path: Path) -> None:
    """Ambiguity 30: the list goes to the tenant's own mailbox; an answer without their token does not count."""
    with open_house(rules=two_flats(tmp_path)) as house:
        forged = a_mail(
            MUELLER, "Rechnung", "Eine Frage zur Rechnung.", headers={"Reply-To": "evil@irgendwo.example"}
        )
        letters = house.get(forged, mail_from="evil@irgendwo.example")
        asked = to(letters, MUELLER)
        assert [one for one in letters if "irgendwo" in one.to] == []
        house.reply(asked, "2", sender="evil@irgendwo.example")
        assert house.ticket().place.property is None


def test_an_unknown_sender_gets_no_data_at_all() -> None:
    """Ambiguity 29: nothing proves the address, so nobody is written to; the desk asks, a machine does not."""
    with open_house() as house:
        letters = house.get(a_mail("wer@irgendwo.example", "Heizung", "Meine Heizung bleibt kalt."))
        assert [one.to for one in letters] == [ZENTRALE]
        assert not house.ticket().asked


def test_only_what_is_missing_is_asked_for_and_staff_see_it() -> None:
    """domain.md §1.2, need 4: needs of the case type, in the acknowledgement itself."""
    with open_house() as house:
        letters = house.get(a_mail(MUELLER, "Heizung", "Meine Heizung bleibt kalt."))
        assert [one.subject for one in letters if one.to == MUELLER] == [
            f"Rückfrage zu Ihrer Nachricht ({house.ticket().label})"
        ]
        assert "Telefonnummer" in to(letters, MUELLER).text
        assert "Adresse" not in to(letters, MUELLER).text, "that is known"
        assert "Es fehlt noch: Telefonnummer (danach ist gefragt)" in to(letters, SCHMIDT).text
        letters = house.get(
            a_mail(MUELLER, "Heizung", "Heizung kalt. Sie erreichen mich unter 089 9999 1234.")
        )
        assert "Rückfrage" not in to(letters, MUELLER).subject


# --- emergencies ---------------------------------------------------------------------------------------------

GAS = "Im Treppenhaus der Max-Planck-Straße 12 riecht es stark nach Gas! Tel. 0176 99991234"
NIGHT = berlin(28, 23, 40)
SUPPRESSING = {
    "a stranger": {},
    "a newsletter": {
        "List-Unsubscribe": "<https://x.example/u>",
        "List-Id": "<news.x.example>",
        "Precedence": "bulk",
    },
    "a monitoring system": {"Auto-Submitted": "auto-generated"},
    "a spam mark": {"X-Spam-Flag": "YES", "X-Spam-Status": "Yes, score=22.0"},
    "a wish for silence": {"X-Auto-Response-Suppress": "All"},
}


def with_alarm(tmp_path: Path) -> Path:
    return rules_with(
        tmp_path,
        "staff.yaml",
        "  # On call day and night.\n",
        f"  # On call day and night.\n  alarm: {ALARM}\n",
    )


@pytest.mark.parametrize("what", SUPPRESSING)
def test_an_emergency_reaches_the_on_call_role_at_night_whatever_its_headers_say(
    what: str, tmp_path: Path
) -> None:
    """Ambiguity 29: emergency words always alarm; the telephone of the one on call rings too."""
    with open_house(at=NIGHT, rules=with_alarm(tmp_path)) as house:
        letters = house.get(a_mail("wer@irgendwo.example", "Gasgeruch", GAS, headers=SUPPRESSING[what]))
        assert (house.ticket().case_type, house.ticket().assignee) == ("notfall", "weber")
        assert to(letters, WEBER).subject.startswith("NOTFALL")
        ring = to(letters, ALARM)
        assert "0176 99991234" in ring.text
        assert len(ring.text) < 300
        assert [one for one in letters if "irgendwo" in one.to] == [], "nothing proves the address"


def test_the_sender_of_an_emergency_gets_the_number_and_the_112_sentence() -> None:
    with open_house(at=NIGHT) as house:
        letters = house.get(a_mail(MUELLER, "Gasgeruch", GAS))
        told = to(letters, MUELLER)
        assert "+49 89 99998 112" in told.subject
        assert "112" in told.text


def test_where_nobody_is_on_call_everybody_hears_who_can_call_somebody(tmp_path: Path) -> None:
    """REQ-E8, E11: fallback role, triage and management are all told, as an emergency."""
    absent = "- {staff: weber, from: 2026-11-01, to: 2026-12-31}\n- {staff: schmidt, from: 2026-11-01, to: 2026-12-31}\n"
    rules = with_alarm(tmp_path)
    (rules / "absences.yaml").write_text(absent)
    with open_house(at=NIGHT, rules=rules) as house:
        letters = house.get(a_mail(MUELLER, "Gasgeruch", GAS))
        assert house.ticket().assignee == "keller", "the fallback role of the house"
        assert "NOTFALL" in to(letters, KELLER).subject
        for one in (ZENTRALE, BRANDT):
            assert "niemand sicher erreichbar" in to(letters, one).text


def test_an_emergency_in_a_reply_is_a_matter_of_its_own() -> None:
    """The old ticket lies with somebody who is at home at night; both tickets name each other."""
    with open_house() as house:
        letters = house.get(a_mail(MUELLER, "Rechnung", "Eine Frage zu meiner Rechnung."))
        house.turn_to(NIGHT)
        letters = house.reply(to(letters, MUELLER), GAS)
        old, new = house.tickets()
        assert (new.case_type, new.assignee) == ("notfall", "weber")
        assert to(letters, WEBER, "NOTFALL")
        assert "linked" in [one.change.kind for one in house.events(old)]
        house.reply(to(letters, MUELLER), "Es riecht immer noch nach Gas!")
        assert len(house.tickets()) == 2, "the same emergency stays one ticket"


def test_bounces_duplicates_and_our_own_letters_are_no_emergency() -> None:
    with open_house(at=NIGHT) as house:
        mail = a_mail(MUELLER, "Gasgeruch", GAS)
        letters = house.get(mail)
        assert house.get(mail) == []
        assert house.get(to(letters, WEBER).raw, to=INBOX) == []
        assert len(house.tickets()) == 1


def test_the_list_of_emergencies(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    state = tmp_path / "state"
    config = tmp_path / "mailroute.toml"
    config.write_text(f'state = "{state}"\nrules = ["{shipped.path("rules")}"]\nworkers = 1\n')
    with open_house(state=state) as house:
        house.get(a_mail(MUELLER, "Rechnung", "Eine Frage zu meiner Rechnung."))
        house.get(a_mail(MUELLER, "Gasgeruch", GAS))
        assert _listed(capsys, config, "--emergencies") == [house.ticket("Gas").label]
        assert _listed(capsys, config, "--emergencies", "--organisation", "xyz") == []
        _quality(capsys, config, house)


def _listed(capsys: pytest.CaptureFixture[str], config: Path, *more: str) -> list[str]:
    assert main(["ticket", "list", "--json", "--config", str(config), *more]) == 0
    return [json.loads(line)["ticket"] for line in capsys.readouterr().out.splitlines()]


def _quality(capsys: pytest.CaptureFixture[str], config: Path, house: House) -> None:
    """`mailroute quality` beside the running daemon."""
    assert main(["quality", "--json", "--days", "3650", "--config", str(config)]) == 0
    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert rows[0]["kind"] == "all"
    assert rows[0]["tickets"] == len(house.tickets())
    assert main(["quality", "--days", "3650", "--config", str(config)]) == 0
    assert "routed without a person" in capsys.readouterr().out
