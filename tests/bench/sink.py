"""An SMTP server that takes everything and keeps nothing: the relay of the benchmark, and the sender's own limit.

    python -m tests.bench.sink PORT

prints how many mails it took, and when the first and the last, once its standard input is closed.
"""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass

from tests.support.servers import LOOPBACK, free_port

_END = b"\r\n.\r\n"


@dataclass(slots=True)
class Taken:
    """How many mails came, and when the first and the last was complete (CLOCK_MONOTONIC)."""

    mails: int = 0
    first_s: float = 0.0
    last_s: float = 0.0

    @property
    def per_s(self) -> float:
        """Mails a second, between the first and the last."""
        return (self.mails - 1) / (self.last_s - self.first_s) if self.mails > 1 else 0.0

    def note(self) -> None:
        """One more."""
        self.last_s = time.monotonic()
        self.first_s = self.first_s or self.last_s
        self.mails += 1


class Sink:
    """The server in its process."""

    def __init__(self, port: int, process: subprocess.Popen[str]) -> None:
        self.port = port
        self._process = process

    def close(self) -> Taken:
        """End it; what it took."""
        output, _ = self._process.communicate()
        return Taken(**json.loads(output))

    def kill(self) -> None:
        """End it, whatever it is doing."""
        self._process.kill()
        self._process.wait()


@contextmanager
def sink() -> Iterator[Sink]:
    """Run one on a free port."""
    port = free_port()
    command = (sys.executable, "-m", "tests.bench.sink", str(port))
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    process.stdout.readline()
    server = Sink(port, process)
    try:
        yield server
    finally:
        server.kill()


class _Connection(asyncio.Protocol):
    def __init__(self, taken: Taken) -> None:
        self._taken = taken
        self._buffer = b""
        self._in_data = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        transport.write(b"220 sink.example ESMTP\r\n")

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        while self._in_data or b"\n" in self._buffer:
            if not (self._content() if self._in_data else self._command()):
                return

    def _content(self) -> bool:
        """Throw content away up to the final dot; whether it has come."""
        end = self._buffer.find(_END)
        if end < 0:
            self._buffer = self._buffer[-4:]
            return False
        self._buffer, self._in_data = self._buffer[end + 5 :], False
        self._taken.note()
        self._transport.write(b"250 2.0.0 taken\r\n")
        return True

    def _command(self) -> bool:
        line, _, self._buffer = self._buffer.partition(b"\n")
        verb = line[:4].upper().strip()
        if verb == b"DATA":
            # The line end before a dot on the very first line is that of the command.
            self._buffer, self._in_data = b"\r\n" + self._buffer, True
            self._transport.write(b"354 go ahead\r\n")
        elif verb == b"EHLO":
            self._transport.write(b"250-sink.example\r\n250-8BITMIME\r\n250 SMTPUTF8\r\n")
        elif verb == b"QUIT":
            self._transport.write(b"221 2.0.0 bye\r\n")
            self._transport.close()
            return False
        else:
            self._transport.write(b"250 2.0.0 fine\r\n")
        return True


async def _serve(port: int) -> Taken:
    taken = Taken()
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: _Connection(taken), LOOPBACK, port, backlog=200)
    print("ready", flush=True)
    await asyncio.to_thread(sys.stdin.read)
    server.close()
    return taken


def main() -> int:
    """Serve until standard input ends."""
    print(json.dumps(asdict(asyncio.run(_serve(int(sys.argv[1]))))))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
