"""A statement that was made ready says the same as SQLAlchemy does, on both databases."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import pytest
from sqlalchemy import Select, bindparam, select, text, tuple_

from mailroute.errors import Broken
from mailroute.model.directory import Validity
from mailroute.store import directory
from mailroute.store import tables as t
from mailroute.store.engine import Store
from mailroute.store.ready import Ready
from tests.support.factories import NOW, a_contract, a_directory, a_person, a_property
from tests.support.stores import open_case, write

_VALID = Validity(date(2020, 1, 1), date(2027, 12, 31))
_ORG = bindparam("org")
_TICKETS = select(t.ticket).where(t.ticket.c.organisation_id == _ORG, t.ticket.c.opened_at <= bindparam("at"))
_SOME = select(t.contract).where(
    t.contract.c.organisation_id == _ORG, t.contract.c.id.in_(bindparam("ids", expanding=True))
)
_PAIRS = select(t.lookup).where(
    t.lookup.c.organisation_id == _ORG,
    tuple_(t.lookup.c.kind, t.lookup.c.key).in_(bindparam("pairs", expanding=True)),
)
_FIXED = select(t.lookup).where(t.lookup.c.organisation_id == _ORG, t.lookup.c.kind.in_(["place", "street"]))


@pytest.mark.parametrize(
    ("statement", "values"),
    [
        (_TICKETS, {"at": NOW}),
        (_SOME, {"ids": ["v1"]}),
        (_SOME, {"ids": ["v3", "v2", "no such", "v1", "nul\0", "\ud800"]}),
        (_PAIRS, {"pairs": [("address", "mueller@mieter.example"), ("number", "v1"), ("number", "")]}),
        (_FIXED.order_by(t.lookup.c.kind, t.lookup.c.key, t.lookup.c.rank).limit(1), {}),
    ],
)
def test_a_ready_statement_finds_what_sqlalchemy_finds(
    store: Store, statement: Select[Any], values: Mapping[str, Any]
) -> None:
    contracts = tuple(a_contract(f"v{n}", validity=_VALID, offered_on=date(2026, 3, n)) for n in (1, 2, 3))
    known = a_directory((a_property(),), (a_person(),), contracts)
    write(store, lambda tx: directory.replace_directory(tx, "abc", known, NOW))
    open_case(store)
    ready = Ready(statement)
    with store.read() as conn:
        expected = sorted(map(tuple, conn.execute(statement, {"org": "abc", **values})))
        assert expected
        assert sorted(map(tuple, ready.ask(conn, org="abc", **values))) == expected
        assert [row.organisation_id for row in ready.ask(conn, org="abc", **values)] == ["abc"] * len(
            expected
        )
        assert ready.first(conn, org="nobody", **values) is None


def test_an_empty_list_finds_nothing(store: Store) -> None:
    with store.read() as conn:
        assert Ready(_SOME).ask(conn, org="abc", ids=[]) == []


def test_an_error_of_the_driver_leaves_the_store_as_one_of_ours(store: Store) -> None:
    write(store, lambda tx: tx.execute(text("ALTER TABLE turn RENAME TO turned")))
    with pytest.raises(Broken), store.read() as conn:
        Ready(select(t.turn)).ask(conn)
    write(store, lambda tx: tx.execute(text("ALTER TABLE turned RENAME TO turn")))
