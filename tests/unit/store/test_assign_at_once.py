"""REQ-D1: 200 assignments of one ticket at the same moment leave one assignee and a linear log, on every database."""

from concurrent.futures import ThreadPoolExecutor

from mailroute.errors import Conflict
from mailroute.model.letter import Template
from mailroute.model.ticket import Assigned, fold
from mailroute.routing.commands import parse_commands
from mailroute.routing.decide_command import decide_command
from mailroute.store.apply import apply, events
from mailroute.store.engine import Connection, Store
from mailroute.store.facts import gather_for_ticket
from tests.support.deciding import RULES, RULESET
from tests.support.factories import NOW
from tests.support.stores import open_case, ticket_of, write

AT_ONCE = 200
COLLEAGUES = ("huber", "weber", "lang", "zeiler")


def hand_on(store: Store, number: int, nth: int) -> str:
    """What the one is told who says it as the `nth`: decided from what is written, and again if that has changed."""
    schmidt = RULESET.staff_by_id("schmidt")
    assert schmidt is not None
    said = parse_commands(f"weiter an: {COLLEAGUES[nth % len(COLLEAGUES)]}", ())
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
