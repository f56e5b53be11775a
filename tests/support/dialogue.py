"""Play `.dlg` transcripts, written like the examples of the RFCs, against a real door over real sockets.

# comment; the first line says where the rule comes from
! door protocol=lmtp size_limit_bytes=1000     before the first line that talks: settings of the door
C: MAIL FROM:<a@b.example>                     send this and CRLF
C! raw\\n\\x00{1200*x}                           send these bytes: escapes, and repetitions
C< ../golden/mail/NNN/in.eml                   send this file as a mail: CRLF, dot-stuffed, the end mark
S: 250 2.0.0 ok                                the reply, word for word; several lines are joined by " | "
S~ 250 .*                                      the reply matches this pattern
! action arguments                             do something, see `Player.ACTIONS`
= check arguments                              look at something, see `Player.CHECKS`
"""

import asyncio
import re
import shlex
import shutil
import socket
import ssl
import subprocess
import threading
from collections.abc import Callable, Coroutine
from concurrent.futures import Future
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

from mailroute.errors import Refused, TryLater
from mailroute.intake.door import OpenDoor, SmtpDoor, SmtpProtocol
from mailroute.intake.lmtp import open_smtp_door
from mailroute.intake.login import check_against
from mailroute.model.mail import Delivery, Receipt
from tests.support.servers import ServerMissing, wait_until

T = TypeVar("T")

WAIT_S = 60.0
NOON = datetime(2026, 11, 23, 11, 0, tzinfo=UTC)
INBOXES = frozenset(
    {
        "service@hv-muster.example",
        "service+t10428.k7q3x9wmbz4p@hv-muster.example",
        "makler@hv-muster.example",
        "grüße@hv-muster.example",
    }
)
SELF_SIGNED = "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=localhost -days 2"
USERS = {"huber": "geheim", "schmidt": "Straße"}
FAILURES: dict[str, Callable[[], Exception]] = {
    "TryLater": lambda: TryLater("database is locked, password=geheim"),
    "RuntimeError": lambda: RuntimeError("database password=geheim is wrong\r\n250 2.0.0 stored"),
    "Refused": lambda: Refused("554 5.4.6 too many hops"),
    "RefusedBadly": lambda: Refused("250 2.0.0 stored\r\n250 as well"),
}


@dataclass
class RecordingStore:
    """A store in memory: keeps every delivery, knows a mail that comes again, fails and waits when told to."""

    failure: str = ""
    deliveries: list[Delivery] = field(default_factory=list)
    waiting: int = 0
    changed: threading.Condition = field(default_factory=threading.Condition)
    _gate: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        self._gate.set()

    async def accept(self, delivery: Delivery) -> Receipt:
        """Store it, after waiting at the gate, unless it is to fail."""
        with self.changed:
            self.waiting += 1
            self.changed.notify_all()
        await self._gate.wait()
        if self.failure:
            raise FAILURES[self.failure]()
        with self.changed:
            self.waiting -= 1
            known = [(one.content, one.rcpt_to) for one in self.deliveries]
            if (delivery.content, delivery.rcpt_to) in known:
                return Receipt(known.index((delivery.content, delivery.rcpt_to)) + 1, duplicate=True)
            self.deliveries.append(delivery)
            self.changed.notify_all()
            return Receipt(len(self.deliveries), duplicate=False)

    def shut_gate(self) -> None:
        """Commits do not return any more. Call in the loop."""
        self._gate.clear()

    def open_gate(self) -> None:
        """Commits go on. Call in the loop."""
        self._gate.set()

    def wait_until(self, condition: Callable[[], bool], what: str) -> None:
        """Wait for a condition that `accept` brings about."""
        with self.changed:
            assert self.changed.wait_for(condition, WAIT_S), f"waited in vain: {what}"


class LoopThread:
    """An event loop in a thread, for doors under test; blocking callers stay outside."""

    def __init__(self) -> None:
        self.loop = asyncio.new_event_loop()
        self.troubles: list[str] = []
        self.loop.set_exception_handler(lambda _loop, context: self.troubles.append(str(context)))
        self._thread = threading.Thread(target=self.loop.run_forever, daemon=True)
        self._thread.start()

    def run(self, coroutine: Coroutine[Any, Any, T]) -> T:
        """Run to its end in the loop."""
        return self.start(coroutine).result(WAIT_S)

    def start(self, coroutine: Coroutine[Any, Any, T]) -> Future[T]:
        """Start in the loop."""
        return asyncio.run_coroutine_threadsafe(coroutine, self.loop)

    def call(self, function: Callable[[], T]) -> T:
        """Call in the loop."""

        async def once() -> T:
            return function()

        return self.run(once())

    def close(self) -> None:
        """Stop the loop; nothing may be left running in it."""
        self.loop.call_soon_threadsafe(self.loop.stop)
        self._thread.join(WAIT_S)
        self.loop.run_until_complete(self.loop.shutdown_default_executor())
        self.loop.close()
        assert not self.troubles, self.troubles


class Line:
    """One client connection, line by line."""

    def __init__(self, address: tuple[str, int] | Path, source: str = "") -> None:
        if isinstance(address, Path):
            self.socket = socket.socket(socket.AF_UNIX)
            self.socket.settimeout(WAIT_S)
            self.socket.connect(str(address))
        else:
            self.socket = socket.create_connection(address, WAIT_S, (source, 0) if source else None)
        self._received = b""

    def send(self, content: bytes) -> None:
        """Send all of it."""
        self.socket.sendall(content)

    def reply(self) -> str:
        """The next reply; its lines joined by " | ", the code only once."""
        texts: list[str] = []
        while True:
            line = self._line()
            assert line[:3].isdigit(), f"not a reply: {line!r}"
            texts.append(line[4:])
            if line[3:4] != "-":
                return f"{line[:3]} {' | '.join(texts)}"

    def _line(self) -> str:
        while b"\r\n" not in self._received:
            more = self.socket.recv(65536)
            assert more, f"the server hung up; before that it said {self._received!r}"
            self._received += more
        line, _, self._received = self._received.partition(b"\r\n")
        return line.decode()

    def is_closed(self) -> bool:
        """Whether the server hangs up without a further word. Waits."""
        try:
            return not self._received and self.socket.recv(1) == b""
        except ConnectionError:
            return True

    def start_tls(self) -> None:
        """Begin TLS; the certificate of the test's own is not checked."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        self.socket = context.wrap_socket(self.socket)

    def close(self) -> None:
        """Hang up."""
        self.socket.close()


class Player:
    """Plays one transcript."""

    def __init__(self, script: Path, scratch: Path) -> None:
        self.script = script
        self.scratch = scratch
        self.spec = SmtpDoor()
        self.loop = LoopThread()
        self.store = RecordingStore()
        self.door: OpenDoor | None = None
        self.lines: dict[str, Line] = {}
        self.current = "1"
        self.source = ""

    def play(self) -> None:
        """Play it to its end; AssertionErrors carry the place in the script."""
        try:
            for number, text in enumerate(self.script.read_text().splitlines(), 1):
                if text.strip() and not text.startswith("#"):
                    try:
                        # The marks "!" and "=" are one character, the others two.
                        cut = 1 if text[0] in "!=" else 2
                        self._play_line(text[:cut], text[cut + 1 :])
                    except (AssertionError, OSError) as error:
                        raise AssertionError(f"{self.script.name}:{number}: {text}\n{error}") from error
        finally:
            self._close()

    def _play_line(self, kind: str, rest: str) -> None:
        match kind:
            case "C:":
                self._line().send(rest.encode() + b"\r\n")
            case "C!":
                self._line().send(raw(rest))
            case "C<":
                self._line().send(as_mail((self.script.parent / rest).read_bytes()))
            case "S:":
                reply = self._line().reply()
                assert reply == rest, f"got: {reply}"
            case "S~":
                reply = self._line().reply()
                assert re.fullmatch(rest, reply), f"got: {reply}"
            case "!":
                self._act(*shlex.split(rest))
            case "=":
                name, _, arguments = rest.partition(" ")
                self._check(name, *([arguments] if name == "content" else shlex.split(arguments)))
            case _:
                raise AssertionError(f"unknown kind of line: {kind!r}")

    def _line(self) -> Line:
        if self.current not in self.lines:
            self.lines[self.current] = Line(self._open_door().address, self.source)
        return self.lines[self.current]

    def _open_door(self) -> OpenDoor:
        if self.door is None:
            self.door = self.loop.run(
                open_smtp_door(
                    self.spec,
                    accept=self.store.accept,
                    knows=self._knows,
                    clock=lambda: NOON,
                )
            )
        return self.door

    def _knows(self, address: str) -> bool:
        if address.startswith("raise@"):
            raise FAILURES["RuntimeError"]()
        return address.lower() in INBOXES

    def _act(self, name: str, *arguments: str) -> None:
        getattr(self, "do_" + name.replace("-", "_"))(*arguments)

    def _check(self, name: str, *arguments: str) -> None:
        getattr(self, "see_" + name.replace("-", "_"))(*arguments)

    # Actions

    def do_door(self, *settings: str) -> None:
        """Settings of the door: field=value; `tls`, `users` and `unix` switch things on."""
        for setting in settings:
            name, _, value = setting.partition("=")
            if name == "tls":
                self.spec = replace(self.spec, tls=server_context(self.scratch))
            elif name == "users":
                self.spec = replace(self.spec, login=check_against(USERS))
            elif name == "unix":
                self.spec = replace(self.spec, unix_socket=self.scratch / "lmtp")
            elif name == "protocol":
                self.spec = replace(self.spec, protocol=SmtpProtocol(value))
            else:
                old = getattr(self.spec, name)
                self.spec = replace(self.spec, **{name: type(old)(value != "no" if old is False else value)})

    def do_store_fails(self, failure: str = "") -> None:
        """`accept` raises this from now on; nothing: works again."""
        self.store.failure = failure

    def do_store_waits(self) -> None:
        """Commits hang from now on."""
        self._open_door()
        self.loop.call(self.store.shut_gate)

    def do_store_goes_on(self) -> None:
        """Commits end."""
        self.loop.call(self.store.open_gate)

    def do_connection(self, name: str, source: str = "") -> None:
        """Talk over this connection from now on; opened when first used, from the address `source`."""
        self.current = name
        self.source = source

    def do_await_place(self) -> None:
        """Wait until the house has a free place."""
        lobby = self._open_door().lobby
        wait_until(lambda: not self.loop.call(lobby.is_full), "a free place")

    def do_hang_up(self) -> None:
        """Close the connection."""
        self.lines.pop(self.current).close()

    def do_end_sending(self) -> None:
        """Half-close: no more from us, but we still listen."""
        self._line().socket.shutdown(socket.SHUT_WR)

    def do_tls(self) -> None:
        """TLS handshake."""
        self._line().start_tls()

    def do_close_door(self) -> None:
        """Ask the door to close; does not wait."""
        self._closing = self.loop.start(self._open_door().close(WAIT_S))

    # Checks

    def see_mails(self, setting: str) -> None:
        """`mails received=N`: waits until so many are stored."""
        wanted = int(setting.partition("=")[2])
        self.store.wait_until(lambda: len(self.store.deliveries) >= wanted, f"{wanted} mails")
        assert len(self.store.deliveries) == wanted, f"got: {len(self.store.deliveries)}"

    def see_commits(self, setting: str) -> None:
        """`commits waiting=N`: waits until so many hang at the gate."""
        wanted = int(setting.partition("=")[2])
        self.store.wait_until(lambda: self.store.waiting == wanted, f"{wanted} commits")

    def see_content(self, expected: str) -> None:
        """The last mail, byte for byte, with the escapes of `C!`."""
        assert self.store.deliveries[-1].content == raw(expected)

    def see_envelope(self, *settings: str) -> None:
        """`envelope mail_from=… rcpt_to=a,b login=…` of the last mail."""
        for setting in settings:
            name, _, value = setting.partition("=")
            actual = getattr(self.store.deliveries[-1], name)
            got = ",".join(actual) if isinstance(actual, tuple) else "" if actual is None else str(actual)
            assert got == value, f"got: {name}={got}"

    def see_closed(self) -> None:
        """The server hangs up."""
        assert self._line().is_closed(), "still open"

    def see_door_closed(self) -> None:
        """`close-door` has come to its end."""
        self._closing.result(WAIT_S)

    def _close(self) -> None:
        for line in self.lines.values():
            line.close()
        if self.door is not None:
            self.loop.call(self.store.open_gate)
            self.loop.run(self.door.close(grace_s=0))
        self.loop.close()


def raw(text: str) -> bytes:
    """`\\r\\n\\x00` as in Python, `{1200*ab}` repeated, everything else as UTF-8."""
    repeated = re.sub(r"\{(\d+)\*([^}]*)\}", lambda found: found[2] * int(found[1]), text)
    return re.sub(
        rb"\\(?:x([0-9a-f]{2})|([rn0t\\]))",
        lambda found: bytes.fromhex(found[1].decode()) if found[1] else _ESCAPES[found[2]],
        repeated.encode(),
    )


_ESCAPES = {b"r": b"\r", b"n": b"\n", b"0": b"\0", b"t": b"\t", b"\\": b"\\"}


def as_mail(content: bytes) -> bytes:
    """A file as a client sends it: CRLF, dot-stuffed, with the end mark."""
    lines = re.sub(rb"\r?\n", b"\r\n", content)
    stuffed = re.sub(rb"(?m)^\.", b"..", lines)
    return stuffed + (b"" if stuffed.endswith(b"\r\n") else b"\r\n") + b".\r\n"


def server_context(scratch: Path) -> ssl.SSLContext:
    """A TLS server context with a fresh certificate for localhost."""
    openssl = shutil.which("openssl")
    if openssl is None:
        raise ServerMissing("openssl is missing: apt-get install openssl")
    key, certificate = scratch / "key.pem", scratch / "cert.pem"
    subprocess.run(
        [openssl, *SELF_SIGNED.split(), "-keyout", str(key), "-out", str(certificate)],
        check=True,
        capture_output=True,
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    return context
