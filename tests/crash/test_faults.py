"""The world fails in every way we can make it fail; the daemon says 451, loses nothing, and goes on by itself."""

from __future__ import annotations

import json
import os
import re
import resource
import shutil
import signal
import socket
import sqlite3
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from mailroute.store import tables as t
from mailroute.store import timers
from tests.support.crash import Mark, Place, Post, Sender, a_matter, a_place, an_answer, contradictions, id_of
from tests.support.relay import FakeRelay, Mood, Stage
from tests.support.servers import LOOPBACK, ServerMissing, wait_until

pytestmark = pytest.mark.timeout(180)


@pytest.fixture
def relay() -> Iterator[FakeRelay]:
    with FakeRelay() as server:
        yield server


@pytest.fixture
def place(relay: FakeRelay) -> Iterator[Place]:
    with a_place(relay) as made:
        yield made


@pytest.fixture
def sender(place: Place) -> Iterator[Sender]:
    with Sender(place.port) as made:
        yield made


def some(count: int, first: int = 1, size_bytes: int = 200) -> list[Post]:
    """New matters from as many people."""
    line = "In der Max-Planck-Straße 12 ist die Dachrinne beschädigt.\n"
    return [
        a_matter(number, f"p{number}@post.example", line * (1 + size_bytes // len(line)))
        for number in range(first, first + count)
    ]


def copies(place: Place) -> int:
    """How many letters arrived beyond one each."""
    return len(place.relay.letters) - len({id_of(letter) for letter in place.relay.letters})


def wait_until_put_off(sender: Sender, code: int, times: int = 1) -> None:
    wait_until(lambda: sender.put_off[code] >= times, f"{times} mails get {code}")


def wait_until_decided(place: Place, count: int) -> None:
    """So many mails are decided; their letters may wait."""
    done = select(func.count()).select_from(t.intake).where(t.intake.c.state == "done")
    wait_until(lambda: place.rows(done)[0][0] >= count, f"{count} mails are decided")


# --- the disk -----------------------------------------------------------------------------------------------


# What the disk has left for the books: more than a start needs, less than a hundred mails.
ROOM_BYTES = 2_600_000


@contextmanager
def small_disk(size: str) -> Iterator[Path]:
    """A file system of its own that is soon full."""
    if os.geteuid() != 0:
        raise ServerMissing("only root can mount a small disk: run the crash tests as root")
    with tempfile.TemporaryDirectory(prefix="mailroute-disk-") as directory:
        command = ["mount", "-t", "tmpfs", "-o", f"size={size}", "mailroute-test", directory]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise ServerMissing(f"this machine lets nobody mount a small disk: {done.stderr.strip()}")
        try:
            yield Path(directory)
        finally:
            subprocess.run(["umount", "--lazy", directory], check=True)


def test_a_full_disk_is_451_and_everything_goes_on_when_there_is_room(relay: FakeRelay) -> None:
    with small_disk("64m") as disk, a_place(relay, directory=disk) as place, Sender(place.port) as sender:
        (disk / "ballast").write_bytes(b"x" * (shutil.disk_usage(disk).free - ROOM_BYTES))
        relay.moods.append(Mood(Stage.DOT, "250 2.0.0 taken", times=10_000, keeps=True, wait_s=0.01))
        place.start()
        sender.hand_over(*some(100, size_bytes=20_000))
        wait_until_put_off(sender, 451, times=8)
        assert place.is_running
        (disk / "ballast").unlink()
        place.wait_until_quiet(sender)
        assert contradictions(place, sender) == []
        assert copies(place) == 0


def test_a_file_that_may_not_grow_is_451_until_it_may(place: Place, sender: Sender) -> None:
    """What a quota does; and what a full disk is for those who cannot mount one."""
    place.relay.moods.append(Mood(Stage.DOT, "250 2.0.0 taken", times=10_000, keeps=True, wait_s=0.01))
    place.start()
    sender.hand_over(*some(20, size_bytes=20_000))
    place.wait_until_quiet(sender)
    _, hard = resource.prlimit(place.pid, resource.RLIMIT_FSIZE)
    for time in range(3):
        sender.hand_over(*some(20, first=100 * (time + 1), size_bytes=20_000))
        sender.wait_until_accepted(len(sender.posts) - 15)
        before = sender.put_off[451]
        resource.prlimit(place.pid, resource.RLIMIT_FSIZE, (4096, hard))
        sender.hand_over(*some(5, first=100 * (time + 1) + 50))
        wait_until_put_off(sender, 451, times=before + 5)
        resource.prlimit(place.pid, resource.RLIMIT_FSIZE, (hard, hard))
    place.wait_until_quiet(sender)
    assert contradictions(place, sender) == []
    assert copies(place) == 0


def test_a_daemon_that_starts_on_a_full_disk_says_so(relay: FakeRelay) -> None:
    with small_disk("64m") as disk, a_place(relay, directory=disk) as place:
        with suppress(OSError):
            (disk / "ballast").write_bytes(b"x" * (shutil.disk_usage(disk).free + 1))
        refused = place.run("serve")
        assert refused.returncode == 75, refused.stderr
        assert "Traceback" not in refused.stderr


def test_failing_fsyncs_are_451_and_work_goes_on(relay: FakeRelay, tmp_path: Path) -> None:
    strace = shutil.which("strace")
    if strace is None:
        raise ServerMissing("strace is missing: apt-get install strace")
    with a_place(relay) as place, Sender(place.port) as sender:
        fault = "inject=fdatasync:error=EIO:when=12..14"
        place.start(
            under=(strace, "-f", "-qq", "-e", "trace=fdatasync", "-e", fault, "-o", str(tmp_path / "calls"))
        )
        sender.hand_over(*some(40))
        place.wait_until_quiet(sender)
        assert "(INJECTED)" in (tmp_path / "calls").read_text()
        assert contradictions(place, sender) == []


def test_every_250_has_an_fsync_of_its_own_before_it(relay: FakeRelay, tmp_path: Path) -> None:
    """One session sends one mail after the other, so no two of them can share a commit."""
    strace = shutil.which("strace")
    if strace is None:
        raise ServerMissing("strace is missing: apt-get install strace")
    calls = tmp_path / "calls"
    with a_place(relay) as place, Sender(place.port, sessions=1) as sender:
        trace = "trace=fdatasync,sendto"
        place.start(under=(strace, "-f", "-qq", "-s", "20", "-e", trace, "-o", str(calls)))
        sender.hand_over(*some(20))
        place.wait_until_quiet(sender)
        place.kill()
    synced, unsynced, acknowledged = 0, 0, 0
    for line in calls.read_text().splitlines():
        if "fdatasync" in line and line.endswith("= 0"):
            synced += 1
        elif re.search(r'sendto\(\d+, "250 2\.0\.0 ', line):
            acknowledged += 1
            unsynced += synced == 0
            synced = 0
    assert acknowledged == 20
    assert unsynced == 0


# --- the database file --------------------------------------------------------------------------------------


def file_of(place: Place) -> Path:
    return place.directory / "state" / "mailroute.db"


def test_a_database_that_another_program_has_locked_is_451_until_it_lets_go(
    place: Place, sender: Sender
) -> None:
    place.relay.moods.append(Mood(Stage.DOT, "250 2.0.0 taken", times=10_000, keeps=True, wait_s=0.01))
    place.start()
    sender.hand_over(*some(40))
    sender.wait_until_accepted(20)
    other = sqlite3.connect(file_of(place), isolation_level=None, timeout=30)
    other.execute("BEGIN IMMEDIATE")
    sender.hand_over(*some(10, first=100))
    wait_until_put_off(sender, 451)
    other.execute("ROLLBACK")
    other.close()
    place.wait_until_quiet(sender)
    assert contradictions(place, sender) == []
    assert copies(place) == 0


def test_a_database_file_that_was_taken_away_is_451_until_it_is_back(place: Place, sender: Sender) -> None:
    """Whatever is written to a file without a name is lost with the process."""
    place.start()
    sender.hand_over(*some(10))
    place.wait_until_quiet(sender)
    away = file_of(place).with_name("away.db")
    file_of(place).rename(away)
    sender.hand_over(*some(10, first=100))
    wait_until_put_off(sender, 451, times=3)
    assert len(sender.accepted) == 10
    away.rename(file_of(place))
    place.wait_until_quiet(sender)
    assert contradictions(place, sender) == []


def test_a_second_daemon_on_the_same_file_is_refused_with_a_sentence(place: Place, sender: Sender) -> None:
    place.start()
    sender.hand_over(*some(5))
    second = place.run("serve")
    assert second.returncode == 75
    assert second.stderr.startswith("Another mailroute")
    assert "Traceback" not in second.stderr
    place.wait_until_quiet(sender)
    assert contradictions(place, sender) == []


# --- the relay ----------------------------------------------------------------------------------------------


def test_a_relay_that_answers_late_gets_each_letter_once(place: Place, sender: Sender) -> None:
    place.relay.moods += [Mood(Stage.DOT, "250 2.0.0 at last", times=4, keeps=True, wait_s=3.0)]
    place.start()
    sender.hand_over(*some(10))
    place.wait_until_quiet(sender)
    assert contradictions(place, sender) == []
    assert copies(place) == 0


def test_a_relay_that_hangs_up_after_the_dot_gets_one_identical_copy(place: Place, sender: Sender) -> None:
    place.relay.moods += [Mood(Stage.DOT, None, keeps=True), Mood(Stage.DOT, None)]
    place.start()
    sender.hand_over(*some(6))
    wait_until_decided(place, 6)
    place.wait_until_quiet(sender)
    assert len(place.relay.letters) == 5
    place.stop()
    place.let_time_pass(timedelta(minutes=2))
    place.start()
    place.wait_until_quiet(sender)
    assert contradictions(place, sender) == []
    assert copies(place) == 1


def test_a_relay_that_refuses_our_login_keeps_everything_waiting(relay: FakeRelay) -> None:
    relay.login = ("mailroute", "right")
    settings = 'user = "mailroute"\npassword = "wrong"'
    with a_place(relay, relay_settings=settings) as place, Sender(place.port) as sender:
        place.start()
        sender.hand_over(*some(8))
        wait_until_decided(place, 8)
        wait_until(lambda: place.said("relay-refuses-us") > 0, "the relay refuses us")
        place.wait_until_quiet(sender)
        waiting = [json.loads(line) for line in place.run("queue", "--json").stdout.splitlines()]
        assert [one["state"] for one in waiting] == ["waiting"] * 8
        assert any("535" in (one["reply"] or "") for one in waiting)
        place.stop()
        file = place.directory / "mailroute.toml"
        file.write_text(file.read_text().replace('"wrong"', '"right"'))
        place.let_time_pass(timedelta(minutes=10))
        place.start()
        place.wait_until_quiet(sender)
        assert contradictions(place, sender) == []
        assert copies(place) == 0


def test_a_relay_that_says_nothing_stops_no_mail_from_being_taken_and_decided(
    place: Place, sender: Sender
) -> None:
    with socket.create_server((LOOPBACK, 0)) as silent:
        file = place.directory / "mailroute.toml"
        settings = file.read_text()
        port = silent.getsockname()[1]
        file.write_text(settings.replace(f"port = {place.relay.port}", f"port = {port}"))
        place.start()
        sender.hand_over(*some(30))
        wait_until_decided(place, 30)
        place.kill()
        file.write_text(settings)
    place.start()
    place.wait_until_quiet(sender)
    assert contradictions(place, sender) == []
    assert copies(place) == 0


def test_a_relay_that_is_away_for_three_days_then_gets_everything_in_order(relay: FakeRelay) -> None:
    with socket.socket() as nobody:
        # Bound and not listening: every connection is refused.
        nobody.bind((LOOPBACK, 0))
        away = nobody.getsockname()[1]
        with a_place(relay, relay_port=away) as place, Sender(place.port) as sender:
            place.start()
            known = a_matter(1, "mueller@mieter.example", "Die Heizung wird nicht warm.")
            sender.hand_over(known, *some(60, first=2))
            wait_until_decided(place, 61)
            for _ in range(6):
                place.stop()
                place.let_time_pass(timedelta(hours=12))
                place.start()
                wait_until(lambda: _all_tried(place), "every letter that may leave was tried")
            assert relay.letters == []
            place.stop()
            file = place.directory / "mailroute.toml"
            file.write_text(file.read_text().replace(f"port = {away}", f"port = {relay.port}"))
            place.let_time_pass(timedelta(hours=5))
            place.start()
            place.wait_until_quiet(sender)
            assert contradictions(place, sender) == []
            assert copies(place) == 0
            assert _overtaken(place) == []


def _all_tried(place: Place) -> bool:
    """Whether none is due but those that wait for an earlier one to the same person about the same ticket."""
    c = t.outbox.c
    first = (
        select(func.min(c.position))
        .where(c.state.in_(["waiting", "attempting"]))
        .group_by(c.number, c.to_address)
    )
    rows = place.rows(select(c.due_at).where(c.position.in_(first)))
    return len(rows) > 0 and all(row.due_at > datetime.now(UTC) for row in rows) and _nothing_fires(place)


def _nothing_fires(place: Place) -> bool:
    with place.books() as conn:
        due = timers.next_due(conn)
    return due is None or due > datetime.now(UTC)


def _overtaken(place: Place) -> list[str]:
    """Letters that arrived before an earlier one to the same person about the same ticket."""
    c = t.outbox.c
    positions = {
        row.message_id: row for row in place.rows(select(c.message_id, c.position, c.number, c.to_address))
    }
    latest: dict[tuple[int, str], int] = {}
    wrong = []
    for letter in place.relay.letters:
        row = positions[id_of(letter).strip("<>")]
        key = (row.number, row.to_address)
        if row.position < latest.get(key, 0):
            wrong.append(row.message_id)
        latest[key] = row.position
    return wrong


# --- mails that are too much --------------------------------------------------------------------------------


def attempts(place: Place, post: Post) -> tuple[str, int]:
    """State and number of attempts of a mail."""
    i, m = t.intake.c, t.mail.c
    rows = place.rows(
        select(i.state, i.attempts).join(t.mail, m.id == i.mail_id).where(m.sha256 == post.sha256)
    )
    return (rows[0].state, rows[0].attempts) if rows else ("", 0)


def test_a_mail_whose_worker_is_killed_is_decided_by_the_next_one(place: Place, sender: Sender) -> None:
    place.start()
    sender.hand_over(*some(1))
    place.wait_until_quiet(sender)
    (worker,) = place.workers()
    os.kill(worker, signal.SIGSTOP)
    (unlucky,) = some(1, first=100)
    sender.hand_over(unlucky)
    wait_until(lambda: attempts(place, unlucky) == ("received", 1), "it is claimed")
    os.kill(worker, signal.SIGKILL)
    sender.hand_over(*some(10, first=200))
    place.wait_until_quiet(sender)
    assert place.said("worker-lost") == 1
    assert attempts(place, unlucky) == ("done", 2)
    assert contradictions(place, sender) == []


def test_a_worker_that_hangs_is_replaced_and_the_mail_decided(place: Place, sender: Sender) -> None:
    place.start()
    sender.hand_over(*some(1))
    place.wait_until_quiet(sender)
    (worker,) = place.workers()
    os.kill(worker, signal.SIGSTOP)
    sender.hand_over(*some(5, first=100))
    place.wait_until_quiet(sender)
    assert place.said("worker-lost") == 1
    assert contradictions(place, sender) == []


def test_a_mail_that_kills_four_workers_is_held_and_the_others_go_on(place: Place, sender: Sender) -> None:
    """Each worker is stopped before the mail is due, and killed once it has it: as the kernel does out of memory."""
    place.start()
    sender.hand_over(*some(1))
    place.wait_until_quiet(sender)
    (killer,) = some(1, first=999)
    for attempt in (1, 2, 3, 4):
        (worker,) = place.workers()
        os.kill(worker, signal.SIGSTOP)
        if attempt == 1:
            sender.hand_over(killer)
        else:
            place.let_time_pass(timedelta(hours=1, minutes=6))
        wait_until(lambda: attempts(place, killer)[1] == attempt, f"attempt {attempt} has begun")  # noqa: B023
        os.kill(worker, signal.SIGKILL)
        wait_until(lambda: place.said("attempt-failed") == attempt, f"attempt {attempt} has failed")  # noqa: B023
        if attempt < 4:
            # Not due for an hour, so that the next worker is there and can be stopped before the mail is.
            place.let_time_pass(timedelta(hours=-1))
            before = len(sender.posts)
            sender.hand_over(*some(5, first=100 * attempt))
            wait_until_decided(place, before - 1 + 5)
    wait_until(lambda: attempts(place, killer) == ("held", 4), "it is held")
    sender.hand_over(*some(5, first=500))
    place.wait_until_quiet(sender)
    held = place.run("held", "--json")
    assert held.returncode == 1
    (row,) = (json.loads(line) for line in held.stdout.splitlines())
    assert row["from"] == "p999@post.example"
    assert "died" in row["error"]
    assert place.said("held") == 1
    assert contradictions(place, sender, held=[killer]) == []
    assert place.run("retry", row["mail"]).returncode == 0
    place.wait_until_quiet(sender)
    assert contradictions(place, sender) == []


# --- ending -------------------------------------------------------------------------------------------------


def test_sigterm_under_load_ends_cleanly_and_nothing_is_sent_twice(place: Place, sender: Sender) -> None:
    place.relay.moods.append(Mood(Stage.DOT, "250 2.0.0 taken", times=10_000, keeps=True, wait_s=0.5))
    place.start()
    sender.hand_over(*some(120))
    for accepted in (40, 90):
        sender.wait_until_accepted(accepted)
        assert place.stop() == 0
        assert "part-failed" not in place.log_tail()
        place.start()
    place.relay.moods.clear()
    place.wait_until_quiet(sender)
    assert contradictions(place, sender) == []
    assert copies(place) == 0


def test_the_same_mail_over_many_sessions_at_once_is_one_mail(place: Place) -> None:
    """A client that gave up waiting sends again while its first copy is still being stored (RFC 1047)."""
    place.start()
    posts = some(10)
    senders = [Sender(place.port, sessions=3) for _ in range(4)]
    for one in senders:
        with one:
            pass
    with Sender(place.port, 12) as sender:
        sender.hand_over(*(post for post in posts for _ in range(6)))
        place.wait_until_quiet(sender)
        sender.posts = posts
        assert contradictions(place, sender) == []


def test_answers_to_a_letter_that_arrived_twice_join_the_ticket_once(place: Place, sender: Sender) -> None:
    """Both copies have the same token: a second `annehmen` is a second mail and changes nothing."""
    place.start()
    sender.hand_over(a_matter(1, "mueller@mieter.example", "Die Dachrinne am Haus ist beschädigt."))
    place.wait_until_quiet(sender)
    mark = next(m for m in map(Mark.of, place.relay.letters) if m.to.endswith("@abc-hausverwaltung.example"))
    first = an_answer(mark, "annehmen")
    again = replace(first, content=first.content.replace(b"Message-ID: <", b"Message-ID: <again-"))
    sender.hand_over(first, again)
    place.wait_until_quiet(sender)
    assert contradictions(place, sender) == []
    accepted = place.rows(select(t.event.c.seq).where(t.event.c.kind == "accepted"))
    assert len(accepted) == 1
