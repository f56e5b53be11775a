"""A sender that costs little: N SMTP sessions kept open in one process, mails prepared beforehand.

    python -m tests.bench.client MAILS.pickle HOST PORT SESSIONS RECIPIENT

prints one JSON object. It runs beside what is measured, on the same cores; `sender` in the report is its own limit.
"""

from __future__ import annotations

import asyncio
import json
import pickle
import subprocess
import sys
import time
from collections import deque
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from tests.bench.corpus import Mail


class Refusal(RuntimeError):
    """The server did not take a mail; a benchmark with refused mails is none."""


@dataclass(frozen=True, slots=True)
class Sent:
    """When the first connection was opened and the last 250 came (CLOCK_MONOTONIC), and how long each mail took.

    `times_ms`: from MAIL FROM to the 250 after the last dot.
    """

    first_connection_s: float
    last_reply_s: float
    times_ms: list[float]
    cpu_s: float


def prepare(mails: Sequence[Mail], file: Path) -> Path:
    """Write mails as they go over the wire: dots doubled, end mark behind."""
    wire = [(one.mail_from, one.content.replace(b"\r\n.", b"\r\n..") + b".\r\n") for one in mails]
    file.write_bytes(pickle.dumps(wire))
    return file


def start(prepared: Path, host: str, port: int, sessions: int, recipient: str) -> subprocess.Popen[str]:
    """Begin to send in a process of its own; `result` waits for it."""
    words = (str(prepared), host, str(port), str(sessions), recipient)
    return subprocess.Popen(
        (sys.executable, "-m", "tests.bench.client", *words), stdout=subprocess.PIPE, text=True
    )


def result(sending: subprocess.Popen[str]) -> Sent:
    """Wait until everything is sent. Raises Refusal if it could not be."""
    output, _ = sending.communicate()
    if sending.returncode != 0:
        raise Refusal(output.strip() or "the sender broke off")
    return Sent(**json.loads(output))


class _Session(asyncio.Protocol):
    """One connection: takes the next mail from the pile until it is empty."""

    def __init__(self, pile: deque[tuple[str, bytes]], rcpt: bytes, times_ms: list[float]) -> None:
        self._pile = pile
        self._rcpt = rcpt
        self._times_ms = times_ms
        self._transport: asyncio.Transport | None = None
        self._reply = b""
        self._step = self._greeted
        self._expected = b"2"
        self._content = b""
        self._started = 0.0
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._reply += data
        if not self._reply.endswith(b"\n"):
            return
        last = self._reply.rstrip().rpartition(b"\n")[2]
        if last[3:4] == b"-":
            return
        self._reply = b""
        if last.startswith(self._expected):
            self._step()
        else:
            self._fail(last.decode(errors="replace"))

    def connection_lost(self, exc: Exception | None) -> None:
        self._fail("the connection was closed")

    def _fail(self, why: str) -> None:
        if not self.done.done():
            self.done.set_exception(Refusal(why))

    def _say(self, line: bytes, then: object, expected: bytes = b"2") -> None:
        assert self._transport is not None
        assert callable(then)
        self._step, self._expected = then, expected
        self._transport.write(line)

    def _greeted(self) -> None:
        self._say(b"EHLO bench.example\r\n", self._next)

    def _next(self) -> None:
        if not self._pile:
            self._say(b"QUIT\r\n", self._left)
            return
        mail_from, self._content = self._pile.popleft()
        self._started = time.monotonic()
        self._say(b"MAIL FROM:<" + mail_from.encode() + b">\r\n", self._from_taken)

    def _from_taken(self) -> None:
        self._say(self._rcpt, self._rcpt_taken)

    def _rcpt_taken(self) -> None:
        self._say(b"DATA\r\n", self._data_wanted, b"3")

    def _data_wanted(self) -> None:
        self._say(self._content, self._taken)

    def _taken(self) -> None:
        self._times_ms.append(1000 * (time.monotonic() - self._started))
        self._next()

    def _left(self) -> None:
        assert self._transport is not None
        if not self.done.done():
            self.done.set_result(None)
        self._transport.close()


async def _send(file: Path, host: str, port: int, sessions: int, recipient: str) -> Sent:
    pile: deque[tuple[str, bytes]] = deque(pickle.loads(file.read_bytes()))
    times_ms: list[float] = []
    rcpt = b"RCPT TO:<" + recipient.encode() + b">\r\n"
    loop = asyncio.get_running_loop()
    started, cpu_before = time.monotonic(), time.process_time()
    made = [
        await loop.create_connection(lambda: _Session(pile, rcpt, times_ms), host, port)
        for _ in range(sessions)
    ]
    await asyncio.gather(*(session.done for _, session in made))
    return Sent(started, time.monotonic(), times_ms, time.process_time() - cpu_before)


def main() -> int:
    """Send; say how it went."""
    file, host, port, sessions, recipient = sys.argv[1:]
    try:
        sent = asyncio.run(_send(Path(file), host, int(port), int(sessions), recipient))
    except (Refusal, OSError) as error:
        print(error)
        return 1
    print(json.dumps(asdict(sent)))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
