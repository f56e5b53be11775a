import hashlib

from mailroute.message.files import attachment_bytes, attachments_of
from mailroute.message.parts import leaves
from mailroute.message.structure import read_mail
from mailroute.model.limits import PART_DEPTH, PARTS

HEAD = b"From: a@b.example\r\nMIME-Version: 1.0\r\n"


def parts_of(content: bytes) -> list[tuple[str, bytes]]:
    return [(leaf.type, leaf.content()) for leaf in leaves(read_mail(content)[1])]


def multipart(*parts: bytes) -> bytes:
    body = b"".join(b"--b\r\n" + part + b"\r\n" for part in parts)
    return HEAD + b"Content-Type: multipart/mixed; boundary=b\r\n\r\n" + body + b"--b--\r\n"


def test_a_mail_without_parts_is_one_leaf_of_text() -> None:
    assert parts_of(HEAD + b"\r\nHallo\r\n") == [("text/plain", b"Hallo\r\n")]


def test_parts_are_decoded_by_their_own_encoding() -> None:
    content = multipart(
        b"Content-Transfer-Encoding: base64\r\n\r\nSGFsbG8=",
        b"Content-Transfer-Encoding: Quoted-Printable\r\n\r\nK=C3=BCche",
        b"Content-Type: application/x; name=a\r\nContent-Transfer-Encoding: x-uuencode\r\n\r\nbegin 644 a\r\n%2&%L;&\\\r\nend",
        b"Content-Transfer-Encoding: unsinn\r\n\r\n=41",
    )
    assert [data for _, data in parts_of(content)] == [b"Hallo", "Küche".encode(), b"Hallo", b"=41"]


def test_an_attached_mail_keeps_its_bytes_exactly() -> None:
    inner = b"From: c@d.example\r\nSubject:  Zwei  Blanks\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\n\r\nA"
    content = multipart(b"\r\nText", b"Content-Type: message/rfc822\r\n\r\n" + inner)
    _, root, defects = read_mail(content)
    (file,) = attachments_of(root)
    assert (file.type, file.size, file.sha256) == (
        "message/rfc822",
        len(inner),
        hashlib.sha256(inner).hexdigest(),
    )
    assert file.name == "Zwei Blanks.eml"
    assert attachment_bytes(content, file.part) == inner
    assert defects == []


def test_a_part_that_is_not_there_is_none() -> None:
    assert attachment_bytes(multipart(b"\r\nText"), 1) is None
    assert attachment_bytes(b"", 7) is None
    assert attachment_bytes(b"", 0) == b""


def test_files_without_a_name_get_one() -> None:
    _, root, _ = read_mail(
        multipart(
            b"Content-Type: image/png\r\n\r\nx",
            b"Content-Type: application/pdf\r\nContent-Description: Vertrag 12\r\n\r\nx",
            b"Content-Type: application/unbekannt\r\n\r\nx",
        )
    )
    assert [one.name for one in attachments_of(root)] == ["part-1.png", "Vertrag 12.pdf", "part-3.bin"]


def test_a_picture_of_an_html_part_is_inline() -> None:
    related = b"Content-Type: multipart/related; boundary=r\r\n\r\n"
    related += b"--r\r\nContent-Type: text/html\r\n\r\n<p>x</p>\r\n"
    related += b"--r\r\nContent-Type: image/png; name=logo.png\r\nContent-ID: <logo@x>\r\n\r\nx\r\n--r--"
    _, root, _ = read_mail(multipart(related, b"Content-Type: image/png; name=foto.png\r\n\r\nx"))
    assert [(one.name, one.inline, one.cid, one.part) for one in attachments_of(root)] == [
        ("logo.png", True, "logo@x", 1),
        ("foto.png", False, None, 2),
    ]


def test_broken_base64_is_kept_as_far_as_it_goes() -> None:
    content = multipart(
        b"Content-Type: image/png; name=x.png\r\nContent-Transfer-Encoding: base64\r\n\r\nSGFsb"
    )
    assert parts_of(content) == [("image/png", b"Hal")]


def test_a_multipart_without_or_with_a_wrong_boundary_is_text() -> None:
    without = HEAD + b"Content-Type: multipart/mixed\r\n\r\n--b\r\n\r\nText"
    wrong = HEAD + b"Content-Type: multipart/mixed; boundary=c\r\n\r\n--b\r\n\r\nText"
    assert read_mail(without)[2] == ["boundary-missing"]
    assert read_mail(wrong)[2] == ["boundary-not-found"]
    assert parts_of(without) == parts_of(wrong) == [("text/plain", b"--b\r\n\r\nText")]


def test_a_multipart_that_never_ends_gives_its_parts() -> None:
    content = HEAD + b"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nEins\r\n--b\r\n\r\nZwei"
    assert [data for _, data in parts_of(content)] == [b"Eins", b"Zwei"]


def test_reading_stops_at_the_part_that_is_one_too_many() -> None:
    _, root, defects = read_mail(multipart(*[b"\r\nx"] * PARTS))
    assert (len(list(leaves(root))), defects) == (PARTS, [])
    _, root, defects = read_mail(multipart(*[b"\r\nx"] * (PARTS + 1)))
    assert (len(list(leaves(root))), defects) == (PARTS, ["parts-too-many"])


def nested(depth: int) -> bytes:
    content = HEAD
    for level in range(depth):
        content += b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (level, level)
    return content + b"\r\nText"


def test_parts_below_the_depth_cap_are_text() -> None:
    assert parts_of(nested(PART_DEPTH)) == [("text/plain", b"Text")]
    assert read_mail(nested(PART_DEPTH))[2] == []
    _, root, defects = read_mail(nested(PART_DEPTH + 1))
    assert defects == ["parts-too-deep"]
    assert b"Text" in next(leaves(root)).content()


def test_a_mail_of_an_old_mac_has_lines() -> None:
    head, root, _ = read_mail(b"From: a@b.example\rSubject: x\r\rText\r")
    assert head.first("subject") == b"x"
    assert root.content() == b"Text\n"
