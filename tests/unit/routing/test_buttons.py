"""Each button builds the command that a reply with its verb builds; what is written for a customer fails closed."""

from dataclasses import replace

import pytest

from mailroute.model import command as c
from mailroute.model.facts import Facts, Offer
from mailroute.model.outside import Elsewhere
from mailroute.model.ruleset import Staff
from mailroute.model.ticket import Choice, Party, PartyKind, Status
from mailroute.routing.buttons import NEEDS_WORDS, Button, commands_of, shown
from mailroute.routing.commands import parse_commands
from mailroute.routing.parent import who_is_answered
from tests.support.deciding import RULESET
from tests.support.factories import NOW, a_ticket

SCHMIDT, HUBER, ZEILER = (RULESET.staff_by_id(name) for name in ("schmidt", "huber", "zeiler"))
assert SCHMIDT is not None
assert HUBER is not None
assert ZEILER is not None
TRIAGE = a_ticket(status=Status.TRIAGE, assignee="zeiler", role="zentrale")
OFFER = Offer("zeiler", (Choice("property", "goethe-5"), Choice("case-type", "rechnung")), ())


def _pressed(
    button: Button, words: str = "", actor: Staff = SCHMIDT, **facts: object
) -> tuple[c.Command, ...]:
    known = replace(Facts(ticket=a_ticket()), **facts)  # type: ignore[arg-type]  # the names are Facts' own
    return commands_of(button, words, known, actor, RULESET)


@pytest.mark.parametrize(
    ("button", "words", "reply"),
    [
        (Button.ACCEPT, "", "annehmen"),
        (Button.TAKE, "", "übernehmen"),
        (Button.REVOKE, "", "widerrufen"),
        (Button.REOPEN, "", "wieder öffnen"),
        (Button.UNDO, "", "rückgängig"),
        (Button.SEND, "", "senden"),
        (Button.REJECT, "nicht mein Haus", "ablehnen: nicht mein Haus"),
        (Button.REJECT, "", "ablehnen"),
        (Button.ASSIGN, "huber", "weiter an: huber"),
        (Button.NOTE, "ruft an", "notiz: ruft an"),
        (Button.FOLLOW_UP, "Freitag", "frist: Freitag"),
        (Button.CLOSE, "repariert", "erledigt: repariert"),
        (Button.TYPE, "heizung", "typ: heizung"),
        (Button.PROPERTY, "Lindenweg 5", "objekt: Lindenweg 5"),
        (Button.SPLIT, "", "teilen"),
        (Button.SPLIT, "heizung", "teilen: heizung"),
        (Button.SEPARATE, "weber", "trennen: weber"),
        (Button.ANSWER, "Der Handwerker kommt am Freitag.", "Der Handwerker kommt am Freitag."),
    ],
)
def test_a_button_says_exactly_what_the_reply_says(button: Button, words: str, reply: str) -> None:
    assert _pressed(button, words) == parse_commands(reply, ())


@pytest.mark.parametrize("words", ["zu viel\nweiter an: huber", "x\nerledigt", "annehmen\nsenden"])
@pytest.mark.parametrize("button", [Button.REJECT, Button.NOTE, Button.CLOSE, Button.ASSIGN, Button.PROPERTY])
def test_no_word_in_a_field_is_a_verb(button: Button, words: str) -> None:
    (command,) = _pressed(button, words)
    assert words in (
        getattr(command, "reason", ""),
        getattr(command, "text", ""),
        getattr(command, "name", ""),
    )


@pytest.mark.parametrize(
    "words",
    [
        "annehmen",
        "anehmen",
        "weiter an: huber",
        "10",
        "hilfe",
        "notiz: intern\nText",
        "erledigt: ja",
        "senden",
    ],
)
def test_an_answer_that_may_be_a_verb_is_held_back_for_its_author(words: str) -> None:
    (command,) = _pressed(Button.ANSWER, words)
    assert isinstance(command, c.NearMiss)
    assert command.text.splitlines()[0] == words.splitlines()[0]


def test_a_choice_is_picked_by_what_it_is_not_by_where_it_stood() -> None:
    assert _pressed(Button.PICK, "case-type:rechnung", offer=OFFER) == (c.Pick("case-type:rechnung", 2),)


@pytest.mark.parametrize("words", ["property:other", "rechnung", "", ":", "case-type:goethe-5", "x" * 9000])
def test_a_choice_that_the_list_no_longer_has_picks_nothing(words: str) -> None:
    assert _pressed(Button.PICK, words, offer=OFFER) == (c.Pick(words, 0),)
    assert _pressed(Button.PICK, words) == (c.Pick(words, 0),)


@pytest.mark.parametrize("button", [Button.ASSIGN, Button.TYPE, Button.PROPERTY, Button.PICK])
def test_who_sorts_an_unclear_ticket_takes_it_over_with_the_same_press(button: Button) -> None:
    first, second = _pressed(button, "huber", ticket=TRIAGE)
    assert first == c.Take("übernehmen")
    assert (second,) == _pressed(button, "huber", ZEILER, ticket=TRIAGE)


def test_nobody_takes_over_by_pressing_in_a_colleagues_ticket() -> None:
    (command,) = _pressed(Button.ASSIGN, "weber", HUBER)
    assert isinstance(command, c.Assign)


def test_the_words_of_a_transcript_are_in_the_language_of_whoever_presses() -> None:
    (command,) = _pressed(Button.CLOSE, "done\nand more", replace(SCHMIDT, language="en"))
    assert command == c.Close("close: done", "done\nand more")


@pytest.mark.parametrize("status", [one for one in Status if one is not Status.NONE])
@pytest.mark.parametrize("actor", [SCHMIDT, HUBER])
def test_a_note_can_be_written_whatever_the_ticket_is(status: Status, actor: Staff) -> None:
    assert Button.NOTE in shown(a_ticket(status=status), actor)


def test_the_buttons_are_those_of_whoever_has_it() -> None:
    mine, others = shown(a_ticket(), SCHMIDT), shown(a_ticket(), HUBER)
    assert {Button.ACCEPT, Button.ANSWER, Button.CLOSE, Button.REJECT, Button.SPLIT} <= mine
    assert Button.SEPARATE not in mine
    assert Button.SEPARATE in shown(a_ticket(joined=1), SCHMIDT)
    assert others == {Button.NOTE, Button.UNDO, Button.TAKE}
    assert shown(a_ticket(assignee="huber", holders=("schmidt",), given=(True,)), SCHMIDT) == {
        Button.NOTE, Button.UNDO, Button.REVOKE,
    }  # fmt: skip
    assert shown(a_ticket(status=Status.CLOSED), SCHMIDT) == {Button.NOTE, Button.UNDO, Button.REOPEN}


def test_every_button_builds_a_command() -> None:
    for button in Button:
        assert _pressed(button, "huber" if button in NEEDS_WORDS else "")


def test_a_ticket_of_a_partner_shows_no_button_that_is_always_refused() -> None:
    """REQ-D7: before the yes only yes, no and who of us says it; what the asking organisation decides never."""
    asked = a_ticket(parent=Elsewhere("xyz", 10001), partner_due=NOW, assignee="schmidt")
    assert shown(asked, SCHMIDT) == {Button.ACCEPT, Button.REJECT, Button.ASSIGN, Button.NOTE, Button.UNDO}
    taken_on = shown(replace(asked, partner_due=None, status=Status.ACCEPTED), SCHMIDT)
    assert {Button.ANSWER, Button.CLOSE} <= taken_on
    assert not {Button.SPLIT, Button.SEPARATE} & taken_on
    assert Button.REOPEN not in shown(replace(asked, status=Status.CLOSED), SCHMIDT)


def test_who_is_answered_from_a_partners_ticket_is_the_customer_once_it_was_taken_on() -> None:
    """REQ-D7, D8: the page names whom the words reach, and before the yes nobody that may not be known."""
    firm = Party(PartyKind.PARTNER, None, "Verwaltung XYZ", "")
    asked = a_ticket(parent=Elsewhere("xyz", 10001), partner_due=NOW, reporter=firm)
    there = a_ticket()
    facts = Facts(ticket=asked, elsewhere=Facts(ticket=there))
    assert who_is_answered(asked, facts) == firm
    assert who_is_answered(replace(asked, partner_due=None), facts) == there.reporter
    assert who_is_answered(there, Facts(ticket=there)) == there.reporter
