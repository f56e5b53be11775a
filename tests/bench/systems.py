"""What is measured: a real `mailroute serve` in a directory of its own, and a Postfix that fills a Maildir."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from mailroute.store import mails, outbox
from mailroute.store.engine import Store, open_store
from tests.support.calm import in_calm
from tests.support.servers import LOOPBACK, Postfix, free_port, postfix, wait_until

START_WAIT_S = 300.0
_STOP_WAIT_S = 40.0
_LOG_TAIL_LINES = 30


class Broke(RuntimeError):
    """What was to be measured did not run; the text ends with its log."""


class System(Protocol):
    """A server that takes mail at `port` and works on it until nothing is left to do."""

    @property
    def port(self) -> int: ...

    @property
    def pid(self) -> int: ...

    def left(self, sent: int) -> int:
        """How many of the `sent` mails it has still to work on."""


@dataclass(slots=True)
class Mailroute:
    """A daemon as `mailroute serve` runs it; `start_s` is how long it took until it was ready."""

    directory: Path
    rules: Path
    parts: str
    protocol: str = "smtp"
    relay_port: int = 9
    relay_connections: int = 1
    environment: dict[str, str] = field(default_factory=dict)
    port: int = 0
    start_s: float = 0.0
    _process: subprocess.Popen[bytes] | None = None
    _store: Store | None = None

    @property
    def pid(self) -> int:
        """The process that has started all others."""
        assert self._process is not None
        return self._process.pid

    @property
    def log_file(self) -> Path:
        """What it has logged."""
        return self.directory / "serve.log"

    def start(self) -> None:
        """Start it and wait until it takes mail. Raises Broke if it does not."""
        self.port = free_port()
        config = self.directory / "mailroute.toml"
        config.write_text(self._settings(), encoding="utf-8")
        command = (sys.executable, "-m", "mailroute", "serve", "--config", str(config), "--parts", self.parts)
        began = time.monotonic()
        with self.log_file.open("wb") as log:
            self._process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stderr=log,
                stdout=log,
                env={**os.environ, **self.environment},
            )
        try:
            wait_until(self._is_ready, "mailroute serve starts", START_WAIT_S)
        except TimeoutError:
            raise Broke(f"mailroute serve does not start\n{self._log()}") from None
        self.start_s = time.monotonic() - began
        self._store = open_store(f"sqlite:///{self.directory / 'state' / 'mailroute.db'}", exclusive=False)

    def left(self, sent: int) -> int:
        """Mails that are not stored or not decided yet; letters of what is decided are in the outbox."""
        assert self._store is not None
        with self._store.read() as conn:
            return mails.unfinished(conn)

    def held(self) -> int:
        """Mails that it gave up on: a benchmark in which there are any is none."""
        assert self._store is not None
        with self._store.read() as conn:
            return len(mails.held(conn))

    def letters_to_send(self) -> int:
        """Letters in the outbox that wait or are on their way."""
        assert self._store is not None
        with self._store.read() as conn:
            return outbox.unsent(conn)

    def stop(self) -> None:
        """End it as an operator would, and by force if it does not listen."""
        if self._store is not None:
            self._store.close()
        if self._process is None:
            return
        self._process.send_signal(signal.SIGTERM)
        try:
            self._process.wait(_STOP_WAIT_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process = None

    def _is_ready(self) -> bool:
        assert self._process is not None
        if self._process.poll() is not None:
            raise Broke(f"mailroute serve ended with code {self._process.returncode}\n{self._log()}")
        return " started " in self.log_file.read_text(errors="replace")

    def _log(self) -> str:
        return "\n".join(self.log_file.read_text(errors="replace").splitlines()[-_LOG_TAIL_LINES:])

    def _settings(self) -> str:
        return f"""\
state = "state"
rules = ["{self.rules}"]
[[doors]]
listen = "{LOOPBACK}:{self.port}"
protocol = "{self.protocol}"
[relay]
host = "{LOOPBACK}"
port = {self.relay_port}
connections = {self.relay_connections}
"""


@contextmanager
def mailroute(parts: str = "smtp,work", rules: Path | None = None) -> Iterator[Mailroute]:
    """Run a daemon with the demo firm, or with other rules, on an empty database."""
    with tempfile.TemporaryDirectory(prefix="mailroute-bench-") as directory:
        server = Mailroute(Path(directory), in_calm(Path(directory), rules), parts)
        try:
            server.start()
            yield server
        finally:
            server.stop()


@dataclass(slots=True)
class Maildrop:
    """A Postfix that delivers everything into one Maildir."""

    server: Postfix

    @property
    def port(self) -> int:
        """Where it takes mail."""
        return self.server.port

    @property
    def pid(self) -> int:
        """The process above its master."""
        return self.server.pid

    def left(self, sent: int) -> int:
        """Mails that are not in the Maildir yet."""
        new = self.server.maildir / "new"
        return sent - (sum(1 for _ in new.iterdir()) if new.exists() else 0)


@contextmanager
def maildrop() -> Iterator[Maildrop]:
    """Run one. Raises ServerMissing where there is no Postfix or we are not root."""
    with postfix() as server:
        yield Maildrop(server)
