"""The daemon: doors, workers, the postman and the ticks of one installation, started, watched and stopped.

One process with the doors' event loop, one writer thread (in `store`), and a thread for each further part; a worker
thread owns a child process that decides (design §12).
"""

from __future__ import annotations

import asyncio
import os
import random
import socket
import threading
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field

from mailroute import log
from mailroute.clock import Clock, system_clock
from mailroute.daemon.control import Control
from mailroute.daemon.doors import imap_account, smtp_door
from mailroute.daemon.loops import Loop
from mailroute.daemon.rules import RulesKeeper
from mailroute.daemon.ticks import Ticks
from mailroute.daemon.web import OpenWeb, chance
from mailroute.daemon.workers import Worker
from mailroute.delivery.smtp import Relay
from mailroute.errors import SettingsInvalid
from mailroute.flow.daily import write_daily
from mailroute.flow.daily_copies import write_copies
from mailroute.flow.deliver import deliver_due, recover
from mailroute.flow.failpoints import crash_point
from mailroute.flow.invite import invite_due
from mailroute.flow.process import claim, process_batch
from mailroute.flow.receive import note, receive, receiver
from mailroute.flow.remind import remind_due
from mailroute.flow.sign_in import answer_requests
from mailroute.flow.site import Recipe, Site
from mailroute.flow.unwritten import Unwritten
from mailroute.flow.upkeep import keep_up
from mailroute.intake.door import OpenDoor
from mailroute.intake.imap import ImapAccount, ImapDoor
from mailroute.intake.lmtp import open_smtp_door
from mailroute.model.letter import LetterState
from mailroute.model.mail import Delivery, Receipt
from mailroute.settings import Imap, Settings
from mailroute.store import mails, outbox, signing_in, timers
from mailroute.store.engine import Store

PARTS = ("smtp", "imap", "work", "deliver", "tick", "web")

# How often the ticks look for due rows. New mail and new letters wake their loops at once.
TICK_S = {"work": 2.0, "deliver": 5.0, "remind": 15.0, "rules": 10.0}

# What can be woken; whose work makes work for another stands before that one.
LOOPS = ("work", "remind", "deliver")


@dataclass(slots=True)
class Daemon:
    """One running installation. `start` and `stop` belong to the event loop of the doors."""

    settings: Settings
    store: Store
    site: Site
    recipe: Recipe
    relays: Callable[[], Relay]
    clock: Clock = system_clock
    parts: tuple[str, ...] = PARTS
    doors: list[OpenDoor] = field(default_factory=list)
    web: OpenWeb | None = None
    _loops: dict[str, list[Loop]] = field(default_factory=dict)
    _workers: list[Worker] = field(default_factory=list)
    _open_relays: list[Relay] = field(default_factory=list)
    _ending: threading.Event = field(default_factory=threading.Event)
    _imap_stop: threading.Event = field(default_factory=threading.Event)
    _imap: list[threading.Thread] = field(default_factory=list)
    _ticks: Ticks | None = None
    _control: Control | None = None
    rules: RulesKeeper = field(init=False)

    def __post_init__(self) -> None:
        self.rules = RulesKeeper(self)

    @property
    def owner(self) -> str:
        """Who claims: this process on this machine."""
        return f"{socket.gethostname()}:{os.getpid()}"

    @property
    def _is_alone(self) -> bool:
        """On SQLite the file lock keeps every other daemon out."""
        return self.store.url.startswith("sqlite")

    async def start(self) -> None:
        """Open everything that `parts` names. Raises SettingsInvalid or OSError before anything was accepted."""
        specs = (
            [smtp_door(door, self.settings) for door in self.settings.doors] if "smtp" in self.parts else []
        )
        accounts = [self._account(imap) for imap in self.settings.imap] if "imap" in self.parts else []
        self._control = await Control.open(self.settings.state, self)
        if self._is_alone:
            await asyncio.to_thread(recover, self.store, self.clock(), alone=True)
        if "work" in self.parts:
            self._start_workers()
        if "deliver" in self.parts:
            for number in range(self.settings.relay.connections):
                self._start_loop("deliver", self._delivering(number))
        if "tick" in self.parts:
            self._start_loop("remind", self._remind)
        if not self._is_alone:
            self._start_loop("rules", self.rules.follow)
        self._start_ticks()
        for spec, door in zip(specs, self.settings.doors, strict=False):
            opened = await open_smtp_door(spec, accept=self._accept, knows=self._knows, clock=self.clock)
            self.doors.append(opened)
            log.emit("door-open", listen=door.listen, protocol=door.protocol)
        self._start_imap(accounts)
        if self.settings.web is not None and "web" in self.parts:
            self.web = OpenWeb.open(self.settings.web, self)
            log.emit("door-open", listen=self.settings.web.listen, protocol="http")
        if self.settings.watch_rules:
            self.rules.watch()
        log.emit("started", parts=",".join(self.parts), organisations=len(self.site.offices))

    async def stop(self) -> None:
        """Take no more mail, finish what is under way, close. What is not finished is done by the next start."""
        log.emit("stopping")
        if self._control is not None:
            await self._control.close()
        if self.web is not None:
            await self.web.close()
        await asyncio.gather(*(door.close() for door in self.doors))
        self._ending.set()
        self.rules.stop()
        self._imap_stop.set()
        if self._ticks is not None:
            self._ticks.stop()
        loops = [loop for group in self._loops.values() for loop in group]
        for loop in loops:
            loop.stop()
        for thread in (*loops, *self._imap):
            await asyncio.to_thread(thread.join, 30)
        for worker in self._workers:
            worker.close()
        for relay in self._open_relays:
            relay.close()
        await asyncio.to_thread(self.store.close)
        log.emit("stopped")

    def wake(self, *names: str) -> None:
        """Let some of `LOOPS` look for work."""
        for name in names:
            for loop in self._loops.get(name, ()):
                loop.wake()

    def renew(self, site: Site, recipe: Recipe) -> None:
        """Go on with other rules: from now on for doors and timers, for each worker with its next mail."""
        self.site, self.recipe = site, recipe
        for worker in self._workers:
            worker.renew(recipe)
        self.wake("work")

    def has_settled(self) -> bool:
        """Whether nothing is left to do; wakes whoever has overlooked something. A demo or a test wakes all, then waits.

        The books alone do not say it: that a daily letter is due stands in none of them.
        """
        if not all(loop.is_resting for name in LOOPS for loop in self._loops.get(name, ())):
            return False
        if self._is_busy():
            self.wake(*LOOPS)
            return False
        return True

    def _is_busy(self) -> bool:
        """Whether a mail is undecided, or a letter or timer is due."""
        now = self.clock()
        with self.store.read() as conn:
            letter, timer = outbox.next_due(conn), timers.next_due(conn)
            return bool(
                mails.unfinished(conn)
                or (self.site.web_url and signing_in.open_requests(conn))
                or any(row.state is LetterState.ATTEMPTING for row in outbox.letters(conn))
                or (letter is not None and letter <= now)
                or (timer is not None and timer <= now)
            )

    def _knows(self, address: str) -> bool:
        return self.site.inboxes.knows(address)

    def _accept(self, delivery: Delivery) -> Awaitable[Receipt]:
        return self._store_and_wake(delivery)

    async def _store_and_wake(self, delivery: Delivery) -> Receipt:
        receipt = await asyncio.wrap_future(receive(delivery, self.store, self.site.inboxes))
        crash_point("stored-not-answered")
        note(delivery, receipt)
        self.wake("work")
        return receipt

    def _start_loop(self, name: str, step: Callable[[], int]) -> None:
        loop = Loop(f"mailroute-{name}", step, TICK_S[name])
        self._loops.setdefault(name, []).append(loop)
        loop.start()

    def _start_workers(self) -> None:
        wanted = self.settings.workers or max(1, (os.cpu_count() or 2) - 1)
        for number in range(wanted):
            worker = Worker(self.settings.database_url, self.recipe, self.clock)
            worker.start()
            self._workers.append(worker)
            self._start_loop("work", self._working(worker, number))

    def _working(self, worker: Worker, number: int) -> Callable[[], int]:
        unwritten = Unwritten(self.store)

        def step() -> int:
            unwritten.settle()
            worker.wait_until_ready()
            claimed = claim(self.store, f"{self.owner}:{number}", self.clock())
            decided = process_batch(self.store, claimed, worker.prepare, self.clock, unwritten)
            if decided:
                self.wake("deliver")
            return len(claimed)

        return step

    def _delivering(self, number: int) -> Callable[[], int]:
        relay = self.relays()
        self._open_relays.append(relay)
        jitter = random.Random()  # noqa: S311 - spreads retries, keeps no secret
        unwritten = Unwritten(self.store)

        def step() -> int:
            owner = f"{self.owner}:{number}"
            if not self._is_alone:
                recover(self.store, self.clock(), alone=False)
            return deliver_due(
                self.store,
                relay,
                unwritten,
                owner=owner,
                clock=self.clock,
                jitter=jitter,
                goes_on=lambda: not self._ending.is_set(),
            )

        return step

    def _remind(self) -> int:
        fired = remind_due(self.store, self.site, owner=self.owner, clock=self.clock)
        fired += keep_up(self.store, self.site, clock=self.clock)
        fired += write_daily(self.store, self.site, clock=self.clock)
        fired += write_copies(self.store, self.site, clock=self.clock)
        invited = invite_due(self.store, self.site, self.clock)
        invited += answer_requests(self.store, self.site, self.clock, chance)
        if fired or invited:
            self.wake("deliver")
        return fired

    def _account(self, imap: Imap) -> ImapAccount:
        if not self._knows(imap.inbox):
            # No mail that it fetched would be for anybody: all would stay where they are.
            raise SettingsInvalid(
                (f"imap.inbox = {imap.inbox!r}: write it as under `inboxes` in organisation.yaml",)
            )
        return imap_account(imap, self.settings)

    def _start_imap(self, accounts: Sequence[ImapAccount]) -> None:
        accept = receiver(self.store, lambda: self.site.inboxes, lambda: self.wake("work"))
        for account in accounts:
            door = ImapDoor(
                account,
                accept=accept,
                memory=self,
                knows=self._knows,
                clock=self.clock,
            )
            thread = threading.Thread(
                target=door.run, args=(self._imap_stop,), name=f"mailroute-imap-{account.user}", daemon=True
            )
            self._imap.append(thread)
            thread.start()

    def known(self, door_keys: Sequence[str]) -> set[str]:
        """What the IMAP doors ask: which of these deliveries are stored already."""
        with self.store.read() as conn:
            return mails.known_door_keys(conn, door_keys)

    def _start_ticks(self) -> None:
        jobs = {
            name: (seconds, lambda name=name: self.wake(name))
            for name, seconds in TICK_S.items()
            if name in self._loops
        }
        self._ticks = Ticks(jobs)
        self._ticks.start()
