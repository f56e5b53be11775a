"""An installation whose daemon is a real process that tests may kill, and what must be true of it afterwards.

    with FakeRelay() as relay, a_place(relay) as place, Sender(place.port) as sender:
        place.start()
        sender.hand_over(a_matter(1))
        place.kill()
        place.start()
        place.wait_until_quiet(sender)
        assert contradictions(place, sender) == []

It knows nothing of the daemon but its command line, its door, its books and what arrives at the relay.
"""

from __future__ import annotations

import hashlib
import os
import queue
import re
import shutil
import signal
import smtplib
import subprocess
import sys
import tempfile
import threading
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from sqlalchemy import Connection, Row, create_engine, select, text

from mailroute.errors import TryLater
from mailroute.flow.site import make_keyring
from mailroute.store import mails, outbox, timers
from mailroute.store import tables as t
from mailroute.store.columns import UtcTime
from mailroute.store.engine import Store, open_store
from mailroute.store.verify import verify
from tests.support.calm import in_calm
from tests.support.relay import FakeRelay, Received
from tests.support.servers import LOOPBACK, free_port, wait_until

INBOX = "service@abc-hausverwaltung.example"
HUBER = "huber@abc-hausverwaltung.example"
SCHMIDT = "schmidt@abc-hausverwaltung.example"
WAIT_S = 120.0
# As with Hypothesis (tests/conftest.py): where a change is judged chance draws the same each time.
JUDGED = os.environ.get("MAILROUTE_NO_SKIPS") == "1"

# Day and night, no holidays: what is due does not depend on the day the tests run.
_CALENDARS = "".join(
    f"{name}:\n  hours:\n    mo-so: 0:00-24:00\n"
    for name in ("buero", "buero-augsburg", "notdienst", "werktage")
)

_MESSAGE_ID = re.compile(rb"^Message-ID: *(\S+)", re.I | re.M)
_REPLY_TO = re.compile(rb"^Reply-To:.*?([^\s<>]+@[^\s<>]+?)>?\r?$", re.I | re.M)
_TICKET = re.compile(r"<t(\d+)\.")


# --- mails --------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Post:
    """A mail to be sent. `ticket` is the number of the ticket it belongs to, None: it makes a new one."""

    mail_from: str
    to: str
    content: bytes
    ticket: int | None = None

    @property
    def sha256(self) -> str:
        """What the store must have."""
        return hashlib.sha256(self.content).hexdigest()


@dataclass(frozen=True, slots=True)
class Mark:
    """What is needed of a letter to answer it."""

    message_id: str
    reply_to: str
    bounces_to: str
    to: str
    ticket: int

    @classmethod
    def of(cls, letter: Received) -> Mark:
        """Read it from a letter of ours."""
        message_id = id_of(letter)
        reply_to = _REPLY_TO.search(letter.content)
        number = _TICKET.match(message_id)
        assert reply_to is not None
        assert number is not None
        return cls(message_id, reply_to[1].decode(), letter.mail_from, letter.rcpt_to[0], int(number[1]))


def id_of(letter: Received) -> str:
    """The Message-ID."""
    found = _MESSAGE_ID.search(letter.content)
    assert found is not None, letter.content[:2000]
    return found[1].decode()


def a_mail(
    sender: str, to: str, subject: str, body: str, *, name: str, more: Mapping[str, str] | None = None
) -> bytes:
    """A mail as it goes over the wire. `name` makes its Message-ID; lines that are dots only are welcome."""
    head = {
        "From": sender,
        "To": to,
        "Subject": subject,
        "Message-ID": f"<{name}@sender.example>",
        "MIME-Version": "1.0",
        "Content-Type": "text/plain; charset=utf-8",
        "Content-Transfer-Encoding": "8bit",
        **(more or {}),
    }
    lines = [*(f"{field_}: {value}" for field_, value in head.items()), "", *body.split("\n"), ""]
    return "\r\n".join(lines).encode()


def a_matter(number: int, sender: str, text_: str) -> Post:
    """A new matter; its number stands in the subject and makes it unique."""
    content = a_mail(sender, INBOX, f"Anliegen {number}", text_, name=f"matter-{number}")
    return Post(sender, INBOX, content)


def an_answer(mark: Mark, text_: str) -> Post:
    """Whoever got the letter answers it."""
    to = mark.reply_to
    thread = {"In-Reply-To": mark.message_id, "References": mark.message_id}
    name = f"answer-{mark.message_id.strip('<>').replace('@', '.')}"
    content = a_mail(mark.to, to, f"Re: T-{mark.ticket}", text_, name=name, more=thread)
    return Post(mark.to, to, content, mark.ticket)


def a_bounce(mark: Mark) -> Post:
    """The letter comes back: a delivery report (RFC 3464) to its bounce address."""
    report = (
        "--ende\r\nContent-Type: text/plain\r\n\r\nUser unknown.\r\n"
        "--ende\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example\r\n\r\n"
        f"Final-Recipient: rfc822; {mark.to}\r\nAction: failed\r\nStatus: 5.1.1\r\n--ende--\r\n"
    )
    head = (
        f"From: MAILER-DAEMON@mx.example\r\nTo: {mark.bounces_to}\r\nSubject: Undelivered Mail\r\n"
        f"Message-ID: <bounce-{mark.message_id.strip('<>')}>\r\nMIME-Version: 1.0\r\n"
        "Content-Type: multipart/report; report-type=delivery-status; boundary=ende\r\n\r\n"
    )
    return Post("", mark.bounces_to, (head + report).encode(), mark.ticket)


# --- who sends ----------------------------------------------------------------------------------------------


class Sender:
    """A mail server with mails for us: some sessions, remembers every 250, tries again what got none.

    `accepted` holds what was answered 250, `refused` what got a 5yz reply (and is not tried again), `put_off` counts
    the 4yz replies by code.
    """

    def __init__(self, port: int, sessions: int = 4, *, timeout_s: float = 30.0) -> None:
        self.port = port
        self.timeout_s = timeout_s
        self.posts: list[Post] = []
        self.accepted: list[Post] = []
        self.refused: list[tuple[Post, int]] = []
        self.put_off: Counter[int] = Counter()
        self._queue: queue.SimpleQueue[Post] = queue.SimpleQueue()
        self._over = threading.Event()
        self._threads = [threading.Thread(target=self._session, daemon=True) for _ in range(sessions)]

    def __enter__(self) -> Self:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._over.set()
        for thread in self._threads:
            thread.join(WAIT_S)

    def hand_over(self, *posts: Post) -> None:
        """Let these be sent."""
        self.posts += posts
        for post in posts:
            self._queue.put(post)

    @property
    def is_done(self) -> bool:
        """Whether every mail has got its 250 or 5yz."""
        return len(self.accepted) + len(self.refused) == len(self.posts)

    def wait_until_accepted(self, count: int, timeout_s: float = WAIT_S) -> None:
        """Return once so many mails in all have got their 250."""
        wait_until(lambda: len(self.accepted) >= count, f"{count} mails are accepted", timeout_s)

    def wait_until_done(self, timeout_s: float = WAIT_S) -> None:
        """Return once every mail has got its 250 or 5yz."""
        wait_until(lambda: self.is_done, "every mail is accepted", timeout_s)

    def _session(self) -> None:
        smtp: smtplib.SMTP | None = None
        while not self._over.is_set():
            try:
                post = self._queue.get(timeout=0.05)
            except queue.Empty:
                continue
            try:
                smtp = smtp or smtplib.SMTP(LOOPBACK, self.port, "mx.example", timeout=self.timeout_s)
                smtp.sendmail(post.mail_from, post.to, post.content)
            except (smtplib.SMTPException, OSError) as error:
                code = _code(error)
                if 500 <= code < 600:
                    self.refused.append((post, code))
                    continue
                self.put_off[code] += 1
                self._queue.put(post)
                if smtp is not None:
                    smtp.close()
                smtp = None
                self._over.wait(0.02)
            else:
                self.accepted.append(post)
        if smtp is not None:
            smtp.close()


def _code(error: Exception) -> int:
    """The reply's code; 0 where the connection broke without one."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return int(next(iter(error.recipients.values()))[0])
    return int(error.smtp_code) if isinstance(error, smtplib.SMTPResponseException) else 0


# --- the installation ---------------------------------------------------------------------------------------


@dataclass
class Place:
    """One directory with settings and rules, and at most one daemon process for it.

    `port` is its SMTP door. Several places can share one PostgreSQL, the relay and the `keys`.
    """

    directory: Path
    relay: FakeRelay
    database: str
    port: int = field(default_factory=free_port)
    _process: subprocess.Popen[bytes] | None = None
    _books: Store | None = None

    # --- the process ---------------------------------------------------------------------------------------

    def start(self, *, crash_at: str = "", under: Sequence[str] = (), wait: bool = True) -> None:
        """Start `mailroute serve`; return once it is ready or has ended.

        `crash_at` is MAILROUTE_CRASH_AT, `under` a command to run it by (strace).
        """
        assert self._process is None, "it runs already"
        started = self.said("started")
        environment = {**os.environ, "MAILROUTE_CRASH_AT": crash_at} if crash_at else None
        with self.log_file.open("ab") as log:
            self._process = subprocess.Popen(
                (*_dies_with_us(), *under, *self._command("serve")),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=self.directory,
                env=environment,
                start_new_session=True,
            )
        if wait:
            wait_until(
                lambda: self.said("started") > started or not self.is_running,
                "the daemon is ready",
            )

    @property
    def is_running(self) -> bool:
        """Whether the daemon lives."""
        return self._process is not None and self._process.poll() is None

    @property
    def pid(self) -> int:
        """The daemon's process id."""
        assert self._process is not None
        return self._process.pid

    def workers(self) -> list[int]:
        """The process ids of its workers (which have more than the name of Python in their command line)."""
        found = []
        for entry in Path("/proc").glob("[0-9]*"):
            with suppress(OSError, IndexError):
                parent = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
                if parent == self.pid and b"spawn_main" in (entry / "cmdline").read_bytes():
                    found.append(int(entry.name))
        return found

    def kill(self) -> None:
        """`kill -9` the daemon and its workers, at once and together."""
        process, self._process = self._process, None
        if process is not None:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()

    def stop(self, timeout_s: float = WAIT_S) -> int:
        """Tell it to end (SIGTERM) and return its exit code."""
        assert self._process is not None
        self._process.send_signal(signal.SIGTERM)
        return self.wait_until_ended(timeout_s)

    def wait_until_ended(self, timeout_s: float = WAIT_S) -> int:
        """Wait until the process has ended by itself; returns its exit code, -9 for a kill."""
        process, self._process = self._process, None
        assert process is not None
        try:
            return process.wait(timeout_s)
        finally:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()

    # --- what it says --------------------------------------------------------------------------------------

    @property
    def log_file(self) -> Path:
        """Everything its daemons said."""
        return self.directory / "daemon.log"

    def said(self, event: str) -> int:
        """How often an event stands in the log."""
        if not self.log_file.exists():
            return 0
        return len(re.findall(rf"^\S+Z \w+ {event}(?: |$)", self.log_file.read_text(errors="replace"), re.M))

    def _command(self, *words: str) -> tuple[str, ...]:
        command, *arguments = words
        settings = str(self.directory / "mailroute.toml")
        return (sys.executable, "-m", "mailroute", command, *arguments, "--config", settings)

    def run(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Run another command beside the daemon: `run("held", "--json")`."""
        return subprocess.run(
            self._command(*words), capture_output=True, text=True, timeout=WAIT_S, check=False
        )

    # --- its books -----------------------------------------------------------------------------------------

    @contextmanager
    def books(self) -> Iterator[Connection]:
        """A read snapshot, whether the daemon lives or not."""
        if self._books is None:
            self._books = open_store(self.database, exclusive=False)
        with self._books.read() as conn:
            yield conn

    def forget_books(self) -> None:
        """Close our own connections to the database."""
        if self._books is not None:
            self._books.close()
            self._books = None

    def rows(self, statement: Any) -> list[Row[Any]]:
        """Ask the books."""
        with self.books() as conn:
            return list(conn.execute(statement).all())

    def is_quiet(self) -> bool:
        """Whether no mail is undecided, and no letter and no timer is due."""
        now = datetime.now(UTC)
        try:
            with self.books() as conn:
                return (
                    mails.unfinished(conn) == 0
                    and not conn.execute(
                        select(t.outbox.c.id).where(t.outbox.c.state == "attempting")
                    ).first()
                    and not _is_due(outbox.next_due(conn), now)
                    and not _is_due(timers.next_due(conn), now)
                )
        except TryLater:
            return False

    def wait_until_quiet(self, sender: Sender | None = None, timeout_s: float = WAIT_S) -> None:
        """Return once every mail of `sender` is accepted and nothing is left to do; raise if the daemon dies."""

        def is_over() -> bool:
            assert self.is_running, f"the daemon died:\n{self.log_tail()}"
            return (sender is None or sender.is_done) and self.is_quiet()

        try:
            wait_until(is_over, "everything is decided and sent", timeout_s)
        except TimeoutError as error:
            raise AssertionError(f"{error}\n{self.unfinished()}\n{self.log_tail()}") from None

    def unfinished(self) -> str:
        """What is not done, for a failing test's report."""
        i, o = t.intake.c, t.outbox.c
        rows = [
            *self.rows(
                select(i.id, i.state, i.attempts, i.lease_until, i.not_before, i.error).where(
                    i.state != "done"
                )
            ),
            *self.rows(
                select(o.id, o.state, o.attempts, o.doubts, o.lease_until, o.due_at, o.last_reply).where(
                    o.state != "sent"
                )
            ),
        ]
        return "\n".join(map(str, rows))

    def log_tail(self) -> str:
        """The daemon's last words."""
        return "\n".join(self.log_file.read_text(errors="replace").splitlines()[-40:])

    def let_time_pass(self, span: timedelta) -> None:
        """Move every moment in the books into the past: for whoever reads them next, that much time has gone by."""
        engine = create_engine(self.database)
        with engine.begin() as conn:
            for table in t.metadata.sorted_tables:
                for column in table.columns:
                    if isinstance(column.type, UtcTime):
                        shift = (
                            str(span // timedelta(microseconds=1))
                            if engine.dialect.name == "sqlite"
                            else f"interval '{span.total_seconds()} seconds'"
                        )
                        conn.execute(text(f"UPDATE {table.name} SET {column.name} = {column.name} - {shift}"))
        engine.dispose()


def _is_due(at: datetime | None, now: datetime) -> bool:
    return at is not None and at <= now


def _dies_with_us() -> tuple[str, ...]:
    """Nothing outlives the tests, even when they are killed."""
    setpriv = shutil.which("setpriv")
    return (setpriv, "--pdeathsig=KILL", "--") if setpriv else ()


@contextmanager
def a_place(
    relay: FakeRelay,
    *,
    database: str | None = None,
    directory: Path | None = None,
    same_keys_as: Place | None = None,
    relay_port: int | None = None,
    relay_settings: str = "",
) -> Iterator[Place]:
    """Set up an installation (SQLite in its directory unless `database` is given); its daemon dies at the end.

    `relay_port` is where its letters go in truth, if not to the relay.
    The directory's path is short: a unix socket's path has 108 bytes, pytest's own directories leave no room.
    """
    with tempfile.TemporaryDirectory(prefix="mailroute-crash-") as made:
        home = directory or Path(made)
        in_calm(home, name="rules")
        (home / "rules" / "calendars.yaml").write_text(_CALENDARS)
        port = free_port()
        url = database or f"sqlite:///{home / 'state' / 'mailroute.db'}"
        (home / "mailroute.toml").write_text(
            f"""\
state = "state"
database = "{url}"
rules = ["rules"]
workers = 1
[[doors]]
listen = "{LOOPBACK}:{port}"
protocol = "smtp"
[relay]
host = "{LOOPBACK}"
port = {relay_port or relay.port}
{relay_settings}
"""
        )
        if same_keys_as is None:
            make_keyring(home / "state" / "keys")
        else:
            (home / "state").mkdir()
            shutil.copy(same_keys_as.directory / "state" / "keys", home / "state" / "keys")
        place = Place(home, relay, url, port)
        try:
            yield place
        finally:
            place.kill()
            place.forget_books()


# --- what must be true --------------------------------------------------------------------------------------


def lost(place: Place, sender: Sender) -> list[str]:
    """What was answered 250 and does not stand in the books byte for byte: asked right after a kill."""
    accepted = tuple(sender.accepted)
    if not accepted:
        return []  # killed before there was a database; with a promise given its absence is an error
    stored = Counter(hashlib.sha256(row.content).hexdigest() for row in place.rows(select(t.mail.c.content)))
    return [
        f"a 250 was said for {post.to} and it is stored {stored[post.sha256]} times"
        for post in accepted
        if stored[post.sha256] != 1
    ]


def contradictions(place: Place, sender: Sender, *, held: Iterable[Post] = ()) -> list[str]:
    """Everything that must be true when all is quiet and is not; `held` are the mails that may be held."""
    with place.books() as conn:
        problems = [*verify(conn, contents=True)]
    problems += lost(place, sender)
    problems += [f"refused with {code}: {post.content[:200]!r}" for post, code in sender.refused]
    problems += _wrongly_decided(place, sender.posts, {post.sha256 for post in held})
    problems += wrong_letters(place)
    return problems


def _wrongly_decided(place: Place, posts: Sequence[Post], held: set[str]) -> Iterator[str]:
    """Every mail is decided once, new matters have a ticket each, the others joined theirs."""
    m, i, d = t.mail, t.intake, t.decision
    rows = place.rows(
        select(m.c.sha256, i.c.id, i.c.state, i.c.error, d.c.number, d.c.disposition)
        .join_from(m, i, i.c.mail_id == m.c.id)
        .join(d, d.c.intake_id == i.c.id, isouter=True)
    )
    by_mail: dict[str, list[Row[Any]]] = defaultdict(list)
    for row in rows:
        by_mail[row.sha256].append(row)
    if unknown := set(by_mail) - {post.sha256 for post in posts}:
        yield f"{len(unknown)} mails are stored that nobody sent"
    opened: Counter[int | None] = Counter()
    for post in posts:
        found = by_mail[post.sha256]
        if len(found) != 1 or found[0].state != ("held" if post.sha256 in held else "done"):
            yield f"{post.content[:120]!r} became {found}"
        elif post.sha256 not in held and post.ticket is None:
            opened[found[0].number] += 1
        elif post.ticket is not None and found[0].number != post.ticket:
            yield f"{post.content[:400]!r} belongs to T-{post.ticket} and became {found}"
    yield from (f"T-{number} was opened by {times} mails" for number, times in opened.items() if times > 1)
    tickets = {row.number for row in place.rows(select(t.ticket.c.number))}
    if tickets != set(opened):
        yield f"tickets that no mail opened, or mails without one: {sorted(map(str, tickets ^ set(opened)))}"


def wrong_letters(place: Place) -> list[str]:
    """Letters that did not arrive, arrived changed, or more often than a crash excuses."""
    c = t.outbox.c
    letters = place.rows(select(c.id, c.message_id, c.state, c.doubts, c.last_reply, c.content, c.due_at))
    arrived: dict[str, list[bytes]] = defaultdict(list)
    for letter in place.relay.letters:
        arrived[id_of(letter).strip("<>")].append(letter.content)
    problems = []
    for row in letters:
        copies = arrived.pop(row.message_id, [])
        allowed = {"sent": range(1, 3 if row.doubts else 2), "in-doubt": range(3)}.get(row.state, range(1))
        waits = row.state == "waiting" and row.due_at > datetime.now(UTC)
        if row.state not in ("sent", "in-doubt", "stopped") and not waits:
            problems.append(f"letter {row.id} is {row.state}: {row.last_reply}")
        if len(copies) not in allowed:
            problems.append(
                f"letter {row.id} is {row.state}, was in doubt {row.doubts} times and arrived {len(copies)} times"
            )
        if any(_plain(copy) != _plain(row.content) for copy in copies):
            problems.append(f"letter {row.id} arrived with other bytes")
    problems += [f"letter {one} arrived and is in no outbox" for one in arrived]
    return problems


def _plain(content: bytes) -> bytes:
    return content.replace(b"\r\n", b"\n").rstrip(b"\n")
