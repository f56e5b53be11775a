"""The block reader of DATA: the bytes that come out, the bounds that hold."""

import asyncio
from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailroute.intake.data import (
    Incoming,
    Verdict,
    has_false_ending,
    prepare,
    read_mail,
    undo_dot_stuffing,
)


@dataclass
class House:
    """Counts what is held; says no above `room`."""

    room: int = 10**9
    held: int = 0
    peak: int = 0

    def hold(self, size_bytes: int) -> bool:
        if size_bytes > 0 and self.held + size_bytes > self.room:
            return False
        self.held += size_bytes
        self.peak = max(self.peak, self.held)
        return True


def read(
    pieces: list[bytes], house: House, *, limit: int = 10**6, block: int = 16, in_time: bool = True
) -> Incoming:
    async def talk() -> Incoming:
        reader = asyncio.StreamReader(limit=block)
        assert prepare(reader)
        reading = asyncio.ensure_future(read_mail(reader, limit, house.hold, lambda: in_time))
        for piece in pieces:
            reader.feed_data(piece)
            await asyncio.sleep(0)
        reader.feed_eof()
        return await reading

    return asyncio.run(talk())


def stuffed(content: bytes) -> bytes:
    """As a client sends it (RFC 5321 §4.5.2); the content ends with CRLF or is empty."""
    lines = content.split(b"\r\n")
    return b"\r\n".join(b"." + line if line.startswith(b".") else line for line in lines) + b".\r\n"


def as_aiosmtpd_reads(wire: bytes) -> bytes:
    """The loop of aiosmtpd 1.4.6: line by line at CRLF, one dot off, up to the line with a lone dot."""
    lines: list[bytes] = []
    for line in wire.split(b"\r\n"):
        if line == b".":
            break
        lines.append(line.removeprefix(b".") + b"\r\n")
    return b"".join(lines)


mad_bytes = st.lists(
    st.sampled_from([b"\r\n", b"\r", b"\n", b".", b"..", b"\0", b"a", b"Gr\xfc\xdfe", b"x" * 40])
).map(b"".join)


@given(mad_bytes, st.lists(st.integers(1, 7), max_size=20), st.sampled_from([5, 16, 64, 1 << 16]))
def test_content_is_byte_identical_however_it_arrives(content: bytes, cuts: list[int], block: int) -> None:
    if content:
        content += b"\r\n"
    wire = stuffed(content)
    if has_false_ending(wire[:-3]):
        return
    pieces, rest = [], wire
    for cut in cuts:
        pieces.append(rest[:cut])
        rest = rest[cut:]
    house = House()
    incoming = read([*pieces, rest], house, block=block)
    assert incoming.verdict is Verdict.COMPLETE
    assert incoming.content == content == as_aiosmtpd_reads(wire)
    assert house.held == incoming.held_bytes >= len(content)


FALSE_ENDINGS = [
    b"\n.\n", b"\n.\r", b"\n.\r\n", b"\r.\n", b"\r.\r", b"\r.\r\n", b"\r\n.\n", b"\r\n.\r", b"\r\n.\r\r\n",
    b"\r\n\0.\r\n", b"\r\n.\0\r\n", b"\r\n\0.\0\r\n", b"\n\0.\n", b"\r\0.\r\n", b"\n\0\0.\r\n", b"\r\n.\0\n",
]  # fmt: skip


@pytest.mark.parametrize("ending", FALSE_ENDINGS)
def test_a_lone_dot_without_crlf_on_both_sides_is_refused(ending: bytes) -> None:
    house = House()
    wire = b"Subject: x\r\n\r\nhello" + ending + b"MAIL FROM:<boss@hv-muster.example>\r\n.\r\n"
    assert read([wire], house).verdict is Verdict.FALSE_ENDING
    assert house.held == 0


@pytest.mark.parametrize("start", [b".\n", b".\r", b".\0\r\n", b"\0.\r\n"])
def test_a_false_ending_counts_at_the_very_start_too(start: bytes) -> None:
    assert has_false_ending(start + b"x\r\n")


@pytest.mark.parametrize(
    "content",
    [
        b"a\nb\rc\0d\r\n",
        b"a\n..\n",
        b"a\n.b\n",
        b"..\r\n",
        b"...\r\n",
        b"a.\r\n",
        b"a\r\n.b\r\n",
        b"1.\n2.\n",
    ],
)
def test_bare_line_ends_and_dots_that_end_nothing_are_content(content: bytes) -> None:
    assert not has_false_ending(content)


def test_only_one_dot_is_taken_off_each_line() -> None:
    assert undo_dot_stuffing(b"..\r\n...a\r\nb.\r\n.\n.c\r\n") == b".\r\n..a\r\nb.\r\n\n.c\r\n"


def test_a_mail_of_exactly_the_limit_is_taken_and_one_byte_more_is_not() -> None:
    assert read([b"12345678\r\n.\r\n"], House(), limit=10).content == b"12345678\r\n"
    assert read([b"123456789\r\n.\r\n"], House(), limit=10).verdict is Verdict.TOO_BIG


def test_a_mail_above_the_limit_is_not_kept_and_beyond_twice_the_limit_not_read() -> None:
    house = House()
    incoming = read([b"x" * 64] * 100, house, limit=1000, block=64)
    assert incoming.verdict is Verdict.FAR_TOO_BIG
    assert house.held == 0
    assert house.peak <= 1000 + 64


def test_a_full_house_is_said_after_the_mail_and_nothing_stays_reserved() -> None:
    house = House(room=100)
    assert read([b"x" * 200 + b"\r\n.\r\n"], house).verdict is Verdict.NO_ROOM
    assert house.held == 0


def test_a_connection_lost_within_a_mail_gives_back_what_was_held() -> None:
    house = House()
    with pytest.raises(asyncio.IncompleteReadError):
        read([b"x" * 200], house)
    assert house.held == 0
    assert house.peak > 0


def test_a_mail_that_is_too_slow_is_given_up() -> None:
    house = House()
    assert read([b"x" * 200], house, in_time=False).verdict is Verdict.TOO_SLOW
    assert house.held == 0


def test_prepare_says_no_when_something_came_before_354() -> None:
    async def talk() -> bool:
        reader = asyncio.StreamReader()
        reader.feed_data(b"Subject: x\r\n")
        return prepare(reader)

    assert asyncio.run(talk()) is False
