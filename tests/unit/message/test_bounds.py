"""Every bound of reading at its edge: what just fits is read whole, one more is cut and said (limits.py)."""

import struct

import pytest

from mailroute.message.attached import files_of
from mailroute.message.parse import parse
from mailroute.model import limits
from mailroute.model.message import Message

HEAD = b"From: a@b.example\r\nSubject: x\r\n"


def block(size: int) -> bytes:
    """A header block of so many bytes with the blank line at its end, in fields that are short."""
    line = b"X: " + b"y" * 995 + b"\r\n"
    lines = HEAD + line * ((size - len(HEAD)) // len(line) - 1)
    rest = size - len(lines)
    return lines + b"X: " + b"y" * (rest - 7) + b"\r\n\r\nText"


def field(size: int) -> bytes:
    return HEAD + b"X: " + b"y" * size + b"\r\n\r\nText"


def fields(count: int) -> bytes:
    return HEAD + b"X: y\r\n" * (count - 2) + b"\r\nText"


def parts(count: int) -> bytes:
    part = b"--b\r\nContent-Type: image/png\r\n\r\nx\r\n"
    return (
        HEAD
        + b"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nText\r\n"
        + part * (count - 1)
        + b"--b--"
    )


def depth(count: int) -> bytes:
    levels = b"".join(
        b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (n, n) for n in range(count)
    )
    return HEAD + levels + b"\r\nText"


def hops(count: int) -> bytes:
    return b"Received: from a by b; today\r\n" * count + HEAD + b"\r\nText"


def text(count: int) -> bytes:
    return HEAD + b"\r\n" + b"x" * count


def page(size: int) -> bytes:
    return HEAD + b"Content-Type: text/html\r\n\r\n" + b"<p>Text</p>".ljust(size, b" ")


def pages(size: int) -> bytes:
    """Two texts that share the bound."""
    part = b"--b\r\nContent-Type: text/html\r\n\r\n"
    half = b"<p>Text</p>".ljust(size // 2, b" ")
    rest = b"<p>Text</p>".ljust(size - size // 2, b" ")
    return (
        HEAD
        + b"Content-Type: multipart/mixed; boundary=b\r\n\r\n"
        + part
        + half
        + b"\r\n"
        + part
        + rest
        + b"\r\n--b--"
    )


EDGES = [
    (block, limits.HEADER_BLOCK_BYTES, "header-block-too-long"),
    (field, limits.HEADER_FIELD_BYTES, "header-field-too-long"),
    (fields, limits.HEADER_FIELDS, "header-fields-too-many"),
    (parts, limits.PARTS, "parts-too-many"),
    (depth, limits.PART_DEPTH, "parts-too-deep"),
    (hops, limits.HOPS, "hops-too-many"),
    (text, limits.TEXT_CHARS, "text-cut"),
    (page, limits.HTML_BYTES, "text-cut"),
    (pages, limits.HTML_BYTES, "text-cut"),
]


@pytest.mark.parametrize(("mail", "bound", "defect"), EDGES, ids=[one[0].__name__ for one in EDGES])
def test_a_mail_at_its_bound_is_whole_and_one_more_is_said(mail, bound: int, defect: str) -> None:  # type: ignore[no-untyped-def]
    at_edge, beyond = parse(mail(bound)), parse(mail(bound + 1))
    assert defect not in at_edge.defects
    assert defect in beyond.defects
    assert at_edge.text.startswith(("Text", "x"))
    assert beyond.subject == "x"


def names_of(message: Message) -> list[int]:
    return [len(message.subject), len(message.from_[0].name), len(message.attachments[0].name)]


@pytest.mark.parametrize("more", [0, 1, 50])
def test_names_and_subjects_are_cut_at_their_bound(more: int) -> None:
    subject, name = limits.SUBJECT_CHARS + more, limits.NAME_CHARS + more
    mail = (
        f"From: {'n' * name} <a@b.example>\nSubject: {'s' * subject}\nContent-Type: application/pdf; "
        f"name={'f' * (name - 4)}.pdf\n\nx"
    )
    message = parse(mail.encode())
    assert names_of(message) == [limits.SUBJECT_CHARS, limits.NAME_CHARS, limits.NAME_CHARS]
    assert message.attachments[0].name.endswith(".pdf")


def test_of_too_many_references_the_first_and_the_last_stay() -> None:
    def references(count: int) -> tuple[str, ...]:
        ids = " ".join(f"<{number}@a.example>" for number in range(count))
        return parse(b"References: " + ids.encode() + b"\n\n").references

    assert len(references(limits.MESSAGE_IDS)) == limits.MESSAGE_IDS
    more = references(limits.MESSAGE_IDS + 1)
    assert len(more) == limits.MESSAGE_IDS
    assert (more[0], more[-1]) == ("0@a.example", f"{limits.MESSAGE_IDS}@a.example")


def winmail(count: int) -> bytes:
    """A winmail.dat with so many files."""

    def one(kind: int, data: bytes) -> bytes:
        return struct.pack("<BHHI", 2, kind, 6, len(data)) + data + b"\0\0"

    return (
        b"\x78\x9f\x3e\x22\x01\x00" + (one(0x9002, b"") + one(0x8010, b"a.txt\0") + one(0x800F, b"x")) * count
    )


def uuencoded(count: int) -> bytes:
    return b"Text\n" + b"begin 644 a.txt\n#86)C\n`\nend\n" * count


@pytest.mark.parametrize(
    ("kind", "body"),
    [(b"application/ms-tnef", winmail), (b"text/plain", uuencoded)],
    ids=["winmail.dat", "uuencode"],
)
def test_no_more_files_are_taken_out_of_a_file_than_its_bound(kind: bytes, body) -> None:  # type: ignore[no-untyped-def]
    for count in (limits.ENCLOSED_FILES, limits.ENCLOSED_FILES + 1):
        mail = HEAD + b"Content-Type: " + kind + b"\r\n\r\n" + body(count)
        assert len(files_of(mail)) == limits.ENCLOSED_FILES
