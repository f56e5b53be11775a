from struct import pack

from mailroute.message.files import attachment_bytes
from mailroute.message.parse import parse
from mailroute.message.tnef import read_tnef
from mailroute.model.limits import ENCLOSED_FILES
from tests.support.effort import is_quick


def field(level: int, kind: int, value: bytes) -> bytes:
    return pack("<BHHI", level, kind, 0, len(value)) + value + b"\0\0"


def string(name: int, text: str) -> bytes:
    raw = text.encode("utf-16-le") + b"\0\0"
    return pack("<HHII", 0x1F, name, 1, len(raw)) + raw + b"\0" * (-len(raw) % 4)


def properties(*found: bytes) -> bytes:
    return pack("<I", len(found)) + b"".join(found)


def winmail(*fields: bytes) -> bytes:
    return b"\x78\x9f\x3e\x22\x01\x00" + b"".join(fields)


def file_of(name: str, data: bytes, cid: str = "") -> bytes:
    return (
        field(2, 0x9002, b"\0" * 14)
        + field(2, 0x8010, b"KURZ~1.PDF\0")
        + field(2, 0x800F, data)
        + field(2, 0x9005, properties(string(0x3707, name), string(0x3712, cid)))
    )


PLAN = winmail(
    field(1, 0x9007, pack("<I", 1252)),
    file_of("Grundriß Küche.pdf", b"%PDF"),
    file_of("logo.png", b"\x89PNG", "l1"),
)


def mail_with(data: bytes, text: str = "Anbei der Plan.") -> bytes:
    return (
        b"From: a@b.example\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\n" + text.encode()
        + b"\n--b\nContent-Type: application/ms-tnef; name=winmail.dat\n\n" + data + b"\n--b--\n"
    )  # fmt: skip


def test_the_files_of_a_winmail_dat_are_attachments() -> None:
    content = mail_with(PLAN)
    message = parse(content)
    assert [(one.name, one.type, one.cid) for one in message.attachments] == [
        ("Grundriß Küche.pdf", "application/pdf", None),
        ("logo.png", "image/png", "l1"),
    ]
    assert attachment_bytes(content, message.attachments[0].part) == b"%PDF"
    assert message.text == "Anbei der Plan."
    assert message.signals == ("tnef",)


def test_the_text_of_a_winmail_dat_is_read_where_there_is_no_other() -> None:
    letter = winmail(field(1, 0x9003, properties(string(0x1000, "Die Heizung ist kalt."))))
    assert parse(mail_with(letter, "")).text == "Die Heizung ist kalt."
    assert parse(mail_with(letter, "Siehe Anlage.")).text == "Siehe Anlage."


def test_a_broken_winmail_dat_is_kept_whole_and_said_to_be_broken() -> None:
    message = parse(mail_with(b"\x78\x9f\x3e"))
    assert [one.name for one in message.attachments] == ["winmail.dat"]
    assert "tnef-broken" in message.defects


def test_any_cut_of_a_winmail_dat_is_read_as_far_as_it_goes() -> None:
    for end in range(len(PLAN)):
        read_tnef(PLAN[:end])


def test_a_hundred_thousand_fields_cost_linear_time() -> None:
    data = winmail(
        *[field(1, 0x1234, b"")] * 100_000,
        field(1, 0x9003, pack("<I", 2**32 - 1) + string(0x1000, "x") * 9_000),
    )
    assert is_quick(lambda: read_tnef(data))


def test_files_beyond_the_cap_are_left_out_and_it_is_said() -> None:
    whole = read_tnef(winmail(*[file_of("a", b"x")] * ENCLOSED_FILES))
    cut = read_tnef(winmail(*[file_of("a", b"x")] * (ENCLOSED_FILES + 1)))
    assert whole is not None
    assert cut is not None
    assert (len(whole.files), whole.whole) == (ENCLOSED_FILES, True)
    assert (len(cut.files), cut.whole) == (ENCLOSED_FILES, False)
