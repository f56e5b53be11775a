"""Run every write. On SQLite one thread commits many works with one fsync; on PostgreSQL a few threads do one each.

A future is done only after its commit: that is the whole promise behind a 250 (RFC 5321 §4.2.5).
"""

from __future__ import annotations

import queue
import sqlite3
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol, TypeVar

from sqlalchemy import Connection, Engine, exc

from mailroute.errors import Broken, TryLater
from mailroute.store.trouble import (
    SQLITE_CORRUPT,
    SQLITE_IOERR,
    SQLITE_NOTADB,
    sqlite_code,
    translate,
    worth_another_try,
)

T = TypeVar("T")
Work = Callable[[Connection], Any]

# One commit takes at most so many works, and begins no further one after so long: somebody waits for a 250.
_WORKS_PER_COMMIT = 200
_COMMIT_AFTER_S = 0.02
_POSTGRES_TRIES = 5
_DAMAGED = (
    "The database file is damaged. Nothing is written to it any more: restore it from a backup, "
    "or save what can still be read with sqlite3's .recover."
)
_AWAY = (
    "The database file was moved, removed or replaced while it was open. Put it back; if another file is to take its "
    "place, restart mailroute."
)
_CLOSED = "The database is being closed."


class Writer(Protocol):
    """Runs works in transactions."""

    def submit(self, work: Callable[[Connection], T]) -> Future[T]:
        """Queue a work. Raises TryLater after `close`."""

    def close(self) -> None:
        """Finish what is queued, then stop."""


@dataclass(slots=True)
class _Job:
    """A work on its way: `result` or `error` is known before the commit, told after it."""

    work: Work
    future: Future[Any]
    result: Any = None
    error: Exception | None = None

    def tell(self) -> None:
        """Answer whoever waits; only after the commit."""
        if self.error is not None:
            self.future.set_exception(self.error)
        else:
            self.future.set_result(self.result)


class _BatchLost(Exception):
    """SQLite has rolled the whole transaction back, or can no longer be trusted with it."""

    def __init__(self, cause: exc.SQLAlchemyError) -> None:
        super().__init__(str(cause))
        self.cause = cause


class SqliteWriter:
    """The one thread that writes to the file: 1 to 200 works, one BEGIN IMMEDIATE, one fsync."""

    def __init__(
        self, engine: Engine, alone: AbstractContextManager[Any] | None = None, *, file: Path | None = None
    ) -> None:
        self._engine = engine
        self._file = file
        self._known_as = _identity(file)
        self._in_memory = alone is not None
        self._alone = alone or nullcontext()
        self._queue: queue.SimpleQueue[_Job | None] = queue.SimpleQueue()
        self._door = threading.Lock()
        self._closed = False
        self._ending = False
        self._suspicion = 0
        self._refused: str | None = None
        self._thread = threading.Thread(target=self._run, name="mailroute-writer", daemon=True)
        self._thread.start()

    def submit(self, work: Callable[[Connection], T]) -> Future[T]:
        """Queue a work. Raises TryLater after `close`."""
        if threading.current_thread() is self._thread:
            raise Broken("a work must not submit another one: it would wait for itself")
        future: Future[T] = Future()
        # Under the lock, so that no job can slip in behind the end mark and never be answered.
        with self._door:
            if self._closed:
                raise TryLater(_CLOSED)
            self._queue.put(_Job(work, future))
        return future

    def close(self) -> None:
        """Finish what is queued, then stop."""
        with self._door:
            if not self._closed:
                self._closed = True
                self._queue.put(None)
        self._thread.join()
        self._engine.dispose()

    def _run(self) -> None:
        while not self._ending:
            jobs: list[_Job] = []
            self._take(jobs, wait=True)
            if not jobs:
                continue
            try:
                with self._alone:
                    self._commit_together(jobs)
            except exc.SQLAlchemyError as error:
                self._give_up(jobs, error)
            except _BatchLost as lost:
                self._give_up(jobs, lost.cause)
            except Exception as error:  # noqa: BLE001 – a thread that dies here answers nobody ever again
                for job in jobs:
                    job.error = error
            # Only now: the commit is on disk, or everybody learns that it is not.
            for job in jobs:
                job.tell()

    def _take(self, jobs: list[_Job], *, wait: bool) -> bool:
        """Move the next job from the queue to `jobs`; False if there is none or the end has come."""
        try:
            job = self._queue.get(block=wait)
        except queue.Empty:
            return False
        if job is None:
            self._ending = True
            return False
        # From here on nobody can cancel it: what is written must be told.
        if job.future.set_running_or_notify_cancel():
            jobs.append(job)
            return True
        return wait or self._take(jobs, wait=False)

    def _commit_together(self, jobs: list[_Job]) -> None:
        """Run the first job and whatever waits behind it in one transaction."""
        if self._suspicion:
            self._examine()
        if self._refused:
            raise TryLater(self._refused)
        # SQLite would go on writing to a file that has lost its name, and that dies with the process.
        if _identity(self._file) != self._known_as:
            raise TryLater(_AWAY)
        started = time.monotonic()
        with self._engine.connect() as conn, conn.begin():
            self._attempt(conn, jobs[0])
            while (
                len(jobs) < _WORKS_PER_COMMIT
                and time.monotonic() - started < _COMMIT_AFTER_S
                and self._take(jobs, wait=False)
            ):
                self._attempt(conn, jobs[-1])

    def _attempt(self, conn: Connection, job: _Job) -> None:
        """Run one work under a savepoint: if it fails, only what it wrote itself is undone."""
        conn.exec_driver_sql("SAVEPOINT work")
        try:
            job.result = job.work(conn)
        except Exception as error:
            job.error = translate(error) if isinstance(error, exc.SQLAlchemyError) else error
            # After disk-full and I/O errors SQLite rolls back everything by itself: the others' work is gone too.
            if isinstance(error, exc.SQLAlchemyError) and not _in_transaction(conn):
                raise _BatchLost(error) from error
            conn.exec_driver_sql("ROLLBACK TO work")
        conn.exec_driver_sql("RELEASE work")

    def _give_up(self, jobs: list[_Job], error: exc.SQLAlchemyError) -> None:
        """Nothing of this batch is in the database: everyone tries later; the file is examined before the next."""
        ours = translate(error)
        told = ours if isinstance(ours, TryLater) else TryLater("The database could not be written.")
        told.__cause__ = error
        for job in jobs:
            job.result, job.error = None, told
        if not self._in_memory:
            self._suspicion = sqlite_code(error) or 0
            self._engine.dispose()

    def _examine(self) -> None:
        """After an error of the disk: look whether the file is whole before anything is written to it again.

        After a failed fsync the kernel may hold pages that were never written and call them clean. Moving the log
        into the file and syncing that makes durable what readers see, or fails and leaves us suspicious.
        """
        with self._engine.connect() as conn:
            if self._suspicion in (SQLITE_CORRUPT, SQLITE_NOTADB, SQLITE_IOERR):
                if conn.exec_driver_sql("PRAGMA quick_check(1)").scalar_one() != "ok":
                    self._refused = _DAMAGED
                conn.rollback()
            driver = conn.connection.driver_connection
            assert driver is not None
            if self._suspicion == SQLITE_IOERR and not self._refused:
                try:
                    busy, _, _ = driver.execute("PRAGMA wal_checkpoint(FULL)").fetchone()
                except sqlite3.Error as error:
                    raise TryLater("The disk still reports errors.") from error
                if busy:
                    raise TryLater("The database is being examined after an error of the disk.")
        self._suspicion = 0


def _identity(file: Path | None) -> tuple[int, int] | None:
    """Which file has this name now; None: none has, or there is no file (a database in memory)."""
    if file is None:
        return None
    try:
        found = file.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


def _in_transaction(conn: Connection) -> bool:
    driver = conn.connection.driver_connection
    return bool(driver is not None and driver.in_transaction)


class PoolWriter:
    """PostgreSQL: a few threads, each work its own transaction; the server groups the commits itself."""

    def __init__(self, engine: Engine, threads: int) -> None:
        self._engine = engine
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="mailroute-writer")

    def submit(self, work: Callable[[Connection], T]) -> Future[T]:
        """Queue a work. Raises TryLater after `close`."""
        try:
            return self._pool.submit(self._transact, work)
        except RuntimeError as error:
            raise TryLater(_CLOSED) from error

    def close(self) -> None:
        """Finish what is queued, then stop."""
        self._pool.shutdown(wait=True)
        self._engine.dispose()

    def _transact(self, work: Callable[[Connection], T]) -> T:
        """Commit one work; after a deadlock or a serialization failure the same again, a few times.

        A connection that dies during COMMIT leaves open whether it happened. That is TryLater too: every work of
        ours can be repeated, because fingerprints, versions and states refuse to be written twice.
        """
        tries = 0
        while True:
            tries += 1
            try:
                with self._engine.connect() as conn, conn.begin():
                    return work(conn)
            except exc.SQLAlchemyError as error:
                if tries < _POSTGRES_TRIES and worth_another_try(error):
                    continue
                raise translate(error) from error
