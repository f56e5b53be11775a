"""The one thread that writes to a SQLite file, and its counterpart on PostgreSQL."""

import threading
from collections.abc import Callable
from concurrent.futures import Future, wait
from pathlib import Path

import pytest
from sqlalchemy import Connection, insert, select, text

from mailroute.errors import Broken, Conflict, TryLater
from mailroute.store.engine import Store, open_store
from mailroute.store.tables import meta
from tests.support.stores import write


def add(name: str, value: str = "") -> Callable[[Connection], str]:
    def work(tx: Connection) -> str:
        tx.execute(insert(meta).values(name=name, value=value))
        return name

    return work


class Oops(Exception):
    """An error of a work's own."""


def names(store: Store) -> list[str]:
    with store.read() as conn:
        return list(conn.execute(select(meta.c.name).order_by(meta.c.name)).scalars())


def hold_up(store: Store) -> tuple[threading.Event, Future[None]]:
    """Keep the writer busy, so that what is submitted meanwhile shares the next commit."""
    begun, go_on = threading.Event(), threading.Event()

    def work(_: Connection) -> None:
        begun.set()
        assert go_on.wait(30)

    future = store.write(work)
    assert begun.wait(30)
    return go_on, future


def test_a_future_is_done_only_when_others_can_see_what_was_written(store: Store) -> None:
    assert write(store, add("a")) == "a"
    assert names(store) == ["a"]


def test_a_failing_work_in_a_shared_commit_rolls_back_only_itself(store: Store) -> None:
    def fails(tx: Connection) -> None:
        tx.execute(insert(meta).values(name="half", value=""))
        raise Oops

    go_on, _ = hold_up(store)
    works: tuple[Callable[[Connection], object], ...] = (add("a"), fails, add("a"), add("b"))
    futures = [store.write(work) for work in works]
    go_on.set()
    wait(futures)
    assert isinstance(futures[1].exception(), Oops)
    assert sorted(type(f.exception()).__name__ for f in (futures[0], futures[2])) == ["Conflict", "NoneType"]
    assert names(store) == ["a", "b"]


def test_what_a_work_asks_wrongly_of_the_database_is_our_bug(store: Store) -> None:
    with pytest.raises(Broken):
        write(store, lambda tx: tx.execute(text("SELECT * FROM no_such_table")))
    with pytest.raises(Broken):
        write(store, lambda tx: tx.execute(insert(meta).values(name="x", value=None)))
    assert write(store, add("still works"))


def test_no_error_of_sqlalchemy_leaves_a_read(store: Store) -> None:
    with pytest.raises(Broken), store.read() as conn:
        conn.execute(text("SELECT * FROM no_such_table"))


def test_a_read_is_one_snapshot(store: Store) -> None:
    with store.read() as conn:
        assert conn.execute(select(meta.c.name)).all() == []
        write(store, add("a"))
        assert conn.execute(select(meta.c.name)).all() == []
    assert names(store) == ["a"]


def test_a_read_cannot_write(store: Store) -> None:
    with pytest.raises(TryLater), store.read() as conn:
        conn.execute(insert(meta).values(name="a", value=""))


def test_a_read_does_not_hold_up_a_write(store: Store) -> None:
    with store.read() as conn:
        conn.execute(select(meta.c.name)).all()
        assert store.write(add("a")).result(timeout=10) == "a"


def test_close_finishes_what_was_submitted_and_refuses_what_comes_later(url: str) -> None:
    store = open_store(url)
    futures = [store.write(add(f"{n:03}")) for n in range(100)]
    store.close()
    assert [future.result(timeout=1) for future in futures] == [f"{n:03}" for n in range(100)]
    with pytest.raises(TryLater):
        store.write(add("late"))
    store.close()


def test_a_cancelled_work_is_not_written_and_disturbs_nobody(store: Store) -> None:
    go_on, first = hold_up(store)
    busy = [store.write(lambda _: go_on.wait(30)) for _ in range(8)]
    cancelled, kept = store.write(add("cancelled")), store.write(add("kept"))
    assert cancelled.cancel()
    go_on.set()
    first.result(timeout=30)
    wait(busy, timeout=30)
    assert kept.result(timeout=30) == "kept"
    assert names(store) == ["kept"]


def test_a_work_that_submits_another_on_sqlite_is_told_so(sqlite_path: Path) -> None:
    with open_store(f"sqlite:///{sqlite_path}") as store, pytest.raises(Broken):
        write(store, lambda _: store.write(add("inner")))


def test_sixteen_threads_lose_nothing(store: Store) -> None:
    done: list[str] = []

    def submit(thread: int) -> None:
        done.extend(write(store, add(f"{thread:02}-{n:02}")) for n in range(20))

    threads = [threading.Thread(target=submit, args=(n,)) for n in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(done) == names(store)
    assert len(done) == 320


def test_a_conflict_raised_by_a_work_arrives_as_it_is(store: Store) -> None:
    mine = Conflict("mine")

    def work(_: Connection) -> None:
        raise mine

    assert store.write(work).exception(timeout=10) is mine


def test_the_writer_of_a_file_waits_for_the_disk_and_the_readers_never_checkpoint(sqlite_path: Path) -> None:
    def pragma(conn: Connection, name: str) -> object:
        return conn.exec_driver_sql(f"PRAGMA {name}").scalar()

    with open_store(f"sqlite:///{sqlite_path}") as store:
        assert write(store, lambda tx: (pragma(tx, "journal_mode"), pragma(tx, "synchronous"))) == ("wal", 2)
        assert write(store, lambda tx: pragma(tx, "foreign_keys")) == 1
        with store.read() as conn:
            assert (pragma(conn, "query_only"), pragma(conn, "wal_autocheckpoint")) == (1, 0)


def test_a_server_that_ends_our_connections_gives_try_later_and_work_resumes(postgres_tables: str) -> None:
    kill = text(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
        "WHERE datname = current_database() AND pid <> pg_backend_pid()"
    )

    def suicide(tx: Connection) -> None:
        tx.execute(text("SELECT pg_terminate_backend(pg_backend_pid())"))

    with open_store(postgres_tables) as store:
        with pytest.raises(TryLater):
            write(store, suicide)
        write(store, add("a"))
        write(store, lambda tx: tx.execute(kill))
        outcomes = {type(store.write(add(f"b{n}")).exception(timeout=30)) for n in range(20)}
        assert outcomes <= {type(None), TryLater}
        write(store, add("c"))
        assert names(store)[-1] == "c"


def test_two_works_that_deadlock_on_postgresql_both_succeed(postgres_tables: str) -> None:
    both_have_one = threading.Barrier(2, timeout=20)
    update = text("UPDATE meta SET value = value || :v WHERE name = :n")

    def work(order: tuple[str, str]) -> Callable[[Connection], None]:
        rounds = iter((True,))

        def run(tx: Connection) -> None:
            tx.execute(update, {"v": "x", "n": order[0]})
            if next(rounds, False):
                both_have_one.wait()
            tx.execute(update, {"v": "x", "n": order[1]})

        return run

    with open_store(postgres_tables) as store:
        write(store, add("a"))
        write(store, add("b"))
        futures = [store.write(work(order)) for order in (("a", "b"), ("b", "a"))]
        assert [future.exception(timeout=30) for future in futures] == [None, None]
        with store.read() as conn:
            assert list(conn.execute(select(meta.c.value)).scalars()) == ["xx", "xx"]


def test_a_damaged_file_is_examined_and_refused(sqlite_path: Path) -> None:
    url = f"sqlite:///{sqlite_path}"
    with open_store(url) as store:
        for n in range(600):  # so that the tables themselves lie in the first half
            write(store, add(f"{n:05}", "x" * 900))
    content = bytearray(sqlite_path.read_bytes())
    # Beyond the tables, which are made first: in the rows.
    middle = 4096 * (len(content) // 4096 * 3 // 4)
    content[middle:] = b"\xff" * (len(content) - middle)
    sqlite_path.write_bytes(content)
    with open_store(url) as store:
        failures = [store.write(add(f"new {n}", "y" * 900)).exception(timeout=30) for n in range(3)]
    assert all(isinstance(one, TryLater) for one in failures)
    assert "damaged" in str(failures[-1])
