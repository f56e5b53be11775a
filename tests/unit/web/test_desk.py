"""The desk: staff see their organisation and nothing else, and every button is a reply with its verb."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from email import message_from_bytes, policy
from html import unescape

import pytest

from mailroute.admin.history import history
from mailroute.flow.remind import remind_due
from mailroute.model.ticket import Answered, Noted, Status, Ticket
from mailroute.routing.buttons import NEEDS_WORDS, Button
from mailroute.store.outbox import letter_content, letters
from mailroute.store.tickets import events, ticket, tickets
from mailroute.web.trace import trace_words
from mailroute.web.words import say
from tests.support.house import a_mail
from tests.support.stores import a_decision, opened, put
from tests.support.web import BRANDT, KLARA, SCHMIDT, Pages, Person, open_pages

ZENTRALE = "zentrale@abc-hausverwaltung.example"
HUBER = "huber@abc-hausverwaltung.example"
NOVAK = "novak@abc-hausverwaltung.example"
MUELLER = "mueller@mieter.example"
EVIL = "<script>alert(1)</script>"

STAFF_PAGES = ("/desk", "/desk?person=all", "/desk/triage", "/desk/search?q=dach", "/desk/ticket/T-10001")
ADMIN_PAGES = (
    "/desk/grants",
    "/desk/holes",
    "/desk/rules",
    "/desk/queue",
    f"/desk/as/{KLARA}/tickets",
    "/desk/as?address=a@b.c",
)


@pytest.fixture
def pages() -> Iterator[Pages]:
    with open_pages() as opened:
        yield opened


@pytest.fixture
def damage(pages: Pages) -> int:
    """Herr Müller's gutter is broken: a ticket for Herr Schmidt."""
    text = f"In der Max-Planck-Str. 12 ist die Dachrinne kaputt. {EVIL}"
    pages.take(a_mail(f"Max Müller <{MUELLER}>", f"Schaden {EVIL}", text))
    return _newest(pages).number


@pytest.fixture
def unclear(pages: Pages) -> int:
    """Somebody names two houses: nobody can say which."""
    pages.take(a_mail("wer@unbekannt.example", "Frage", "Es geht um Lindenweg 5 oder Max-Planck-Str. 12."))
    return _newest(pages).number


def _newest(pages: Pages) -> Ticket:
    with pages.store.read() as conn:
        return max(tickets(conn, "abc"), key=lambda one: one.number)


def _ticket(pages: Pages, number: int) -> Ticket:
    with pages.store.read() as conn:
        found = ticket(conn, "abc", number)
    assert found is not None
    return found


def _press(person: Person, number: int, button: str, **fields: object) -> str:
    """Press a button and follow to the page that it leads to."""
    answer = person.post(f"/desk/ticket/T-{number}/{button}", **fields)
    assert answer.status_code == 303, answer.text
    return _shown(person.get(answer.headers["location"]).text)


def _shown(page: str) -> str:
    """What stands on a page, without marks."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", page)).split())


def _words_of_letter(pages: Pages, number: int, template: str) -> str:
    with pages.store.read() as conn:
        (letter,) = [one for one in letters(conn, "abc", number=number) if one.template == template]
        content = letter_content(conn, letter.id) or b""
    text = message_from_bytes(content, policy=policy.default).get_body(("plain",))
    assert text is not None
    return " ".join(str(text.get_content()).split())


# --- who may come in ------------------------------------------------------------------------------------------


def test_a_stranger_is_led_to_the_sign_in_page(pages: Pages) -> None:
    stranger = pages.stranger()
    answers = [stranger.get(path) for path in (*STAFF_PAGES, *ADMIN_PAGES)]
    assert {one.status_code for one in answers} == {303}
    assert {one.headers["location"].split("?")[0] for one in answers} == {"/sign-in"}


def test_for_customers_there_is_no_desk(pages: Pages, damage: int) -> None:
    klara = pages.visit(KLARA)
    assert {klara.get(path).status_code for path in (*STAFF_PAGES, *ADMIN_PAGES)} == {404}
    assert klara.post(f"/desk/ticket/T-{damage}/take").status_code == 404
    assert klara.post("/desk/queue/m1").status_code == 404


def test_staff_see_the_desk_and_only_administrators_the_rest(pages: Pages, damage: int) -> None:
    huber, brandt = pages.visit(HUBER), pages.visit(BRANDT)
    assert damage == 10_001
    assert {huber.get(path).status_code for path in STAFF_PAGES} == {200}
    assert {huber.get(path).status_code for path in ADMIN_PAGES} == {404}
    assert {brandt.get(path).status_code for path in (*STAFF_PAGES, *ADMIN_PAGES[:-1])} == {200}


def test_a_ticket_of_another_organisation_does_not_exist(pages: Pages) -> None:
    put(pages.store, a_decision(10_777, 0, opened(10_777, subject="geheim"), organisation="other"))
    huber = pages.visit(HUBER)
    for path in ("/desk/ticket/T-10777", "/desk/ticket/T-99999", "/desk/ticket/T-99999999999999999999"):
        assert huber.get(path).status_code == 404
    assert huber.post("/desk/ticket/T-10777/take").status_code == 404
    for path in ("/desk?person=all", "/desk/search?q=geheim", "/desk/search?q=10777", "/desk/triage"):
        assert "/desk/ticket/T-10777" not in huber.get(path).text


def test_a_form_without_the_token_of_the_session_changes_nothing(pages: Pages, damage: int) -> None:
    schmidt = pages.visit(SCHMIDT)
    answer = schmidt.client.post(f"/desk/ticket/T-{damage}/accept", data={})
    assert answer.status_code == 403
    assert _ticket(pages, damage).status is Status.OFFERED


def test_what_is_no_button_and_no_ticket_is_not_there(pages: Pages, damage: int) -> None:
    schmidt = pages.visit(SCHMIDT)
    for path in (f"/desk/ticket/T-{damage}/nonsense", f"/desk/ticket/{damage}", "/desk/ticket/T-x"):
        assert schmidt.post(path).status_code in (404, 405)
        assert schmidt.get(path).status_code in (404, 405)


# --- lists ----------------------------------------------------------------------------------------------------


def test_the_agenda_shows_what_is_mine_and_a_colleagues_on_request(pages: Pages, damage: int) -> None:
    label = f"/desk/ticket/T-{damage}"
    assert label in pages.visit(SCHMIDT).get("/desk").text
    huber = pages.visit(HUBER)
    assert label not in huber.get("/desk").text
    assert label in huber.get("/desk?person=schmidt").text
    assert "bei Herrn Schmidt" in _shown(huber.get("/desk?person=all").text)
    assert huber.get("/desk?person=nobody").status_code == 404


def test_nothing_that_a_stranger_wrote_becomes_part_of_a_page(pages: Pages, damage: int) -> None:
    schmidt = pages.visit(SCHMIDT)
    for path in ("/desk", "/desk/search?q=schaden", f"/desk/ticket/T-{damage}", f"/desk/search?q={EVIL}"):
        text = schmidt.get(path).text
        assert "alert(1)" in text
        assert "<script>alert" not in text


def test_triage_shows_the_lines_of_the_letter_and_one_click_sorts(pages: Pages, unclear: int) -> None:
    zentrale = pages.visit(ZENTRALE)
    text = zentrale.get("/desk/triage").text
    lines = [_shown(one) for one in re.findall(r'name="words" value="[a-z-]+:[^"]*">(.*?)</button>', text)]
    assert len(lines) >= 2
    letter = _words_of_letter(pages, unclear, "triage")
    assert [one for one in lines if one not in letter] == []
    assert "Es geht um Lindenweg 5 oder" in _shown(text)
    answer = zentrale.post(f"/desk/ticket/T-{unclear}/pick", words="property:lindenweg-5", back="triage")
    assert answer.headers["location"] == "/desk/triage"
    assert _ticket(pages, unclear).place.property == "lindenweg-5"


def test_triage_shows_the_words_that_are_for_staff_alone(pages: Pages) -> None:
    """What a machine elsewhere writes of somebody stands in no event, and must be sorted all the same."""
    pages.take(
        a_mail("noreply@elsewhere.example", "Info", "Name: X\nE-Mail: kim@irgendwo.example\nText: Aha.")
    )
    assert "Text: Aha." in pages.visit(ZENTRALE).get("/desk/triage").text


def test_who_does_not_sit_at_the_triage_desk_takes_over_with_the_same_click(
    pages: Pages, unclear: int
) -> None:
    shown = _press(pages.visit(HUBER), unclear, "assign", words="schmidt")
    assert "Sie haben den Vorgang übernommen." in shown
    assert "Weitergegeben an Herrn Schmidt" in shown
    after = _ticket(pages, unclear)
    assert (after.assignee, after.holders) == ("schmidt", ("zentrale", "huber"))


def test_a_choice_that_is_not_on_the_list_is_refused_and_said(pages: Pages, unclear: int) -> None:
    shown = _press(pages.visit(ZENTRALE), unclear, "pick", words="property:other", back="triage")
    assert "Nicht ausgeführt: Die Liste geht von 1 bis" in shown
    assert _ticket(pages, unclear).status is Status.TRIAGE


def test_search_finds_number_subject_reporter_and_place(pages: Pages, damage: int) -> None:
    huber, link = pages.visit(HUBER), f"/desk/ticket/T-{damage}"
    for question in (f"T-{damage}", "schad", "müller", "mueller", "max-planck", MUELLER):
        found = huber.get("/desk/search", params={"q": question}).text
        assert link in found, question
        assert "Ein Vorgang gefunden." in _shown(found)
    for question in ("zebra", "%", "' OR 1=1 --", "\x00", "x" * 5000):
        assert link not in huber.get("/desk/search", params={"q": question}).text


# --- a ticket -------------------------------------------------------------------------------------------------


def test_the_page_of_a_ticket_shows_thread_facts_and_the_trace_of_explain(pages: Pages, damage: int) -> None:
    shown = _shown(pages.visit(HUBER).get(f"/desk/ticket/T-{damage}").text)
    assert "ist die Dachrinne kaputt." in shown
    assert "Max-Planck-Straße 12" in shown
    assert MUELLER in shown
    with pages.store.read() as conn:
        (explained,) = history(conn, "abc", damage)
    assert explained["trace"]
    t, in_words = say("de"), trace_words("de")
    for step in explained["trace"]:
        line = f"{t('station.' + step['station'])} {in_words(step['verdict'])} – {in_words(step['because'])}"
        assert " ".join(line.split()) in shown
    assert "ein Mensch hat es geschrieben" in shown


def test_the_link_to_a_reporter_writes_to_them_alone(pages: Pages) -> None:
    """`?` and `=` may stand in an address, and would give the mail of whoever clicks further receivers and words."""
    pages.take(
        a_mail("a?bcc=b%evil.example@unbekannt.example", "Heizung", "In der Max-Planck-Str. 12 ist sie kalt.")
    )
    shown = pages.visit(HUBER).get(f"/desk/ticket/T-{_newest(pages).number}").text

    assert 'href="mailto:a%3Fbcc%3Db%25evil.example@unbekannt.example"' in shown


def test_names_stand_in_a_german_sentence_as_people_say_them(pages: Pages, damage: int) -> None:
    assert "bei Herrn Schmidt" in _shown(pages.visit(HUBER).get(f"/desk/ticket/T-{damage}").text)
    schmidt = _shown(pages.visit(SCHMIDT).get(f"/desk/ticket/T-{damage}").text)
    assert "Antwort an Herrn Müller" in schmidt
    assert "with Herr Schmidt" in _shown(pages.visit(NOVAK).get(f"/desk/ticket/T-{damage}").text)


def test_a_reminder_is_no_command_and_says_when_the_next_one_comes(pages: Pages, damage: int) -> None:
    """It said `2026-11-24T12:02:00.002512+00:00`, under the word `Befehl`."""
    pages.clock.turn_to(pages.clock() + timedelta(hours=5))
    remind_due(pages.store, pages.site, owner="test", clock=pages.clock)
    shown = _shown(pages.visit(HUBER).get(f"/desk/ticket/T-{damage}").text)
    assert "Erinnerung – die 1. an Herrn Schmidt; wieder um 2026-11-2" in shown
    assert re.search(r"Uhr Frist t\d+ ", shown)
    assert "„Dachrinne“ (Text)" in shown


def test_buttons_do_what_replies_do_and_say_what_receipts_say(pages: Pages, damage: int) -> None:
    schmidt = pages.visit(SCHMIDT)
    assert "Der Vorgang liegt jetzt bei Ihnen." in _press(schmidt, damage, "accept")
    assert _ticket(pages, damage).status is Status.ACCEPTED
    assert "Ihre Notiz ist gespeichert." in _press(
        schmidt, damage, "note", words="ruft an\r\nweiter an: huber"
    )
    assert _ticket(pages, damage).assignee == "schmidt"
    assert "Wiedervorlage" in _press(schmidt, damage, "follow-up", words="3.12.2026")
    assert "Weitergegeben an Frau Huber." in _press(schmidt, damage, "assign", words="huber")
    assert "Der Vorgang liegt wieder bei Ihnen." in _press(schmidt, damage, "revoke")
    assert "Zurückgenommen" in _press(schmidt, damage, "undo")
    huber = pages.visit(HUBER)
    assert "Berichtigt: Rechnung" in _press(huber, damage, "type", words="rechnung")
    assert _ticket(pages, damage).case_type == "rechnung"
    assert "Der Vorgang ist abgeschlossen." in _press(huber, damage, "close", words="bezahlt")
    assert "wieder offen" in _press(huber, damage, "reopen")
    with pages.store.read() as conn:
        assert {one.template for one in letters(conn, "abc", number=damage)}.isdisjoint(
            {"receipt", "preview"}
        )
        assert all(one.cause[0] in "mw" for one in events(conn, "abc", damage))


def test_what_is_refused_says_the_same_as_by_mail(pages: Pages, damage: int) -> None:
    huber = pages.visit(HUBER)
    for button, words in (("accept", ""), ("close", "fertig"), ("reject", ""), ("type", "rechnung")):
        shown = _press(huber, damage, button, words=words)
        assert (
            "Nicht ausgeführt (zuständig: Herr Schmidt). Mit „übernehmen“ übernehmen Sie den Vorgang."
            in shown
        )
    assert _ticket(pages, damage).status is Status.OFFERED


def test_the_desk_speaks_english_to_those_who_do(pages: Pages, damage: int) -> None:
    novak = pages.visit(NOVAK)
    assert "You have taken the ticket over." in _press(novak, damage, "take")
    assert "Waiting for you" in _shown(novak.get("/desk").text)


def test_a_field_that_is_empty_or_endless_changes_nothing_and_says_so(pages: Pages, damage: int) -> None:
    before, schmidt = _ticket(pages, damage), pages.visit(SCHMIDT)
    for button in NEEDS_WORDS:
        for words in ("", "   ", "x" * 20_001):
            answer = schmidt.post(f"/desk/ticket/T-{damage}/{button.value}", words=words)
            assert answer.status_code == 422
            assert 'role="alert"' in answer.text
    assert "x" * 20_001 in schmidt.post(f"/desk/ticket/T-{damage}/answer", words="x" * 20_001).text
    assert _ticket(pages, damage) == before


def test_a_second_matter_becomes_a_ticket_of_its_own(pages: Pages, damage: int) -> None:
    shown = _press(pages.visit(SCHMIDT), damage, "split", words="rechnung")
    assert "ist jetzt der Vorgang T-10002 (" in shown
    assert _ticket(pages, 10_002).case_type == "rechnung"


def test_signs_that_nobody_sees_never_leave_in_an_answer(pages: Pages, damage: int) -> None:
    schmidt = pages.visit(SCHMIDT)
    _press(schmidt, damage, "answer", words="Guten Tag,\x00 der Dach\u202edecker\r\nkommt.")
    with pages.store.read() as conn:
        said = [one.change.text for one in events(conn, "abc", damage) if isinstance(one.change, Answered)]
    assert said == ["Guten Tag, der Dachdecker\nkommt."]
    upload = schmidt.post(f"/desk/ticket/T-{damage}/note", files=[("words", ("x.txt", b"a", "text/plain"))])
    assert upload.status_code == 422


def test_the_whole_mail_stands_in_a_frame_that_can_do_nothing(pages: Pages, damage: int) -> None:
    schmidt = pages.visit(SCHMIDT)
    page = schmidt.get(f"/desk/ticket/T-{damage}").text
    found = re.search(r'<iframe [^>]*sandbox="([a-z -]*)"[^>]* src="([^"]+)"', page)
    assert found is not None
    assert "allow-scripts" not in found[1]
    assert "allow-same-origin" not in found[1]
    mail = schmidt.get(schmidt.get(found[2]).headers["location"])
    assert mail.status_code == 200
    assert "sandbox" in mail.headers["content-security-policy"]
    assert "ist die Dachrinne kaputt." in mail.text
    assert "<script>alert" not in mail.text


# --- answers to the customer ----------------------------------------------------------------------------------


def _answers(pages: Pages, number: int) -> list[str]:
    with pages.store.read() as conn:
        rows = [one for one in letters(conn, "abc", number=number) if one.template == "answer"]
        return [f"{one.to_address} {one.state.value}" for one in rows if letter_content(conn, one.id)]


def test_an_answer_that_is_clicked_twice_leaves_once(pages: Pages, damage: int) -> None:
    """Between two calls buttons get two clicks; the same words from a newer page are a second answer."""
    schmidt = pages.visit(SCHMIDT)
    words, path = "Der Dachdecker kommt am Freitag.\r\n\r\nViele Grüße", f"/desk/ticket/T-{damage}"
    seen = re.search(r'name="seen" value="(\d+)"', schmidt.get(path).text)
    assert seen is not None
    assert "Ihre Antwort geht" in _press(schmidt, damage, "answer", words=words, seen=seen[1])
    again = schmidt.post(f"{path}/answer", words=words, seen=seen[1])
    assert (again.status_code, "Sie geht nur einmal hinaus" in again.text) == (200, True)
    assert len(_answers(pages, damage)) == 1
    other = {"words": "Er kommt doch erst am Samstag.", "seen": seen[1]}
    assert "Ihre Antwort geht" in _press(schmidt, damage, "answer", **other)
    newer = _ticket(pages, damage).version
    assert "Ihre Antwort geht" in _press(schmidt, damage, "answer", words=other["words"], seen=newer)
    assert len(_answers(pages, damage)) == 3


def test_a_note_that_is_clicked_twice_stands_there_once(pages: Pages, damage: int) -> None:
    """Whatever they did in between; another colleague's same words, or the same from a newer page, are a second note."""
    schmidt, huber = pages.visit(SCHMIDT), pages.visit(HUBER)
    path, note = f"/desk/ticket/T-{damage}", {"words": "Schlüssel liegt\r\nbeim Nachbarn"}
    seen = _ticket(pages, damage).version
    _press(schmidt, damage, "note", **note, seen=seen)
    _press(schmidt, damage, "accept")
    again = schmidt.post(f"{path}/note", **note, seen=seen)
    assert (again.status_code, "Diese Notiz steht schon da." in again.text) == (200, True)
    assert _notes(pages, damage) == 1
    _press(huber, damage, "note", **note, seen=seen)
    _press(schmidt, damage, "note", **note, seen=_ticket(pages, damage).version)
    assert _notes(pages, damage) == 3


def _notes(pages: Pages, number: int) -> int:
    with pages.store.read() as conn:
        return sum(isinstance(one.change, Noted) for one in events(conn, "abc", number))


def test_an_answer_leaves_after_its_hold_and_can_be_stopped_until_then(pages: Pages, damage: int) -> None:
    schmidt = pages.visit(SCHMIDT)
    shown = _press(schmidt, damage, "answer", words="Guten Tag, der Dachdecker kommt am Freitag um neun.")
    assert "Ihre Antwort geht in 2 Minuten hinaus." in shown
    assert "der Dachdecker kommt am Freitag um neun." in shown
    assert _answers(pages, damage) == [f"{MUELLER} waiting"]
    assert "sie wird nicht gesendet" in _press(schmidt, damage, "undo")
    assert _answers(pages, damage) == [f"{MUELLER} stopped"]


def test_an_answer_that_may_be_a_verb_is_shown_first_and_sent_only_when_confirmed(
    pages: Pages, damage: int
) -> None:
    schmidt, huber = pages.visit(SCHMIDT), pages.visit(HUBER)
    for words in ("anehmen", "annehmen", "weiter an: huber", "Huber", "2", "notiz: das bleibt hier"):
        shown = _press(schmidt, damage, "answer", words=words)
        assert "Diese Antwort wurde nicht gesendet" in shown, words
        assert _answers(pages, damage) == []
    assert _ticket(pages, damage).assignee == "schmidt"
    assert "Diese Antwort wurde nicht gesendet" not in _shown(huber.get(f"/desk/ticket/T-{damage}").text)
    assert "Die Antwort geht an" in _press(schmidt, damage, "send")
    assert _answers(pages, damage) == [f"{MUELLER} waiting"]


def test_an_answer_that_repeats_a_note_is_held_back(pages: Pages, damage: int) -> None:
    schmidt = pages.visit(SCHMIDT)
    _press(schmidt, damage, "note", words="Der Mieter zahlt seit Monaten keine Miete mehr")
    shown = _press(
        schmidt, damage, "answer", words="Wir wissen: Der Mieter zahlt seit Monaten keine Miete mehr."
    )
    assert "Diese Antwort wurde nicht gesendet" in shown
    assert _answers(pages, damage) == []


def test_who_does_not_have_the_ticket_cannot_write_to_the_customer(pages: Pages, damage: int) -> None:
    shown = _press(pages.visit(HUBER), damage, "answer", words="Guten Tag, wir kümmern uns darum.")
    assert "Nicht nach außen gesendet (zuständig: Herr Schmidt)." in shown
    assert _answers(pages, damage) == []


def test_every_button_answers_with_a_page_whatever_the_ticket_is(pages: Pages, damage: int) -> None:
    schmidt = pages.visit(SCHMIDT)
    _press(schmidt, damage, "close")
    for button in Button:
        assert _press(schmidt, damage, button.value, words="heizung")
