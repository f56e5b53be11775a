"""What may be an emergency, over real SMTP: who is called, what they read, and how it is called off (decision 17)."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from mailroute.admin.quality import Quality, quality
from mailroute.model.ticket import Status
from tests.support.house import HUBER, MUELLER, SCHMIDT, House, a_mail, berlin, open_house
from tests.support.listed import number_of, to
from tests.support.own_pack import firm_with_pack
from tests.support.relay import Mood, Stage

WEBER = "weber@abc-hausverwaltung.example"
KELLER = "keller@abc-hausverwaltung.example"
WEBERS_PHONE = "0175999@sms.example"
SCHMIDTS_PHONE = "0175888@sms.example"
NIGHT = berlin(24, 2, 13)
# Between the rent and gas: the pack below fears the worst.
FEARED = "Die Miete ist bezahlt, und Gas."
KINDS = """\
gasalarm:
  {name: {de: Gasalarm, en: Gas alarm}, role: bereitschaft, inform: [objektbetreuung], urgency: 1, emergency: yes,
   deadlines: {remind_after: 15m, remind_every: 15m, escalate_after: 30m}}
miete: {name: {de: Mietzahlung, en: Rent}, role: buchhaltung}
garten: {name: {de: Garten, en: Garden}, role: buchhaltung, inform: [sachbearbeitung]}
"""
WORDS = "word;weights\n;* 1 | gasalarm -1\ngas;gasalarm 3\nmiete;miete 3\nhecke;garten 9\n"


def firm(directory: Path) -> Path:
    """The demo firm with a pack that fears, and two telephones that ring."""
    rules = firm_with_pack(directory, KINDS, {"evidence.csv": WORDS}, "[eigenes]")
    staff = rules / "staff.yaml"
    text = staff.read_text()
    for name, phone in (("Herr Weber", WEBERS_PHONE), ("Herr Schmidt", SCHMIDTS_PHONE)):
        text = text.replace(f"  name: {name}\n", f"  name: {name}\n  alarm: {phone}\n", 1)
    staff.write_text(text)
    return rules


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """One night for all of these: each begins with a mail of its own."""
    with open_house(at=NIGHT, rules=firm(tmp_path_factory.mktemp("firm"))) as opened:
        yield opened
        assert opened.contradictions() == []


def hold(house: House, *addresses: str) -> None:
    """The next letter to each of them waits in the outbox: the relay does not take it now."""
    house.relay.moods += [Mood(Stage.RCPT, "451 4.3.0 not now", one) for one in addresses]


def kinds(house: House) -> list[str]:
    """What happened to the newest ticket."""
    return [one.change.kind for one in house.events(house.ticket())]


def test_whoever_is_called_reads_that_it_is_only_feared(house: House) -> None:
    """Nobody has said that it is one, and no letter claims so; the tenant reads whom to call (domain.md §1.2, need 4)."""
    letters = house.get(a_mail(MUELLER, "Miete", FEARED))
    ticket = house.ticket()
    assert (ticket.case_type, ticket.feared, ticket.assignee) == ("gasalarm", True, "weber")
    for one, subject in ((WEBER, "NOTFALL? T-"), (KELLER, "NOTFALL? Zur Information: T-")):
        letter = to(letters, one)
        assert letter.subject.startswith(subject)
        assert "NOTFALL? (nicht bestätigt)" in letter.text
        assert "Anliegen: Gasalarm? (nicht bestätigt)" in letter.text
    assert to(letters, WEBERS_PHONE).subject.startswith("NOTFALL? T-")
    told = to(letters, MUELLER)
    assert "+49 89 99998 112" in told.subject
    assert "Bei Feuer, Gasgeruch oder Gefahr für Menschen wählen Sie zuerst 112." in told.text
    assert "nicht bestätigt" not in told.everything


def test_the_telephone_rings_with_every_reminder_until_somebody_accepts(house: House) -> None:
    """domain.md §1.2, need 4: alarmed again, then the second line too; nobody reads mail at night."""
    mine = to(house.get(a_mail(MUELLER, "Miete", FEARED)), WEBER)
    label = house.ticket().label

    def rings(minutes: int) -> list[str]:
        return [one.to for one in house.pass_(minutes=minutes) if "sms" in one.to and label in one.subject]

    assert rings(16) == [WEBERS_PHONE]
    assert "In Frage kommen (antworten Sie mit der Nummer):" in house.letter_to(WEBER, label).text
    assert SCHMIDTS_PHONE in rings(16)
    house.reply(mine, "annehmen")
    assert rings(60) == []


def test_an_emergency_that_the_one_on_call_gives_back_goes_to_the_next_on_call(house: House) -> None:
    """At night nobody sits at the triage desk."""
    mine = to(house.get(a_mail(MUELLER, "Miete", FEARED)), WEBER)
    letters = house.reply(mine, "ablehnen: ich bin krank")
    assert house.ticket().assignee == "schmidt"
    returned = to(letters, SCHMIDT)
    assert returned.subject.startswith("NOTFALL? Zurück an Sie: T-")
    assert number_of("Gasalarm", returned)
    assert to(letters, SCHMIDTS_PHONE)


def test_those_who_were_alarmed_get_one_all_clear(house: House) -> None:
    """Nobody drives to a house at night for what somebody has seen to be none; nobody else hears of it."""
    mine = to(house.get(a_mail(MUELLER, "Miete", FEARED)), WEBER)
    letters = house.reply(mine, "typ: Mietzahlung")
    assert (house.ticket().case_type, house.ticket().feared) == ("miete", False)
    clear = to(letters, KELLER)
    assert clear.subject.startswith("Entwarnung: T-")
    assert "ist kein Notfall. Herr Weber hat ihn eingeordnet (Mietzahlung)" in clear.text
    assert [one.to for one in letters if "Entwarnung" in one.subject] == [KELLER]
    # Whatever is corrected later: there is no second one.
    later = house.reply(to(letters, HUBER, "Für Sie"), "typ: Garten")
    assert not [one for one in later if "Entwarnung" in one.subject]
    assert kinds(house).count("called-off") == 1


def test_picking_the_emergency_itself_confirms_it(house: House) -> None:
    """It stays what it was, where it was, and nobody reads a question mark any more."""
    mine = to(house.get(a_mail(MUELLER, "Miete", FEARED)), WEBER)
    receipt = to(house.reply(mine, number_of("Gasalarm", mine)), WEBER)
    assert (house.ticket().status, house.ticket().feared) == (Status.ACCEPTED, False)
    assert "Bestätigt: Gasalarm." in receipt.text
    assert "nicht bestätigt" not in receipt.text
    house.reply(receipt, "rückgängig")
    assert house.ticket().feared


def test_where_it_is_does_not_say_that_it_is_one(house: House) -> None:
    """`objekt:` sets another thing right; the list of what it may be is still answered with a number."""
    mine = to(house.get(a_mail(MUELLER, "Miete", FEARED)), WEBER)
    receipt = to(house.reply(mine, "objekt: Lindenweg 5"), WEBER)
    assert house.ticket().feared
    assert "Noch offen (antworten Sie mit der Nummer): 1. " in receipt.text
    house.reply(receipt, number_of("Mietzahlung", receipt))
    assert (house.ticket().case_type, house.ticket().feared) == ("miete", False)


def test_a_number_that_was_taken_back_can_be_picked_again(house: House) -> None:
    """Whoever took the wrong one has the list as it was."""
    mine = to(house.get(a_mail(MUELLER, "Miete", FEARED)), WEBER)
    letters = house.reply(mine, "typ: Garten")
    house.reply(to(letters, WEBER, "Ausgeführt"), "rückgängig")
    assert (house.ticket().case_type, house.ticket().feared) == ("gasalarm", True)
    house.reply(mine, number_of("Mietzahlung", mine))
    assert (house.ticket().case_type, house.ticket().assignee) == ("miete", "huber")


def test_who_corrects_a_ticket_into_an_emergency_alarms_like_the_mail_would_have(house: House) -> None:
    letters = house.get(a_mail(MUELLER, "Garten", "Die Hecke."))
    mine = to(letters, HUBER)
    letters = house.reply(mine, "typ: Gasalarm")
    assert (house.ticket().case_type, house.ticket().assignee) == ("gasalarm", "weber")
    assert to(letters, WEBER).subject.startswith("NOTFALL Für Sie: T-")
    assert to(letters, WEBERS_PHONE)
    assert to(letters, KELLER).subject.startswith("NOTFALL Zur Information: T-")
    # It was a slip: who was alarmed hears that too.
    letters = house.reply(to(letters, HUBER, "Ausgeführt"), "rückgängig")
    assert to(letters, KELLER, "Entwarnung")


def test_whoever_has_read_an_all_clear_that_is_taken_back_hears_that_it_is_an_emergency(house: House) -> None:
    """Nobody stays at home because of a slip; and when it is none after all, they hear that again."""
    mine = to(house.get(a_mail(MUELLER, "Miete", FEARED)), WEBER)
    letters = house.reply(mine, "typ: Mietzahlung")
    assert to(letters, KELLER, "Entwarnung")
    again = house.reply(to(letters, WEBER, "Ausgeführt"), "rückgängig")
    told = to(again, KELLER)
    assert told.subject.startswith("NOTFALL? Zur Information: T-")
    assert FEARED in told.text
    assert to(house.reply(mine, "typ: Mietzahlung"), KELLER, "Entwarnung")


def test_an_all_clear_that_has_not_left_is_stopped_and_its_readers_stay_alarmed(house: House) -> None:
    """They know of the emergency and have read nothing else: they hear nothing, until it is none after all."""
    mine = to(house.get(a_mail(MUELLER, "Miete", FEARED)), WEBER)
    hold(house, KELLER)
    letters = house.reply(mine, "typ: Mietzahlung")
    again = house.reply(to(letters, WEBER, "Ausgeführt"), "rückgängig")
    assert KELLER not in [one.to for one in (*letters, *again)]
    assert not [one for one in house.pass_(minutes=14) if one.to == KELLER]
    assert to(house.reply(mine, "typ: Mietzahlung"), KELLER, "Entwarnung")


def test_whoever_was_not_reached_by_an_alarm_that_is_taken_back_gets_no_all_clear(house: House) -> None:
    """A letter that calls off what its reader has never heard of only frightens."""
    mine = to(house.get(a_mail(MUELLER, "Garten", "Die Hecke.")), HUBER)
    hold(house, KELLER, WEBER, WEBERS_PHONE)
    letters = house.reply(mine, "typ: Gasalarm")
    assert "alarmed" in kinds(house)
    letters += house.reply(to(letters, HUBER, "Ausgeführt"), "rückgängig")
    letters += house.pass_(minutes=14)
    assert (house.ticket().case_type, house.ticket().assignee) == ("garten", "huber")
    assert not {KELLER, WEBER, WEBERS_PHONE} & {
        one.to for one in letters if house.ticket().label in one.subject
    }


def test_whoever_was_reached_by_telephone_alone_hears_that_the_alarm_is_taken_back(house: House) -> None:
    """The letter is stopped, but the telephone has rung."""
    mine = to(house.get(a_mail(MUELLER, "Garten", "Die Hecke.")), HUBER)
    hold(house, WEBER)
    letters = house.reply(mine, "typ: Gasalarm")
    assert to(letters, WEBERS_PHONE)
    letters = house.reply(to(letters, HUBER, "Ausgeführt"), "rückgängig")
    assert to(letters, WEBER).subject.startswith("Zurückgeholt: T-")
    assert to(letters, KELLER, "Entwarnung")


def test_the_further_roles_of_a_corrected_matter_hear_of_it(house: House) -> None:
    """REQ-E4, ambiguity 26: what the rules inform of a matter does not depend on who has recognised it."""
    mine = to(house.get(a_mail(MUELLER, "Miete", "Die Miete.")), HUBER)
    letters = house.reply(mine, "typ: Garten")
    told = to(letters, SCHMIDT)
    assert told.subject.startswith("Zur Information: T-")
    assert "Die Miete." in told.text
    assert house.ticket().assignee == "huber"


def test_whoever_has_had_all_their_letters_still_gets_the_number_to_call(house: House) -> None:
    """Five questions about a bill, and then gas: the sentence that matters most is not the one that is saved."""
    aydin = "aydin@mieter.example"
    for n in range(6):
        house.get(a_mail(aydin, f"Garten {n}", "Die Hecke."))
    assert not [one for one in house.get(a_mail(aydin, "Garten", "Die Hecke.")) if one.to == aydin]
    told = [to(house.get(a_mail(aydin, f"Gas {n}", "Gas!")), aydin) for n in range(5)]
    for one in told:
        assert "+49 89 99998 112" in one.text
        assert "wählen Sie zuerst 112" in one.text
    # Whoever writes in somebody else's name cannot fill their mailbox with it.
    letters = house.get(a_mail(aydin, "Gas", "Gas!"))
    assert not [one for one in letters if one.to == aydin]
    assert to(letters, WEBER), "and the one on call hears of each"


def test_the_quality_report_knows_that_a_rule_that_was_only_feared_has_fired(house: House) -> None:
    """Issue 4, part 9: it woke somebody, so it is none of those that never fire."""
    house.get(a_mail(MUELLER, "Miete", FEARED))
    rules = house.daemons[0].site.offices["abc"].ruleset
    with house.daemons[0].store.read() as conn:
        *_, report = quality(conn, (rules,), None, NIGHT - timedelta(days=1), NIGHT + timedelta(days=9))
    assert "gasalarm" not in dict(report.never)
    assert "schadensmeldung" in dict(report.never)


def test_whoever_confirms_what_was_feared_has_corrected_nothing(tmp_path: Path) -> None:
    """It was right to wake them; who says that it is something else has corrected it, and both have told the words."""
    with open_house(at=NIGHT, rules=firm(tmp_path)) as alone:
        rules = alone.daemons[0].site.offices["abc"].ruleset

        def report() -> Quality:
            with alone.daemons[0].store.read() as conn:
                *_, last = quality(conn, (rules,), None, NIGHT - timedelta(days=1), NIGHT + timedelta(days=9))
            return last

        letters = alone.get(a_mail(MUELLER, "Miete", FEARED))
        alone.reply(to(letters, WEBER), "typ: Gasalarm")
        assert alone.ticket().feared is False
        assert (report().all.unclear, report().all.corrected) == (1, 0)
        assert [(one.case_type, one.mails) for one in report().missing] == [("gasalarm", 1)]
        letters = alone.get(a_mail("aydin@mieter.example", "Miete", FEARED))
        alone.reply(to(letters, WEBER), "typ: Mietzahlung")
        assert (report().all.unclear, report().all.corrected) == (2, 1)
