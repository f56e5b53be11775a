"""A ticket and its child in another organisation change together or not at all, on every database (REQ-D7…D11)."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from mailroute.errors import Broken, Conflict
from mailroute.model.decision import Decision, Disposition, DueTimer, TimerKind
from mailroute.model.facts import Facts
from mailroute.model.outside import Elsewhere
from mailroute.model.ruleset import Partner, Source
from mailroute.model.ticket import Answered, MessageAdded, Status, Ticket, fold
from mailroute.routing.child import may_be_asked
from mailroute.routing.commands import parse_commands
from mailroute.routing.decide_command import decide_command
from mailroute.routing.decide_timer import decide_timer
from mailroute.routing.work import Rules
from mailroute.store.apply import apply, events, ticket
from mailroute.store.engine import Connection, Store
from mailroute.store.facts import gather_for_ticket
from mailroute.store.mails import content_of_intake
from mailroute.store.neighbours import with_neighbours
from mailroute.store.numbers import reserve_number
from mailroute.store.timers import claim_due
from tests.support.deciding import RULESET
from tests.support.factories import NOW, a_role, an_organisation
from tests.support.stores import a_decision, claim, open_case, put, receive, write

HERE = Partner("xyz", "XYZ Hausverwaltung", "", 0, "xyz", "buero", Source("partners.yaml", 1))
FIRMS: dict[str, Rules] = {}
FIRMS["abc"] = replace(Rules(replace(RULESET, partners=(HERE, *RULESET.partners))), neighbours=FIRMS)
FIRMS["xyz"] = replace(
    Rules(
        replace(
            RULESET,
            organisation=an_organisation(id="xyz", name="XYZ Hausverwaltung"),
            roles=(*(one for one in RULESET.roles if one.id != "sachbearbeitung"), a_role("sachbearbeitung", "weber")),
            partners=(),
        )
    ),
    neighbours=FIRMS,
)  # fmt: skip
DUE = NOW + timedelta(days=2)

Decide = Callable[[Facts], Decision]


def do(store: Store, org: str, number: int, decide: Decide, cause: str, now: datetime = NOW) -> Decision:
    """Decide from what is written, and again if that has changed meanwhile."""
    while True:
        with store.read() as conn:
            facts = gather_for_ticket(conn, org, number)
            facts = with_neighbours(conn, facts, may_be_asked(FIRMS[org], facts.ticket))
            decision = decide(facts)

        def work(tx: Connection, decision: Decision = decision) -> object:
            return apply(tx, decision, (), cause=cause, intake=None, timer=None, now=now)

        try:
            write(store, work)
        except Conflict:
            continue
        return decision


def says(store: Store, org: str, number: int, who: str, text: str, now: datetime = NOW) -> Decision:
    """One of staff says something on the command line of their organisation."""
    staff = FIRMS[org].ruleset.staff_by_id(who)
    assert staff is not None
    said = parse_commands(text, ())
    return do(
        store, org, number, lambda facts: decide_command(facts, said, staff, FIRMS[org], now), f"c{org}-{text}", now
    )  # fmt: skip


def asked(store: Store, name: str = "Dachrinne") -> tuple[int, int]:
    """The numbers of a ticket of abc and of its child in xyz."""
    number = open_case(store, name).number
    decision = says(store, "abc", number, "schmidt", "weiter an: XYZ Hausverwaltung")
    assert decision.ticket is not None
    assert decision.ticket.child is not None
    return number, decision.ticket.child.number


def both(store: Store, parent: int, child: int) -> tuple[Ticket, Ticket]:
    """The two tickets, each of them what its events make of it."""
    with store.read() as conn:
        found = ticket(conn, "abc", parent), ticket(conn, "xyz", child)
        assert found == (fold(events(conn, "abc", parent)), fold(events(conn, "xyz", child)))
    assert found[0] is not None
    assert found[1] is not None
    return found[0], found[1]


def test_req_d7_the_child_is_opened_with_the_question_by_its_own_rules(store: Store) -> None:
    parent, child = both(store, *asked(store))
    assert parent.child == Elsewhere("xyz", child.number)
    assert child.parent == Elsewhere("abc", parent.number)
    assert (child.assignee, child.role, child.status) == ("weber", "sachbearbeitung", Status.OFFERED)
    assert child.partner_due == parent.partner_due
    assert child.reporter.address == ""


def test_req_d11_a_yes_and_the_time_out_at_the_same_instant_end_alike_on_both_sides(store: Store) -> None:
    """Whichever is written first holds, and the other is decided again from what it finds."""
    for nth in range(10):
        parent, child = asked(store, f"race-{nth}")

        def say_yes(child: int = child) -> None:
            says(store, "xyz", child, "weber", "annehmen", DUE)

        def run_out_of_time(parent: int = parent) -> None:
            timer = DueTimer(1, "abc", parent, TimerKind.PARTNER, DUE)
            do(store, "abc", parent, lambda facts: decide_timer(timer, facts, FIRMS["abc"], DUE), "t", DUE)

        with ThreadPoolExecutor(2) as pool:
            list(pool.map(lambda act: act(), (say_yes, run_out_of_time)))
        ours, theirs = both(store, parent, child)
        ends = (ours.status, ours.partner, theirs.status)
        yes, too_late = (
            (Status.WITH_PARTNER, "xyz", Status.ACCEPTED),
            (Status.PARTNER_ASKED, "rohrfrei", Status.CLOSED),
        )
        assert ends in (yes, too_late)


def test_children_opened_at_once_and_mails_that_come_in_meanwhile_have_a_number_each(store: Store) -> None:
    cases = [open_case(store, f"case-{nth}").number for nth in range(8)]
    with ThreadPoolExecutor(8) as pool:
        reserved = [pool.submit(write, store, lambda tx: reserve_number(tx, "xyz")) for _ in range(20)]
        decided = [pool.submit(says, store, "abc", one, "schmidt", "weiter an: xyz") for one in cases]
        numbers = [one.result() for one in reserved]
        children = [one.result().ticket for one in decided]
    given = [*numbers, *(one.child.number for one in children if one is not None and one.child is not None)]
    assert len(given) == len(set(given)) == 28


def test_req_d7_the_partner_can_read_the_mail_only_after_the_yes(store: Store) -> None:
    parent, child = asked(store)
    with store.read() as conn:
        [intake] = [
            one.change.intake for one in events(conn, "abc", parent) if isinstance(one.change, MessageAdded)
        ]
        assert content_of_intake(conn, "abc", intake)
        with pytest.raises(Broken, match="there is no mail"):
            content_of_intake(conn, "xyz", intake)
    says(store, "xyz", child, "weber", "annehmen")
    with store.read() as conn:
        assert content_of_intake(conn, "xyz", intake) == content_of_intake(conn, "abc", intake)
        [added] = [one.change for one in events(conn, "xyz", child) if isinstance(one.change, MessageAdded)]
        assert (added.intake, added.message_id) == (intake, None)
    ours, theirs = both(store, parent, child)
    assert (ours.status, theirs.status) == (Status.WITH_PARTNER, Status.ACCEPTED)


def test_an_answer_there_is_an_answer_here(store: Store) -> None:
    parent, child = asked(store)
    says(store, "xyz", child, "weber", "annehmen")
    decision = says(store, "xyz", child, "weber", "Wir kommen am Freitag.")
    assert [one.ticket.organisation for one in decision.notices if one.ticket] == ["abc"]
    with store.read() as conn:
        for org, number in (("abc", parent), ("xyz", child)):
            assert [one for one in events(conn, org, number) if isinstance(one.change, Answered)]


def test_req_d11_no_time_out_while_a_mail_of_the_partner_waits_to_be_decided(store: Store) -> None:
    asked(store)
    receive(store, "noise", organisations=("xyz",), received_at=DUE - timedelta(seconds=1))
    claimed = write(store, lambda tx: claim_due(tx, owner="x", now=DUE, lease=timedelta(minutes=5), limit=9))
    assert TimerKind.PARTNER not in {one.kind for one in claimed if one.organisation == "abc"}
    # Decided, the way is free.
    (waiting,) = claim(store, now=DUE)
    no_ticket = replace(a_decision(None, None), organisation="xyz", disposition=Disposition.IGNORE)
    put(store, no_ticket, cause="m", intake=waiting.envelope.intake_id, now=DUE)
    claimed = write(store, lambda tx: claim_due(tx, owner="x", now=DUE, lease=timedelta(minutes=5), limit=9))
    assert TimerKind.PARTNER in {one.kind for one in claimed if one.organisation == "abc"}
