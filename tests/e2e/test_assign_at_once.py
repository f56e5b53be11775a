"""REQ-D1: 200 assignments of one ticket at the same moment leave one assignee and a linear log, on every database."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from mailroute.errors import Conflict
from mailroute.model.decision import Decision, DueTimer, TimerKind
from mailroute.model.facts import Facts, Proof
from mailroute.model.letter import Template
from mailroute.model.outside import ExternalOrdered, PartnerAsked
from mailroute.model.ticket import Assigned, Party, PartyKind, Status, fold
from mailroute.routing.commands import parse_commands
from mailroute.routing.decide_command import decide_command
from mailroute.routing.decide_timer import decide_timer
from mailroute.store.apply import apply, events
from mailroute.store.engine import Connection, Store, migrate, open_store
from mailroute.store.facts import gather_for_ticket
from mailroute.store.verify import verify
from tests.support.deciding import RULES, RULESET, says
from tests.support.factories import NOW, an_envelope
from tests.support.stores import open_case, ticket_of, write

AT_ONCE = 200
COLLEAGUES = ("huber", "weber", "lang", "zeiler")
COLLEAGUES_AND_PARTNERS = ("huber", "rohrfrei", "weber", "Rohrfrei GmbH")
DUE = NOW + timedelta(days=2)
PARTNER = Party(PartyKind.PARTNER, "rohrfrei", "Rohrfrei GmbH", "auftrag@rohrfrei.example")


@pytest.fixture(params=["sqlite", "postgresql"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """Empty books, which are right afterwards."""
    sqlite = f"sqlite:///{tmp_path / 'mailroute.db'}"
    url = sqlite if request.param == "sqlite" else request.getfixturevalue("postgres_url")
    migrate(url)
    with open_store(url) as opened:
        yield opened
        with opened.read() as conn:
            assert verify(conn, contents=True) == ()


def hand_on(store: Store, number: int, nth: int, to: Sequence[str] = COLLEAGUES) -> str:
    """What the one is told who says it as the `nth`: decided from what is written, and again if that has changed."""
    schmidt = RULESET.staff_by_id("schmidt")
    assert schmidt is not None
    said = parse_commands(f"weiter an: {to[nth % len(to)]}", ())
    while True:
        with store.read() as conn:
            decision = decide_command(gather_for_ticket(conn, "abc", number), said, schmidt, RULES, NOW)

        def work(tx: Connection, decision: object = decision) -> object:
            return apply(tx, decision, (), cause=f"c{nth}", intake=None, timer=None, now=NOW)  # type: ignore[arg-type]  # the decision of this round

        try:
            write(store, work)
        except Conflict:
            continue
        [receipt] = [one for one in decision.notices if one.template is Template.RECEIPT]
        return receipt.lines[0].did


def test_req_d1_two_hundred_assignments_at_once_leave_one_assignee_and_a_linear_log(store: Store) -> None:
    number = open_case(store).number
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda nth: hand_on(store, number, nth), range(AT_ONCE)))
    with store.read() as conn:
        log = events(conn, "abc", number)
    assigned = [one.change.to for one in log if isinstance(one.change, Assigned)]
    ticket = ticket_of(store, number)
    assert assigned == [ticket.assignee]
    assert [one.seq for one in log] == list(range(1, len(log) + 1))
    assert fold(log) == ticket
    refused = [one for one in answers if one.startswith("Nicht ausgeführt (zuständig: ")]
    assert len(refused) == AT_ONCE - 1
    assert all("widerrufen" in one for one in refused)


def test_req_d1_partners_among_them_one_is_asked_or_one_is_assigned(store: Store) -> None:
    number = open_case(store).number
    with ThreadPoolExecutor(8) as pool:
        answers = list(
            pool.map(lambda nth: hand_on(store, number, nth, COLLEAGUES_AND_PARTNERS), range(AT_ONCE))
        )
    with store.read() as conn:
        log = events(conn, "abc", number)
    moves = [one.change for one in log if isinstance(one.change, Assigned | PartnerAsked)]
    ticket = ticket_of(store, number)
    assert len(moves) == 1
    assert [one.seq for one in log] == list(range(1, len(log) + 1))
    assert fold(log) == ticket
    assert (ticket.status is Status.PARTNER_ASKED) is isinstance(moves[0], PartnerAsked)
    assert sum(one.startswith("Nicht ausgeführt") for one in answers) == AT_ONCE - 1


def test_req_d11_a_yes_and_the_time_out_at_the_same_instant_are_decided_one_after_the_other(
    store: Store,
) -> None:
    """Whichever is written first holds, and the other is decided again from what it finds."""
    for nth in range(10):
        number = open_case(store, f"race-{nth}").number
        hand_on(store, number, 1, COLLEAGUES_AND_PARTNERS)
        with ThreadPoolExecutor(2) as pool:
            list(pool.map(lambda act, number=number: act(store, number), (say_yes, run_out_of_time)))
        with store.read() as conn:
            log = events(conn, "abc", number)
        kinds = {one.change.kind for one in log} & {"partner-accepted", "partner-timed-out"}
        assert len(kinds) == 1
        assert fold(log) == ticket_of(store, number)
        assert [one.seq for one in log] == list(range(1, len(log) + 1))


def say_yes(store: Store, number: int) -> None:
    """The partner accepts, in the last instant in which it counts."""
    decide_until_written(
        store,
        number,
        lambda facts: says(
            PARTNER,
            "annehmen",
            facts=replace(facts, proof=Proof("reply-address", PARTNER)),
            envelope=an_envelope(PARTNER.address, received_at=due_of(facts)),
            now=due_of(facts),
        ),
    )


def run_out_of_time(store: Store, number: int) -> None:
    """The timer fires."""
    decide_until_written(
        store,
        number,
        lambda facts: decide_timer(
            DueTimer(1, "abc", number, TimerKind.PARTNER, due_of(facts)), facts, RULES, due_of(facts)
        ),
    )


def due_of(facts: Facts) -> datetime:
    """When the partner's time is over."""
    assert facts.ticket is not None
    return facts.ticket.partner_due or DUE


def decide_until_written(store: Store, number: int, decide: Callable[[Facts], Decision]) -> None:
    """Decide from what is written, and again if that has changed meanwhile."""
    while True:
        with store.read() as conn:
            decision = decide(gather_for_ticket(conn, "abc", number))

        def work(tx: Connection, decision: Decision = decision) -> object:
            return apply(tx, decision, (), cause="r", intake=None, timer=None, now=NOW)

        try:
            write(store, work)
        except Conflict:
            continue
        return


def test_req_d15_orders_of_many_tickets_at_once_have_one_number_each(store: Store) -> None:
    numbers = [open_case(store, f"order-{nth}").number for nth in range(8)]
    schmidt = RULESET.staff_by_id("schmidt")
    assert schmidt is not None

    def order(number: int) -> None:
        said = parse_commands("extern an: dach@firma.example", ())
        decide_until_written(store, number, lambda facts: decide_command(facts, said, schmidt, RULES, NOW))

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(order, numbers))
    with store.read() as conn:
        logs = [events(conn, "abc", number) for number in numbers]
    orders = [one.change.order for log in logs for one in log if isinstance(one.change, ExternalOrdered)]
    assert sorted(orders) == list(range(1, 9))
