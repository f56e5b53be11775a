"""Open one database: SQLite (one writer thread, read-only readers) or PostgreSQL (a small pool). See writer.py.

Nothing but SQLite may open the file: closing *any* descriptor of it drops every POSIX lock that this process has on it,
SQLite's own too. The next process that closes the database then takes itself for the last one and removes the log that
we go on writing to, and all that is committed from then on is lost.
"""

from __future__ import annotations

import os
import sqlite3
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import URL, Connection, Engine, create_engine, event, exc, make_url
from sqlalchemy.pool import QueuePool, StaticPool

from mailroute.errors import SettingsInvalid, TryLater
from mailroute.store import schema
from mailroute.store.lock import FileLock
from mailroute.store.trouble import SQLITE_NOTADB, AlreadyRunning, our_errors, sqlite_code
from mailroute.store.writer import PoolWriter, SqliteWriter, Writer

__all__ = ["AlreadyRunning", "Connection", "Store", "migrate", "open_store"]

T = TypeVar("T")

_READERS = 8
_POSTGRES_WRITERS = 8
_BUSY_MS = 5_000
# The writer moves the log into the file after so many pages (of 4 kB), readers never do: two connections that
# check-point at the same moment can damage the file (SQLite before 3.51.3, libs.md §n).
_CHECKPOINT_PAGES = 4_000
_LOG_SIZE_BYTES = 64 * 1024 * 1024


class Store:
    """One database: read snapshots, and writes that are durable when their future is done."""

    def __init__(
        self, url: str, reader: Engine, writer: Writer, close: Callable[[], None], alone: Any
    ) -> None:
        self.url = url
        self._reader = reader
        self._writer = writer
        self._close = close
        # Only the database in memory has one connection for everything; `alone` is then its lock.
        self._alone: AbstractContextManager[Any] = alone

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """Give one read snapshot; it sees nothing that is committed later, writes nothing and blocks no writer.

        Raises TryLater if the database is gone or locked.
        """
        with self._alone, our_errors(), self._reader.connect() as conn, conn.begin():
            yield conn

    def write(self, work: Callable[[Connection], T]) -> Future[T]:
        """Have `work` run in a transaction; the future is done once that is committed to disk, or has failed.

        `work` may run more than once (PostgreSQL gives up one of two that collide), so it changes nothing but
        the database. Raises TryLater after `close`; errors of SQLAlchemy become TryLater, Conflict or Broken.
        """
        return self._writer.submit(work)

    def close(self) -> None:
        """Finish what was submitted, then let the database go. Harmless when repeated."""
        self._writer.close()
        self._reader.dispose()
        self._close()

    def __enter__(self) -> Store:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def open_store(url: str, *, exclusive: bool = True) -> Store:
    """Open `sqlite:///file`, `sqlite://` (in memory, for offline commands) or `postgresql+psycopg://…`.

    The schema must be current (see `migrate`). On a file, `exclusive` takes <file>.lock for this process and raises
    AlreadyRunning if another has it; without it the store can only be read. Raises TryLater if the database is gone
    or locked, SettingsInvalid if it is not ours to use.
    """
    parsed = _parse(url)
    if parsed.get_backend_name() == "postgresql":
        return _open_postgres(url)
    if _in_memory(parsed):
        return _open_memory(url)
    return _open_sqlite(url, Path(str(parsed.database)), exclusive)


def migrate(url: str) -> None:
    """Bring the schema of the database to this version, and make it if there is none. Commits.

    Raises SettingsInvalid if a newer mailroute has written the database, AlreadyRunning if a daemon is at work on
    the SQLite file, TryLater if the database cannot be reached.
    """
    parsed = _parse(url)
    if parsed.get_backend_name() == "postgresql":
        _upgrade(create_engine(url), None)
        return
    if _in_memory(parsed):
        return
    path = Path(str(parsed.database))
    lock = FileLock(path)
    try:
        _make_private(path)
        _upgrade(_sqlite_engine(url, writes=True), path)
    finally:
        lock.release()


def _make_private(path: Path) -> None:
    """Everybody's mail is in it: a new file is for its owner alone; SQLite gives its log the same mode.

    One that is there keeps the mode that its owner gave it. Raises TryLater if the folder cannot be written.
    """
    try:
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600))
    except FileExistsError:
        return
    except OSError as error:
        raise TryLater(f"{path} cannot be opened: {error.strerror}.") from error


def _upgrade(engine: Engine, path: Path | None) -> None:
    try:
        with our_errors():
            if path is not None:
                _refuse_other_files(engine, path)
            schema.upgrade(engine)
    finally:
        engine.dispose()


def _parse(url: str) -> URL:
    try:
        parsed = make_url(url)
    except exc.ArgumentError as error:
        # Not the text itself: there may be a password in it.
        raise SettingsInvalid(
            ("What is named as the database is no address of one (sqlite:///file).",)
        ) from error
    name = parsed.get_backend_name()
    if name not in ("sqlite", "postgresql"):
        raise SettingsInvalid((f"{name} is no database that mailroute can use: sqlite or postgresql.",))
    return parsed


def _in_memory(url: URL) -> bool:
    return url.database in (None, "", ":memory:")


def _open_sqlite(url: str, path: Path, exclusive: bool) -> Store:
    if not path.exists():
        raise TryLater(f"There is no database at {path}; `mailroute serve` makes one.")
    lock = FileLock(path) if exclusive else None
    reader = _sqlite_engine(url, writes=False)
    try:
        with our_errors():
            _refuse_other_files(reader, path)
            schema.require_current(reader)
    except BaseException:
        reader.dispose()
        if lock:
            lock.release()
        raise
    writer: Writer = SqliteWriter(_sqlite_engine(url, writes=True), file=path) if lock else _ReadOnly(path)
    return Store(url, reader, writer, lock.release if lock else lambda: None, nullcontext())


def _open_postgres(url: str) -> Store:
    # UTC for the session: a timestamp then comes back without a trip through the server's zone.
    engine = create_engine(
        url,
        pool_size=_READERS + _POSTGRES_WRITERS,
        max_overflow=_READERS,
        pool_timeout=10,
        connect_args={
            "options": "-c timezone=UTC -c synchronous_commit=on -c lock_timeout=30s",
            "connect_timeout": 10,
            # A server that is gone without a word is noticed after half a minute, not after two hours.
            "tcp_user_timeout": 30_000,
            "keepalives_idle": 20,
        },
    )
    reader = engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
    try:
        with our_errors():
            schema.require_current(reader)
    except BaseException:
        engine.dispose()
        raise
    return Store(url, reader, PoolWriter(engine, _POSTGRES_WRITERS), lambda: None, nullcontext())


def _open_memory(url: str) -> Store:
    """One connection for everything: a second one would see another memory."""
    engine = create_engine("sqlite://", poolclass=StaticPool, connect_args={"check_same_thread": False})
    event.listen(engine, "connect", _quiet_driver)
    event.listen(engine, "begin", _begin("BEGIN"))
    schema.create(engine)
    alone = threading.RLock()
    return Store(url, engine, SqliteWriter(engine, alone), lambda: None, alone)


def _sqlite_engine(url: str, *, writes: bool) -> Engine:
    engine = create_engine(
        url,
        poolclass=QueuePool,
        pool_size=1 if writes else _READERS,
        max_overflow=0 if writes else 4 * _READERS,
        connect_args={"timeout": _BUSY_MS / 1000, "check_same_thread": False},
    )
    event.listen(engine, "connect", _quiet_driver)
    event.listen(engine, "connect", _writer_pragmas if writes else _reader_pragmas)
    # IMMEDIATE: a transaction that reads first and writes later fails at once when another one wrote between.
    event.listen(engine, "begin", _begin("BEGIN IMMEDIATE" if writes else "BEGIN"))
    return engine


def _quiet_driver(dbapi: Any, _record: object) -> None:
    # The driver must not open transactions of its own: ours begin where _begin says.
    dbapi.isolation_level = None


def _writer_pragmas(dbapi: sqlite3.Connection, _record: object) -> None:
    # FULL: with NORMAL the last commits vanish when the power fails, and a 250 was said for them (reliability §0.7).
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        f"wal_autocheckpoint={_CHECKPOINT_PAGES}",
        f"journal_size_limit={_LOG_SIZE_BYTES}",
        "temp_store=MEMORY",
        "mmap_size=0",
    ):
        dbapi.execute(f"PRAGMA {pragma}")


def _reader_pragmas(dbapi: sqlite3.Connection, _record: object) -> None:
    for pragma in ("query_only=ON", "wal_autocheckpoint=0", "temp_store=MEMORY", "mmap_size=0"):
        dbapi.execute(f"PRAGMA {pragma}")


def _begin(statement: str) -> Callable[[Connection], None]:
    def begin(conn: Connection) -> None:
        conn.exec_driver_sql(statement)

    return begin


def _refuse_other_files(engine: Engine, path: Path) -> None:
    """Say it plainly if somebody named a file that is no SQLite database, or that we may not read."""
    if not os.access(path, os.R_OK):
        raise TryLater(f"{path} cannot be read: this account may not.")
    try:
        with engine.connect() as conn:
            conn.exec_driver_sql("PRAGMA schema_version")
    except exc.DatabaseError as error:
        if sqlite_code(error) != SQLITE_NOTADB:
            raise
        raise SettingsInvalid((f"{path} is not a database of mailroute; name another file.",)) from error


class _ReadOnly:
    """The writer of a store that was opened without the file's lock: there is none."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def submit(self, work: Callable[[Connection], T]) -> Future[T]:
        raise TryLater(f"{self._path} was opened for reading only.")

    def close(self) -> None:
        return
