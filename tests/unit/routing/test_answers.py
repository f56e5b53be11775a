"""Plain text of the assignee is the answer to the customer; everything doubtful stays in the house."""

import re
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from mailroute.model.decision import Decision
from mailroute.model.facts import Draft
from mailroute.model.letter import Template
from mailroute.model.marker import REPLY_MARKER
from mailroute.model.text import fold
from mailroute.model.ticket import Answered, Drafted, Noted, Party, PartyKind, Status, Ticket
from mailroute.routing.internal_words import LETTERS_TO_STAFF, repeats_something_internal
from mailroute.routing.work import Rules
from tests.support.deciding import (
    MUELLER_PARTY,
    RULESET,
    colleague,
    commands,
    in_ticket,
    kinds,
    notice,
    says,
    told,
)
from tests.support.factories import NOW, a_ticket

SCHMIDT, HUBER = colleague("schmidt"), colleague("huber")
TEXT = "Guten Tag Herr Müller,\n\nder Dachdecker kommt am Freitag."
NOTE = "Der Mieter ist seit drei Monaten mit der Miete im Rückstand"


def leaves_the_house(decision: Decision) -> bool:
    """Whether anybody outside is written to."""
    return any(one.to.kind is not PartyKind.STAFF for one in decision.notices)


def test_plain_text_goes_to_the_reporter_after_the_hold() -> None:
    decision = says(SCHMIDT, TEXT)
    assert kinds(decision) == ["accepted", "answered"]
    assert decision.changes[-1] == Answered(MUELLER_PARTY.address, 1, text=TEXT)
    one = notice(decision, Template.ANSWER)
    assert (one.to, one.text, one.language) == (MUELLER_PARTY, TEXT, "de")
    assert one.not_before == NOW + timedelta(minutes=2)
    assert (one.in_reply_to, one.references) == ("<mail1@mieter.example>", ("<mail1@mieter.example>",))
    assert one.attach == (1,), "the files of the answer go along"
    assert told(decision) == [(Template.ANSWER, "mueller")], "an answer needs no receipt"


def test_without_a_hold_it_leaves_at_once() -> None:
    organisation = replace(RULESET.organisation, answer_hold=timedelta())
    rules = Rules(replace(RULESET, organisation=organisation))
    assert notice(says(SCHMIDT, TEXT, rules=rules), Template.ANSWER).not_before is None


def test_the_answer_is_in_the_language_of_the_ticket() -> None:
    assert notice(says(SCHMIDT, TEXT, ticket=a_ticket(language="en")), Template.ANSWER).language == "en"


@pytest.mark.parametrize("status", [Status.TRIAGE, Status.OFFERED, Status.ACCEPTED])
def test_an_answer_accepts(status: Status) -> None:
    decision = says(SCHMIDT, TEXT, ticket=a_ticket(status=status))
    assert decision.ticket is not None
    assert decision.ticket.status is Status.ACCEPTED


def test_text_of_somebody_who_is_not_responsible_is_a_note() -> None:
    decision = says(HUBER, TEXT)
    assert decision.changes == (Noted(TEXT, 1, why="answer of somebody who is not responsible"),)
    assert told(decision) == [(Template.RECEIPT, "huber")]
    [line] = notice(decision, Template.RECEIPT).lines
    assert (line.done, "Bernd Schmidt" in line.did) == (False, True)


def test_text_into_a_closed_ticket_is_a_note() -> None:
    decision = says(SCHMIDT, TEXT, ticket=a_ticket(status=Status.CLOSED))
    assert decision.changes == (Noted(TEXT, 1, why="answer in a closed ticket"),)
    assert not leaves_the_house(decision)


def test_text_in_a_ticket_without_an_address_is_a_note() -> None:
    nobody = Party(PartyKind.UNKNOWN, None, "", "")
    decision = says(SCHMIDT, TEXT, ticket=a_ticket(reporter=nobody))
    assert decision.changes == (Noted(TEXT, 1, why="nobody to answer"),)
    assert told(decision) == [(Template.RECEIPT, "schmidt")]


@pytest.mark.parametrize(
    "text",
    [
        "anehmen",
        "erledgt",
        "annehmen und Frist Freitag",
        "fertig",
        "Notitz: zahlt schlecht",
        "annehmen\n\nGuten Tag Herr Müller",
        "ablehnung: nein",
    ],
)
def test_what_resembles_a_verb_is_shown_first(text: str) -> None:
    """The worst mistake is an internal word in a customer's mailbox."""
    decision = says(SCHMIDT, text)
    assert not leaves_the_house(decision)
    assert (Template.PREVIEW, "schmidt") in told(decision)
    assert "drafted" in kinds(decision)


def test_a_preview_shows_the_whole_text_and_the_verb_it_resembles() -> None:
    decision = says(SCHMIDT, "anehmen\nbitte")
    one = notice(decision, Template.PREVIEW)
    assert (one.text, one.reason) == ("anehmen\nbitte", "annehmen")
    assert decision.changes[-1] == Drafted("anehmen\nbitte", 1, "it resembles the command annehmen")


@pytest.mark.parametrize(
    "text",
    [
        NOTE,
        f"Guten Tag,\n\n{NOTE.upper()}!!!",
        f"Sehr geehrter Herr Müller, {NOTE[4:]} und so weiter",
        NOTE.replace("ü", "ue").replace(" ", "  \n"),
    ],
    ids=["the same", "in capitals", "a part", "respelt"],
)
def test_an_answer_that_repeats_a_note_is_shown_first(text: str) -> None:
    decision = says(SCHMIDT, text, facts=in_ticket(token_of=SCHMIDT, internal_texts=("anderes", NOTE)))
    assert not leaves_the_house(decision)
    assert decision.changes[-1] == Drafted(text, 1, "it repeats an internal note")


def test_five_words_in_a_row_are_an_accident_and_six_are_not() -> None:
    assert not repeats_something_internal("a b c d e x", ("a b c d e f",))
    assert repeats_something_internal("x a b c d e f", ("a b c d e f y",))
    assert not repeats_something_internal("", ("",))


def test_a_short_note_cannot_hold_an_answer_back() -> None:
    """`ok` as a note would else stop every answer with ok in it."""
    facts = in_ticket(token_of=SCHMIDT, internal_texts=("ok", "der Dachdecker kommt"))
    assert leaves_the_house(says(SCHMIDT, TEXT, facts=facts))


# --- senden -------------------------------------------------------------------------------------------------


DRAFT = Draft("anehmen\nbitte", 7, SCHMIDT.address)


def test_senden_sends_the_draft_with_the_files_of_its_mail() -> None:
    decision = says(SCHMIDT, "senden", facts=in_ticket(token_of=SCHMIDT, draft=DRAFT))
    assert decision.changes[-1] == Answered(MUELLER_PARTY.address, 7, text="anehmen\nbitte")
    one = notice(decision, Template.ANSWER)
    assert (one.text, one.attach, one.to) == ("anehmen\nbitte", (7,), MUELLER_PARTY)
    assert one.not_before == NOW + timedelta(minutes=2)
    assert told(decision) == [(Template.ANSWER, "mueller"), (Template.RECEIPT, "schmidt")]


@pytest.mark.parametrize(
    ("ticket", "draft"),
    [
        (a_ticket(), None),
        (a_ticket(status=Status.CLOSED), DRAFT),
        (a_ticket(assignee="huber"), DRAFT),
        (a_ticket(reporter=Party(PartyKind.UNKNOWN, None, "", "")), DRAFT),
    ],
    ids=["no draft", "closed", "no longer responsible", "nobody to send it to"],
)
def test_senden_without_something_to_send_sends_nothing(ticket: Ticket, draft: Draft | None) -> None:
    decision = says(SCHMIDT, "senden", facts=in_ticket(ticket, token_of=SCHMIDT, draft=draft))
    assert kinds(decision) == []
    assert not leaves_the_house(decision)
    [line] = notice(decision, Template.RECEIPT).lines
    assert not line.done


def test_senden_does_not_send_what_a_colleague_drafted() -> None:
    """Only its author has seen the preview. The new assignee's `senden` once sent the text of the one before."""
    ticket = a_ticket(assignee="huber", holders=("schmidt",))
    decision = says(HUBER, "senden", facts=in_ticket(ticket, token_of=HUBER, draft=DRAFT))
    assert kinds(decision) == []
    assert not leaves_the_house(decision)


def test_senden_from_another_address_of_the_author_sends() -> None:
    also = replace(RULESET.staff[1], also=("bernd@privat.example",))
    rules = Rules(replace(RULESET, staff=(RULESET.staff[0], also, *RULESET.staff[2:])))
    draft = replace(DRAFT, author="bernd@privat.example")
    assert leaves_the_house(
        says(SCHMIDT, "senden", facts=in_ticket(token_of=SCHMIDT, draft=draft), rules=rules)
    )


def test_senden_twice_in_one_mail_sends_once() -> None:
    decision = says(SCHMIDT, "senden\nsenden", facts=in_ticket(token_of=SCHMIDT, draft=DRAFT))
    assert kinds(decision).count("answered") == 1


def test_senden_from_the_command_line_sends_the_draft() -> None:
    assert leaves_the_house(commands("schmidt", "senden", draft=DRAFT))


LETTER_SENT_BACK = {
    "the list of commands": "Beginnen Sie Ihre Antwort mit einem dieser Wörter:\n\nablehnen: Grund\nweiter an: Name",
    "the buttons": "Jeder Knopf öffnet eine vorbereitete Mail, die Sie nur noch absenden.",
    "its last line": "Was mit „notiz:“ beginnt, bleibt intern. Mit „hilfe“ erhalten Sie alle Befehle.",
    "where to answer": "Oder antworten Sie einfach hier: Ihr Text geht an Herrn Müller.",
    "English": "Begin your reply with one of these words:\n\naccept\nassign: name",
    "its last line in English": "What begins with “note:” stays internal. “help” brings you all commands.",
    "English buttons": "Each button opens a mail that is ready for you to send.",
    "the reply address": "ABC <service+t10428.k7q3x9wmbz4p@abc.example> am 23.11.:",
}


@pytest.mark.parametrize("part", LETTER_SENT_BACK.values(), ids=LETTER_SENT_BACK)
def test_a_letter_to_staff_that_comes_back_unmarked_is_held_back(part: str) -> None:
    """Whoever deletes the line to answer above, in a program that marks no quotes, sends all of it to the customer."""
    decision = says(SCHMIDT, f"{TEXT}\n\nGuten Tag Herr Schmidt,\n\n{part}")
    assert not leaves_the_house(decision)
    assert told(decision) == [(Template.PREVIEW, "schmidt")]


def test_the_letters_say_what_they_are_known_by() -> None:
    """Both ends of the guard: every sentence stands in a shipped template, or in the line above which people answer."""
    shipped = " ".join(
        re.sub(r"{%.*?%}|<[^>]*>", " ", one.read_text(encoding="utf-8"))
        for one in sorted(Path("templates").glob("*/_a[cn]*.*"))
    )
    for sentence in LETTERS_TO_STAFF:
        assert fold(sentence) in " ".join(fold(shipped + REPLY_MARKER).split()), sentence


def test_a_token_never_leaves_the_house_even_if_somebody_confirms() -> None:
    """With the reply address of a colleague anybody could speak as that colleague."""
    draft = replace(DRAFT, text="Gern. service+t10428.k7q3x9wmbz4p@abc.example")
    decision = says(SCHMIDT, "senden", facts=in_ticket(token_of=SCHMIDT, draft=draft))
    assert notice(decision, Template.ANSWER).text == "Gern. service+…@abc.example"
