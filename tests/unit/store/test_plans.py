"""Every claim and look-up walks an index: costs grow with the mail, never with what is stored."""

import sqlite3
from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import Connection

from mailroute.flow.names import NamesByHeart
from mailroute.model import tokens
from mailroute.model.directory import LookupKind
from mailroute.model.keys import Keys, ReplyTag
from mailroute.model.letter import SendOutcome, SendResult
from mailroute.model.traffic import Count, Scope
from mailroute.store import desk, directory, fates, mails, outbox, search, tickets, timers, traffic
from mailroute.store.engine import Store, open_store
from mailroute.store.facts import gather, gather_for_ticket
from mailroute.store.tables import metadata
from tests.support.factories import NOW, a_contract, a_directory, an_envelope
from tests.support.stores import KEYRING, LEASE, MUELLER, open_case, opening, receive, write

Question = Callable[[Connection], object]


def plans(store: Store, question: Question) -> list[tuple[str, str]]:
    """(step of the plan, statement) for every statement that SQLite is given by the question."""
    seen: list[str] = []

    def work(tx: Connection) -> list[tuple[str, str]]:
        driver = tx.connection.dbapi_connection
        assert isinstance(driver, sqlite3.Connection)
        driver.set_trace_callback(seen.append)
        question(tx)
        driver.set_trace_callback(None)
        asked = [one for one in seen if one.split(" ", 1)[0] in ("SELECT", "UPDATE", "DELETE", "INSERT")]
        return [(str(row[-1]), one) for one in asked for row in driver.execute(f"EXPLAIN QUERY PLAN {one}")]

    return write(store, work)


def _gather(conn: Connection) -> object:
    tag = ReplyTag(10_001, tokens.reply_token(KEYRING, "abc", 10_001, MUELLER.address), "reply-address")
    keys = Keys(reply_tags=(tag,), message_ids=("<a@b>",), ticket_numbers=(10_001,), addresses=("a@b",))
    envelope = an_envelope(mail_from="")
    return gather(
        conn, keys, envelope, author="a@b", keyring=KEYRING, content_key="c", fresh_number=1, now=NOW,
        names=NamesByHeart().of(conn, "abc"), original_message_id="<l@x>",
    )  # fmt: skip


def _apply(tx: Connection) -> object:
    from mailroute.store.apply import apply

    (claimed,) = mails.claim_intakes(tx, owner="w", now=NOW, lease=LEASE, limit=1).taken
    decision, letters = opening(claimed)
    return apply(tx, decision, letters, cause="m", intake=claimed.envelope.intake_id, timer=None, now=NOW)


QUESTIONS: dict[str, Question] = {
    "claim mails": lambda tx: mails.claim_intakes(tx, owner="w", now=NOW, lease=LEASE, limit=5),
    "claim letters": lambda tx: outbox.claim_letters(tx, owner="w", now=NOW, lease=LEASE, limit=5),
    "claim timers": lambda tx: timers.claim_due(
        tx, owner="w", now=NOW + timedelta(days=3), lease=LEASE, limit=5
    ),
    "recover letters": lambda tx: outbox.recover_attempting(tx, NOW),
    "record a letter": lambda tx: outbox.record(
        tx, "abc-m1-0", SendResult(SendOutcome.LATER, ""), now=NOW, retry_at=NOW
    ),
    "stop letters": lambda tx: outbox.stop_letters(tx, ["abc-m1-1"], NOW),
    "letters of a ticket": lambda tx: outbox.letters(tx, "abc", number=10_001),
    "letters in trouble": outbox.letters,
    "queue": mails.queue,
    "held": mails.held,
    "unfinished": mails.unfinished,
    "known door keys": lambda tx: mails.known_door_keys(tx, ["a", "b"]),
    "release": lambda tx: fates.release(tx, 1, 1, error="", now=NOW, retry_at=NOW),
    "gather": _gather,
    "gather for a ticket": lambda tx: gather_for_ticket(tx, "abc", 10_001),
    "decisions of a mail": lambda tx: tickets.decision_of(tx, intake=1),
    "decisions of a ticket": lambda tx: tickets.decision_of(tx, organisation="abc", number=10_001),
    "tickets": lambda tx: tickets.tickets(tx, "abc", open_only=True),
    "tickets of somebody": lambda tx: tickets.tickets(tx, "abc", assignee="schmidt"),
    "find": lambda tx: directory.find(
        tx, "abc", [(LookupKind.ADDRESS, "mueller@mieter.example"), (LookupKind.NUMBER, "v47110815")]
    ),
    "unclear tickets": lambda tx: desk.unclear(tx, "abc"),
    "how many are unclear": lambda tx: desk.unclear_count(tx, "abc"),
    "search": lambda tx: search.found_tickets(tx, "abc", "T-10001"),
    "search by words": lambda tx: search.found_tickets(tx, "abc", "dachrinne müller"),
    "apply": _apply,
}


_PARTIAL = {
    str(index.name)
    for table in metadata.tables.values()
    for index in table.indexes
    if index.dialect_options["sqlite"]["where"] is not None
}


@pytest.mark.parametrize("name", QUESTIONS)
def test_no_question_of_a_worker_reads_a_whole_table(sqlite_path: object, name: str) -> None:
    with open_store(f"sqlite:///{sqlite_path}") as store:
        write(
            store,
            lambda tx: directory.replace_directory(tx, "abc", a_directory(contracts=(a_contract(),)), NOW),
        )
        open_case(store)
        receive(store, "2")
        steps = plans(store, QUESTIONS[name])
    assert steps
    # A walk along a partial index reads only the rows that wait; any other walk reads the table.
    walks = [(step, sql) for step, sql in steps if step.startswith("SCAN ") and "CONSTANT ROW" not in step]
    assert [(step, sql) for step, sql in walks if step.split()[-1] not in _PARTIAL] == []
    # The first few of a backlog are found in the order of an index, not by sorting all of it.
    assert [(step, sql) for step, sql in steps if "TEMP B-TREE" in step and " LIMIT" in sql] == []


def test_what_was_counted_is_found_by_its_key_however_much_was_counted(sqlite_path: object) -> None:
    def steps_of_asking(store: Store) -> int:
        steps: list[int] = []
        with store.read() as conn:
            driver = conn.connection.driver_connection
            assert isinstance(driver, sqlite3.Connection)
            driver.set_progress_handler(lambda: steps.append(1), 1)
            traffic.concerning(conn, "abc", "a@b.example", 10_001, NOW)
            driver.set_progress_handler(None, 0)
        return len(steps)

    with open_store(f"sqlite:///{sqlite_path}") as store:
        others = [Count(Scope.SENDER, f"{n}@b.example", 0, 20, 0, None) for n in range(1000)]
        write(store, lambda tx: traffic.add(tx, "abc", others[:10], NOW))
        with_ten = steps_of_asking(store)
        write(store, lambda tx: traffic.add(tx, "abc", others[10:], NOW))
        assert steps_of_asking(store) <= with_ten + 10
