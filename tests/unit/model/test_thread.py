"""What customers may read of a ticket: their messages and our answers, and never a note or a colleague's word."""

from __future__ import annotations

from datetime import timedelta

from mailroute.model.readable import NamedFile, Readable
from mailroute.model.thread import Saying, Thread, thread_of
from mailroute.model.ticket import (
    Answered,
    Asked,
    Assigned,
    Change,
    Closed,
    Drafted,
    Event,
    MarkedRead,
    MessageAdded,
    Noted,
    Party,
    PartyKind,
    Reopened,
)
from tests.support.factories import NOW, a_ticket

KLARA = Party(PartyKind.CUSTOMER, "k-2001", "Klara Muster", "klara@muster.example")
BERT = Party(PartyKind.CUSTOMER, None, "Bert", "bert@muster.example")
BRANDT = Party(PartyKind.STAFF, "brandt", "Sabine Brandt", "brandt@abc-hausverwaltung.example")
FIRM = Party(PartyKind.PARTNER, None, "Dach AG", "info@dach.example")


def message(author: Party, text: str | None = "Hallo") -> MessageAdded:
    return MessageAdded(1, author, None, 0, readable=None if text is None else Readable(text))


def thread(*happened: tuple[Party, Change], left: frozenset[str] = frozenset({"e"})) -> Thread:
    ticket = a_ticket(reporter=KLARA)
    events = [
        Event("abc", ticket.number, seq, NOW + timedelta(minutes=seq), actor, "e", "r", change)
        for seq, (actor, change) in enumerate(happened, start=2)
    ]
    return thread_of(ticket, events, left)


def test_notes_drafts_and_hand_overs_are_never_in_it() -> None:
    """REQ-B3: all messages in and out, and nothing of the house."""
    seen = thread(
        (KLARA, message(KLARA)),
        (BRANDT, Noted("zahlt schlecht", None)),
        (BRANDT, Drafted("Entwurf", None, "x")),
        (BRANDT, Assigned("huber")),
        (BRANDT, Answered(KLARA.address, None, text="Wir kommen.")),
        (BRANDT, Closed("intern erledigt")),
    )
    assert [(one.what, one.text) for one in seen.said] == [
        (Saying.MESSAGE, "Hallo"),
        (Saying.ANSWER, "Wir kommen."),
        (Saying.CLOSED, ""),
    ]


def test_what_a_firm_or_a_further_reporter_wrote_is_not_shown_to_the_first_one() -> None:
    other = Party(PartyKind.TENANT, "aydin", "Frau Aydın", "aydin@mieter.example")
    assert thread((FIRM, message(FIRM, None)), (other, message(other, None))).said == ()


def test_an_answer_that_can_still_be_stopped_is_not_said_yet() -> None:
    assert thread((BRANDT, Answered(KLARA.address, 1, text="Halt")), left=frozenset()).said == ()


def test_the_closing_words_are_shown_where_the_reporter_was_told_them() -> None:
    seen = thread((BRANDT, Closed("alles gut", told="Alles gut.")), (KLARA, Reopened("brandt")))
    assert [one.text for one in seen.said] == ["Alles gut.", ""]


def test_files_and_questions_stand_in_it() -> None:
    file = NamedFile("foto.jpg", "image/jpeg", 10, 1)
    added = MessageAdded(7, KLARA, None, 1, readable=Readable("", (file,)))
    seen = thread((KLARA, added), (KLARA, Asked(("contract",))))
    assert (seen.said[0].files, seen.said[0].intake, seen.said[1].needs) == ((file,), 7, ("contract",))


def test_new_is_what_others_said_since_one_looked_wrote_or_marked_it() -> None:
    seen = thread((KLARA, message(KLARA)), (BRANDT, Answered(KLARA.address, None, text="Ja")))
    assert seen.is_new(KLARA.address, 0)
    assert not seen.is_new(KLARA.address, 3)
    assert seen.is_new(BERT.address, 2)


def test_an_answer_stays_open_until_one_writes_or_marks_it_as_read() -> None:
    """REQ-B5: the others have nothing left to do once they have marked it, and it is not open for whoever answered."""
    answered = ((KLARA, message(KLARA)), (BRANDT, Answered(KLARA.address, None, text="Ja?")))
    assert thread(*answered).unanswered
    assert thread(*answered).answered_by(KLARA.address) is None
    replied = (*answered, (BERT, message(BERT, "Ja!")))
    assert thread(*replied).answered_by(KLARA.address) == BERT
    assert thread(*replied).is_open(KLARA.address)
    assert not thread(*replied).is_open(BERT.address)
    assert not thread(*replied, (KLARA, MarkedRead())).is_open(KLARA.address)


def test_what_another_member_asks_the_house_is_new_but_waits_for_none_of_the_group() -> None:
    """REQ-B5: only what the house said to them can be left to do."""
    asked = thread((KLARA, message(KLARA)))
    assert asked.is_new(BERT.address, 0)
    assert not asked.is_open(BERT.address)


def test_members_read_no_account_number_of_each_other() -> None:
    """REQ-B3, and domain.md §2.4 (IBAN): their words are shared, not what one could take money with."""
    words = "Bitte auf DE89 3704 0044 0532 0130 00."
    theirs, ours = thread(
        (KLARA, message(KLARA, words)), (BRANDT, Answered(KLARA.address, None, text=words))
    ).said

    assert theirs.read_by(KLARA.address).text == words
    assert theirs.read_by(BERT.address).text == "Bitte auf DE89 … 3000."
    assert ours.read_by(BERT.address).text == words
