"""A customer's pages: their tickets and contracts, what they write, and that nothing else is there for them."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from mailroute import shipped
from mailroute.model.limits import FILES_SIZE_BYTES
from mailroute.model.ticket import Ticket
from mailroute.store.tickets import tickets
from tests.support.house import MUELLER, a_mail, with_file
from tests.support.web import BRANDT, KLARA, OFFICE, Pages, Person, open_pages

HIDDEN = re.compile(r'name="serial" value="([0-9a-f]{32})"')
GRANT = (shipped.path("rules") / "grants" / "makler.yaml").read_text()
JPEG = b"\xff\xd8\xff"


def a_firm(folder: Path, grants: str = GRANT) -> Path:
    rules = folder / "rules"
    shutil.copytree(shipped.path("rules"), rules, ignore=shutil.ignore_patterns("packs"))
    (rules / "grants" / "makler.yaml").write_text(grants)
    return rules


@pytest.fixture
def pages() -> Iterator[Pages]:
    with open_pages() as opened:
        yield opened


def all_tickets(pages: Pages) -> list[Ticket]:
    with pages.store.read() as conn:
        return sorted(tickets(conn, "abc"), key=lambda one: one.number)


def serial(person: Person, path: str) -> str:
    found = HIDDEN.search(person.get(path).text)
    assert found is not None
    return found[1]


def asks(
    pages: Pages, sender: str = KLARA, subject: str = "Frage zur Police", text: str = "Was ist versichert?"
) -> Ticket:
    pages.take(a_mail(sender, subject, text))
    return all_tickets(pages)[-1]


# --- lists and threads ----------------------------------------------------------------------------------------


def test_my_tickets_and_the_shared_ones_stand_in_one_list_with_what_is_new(pages: Pages) -> None:
    """REQ-B2, B3, B8."""
    asks(pages, OFFICE, "Frage des Büros")
    asks(pages, KLARA, "Frage von Klara")
    klara = pages.visit(KLARA)
    page = klara.get("/tickets").text
    assert page.index("Frage von Klara") < page.index("Frage des Büros")
    assert "von Musterfirma GmbH" in page or "von Musterfirma, Büro" in page
    assert page.count("Neu</span>") == 1
    assert "Frage des Büros" not in klara.get("/tickets?shelf=mine").text
    assert "Frage von Klara" not in klara.get("/tickets?shelf=shared").text
    assert "Frage von Klara" not in klara.get("/tickets?words=Büros").text
    assert "keinen Vorgang" in klara.get("/tickets?words=gibtesnicht").text


def test_who_opens_a_ticket_has_seen_it_and_a_browser_that_fetches_ahead_has_not(pages: Pages) -> None:
    ticket = asks(pages, OFFICE, "Frage des Büros")
    klara = pages.visit(KLARA)
    path = f"/tickets/{ticket.number}"
    assert klara.get(path, headers={"Sec-Purpose": "prefetch"}).status_code == 200
    assert klara.client.head(path).status_code == 200
    assert "Neu</span>" in klara.get("/tickets").text
    assert "Was ist versichert?" in klara.get(path).text
    assert "Neu</span>" not in klara.get("/tickets").text


def test_what_they_may_not_see_is_not_there(pages: Pages) -> None:
    """REQ-B14: a ticket of others answers exactly like one that does not exist, whatever is tried."""
    ticket = asks(pages, MUELLER, "Frage zur Miete")
    klara = pages.visit(KLARA)
    for path in (
        f"/tickets/{ticket.number}",
        "/tickets/999999",
        "/tickets/99999999999999999999999999",
        "/contracts/GEB-4711-0815",
        "/contracts/x",
        "/received/" + "0" * 32,
    ):
        assert klara.get(path).status_code == 404, path
    for act in ("answer", "read"):
        assert klara.post(f"/tickets/{ticket.number}/{act}", text="Hallo").status_code == 404
    assert "Frage zur Miete" not in klara.get("/tickets").text
    assert pages.visit(BRANDT).get("/tickets").status_code == 404
    assert pages.stranger().get("/tickets").headers["location"].startswith("/sign-in")


@pytest.mark.parametrize(
    ("sender", "shown"), [("noreply@insurer.example", False), ("formular@abc-hausverwaltung.example", True)]
)
def test_what_a_machine_elsewhere_writes_about_somebody_is_not_theirs_to_read(
    pages: Pages, sender: str, shown: bool
) -> None:
    """Reliability §4, Ticket Trick: whoever is named in a mail to the house gets neither its words nor its files."""
    text = f"Name: Klara Muster\nE-Mail: {KLARA}\nNachricht: Frage zum Beitrag, Code 48151623."
    pages.take(with_file(a_mail(sender, "Anfrage", text), "akte.pdf", b"%PDF-1.4"))
    [ticket] = all_tickets(pages)
    assert ticket.reporter.address == KLARA
    klara = pages.visit(KLARA)
    page = klara.get(f"/tickets/{ticket.number}").text
    assert ("48151623" in page, "akte.pdf" in page) == (shown, shown)
    assert ("nur in der Mail, mit der sie kam" in page) is not shown
    file = klara.get(f"/tickets/{ticket.number}/files/1/1").status_code
    assert file == (303 if shown else 404)
    desk = pages.visit(BRANDT).get(f"/desk/ticket/{ticket.label}").text
    assert "48151623" in desk
    assert "akte.pdf" in desk


@pytest.mark.parametrize(
    "sender", ["feedback@slack.example", "no-reply@accounts.example", "verify@bank.example", KLARA.upper()]
)
def test_a_code_that_somebody_sends_to_a_reply_address_is_for_staff_alone(pages: Pages, sender: str) -> None:
    """Reliability §4, Ticket Trick: the reply address opens the ticket, and shows its holder nobody else's words."""
    ticket = asks(pages)
    [letter] = pages.letters_to(KLARA)
    code = a_mail(sender, "Bitte bestätigen", f"Ihr Code: 48151623. {KLARA} hat ihn angefordert.")
    pages.take(code, to=letter.reply_to)
    own = sender.lower() == KLARA
    assert len(all_tickets(pages)) == 1
    assert ("48151623" in pages.visit(KLARA).get(f"/tickets/{ticket.number}").text) is own
    assert "48151623" in pages.visit(BRANDT).get(f"/desk/ticket/{ticket.label}").text


def test_an_answer_from_the_page_stands_in_the_thread_with_its_author(pages: Pages) -> None:
    """REQ-B4, B6."""
    ticket = asks(pages)
    office = pages.visit(OFFICE)
    path = f"/tickets/{ticket.number}"
    sent = office.post(f"{path}/answer", text="Bitte an das <b>Büro</b>.", serial=serial(office, path))
    assert sent.status_code == 303
    assert "Ihre Nachricht ist da" in office.get(sent.headers["location"]).text
    pages.decide()
    assert "Bitte an das &lt;b&gt;Büro&lt;/b&gt;." in pages.visit(KLARA).get(path).text
    assert len(all_tickets(pages)) == 1


def test_an_empty_answer_is_told_at_its_field_and_nothing_is_sent(pages: Pages) -> None:
    ticket = asks(pages)
    path = f"/tickets/{ticket.number}"
    answer = pages.visit(KLARA).post(f"{path}/answer", text="   ")
    assert answer.status_code == 422
    assert 'aria-invalid="true"' in answer.text
    assert 'href="#text"' in answer.text


def test_marking_as_read_waits_for_an_answer_of_the_group(pages: Pages) -> None:
    """REQ-B5: refused before, with what to do instead; nothing is open afterwards."""
    ticket = asks(pages)
    path = f"/tickets/{ticket.number}"
    pages.answer(ticket, "Passt Ihnen Freitag?")
    office, klara = pages.visit(OFFICE), pages.visit(KLARA)
    assert "Für Sie offen" in office.get("/tickets").text
    refused = office.post(f"{path}/read")
    assert refused.status_code == 409
    assert "Noch hat niemand geantwortet" in refused.text
    klara.post(f"{path}/answer", text="Freitag passt.", serial=serial(klara, path))
    pages.decide()
    assert "hat schon geantwortet" in office.get(path).text
    assert office.post(f"{path}/read").status_code == 303
    assert "Für Sie offen" not in office.get("/tickets").text


def test_the_name_of_staff_is_shown_only_where_the_grant_shows_it(pages: Pages, tmp_path: Path) -> None:
    """REQ-C23."""
    ticket = asks(pages)
    pages.answer(ticket, "Das klären wir.")
    hidden = pages.visit(KLARA).get(f"/tickets/{ticket.number}").text
    assert "Das klären wir." in hidden
    assert "Brandt" not in hidden
    shown_by = GRANT.replace(
        "  account_manager: brandt\n", "  account_manager: brandt\n  show_account_manager: yes\n"
    )
    with open_pages(a_firm(tmp_path, shown_by)) as shown:
        ticket = asks(shown)
        shown.answer(ticket, "Das klären wir.")
        assert "Frau Brandt" in shown.visit(KLARA).get(f"/tickets/{ticket.number}").text
        assert "Frau Brandt" in shown.visit(KLARA).get("/contracts").text


# --- writing --------------------------------------------------------------------------------------------------


def test_a_damage_with_photos_is_reported_and_a_receipt_says_its_number(pages: Pages) -> None:
    """REQ-C17, C26: at night as well; the contract that was chosen is the ticket's."""
    klara = pages.visit(KLARA)
    page = klara.get("/report")
    assert "KFZ-500200" in page.text
    photos = [("files", (f"foto{n}.jpg", JPEG, "image/jpeg")) for n in range(20)]
    fields = {
        "about": "c:KFZ-500200",
        "text": "Beim Parken hat es gekracht.",
        "when": "2026-11-23",
        "phone": "089 123",
    }
    sent = klara.post("/report", files=photos, serial=serial(klara, "/report"), **fields)
    assert sent.status_code == 303
    receipt = klara.get(sent.headers["location"]).text
    assert "Ihre Meldung ist da" in receipt
    assert f"Wir melden uns unter {KLARA}" in receipt
    assert pages.woken.count("work") == 1
    pages.decide()
    [ticket] = all_tickets(pages)
    assert (ticket.place.contract, ticket.reporter.address) == ("KFZ-500200", KLARA)
    assert ticket.case_type == "schadensmeldung"
    assert f"Sie hat die Nummer {ticket.label}" in klara.get(sent.headers["location"]).text
    shown = klara.get(f"/tickets/{ticket.number}").text
    assert "foto19.jpg" in shown
    assert "Zeitpunkt: 23.11.2026" in shown
    assert pages.visit(OFFICE).get(sent.headers["location"]).status_code == 404


@pytest.mark.parametrize("path", ["/report", "/message"])
def test_the_number_for_emergencies_is_dialled_with_one_touch(pages: Pages, path: str) -> None:
    assert '<a href="tel:+498999998112">+49 89 99998 112</a>' in pages.visit(KLARA).get(path).text


def test_the_same_form_sent_twice_is_one_ticket(pages: Pages) -> None:
    klara = pages.visit(KLARA)
    name = serial(klara, "/message")
    for _ in range(2):
        assert klara.post("/message", text="Eine Frage zur Police.", serial=name).status_code == 303
    pages.decide()
    assert len(all_tickets(pages)) == 1


@pytest.mark.parametrize(
    ("files", "told"),
    [
        ([(f"{n}.jpg", JPEG) for n in range(21)], "mehr als 20 Dateien"),
        (
            [("a.jpg", bytes(FILES_SIZE_BYTES // 2 + 1)), ("b.jpg", bytes(FILES_SIZE_BYTES // 2 + 1))],
            "größer als 35 MB",
        ),
    ],
    ids=["21 files", "35 MB and two bytes"],
)
def test_too_many_or_too_large_files_are_told_at_their_field_and_the_words_are_kept(
    pages: Pages, files: list[tuple[str, bytes]], told: str
) -> None:
    """REQ-C17: 20 files, 35 MB in all."""
    klara = pages.visit(KLARA)
    parts = [("files", (name, content, "image/jpeg")) for name, content in files]
    answer = klara.post("/report", files=parts, about="c:KFZ-500200", text="Beim Parken hat es gekracht.")
    assert answer.status_code == 422
    assert told in answer.text
    assert "Beim Parken hat es gekracht." in answer.text
    assert 'id="files-error"' in answer.text
    pages.decide()
    assert all_tickets(pages) == []


def test_a_report_names_a_contract_where_the_grant_wants_one(tmp_path: Path) -> None:
    """REQ-C18: off, it cannot be left out, and a contract of somebody else counts for none."""
    grants = GRANT + "  damage_without_contract: no\n"
    with open_pages(a_firm(tmp_path, grants)) as pages:
        klara = pages.visit(KLARA)
        for about in ("", "c:GEB-4711-0815", "u:max-planck-12/we-03", "x"):
            answer = klara.post("/report", text="Es hat gekracht.", about=about)
            assert answer.status_code == 422
            assert "wählen Sie den Vertrag" in answer.text
        assert klara.post("/report", text="Es hat gekracht.", about="c:KFZ-500200").status_code == 303


def test_rights_decide_which_pages_and_buttons_there_are(tmp_path: Path) -> None:
    """REQ-C14, C16, C17, C19, C20: what is off is neither offered nor there, nor taken when it is sent all the same."""
    grants = GRANT + "  messages: no\n  damage_reports: no\n  damage_without_contract: no\n"
    with open_pages(a_firm(tmp_path, grants)) as pages:
        klara = pages.visit(KLARA)
        shown = klara.get("/tickets").text
        for path in ("/message", "/report", "/contracts/new"):
            assert f'href="{path}"' not in shown + klara.get("/contracts").text
            assert klara.get(path).status_code == 404
            assert (
                klara.post(path, text="Hallo", about="c:KFZ-500200", insurer="X", number="1").status_code
                == 404
            )
        pages.decide()
        assert all_tickets(pages) == []


def test_a_foreign_contract_is_added_with_its_number_or_its_papers(tmp_path: Path) -> None:
    """REQ-C19."""
    with open_pages(a_firm(tmp_path, GRANT + "  add_contracts: yes\n")) as pages:
        klara = pages.visit(KLARA)
        assert 'href="/contracts/new"' in klara.get("/contracts").text
        missing = klara.post("/contracts/new", insurer="", number="")
        assert missing.status_code == 422
        assert 'id="insurer-error"' in missing.text
        assert 'id="number-error"' in missing.text
        sent = klara.post(
            "/contracts/new",
            insurer="Nordlicht",
            subject="Hausrat",
            number="NL-77",
            serial=serial(klara, "/contracts/new"),
        )
        assert sent.status_code == 303
        pages.decide()
        [ticket] = all_tickets(pages)
        assert "Hausrat" in ticket.subject


@pytest.mark.parametrize(
    ("right", "path", "fields"),
    [
        ("add_contracts", "/contracts/new", {"insurer": "Nordlicht", "number": "NL-77"}),
        ("damage_reports", "/report", {"text": "Mir ist etwas Dummes passiert.", "about": "c:KFZ-500200"}),
    ],
)
def test_a_form_asks_for_its_own_right_and_for_no_other(
    tmp_path: Path, right: str, path: str, fields: dict[str, str]
) -> None:
    """REQ-C14, C17, C19: what may be sent is taken, though its words alone would have been a message."""
    rights = {"messages": "no", "damage_reports": "no", "add_contracts": "no", right: "yes"}
    lines = "".join(f"  {name}: {value}\n" for name, value in rights.items())
    with open_pages(a_firm(tmp_path, GRANT + lines)) as pages:
        klara = pages.visit(KLARA)
        assert klara.post(path, serial=serial(klara, path), **fields).status_code == 303
        pages.decide()
        [ticket] = all_tickets(pages)
        [told] = pages.letters_to(KLARA)
        assert ticket.assignee == "brandt"
        assert "nicht eingerichtet" not in told.text


def test_a_tenant_writes_without_a_grant_and_names_their_flat(pages: Pages) -> None:
    """REQ-C14 concerns customers only: tenants need no grant."""
    mueller = pages.visit(MUELLER)
    form = mueller.get("/report").text
    assert "Max-Planck-Straße 12" in form
    [home] = re.findall(r'value="(u:[^"]+)"', form)
    mueller.post("/report", text="Die Heizung tropft.", about=home, serial=serial(mueller, "/report"))
    pages.decide()
    [ticket] = all_tickets(pages)
    assert (ticket.place.property, ticket.reporter.address) == ("max-planck-12", MUELLER)
    assert mueller.get("/contracts").status_code == 404
    assert 'href="/contracts"' not in mueller.get("/tickets").text


def test_going_back_and_sending_other_words_is_a_second_message(pages: Pages) -> None:
    """The page that the browser kept has the old serial: what is new must not pass for what is here already."""
    klara = pages.visit(KLARA)
    name = serial(klara, "/message")
    receipts = set()
    for text in ("Eine Frage zur Police.", "Eine Frage zur Police.", "Und der Keller steht unter Wasser!"):
        sent = klara.post("/message", text=text, subject=text, serial=name)
        receipts.add(sent.headers["location"])
        assert klara.get(sent.headers["location"]).status_code == 200
    assert len(receipts) == 2
    pages.decide()
    assert [one.subject for one in all_tickets(pages)] == [
        "Eine Frage zur Police.",
        "Und der Keller steht unter Wasser!",
    ]


def test_a_day_may_be_typed_as_people_write_it(pages: Pages) -> None:
    klara = pages.visit(KLARA)
    for day, said in (("23.11.2026", "23.11.2026"), ("3. 1. 2026", "03.01.2026")):
        fields = {"text": f"Glas zerbrochen {day}", "about": "c:HRV-500100", "when": day}
        assert klara.post("/report", serial=serial(klara, "/report"), **fields).status_code == 303
        pages.decide()
        assert f"Zeitpunkt: {said}" in klara.get(f"/tickets/{all_tickets(pages)[-1].number}").text
    for day in ("31.02.2026", "1.1.0000", "gestern"):
        refused = klara.post("/report", text="Glas", about="c:HRV-500100", when=day)
        assert refused.status_code == 422, day


def test_a_contract_is_named_for_a_ticket_afterwards(pages: Pages) -> None:
    """REQ-C18: it comes to staff as a message; a contract that they do not see is none."""
    ticket = asks(pages, text="Ich habe eine Frage.")
    klara = pages.visit(KLARA)
    path = f"/tickets/{ticket.number}"
    assert klara.post(f"{path}/answer", about="c:GEB-4711-0815").status_code == 422
    assert klara.post(f"{path}/answer", about="c:KFZ-500200", serial="0" * 32).status_code == 303
    pages.decide()
    assert "Vertrag: Kfz KFZ-500200" in klara.get(path).text


def test_the_subject_number_and_words_that_somebody_types_stay_theirs(pages: Pages) -> None:
    """Odd input: line breaks, very long lines, control characters, a serial that is none."""
    klara = pages.visit(KLARA)
    for fields in (
        {"subject": "a\r\nBcc: x@y.example", "text": "b"},
        {"subject": "x" * 5000, "text": "\x00\x1b[31m"},
        {"subject": "", "text": "y" * 20_000},
        {
            "subject": "\u202e",
            "text": "z",
            "serial": "../../etc/passwd",
            "about": "c:'; DROP TABLE ticket; --",
        },
    ):
        assert klara.post("/message", (), **fields).status_code == 303
    pages.decide()
    assert len(all_tickets(pages)) == 4
    assert klara.post("/message", text="y" * 20_001).status_code == 422


# --- contracts ------------------------------------------------------------------------------------------------


def test_the_commercial_view_is_a_table_and_the_private_view_the_current_cover(
    pages: Pages, tmp_path: Path
) -> None:
    """REQ-C2, C4, C5, C13, ambiguity 17: exactly what the grant shows; the offer without a date is not in a ticked box."""
    commercial = pages.visit(KLARA).get("/contracts").text
    assert "<table" in commercial
    assert all(one in commercial for one in ("HRV-500100", "KFZ-500200", "BHV-500300"))
    assert ">20. März 2024</td>" in commercial  # nobody asks which weekday a policy began
    private = GRANT.replace("profile: gewerblich", "profile: privat").replace("      copies: daily\n", "")
    with open_pages(a_firm(tmp_path, private)) as other:
        shown = other.visit(KLARA).get("/contracts").text
        assert "<table" not in shown
        assert "Ihr aktueller Schutz" in shown
        assert "HRV-500100" in shown


def test_products_are_named_in_the_private_views_current_cover_and_nowhere_else(tmp_path: Path) -> None:
    """REQ-C15."""
    for profile, named in (("privat", True), ("gewerblich", False)):
        grants = GRANT.replace("profile: gewerblich", f"profile: {profile}") + "  product_name: yes\n"
        rules = a_firm(tmp_path / profile, grants)
        table = rules / "contracts" / "makler.csv"
        head, first, *rest = table.read_text().splitlines()
        table.write_text(
            "\n".join([f"{head};product", f"{first};Hausrat Premium", *(f"{one};" for one in rest)]) + "\n"
        )
        with open_pages(rules) as pages:
            klara = pages.visit(KLARA)
            assert ("Hausrat Premium" in klara.get("/contracts").text) is named
            assert "Hausrat Premium" not in klara.get("/contracts/HRV-500100").text
            assert "Hausrat" in klara.get("/contracts/HRV-500100").text


def test_a_contract_shows_its_tickets_and_leads_to_a_report(pages: Pages) -> None:
    """REQ-C3."""
    asks(pages, KLARA, "Schaden am Auto KFZ-500200", "Vertrag KFZ-500200: es hat gekracht.")
    shown = pages.visit(OFFICE).get("/contracts/KFZ-500200").text
    assert "Schaden am Auto" in shown
    assert "/report?about=c%3AKFZ-500200" in shown


# --- settings -------------------------------------------------------------------------------------------------


def test_the_language_and_the_copies_that_one_chooses_hold_from_then_on(pages: Pages) -> None:
    """Ambiguity 10."""
    office = pages.visit(OFFICE)
    assert 'value="daily" checked' in office.get("/settings").text
    assert office.post("/settings", copies="web-only", language="en").status_code == 303
    after = office.get("/settings").text
    assert 'value="web-only" checked' in after
    assert "Your settings" in after
    office.post("/settings", copies="nonsense", language="xx")
    assert 'value="web-only" checked' in office.get("/settings").text
    assert "Ihre Einstellungen" in pages.visit(KLARA).get("/settings").text


def test_an_empty_list_says_what_will_be_there(pages: Pages) -> None:
    assert "Noch ist hier nichts" in pages.visit(KLARA).get("/tickets").text
    assert "Ältere Vorgänge gibt es nicht" in pages.visit(KLARA).get("/tickets?before=5").text


def test_the_list_says_where_we_wait_for_an_answer_and_times_as_people_say_them() -> None:
    with open_pages() as opened:
        opened.take(a_mail("mueller@mieter.example", "Dachrinne", "In der Max-Planck-Str. 12 tropft die Dachrinne."))  # fmt: skip
        mueller = opened.visit("mueller@mieter.example")

        shown = mueller.get("/tickets").text
        assert "Wir haben eine Frage" in shown
        assert "heute, 09:02 Uhr" in shown
        opened.clock.advance(timedelta(days=1))
        assert "gestern, 09:02 Uhr" in mueller.get("/tickets").text
        assert "mueller@mieter.example" in mueller.get("/settings").text
