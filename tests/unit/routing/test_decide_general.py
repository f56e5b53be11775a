"""decide_general: replies to letters that belong to no ticket do nothing but what concerns the person themselves."""

import pytest

from mailroute.model.decision import Decision, Disposition
from mailroute.model.facts import Facts, Proof
from mailroute.model.letter import Line, Template
from mailroute.model.message import Automatic
from mailroute.model.ticket import Party
from tests.support.deciding import MUELLER_PARTY, NOT_ALIGNED, colleague, notice, says, told

SCHMIDT, HUBER = colleague("schmidt"), colleague("huber")


def replies(who: Party, text: str, token_of: Party | None = None, **message: object) -> Decision:
    """`who` replies to a letter without a ticket."""
    proof = Proof("reply-address", token_of or who)
    return says(who, text, facts=Facts(proof=proof), **message)  # type: ignore[arg-type]


def line(decision: Decision) -> Line:
    """The only line of the answer."""
    [one] = notice(decision, Template.GENERAL_RECEIPT).lines
    return one


def test_help_is_answered_with_the_list() -> None:
    decision = replies(SCHMIDT, "hilfe")
    assert (decision.disposition, decision.number, decision.changes) == (Disposition.COMMAND, None, ())
    assert told(decision) == [(Template.GENERAL_RECEIPT, "schmidt")]
    assert line(decision).done


@pytest.mark.parametrize(
    "text", ["annehmen", "weiter an: huber", "erledigt: fertig", "Vielen Dank!", "", "2"]
)
def test_what_needs_a_ticket_is_refused_with_one_answer_and_sent_to_nobody(text: str) -> None:
    decision = replies(SCHMIDT, text)
    assert (decision.number, decision.changes, decision.timers) == (None, (), ())
    assert told(decision) == [(Template.GENERAL_RECEIPT, "schmidt")]
    assert not line(decision).done


def test_without_proof_nothing_is_done_and_the_registered_address_hears_of_it() -> None:
    decision = replies(SCHMIDT, "hilfe", auth=NOT_ALIGNED)
    assert told(decision) == [(Template.GENERAL_RECEIPT, "schmidt")]
    assert not line(decision).done
    assert "nothing proves" in decision.trace[-1].because


def test_an_automatic_reply_is_no_command_and_is_not_answered() -> None:
    decision = replies(SCHMIDT, "hilfe", automatic=Automatic.AUTO_REPLIED)
    assert (decision.disposition, told(decision)) == (Disposition.IGNORE, [])


def test_a_colleague_with_somebody_elses_letter_begins_a_new_matter() -> None:
    decision = replies(HUBER, "Was ist das?", token_of=SCHMIDT)
    assert decision.disposition in (Disposition.OPEN, Disposition.TRIAGE)
    assert decision.number is not None


def test_a_customer_who_answers_a_letter_without_a_ticket_begins_a_new_matter() -> None:
    decision = replies(MUELLER_PARTY, "Die Dachrinne ist kaputt.")
    assert decision.number is not None
    assert decision.changes[0].kind == "opened"
