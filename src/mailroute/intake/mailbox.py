"""One connection to one IMAP folder: what lies in it, the bytes, putting mails away, waiting for news.

Never sets \\Seen, never deletes: a mail that was taken is moved or carries the keyword $Mailroute.
IMAPClient 4.1 is not thread-safe: one connection, one thread. RFC 3501, 2177 (IDLE), 4315 (UIDPLUS), 6851 (MOVE).
"""

from __future__ import annotations

import ipaddress
import logging
import select
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from imapclient import IMAPClient, SocketTimeout
from imapclient.exceptions import IMAPClientAbortError, IMAPClientError

from mailroute.errors import SettingsInvalid
from mailroute.log import emit
from mailroute.model import limits

KEYWORD = "$Mailroute"
CONNECT_S = 10.0
READ_S = 30.0
# How fast a wish to stop is heard, and how often we look without IDLE.
STOP_IS_HEARD_S = 0.5
POLL_S = 30.0


class Security(StrEnum):
    """How the connection is protected. `NONE` is for the loopback interface only."""

    TLS = "tls"
    STARTTLS = "starttls"
    NONE = "none"


class After(StrEnum):
    """What happens to a mail that is safely stored."""

    MOVE = "move"
    FLAG = "flag"


@dataclass(frozen=True, slots=True)
class ImapAccount:
    """The settings of one shared inbox at a provider.

    `account` names it in door keys and must not change, or mails are taken again (and known by their content).
    `token` gives an access token for XOAUTH2 at each login, or raises OSError; with it `password` is not used.
    `inbox` is the address that people write to. `since`: older mails are left alone (None: none is).
    """

    account: str
    host: str
    port: int
    user: str
    inbox: str
    security: Security = Security.TLS
    password: str | None = field(default=None, repr=False)
    token: Callable[[], str] | None = None
    folder: str = "INBOX"
    done_folder: str | None = None
    after: After = After.MOVE
    since: date | None = None
    size_limit_bytes: int = limits.MAIL_SIZE_BYTES
    tls: ssl.SSLContext | None = None

    def __post_init__(self) -> None:
        problems = tuple(self._problems())
        if problems:
            raise SettingsInvalid(problems)

    def _problems(self) -> Iterator[str]:
        where = f"IMAP account {self.account!r}"
        if self.security is Security.NONE and not _is_loopback(self.host):
            yield f"{where}: security = none would send the password in clear; use tls or starttls."
        if self.password is None and self.token is None:
            yield f"{where}: neither password nor token_command is set."
        if self.after is After.MOVE and not self.done_folder:
            yield f"{where}: after = move needs a done_folder to move mails to."
        if self.done_folder == self.folder:
            yield f"{where}: done_folder must be another folder than folder."
        # imaplib would send a line break as the end of the command.
        if not all(text.isprintable() for text in (self.user, self.folder, self.done_folder or "")):
            yield f"{where}: user, folder and done_folder must not contain control characters."


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


@contextmanager
def open_mailbox(account: ImapAccount) -> Iterator[Mailbox]:
    """Connect, log in, select the folder. Raises what imaplib and sockets raise; the caller tries again later."""
    # Below warning it prints what goes over the wire.
    logging.getLogger("imapclient").setLevel(logging.WARNING)
    client = IMAPClient(
        account.host,
        account.port,
        ssl=account.security is Security.TLS,
        ssl_context=account.tls,
        timeout=SocketTimeout(connect=CONNECT_S, read=READ_S),
    )
    try:
        yield _select(client, account)
    except BaseException:
        # A polite LOGOUT on a dead connection would wait for its answer.
        with suppress(OSError):
            client.shutdown()
        raise
    with suppress(IMAPClientError, OSError):
        client.logout()


def probe_mailbox(account: ImapAccount) -> str | None:
    """Log in and select the folder, as the door does. None: it works; else what went wrong."""
    try:
        with open_mailbox(account):
            return None
    except (IMAPClientError, OSError, ValueError) as error:
        # imaplib hands the server's words on as the repr of bytes.
        return str(error).removeprefix("b'").removesuffix("'") or type(error).__name__


def _select(client: IMAPClient, account: ImapAccount) -> Mailbox:
    client.normalise_times = False
    _notice_dead_peers(client.socket())
    if account.security is Security.STARTTLS:
        client.starttls(account.tls)
    _log_in(client, account)
    answer = client.select_folder(account.folder)
    mailbox = Mailbox(client, account, int(answer[b"UIDVALIDITY"]))
    mailbox.make_done_folder()
    return mailbox


def _notice_dead_peers(connected: socket.socket) -> None:
    """Let the kernel find out within minutes that the other side is gone without a word."""
    connected.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    for option, value in (("TCP_KEEPIDLE", 60), ("TCP_KEEPINTVL", 15), ("TCP_USER_TIMEOUT", 60_000)):
        if hasattr(socket, option):
            connected.setsockopt(socket.IPPROTO_TCP, getattr(socket, option), value)


def _log_in(client: IMAPClient, account: ImapAccount) -> None:
    if account.token is not None:
        client.oauth2_login(account.user, account.token())
    elif account.password is not None and account.password.isascii() and account.user.isascii():
        client.login(account.user, account.password)
    else:
        # imaplib's LOGIN is ASCII only; PLAIN carries UTF-8 (RFC 4616).
        client.plain_login(account.user, account.password or "")


class Mailbox:
    """A selected folder. Every method may raise IMAPClientAbortError or OSError: the connection is dead."""

    def __init__(self, client: IMAPClient, account: ImapAccount, uidvalidity: int) -> None:
        self._client = client
        self._account = account
        self.uidvalidity = uidvalidity

    def make_done_folder(self) -> None:
        """Create the folder for mails that are done, if it is missing.

        A server that refuses does not stop the door: mails are stored, and stay where they are.
        """
        done = self._account.done_folder
        if self._account.after is not After.MOVE or not done:
            return
        try:
            if not self._client.folder_exists(done):
                self._client.create_folder(done)
        except IMAPClientAbortError:
            raise
        except IMAPClientError as error:
            emit("imap-not-moved", account=self._account.account, error=type(error).__name__)

    def door_key(self, uid: int) -> str:
        """What identifies a mail at this door for ever (RFC 3501 §2.3.1.1)."""
        return f"{self._account.account}/{self._account.folder}/{self.uidvalidity}/{uid}"

    def uids_from(self, floor: int) -> list[int]:
        """The mails at or above this UID that are not put away yet, in order.

        \\Seen says nothing: people read mails on their phones before we come.
        """
        criteria: list[str | date] = ["UID", f"{floor}:*"]
        if self._account.after is After.FLAG:
            criteria += ["UNKEYWORD", KEYWORD]
        if self._account.since is not None:
            criteria += ["SINCE", self._account.since]
        # `n:*` always holds the last mail, even below n.
        return sorted(uid for uid in self._client.search(criteria) if uid >= floor)

    def sizes(self, uids: Sequence[int]) -> dict[int, int]:
        """How many bytes each mail has; mails that are gone are missing."""
        answer = self._client.fetch(list(uids), ["RFC822.SIZE"])
        return {uid: int(one[b"RFC822.SIZE"]) for uid, one in answer.items() if b"RFC822.SIZE" in one}

    def contents(self, uids: Sequence[int]) -> dict[int, bytes]:
        """The mails, byte for byte, without marking them as read; mails that are gone are missing."""
        answer = self._client.fetch(list(uids), ["BODY.PEEK[]"])
        return {uid: one[b"BODY[]"] for uid, one in answer.items() if one.get(b"BODY[]") is not None}

    def header(self, uid: int) -> bytes | None:
        """The beginning of the header of one mail, None if the mail is gone."""
        answer = self._client.fetch([uid], [f"BODY.PEEK[HEADER]<0.{limits.HEADER_BLOCK_BYTES}>"])
        header: bytes | None = answer.get(uid, {}).get(b"BODY[HEADER]<0>")
        return header

    def resting_place(self, uid: int) -> str:
        """Where a person finds the mail once it is put away."""
        if self._account.after is After.MOVE:
            return f"{self._account.account}, {self._account.done_folder}"
        return f"{self._account.account}, {self._account.folder}, UID {uid}"

    def put_away(self, uids: Sequence[int]) -> bool:
        """Move or flag mails that are safely stored; False if the server refuses. Mails that are gone are fine."""
        if not uids:
            return True
        try:
            self._put_away(list(uids))
        except IMAPClientAbortError:
            raise
        except IMAPClientError as error:
            emit(
                "imap-not-moved",
                account=self._account.account,
                mails=len(uids),
                error=type(error).__name__,
            )
            return False
        return True

    def _put_away(self, uids: list[int]) -> None:
        client, done = self._client, self._account.done_folder
        if self._account.after is After.FLAG or done is None:
            client.add_flags(uids, [KEYWORD], silent=True)
        elif client.has_capability("MOVE"):
            client.move(uids, done)
        elif client.has_capability("UIDPLUS"):
            client.copy(uids, done)
            client.add_flags(uids, [b"\\Deleted"], silent=True)
            client.uid_expunge(uids)
        else:
            # A plain EXPUNGE would remove what other people have marked as deleted.
            client.add_flags(uids, [KEYWORD], silent=True)

    def wait_for_news(self, most_s: float, stop: threading.Event) -> None:
        """Return when something may have happened, after `most_s`, or soon after `stop`.

        What IDLE says is not read: the caller searches again in any case. Without a word from a dead server
        `idle_done` runs into the read time-out; a closed connection raises at once (IMAPClient's `idle_check`
        returns nothing for ever, its issue 565).
        """
        if not self._client.has_capability("IDLE"):
            stop.wait(min(most_s, POLL_S))
            self._client.noop()
            return
        self._client.idle()
        poller = select.poll()
        poller.register(self._client.socket().fileno(), select.POLLIN)
        deadline = time.monotonic() + (0.0 if self._has_read_on() else most_s)
        while not stop.is_set() and (left_s := deadline - time.monotonic()) > 0:
            if poller.poll(min(left_s, STOP_IS_HEARD_S) * 1000):
                break
        self._client.idle_done()

    def _has_read_on(self) -> bool:
        """Whether more than the last line has come: it lies in a buffer of imaplib or of TLS, where no poll sees it."""
        connected = self._client.socket()
        patience_s = connected.gettimeout()
        connected.setblocking(False)
        try:
            return bool(self._client._imap.file.peek(1))
        except ssl.SSLWantReadError:
            return False
        finally:
            connected.settimeout(patience_s)
