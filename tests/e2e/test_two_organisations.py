"""Two organisations in one house, one the partner of the other: the child ticket, from the question to its end.

The firms abc and xyz have the same rules; abc asks xyz, whose Herr Schmidt is another one (REQ-D7…D11).
"""

import shutil
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from mailroute import shipped
from mailroute.model.ticket import Status, Ticket
from mailroute.store.tables import metadata
from tests.support.house import MUELLER, SCHMIDT, House, Letter, a_mail, a_reply, open_house

THEIR_INBOX = "service@xyz-hausverwaltung.example"
THEIR_ZENTRALE = "zentrale@xyz-hausverwaltung.example"
STURM = "auftrag@dachdeckerei-sturm.example"
SECRETS = ("Müller", "mueller", "mieter.example", "Dachrinne", "Kennwort", "Max-Planck", "0171")
DAMAGE = "Am Haus Max-Planck-Straße 12 ist die Dachrinne beschädigt. Kennwort Tulpe. Tel. 0171 234567\n\nThomas Müller"


def two_firms(folder: Path) -> tuple[Path, Path]:
    """The rules of abc and xyz; xyz is a partner of abc, asked first."""
    ours, theirs = folder / "abc", folder / "xyz"
    for directory in (ours, theirs):
        shutil.copytree(shipped.path("rules"), directory)
    partners = ours / "partners.yaml"
    partners.write_text(
        f"{partners.read_text()}\nxyz:\n  name: XYZ Hausverwaltung\n  organisation: xyz\n  order: 5\n  calendar: werktage\n"
    )
    for file in theirs.rglob("*"):
        if file.is_file() and file.suffix in (".yaml", ".csv"):
            file.write_text(file.read_text().replace("@abc-hausverwaltung", "@xyz-hausverwaltung"))
    roles = theirs / "roles.yaml"
    maintenance = "name: {de: Sachbearbeitung, en: Maintenance desk}\n"
    roles.write_text(roles.read_text().replace(maintenance, f"{maintenance}  site_wide: [schmidt]\n"))
    organisation = theirs / "organisation.yaml"
    named = organisation.read_text().replace("id: abc\n", "id: xyz\n")
    organisation.write_text(named.replace("ABC Hausverwaltung GmbH", "XYZ Hausverwaltung AG"))
    return ours, theirs


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    with open_house(rules=two_firms(tmp_path)) as running:
        yield running
        assert running.contradictions() == []


@pytest.fixture
def asked(house: House) -> House:
    """Herr Müller has reported a damage to abc, and Herr Schmidt has asked xyz."""
    house.get(a_mail(f"Thomas Müller <{MUELLER}>", "Gebäudeschaden an der Dachrinne", DAMAGE))
    house.reply(house.letter_to(SCHMIDT), "weiter an: XYZ Hausverwaltung")
    return house


@pytest.fixture
def taken(asked: House) -> House:
    """And xyz has said yes."""
    asked.reply(offer(asked), "annehmen")
    return asked


def tickets(house: House) -> tuple[Ticket, Ticket]:
    """The parent and the child."""
    [parent] = [one for one in house.tickets() if one.organisation == "abc"]
    [child] = [one for one in house.tickets() if one.organisation == "xyz"]
    return parent, child


def offer(house: House) -> Letter:
    """The question, as it came to whoever is responsible at xyz."""
    return next(
        one for one in reversed(house.letters) if one.to.endswith("@xyz-hausverwaltung.example")
        and one.subject.startswith("Anfrage")
    )  # fmt: skip


def to_them(letters: list[Letter]) -> list[Letter]:
    return [one for one in letters if one.to.endswith("@xyz-hausverwaltung.example")]


def kept_for(house: House, organisation: str) -> set[str]:
    """Every row that the database keeps for an organisation."""
    with house.daemons[0].store.read() as conn:
        return {
            f"{table.name} {row}"
            for table in metadata.sorted_tables
            if "organisation_id" in table.c and table.name != "daily"  # its own holes of the day
            for row in conn.execute(select(table).where(table.c.organisation_id == organisation))
        }


def secrets_in(text: str) -> list[str]:
    return [word for word in SECRETS if word in text]


# --- the question -------------------------------------------------------------------------------------------


def test_req_d7_the_partner_gets_a_ticket_of_its_own_and_nothing_of_our_customer(house: House) -> None:
    """In no letter to them and in no row that is theirs: whatever they do before the yes."""
    ours, theirs = kept_for(house, "abc"), kept_for(house, "xyz")
    house.get(a_mail(f"Thomas Müller <{MUELLER}>", "Gebäudeschaden an der Dachrinne", DAMAGE))
    letters = house.reply(house.letter_to(SCHMIDT), "weiter an: XYZ Hausverwaltung")
    parent, child = tickets(house)
    assert (parent.status, child.status) == (Status.PARTNER_ASKED, Status.OFFERED)
    assert (child.case_type, child.assignee) == ("schadensmeldung", "schmidt")
    assert child.place.property is None
    question = offer(house)
    assert "ABC Hausverwaltung" in question.text
    assert "Ort: 81675 München" in question.text
    assert "Donnerstag, 26. November 2026, 09:02 Uhr" in question.text
    said = [
        house.reply(question, words)
        for words in ("Wie heißt der Mieter?", "notiz: wer ist frei?", "erledigt: ja")
    ]
    said += [
        house.reply(question, "weiter an: Huber"),
        house.pass_(hours=24),
        house.get(a_reply(question, question.to, "hilfe")),
    ]
    shown = "\n".join(
        one.everything for one in to_them(letters) + [one for part in said for one in to_them(part)]
    )
    assert "Dachrinne" in str(kept_for(house, "abc") - ours), "so that the words would be found"
    assert secrets_in(shown + str(kept_for(house, "xyz") - theirs)) == []
    assert tickets(house)[0].status is Status.PARTNER_ASKED


def test_req_d7_nobody_at_the_partner_is_written_to_as_a_firm(asked: House) -> None:
    assert [one for one in asked.letters if one.to == STURM] == []
    assert {one.organisation for one in asked.tickets()} == {"abc", "xyz"}


def test_req_d7_our_offer_sent_to_their_own_inbox_opens_nothing_of_ours(asked: House) -> None:
    question = offer(asked)
    asked.get(a_mail(f"Thomas Müller <{MUELLER}>", "Noch etwas", "Kennwort Rose.", to=THEIR_INBOX))
    asked.get(a_reply(question, STURM, "annehmen"))
    assert tickets_of(asked, "abc")[0].status is Status.PARTNER_ASKED


def tickets_of(house: House, organisation: str) -> list[Ticket]:
    return [one for one in house.tickets() if one.organisation == organisation]


# --- yes ----------------------------------------------------------------------------------------------------


def test_req_d7_their_yes_brings_them_the_matter(asked: House) -> None:
    letters = asked.reply(offer(asked), "annehmen")
    parent, child = tickets(asked)
    assert (parent.status, child.status) == (Status.WITH_PARTNER, Status.ACCEPTED)
    [matter] = [one for one in to_them(letters) if "Kennwort Tulpe" in one.text]
    assert "Müller" in matter.text
    assert MUELLER in matter.text
    assert "Ihr Text geht an Herrn Müller" in matter.text
    assert "Max-Planck-Straße 12" in matter.text
    [news] = [one for one in letters if one.to == SCHMIDT]
    assert "XYZ Hausverwaltung hat den Vorgang angenommen" in news.text


def test_req_d7_a_colleague_who_takes_it_over_says_yes_too(asked: House) -> None:
    question = offer(asked)
    asked.reply(question, "weiter an: Huber")
    assert tickets(asked)[0].status is Status.PARTNER_ASKED, "who has it there is their own business"
    asked.reply(asked.letter_to("huber@xyz-hausverwaltung.example"), "übernehmen")
    parent, child = tickets(asked)
    assert (parent.status, child.assignee) == (Status.WITH_PARTNER, "huber")


def test_their_answer_reaches_our_customer_from_our_inbox_and_comes_back(taken: House) -> None:
    answered = taken.reply(offer(taken), "Wir kommen am Freitag um neun.")
    assert answered == []
    [answer] = [one for one in taken.pass_(minutes=3) if one.to == MUELLER]
    assert "Freitag um neun" in answer.text
    assert "service@abc-hausverwaltung.example" in answer.header("From")
    assert "xyz-hausverwaltung" not in answer.everything.replace("XYZ Hausverwaltung", "")
    [again] = to_them(taken.reply(answer, "Freitag passt, danke. Kennwort Nelke."))
    assert "Kennwort Nelke" in again.text
    [last] = [one for one in taken.reply(again, "notiz: Leiter mitnehmen") if one.to == MUELLER] or [None]
    assert last is None


def test_closing_there_closes_here_and_says_so(taken: House) -> None:
    letters = taken.reply(offer(taken), "erledigt: Rinne ist wieder dicht")
    assert [one.status for one in tickets(taken)] == [Status.CLOSED, Status.CLOSED]
    assert "Rinne ist wieder dicht" in next(one for one in letters if one.to == SCHMIDT).text
    assert "nur ABC Hausverwaltung" in to_them(taken.reply(offer(taken), "wieder öffnen"))[0].text
    assert "für uns abgeschlossen" in to_them(taken.reply(offer(taken), "Noch ein Nachtrag."))[0].text
    assert [one.status for one in tickets(taken)] == [Status.CLOSED, Status.CLOSED]


def test_what_reached_us_is_not_undone_there(taken: House) -> None:
    [refused] = to_them(taken.reply(offer(taken), "rückgängig"))
    assert "hat das schon erfahren" in refused.text
    assert tickets(taken)[0].status is Status.WITH_PARTNER


def test_given_back_later_it_returns_and_nobody_else_is_asked(taken: House) -> None:
    taken.reply(offer(taken), "ablehnen: doch kein Gerüst frei")
    parent, child = tickets(taken)
    assert (parent.status, child.status) == (Status.OFFERED, Status.CLOSED)
    assert "kein Gerüst frei" in taken.letter_to(SCHMIDT).text


# --- no, and too late ---------------------------------------------------------------------------------------


def test_req_d10_their_no_closes_the_child_and_asks_the_next_one(asked: House) -> None:
    letters = asked.reply(offer(asked), "ablehnen: keine Zeit")
    parent, child = tickets(asked)
    assert (parent.partner, parent.partners_asked) == ("dachdeckerei-sturm", ("xyz",))
    assert child.status is Status.CLOSED
    assert [one.to for one in letters if one.subject.startswith("Anfrage")] == [STURM]
    assert "keine Zeit" in next(one for one in letters if one.to == SCHMIDT).text


def test_a_no_of_whoever_got_it_from_a_colleague_goes_back_to_them(asked: House) -> None:
    before = tickets(asked)[1].assignee
    asked.reply(offer(asked), "weiter an: Huber")
    asked.reply(asked.letter_to("huber@xyz-hausverwaltung.example"), "ablehnen: nicht meins")
    parent, child = tickets(asked)
    assert (parent.status, child.assignee) == (Status.PARTNER_ASKED, before)


def test_req_d9_without_an_answer_in_time_it_moves_on_once(asked: House) -> None:
    question = offer(asked)
    letters = asked.pass_(hours=48)
    parent, child = tickets(asked)
    assert (parent.partner, parent.partners_asked) == ("dachdeckerei-sturm", ("xyz",))
    assert child.status is Status.CLOSED
    assert [one.subject for one in to_them(letters) if "weitergegangen" in one.subject] != []
    [late] = to_them(asked.reply(question, "annehmen"))
    assert "für uns abgeschlossen" in late.text
    assert tickets(asked)[0].partner == "dachdeckerei-sturm"


def test_req_d11_a_yes_a_second_before_the_end_counts(asked: House) -> None:
    asked.turn_to(asked.clock() + timedelta(hours=47, minutes=59, seconds=59))
    asked.send(a_reply(offer(asked), offer(asked).to, "annehmen"))
    asked.pass_(seconds=1)
    assert [one.status for one in tickets(asked)] == [Status.WITH_PARTNER, Status.ACCEPTED]


def test_req_d3_taking_the_question_back_closes_the_child(asked: House) -> None:
    letters = asked.reply(asked.letter_to(SCHMIDT), "widerrufen")
    parent, child = tickets(asked)
    assert (parent.status, child.status) == (Status.ACCEPTED, Status.CLOSED)
    assert [one for one in to_them(letters) if "weitergegangen" in one.subject] != []


def test_a_child_never_goes_to_a_further_partner(asked: House) -> None:
    """So nothing comes back to where it came from."""
    asked.reply(offer(asked), "annehmen")
    refused = to_them(asked.reply(offer(asked), "weiter an: Sturm"))
    assert "nur von dort gehen" in refused[-1].text
    assert tickets(asked)[1].status is Status.ACCEPTED


GAS_ALARM = """\
gasalarm: {name: {de: Gasalarm, en: Gas alarm}, role: bereitschaft, urgency: 1, emergency: yes}
miete: {name: {de: Mietzahlung, en: Rent}, role: buchhaltung}
"""
FEARS = "word;weights\n;* 1 | gasalarm -1\ngas;gasalarm 3\nmiete;miete 3\n"


def test_what_one_organisation_fears_to_be_an_emergency_reaches_the_others_on_call(tmp_path: Path) -> None:
    """Their rules know no `Gasalarm`: whoever is on call there is rung all the same, and reads that nobody confirmed it."""
    ours, theirs = two_firms(tmp_path)
    pack = ours / "packs" / "eigenes"
    pack.mkdir(parents=True)
    (pack / "roles.yaml").write_text("sammler: {name: Sammler}\n")
    (pack / "case-types.yaml").write_text(GAS_ALARM)
    (pack / "evidence.csv").write_text(FEARS)
    organisation = ours / "organisation.yaml"
    organisation.write_text(f"{organisation.read_text()}\npacks: [eigenes]\n")
    staff = theirs / "staff.yaml"
    name = "  name: Herr Weber\n"
    staff.write_text(staff.read_text().replace(name, f"{name}  alarm: 0175777@sms.example\n"))
    with open_house(rules=(ours, theirs)) as house:
        house.get(a_mail(MUELLER, "Miete", "Die Miete ist bezahlt, und Gas."))
        letters = house.reply(
            house.letter_to("weber@abc-hausverwaltung.example"), "weiter an: XYZ Hausverwaltung"
        )
        parent, child = tickets(house)
        assert (parent.case_type, parent.feared) == ("gasalarm", True)
        assert (child.case_type, child.feared, child.assignee) == ("notfall", True, "weber")
        [asks] = [one for one in letters if one.to == "weber@xyz-hausverwaltung.example"]
        assert "Notfall? (nicht bestätigt)" in asks.text
        assert [one.subject for one in letters if one.to == "0175777@sms.example"] != []
        assert house.contradictions() == []
