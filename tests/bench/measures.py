"""The measurements themselves: each starts what it needs, lets it work, and returns plain figures."""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

from tests.bench import client
from tests.bench.corpus import INBOX, Mail
from tests.bench.machine import Memory, MemoryWatch, cpu_s
from tests.bench.sink import sink
from tests.bench.systems import Broke, Maildrop, Mailroute, mailroute
from tests.support.servers import LOOPBACK, wait_until

_WORK_WAIT_S = 900.0


@dataclass(frozen=True, slots=True)
class Run:
    """One corpus sent once. `mails_per_s` from the first connection until nothing was left to do."""

    mails_per_s: float
    p50_ms: float
    p99_ms: float
    cpu_ms: float
    sender_cpu_ms: float
    memory: Memory
    start_s: float = 0.0


@dataclass(frozen=True, slots=True)
class Delivered:
    """Letters that left through one relay connection."""

    letters: int
    per_s: float
    cpu_ms: float


@dataclass(frozen=True, slots=True)
class Load:
    """A corpus, prepared for the sender."""

    mails: tuple[Mail, ...]
    prepared: Path

    @classmethod
    def of(cls, mails: Sequence[Mail], directory: Path) -> Load:
        """Write it to the directory."""
        return cls(tuple(mails), client.prepare(mails, directory / f"{len(mails)}.pickle"))


def send(system: Mailroute | Maildrop, load: Load, sessions: int, *, until_done: bool = True) -> Run:
    """Send the load and wait until the system has worked through it, or only for the last 250."""
    count = len(load.mails)
    with MemoryWatch(system.pid) as watch:
        cpu_before = cpu_s(system.pid)
        sent = client.result(client.start(load.prepared, LOOPBACK, system.port, sessions, INBOX))
        ended = sent.last_reply_s
        if until_done:
            wait_until(lambda: system.left(count) == 0, "all mails are worked through", _WORK_WAIT_S)
            ended = time.monotonic()
        cpu_after = cpu_s(system.pid)
    return Run(
        mails_per_s=count / (ended - sent.first_connection_s),
        p50_ms=statistics.median(sent.times_ms),
        p99_ms=statistics.quantiles(sent.times_ms, n=100)[98],
        cpu_ms=1000 * (cpu_after - cpu_before) / count,
        sender_cpu_ms=1000 * sent.cpu_s / count,
        memory=watch.peak,
        start_s=system.start_s if isinstance(system, Mailroute) else 0.0,
    )


def through(
    opened: AbstractContextManager[Mailroute] | AbstractContextManager[Maildrop],
    load: Load,
    sessions: int,
    *,
    until_done: bool = True,
) -> Run:
    """Start a system, warm it up with nothing, send the load. Raises Broke if a mail was held."""
    with opened as system:
        run = send(system, load, sessions, until_done=until_done)
        if isinstance(system, Mailroute) and (held := system.held()):
            raise Broke(f"{held} of {len(load.mails)} mails are held; nothing can be said about speed")
    return run


def sender_alone(load: Load, sessions: int) -> float:
    """Mails a second that the sender can send to a server that does nothing: its own limit."""
    with sink() as null:
        sent = client.result(client.start(load.prepared, LOOPBACK, null.port, sessions, INBOX))
    return len(load.mails) / (sent.last_reply_s - sent.first_connection_s)


def letters_out(load: Load, sessions: int = 10) -> Delivered:
    """Fill an outbox, then let a daemon with nothing else to do send it through one connection."""
    with mailroute("smtp,work") as server, sink() as relay:
        send(server, load, sessions)
        server.stop()
        server.parts, server.relay_port = "deliver", relay.port
        server.start()
        cpu_before = cpu_s(server.pid)
        waiting = server.letters_to_send()
        wait_until(lambda: server.letters_to_send() == 0, "all letters are sent", _WORK_WAIT_S)
        used_s = cpu_s(server.pid) - cpu_before
        server.stop()
        taken = relay.close()
    return Delivered(taken.mails, taken.per_s, 1000 * used_s / max(1, waiting))


def in_turn(rounds: int, measures: dict[str, Callable[[], Run]]) -> dict[str, tuple[Run, ...]]:
    """Measure each in turn, `rounds` times, so that what else the machine does hits all of them alike."""
    runs: dict[str, list[Run]] = {name: [] for name in measures}
    for _ in range(rounds):
        for name, measure in measures.items():
            runs[name].append(measure())
    return {name: tuple(all_runs) for name, all_runs in runs.items()}


def median(runs: Iterable[Run]) -> Run:
    """Figure by figure."""
    every = tuple(runs)

    def mid(figure: Callable[[Run], float]) -> float:
        return statistics.median(map(figure, every))

    return Run(
        mails_per_s=mid(lambda run: run.mails_per_s),
        p50_ms=mid(lambda run: run.p50_ms),
        p99_ms=mid(lambda run: run.p99_ms),
        cpu_ms=mid(lambda run: run.cpu_ms),
        sender_cpu_ms=mid(lambda run: run.sender_cpu_ms),
        memory=Memory(
            mid(lambda run: run.memory.shared_out),
            mid(lambda run: run.memory.sum_of_rss),
            mid(lambda run: run.memory.largest),
        ),
        start_s=mid(lambda run: run.start_s),
    )


def scratch() -> tempfile.TemporaryDirectory[str]:
    """A directory for prepared loads and large rules."""
    return tempfile.TemporaryDirectory(prefix="mailroute-bench-")
