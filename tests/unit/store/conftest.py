"""Every test of the store runs on both databases, and leaves books that are right."""

from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest
from psycopg import sql

from mailroute.store.engine import Store, migrate, open_store
from mailroute.store.tables import metadata
from mailroute.store.verify import verify
from tests.support.servers import Postgres
from tests.support.stores import empty_books


@pytest.fixture(scope="session")
def _one_database(postgres_server: Postgres) -> Iterator[str]:
    """A database for the whole run: making one costs a second, emptying one some milliseconds."""
    name = f"store_{uuid4().hex}"
    with psycopg.connect(postgres_server.dsn("postgres"), autocommit=True) as admin:
        admin.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        migrate(postgres_server.url(name))
        yield postgres_server.url(name)
        admin.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


@pytest.fixture
def postgres_tables(_one_database: str) -> str:
    """A PostgreSQL database with the tables of this version and nothing in them, that counts from 1 as a new one does.

    Or a letter named after the ninth mail of the run is one that the test names itself.
    """
    tables = [sql.Identifier(table.name) for table in reversed(metadata.sorted_tables)]
    empty = sql.SQL("; ").join(sql.SQL("DELETE FROM {}").format(table) for table in tables)
    with psycopg.connect(_one_database.replace("+psycopg", "")) as conn:
        conn.execute(empty)
        conn.execute(
            "SELECT setval(format('%I.%I', schemaname, sequencename)::regclass, 1, false) FROM pg_sequences"
        )
    return _one_database


@pytest.fixture
def sqlite_path(tmp_path: Path) -> Path:
    """A SQLite file with the tables of this version, not opened."""
    path = tmp_path / "mailroute.db"
    empty_books(path)
    return path


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest) -> str:
    """A database with the tables of this version and nothing in them."""
    if request.param == "sqlite":
        return f"sqlite:///{request.getfixturevalue('sqlite_path')}"
    found: str = request.getfixturevalue("postgres_tables")
    return found


@pytest.fixture
def store(url: str) -> Iterator[Store]:
    """An open store; afterwards its books must be right."""
    with open_store(url) as opened:
        yield opened
        with opened.read() as conn:
            assert verify(conn, contents=True) == ()
