"""What was promised is on disk, whatever dies: the process, the disk's patience, the server (reliability §1)."""

import os
import random
import re
import resource
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path

import pytest
from sqlalchemy import text

from mailroute.errors import TryLater
from mailroute.store.engine import Store, migrate, open_store
from mailroute.store.verify import verify
from tests.support.servers import ServerMissing, postgres, wait_until
from tests.support.stores import claim, opening, put, receive

ROOT = Path(__file__).parents[2]
ROUNDS = int(os.environ.get("MAILROUTE_CRASH_ROUNDS", "8"))

# Stores mails and decides them, and says so only when the future is done.
CHILD = """
import sys
from mailroute.errors import TryLater
from mailroute.store.engine import open_store
from tests.support.stores import claim, opening, put, receive

url, first, last, decides = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), sys.argv[4] == "decide"
store = open_store(url)
print("ready", flush=True)
for number in range(first, last):
    try:
        receive(store, str(number), mail_from=f"{number}@mieter.example")
        print(f"mail f-{number}", flush=True)
        for claimed in claim(store) if decides else ():
            decision, letters = opening(claimed)
            put(store, decision, *letters, intake=claimed.envelope.intake_id)
            print(f"ticket {claimed.fresh_number}", flush=True)
    except TryLater as error:
        print(f"later {error}", flush=True)
store.close()
print("closed", flush=True)
"""


def start(
    url: str,
    first: int,
    last: int,
    *wrapper: str,
    decide: bool = True,
    before: Callable[[], None] | None = None,
) -> "subprocess.Popen[str]":
    """A process that stores the mails `first` to `last`."""
    return subprocess.Popen(
        [*wrapper, sys.executable, "-c", CHILD, url, str(first), str(last), "decide" if decide else "store"],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=before,  # noqa: PLW1509 – this process has no threads yet, and the child only sets a limit
    )


def promised(lines: list[str], what: str) -> set[str]:
    """What the child has said is done. A line without its end was not said."""
    return {line.split()[1] for line in lines if line.startswith(f"{what} ") and line.endswith("\n")}


def kept(store: Store) -> tuple[set[str], set[str]]:
    """The mails and tickets in the database, whose books must be right."""
    with store.read() as conn:
        assert verify(conn, contents=True) == ()
        mails = conn.execute(text("SELECT fingerprint FROM mail")).scalars()
        tickets = conn.execute(text("SELECT number FROM ticket")).scalars()
        return set(mails), {str(number) for number in tickets}


def look(url: str, lines: list[str]) -> None:
    """Open what the dead left behind: every promise must be there."""
    with open_store(url) as store:
        mails, tickets = kept(store)
    assert promised(lines, "mail") <= mails
    assert promised(lines, "ticket") <= tickets


@pytest.fixture
def url(tmp_path: Path) -> str:
    """A SQLite file with its tables."""
    made = f"sqlite:///{tmp_path / 'mailroute.db'}"
    migrate(made)
    return made


def strace(log: Path, *options: str) -> tuple[str, ...]:
    found = shutil.which("strace")
    if found is None:
        raise ServerMissing("strace is missing: apt-get install strace")
    return (found, "-f", "-qq", "-o", str(log), *options)


def test_what_was_promised_survives_kill_9_at_random_moments(url: str) -> None:
    lines: list[str] = []
    for number in range(ROUNDS):
        child = start(url, 1000 * number, 1000 * (number + 1))
        assert child.stdout is not None
        lines += islice(child.stdout, random.Random(number).randrange(1, 120))
        child.kill()
        lines += child.stdout.readlines()
        child.communicate()
        assert child.returncode == -signal.SIGKILL
        look(url, lines)
    assert len(promised(lines, "ticket")) > ROUNDS


def test_every_promise_is_preceded_by_its_own_fsync(url: str, tmp_path: Path) -> None:
    """kill -9 cannot show this: the page cache survives it (reliability §0.7)."""
    log = tmp_path / "strace.log"
    child = start(url, 0, 25, *strace(log, "-e", "trace=fdatasync,fsync,write", "-s", "16"), decide=False)
    said, _ = child.communicate(timeout=100)
    assert said.count("mail f-") == 25
    synced, promises = False, 0
    for line in log.read_text().splitlines():
        if re.search(r"\bf(data)?sync\(", line) or "sync resumed" in line:
            synced = True
        elif 'write(1, "mail f-' in line:
            assert synced, line
            synced, promises = False, promises + 1
    assert promises == 25


@pytest.mark.parametrize("nth", [1, 2, 3, 5, 8, 13])
def test_what_was_promised_survives_a_kill_inside_the_nth_fsync(url: str, tmp_path: Path, nth: int) -> None:
    tracer = strace(
        tmp_path / "log", "-e", "trace=fdatasync", "-e", f"inject=fdatasync:signal=KILL:when={nth}"
    )
    child = start(url, 0, 50, *tracer)
    said, _ = child.communicate(timeout=100)
    assert "closed" not in said
    look(url, said.splitlines(keepends=True))


def test_a_failed_fsync_is_try_later_and_work_resumes(url: str, tmp_path: Path) -> None:
    tracer = strace(tmp_path / "log", "-e", "trace=fdatasync", "-e", "inject=fdatasync:error=EIO:when=7..9")
    child = start(url, 0, 40, *tracer, decide=False)
    said, trouble = child.communicate(timeout=100)
    lines = said.splitlines(keepends=True)
    assert "closed" in said, trouble
    assert "later The disk reports an error" in said
    assert "f-39" in promised(lines, "mail")
    look(url, lines)


def test_a_file_that_may_not_grow_is_try_later_and_nothing_is_lost(url: str) -> None:
    def limit() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (400_000, 400_000))

    child = start(url, 0, 60, before=limit)
    said, trouble = child.communicate(timeout=100)
    lines = said.splitlines(keepends=True)
    assert "closed" in said, trouble
    assert "later " in said
    assert promised(lines, "mail")
    look(url, lines)
    again = start(url, 60, 70)
    said, _ = again.communicate(timeout=100)
    assert "later " not in said
    look(url, said.splitlines(keepends=True))


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of three megabytes."""
    if os.geteuid() != 0:
        raise ServerMissing("only root can mount a small disk: run the crash tests as root")
    place = tmp_path / "disk"
    place.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=3m", "mailroute-test", str(place)]
    done = subprocess.run(mount, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise ServerMissing(f"this machine lets nobody mount a small disk: {done.stderr.strip()}")
    yield place
    subprocess.run(["umount", "--lazy", str(place)], check=True)


def test_a_full_disk_is_try_later_and_work_resumes_when_there_is_room(small_disk: Path) -> None:
    url = f"sqlite:///{small_disk / 'mailroute.db'}"
    migrate(url)
    ballast = small_disk / "ballast"
    ballast.write_bytes(b"x" * 2_000_000)
    stored: set[str] = set()
    failures: list[str] = []
    with open_store(url) as store:
        for number in range(400):
            name = str(number)
            try:
                receive(store, name, content=name.encode() * 2000)
                stored.add(f"f-{name}")
            except TryLater as error:
                failures.append(str(error))
        assert stored
        assert failures
        assert "The disk is full" in failures[0]
        ballast.unlink()
        receive(store, "room again")
        mails, _ = kept(store)
        assert stored | {"f-room again"} <= mails
        (claimed, *_) = claim(store)
        decision, letters = opening(claimed)
        put(store, decision, *letters, intake=claimed.envelope.intake_id)


def test_a_postgresql_that_dies_is_try_later_and_work_resumes_with_everything_promised() -> None:
    with postgres() as server:
        url = server.url("postgres")
        migrate(url)
        with open_store(url) as store:
            stored = {f"f-{n}" for n in range(50) if receive(store, str(n)).intake_id}
            # "Immediate": no checkpoint, no goodbye; the next start recovers from the log.
            server.stop_signal = signal.SIGQUIT
            server.stop()
            with pytest.raises(TryLater):
                receive(store, "while it is gone")
            with pytest.raises(TryLater), store.read():
                pass
            server.start()
            wait_until(lambda: _stores(store), "the store finds its server again")
            mails, _ = kept(store)
            assert stored | {"f-back"} <= mails


def _stores(store: Store) -> bool:
    try:
        receive(store, "back")
    except TryLater:
        return False
    return True
