"""A worker process: reads and decides mails, so that one that takes too much harms nobody else (design §12).

It holds compiled rules, templates and a read-only connection; it is killed and replaced when a mail keeps it longer
than limits.PARSE_WALL_S or limits.PARSE_CPU_S of the processor, or needs more than limits.PARSE_MEMORY_BYTES.
"""

from __future__ import annotations

import contextlib
import gc
import math
import multiprocessing
import resource
import signal
import time
from collections import deque
from dataclasses import replace
from datetime import datetime
from multiprocessing.connection import Connection as Pipe
from pathlib import Path

from mailroute import log
from mailroute.clock import Clock
from mailroute.errors import Broken, MailrouteError, TryLater
from mailroute.flow.process import Prepared, prepare
from mailroute.flow.site import Recipe, Site
from mailroute.model import limits
from mailroute.store.engine import Store, open_store
from mailroute.store.mails import Claimed, content_of_intake

# spawn: a fork of a process with threads may inherit a lock that nobody will ever release.
_context = multiprocessing.get_context("spawn")

# The collector looks for circles after so many new objects that stay: every tenth mail, not twice in each.
_OBJECTS_KEPT = 20_000

# A child imports, compiles the rules and opens the database: a second, on a busy machine some.
_START_S = 60.0


class Worker:
    """One child process that prepares mails, one after the other. Used by one thread only.

    While we write what it decided, it reads the next mail: without that it would idle half of the time.
    """

    def __init__(self, url: str, recipe: Recipe, clock: Clock) -> None:
        self._url = url
        self._recipe = recipe
        self._clock = clock
        self._process: multiprocessing.process.BaseProcess | None = None
        self._pipe: Pipe | None = None
        # What the child was asked for and has not answered, at most two.
        self._asked: deque[Claimed] = deque()
        self._ready = False
        self._child_recipe = recipe

    def start(self) -> None:
        """Start the child, so that it is ready when the first mail comes. Returns at once."""
        if self._pipe is None:
            self._start()

    def renew(self, recipe: Recipe) -> None:
        """Have a child with other rules from the next mail on. May be called by any thread."""
        self._recipe = recipe

    def wait_until_ready(self) -> None:
        """Have a child that can decide; asked for before a mail is claimed.

        Raises TryLater if none comes up (no memory, the database is away): that is no mail's fault.
        """
        if self._process is not None and not self._process.is_alive():
            self.close()
        if self._child_recipe is not self._recipe and not self._asked:
            # Between two mails: nobody waits for this child.
            self.close()
        pipe = self._pipe or self._start()
        if self._ready:
            return
        with contextlib.suppress(EOFError, OSError):
            if pipe.poll(_START_S):
                self._ready = pipe.recv() is None
        if not self._ready:
            self.close()
            raise TryLater("no worker process comes up; what it says stands above")

    def prepare(self, claimed: Claimed, following: Claimed | None = None) -> Prepared:
        """Have the child decide this mail, and let it begin with `following`, which is asked for next.

        Raises what the child raised, or Broken if it died or took too long; the next mail gets a new child.
        TryLater if there is no child to ask.
        """
        if self._asked and self._asked[0] is not claimed:
            # Somebody broke off after asking. Answers come in the order of questions, so these are of no use.
            self.close()
        self.wait_until_ready()
        pipe = self._pipe or self._start()
        try:
            if not self._asked:
                self._ask(pipe, claimed)
            if following is not None:
                self._ask(pipe, following)
            if not pipe.poll(limits.PARSE_WALL_S):
                raise Broken(f"reading it took more than {limits.PARSE_WALL_S:.0f} s")
            answer = pipe.recv()
        except (EOFError, OSError):
            reason = self._why_it_died()
            self._lost(claimed)
            raise Broken(reason) from None
        except Broken:
            self._lost(claimed)
            raise
        self._asked.popleft()
        if isinstance(answer, Prepared):
            return answer
        assert isinstance(answer, Exception)
        raise answer

    def _ask(self, pipe: Pipe, claimed: Claimed) -> None:
        """Send a question. Without the mail's bytes, which the child reads from the database: a question must fit
        into the pipe while the child is still sending an answer, else both wait for each other.
        """
        pipe.send((replace(claimed, content=b""), self._clock()))
        self._asked.append(claimed)

    def close(self) -> None:
        """End the child."""
        if self._pipe is not None:
            self._pipe.close()
        if self._process is not None:
            self._process.kill()
            self._process.join()
        self._process = self._pipe = None
        self._asked.clear()
        self._ready = False

    def _start(self) -> Pipe:
        ours, theirs = _context.Pipe()
        self._child_recipe = self._recipe
        arguments = (theirs, self._url, self._child_recipe)
        self._process = _context.Process(target=_serve, args=arguments, name="mailroute-worker", daemon=True)
        self._process.start()
        theirs.close()
        self._pipe = ours
        return ours

    def _why_it_died(self) -> str:
        if self._process is not None:
            self._process.join(1)
            if self._process.exitcode == -signal.SIGXCPU:
                return f"reading it took more than {limits.PARSE_CPU_S} s of the processor"
        return "the worker died reading it"

    def _lost(self, claimed: Claimed) -> None:
        log.emit("worker-lost", mail=f"m{claimed.envelope.intake_id}")
        self.close()


def _serve(pipe: Pipe, url: str, recipe: Recipe) -> None:
    """The child: one mail in, one Prepared or exception out, until the pipe ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    site = recipe.site()
    # Neither its time nor its memory is a mail's.
    site.prepare_to_read()
    settle()
    with open_store(url, exclusive=False) as store, contextlib.suppress(EOFError, OSError):
        _limit_memory()
        pipe.send(None)
        while True:
            claimed, now = pipe.recv()
            limit_time(limits.PARSE_CPU_S)
            pipe.send(_answer(store, site, claimed, now))


def _answer(store: Store, site: Site, claimed: Claimed, now: datetime) -> Prepared | Exception:
    try:
        with store.read() as conn:
            envelope = claimed.envelope
            content = content_of_intake(conn, envelope.organisation, envelope.intake_id)
            return prepare(conn, replace(claimed, content=content), site, now)
    except MemoryError:
        return Broken(f"reading it needs more than {limits.PARSE_MEMORY_BYTES >> 20} MB")
    except MailrouteError as error:
        return error
    except Exception as error:  # noqa: BLE001 - the worker loop (design §11), its half in the child
        # Any other class may not survive the pipe; its name is what the log and `mailroute held` show.
        return Broken(f"{type(error).__name__} while deciding")


def settle() -> None:
    """Have the garbage collector leave alone what was loaded, for it stays, and come seldom, for mails make few circles.

    With the words of a pack it went through 200,000 objects again and again: a tenth of a mail's time.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(_OBJECTS_KEPT)


def limit_time(seconds: int) -> None:
    """So much of the processor for this process from now on; beyond, the kernel ends it with SIGXCPU."""
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    resource.setrlimit(resource.RLIMIT_CPU, (math.ceil(time.process_time()) + seconds, hard))


def _limit_memory() -> None:
    """What is in use now, and limits.PARSE_MEMORY_BYTES more for one mail."""
    in_use = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    limit = in_use + limits.PARSE_MEMORY_BYTES
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
