"""The firm of `rules/` at work: the real daemon in this process, on loopback, with a clock that only tests turn.

    with open_house(at=MONDAY) as house:
        house.send(a_mail("mueller@mieter.example", "Rechnung", "…"))
        letters = house.settle()

Mails go in and letters come out over real SMTP; the relay is a `FakeRelay`. Nothing sleeps: `settle` waits until
nothing is left to do, neither by the books nor for any loop.
"""

from __future__ import annotations

import email
import email.policy
import json
import shutil
import signal
import smtplib
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email.message import EmailMessage
from pathlib import Path
from zoneinfo import ZoneInfo

from mailroute import shipped
from mailroute.admin.history import history
from mailroute.clock import StoppedClock
from mailroute.daemon.serve import LOOPS, PARTS, Daemon
from mailroute.daemon.supervise import open_daemon
from mailroute.flow.activate import open_installation
from mailroute.flow.site import make_keyring
from mailroute.model.ticket import Event, Ticket
from mailroute.settings import Door, RelaySettings, Settings
from mailroute.store import mails, outbox
from mailroute.store.tickets import events, tickets
from mailroute.store.verify import verify
from tests.support.dialogue import LoopThread
from tests.support.relay import FakeRelay, Received
from tests.support.servers import wait_until

BERLIN = ZoneInfo("Europe/Berlin")
INBOX = "service@abc-hausverwaltung.example"
MUELLER = "mueller@mieter.example"
HUBER = "huber@abc-hausverwaltung.example"
SCHMIDT = "schmidt@abc-hausverwaltung.example"
NOVAK = "novak@abc-hausverwaltung.example"
ZENTRALE = "zentrale@abc-hausverwaltung.example"
# Tuesday, 24 November 2026, two minutes past nine: everybody is at work.
TUESDAY = datetime(2026, 11, 24, 9, 2, tzinfo=BERLIN)
WAIT_S = 60.0


def berlin(day: int, hour: int, minute: int = 0, *, month: int = 11, year: int = 2026) -> datetime:
    """A moment as the clocks of the firm show it."""
    return datetime(year, month, day, hour, minute, tzinfo=BERLIN)


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter that arrived in the world outside."""

    mail_from: str
    to: str
    raw: bytes

    @property
    def mail(self) -> EmailMessage:
        """The letter, read by the standard library: our own mails must bear that."""
        parsed = email.message_from_bytes(self.raw, policy=email.policy.default)
        assert isinstance(parsed, EmailMessage)
        return parsed

    def header(self, name: str) -> str:
        """One header field, decoded and unfolded; "" if it is not there."""
        return str(self.mail[name] or "")

    @property
    def subject(self) -> str:
        """The subject."""
        return self.header("Subject")

    @property
    def reply_to(self) -> str:
        """The address that a reply goes to."""
        return self.header("Reply-To").split("<")[-1].rstrip(">")

    @property
    def text(self) -> str:
        """The plain text."""
        part = self.mail.get_body(("plain",))
        assert isinstance(part, EmailMessage)
        return str(part.get_content())

    @property
    def everything(self) -> str:
        """All that a reader could find in it: every header, every text part decoded, names of attachments."""
        texts = [f"{name}: {value}" for name, value in self.mail.items()]
        for part in self.mail.walk():
            if part.get_content_maintype() == "text":
                texts.append(str(part.get_content()))
            texts.append(part.get_filename() or "")
        return "\n".join(texts)

    @property
    def attachments(self) -> dict[str, bytes]:
        """Decoded attachments by name."""
        return {
            part.get_filename() or "": part.get_payload(decode=True)  # type: ignore[misc]
            for part in self.mail.iter_attachments()
        }


def a_mail(
    sender: str,
    subject: str,
    text: str,
    *,
    to: str = INBOX,
    message_id: str | None = None,
    headers: dict[str, str] | None = None,
) -> bytes:
    """What an ordinary mail program sends. Unique by its Message-ID unless one is given ("" for none)."""
    mail = EmailMessage()
    mail["From"] = sender
    mail["To"] = to
    mail["Subject"] = subject
    _ids[0] += 1
    identity = (
        f"<mail-{_ids[0]}@{sender.rpartition('@')[2].rstrip('>')}>" if message_id is None else message_id
    )
    if identity:
        mail["Message-ID"] = identity
    for name, value in (headers or {}).items():
        mail[name] = value
    mail.set_content(text)
    return mail.as_bytes(policy=email.policy.SMTP)


_ids = [0]


def a_reply(
    letter: Letter, sender: str, text: str, *, to: str | None = None, headers: dict[str, str] | None = None
) -> bytes:
    """What a mail program makes of `text` as the reply to a letter: quoted in full below."""
    quoted = "\n".join("> " + line for line in letter.text.splitlines())
    body = f"{text}\n\nAm 24.11.2026 um 09:11 schrieb {letter.header('From')}:\n{quoted}\n"
    threading = {"In-Reply-To": letter.header("Message-ID"), "References": letter.header("Message-ID")}
    return a_mail(
        sender,
        f"Re: {letter.subject}",
        body,
        to=to or letter.reply_to,
        headers={**threading, **(headers or {})},
    )


def with_file(mail: bytes, name: str, content: bytes) -> bytes:
    """The same mail with a photo."""
    parsed = email.message_from_bytes(mail, policy=email.policy.SMTP)
    assert isinstance(parsed, EmailMessage)
    parsed.add_attachment(content, maintype="image", subtype="jpeg", filename=name)
    return parsed.as_bytes()


def smtp_send(address: tuple[str, int], mail_from: str, to: Sequence[str], content: bytes) -> None:
    """Send over SMTP as a server does. Raises what smtplib raises if it is not taken."""
    with smtplib.SMTP(*address, timeout=WAIT_S) as client:
        client.ehlo_or_helo_if_needed()
        options = ["smtputf8"] if not all(one.isascii() for one in (mail_from, *to)) else []
        client.sendmail(mail_from, list(to), content, mail_options=options)


@dataclass
class House:
    """Everything that runs. The first daemon with a door takes the mail."""

    clock: StoppedClock
    relay: FakeRelay
    loop: LoopThread
    daemons: list[Daemon] = field(default_factory=list)
    _seen: int = 0

    # --- time ----------------------------------------------------------------------------------------------

    def turn_to(self, at: datetime) -> list[Letter]:
        """Let it be `at`; what is due by then happens. Returns the letters of that."""
        assert at >= self.clock(), "time does not go back"
        self.clock.turn_to(at)
        return self.settle()

    def pass_(self, **span: float) -> list[Letter]:
        """Let time pass: `pass_(minutes=3)`."""
        return self.turn_to(self.clock() + timedelta(**span))

    # --- mail ----------------------------------------------------------------------------------------------

    @property
    def address(self) -> tuple[str, int]:
        """Where the inbox takes mail."""
        door = next(door for daemon in self.daemons for door in daemon.doors)
        assert isinstance(door.address, tuple)
        return door.address

    def send(self, mail: bytes, *, mail_from: str | None = None, to: str | None = None) -> None:
        """Send over SMTP; sender and recipient are those of the header unless given."""
        parsed = email.message_from_bytes(mail, policy=email.policy.compat32)
        sender = _bare(str(parsed["From"] or "")) if mail_from is None else mail_from
        smtp_send(self.address, sender, [to or _bare(str(parsed["To"] or INBOX))], mail)

    def get(self, mail: bytes, *, mail_from: str | None = None, to: str | None = None) -> list[Letter]:
        """Send, settle; the letters that follow."""
        self.send(mail, mail_from=mail_from, to=to)
        return self.settle()

    def reply(self, letter: Letter, text: str, *, sender: str | None = None) -> list[Letter]:
        """Whoever got the letter answers it; the letters that follow."""
        return self.get(a_reply(letter, sender or letter.to, text))

    def settle(self) -> list[Letter]:
        """Wait until nothing is left to do; the letters that have arrived since the last time."""

        def is_quiet() -> bool:
            # The clock stands still, so what failed once is never tried again: say so at once.
            assert not self.failed(), f"could not be decided: {self.failed()}"
            return all(daemon.has_settled() for daemon in self.daemons)

        for daemon in self.daemons:
            daemon.wake(*LOOPS)
        wait_until(is_quiet, "nothing left to do", WAIT_S)
        new = self.letters[self._seen :]
        self._seen = len(self.letters)
        return new

    @property
    def letters(self) -> list[Letter]:
        """Every letter that has arrived, in order."""
        return [_letter(one) for one in tuple(self.relay.letters)]

    def letter_to(self, address: str, containing: str = "") -> Letter:
        """The latest letter to an address with this in its subject."""
        return next(one for one in reversed(self.letters) if one.to == address and containing in one.subject)

    # --- the books -----------------------------------------------------------------------------------------

    def tickets(self) -> list[Ticket]:
        """All tickets, oldest first."""
        with self.daemons[0].store.read() as conn:
            return sorted(tickets(conn, limit=10_000), key=lambda one: one.number)

    def ticket(self, subject: str = "") -> Ticket:
        """The newest ticket with this in its subject."""
        return next(one for one in reversed(self.tickets()) if subject in one.subject)

    def events(self, ticket: Ticket) -> list[Event]:
        """What happened to a ticket."""
        with self.daemons[0].store.read() as conn:
            return list(events(conn, ticket.organisation, ticket.number))

    def explanation(self, ticket: Ticket) -> dict[str, object]:
        """`mailroute explain T-…`: why it was opened so."""
        with self.daemons[0].store.read() as conn:
            return history(conn, ticket.organisation, ticket.number)[0]

    def failed(self) -> list[str]:
        """Mails that an attempt has failed with, and why."""
        with self.daemons[0].store.read() as conn:
            return [f"m{row.intake_id}: {row.error}" for row in mails.queue(conn, None) if row.error]

    def unfinished(self) -> list[str]:
        """Mails and letters that wait, for messages of tests that fail."""
        with self.daemons[0].store.read() as conn:
            waiting = [f"m{row.intake_id} {row.state} {row.error}" for row in mails.queue(conn, None)]
            return waiting + [f"{row.id} {row.state} {row.last_reply}" for row in outbox.letters(conn)]

    def contradictions(self) -> list[str]:
        """What `mailroute verify` finds wrong."""
        with self.daemons[0].store.read() as conn:
            return [str(one) for one in verify(conn)]


def _bare(address: str) -> str:
    return address.rsplit("<", maxsplit=1)[-1].rstrip(">").strip()


def _letter(received: Received) -> Letter:
    [to] = received.rcpt_to
    return Letter(received.mail_from, to, received.content)


def firm_with(grants: str, directory: Path) -> Path:
    """A copy of the shipped firm with these grants only, and without the routing tests that need the shipped ones."""
    rules = directory / "rules"
    shutil.copytree(shipped.path("rules"), rules, ignore=shutil.ignore_patterns("packs"))
    (rules / "grants" / "makler.yaml").write_text(grants)
    (rules / "tests" / "story.yaml").unlink()
    return rules


@contextmanager
def open_house(
    at: datetime = TUESDAY,
    *,
    rules: Path | Sequence[Path] | None = None,
    database: str | None = None,
    daemons: Sequence[tuple[str, ...]] = (PARTS,),
    **settings: object,
) -> Iterator[House]:
    """Run the firm. `daemons` are the parts of each daemon (several need PostgreSQL); they share keys and clock."""
    directories = (rules,) if isinstance(rules, Path) else tuple(rules or (shipped.path("rules"),))
    with ExitStack() as stack:
        # pytest's own directories have names too long for a unix socket.
        state = Path(tempfile.mkdtemp(prefix="mailroute-house-"))
        stack.callback(shutil.rmtree, state, ignore_errors=True)
        relay = stack.enter_context(FakeRelay())
        loop = LoopThread()
        stack.callback(loop.close)
        house = House(StoppedClock(at), relay, loop)
        for number, parts in enumerate(daemons):
            configured = Settings(
                state=state / str(number),
                database=database,
                rules=directories,
                doors=(Door(listen="127.0.0.1:0", protocol="smtp"),),
                relay=RelaySettings(host=relay.host, port=relay.port, connections=1),
                workers=1,
            ).model_copy(update=settings)
            _share_keys(state / "keys", configured.state)
            daemon = open_daemon(
                configured, open_installation(configured, clock=house.clock), parts=parts, clock=house.clock
            )
            loop.run(daemon.start())
            stack.callback(_stop, loop, daemon)
            house.daemons.append(daemon)
        yield house


def _share_keys(keys: Path, state: Path) -> None:
    make_keyring(keys)
    state.mkdir(parents=True, exist_ok=True)
    shutil.copy2(keys, state / "keys")


def _stop(loop: LoopThread, daemon: Daemon) -> None:
    loop.start(daemon.stop()).result(WAIT_S)


# --- the daemon as a process of its own ---------------------------------------------------------------------


@dataclass
class Site:
    """A directory that `mailroute init` has written, and the commands in it, each a process of its own."""

    directory: Path

    @property
    def config(self) -> Path:
        """mailroute.toml."""
        return self.directory / "mailroute.toml"

    def configure(self, top: str, sections: str) -> None:
        """Replace mailroute.toml: settings at the top, then sections."""
        head = 'state = "state"\nrules = ["rules"]\nworkers = 1\n'
        self.config.write_text(f"{head}{top}\n{sections}\n")

    @contextmanager
    def serving(
        self, *arguments: str, config: Path | None = None, ends_with: int = 0
    ) -> Iterator[subprocess.Popen[bytes]]:
        """`mailroute serve` until it has started; told to stop as systemd does."""
        file = config or self.config
        log = file.with_suffix(".log")
        with log.open("wb") as out:
            process = subprocess.Popen(
                (sys.executable, "-m", "mailroute", "serve", "--config", str(file), *arguments),
                stdout=out,
                stderr=subprocess.STDOUT,
            )
        try:
            wait_until(lambda: b" started" in log.read_bytes() or process.poll() is not None, "serve", WAIT_S)
            assert process.poll() is None, log.read_text()
            yield process
        finally:
            process.send_signal(signal.SIGTERM)
            assert process.wait(WAIT_S) == ends_with, log.read_text()

    def log(self) -> str:
        """What the daemon has said."""
        return self.config.with_suffix(".log").read_text()

    def ask(self, *command: str, config: Path | None = None) -> list[dict[str, object]]:
        """The JSON lines that a command prints."""
        done = subprocess.run(
            (sys.executable, "-m", "mailroute", *command, "--json", "--config", str(config or self.config)),
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode in (0, 1), done.stderr
        return [json.loads(line) for line in done.stdout.splitlines()]


@contextmanager
def a_site() -> Iterator[Site]:
    """A new site. The control socket lies in it: pytest's own paths may be too long for that."""
    with tempfile.TemporaryDirectory(prefix="mailroute-site-") as scratch:
        directory = Path(scratch) / "site"
        subprocess.run(
            (sys.executable, "-m", "mailroute", "init", str(directory)), check=True, capture_output=True
        )
        yield Site(directory)
