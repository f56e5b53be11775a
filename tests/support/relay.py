"""A relay that is a real SMTP server on a loopback port, with bad moods on demand and a memory of what it accepted.

with FakeRelay() as relay:
    relay.moods.append(Mood(Stage.DOT, "451 4.3.0 try later"))
    ...
    relay.wait_for(lambda letters: len(letters) == 1)
"""

import asyncio
import ssl
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from types import TracebackType
from typing import Any, Self

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session

START_WAIT_S = 60.0


class Stage(StrEnum):
    """Where in a conversation a mood shows. DOT: the whole letter is there and waits for its reply."""

    CONNECT = "connect"
    EHLO = "ehlo"
    AUTH = "auth"
    MAIL = "mail"
    RCPT = "rcpt"
    DATA = "data"
    DOT = "dot"


@dataclass(frozen=True, slots=True)
class Mood:
    """What the relay does at a stage instead of being kind; used up after `times`.

    `reply` is one line without its end (anything, garbage too); None: it hangs up without a word. `address`: only
    for this recipient. `keeps`: at the dot, it has accepted the letter all the same. `wait_s` comes before the reply.
    """

    stage: Stage
    reply: str | None
    address: str | None = None
    times: int = 1
    keeps: bool = False
    wait_s: float = 0.0


@dataclass(frozen=True, slots=True)
class Received:
    """A letter as it arrived: the envelope and the bytes between DATA and the dot, dots undone."""

    mail_from: str
    rcpt_to: tuple[str, ...]
    content: bytes
    connection: int


@dataclass
class FakeRelay:
    """The server. `moods` may be changed at any time; `letters` are all that it took, in order.

    With `tls` it offers STARTTLS, with `implicit_tls` it begins with it. `login` is the only name and password.
    """

    tls: ssl.SSLContext | None = None
    implicit_tls: bool = False
    login: tuple[str, str] | None = None
    hostname: str = "relay.example"
    host: str = "127.0.0.1"
    port: int = 0
    moods: list[Mood] = field(default_factory=list)
    letters: list[Received] = field(default_factory=list)
    connections: int = 0
    commands: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._changed = threading.Condition()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="fake relay", daemon=True)
        self._server: asyncio.Server | None = None
        self._open: set[asyncio.BaseTransport] = set()

    # --- for tests -----------------------------------------------------------------------------------------

    def __enter__(self) -> Self:
        self._thread.start()
        asyncio.run_coroutine_threadsafe(self._start(), self._loop).result(START_WAIT_S)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        asyncio.run_coroutine_threadsafe(self._stop(), self._loop).result(START_WAIT_S)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(START_WAIT_S)
        self._loop.close()

    def wait_for(
        self, condition: Callable[[Sequence[Received]], bool], timeout_s: float = START_WAIT_S
    ) -> list[Received]:
        """Wait until the accepted letters satisfy `condition`, and return them. Raises AssertionError after the time."""
        with self._changed:
            met = self._changed.wait_for(lambda: condition(self.letters), timeout_s)
            if not met:
                raise AssertionError(
                    f"not met within {timeout_s} s; the relay has {len(self.letters)} letters"
                )
            return list(self.letters)

    def to(self, address: str) -> list[Received]:
        """The letters that went to this address."""
        with self._changed:
            return [one for one in self.letters if address in one.rcpt_to]

    # --- the server ----------------------------------------------------------------------------------------

    async def _start(self) -> None:
        context = self.tls if self.implicit_tls else None
        self._server = await self._loop.create_server(
            lambda: _Session(self), self.host, self.port, ssl=context
        )
        self.port = self._server.sockets[0].getsockname()[1]

    async def _stop(self) -> None:
        assert self._server is not None
        self._server.close()
        for transport in tuple(self._open):
            transport.abort() if isinstance(transport, asyncio.Transport) else transport.close()
        others = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)
        await self._server.wait_closed()

    def mood_at(self, stage: Stage, address: str | None = None) -> Mood | None:
        """The first mood for this moment, used up once."""
        with self._changed:
            for index, mood in enumerate(self.moods):
                if mood.stage is stage and mood.address in (None, address):
                    left = mood.times - 1
                    used = Mood(mood.stage, mood.reply, mood.address, left, mood.keeps, mood.wait_s)
                    self.moods[index : index + 1] = [used] if left else []
                    return mood
            return None

    def remember(self, letter: Received) -> None:
        """Take a letter in and wake who waits for it."""
        with self._changed:
            self.letters.append(letter)
            self._changed.notify_all()


class _Session(SMTP):
    """One connection to the relay."""

    def __init__(self, relay: FakeRelay) -> None:
        super().__init__(
            _Hooks(relay),
            hostname=relay.hostname,
            ident="ESMTP",
            tls_context=None if relay.implicit_tls else relay.tls,
            authenticator=_authenticator(relay),
            auth_require_tls=False,
            loop=asyncio.get_running_loop(),
        )
        self.relay = relay
        self.number = 0

    def connection_made(self, transport: Any) -> None:
        if self.number == 0:
            self.relay.connections += 1
            self.number = self.relay.connections
        self.relay._open.add(transport)
        mood = self.relay.mood_at(Stage.CONNECT)
        if mood is None:
            super().connection_made(transport)
            return
        if mood.reply is not None:
            transport.write(mood.reply.encode() + b"\r\n")
        transport.close()

    def data_received(self, data: bytes) -> None:
        # After a refused connection there is no reader; whatever still comes is for nobody.
        if self._reader_or_none() is not None:
            super().data_received(data)

    def eof_received(self) -> bool | None:
        return super().eof_received() if self._reader_or_none() is not None else None

    def connection_lost(self, error: Exception | None) -> None:
        self.relay._open.discard(self.transport)
        if getattr(self, "session", None) is not None:
            super().connection_lost(error)

    def _reader_or_none(self) -> Any:
        return getattr(self, "_stream_reader", None) if getattr(self, "session", None) is not None else None


def _authenticator(relay: FakeRelay) -> Callable[..., AuthResult] | None:
    if relay.login is None:
        return None

    def check(server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: Any) -> AuthResult:
        said = (getattr(data, "login", b"").decode(), getattr(data, "password", b"").decode())
        return AuthResult(success=said == relay.login, handled=False)

    return check


class _Hooks:
    """aiosmtpd's hooks: each asks for the mood first."""

    def __init__(self, relay: FakeRelay) -> None:
        self.relay = relay

    async def handle_EHLO(  # noqa: N802 - aiosmtpd's name
        self, server: Any, session: Any, envelope: Any, hostname: str, responses: list[str]
    ) -> list[str]:
        session.host_name = hostname
        moody = await self._moody(server, Stage.EHLO, None)
        return responses if moody is None else [moody]

    async def handle_MAIL(  # noqa: N802
        self, server: Any, session: Any, envelope: Any, address: str, options: list[str]
    ) -> str:
        moody = await self._moody(server, Stage.MAIL, None)
        if moody is not None:
            return moody
        envelope.mail_from = address
        return "250 2.1.0 ok"

    async def handle_RCPT(  # noqa: N802
        self, server: Any, session: Any, envelope: Any, address: str, options: list[str]
    ) -> str:
        moody = await self._moody(server, Stage.RCPT, address)
        if moody is not None:
            return moody
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 ok"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        address = envelope.rcpt_tos[0]
        letter = Received(
            envelope.mail_from, tuple(envelope.rcpt_tos), bytes(envelope.content), server.number
        )
        mood = self.relay.mood_at(Stage.DOT, address)
        if mood is None:
            self.relay.remember(letter)
            return "250 2.0.0 taken"
        if mood.keeps:
            self.relay.remember(letter)
        return await _show(server, mood)

    async def _moody(self, server: Any, stage: Stage, address: str | None) -> str | None:
        self.relay.commands.append(f"{stage} {address}" if address else stage)
        mood = self.relay.mood_at(stage, address)
        return None if mood is None else await _show(server, mood)


async def _show(server: Any, mood: Mood) -> str:
    """Do what the mood says: wait, then answer, or hang up without a word."""
    if mood.wait_s:
        await asyncio.sleep(mood.wait_s)
    if mood.reply is None:
        server.transport.abort()
        # aiosmtpd writes the reply to a connection that is gone: nobody reads it.
        return "421 4.3.2 gone"
    return mood.reply
