"""A ticket's life: every (status, change) pair is in the table of transitions or refused, and `fold` is the ticket."""

from datetime import timedelta
from typing import get_args

import pytest

from mailroute.model.outside import (
    AskedBy,
    Elsewhere,
    ExternalOrdered,
    ExternalStep,
    ExternalTold,
    GoneBack,
    PartnerAccepted,
    PartnerAsked,
    PartnerDeclined,
    PartnerReturned,
    PartnerRevoked,
    PartnerTimedOut,
    PartnerUnreachable,
    Stage,
    TakenOn,
)
from mailroute.model.ticket import (
    RULE,
    TRANSITIONS,
    Accepted,
    Alarmed,
    Answered,
    Asked,
    Assigned,
    CalledOff,
    Change,
    ChangesTold,
    Choice,
    Closed,
    ConcernFound,
    Corrected,
    Drafted,
    Escalated,
    Event,
    FollowedUp,
    FollowUpSet,
    Joined,
    Lent,
    LentBack,
    LetterFailed,
    Linked,
    MarkedRead,
    MessageAdded,
    Noted,
    Offered,
    Opened,
    Party,
    PartyKind,
    Place,
    Rejected,
    Reminded,
    Reopened,
    Rerouted,
    Revoked,
    Separated,
    Status,
    Taken,
    Ticket,
    Unchanged,
    Undone,
    allows,
    fold,
    next_status,
    step,
)
from tests.support.factories import INBOX, NOW, a_party, a_ticket

STRANGER = Party(PartyKind.UNKNOWN, None, "", "evil@irgendwo.example")

# One of each; the statuses from which each may happen and where it leads, written down a second time on purpose.
OPEN = {Status.TRIAGE, Status.OFFERED, Status.ACCEPTED}
OUTSIDE = {Status.PARTNER_ASKED, Status.WITH_PARTNER}
EVER = {*OPEN, *OUTSIDE, Status.CLOSED}
WORKED_ON = {*OPEN, Status.WITH_PARTNER}
SAME = None
LIFE: dict[type[Change], tuple[Change, set[Status], Status | None]] = {
    Opened: (
        Opened(1, INBOX, "s", a_party(), "de", None, 3, Place(), "r", "huber", Status.OFFERED),
        {Status.NONE},
        Status.OFFERED,
    ),
    MessageAdded: (MessageAdded(1, a_party(), "<m@x>", 0), EVER, SAME),
    MarkedRead: (MarkedRead(), EVER, SAME),
    Accepted: (Accepted(), {Status.TRIAGE, Status.OFFERED}, Status.ACCEPTED),
    Rejected: (Rejected("huber", triage=False, reason=""), OPEN, Status.OFFERED),
    Assigned: (Assigned("huber"), OPEN, Status.OFFERED),
    Taken: (Taken("huber"), OPEN, Status.ACCEPTED),
    Revoked: (Revoked("huber"), OPEN, Status.ACCEPTED),
    Noted: (Noted("t", None), EVER, SAME),
    Unchanged: (Unchanged("annehmen", "so already"), EVER, SAME),
    Drafted: (Drafted("t", None, "w"), OPEN, SAME),
    Answered: (Answered("a@b", None), WORKED_ON, SAME),
    Closed: (Closed(""), WORKED_ON, Status.CLOSED),
    Reopened: (Reopened("huber"), {Status.CLOSED}, Status.OFFERED),
    Offered: (Offered("huber", (Choice("property", "a"),)), OPEN, SAME),
    Corrected: (Corrected("property", "", "A", None, 3, Place("a"), "r"), OPEN, SAME),
    ChangesTold: (ChangesTold("huber", 3), {*OPEN, *OUTSIDE}, SAME),
    FollowUpSet: (FollowUpSet(NOW), {Status.ACCEPTED}, SAME),
    FollowedUp: (FollowedUp("huber"), {Status.ACCEPTED}, SAME),
    Undone: (
        Undone(("closed",), Status.OFFERED, "huber", (), (), "r", None, 3, Place(), None),
        EVER,
        Status.OFFERED,
    ),
    Reminded: (Reminded("huber", 1), WORKED_ON, SAME),
    Escalated: (Escalated("huber", "r"), OPEN, SAME),
    LetterFailed: (LetterFailed("l", "a@b", "5.1.1"), EVER, SAME),
    PartnerAsked: (PartnerAsked("sturm", NOW), OPEN, Status.PARTNER_ASKED),
    PartnerAccepted: (PartnerAccepted("sturm"), {Status.PARTNER_ASKED}, Status.WITH_PARTNER),
    PartnerDeclined: (PartnerDeclined("sturm", ""), {Status.PARTNER_ASKED}, Status.OFFERED),
    PartnerTimedOut: (PartnerTimedOut("sturm"), {Status.PARTNER_ASKED}, Status.OFFERED),
    PartnerUnreachable: (PartnerUnreachable("sturm", "5.1.1"), {Status.PARTNER_ASKED}, Status.OFFERED),
    PartnerRevoked: (PartnerRevoked("sturm", "huber"), {Status.PARTNER_ASKED}, Status.ACCEPTED),
    PartnerReturned: (PartnerReturned("sturm", ""), {Status.WITH_PARTNER}, Status.OFFERED),
    AskedBy: (AskedBy(Elsewhere("xyz", 7), NOW), {Status.TRIAGE, Status.OFFERED}, SAME),
    TakenOn: (TakenOn(), OPEN, SAME),
    GoneBack: (GoneBack("declined"), OPEN, Status.CLOSED),
    ExternalOrdered: (ExternalOrdered(1, "A-2026-0001", "a@b.example", "", (), 1), OPEN, SAME),
    ExternalTold: (ExternalTold("A-2026-0001", "a@b.example", ()), OPEN, SAME),
    ExternalStep: (ExternalStep(Stage.QUOTE, None, ""), OPEN, SAME),
    Asked: (Asked(("unit",)), OPEN, SAME),
    Rerouted: (Rerouted("huber"), {Status.TRIAGE, Status.OFFERED}, Status.OFFERED),
    ConcernFound: (ConcernFound("rechnung", "huber", 1), OPEN, SAME),
    Alarmed: (Alarmed(("weber",)), EVER - {Status.CLOSED}, SAME),
    CalledOff: (CalledOff(("weber",)), EVER, SAME),
    Linked: (Linked(7, "split-into"), EVER, SAME),
    Joined: (Joined(a_party(), 2, "Aufzug"), EVER - {Status.CLOSED}, SAME),
    Separated: (Separated(a_party()), EVER, SAME),
    Lent: (Lent("huber"), OPEN, Status.OFFERED),
    LentBack: (LentBack("huber"), {Status.OFFERED}, Status.OFFERED),
}
PAIRS = [(status, kind) for status in Status for kind in get_args(Change)]


def an_event(change: Change, seq: int = 3, actor: Party = RULE) -> Event:
    return Event("abc", 10428, seq, NOW + timedelta(minutes=seq), actor, "m1", "f" * 16, change)


def test_the_table_knows_every_change_and_nothing_else() -> None:
    assert set(TRANSITIONS) == set(get_args(Change)) == set(LIFE)


@pytest.mark.parametrize(("status", "kind"), PAIRS, ids=lambda value: getattr(value, "__name__", value))
def test_every_pair_leads_where_the_life_says_or_is_refused(status: Status, kind: type[Change]) -> None:
    change, sources, target = LIFE[kind]
    assert allows(status, kind) == (status in sources)
    if status in sources:
        assert next_status(status, change) is (target or status)
        return
    with pytest.raises(ValueError, match=change.kind):
        next_status(status, change)
    if status is not Status.NONE:
        with pytest.raises(ValueError, match=r"opened once|cannot happen"):
            step(a_ticket(status=status), an_event(change))


@pytest.mark.parametrize("kind", [kind for kind in get_args(Change) if kind is not Opened])
def test_nothing_can_happen_to_a_ticket_before_it_is_opened(kind: type[Change]) -> None:
    with pytest.raises(ValueError, match="begins with opened"):
        step(None, an_event(LIFE[kind][0]))


def test_a_rejected_ticket_for_which_nobody_is_left_goes_to_triage() -> None:
    assert next_status(Status.ACCEPTED, Rejected("zeiler", triage=True, reason="")) is Status.TRIAGE


def test_opened_makes_the_ticket_of_its_words() -> None:
    opened = Opened(
        10428,
        INBOX,
        "Rechnung",
        a_party(),
        "de",
        "rechnung",
        3,
        Place("p", "u"),
        "buchhaltung",
        "huber",
        Status.OFFERED,
    )
    assert step(None, an_event(opened, seq=1)) == Ticket(
        organisation="abc",
        number=10428,
        version=1,
        status=Status.OFFERED,
        inbox=INBOX,
        subject="Rechnung",
        reporter=a_party(),
        language="de",
        case_type="rechnung",
        urgency=3,
        place=Place("p", "u"),
        role="buchhaltung",
        assignee="huber",
        holders=(),
        opened_at=NOW + timedelta(minutes=1),
        changed_at=NOW + timedelta(minutes=1),
        closed_at=None,
        reminders=0,
        last_message_id=None,
    )


def test_rejecting_goes_back_along_the_chain_of_holders() -> None:
    """REQ-D5: A→B→C; C rejects ⇒ B, B rejects ⇒ A."""
    ticket = a_ticket(assignee="a")
    for seq, to in enumerate(("b", "c"), 3):
        ticket = step(ticket, an_event(Assigned(to), seq))
    assert (ticket.assignee, ticket.holders) == ("c", ("a", "b"))
    ticket = step(ticket, an_event(Rejected("b", triage=False, reason=""), 5))
    assert (ticket.assignee, ticket.holders) == ("b", ("a",))
    ticket = step(ticket, an_event(Rejected("a", triage=False, reason=""), 6))
    assert (ticket.assignee, ticket.holders) == ("a", ())


@pytest.mark.parametrize(
    "change",
    [Accepted(), Assigned("huber"), Taken("huber"), Rejected("huber", triage=False, reason=""), Closed("")],
    ids=lambda change: change.kind,
)
def test_whoever_acts_is_counted_anew(change: Change) -> None:
    assert step(a_ticket(reminders=3), an_event(change)).reminders == 0


def test_what_is_lent_remembers_whose_it_was_until_somebody_acts_or_it_goes_back() -> None:
    lent = step(a_ticket(assignee="schmidt"), an_event(Lent("huber")))
    assert (lent.assignee, lent.lent_by, lent.assigner) == ("huber", "schmidt", "schmidt")
    again = step(lent, an_event(Lent("weber"), seq=4))
    assert (again.assignee, again.lent_by) == ("weber", "schmidt")
    back = step(again, an_event(LentBack("schmidt"), seq=5))
    assert (back.assignee, back.lent_by, back.holders) == ("schmidt", None, ())
    for acts in (Accepted(), Assigned("x"), Taken("x"), Rejected("x", triage=False, reason=""), Closed("")):
        assert step(lent, an_event(acts, seq=4)).lent_by is None


def test_close_and_reopen_set_and_clear_the_end() -> None:
    closed = step(a_ticket(), an_event(Closed("")))
    assert closed.closed_at == NOW + timedelta(minutes=3)
    reopened = step(closed, an_event(Reopened("weber"), 4))
    assert (reopened.closed_at, reopened.assignee, reopened.status) == (None, "weber", Status.OFFERED)


@pytest.mark.parametrize(
    ("author", "message_id", "last"),
    [
        (a_party(), "<mail2@mieter.example>", "<mail2@mieter.example>"),
        (a_party(address="max@privat.example"), "<mail2@privat.example>", "<mail2@privat.example>"),
        (a_party(), None, "<mail1@mieter.example>"),
        (STRANGER, "<x@irgendwo.example>", "<mail1@mieter.example>"),
        (
            a_party(PartyKind.STAFF, "weber", address="weber@abc-hausverwaltung.example"),
            "<w@abc>",
            "<mail1@mieter.example>",
        ),
        (a_party(PartyKind.OWNER, "mueller", address="other@x.example"), "<o@x>", "<mail1@mieter.example>"),
    ],
    ids=[
        "reporter",
        "reporter's other address",
        "no Message-ID",
        "stranger",
        "colleague",
        "another with the same id",
    ],
)
def test_answers_refer_to_the_last_mail_of_the_reporter_only(
    author: Party, message_id: str | None, last: str
) -> None:
    """Any mail once moved the thread: the answer to Herr Müller referred to a stranger's mail, or a colleague's."""
    ticket = step(a_ticket(), an_event(MessageAdded(7, author, message_id, 0)))
    assert ticket.last_message_id == last


def test_two_strangers_without_an_id_are_not_the_same_person() -> None:
    reporter = Party(PartyKind.UNKNOWN, None, "", "kim@irgendwo.example")
    ticket = step(a_ticket(reporter=reporter), an_event(MessageAdded(7, STRANGER, "<x@y>", 0)))
    assert ticket.last_message_id == "<mail1@mieter.example>"


def test_fold_of_nothing_is_no_ticket() -> None:
    assert fold([]) is None


def test_fold_is_step_after_step() -> None:
    opened = LIFE[Opened][0]
    changes: list[Change] = [opened, MessageAdded(1, a_party(), "<m@x>", 0), Accepted(), Closed("fertig")]
    ticket = fold(an_event(change, seq) for seq, change in enumerate(changes, 1))
    assert ticket is not None
    assert (ticket.status, ticket.version, ticket.last_message_id) == (Status.CLOSED, 4, "<m@x>")
    assert ticket.label == "T-10428"


def test_a_reporter_is_asked_back_once() -> None:
    """REQ-E8, ambiguity 28: the fold itself refuses a second question."""
    asked = step(a_ticket(), an_event(Asked(("property",))))
    assert asked.asked
    with pytest.raises(ValueError, match="once"):
        step(asked, an_event(Asked(("unit",)), seq=4))


def test_a_rerouted_ticket_goes_to_whom_the_rules_name_and_back_to_the_desk_if_they_reject_it() -> None:
    ticket = step(a_ticket(status=Status.TRIAGE, assignee="zeiler"), an_event(Rerouted("huber")))
    assert (ticket.status, ticket.assignee, ticket.holders) == (Status.OFFERED, "huber", ("zeiler",))
    assert ticket.assigner is None, "a rule gave it, so nobody may take it back"
    stays = step(a_ticket(status=Status.TRIAGE, assignee="huber"), an_event(Rerouted("huber")))
    assert (stays.status, stays.holders) == (Status.OFFERED, ())


def test_further_reporters_are_counted() -> None:
    ticket = step(a_ticket(), an_event(Joined(a_party(party_id="weber"), 2, "")))
    assert ticket.joined == 1
    assert step(ticket, an_event(Separated(a_party(party_id="weber")), seq=4)).joined == 0
