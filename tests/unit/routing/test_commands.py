"""What a reply of staff says (design §7). What may have been meant as a verb is never sent to a customer."""

import pytest

from mailroute.model.command import (
    Accept,
    Answer,
    Assign,
    Close,
    Command,
    Empty,
    Help,
    NearMiss,
    Note,
    Reject,
    Reopen,
    Send,
    Take,
)
from mailroute.model.ruleset import Spelling
from mailroute.routing.commands import parse_commands


def parsed(text: str) -> tuple[Command, ...]:
    return parse_commands(text, ())


@pytest.mark.parametrize(
    ("text", "command"),
    [
        ("annehmen", Accept("annehmen")),
        ("  ANNEHMEN! ", Accept("ANNEHMEN!")),
        ("*accept*", Accept("*accept*")),
        ("übernehmen.", Take("übernehmen.")),
        ("uebernehmen", Take("uebernehmen")),
        ("ubernehmen", Take("ubernehmen")),
        ("take", Take("take")),
        ("ablehnen: nicht meins", Reject("ablehnen: nicht meins", "nicht meins")),
        ("reject", Reject("reject", "")),
        ("weiter an: Schmidt", Assign("weiter an: Schmidt", "Schmidt")),
        ("Weiter an Frau Huber.", Assign("Weiter an Frau Huber.", "Frau Huber")),
        ("assign to: Weber", Assign("assign to: Weber", "Weber")),
        ("assign weber", Assign("assign weber", "weber")),
        ("notiz: ruft morgen an", Note("notiz: ruft morgen an", "ruft morgen an")),
        ("Notiz:\nerste\n\nzweite", Note("Notiz:", "erste\n\nzweite")),
        ("erledigt: Dachrinne repariert", Close("erledigt: Dachrinne repariert", "Dachrinne repariert")),
        ("Erledigt.", Close("Erledigt.", "")),
        ("close: done\nand paid", Close("close: done", "done\nand paid")),
        ("Wieder öffnen", Reopen("Wieder öffnen")),
        ("wieder oeffnen", Reopen("wieder oeffnen")),
        ("hilfe", Help("hilfe")),
        ("HELP", Help("HELP")),
        ("senden", Send("senden")),
        ("\n\n\nsend\n", Send("send")),
    ],
)
def test_each_verb_in_german_and_english(text: str, command: Command) -> None:
    assert parsed(text) == (command,)


def test_several_lines_in_a_row_are_several_commands() -> None:
    assert parsed("annehmen\nnotiz: Termin am Freitag") == (
        Accept("annehmen"),
        Note("notiz: Termin am Freitag", "Termin am Freitag"),
    )
    assert parsed("notiz: a\nerledigt: b") == (Note("notiz: a", "a\nerledigt: b"),)
    assert parsed("ablehnen: falsch\nnotiz: b") == (
        Reject("ablehnen: falsch", "falsch"),
        Note("notiz: b", "b"),
    )


def test_a_greeting_before_and_a_closing_behind_a_verb_are_politeness() -> None:
    assert parsed("Hallo,\n\nannehmen\n\nViele Grüße\nSchmidt") == (Accept("annehmen"),)


def test_words_behind_an_assignment_are_for_the_colleague() -> None:
    assert parsed("weiter an: Weber\n\nbitte prüfen") == (
        Assign("weiter an: Weber", "Weber"),
        Note("bitte prüfen", "bitte prüfen"),
    )


def test_text_behind_a_verb_is_not_sent() -> None:
    commands = parsed("annehmen\n\nHallo Herr Müller, wir kommen morgen.")

    assert commands[0] == Accept("annehmen")
    assert commands[1] == NearMiss(
        "Hallo Herr Müller, wir kommen morgen.", "notiz:", "Hallo Herr Müller, wir kommen morgen."
    )


@pytest.mark.parametrize(
    "text",
    [
        "Guten Tag Herr Müller,\nwir kommen morgen.",
        "Danke!",
        "Ja",
        "Der Handwerker kommt am Freitag. Bitte annehmen.",
        "Sehr geehrter Herr Müller,\n\nannehmen können wir das nicht.",
        "Die Sache ist erledigt.",
    ],
)
def test_any_other_text_is_the_answer(text: str) -> None:
    assert parsed(text) == (Answer(text),)


@pytest.mark.parametrize(
    ("text", "did_you_mean"),
    [
        ("Annehmen kann ich das nicht, weil der Aufzug nicht uns gehört.", "annehmen"),
        ("anehmen", "annehmen"),
        ("anhemen!", "annehmen"),
        ("erledgt: Dachrinne repariert", "erledigt"),
        ("Erledigt haben wir das gestern", "erledigt"),
        ("note that we come tomorrow", "note"),
        ("wiederöffnen", "wieder öffnen"),
        ("fertig", "erledigt"),
        ("angenommen", "annehmen"),
        ("annehmen: ja", "annehmen"),
        ("sende", "senden"),
    ],
)
def test_what_resembles_a_verb_is_not_executed_and_not_sent(text: str, did_you_mean: str) -> None:
    (command,) = parsed(text)

    assert isinstance(command, NearMiss)
    assert (command.did_you_mean, command.text) == (did_you_mean, text)


@pytest.mark.parametrize("text", ["weiter an:", "notiz:", "notiz"])
def test_a_verb_without_what_it_needs_is_not_executed(text: str) -> None:
    assert isinstance(parsed(text)[0], NearMiss)


@pytest.mark.parametrize("text", ["", "  \n \n"])
def test_nothing_new_is_empty(text: str) -> None:
    assert parsed(text) == (Empty(),)


def test_a_site_may_add_spellings() -> None:
    assert parse_commands("mach ich", (Spelling("accept", "mach ich"),)) == (Accept("mach ich"),)


def test_a_mail_of_nothing_but_verbs_is_carried_out_in_part_and_shown() -> None:
    commands = parsed("annehmen\n" * 5000)

    assert len(commands) == 11
    assert isinstance(commands[-1], NearMiss)


@pytest.mark.parametrize(
    "text",
    [
        "Frist für die Zählerablesung ist der 3. Dezember, bitte halten Sie den Zugang zum Keller an diesem Tag frei.",
        "2 Handwerker kommen morgen.",
    ],
)
def test_a_sentence_that_begins_like_such_a_verb_is_an_answer(text: str) -> None:
    assert parse_commands(text, ()) == (Answer(text),)
