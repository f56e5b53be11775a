"""Opening a database: whose it is, which version it has, and what people are told."""

import subprocess
import sys
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, create_engine, inspect, text

from mailroute.errors import SettingsInvalid, TryLater
from mailroute.store import schema
from mailroute.store.engine import AlreadyRunning, Store, migrate, open_store
from mailroute.store.keys import remember_key
from mailroute.store.tables import metadata
from tests.support.servers import Postgres
from tests.support.stores import open_case, receive, ticket_of, tickets_seen_by_another_process, write


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A database with nothing at all in it."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'mailroute.db'}"
    found: str = request.getfixturevalue("postgres_url")
    return found


def _differences(conn: Connection) -> list[object]:
    context = MigrationContext.configure(conn, opts={"target_metadata": metadata, "compare_type": True})
    return list(compare_metadata(context, metadata))


def test_a_new_database_has_exactly_the_tables_of_this_version(empty_url: str) -> None:
    migrate(empty_url)
    engine = create_engine(empty_url)
    with engine.connect() as conn:
        assert _differences(conn) == []
        assert conn.execute(text("SELECT version_num FROM alembic_version")).scalar() == schema.HEAD
    engine.dispose()


def test_alembic_makes_the_same_tables_as_a_new_database_gets(empty_url: str) -> None:
    engine = create_engine(empty_url)
    with engine.begin() as conn:
        conn.execute(text("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL PRIMARY KEY)"))
    schema.upgrade_by_revisions(engine)
    with engine.connect() as conn:
        assert _differences(conn) == []
        assert set(inspect(conn).get_table_names()) == {*metadata.tables, "alembic_version"}
    engine.dispose()


def test_every_revision_file_is_known_to_the_program() -> None:
    folder = Path(schema.__file__).parent / "migrations" / "versions"
    assert tuple(sorted(path.name.split("_")[0] for path in folder.glob("*.py"))) == schema.REVISIONS


def test_migrating_twice_changes_nothing(store: Store, url: str) -> None:
    number = open_case(store).number
    store.close()
    migrate(url)
    with open_store(url) as again:
        assert ticket_of(again, number).number == number


def test_a_database_of_a_newer_version_is_refused_and_not_touched(url: str) -> None:
    engine = create_engine(url)
    with engine.begin() as conn:
        conn.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    for attempt in (migrate, open_store):
        with pytest.raises(SettingsInvalid, match="newer mailroute"):
            attempt(url)
    with engine.begin() as conn:
        conn.execute(text(f"UPDATE alembic_version SET version_num = '{schema.HEAD}'"))
    engine.dispose()


def test_a_database_without_tables_is_not_opened(empty_url: str, tmp_path: Path) -> None:
    (tmp_path / "mailroute.db").touch()
    with pytest.raises(SettingsInvalid, match="empty"):
        open_store(empty_url)


def test_a_missing_file_and_a_foreign_file_are_named(tmp_path: Path) -> None:
    with pytest.raises(TryLater, match="There is no database"):
        open_store(f"sqlite:///{tmp_path / 'nowhere.db'}")
    foreign = tmp_path / "letter.db"
    foreign.write_text("Sehr geehrte Damen und Herren")
    for attempt in (migrate, open_store):
        with pytest.raises(SettingsInvalid, match="not a database of mailroute"):
            attempt(f"sqlite:///{foreign}")
    assert foreign.read_text() == "Sehr geehrte Damen und Herren"


@pytest.mark.parametrize("url", ["nonsense", "mysql://localhost/x"])
def test_an_address_we_cannot_use_is_refused_with_a_sentence(url: str) -> None:
    for attempt in (migrate, open_store):
        with pytest.raises(SettingsInvalid):
            attempt(url)


def test_a_server_that_is_not_there_is_try_later(postgres_server: Postgres) -> None:
    gone = postgres_server.url("no_such_database")
    for attempt in (migrate, open_store):
        with pytest.raises(TryLater):
            attempt(gone)


def test_a_second_daemon_on_the_same_file_is_refused_with_a_sentence(sqlite_path: Path) -> None:
    url = f"sqlite:///{sqlite_path}"
    code = f"""
from mailroute.store.engine import AlreadyRunning, open_store
try:
    open_store({url!r})
except AlreadyRunning as error:
    print(error)
"""
    with open_store(url):
        said = subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
        )
    assert "Another mailroute (process " in said.stdout
    assert "stop the other one first" in said.stdout


def test_the_file_is_free_again_when_its_daemon_has_closed_it(sqlite_path: Path) -> None:
    url = f"sqlite:///{sqlite_path}"
    store = open_store(url)
    with pytest.raises(AlreadyRunning):
        open_store(url)
    store.close()
    open_store(url).close()


def test_a_reader_may_look_beside_the_daemon_but_never_write(sqlite_path: Path) -> None:
    url = f"sqlite:///{sqlite_path}"
    with open_store(url) as daemon, open_store(url, exclusive=False) as reader:
        number = open_case(daemon).number
        assert ticket_of(reader, number).number == number
        with pytest.raises(TryLater):
            reader.write(lambda _: None)


def test_a_second_look_in_the_daemons_process_costs_no_mail(sqlite_path: Path) -> None:
    """A reload replays stored mails, a worker process ends: what was committed after that was lost."""
    url = f"sqlite:///{sqlite_path}"
    with open_store(url) as daemon:
        open_case(daemon, "1")
        open_store(url, exclusive=False).close()
        with pytest.raises(AlreadyRunning):
            migrate(url)
        assert tickets_seen_by_another_process(sqlite_path) == 1
        open_case(daemon, "2")
        assert tickets_seen_by_another_process(sqlite_path) == 2
    assert tickets_seen_by_another_process(sqlite_path) == 2


def test_a_database_in_memory_does_all_the_same() -> None:
    with open_store("sqlite://") as store:
        assert ticket_of(store, open_case(store).number).assignee == "schmidt"
        with store.read() as conn:
            assert conn.execute(text("SELECT count(*) FROM event")).scalar() == 2
        receive(store, "2")


def test_a_daemon_with_another_key_is_stopped(store: Store) -> None:
    write(store, lambda tx: remember_key(tx, "aaaa"))
    write(store, lambda tx: remember_key(tx, "aaaa"))
    with pytest.raises(SettingsInvalid, match="another key"):
        write(store, lambda tx: remember_key(tx, "bbbb"))


def test_a_new_key_in_front_of_the_old_one_is_welcome(store: Store) -> None:
    write(store, lambda tx: remember_key(tx, "old"))
    write(store, lambda tx: remember_key(tx, "new", "old"))
    with pytest.raises(SettingsInvalid):
        write(store, lambda tx: remember_key(tx, "old"))


def test_nobody_but_its_owner_reads_a_new_database(tmp_path: Path) -> None:
    """`mailroute init` and a daemon by hand: with the usual umask every account of the machine could read all mail."""
    path = tmp_path / "mailroute.db"
    migrate(f"sqlite:///{path}")
    with open_store(f"sqlite:///{path}") as store:
        open_case(store)
        modes = {one.name: one.stat().st_mode & 0o777 for one in tmp_path.iterdir()}
    assert set(modes) >= {"mailroute.db", "mailroute.db-wal"}
    assert set(modes.values()) == {0o600}, modes
