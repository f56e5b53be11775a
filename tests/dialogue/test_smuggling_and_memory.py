"""What a transcript cannot say: every false ending of a mail, and the memory of a sender that never ends."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from mailroute.intake.door import OpenDoor, SmtpDoor
from mailroute.intake.lmtp import open_smtp_door
from tests.support.dialogue import INBOXES, NOON, Line, LoopThread, RecordingStore
from tests.unit.intake.test_data import FALSE_ENDINGS

MIB = 1024 * 1024
SMUGGLED = b"MAIL FROM:<boss@hv-muster.example>\r\nRCPT TO:<service@hv-muster.example>\r\nDATA\r\nPay!\r\n"


@pytest.fixture
def loop() -> Iterator[LoopThread]:
    thread = LoopThread()
    yield thread
    thread.close()


@pytest.fixture
def store() -> RecordingStore:
    return RecordingStore()


@pytest.fixture
def door(loop: LoopThread, store: RecordingStore) -> Iterator[OpenDoor]:
    opened = loop.run(
        open_smtp_door(
            SmtpDoor(size_limit_bytes=MIB),
            accept=store.accept,
            knows=INBOXES.__contains__,
            clock=lambda: NOON,
        )
    )
    yield opened
    loop.run(opened.close(grace_s=0))


@pytest.fixture
def line(door: OpenDoor) -> Iterator[Line]:
    connected = Line(door.address)
    assert connected.reply().startswith("220 ")
    connected.send(b"EHLO mx.example\r\n")
    assert connected.reply().startswith("250 ")
    yield connected
    connected.close()


def begin_mail(line: Line) -> None:
    line.send(b"MAIL FROM:<a@b.example>\r\nRCPT TO:<service@hv-muster.example>\r\nDATA\r\n")
    assert [line.reply()[:3] for _ in range(3)] == ["250", "250", "354"]


@pytest.mark.parametrize("place", [b"Subject: x", b"Subject: x\r\n\r\nhello"], ids=["header", "body"])
@pytest.mark.parametrize("ending", FALSE_ENDINGS)
def test_a_false_ending_neither_ends_the_mail_nor_is_stored(
    line: Line, store: RecordingStore, place: bytes, ending: bytes
) -> None:
    """CVE-2023-51764, CVE-2023-51765, CVE-2023-51766, CVE-2024-27305."""
    begin_mail(line)
    line.send(place + ending + SMUGGLED + b".\r\n")
    assert line.reply().startswith("550 5.5.2 ")
    line.send(b"NOOP\r\n")
    assert line.reply() == "250 2.0.0 ok"
    assert store.deliveries == []


def test_bare_line_ends_nul_and_eight_bits_are_stored_as_they_came(line: Line, store: RecordingStore) -> None:
    content = bytes(range(256)).replace(b".", b"") * 3 + b"\r\r\n\n\0end\r\n"
    begin_mail(line)
    line.send(content + b".\r\n")
    assert line.reply() == "250 2.0.0 stored as m1"
    assert store.deliveries[0].content == content


def resident_bytes() -> int:
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096


def send_until_cut(line: Line, total_bytes: int) -> int:
    """How much memory grew while sending up to so much without any line end."""
    block = b"x" * MIB
    before = peak = resident_bytes()
    try:
        for _ in range(total_bytes // MIB):
            line.send(block)
            peak = max(peak, resident_bytes())
    except ConnectionError:
        pass
    return max(peak, resident_bytes()) - before


def test_a_mail_without_any_line_end_does_not_fill_the_memory(line: Line, door: OpenDoor) -> None:
    """aiosmtpd 1.4.6 kept all of it: 100 MiB sent, 100 MiB more, with a limit of 1 MiB."""
    begin_mail(line)
    assert send_until_cut(line, 1024 * MIB) < 8 * MIB
    assert door.lobby.held_bytes == 0


def test_a_command_without_any_line_end_does_not_fill_the_memory(line: Line) -> None:
    assert send_until_cut(line, 1024 * MIB) < 8 * MIB


def test_a_hundred_mails_leave_nothing_reserved(line: Line, door: OpenDoor, store: RecordingStore) -> None:
    for number in range(100):
        begin_mail(line)
        line.send(b"%d\r\n.\r\n" % number)
        assert line.reply() == f"250 2.0.0 stored as m{number + 1}"
    assert len(store.deliveries) == 100
    assert door.lobby.held_bytes == 0
