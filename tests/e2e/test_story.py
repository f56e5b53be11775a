"""The story of the firm in `rules/` (requirements §1.E), over real SMTP in and real SMTP out.

Frau Huber holds Buchhaltung, Herr Schmidt Sachbearbeitung, both at Max-Planck-Straße 12; Herr Müller rents WE 03 there.
"""

import base64
import quopri
import shutil
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from mailroute import shipped
from mailroute.model.ticket import Status
from tests.support.calm import in_calm
from tests.support.house import (
    HUBER,
    INBOX,
    MUELLER,
    NOVAK,
    SCHMIDT,
    TUESDAY,
    ZENTRALE,
    House,
    Letter,
    a_mail,
    a_reply,
    berlin,
    open_house,
    with_file,
)

INVOICE = a_mail(
    "Thomas Müller <mueller@mieter.example>",
    "Frage zu meiner Rechnung",
    "Guten Morgen,\n\nich wohne in der Max-Planck-Straße 12 und habe eine Frage zu meiner Rechnung vom Oktober.\n\n"
    "Thomas Müller\n",
    message_id="<rechnung@mieter.example>",
)
DAMAGE = a_mail(
    "Thomas Müller <mueller@mieter.example>",
    "Gebäudeschaden",
    "Hallo,\n\nam Haus Max-Planck-Straße 12 ist nach dem Sturm die Dachrinne beschädigt.\n\nThomas Müller\n",
    message_id="<schaden@mieter.example>",
)
CUSTOMER_TEMPLATES = ("angekommen", "Re: ")


@pytest.fixture
def house() -> Iterator[House]:
    with open_house() as running:
        yield running
        assert running.contradictions() == []


@pytest.fixture(scope="module")
def open_day(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """One house for many tests that only look at the letters of their own mail."""
    with open_house(rules=in_calm(tmp_path_factory.mktemp("open-day"))) as running:
        yield running
        assert running.contradictions() == []


def recipients(letters: list[Letter]) -> list[str]:
    return sorted(one.to for one in letters)


# --- the two mails ------------------------------------------------------------------------------------------


def test_two_mails_make_two_tickets_each_with_one_notification_and_one_acknowledgement(house: House) -> None:
    """REQ-E7 to the letter, REQ-E4 (case type → role), REQ-E6 (directly assigned), ambiguity 27 (one mail to Frau Huber)."""
    invoice = house.get(INVOICE)
    damage = house.get(DAMAGE)

    assert recipients(invoice) == sorted([HUBER, MUELLER])
    assert recipients(damage) == sorted([SCHMIDT, MUELLER])
    first, second = house.tickets()
    assert (first.case_type, first.role, first.assignee) == ("rechnung", "buchhaltung", "huber")
    assert (second.case_type, second.role, second.assignee) == (
        "schadensmeldung",
        "sachbearbeitung",
        "schmidt",
    )
    assert {first.status, second.status} == {Status.OFFERED}
    assert {first.place.property, second.place.property} == {"max-planck-12"}
    assert first.place.unit == second.place.unit is not None
    # Nothing more comes of it, however long nobody does anything but wait for the next tick.
    assert house.pass_(minutes=1) == []


def test_the_acknowledgement_carries_the_number_and_nothing_of_the_mail(house: House) -> None:
    """REQ-E7: one acknowledgement, with the ticket number, in Herr Müller's own thread."""
    [acknowledgement] = [one for one in house.get(INVOICE) if one.to == MUELLER]
    ticket = house.ticket()
    assert ticket.label in acknowledgement.subject
    assert acknowledgement.header("In-Reply-To") == "<rechnung@mieter.example>"
    assert acknowledgement.header("Auto-Submitted") == "auto-replied"
    assert "Oktober" not in acknowledgement.everything
    assert "Huber" not in acknowledgement.everything


def test_the_notification_says_what_was_written_and_why_it_is_hers(house: House) -> None:
    """REQ-E6: Frau Huber can work with the letter alone."""
    [letter] = [one for one in house.get(INVOICE) if one.to == HUBER]
    ticket = house.ticket()
    assert ticket.label in letter.subject
    assert "Max-Planck-Straße 12" in letter.subject
    assert "eine Frage zu meiner Rechnung vom Oktober" in letter.text
    assert "annehmen" in letter.text
    # Offers carry neither mark, so that her out-of-office can tell us (design §7).
    assert letter.header("Auto-Submitted") == ""


def test_over_a_mixed_batch_each_hears_only_of_their_own_matters(house: House) -> None:
    """REQ-E5 ("jeweils nur"): recipients(Huber) ∩ Schadensmeldung = ∅, and the other way round."""
    people = ["mueller@mieter.example", "aydin@mieter.example", "clarke@mieter.example"]
    for number, person in enumerate(people):
        house.send(
            a_mail(person, f"Rechnung {number}", "Die Rechnung für Max-Planck-Straße 12 stimmt nicht.")
        )
        house.send(
            a_mail(person, f"Schaden {number}", "Der Abfluss in der Max-Planck-Straße 12 ist verstopft.")
        )
    house.settle()
    by_number = {one.label: one.case_type for one in house.tickets()}
    assert sorted(filter(None, by_number.values())) == ["rechnung"] * 3 + ["schadensmeldung"] * 3
    for address, case_type in ((HUBER, "rechnung"), (SCHMIDT, "schadensmeldung")):
        heard = [one.subject.split()[0] for one in house.letters if one.to == address]
        assert sorted(heard) == sorted(label for label, kind in by_number.items() if kind == case_type)


# --- spellings ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "address",
    [
        "Max-Planck-Straße 12",
        "Max Planck Str. 12",
        "Max-Planck-Strasse 12",
        "maxplanckstr.12",
        "MAX-PLANCK-STR 12",
        "Max-Planck-Str.12, 81675 München",
        "",
    ],
    ids=lambda text: text or "no address",
)
@pytest.mark.parametrize(
    ("subject", "sentence", "assignee"),
    [
        ("Frage zu meiner Rechnung", "die Rechnung stimmt nicht", "huber"),
        ("Schaden", "das Fallrohr ist kaputt", "schmidt"),
    ],
    ids=["invoice", "damage"],
)
def test_every_spelling_of_the_address_leads_to_the_same_person(
    open_day: House, address: str, subject: str, sentence: str, assignee: str
) -> None:
    """REQ-E7, variants of the address; without one the sender's unit decides."""
    subject = f"{subject} [{address}]" if address else subject
    where = f" in der {address}" if address else ""
    open_day.get(a_mail(MUELLER, subject, f"Guten Tag,\n\n{sentence}{where}.\n\nMüller\n"))
    ticket = open_day.ticket()
    assert ticket.subject == subject
    assert (ticket.place.property, ticket.assignee) == ("max-planck-12", assignee)
    # Müller's unit is known, whatever he writes.
    assert ticket.place.unit is not None


def encoded(word: str, how: str) -> str:
    """One encoded word (RFC 2047)."""
    charset = "utf-8" if how.startswith("utf8") else "iso-8859-1"
    content = word.encode(charset)
    if how.endswith("b"):
        return f"=?{charset}?B?{base64.b64encode(content).decode()}?="
    return f"=?{charset}?Q?{quopri.encodestring(content, header=True).decode()}?="


@pytest.mark.parametrize("how", ["utf8-b", "utf8-q", "latin1-b", "latin1-q", "raw utf8"])
def test_umlauts_in_the_subject_are_read_in_every_encoding(open_day: House, how: str) -> None:
    """REQ-E7, umlauts in base64 and quoted-printable subjects: the subject alone decides here."""
    subject = "Gebäudeschaden: Küchenabfluß" + f" {how.split(maxsplit=1)[0]}"
    line = subject if how == "raw utf8" else encoded(subject, how)
    mail = (
        f"From: {MUELLER}\r\nTo: {INBOX}\r\nSubject: {line}\r\nMessage-ID: <umlaut-{how.replace(' ', '')}@x.example>\r\n"
        "\r\nGuten Tag,\r\n\r\nbitte um Hilfe.\r\n"
    ).encode()
    open_day.get(mail)
    ticket = open_day.ticket()
    assert ticket.subject == subject
    assert (ticket.case_type, ticket.assignee) == ("schadensmeldung", "schmidt")


@pytest.mark.parametrize("encoding", ["base64", "quoted-printable", "8bit"])
def test_an_html_only_mail_is_read_like_any_other(open_day: House, encoding: str) -> None:
    """REQ-E7, HTML-only mail; markup and styles are not words."""
    html = (
        "<html><head><style>.rechnung { color: red }</style></head><body><p>Guten Tag,</p>"
        "<p>an der <b>K&uuml;chen</b>decke in der Max&#8209;Planck&#8209;Stra&szlig;e&nbsp;12 ist ein großer "
        "<span>Wasserfleck</span>, es tropft.</p></body></html>"
    ).encode()
    encoders: dict[str, Callable[[bytes], bytes]] = {
        "base64": base64.encodebytes,
        "quoted-printable": quopri.encodestring,
        "8bit": bytes,
    }
    body = encoders[encoding](html)
    head = (
        f"From: {MUELLER}\r\nTo: {INBOX}\r\nSubject: Bitte melden {encoding}\r\nMIME-Version: 1.0\r\n"
        f"Content-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: {encoding}\r\n\r\n"
    )
    letters = open_day.get(head.encode() + body)
    assert open_day.ticket().assignee == "schmidt"
    notification = next(one for one in letters if one.to == SCHMIDT)
    assert "Küchendecke in der Max" in notification.text
    assert "<b>" not in notification.text


# --- who holds the role -------------------------------------------------------------------------------------


def test_the_same_role_is_another_person_at_another_property(open_day: House) -> None:
    """REQ-E3: Buchhaltung is Frau Huber in Max-Planck-Straße 12, Frau Novak in Lindenweg 5-7."""
    open_day.get(a_mail("sommer@mieter.example", "Rechnung", "Die Rechnung für Lindenweg 5 ist doppelt."))
    assert open_day.ticket().assignee == "novak"
    open_day.get(a_mail("schulz@mieter.example", "Rechnung", "Die Rechnung ist doppelt."))
    assert open_day.ticket().assignee == "huber"


def test_a_new_role_works_without_code(tmp_path: Path) -> None:
    """REQ-E2: the administrator adds a role Mietbuchhaltung and a case type for it."""
    rules = shutil.copytree(shipped.path("rules"), tmp_path / "rules")
    append(rules / "roles.yaml", "mietbuchhaltung:\n  name: Mietbuchhaltung\n  site_wide: [keller]\n")
    append(
        rules / "case-types.yaml",
        "mietkonto:\n  name: Mietkonto\n  role: mietbuchhaltung\n  when: {words: [mietkontoauszug]}\n",
    )
    with open_house(rules=rules) as house:
        letters = house.get(
            a_mail(MUELLER, "Mietkontoauszug", "Bitte schicken Sie mir meinen Mietkontoauszug.")
        )
        assert recipients(letters) == sorted(["keller@abc-hausverwaltung.example", MUELLER])
        assert (house.ticket().role, house.ticket().assignee) == ("mietbuchhaltung", "keller")


def append(file: Path, text: str) -> None:
    file.write_text(file.read_text() + "\n" + text)


def test_of_two_holders_the_first_gets_it_and_the_second_when_the_first_is_away(tmp_path: Path) -> None:
    """REQ-E9: [huber, novak] is a deterministic pick; REQ-E11: absent at arrival, the deputy has it."""
    with open_house(berlin(11, 10, month=12)) as house:
        house.get(a_mail(MUELLER, "Rechnung 1", "Die Rechnung stimmt nicht."))
        assert house.ticket().assignee == "huber"
    # Frau Huber is away from the 14th; absences.yaml names Frau Novak.
    with open_house(berlin(14, 10, month=12)) as house:
        letters = house.get(a_mail(MUELLER, "Rechnung 2", "Die Rechnung stimmt nicht."))
        assert house.ticket().assignee == "novak"
        assert recipients(letters) == sorted([NOVAK, MUELLER])
        assert "huber (away)" in str(house.explanation(house.ticket())["via"])


def test_deputies_of_absent_deputies_are_found_and_with_nobody_left_the_fallback(tmp_path: Path) -> None:
    """REQ-E11: a chain of deputies; everybody away: the role's fallback (a circle is refused by `check`, MR403)."""
    rules = shutil.copytree(shipped.path("rules"), tmp_path / "rules")
    (rules / "absences.yaml").write_text(
        "- {staff: huber, from: 2026-11-23, to: 2026-11-27, deputy: novak}\n"
        "- {staff: novak, from: 2026-11-24, to: 2026-11-24, deputy: schmidt}\n"
        "- {staff: novak, from: 2026-11-25, to: 2026-11-27}\n"
    )
    with open_house(rules=rules) as house:
        house.get(a_mail(MUELLER, "Rechnung 1", "Die Rechnung stimmt nicht."))
        assert house.ticket().assignee == "schmidt"
        house.turn_to(berlin(25, 9))
        house.get(a_mail(MUELLER, "Rechnung 2", "Die Rechnung stimmt nicht."))
        assert house.ticket().assignee == "keller", "objektbetreuung at Max-Planck-Straße 12"


def test_who_is_responsible_for_new_properties_gets_the_mail_of_a_property_that_names_nobody(
    tmp_path: Path,
) -> None:
    """REQ-E10: Frau Novak holds Buchhaltung wherever a property names nobody for it."""
    rules = shutil.copytree(shipped.path("rules"), tmp_path / "rules")
    (rules / "properties" / "neubau-1.yaml").write_text(
        'street: Am Neubau\nhouse_number: "1"\npostcode: "80331"\ntown: München\n'
        "units:\n  WE 01:\n    tenants:\n      - {name: Frau Neu, email: neu@mieter.example}\n"
    )
    with open_house(rules=rules) as house:
        house.get(a_mail("neu@mieter.example", "Rechnung", "Die Rechnung stimmt nicht."))
        ticket = house.ticket()
        assert (ticket.place.property, ticket.assignee) == ("neubau-1", "novak")


# --- Herr Schmidt works -------------------------------------------------------------------------------------


def test_schmidt_accepts_and_closes_by_replying(house: House) -> None:
    """REQ-E7: `annehmen`, later `erledigt: Dachrinne repariert`; each with a receipt, nothing to the tenant."""
    house.get(DAMAGE)
    notification = house.letter_to(SCHMIDT)

    house.pass_(minutes=20)
    [receipt] = house.reply(notification, "annehmen")
    assert (receipt.to, house.ticket().status) == (SCHMIDT, Status.ACCEPTED)
    assert "annehmen" in receipt.text

    house.pass_(hours=2)
    [receipt] = house.reply(receipt, "erledigt: Dachrinne repariert")
    assert (receipt.to, house.ticket().status) == (SCHMIDT, Status.CLOSED)
    [closed] = [one.change for one in house.events(house.ticket()) if one.change.kind == "closed"]
    assert closed.text == "Dachrinne repariert"
    # Nobody is reminded of what is done.
    assert house.pass_(days=21) == []


def test_a_photo_in_answer_to_the_acknowledgement_joins_the_ticket(house: House) -> None:
    """REQ-E7: it lands in the same ticket and Herr Schmidt hears of it, with the photo."""
    house.get(DAMAGE)
    acknowledgement = house.letter_to(MUELLER)
    answer = a_reply(acknowledgement, MUELLER, "Hier ist noch ein Foto.")
    [letter] = house.get(with_file(answer, "dachrinne.jpg", b"\xff\xd8\xff foto"))

    assert letter.to == SCHMIDT
    assert letter.attachments == {"dachrinne.jpg": b"\xff\xd8\xff foto"}
    assert "Hier ist noch ein Foto." in letter.text
    [ticket] = house.tickets()
    assert [one.change.kind for one in house.events(ticket)].count("message-added") == 2


def test_a_second_mail_of_mueller_in_his_own_thread_joins_the_ticket_without_any_token(house: House) -> None:
    house.get(DAMAGE)
    mail = a_mail(
        MUELLER,
        "Re: Gebäudeschaden",
        "Noch etwas: es eilt.",
        headers={"In-Reply-To": "<schaden@mieter.example>"},
    )
    [letter] = house.get(mail)
    assert letter.to == SCHMIDT
    assert len(house.tickets()) == 1


# --- Frau Huber answers -------------------------------------------------------------------------------------


ANSWER = (
    "Guten Tag Herr Müller,\n\ndie zweite Zeile ist eine Gutschrift.\n\nMit freundlichen Grüßen\nPetra Huber"
)


def test_plain_text_of_huber_reaches_mueller_in_his_thread_without_quotes_and_nothing_internal(
    house: House,
) -> None:
    """REQ-E7: In-Reply-To is his own mail; no quote, no token or name of a colleague, no word of the notification."""
    house.get(INVOICE)
    notification = house.letter_to(HUBER)
    assert house.reply(notification, "notiz: Müller zahlt immer zu spät, Vorsicht") == []
    assert house.reply(notification, ANSWER) == []
    [letter] = house.pass_(minutes=2)

    assert letter.to == MUELLER
    assert letter.header("In-Reply-To") == "<rechnung@mieter.example>"
    assert "<rechnung@mieter.example>" in letter.header("References")
    assert "die zweite Zeile ist eine Gutschrift." in letter.text
    # From the inbox that he wrote to, so that his next answer comes back here.
    assert INBOX in letter.header("From")
    assert house.ticket().label in letter.subject
    token = notification.reply_to.partition("+")[2].partition("@")[0]
    everything = letter.everything
    for internal in (
        token,
        HUBER,
        SCHMIDT,
        "schrieb",
        "> ",
        "annehmen",
        "Zuständig",
        "zahlt immer zu spät",
        "buchhaltung",
    ):
        assert internal not in everything
    assert letter.header("Auto-Submitted") == "", "a person wrote it"
    # He answers, and Frau Huber hears of it.
    [follow_up] = house.reply(letter, "Vielen Dank, dann ist alles klar.")
    assert follow_up.to == HUBER
    assert len(house.tickets()) == 1


def test_an_answer_is_held_for_two_minutes(house: House) -> None:
    """design §7: `answer_hold`; in this time it can be stopped."""
    house.get(INVOICE)
    assert house.reply(house.letter_to(HUBER), ANSWER) == []
    assert house.pass_(minutes=1, seconds=59) == []
    assert recipients(house.pass_(seconds=1)) == [MUELLER]


def test_an_answer_accepts_so_nobody_is_reminded_to_accept(house: House) -> None:
    house.get(INVOICE)
    house.reply(house.letter_to(HUBER), ANSWER)
    assert house.ticket().status is Status.ACCEPTED
    assert recipients(house.turn_to(berlin(27, 12))) == [MUELLER]


def test_an_answer_with_a_file_carries_the_file(house: House) -> None:
    house.get(INVOICE)
    mail = with_file(a_reply(house.letter_to(HUBER), HUBER, ANSWER), "gutschrift.jpg", b"\xff\xd8 beleg")
    house.get(mail)
    [letter] = house.pass_(minutes=2)
    assert letter.attachments == {"gutschrift.jpg": b"\xff\xd8 beleg"}


def test_a_misspelt_verb_is_shown_as_a_preview_and_sent_only_on_senden(house: House) -> None:
    """design §7: it fails closed."""
    house.get(INVOICE)
    [preview] = house.reply(house.letter_to(HUBER), "anehmen\n\nBitte warten Sie noch.")
    assert preview.to == HUBER
    assert house.pass_(minutes=5) == []
    house.reply(preview, "senden")
    assert MUELLER in recipients(house.pass_(minutes=2))


def test_a_note_copied_into_an_answer_is_not_sent(house: House) -> None:
    """design §7: an answer that overlaps with a note of the ticket comes back as a preview."""
    house.get(INVOICE)
    notification = house.letter_to(HUBER)
    house.reply(notification, "notiz: Der Mieter Müller ist seit drei Monaten mit der Miete im Rückstand")
    [preview] = house.reply(
        notification, "Guten Tag,\n\nder Mieter Müller ist seit drei Monaten mit der Miete im Rückstand."
    )
    assert preview.to == HUBER
    assert house.pass_(hours=1) == []


# --- Frau Huber does nothing --------------------------------------------------------------------------------


def test_huber_is_reminded_in_working_time_and_then_it_escalates(house: House) -> None:
    """REQ-E7 and design §6: 4 working hours, then every 8; after 2 working days the deputy is brought in."""
    house.get(INVOICE)
    assert house.turn_to(berlin(24, 13, 1)) == []
    [reminder] = house.turn_to(berlin(24, 13, 3))
    assert reminder.to == HUBER
    assert "1. Erinnerung" in reminder.subject
    assert house.turn_to(berlin(25, 11, 59)) == []
    [second] = house.turn_to(berlin(25, 12, 5))
    assert "2. Erinnerung" in second.subject
    letters = house.turn_to(berlin(26, 11, 0))
    assert [one.to for one in letters if "No response" in one.subject] == [NOVAK]
    assert MUELLER not in recipients(house.letters[2:])
    assert house.ticket().assignee == "huber", "who is reminded stays responsible"


def test_a_reminder_waits_over_the_weekend(tmp_path: Path) -> None:
    """Friday 13:00, open until 14:00: three of four hours are left, so Monday 11:00."""
    with open_house(berlin(27, 13)) as house:
        house.get(INVOICE)
        assert house.turn_to(berlin(30, 10, 59)) == []
        assert recipients(house.turn_to(berlin(30, 11, 1))) == [HUBER]


def test_a_reminder_waits_over_public_holidays_and_closed_days() -> None:
    """Wednesday, 23 December 2026, 16:00: closed until Monday 4 January, but for nobody's holidays.

    24 and 31 December and 28 to 30 are closed, 25 and 26 and 1 January are public holidays. Frau Huber is away until
    the 23rd, so Frau Novak (Augsburg, closed only on 24 and 31) has it: 23rd 16-17, Monday 28th 8-11.
    """
    with open_house(berlin(23, 16, month=12)) as house:
        house.get(INVOICE)
        assert house.ticket().assignee == "novak"
        assert house.turn_to(berlin(28, 10, 59, month=12)) == []
        assert recipients(house.turn_to(berlin(28, 11, 1, month=12))) == [NOVAK]
    # Epiphany is a holiday in Bavaria: Tuesday, 5 January 2027, 15:00 → Thursday 7th, 10:00.
    with open_house(berlin(5, 15, month=1, year=2027)) as house:
        house.get(INVOICE)
        assert house.turn_to(berlin(7, 9, 59, month=1, year=2027)) == []
        assert recipients(house.turn_to(berlin(7, 10, 1, month=1, year=2027))) == [HUBER]


def test_an_emergency_runs_on_the_wall_clock() -> None:
    """Saturday at two in the morning: the person on call is reminded after fifteen minutes."""
    with open_house(berlin(28, 2)) as house:
        letters = house.get(
            a_mail(MUELLER, "Rohrbruch", "In der Max-Planck-Straße 12 ist ein Rohrbruch im Keller!")
        )
        assert "weber@abc-hausverwaltung.example" in recipients(letters)
        assert house.ticket().urgency == 1
        assert "weber@abc-hausverwaltung.example" in recipients(house.pass_(minutes=15))


# --- triage, strangers, machines ----------------------------------------------------------------------------


def test_what_no_rule_can_decide_goes_to_the_zentrale_and_a_stranger_gets_no_letter(house: House) -> None:
    """Never lost; and nobody can make us write to an address that is not theirs (reliability §0.9)."""
    letters = house.get(a_mail("Kim <kim@irgendwo.example>", "Anfrage", "Wann kann ich Sie erreichen?"))
    assert recipients(letters) == [ZENTRALE]
    assert (house.ticket().status, house.ticket().case_type) == (Status.TRIAGE, None)


def test_the_sixth_mail_of_a_day_opens_a_ticket_but_is_not_acknowledged_any_more(house: House) -> None:
    """design §7: five acknowledgements a day per address."""
    for number in range(6):
        house.get(a_mail(MUELLER, f"Rechnung {number}", "Die Rechnung stimmt nicht."))
        house.pass_(minutes=11)
    assert len(house.tickets()) == 6
    assert len([one for one in house.letters if one.to == MUELLER]) == 5
    house.turn_to(TUESDAY + timedelta(days=1))
    house.get(a_mail(MUELLER, "Rechnung 7", "Die Rechnung stimmt nicht."))
    assert len([one for one in house.letters if one.to == MUELLER]) == 6


def test_whoever_writes_at_a_machines_pace_is_acknowledged_three_times(house: House) -> None:
    """reliability §3: three mails within ten minutes of our letters are no person's."""
    for number in range(6):
        house.get(a_mail(MUELLER, f"Rechnung {number}", "Die Rechnung stimmt nicht."))
    assert len(house.tickets()) == 6
    assert len([one for one in house.letters if one.to == MUELLER]) == 3


def test_the_same_mail_delivered_twice_makes_one_ticket_and_one_letter_each(house: House) -> None:
    house.get(INVOICE)
    house.get(b"Received: from mx2.example by mx.example; Tue, 24 Nov 2026 09:03:00 +0100\r\n" + INVOICE)
    assert len(house.tickets()) == 1
    assert len(house.letters) == 2


@pytest.mark.parametrize(
    "headers",
    [
        {"Auto-Submitted": "auto-replied"},
        {"Auto-Submitted": "auto-generated"},
        {"Precedence": "bulk"},
        {"List-Id": "<mieter.example>"},
        {"X-Auto-Response-Suppress": "All"},
    ],
    ids=lambda headers: " ".join(*headers.items()),
)
def test_a_machine_gets_no_letter(open_day: House, headers: dict[str, str]) -> None:
    """design §7, RFC 3834 §2: also when the address is one we know."""
    mail = a_mail(
        "aydin@mieter.example", f"Rechnung {headers}", "Die Rechnung stimmt nicht.", headers=headers
    )
    assert "aydin@mieter.example" not in recipients(open_day.get(mail))


def test_the_null_return_path_gets_no_letter(open_day: House) -> None:
    mail = a_mail("aydin@mieter.example", "Rechnung von Null", "Die Rechnung stimmt nicht.")
    assert "aydin@mieter.example" not in recipients(open_day.get(mail, mail_from=""))


def test_our_own_letter_that_comes_back_opens_nothing(house: House) -> None:
    house.get(INVOICE)
    for letter in list(house.letters):
        assert house.get(letter.raw, mail_from=MUELLER, to=INBOX) == []
    assert len(house.tickets()) == 1


def test_a_bounce_tells_the_assignee_and_opens_nothing(house: House) -> None:
    """reliability §3: attached to the ticket by the signed bounce address; nobody is answered."""
    house.get(INVOICE)
    house.reply(house.letter_to(HUBER), ANSWER)
    [answer] = house.pass_(minutes=2)
    report = bounce_of(answer)
    letters = house.get(report, mail_from="", to=answer.mail_from)
    assert recipients(letters) == [HUBER]
    assert MUELLER in letters[0].text
    assert len(house.tickets()) == 1
    assert [one.change.kind for one in house.events(house.ticket())][-1] == "letter-failed"


def bounce_of(letter: Letter) -> bytes:
    """What a server sends back (RFC 3464)."""
    return (
        f"From: MAILER-DAEMON@mx.example\r\nTo: {letter.mail_from}\r\nSubject: Undelivered Mail Returned to Sender\r\n"
        "Auto-Submitted: auto-replied\r\nMIME-Version: 1.0\r\n"
        'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\r\n\r\n'
        "--b\r\nContent-Type: text/plain\r\n\r\nI'm sorry.\r\n"
        "--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example\r\n\r\n"
        f"Final-Recipient: rfc822; {letter.to}\r\nAction: failed\r\nStatus: 5.1.1\r\n\r\n"
        f"--b\r\nContent-Type: text/rfc822-headers\r\n\r\nMessage-ID: {letter.header('Message-ID')}\r\n\r\n--b--\r\n"
    ).encode()


# --- attackers ----------------------------------------------------------------------------------------------


def test_a_stranger_who_got_hold_of_hubers_letter_commands_nothing(house: House) -> None:
    """reliability §4: a token counts only in the hands of the one it was made for."""
    house.get(INVOICE)
    letter = house.letter_to(HUBER)
    letters = house.reply(letter, "erledigt: war nichts", sender="evil@irgendwo.example")
    assert recipients(letters) == [HUBER]
    assert house.ticket().status is Status.OFFERED
    # Nor does it become an answer to the customer.
    assert house.pass_(minutes=5) == []


def test_a_colleague_with_hubers_letter_commands_nothing_either(house: House) -> None:
    house.get(INVOICE)
    house.reply(house.letter_to(HUBER), "erledigt", sender=SCHMIDT)
    assert house.ticket().status is Status.OFFERED
    assert house.pass_(minutes=5) == []


def test_a_reply_after_a_stranger_joined_still_threads_into_muellers_own_mail(house: House) -> None:
    """A mail of a stranger in the ticket (his token was forwarded) once became what the next answer referred to: Herr
    Müller's mail program showed the answer outside of his thread, with the Message-ID of somebody else's mail."""
    house.get(INVOICE)
    acknowledgement = house.letter_to(MUELLER)
    house.get(a_reply(acknowledgement, "evil@irgendwo.example", "Ich auch."))
    house.reply(house.letter_to(HUBER, "Rechnung"), ANSWER)
    [letter] = house.pass_(minutes=2)
    assert letter.header("In-Reply-To") == "<rechnung@mieter.example>"


# --- bad input ----------------------------------------------------------------------------------------------


BAD = {
    "no sender": b"Subject: Rechnung\r\n\r\nWer bin ich?\r\n",
    "no subject": f"From: {MUELLER}\r\n\r\nDie Rechnung stimmt nicht.\r\n".encode(),
    "no headers": b"\r\nnur Text\r\n",
    "nothing": b"",
    "two senders": b"From: a@x.example\r\nFrom: b@x.example\r\nSubject: Rechnung\r\n\r\nHallo\r\n",
    "binary rubbish": bytes(range(1, 256)).replace(b"\r", b"").replace(b"\n", b"") * 40,
    "a thousand parts": b'From: a@x.example\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary="b"\r\n\r\n'
    + b"--b\r\nContent-Type: text/plain\r\n\r\nx\r\n" * 1000
    + b"--b--\r\n",
    "deeper than anybody can read": b"".join(
        b'Content-Type: multipart/mixed; boundary="%d"\r\n\r\n--%d\r\n' % (i, i) for i in range(500)
    ),
    "an unknown charset": b"From: a@x.example\r\nSubject: =?klingon?B?AAAA?=\r\nContent-Type: text/plain; charset=klingon\r\n\r\nqapla\r\n",
    "a NUL in the subject": b"From: a@x.example\r\nSubject: a\x00b\r\n\r\nx\x00y\r\n",
    "a lying boundary": b'Content-Type: multipart/mixed; boundary="none"\r\n\r\nnothing\r\n',
    "a subject that is a header": b"From: a@x.example\r\nSubject: =?utf-8?Q?a=0D=0ABcc:_victim@y.example?=\r\n\r\nx\r\n",
    "quadratic content type": b"From: a@x.example\r\nContent-Type: text/plain"
    + b";" * 60_000
    + b"\r\n\r\nx\r\n",
}


@pytest.mark.parametrize("what", BAD)
def test_a_mail_that_cannot_be_understood_is_stored_and_shown_never_lost(open_day: House, what: str) -> None:
    """Issue 2, bad input: a ticket in triage, or held with its reason; the next mail is decided as ever."""
    before = len(open_day.tickets())
    open_day.get(BAD[what], mail_from="somebody@irgendwo.example", to=INBOX)
    assert open_day.unfinished() == []
    [ticket] = open_day.tickets()[before:]
    assert ticket.status is Status.TRIAGE or ticket.case_type is not None
    letters = open_day.get(a_mail(MUELLER, f"Schaden nach {what}", "Der Abfluss ist verstopft."))
    assert SCHMIDT in recipients(letters)


def test_a_mail_of_forty_megabytes_is_taken_and_its_text_is_read(house: House) -> None:
    """Issue 2, bad input: 40 MB is below the limit of 50."""
    content = base64.encodebytes(bytes(29_000_000))
    head = (
        f"From: {MUELLER}\r\nSubject: Schaden\r\nMIME-Version: 1.0\r\n"
        'Content-Type: multipart/mixed; boundary="b"\r\n\r\n--b\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n'
        "Der Abfluss ist verstopft.\r\n--b\r\nContent-Type: video/mp4; name=film.mp4\r\n"
        "Content-Transfer-Encoding: base64\r\n\r\n"
    ).encode()
    mail = head + content + b"\r\n--b--\r\n"
    assert len(mail) > 39_000_000
    letters = house.get(mail, mail_from=MUELLER, to=INBOX)
    [notification] = [one for one in letters if one.to == SCHMIDT]
    assert "film.mp4" in notification.text


# --- PostgreSQL: several daemons, one truth -------------------------------------------------------------------


@pytest.mark.parametrize(
    "daemons",
    [
        (("smtp", "imap", "work", "deliver", "tick"),),
        (("smtp", "tick"), ("work", "deliver")),
        (("smtp", "work", "deliver", "tick"), ("smtp", "work", "deliver", "tick")),
    ],
    ids=["one", "door and workers apart", "two of everything"],
)
def test_the_core_of_the_story_on_postgresql(postgres_url: str, daemons: tuple[tuple[str, ...], ...]) -> None:
    """Issue 2: `--parts` share one PostgreSQL; nothing happens twice, nothing is left undone."""
    with open_house(database=postgres_url, daemons=daemons) as house:
        assert recipients(house.get(INVOICE)) == sorted([HUBER, MUELLER])
        assert recipients(house.get(DAMAGE)) == sorted([SCHMIDT, MUELLER])
        house.reply(house.letter_to(SCHMIDT), "annehmen")
        photo = with_file(
            a_reply(house.letter_to(MUELLER, "Rückfrage"), MUELLER, "Foto"), "a.jpg", b"\xff\xd8"
        )
        assert recipients(house.get(photo)) == [SCHMIDT]
        reminded = house.turn_to(berlin(24, 13, 3))
        assert recipients(reminded) == [HUBER], "one reminder, however many clocks tick"
        assert house.reply(house.letter_to(HUBER, "Erinnerung"), ANSWER) == []
        assert recipients(house.pass_(minutes=2)) == [MUELLER]
        invoice, damage = house.tickets()
        assert (invoice.status, damage.status) == (Status.ACCEPTED, Status.ACCEPTED)
        assert house.contradictions() == []


def test_two_daemons_decide_a_crowd_of_mails_once_each(postgres_url: str) -> None:
    """SKIP LOCKED: two workers on one queue; every mail has one ticket, every ticket one notification."""
    both = ("smtp", "work", "deliver", "tick")
    with open_house(database=postgres_url, daemons=(both, both)) as house:
        for number in range(30):
            house.send(
                a_mail(
                    f"person{number}@irgendwo.example",
                    f"Schaden {number}",
                    "Max-Planck-Straße 12: Abfluss kaputt",
                )
            )
        house.settle()
        assert sorted(int(one.subject.split()[1]) for one in house.tickets()) == list(range(30))
        assert len([one for one in house.letters if one.to == SCHMIDT]) == 30
        assert house.contradictions() == []
