"""The IMAP door: takes mails out of a shared inbox at a provider, stores them, and only then puts them away.

A crash between commit and move is harmless: the mail is known by its door key and only the move is repeated.
Never uses \\Seen as a work list, never deletes, never gives up: whatever fails is tried again, later and later.
"""

from __future__ import annotations

import random
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from imapclient.exceptions import IMAPClientError, LoginError

from mailroute.errors import Refused, TryLater
from mailroute.intake import fetched
from mailroute.intake.door import report
from mailroute.intake.mailbox import After, ImapAccount, Mailbox, Security, open_mailbox
from mailroute.log import emit
from mailroute.model.mail import Delivery, Door, Receipt

__all__ = ["After", "ImapAccount", "ImapDoor", "ImapMemory", "Patience", "Security"]

# One FETCH: at most so many mails, and about so many bytes in memory.
BATCH_MAILS = 100
BATCH_BYTES = 8 * 1024 * 1024


class BlockingAccept(Protocol):
    """Stores a mail durably and returns only after the commit; raises as the `Accept` of the SMTP door does."""

    def __call__(self, delivery: Delivery) -> Receipt: ...


class ImapMemory(Protocol):
    """What the store remembers of this door."""

    def known(self, door_keys: Sequence[str]) -> set[str]:
        """Those of the keys under which a mail is already stored."""
        ...


@dataclass(frozen=True, slots=True)
class Patience:
    """How long to wait before the next try: doubling, with jitter, so that many doors do not come back at once.

    `idle_first_s` to `idle_most_s`: how long one IDLE lasts before we look for ourselves.
    """

    first_s: float = 1.0
    most_s: float = 300.0
    jitter: Callable[[], float] = random.random
    # Servers differ in what they tell during IDLE, and when: after mail has come, look again soon.
    idle_first_s: float = 5.0
    # RFC 2177 allows 29 minutes; networks forget idle connections after five.
    idle_most_s: float = 240.0

    def wait_s(self, failures: int) -> float:
        """The wait after so many failures in a row, half of it by chance."""
        longest = min(self.most_s, self.first_s * 2.0 ** min(failures - 1, 30))
        return longest * (0.5 + self.jitter() / 2)

    def idle_s(self, last_s: float, found: bool) -> float:
        """How long the next IDLE lasts, after one of `last_s`."""
        return self.idle_first_s if found else min(2 * last_s, self.idle_most_s)


class ImapDoor:
    """One shared inbox. `run` belongs into a thread of its own."""

    def __init__(
        self,
        account: ImapAccount,
        *,
        accept: BlockingAccept,
        memory: ImapMemory,
        knows: Callable[[str], bool],
        clock: Callable[[], datetime],
        patience: Patience | None = None,
    ) -> None:
        self._account = account
        self._accept = accept
        self._memory = memory
        self._knows = knows
        self._clock = clock
        self._patience = patience or Patience()
        self._failures = 0

    def run(self, stop: threading.Event) -> None:
        """Take mails until `stop` is set; whatever happens, connect again after a while."""
        while not stop.is_set():
            try:
                with open_mailbox(self._account) as mailbox:
                    emit("imap-connected", account=self._account.account)
                    self._serve(mailbox, stop)
            except Exception as error:  # noqa: BLE001 - the door (design §11): no fault may end the taking of mails
                self._tell(error)
                self._failures += 1
                # A wrong password does not get right by trying; providers lock accounts for it.
                failures = max(self._failures, 10) if isinstance(error, LoginError) else self._failures
                stop.wait(self._patience.wait_s(failures))

    def _tell(self, error: Exception) -> None:
        """Log why the connection ended: a lost one mends itself, a refused login is for the operator."""
        if isinstance(error, LoginError):
            emit("imap-refuses-us", account=self._account.account)
            return
        if not isinstance(error, OSError | IMAPClientError):
            report(error)
        emit("imap-lost", account=self._account.account, error=type(error).__name__)

    def _serve(self, mailbox: Mailbox, stop: threading.Event) -> None:
        """Take what is there, wait for more, until the connection ends.

        The work list is searched anew after each connect, with the UIDVALIDITY of that moment in its keys: if the
        server has given all mails new UIDs, they are all taken again and the store knows them by their content.
        """
        rounds = _Rounds(self, mailbox, stop)
        wait_s = self._patience.idle_first_s
        while not stop.is_set():
            found = rounds.take_all()
            self._failures = 0
            wait_s = self._patience.idle_s(wait_s, found > 0)
            if not stop.is_set():
                mailbox.wait_for_news(wait_s, stop)

    def deliver(self, content: bytes, door_key: str) -> None:
        """Hand one mail over and wait for the commit."""
        header = fetched.header_block(content)
        self._accept(
            Delivery(
                door=Door.IMAP,
                mail_from=fetched.mail_from(header),
                rcpt_to=fetched.recipients(header, self._account.inbox, self._knows),
                content=content,
                received_at=self._clock(),
                peer=self._account.host,
                door_key=door_key,
            )
        )

    @property
    def failures(self) -> int:
        """How often in a row it went wrong; 0 while all is well. For `doctor` and the health page."""
        return self._failures

    @property
    def memory(self) -> ImapMemory:
        """What the store remembers."""
        return self._memory

    @property
    def size_limit_bytes(self) -> int:
        """Above this a mail is represented by a stub."""
        return self._account.size_limit_bytes


class _Rounds:
    """The work list of one connection: all mails below `_floor` have been looked at."""

    def __init__(self, door: ImapDoor, mailbox: Mailbox, stop: threading.Event) -> None:
        self._door = door
        self._mailbox = mailbox
        self._stop = stop
        self._floor = 1
        self._failed: set[int] = set()
        self._stored: set[int] = set()

    def take_all(self) -> int:
        """Take every mail that is not stored yet, put every stored one away; how many were new.

        Raises TryLater when the store is not ready. Mails whose storing failed otherwise, and mails that could
        not be put away, are tried again in the next round; they do not hold up the others.
        """
        new = self._mailbox.uids_from(self._floor)
        work = sorted(self._failed) + [uid for uid in new if uid not in self._failed]
        self._failed = set()
        for uids in _chunks(work, BATCH_MAILS):
            if self._stop.is_set():
                break
            keys = {uid: self._mailbox.door_key(uid) for uid in uids}
            known = self._door.memory.known(list(keys.values()))
            self._stored.update(uid for uid in uids if keys[uid] in known)
            self._take([uid for uid in uids if keys[uid] not in known])
            self._floor = max(self._floor, uids[-1] + 1)
            self._put_away()
        self._put_away()
        return len(new)

    def _take(self, uids: list[int]) -> None:
        sizes = self._mailbox.sizes(uids) if uids else {}
        limit = self._door.size_limit_bytes
        for batch in _batches((uid, size) for uid, size in sorted(sizes.items()) if size <= limit):
            for uid, content in sorted(self._mailbox.contents(batch).items()):
                self._store(uid, content)
            self._put_away()
        for uid, size in sorted(sizes.items()):
            if size > limit and (header := self._mailbox.header(uid)) is not None:
                self._store(uid, fetched.stub(header, size, limit, self._mailbox.resting_place(uid)))

    def _store(self, uid: int, content: bytes) -> None:
        try:
            self._door.deliver(content, self._mailbox.door_key(uid))
        except TryLater:
            # What is stored so far is put away after the next connect, for then it is known.
            raise
        except Refused:
            # There is no sender to refuse it to. It stays where it is, for a person to see.
            emit("imap-left", mail=self._mailbox.door_key(uid))
        except Exception as error:  # noqa: BLE001 - the door (design §11): one bad mail must not hold up the folder
            report(error)
            self._failed.add(uid)
        else:
            self._stored.add(uid)

    def _put_away(self) -> None:
        if self._stored and self._mailbox.put_away(sorted(self._stored)):
            self._stored = set()


def _chunks(uids: list[int], size: int) -> Iterator[list[int]]:
    for start in range(0, len(uids), size):
        yield uids[start : start + size]


def _batches(sizes: Iterable[tuple[int, int]]) -> Iterator[list[int]]:
    """Group mails so that no group has more than BATCH_BYTES, unless it is a single mail."""
    batch: list[int] = []
    total = 0
    for uid, size in sizes:
        if batch and total + size > BATCH_BYTES:
            yield batch
            batch, total = [], 0
        batch.append(uid)
        total += size
    if batch:
        yield batch
