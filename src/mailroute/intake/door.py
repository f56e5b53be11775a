"""The SMTP or LMTP door as a whole: its settings, who is inside, what it may hold in memory, how it closes.

It never looks into a mail. `open_smtp_door` in `lmtp.py` opens it.
"""

from __future__ import annotations

import asyncio
import ipaddress
import ssl
import traceback
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Protocol

from mailroute.errors import Refused, TryLater
from mailroute.log import emit
from mailroute.model import limits
from mailroute.model.mail import Delivery, Receipt

# How long a connection that we close may keep us waiting for it to read our last words.
LINGER_S = 5.0


class Accept(Protocol):
    """Stores a mail durably and returns only after the commit.

    `Refused` becomes its own 5yz reply; `TryLater` and every other exception become 451.
    """

    def __call__(self, delivery: Delivery) -> Awaitable[Receipt]: ...


class SmtpProtocol(StrEnum):
    """Which of the two protocols a door speaks."""

    SMTP = "smtp"
    LMTP = "lmtp"


@dataclass(frozen=True, slots=True)
class SmtpDoor:
    """The settings of one listening socket: `unix_socket`, or else `host` and `port` (0: any free one).

    `login` checks name and password of AUTH and may take its time, it is run in a thread; None: no AUTH.
    `auth_without_tls` allows AUTH in clear from the loopback interface or a unix socket only.
    `idle_s` is the longest wait for a command, and for each 64 KiB of a mail; `data_deadline_s` bounds the
    whole mail. `commit_s` is how long a session waits for the commit before it answers 451 (the commit goes
    on; RFC 5321 §4.5.3.2.6 lets the client wait 600 s). `in_flight_bytes` bounds the sum of all mails that
    are being received or committed.
    """

    host: str = "127.0.0.1"
    port: int = 0
    unix_socket: Path | None = None
    unix_mode: int = 0o660
    protocol: SmtpProtocol = SmtpProtocol.SMTP
    hostname: str = "localhost"
    tls: ssl.SSLContext | None = None
    require_starttls: bool = False
    login: Callable[[str, str], bool] | None = None
    auth_without_tls: bool = False
    size_limit_bytes: int = limits.MAIL_SIZE_BYTES
    in_flight_bytes: int = 2 * limits.MAIL_SIZE_BYTES
    max_connections: int = 100
    max_connections_per_peer: int = 50
    max_recipients: int = limits.RECIPIENTS_PER_MAIL
    max_errors: int = 20
    max_idle_commands: int = 400
    idle_s: float = 300.0
    data_deadline_s: float = 1800.0
    commit_s: float = 540.0


class Guest(Protocol):
    """What the lobby needs of a session."""

    @property
    def busy(self) -> bool: ...

    def dismiss(self) -> None: ...

    def abort(self) -> None: ...


@dataclass(eq=False)
class Lobby:
    """What all sessions of one door share: places, memory, commits under way.

    Lives in one event loop; nothing here is thread-safe nor needs to be.
    """

    spec: SmtpDoor
    accept: Accept
    knows: Callable[[str], bool]
    clock: Callable[[], datetime]
    closing: bool = False
    guests: set[Guest] = field(default_factory=set)
    held_bytes: int = 0
    _per_peer: Counter[str] = field(default_factory=Counter)
    _commits: set[asyncio.Task[Receipt]] = field(default_factory=set)
    _empty: asyncio.Event = field(default_factory=asyncio.Event)

    def is_full(self) -> bool:
        """Whether no further connection may come in."""
        return len(self.guests) >= self.spec.max_connections

    def is_full_for(self, peer: str) -> bool:
        """Whether this peer has all the connections it may have."""
        return bool(peer) and self._per_peer[peer] >= self.spec.max_connections_per_peer

    def enter(self, guest: Guest, peer: str) -> None:
        """Take a place; `peer` is from `peer_group`."""
        self.guests.add(guest)
        self._per_peer[peer] += 1

    def leave(self, guest: Guest, peer: str) -> None:
        """Give the place back."""
        self.guests.discard(guest)
        self._per_peer[peer] -= 1
        if self._per_peer[peer] <= 0:
            del self._per_peer[peer]
        if not self.guests:
            self._empty.set()

    def has_room_for(self, size_bytes: int) -> bool:
        """Whether that much more mail may be held."""
        return self.held_bytes + size_bytes <= self.spec.in_flight_bytes

    def commit(self, delivery: Delivery, held_bytes: int) -> asyncio.Future[Receipt]:
        """Start the commit as a task of its own, so that no hang-up can cut it; await it through `shield`.

        Takes over `held_bytes` of the caller and gives them back when the commit has ended.
        """
        task: asyncio.Task[Receipt] = asyncio.ensure_future(self._run(delivery))
        self._commits.add(task)

        def ended(done: asyncio.Task[Receipt]) -> None:
            self._commits.discard(done)
            self.held_bytes -= held_bytes
            # Whoever waited may be gone; an unread exception would be printed with its text.
            if not done.cancelled() and (error := done.exception()) is not None:
                report(error)

        task.add_done_callback(ended)
        return task

    async def _run(self, delivery: Delivery) -> Receipt:
        return await self.accept(delivery)

    async def empty(self, grace_s: float) -> None:
        """Send everybody home: at once, or after the mail they are just sending, at most `grace_s` later.

        Commits that are under way are always waited for.
        """
        self.closing = True
        for guest in tuple(self.guests):
            if not guest.busy:
                guest.dismiss()
        if self.guests:
            self._empty.clear()
            try:
                await asyncio.wait_for(self._empty.wait(), grace_s)
            except TimeoutError:
                for guest in tuple(self.guests):
                    guest.abort()
        if self._commits:
            await asyncio.wait(tuple(self._commits))


@dataclass(eq=False)
class OpenDoor:
    """A door that listens. `address` is what it listens on, ("127.0.0.1", 2525) or a path."""

    address: tuple[str, int] | Path
    lobby: Lobby
    _server: asyncio.Server

    @property
    def port(self) -> int:
        """The TCP port, 0 for a unix socket."""
        return 0 if isinstance(self.address, Path) else self.address[1]

    async def close(self, grace_s: float = 30.0) -> None:
        """Stop listening, let mails that are on their way in finish, then hang up (421)."""
        self._server.close()
        await self.lobby.empty(grace_s)
        await self._server.wait_closed()
        if isinstance(self.address, Path):
            self.address.unlink(missing_ok=True)


def peer_group(host: str) -> str:
    """Who shares one allowance of connections: an IPv4 address, or an IPv6 network of 64 bits.

    A household has 2**64 IPv6 addresses. "" (no allowance is counted) for a unix socket.
    """
    if not host:
        return ""
    address = ipaddress.ip_address(host.partition("%")[0])
    if isinstance(address, ipaddress.IPv4Address):
        return str(address)
    if address.ipv4_mapped is not None:
        return str(address.ipv4_mapped)
    return str(ipaddress.ip_network((address, 64), strict=False))


def report(error: BaseException) -> None:
    """Log a fault of ours by its class and place. Its text may hold addresses or secrets and stays out."""
    if isinstance(error, Refused | TryLater):
        emit("not-taken", error=type(error).__name__)
        return
    frames = traceback.extract_tb(error.__traceback__)
    place = f"{Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else "?"
    emit("door-fault", error=type(error).__name__, at=place)
