"""`verify` sees it when the books are wrong: each test spoils one thing."""

from collections.abc import Iterator

import pytest
from sqlalchemy import text

from mailroute.store.engine import Store, open_store
from mailroute.store.verify import verify
from tests.support.stores import open_case, receive, write


@pytest.fixture
def books(url: str) -> Iterator[Store]:
    """A ticket that is right, and nobody who checks that it still is afterwards."""
    with open_store(url) as opened:
        open_case(opened)
        yield opened


SPOILED = {
    "UPDATE ticket SET assignee = 'huber'": "is not what its events make of it",
    "UPDATE ticket SET version = 7": "is not what its events make of it",
    "UPDATE event SET seq = 3 WHERE seq = 2": "has a gap in its events",
    "DELETE FROM event": "has no events",
    'UPDATE event SET body = \'{"kind":"accepted"}\' WHERE seq = 1': "cannot follow each other",
    "DELETE FROM decision": "nothing was decided about it",
    "UPDATE intake SET state = 'received'": "was decided but still waits",
    "UPDATE intake SET state = 'lost'": "unknown state",
    "UPDATE intake SET state = 'held', error = NULL": "held without a reason",
    "UPDATE outbox SET state = 'sent' WHERE position = (SELECT min(position) FROM outbox)": "never tried",
    "UPDATE outbox SET state = 'gone' WHERE position = (SELECT min(position) FROM outbox)": "unknown state",
    "UPDATE outbox SET number = 4711 WHERE position = (SELECT min(position) FROM outbox)": "does not exist",
    "UPDATE timer SET state = 'fired'": "state that cannot be",
    "UPDATE mail SET sha256 = 'x'": "another SHA-256",
    "INSERT INTO decision (organisation_id, intake_id, cause, at, disposition, ruleset, trace, facts) "
    "SELECT organisation_id, intake_id, cause, at, disposition, ruleset, trace, facts FROM decision": "decided 2 times",
}


@pytest.mark.parametrize("spoil", SPOILED)
def test_a_contradiction_in_the_books_is_found_and_named(books: Store, spoil: str) -> None:
    with books.read() as conn:
        assert verify(conn, contents=True) == ()
    write(books, lambda tx: tx.execute(text(spoil)))
    with books.read() as conn:
        problems = verify(conn, contents=True)
    assert any(SPOILED[spoil] in problem for problem in problems)


def test_a_mail_that_belongs_to_nobody_is_found(books: Store) -> None:
    receipt = receive(books, "2")
    write(books, lambda tx: tx.execute(text(f"DELETE FROM intake WHERE id = {receipt.intake_id}")))
    with books.read() as conn:
        newest = conn.execute(text("SELECT max(id) FROM mail")).scalar()
        assert verify(conn) == (f"mail {newest} belongs to no organisation",)
