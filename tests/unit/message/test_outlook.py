"""Outlook's .msg. The files are built here, byte by byte: no free one of a person was at hand."""

from datetime import UTC, datetime
from struct import pack

from mailroute.message.files import attachment_bytes
from mailroute.message.outlook import MAGIC, read_msg
from mailroute.message.parse import parse
from tests.support.effort import is_quick

Tree = dict[str, "bytes | Tree"]
FREE, END = 0xFFFFFFFF, 0xFFFFFFFE


def compound_file(tree: Tree) -> bytes:
    """A compound file (MS-CFB, version 3) with one sector of allocation table; all streams in full sectors."""
    entries: list[bytes] = []
    blocks: list[bytes] = []
    table: list[int] = [0xFFFFFFFD]

    def store(data: bytes) -> int:
        start = len(table)
        count = max(1, -(-len(data) // 512))
        blocks.append(data.ljust(512 * count, b"\0"))
        table.extend([*range(start + 1, start + count), END])
        return start

    def write(name: str, node: "bytes | Tree", right: int, kind: int) -> int:
        at = len(entries)
        entries.append(b"")
        start, size, child = END, 0, FREE
        if isinstance(node, bytes):
            start, size = store(node), len(node)
        else:
            for inner, value in reversed(node.items()):
                child = write(inner, value, child, 2 if isinstance(value, bytes) else 1)
        raw = name.encode("utf-16-le") + b"\0\0"
        head = raw.ljust(64, b"\0") + pack("<HBB", len(raw), kind, 1) + pack("<III", FREE, right, child)
        entries[at] = head.ljust(116, b"\0") + pack("<IQ", start, size)
        return at

    write("Root Entry", tree, FREE, 5)
    directory = store(b"".join(entries))
    assert len(table) <= 128
    header = MAGIC + b"\0" * 16 + pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + b"\0" * 6
    header += pack("<IIIIIIIIII", 0, 1, directory, 0, 0, END, 0, END, 0, 0)  # mini limit 0: none are small
    header += b"\xff" * (512 - len(header) - 4) + b"\xff" * 4
    header = header[:76] + pack("<I", 0) + header[80:]
    fat = b"".join(pack("<I", one) for one in table).ljust(512, b"\xff")
    return header + fat + b"".join(blocks)


def string(tag: int, text: str) -> tuple[str, bytes]:
    return f"__substg1.0_{tag:04X}001F", text.encode("utf-16-le")


def properties(header: int, *numbers: tuple[int, int]) -> tuple[str, bytes]:
    return "__properties_version1.0", b"\0" * header + b"".join(
        pack("<HHIQ", 0, tag, 0, value) for tag, value in numbers
    )


SENT = datetime(2025, 11, 14, 21, 15, tzinfo=UTC)
TICKS = int((SENT - datetime(1601, 1, 1, tzinfo=UTC)).total_seconds()) * 10_000_000
LETTER = compound_file({
    **dict([
        properties(32, (0x0039, TICKS)), string(0x0037, "Rohr in der Küche"), string(0x0C1A, "Petra Vogel"),
        string(0x5D01, "petra@mieter.example"), string(0x1000, "Das Rohr tropft."),
    ]),
    "__recip_version1.0_#00000000": dict([properties(8, (0x0C15, 1)), string(0x3001, "Huber"), string(0x39FE, "huber@firma.example")]),
    "__recip_version1.0_#00000001": dict([properties(8, (0x0C15, 2)), string(0x39FE, "kopie@firma.example")]),
    "__attach_version1.0_#00000000": {
        **dict([properties(8), string(0x3707, "rohr.jpg"), string(0x370E, "image/jpeg")]), "__substg1.0_37010102": b"JPEG" * 300,
    },
})  # fmt: skip


def mail_with(data: bytes) -> bytes:
    return (
        b"From: huber@firma.example\nSubject: WG: Rohr\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\nBitte.\n--b\n"
        b"Content-Type: application/octet-stream; name=Rohr.msg\n\n" + data + b"\n--b--\n"
    )  # fmt: skip


def test_a_mail_attached_as_outlooks_file_is_a_forwarded_mail() -> None:
    content = mail_with(LETTER)
    message = parse(content)
    assert [one.name for one in message.attachments] == ["Rohr.msg"]
    assert message.signals == ("outlook-msg",)
    forwarded = message.forwarded
    assert forwarded is not None
    assert (forwarded.from_.name, forwarded.from_.address) == ("Petra Vogel", "petra@mieter.example")
    assert [one.address for one in forwarded.to] == ["huber@firma.example"]
    assert (forwarded.subject, forwarded.date, forwarded.text) == (
        "Rohr in der Küche",
        SENT,
        "Das Rohr tropft.",
    )
    (one,) = forwarded.attachments
    assert (one.name, one.type, one.size) == ("rohr.jpg", "image/jpeg", 1200)
    assert attachment_bytes(content, one.part) == b"JPEG" * 300


def test_another_compound_file_or_none_is_a_file_like_any_other() -> None:
    assert read_msg(compound_file({"WordDocument": b"x"})) is None
    assert read_msg(MAGIC) is None
    assert parse(mail_with(b"nothing")).forwarded is None


def test_every_cut_and_every_changed_byte_is_read_as_far_as_it_goes() -> None:
    for at in range(0, len(LETTER), 7):
        read_msg(LETTER[:at])
        for value in (0, 1, 0xFF):
            read_msg(LETTER[:at] + bytes([value]) + LETTER[at + 1 :])


def test_streams_that_all_point_at_one_endless_chain_are_bounded() -> None:
    many: Tree = {f"__attach_version1.0_#{number:08X}": {"__substg1.0_37010102": b""} for number in range(30)}
    data = bytearray(compound_file({**dict([properties(32)]), **many}))
    name = "__substg1.0_37010102".encode("utf-16-le")
    at = data.find(name)
    while at >= 0:
        data[at + 116 : at + 128] = pack("<IQ", 5, 2**40)
        at = data.find(name, at + 128)
    data[512 + 4 * 5 : 512 + 4 * 6] = pack("<I", 5)
    data += b"\0" * 5_000_000
    assert is_quick(lambda: read_msg(bytes(data)))
    mail = read_msg(bytes(data))
    assert mail is not None
    assert sum(len(one.data) for one in mail.files) <= 2 * len(data)
