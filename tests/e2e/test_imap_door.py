"""The IMAP door against a real Dovecot: nothing is lost, nothing is taken twice, whatever happens in between."""

import asyncio
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import pytest
from imapclient import IMAPClient

from mailroute.errors import TryLater
from mailroute.intake.imap import After, ImapAccount, ImapDoor, Patience, Security
from mailroute.model.mail import Delivery, Receipt
from tests.support.dialogue import LoopThread, server_context
from tests.support.servers import Dovecot, dovecot, wait_until

WAIT_S = 60.0
NOON = datetime(2026, 11, 23, 11, 0, tzinfo=UTC)
INBOX_ADDRESS = "service@hv-muster.example"
REPLY_ADDRESS = "service+t10428.k7q3x9wmbz4p@hv-muster.example"
# An IDLE that lasts longer than the test: what arrives meanwhile was told by IDLE.
LONG_IDLE = Patience(first_s=0.01, most_s=0.1, idle_first_s=600, idle_most_s=600)
SHORT_IDLE = replace(LONG_IDLE, idle_first_s=0.05, idle_most_s=0.05)


class Crash(BaseException):
    """The process dies here; no handler of ours may see it."""


@dataclass
class RecordingStore:
    """Keeps deliveries in memory, knows their keys, and the same content under another key."""

    fails: Callable[[Delivery], BaseException | None] = lambda _delivery: None
    crashes_after_commit: bool = False
    deliveries: list[Delivery] = field(default_factory=list)
    duplicates: int = 0
    refusals: int = 0
    changed: threading.Condition = field(default_factory=threading.Condition)

    def accept(self, delivery: Delivery) -> Receipt:
        with self.changed:
            try:
                failure = self.fails(delivery)
                if failure is not None:
                    self.refusals += 1
                    raise failure
                if any(one.content == delivery.content for one in self.deliveries):
                    self.duplicates += 1
                    return Receipt(1, duplicate=True)
                self.deliveries.append(delivery)
                if self.crashes_after_commit:
                    raise Crash
                return Receipt(len(self.deliveries), duplicate=False)
            finally:
                self.changed.notify_all()

    def known(self, door_keys: list[str]) -> set[str]:
        return {one.door_key for one in self.deliveries if one.door_key} & set(door_keys)

    def wait_until(self, condition: Callable[["RecordingStore"], bool]) -> None:
        with self.changed:
            assert self.changed.wait_for(lambda: condition(self), WAIT_S), self


@pytest.fixture(scope="module")
def server() -> Iterator[Dovecot]:
    with dovecot() as running:
        yield running


@pytest.fixture
def user() -> str:
    """A mailbox that no other test uses."""
    return f"{uuid4().hex}@hv-muster.example"


@pytest.fixture
def account(server: Dovecot, user: str) -> ImapAccount:
    return ImapAccount(
        account="provider",
        host=server.host,
        port=server.port,
        user=user,
        inbox=INBOX_ADDRESS,
        security=Security.NONE,
        password=server.password,
        done_folder="Verarbeitet",
    )


def a_mail(number: int = 1, size: int = 0, header: str = "") -> bytes:
    return (
        f"Return-Path: <petra.vogel@example.org>\r\n{header}To: {INBOX_ADDRESS}\r\n"
        f"Subject: Heizung {number}\r\n\r\nkalt\r\n".encode()
        + b"x" * size
    )


def append(server: Dovecot, user: str, *mails: bytes, folder: str = "INBOX") -> None:
    with server.mailbox(user, "INBOX") as client:
        if not client.folder_exists(folder):
            client.create_folder(folder)
        for mail in mails:
            client.append(folder, mail)


def contents(server: Dovecot, user: str, folder: str) -> list[bytes]:
    with server.mailbox(user, folder) as client:
        return [one[b"BODY[]"] for one in client.fetch(client.search(), ["BODY.PEEK[]"]).values()]


def flags(server: Dovecot, user: str, folder: str) -> list[set[bytes]]:
    with server.mailbox(user, folder) as client:
        return [set(one) for one in client.get_flags(client.search()).values()]


def wait_for_count(server: Dovecot, user: str, folder: str, count: int) -> None:
    def is_reached() -> bool:
        with server.mailbox(user, "INBOX") as client:
            return client.folder_exists(folder) and client.folder_status(folder)[b"MESSAGES"] == count

    wait_until(is_reached, f"{count} mails in {folder}", WAIT_S)


@contextmanager
def running(
    account: ImapAccount, store: RecordingStore, patience: Patience = SHORT_IDLE
) -> Iterator[ImapDoor]:
    door = ImapDoor(
        account,
        accept=store.accept,
        memory=store,
        knows=lambda address: address == REPLY_ADDRESS,
        clock=lambda: NOON,
        patience=patience,
    )
    stop = threading.Event()

    def run() -> None:
        with suppress(Crash):
            door.run(stop)

    thread = threading.Thread(target=run)
    thread.start()
    try:
        yield door
    finally:
        stop.set()
        thread.join(WAIT_S)
        assert not thread.is_alive()


class Proxy:
    """Sits between door and server; rewrites what the server says, cuts the first connections after so many bytes."""

    def __init__(self, host: str, port: int, cuts: list[int], rewrites: dict[bytes, bytes]) -> None:
        self._target = (host, port)
        self._cuts = cuts
        self._rewrites = rewrites
        self.connections = 0
        self.idles = 0
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._threads: list[threading.Thread] = []
        self._sockets: list[socket.socket] = []
        self._start(self._accept)

    def _start(self, function: Callable[..., None], *arguments: object) -> None:
        thread = threading.Thread(target=function, args=arguments)
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            upstream = socket.create_connection(self._target)
            self._sockets += [client, upstream]
            cut = self._cuts[self.connections] if self.connections < len(self._cuts) else None
            self.connections += 1
            self._start(self._pass, client, upstream, None)
            self._start(self._pass, upstream, client, cut)

    def _pass(self, source: socket.socket, target: socket.socket, cut: int | None) -> None:
        passed = 0
        try:
            while block := source.recv(4096):
                for old, new in self._rewrites.items():
                    block = block.replace(old, new)
                self.idles += block.count(b"+ idling")
                passed += len(block)
                target.sendall(block)
                if cut is not None and passed > cut:
                    break
        except OSError:
            pass
        for one in (source, target):
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for one in self._sockets:
            one.close()
        for thread in self._threads:
            thread.join(WAIT_S)


@contextmanager
def between(
    account: ImapAccount, *, cuts: list[int] | None = None, rewrites: dict[bytes, bytes] | None = None
) -> Iterator[tuple[ImapAccount, Proxy]]:
    proxy = Proxy(account.host, account.port, cuts or [], rewrites or {})
    try:
        yield replace(account, host="127.0.0.1", port=proxy.port), proxy
    finally:
        proxy.close()


def test_mails_are_stored_as_they_are_then_moved_and_stay_unread(
    server: Dovecot, user: str, account: ImapAccount
) -> None:
    mail = a_mail(header=f"Delivered-To: {REPLY_ADDRESS}\r\n") + b"Gr\xfc\xdfe\r\n"
    append(server, user, mail)
    store = RecordingStore()
    with running(account, store):
        wait_for_count(server, user, "Verarbeitet", 1)
    (delivery,) = store.deliveries
    assert delivery.content == mail
    assert delivery.mail_from == "petra.vogel@example.org"
    assert delivery.rcpt_to == (INBOX_ADDRESS, REPLY_ADDRESS)
    assert delivery.received_at == NOON
    assert delivery.door_key is not None
    assert delivery.door_key.startswith("provider/INBOX/")
    assert delivery.door_key.endswith("/1")
    assert contents(server, user, "INBOX") == []
    assert contents(server, user, "Verarbeitet") == [mail]
    assert all(b"\\Seen" not in one for one in flags(server, user, "Verarbeitet"))


def test_idle_tells_of_a_new_mail(server: Dovecot, user: str, account: ImapAccount) -> None:
    store = RecordingStore()
    append(server, user, a_mail(1))
    with running(account, store, LONG_IDLE):
        wait_for_count(server, user, "Verarbeitet", 1)
        append(server, user, a_mail(2))
        store.wait_until(lambda store: len(store.deliveries) == 2)


def test_news_that_come_in_one_piece_with_the_begin_of_idle_are_heard(
    server: Dovecot, user: str, account: ImapAccount
) -> None:
    """Read together, they lie in a buffer and no poll of the socket tells of them: a mail waited for the next look."""
    store = RecordingStore()
    at_once = {b"+ idling\r\n": b"+ idling\r\n* 1 EXISTS\r\n"}
    with (
        between(account, rewrites=at_once) as (proxied, proxy),
        running(proxied, store, LONG_IDLE),
    ):
        wait_until(lambda: proxy.idles > 2, "the door to look again", WAIT_S)


def test_a_mail_that_others_have_read_is_taken_too(server: Dovecot, user: str, account: ImapAccount) -> None:
    """freescout#1611: mails read on a phone were never imported."""
    append(server, user, a_mail())
    with server.mailbox(user) as client:
        client.add_flags(client.search(), [b"\\Seen"])
    store = RecordingStore()
    with running(account, store):
        wait_for_count(server, user, "Verarbeitet", 1)
    assert len(store.deliveries) == 1


def test_after_a_crash_between_commit_and_move_only_the_move_is_repeated(
    server: Dovecot, user: str, account: ImapAccount
) -> None:
    append(server, user, a_mail())
    store = RecordingStore(crashes_after_commit=True)
    with running(account, store):
        store.wait_until(lambda store: len(store.deliveries) == 1)
    assert len(contents(server, user, "INBOX")) == 1
    store.crashes_after_commit = False
    with running(account, store):
        wait_for_count(server, user, "Verarbeitet", 1)
    assert len(store.deliveries) == 1
    assert store.duplicates == 0


def test_when_the_server_renumbers_its_mails_the_store_knows_them_by_content(
    server: Dovecot, user: str, account: ImapAccount
) -> None:
    """zammad#243. A folder that is deleted and made anew has another UIDVALIDITY and the same UIDs."""
    flagging = replace(account, folder="Eingang", done_folder=None, after=After.FLAG)
    mails = [a_mail(1), a_mail(2), a_mail(3)]
    append(server, user, *mails, folder="Eingang")
    store = RecordingStore()
    with running(flagging, store):
        store.wait_until(lambda store: len(store.deliveries) == 3)
    with server.mailbox(user) as client:
        client.delete_folder("Eingang")
    append(server, user, *mails, a_mail(4), folder="Eingang")
    with running(flagging, store):
        store.wait_until(lambda store: len(store.deliveries) == 4)
    assert store.duplicates == 3
    assert len({str(one.door_key).rpartition("/")[0] for one in store.deliveries}) == 2


def test_flagging_leaves_mails_where_they_are_and_takes_them_once(
    server: Dovecot, user: str, account: ImapAccount
) -> None:
    flagging = replace(account, done_folder=None, after=After.FLAG)
    store = RecordingStore()

    def flagged() -> int:
        return sum(b"$Mailroute" in one for one in flags(server, user, "INBOX"))

    append(server, user, a_mail(1), a_mail(2))
    with running(flagging, store):
        wait_until(lambda: flagged() == 2, "two flags")
    append(server, user, a_mail(3))
    with running(flagging, store):
        wait_until(lambda: flagged() == 3, "three flags")
    assert [one.content for one in store.deliveries] == [a_mail(1), a_mail(2), a_mail(3)]
    assert store.duplicates == 0


def test_a_refused_move_neither_stops_the_door_nor_repeats_mails(
    server: Dovecot, user: str, account: ImapAccount
) -> None:
    """freescout#2003: a move that failed made 200 outgoing mails of one."""
    append(server, user, a_mail(1), a_mail(2))
    store = RecordingStore()
    with running(replace(account, done_folder="kein//Ordner"), store):
        store.wait_until(lambda store: len(store.deliveries) == 2)
        append(server, user, a_mail(3))
        store.wait_until(lambda store: len(store.deliveries) == 3)
    assert store.duplicates == 0
    assert len(contents(server, user, "INBOX")) == 3


@pytest.mark.parametrize(
    ("rewrites", "left_in_inbox", "done"),
    [({b" MOVE": b" XOVE"}, 1, 2), ({b" MOVE": b" XOVE", b" UIDPLUS": b" XIDPLUS"}, 3, 0)],
    ids=["copy and expunge by UID", "keyword only"],
)
def test_without_move_nothing_is_expunged_that_others_have_deleted(
    server: Dovecot,
    user: str,
    account: ImapAccount,
    rewrites: dict[bytes, bytes],
    left_in_inbox: int,
    done: int,
) -> None:
    append(server, user, a_mail(1), a_mail(2), a_mail(3))
    store = RecordingStore(
        fails=lambda delivery: RuntimeError() if b"Heizung 2" in delivery.content else None
    )
    with server.mailbox(user) as client:
        client.add_flags([2], [b"\\Deleted"])
    with between(account, rewrites=rewrites) as (proxied, _), running(proxied, store):
        store.wait_until(lambda store: len(store.deliveries) == 2 and store.refusals > 1)
    assert len(contents(server, user, "INBOX")) == left_in_inbox
    assert len(contents(server, user, "Verarbeitet")) == done
    if not done:
        assert sum(b"$Mailroute" in one for one in flags(server, user, "INBOX")) == 2


def test_two_hundred_mails_are_taken_once_each(server: Dovecot, user: str, account: ImapAccount) -> None:
    mails = [a_mail(number) for number in range(200)]
    append(server, user, *mails)
    store = RecordingStore()
    with running(account, store):
        wait_for_count(server, user, "Verarbeitet", 200)
    assert [one.content for one in store.deliveries] == mails
    assert store.duplicates == 0
    assert contents(server, user, "INBOX") == []


def test_a_connection_cut_within_a_mail_loses_nothing_and_repeats_nothing(
    server: Dovecot, user: str, account: ImapAccount
) -> None:
    mails = [a_mail(number, size=200_000) for number in range(5)]
    append(server, user, *mails)
    store = RecordingStore()
    with between(account, cuts=[300, 150_000, 700_000]) as (proxied, proxy):
        with running(proxied, store):
            wait_for_count(server, user, "Verarbeitet", 5)
        assert proxy.connections == 4
    assert [one.content for one in store.deliveries] == mails
    assert store.duplicates == 0


def test_a_mail_above_the_limit_becomes_a_stub_that_says_where_it_lies(
    server: Dovecot, user: str, account: ImapAccount
) -> None:
    big = b"Content-Type: multipart/mixed;\r\n boundary=x\r\nMIME-Version: 1.0\r\n" + a_mail(
        1, size=3_000_000
    )
    append(server, user, big, a_mail(2))
    store = RecordingStore()
    with running(replace(account, size_limit_bytes=1_000_000), store):
        wait_for_count(server, user, "Verarbeitet", 2)
    small, stub = store.deliveries
    assert small.content == a_mail(2)
    assert stub.content.startswith(b"Return-Path: <petra.vogel@example.org>\r\nTo: ")
    assert (
        b"Subject: Heizung 1\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n"
        in stub.content
    )
    assert "mit 2.9 MB größer als erlaubt (1 MB)".encode() in stub.content
    assert b"hier: provider, Verarbeitet\r\n" in stub.content
    assert big in contents(server, user, "Verarbeitet")


def test_a_store_that_is_not_ready_is_asked_again(server: Dovecot, user: str, account: ImapAccount) -> None:
    append(server, user, a_mail(1), a_mail(2))
    store = RecordingStore(fails=lambda _delivery: TryLater())
    with running(account, store) as door:
        store.wait_until(lambda store: store.refusals >= 3)
        wait_until(lambda: door.failures > 0, "the door knows")
        assert len(contents(server, user, "INBOX")) == 2
        store.fails = lambda _delivery: None
        wait_for_count(server, user, "Verarbeitet", 2)
        wait_until(lambda: door.failures == 0, "the door is well again")
    assert [one.content for one in store.deliveries] == [a_mail(1), a_mail(2)]


def test_one_mail_that_cannot_be_stored_does_not_hold_up_the_others(
    server: Dovecot, user: str, account: ImapAccount
) -> None:
    """zammad#811: one mail blocked the folder. It stays, is tried again, and is taken when the fault is mended."""
    append(server, user, a_mail(1), a_mail(2), a_mail(3))
    store = RecordingStore(
        fails=lambda delivery: RuntimeError() if b"Heizung 2" in delivery.content else None
    )
    with running(account, store):
        wait_for_count(server, user, "Verarbeitet", 2)
        store.wait_until(lambda store: store.refusals >= 3)
        assert contents(server, user, "INBOX") == [a_mail(2)]
        store.fails = lambda _delivery: None
        wait_for_count(server, user, "Verarbeitet", 3)


def test_a_server_that_restarts_is_found_again(user: str, caplog: pytest.LogCaptureFixture) -> None:
    """IMAPClient's idle_check returns nothing for ever on a dead socket (its issue 565)."""
    with dovecot() as own:
        account = ImapAccount(
            "provider",
            own.host,
            own.port,
            user,
            INBOX_ADDRESS,
            Security.NONE,
            own.password,
            done_folder="Fertig",
        )
        append(own, user, a_mail(1))
        store = RecordingStore()
        with running(account, store, LONG_IDLE) as door:
            wait_for_count(own, user, "Fertig", 1)
            own.stop()
            wait_until(lambda: door.failures > 0, "the door misses its server", WAIT_S)
            own.start()
            append(own, user, a_mail(2))
            wait_for_count(own, user, "Fertig", 2)
        assert len(store.deliveries) == 2
    # We coped: nobody is called at night.
    assert {line.getMessage() for line in caplog.records if line.name == "mailroute"} >= {"imap-lost"}
    assert not [line for line in caplog.records if line.levelname == "ERROR"]


async def tls_in_front_of(host: str, port: int, context: ssl.SSLContext) -> asyncio.Server:
    """A listener that speaks TLS and passes everything on in clear: this Dovecot has no certificate."""

    async def pass_on(source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            while block := await source.read(65536):
                target.write(block)
                await target.drain()
            target.close()

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        from_server, to_server = await asyncio.open_connection(host, port)
        await asyncio.gather(pass_on(reader, to_server), pass_on(from_server, writer))

    return await asyncio.start_server(connected, "127.0.0.1", 0, ssl=context)


def test_over_tls_idle_tells_and_large_mails_arrive(
    server: Dovecot, user: str, account: ImapAccount, tmp_path: Path
) -> None:
    trusting = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    trusting.check_hostname = False
    trusting.verify_mode = ssl.CERT_NONE
    loop = LoopThread()
    listener = loop.run(tls_in_front_of(server.host, server.port, server_context(tmp_path)))
    port = listener.sockets[0].getsockname()[1]
    store = RecordingStore()
    append(server, user, a_mail(1, size=500_000))
    with running(replace(account, security=Security.TLS, port=port, tls=trusting), store, LONG_IDLE):
        wait_for_count(server, user, "Verarbeitet", 1)
        append(server, user, a_mail(2))
        wait_for_count(server, user, "Verarbeitet", 2)
    loop.call(listener.close)
    loop.close()
    assert [one.content for one in store.deliveries] == [a_mail(1, size=500_000), a_mail(2)]


def test_a_certificate_that_nobody_signed_is_not_trusted(
    server: Dovecot, user: str, account: ImapAccount, tmp_path: Path
) -> None:
    loop = LoopThread()
    listener = loop.run(tls_in_front_of(server.host, server.port, server_context(tmp_path)))
    port = listener.sockets[0].getsockname()[1]
    append(server, user, a_mail(1))
    store = RecordingStore()
    with running(replace(account, security=Security.TLS, port=port, host="localhost"), store) as door:
        wait_until(lambda: door.failures > 1, "two failures", WAIT_S)
    loop.call(listener.close)
    loop.close()
    assert store.deliveries == []


def test_a_wrong_password_is_told_the_operator_and_not_tried_again_at_once(
    account: ImapAccount, caplog: pytest.LogCaptureFixture
) -> None:
    patience = Patience(first_s=1000, most_s=1000)
    with running(replace(account, password="falsch"), RecordingStore(), patience) as door:
        wait_until(lambda: door.failures == 1, "one failure", WAIT_S)
    assert [(line.levelname, line.getMessage()) for line in caplog.records] == [("ERROR", "imap-refuses-us")]


def test_the_client_used_here_still_moves_by_uid(server: Dovecot, user: str) -> None:
    """Contract: names of IMAPClient that the door relies on."""
    names = (
        "move",
        "uid_expunge",
        "plain_login",
        "oauth2_login",
        "idle_done",
        "socket",
        "shutdown",
        "has_capability",
    )
    assert all(hasattr(IMAPClient, name) for name in names)
